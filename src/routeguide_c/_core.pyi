import sys
from collections.abc import Iterable, Iterator, Sequence
from os import PathLike
from types import GenericAlias
from typing import Any, ClassVar, Protocol, TypeAlias, TypeVar, final, overload

from typing_extensions import Buffer

from routeguide_c.answers import (
    AlongResult,
    Bounds,
    DegreesBounds,
    DegreesLocation,
    DegreesLocations,
    IndexedFeature,
    Location,
    Locations,
    NearestResult,
)

_Number = TypeVar("_Number", int, float)
_Item = TypeVar("_Item", covariant=True)

class _ArrowArray(Protocol):
    def __arrow_c_array__(self, requested_schema: object = None, /) -> tuple[object, object]: ...

class _ArrowStream(Protocol):
    def __arrow_c_stream__(self, requested_schema: object = None, /) -> object: ...

class _Array(Protocol):
    def __array__(self) -> object: ...

# What a column may be: see FeatureIndex.
_Column: TypeAlias = Buffer | Iterable[_Item] | _ArrowArray | _ArrowStream | _Array

@final
class Vector(Sequence[_Number]):
    """An immutable sequence of numbers in C memory: what queries answer with.

    Also a read-only buffer and an Arrow array: `memoryview(vector)`, `numpy.asarray(vector)` and
    `pyarrow.array(vector)` show the same memory without a copy. Ids are unsigned 32-bit integers,
    coordinates and the ids of `find_many` signed ones, distances 64-bit floats.

    Equal to any sequence of equal numbers: a list, a tuple, a range, an array, another Vector.
    Not hashable, as lists are not. Slices are copies.
    """

    def __class_getitem__(cls, item: object, /) -> GenericAlias: ...
    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, index: int, /) -> _Number: ...
    @overload
    def __getitem__(self, index: slice, /) -> Vector[_Number]: ...
    def __iter__(self) -> Iterator[_Number]: ...
    def __contains__(self, value: object, /) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def __buffer__(self, flags: int, /) -> memoryview: ...
    def index(self, value: object, start: int = 0, stop: int = sys.maxsize, /) -> int:
        """Return the position of the first number equal to `value` between start and stop.

        Both ends are taken as a slice takes them. Raises ValueError if there is none.
        """
    def count(self, value: object, /) -> int:
        """Return how many of the numbers equal `value`."""
    def tolist(self) -> list[_Number]:
        """Return the numbers as a list."""
    def __arrow_c_schema__(self) -> object:
        """Return a PyCapsule with the Arrow type of the numbers: uint32, int32 or float64."""
    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        """Return PyCapsules with the Arrow type and the numbers, without a copy.

        The type is always the vector's own, whatever is requested. The consumer may release the
        array in any thread.
        """

@final
class FeatureIndex:
    """Point features in database order, found by place. Immutable.

    `FeatureIndex(...)` takes E7 integers, degrees times ten million; `FeatureIndex.from_degrees`
    takes degrees.

    `lats_e7` and `lons_e7` are columns of whole numbers, which may be floats. A column is any
    one-dimensional object with the buffer protocol, the Arrow C data interface or `__array__`, or
    any iterable: a list, tuple, range or array, a numpy array with numbers of any width, strided or
    byte-swapped, a Series of pandas or polars, an Array or ChunkedArray of pyarrow. `names` is a
    column of str, in which "", None, NaN and pandas.NA stand for an unnamed feature; without it no
    feature has a name. All have one length, and a feature's position is its id. Everything is
    copied.

    Coordinates may be any 32-bit integers, on Earth or not, and may repeat.

    Raises TypeError for an argument that is not a column of numbers or of str; ValueError if
    lengths differ, a number is missing or not whole, or a name has lone surrogates, is not UTF-8
    or has over 16,776,960 bytes; OverflowError for a number that does not fit in 32 bits. Messages
    name the argument and the position. Emits DegreesWarning if all coordinates look like degrees.

    Any number of threads may use one index. Cost: under 100 ns a feature for buffers and a list of
    str; a few nanoseconds more for each number that has to be converted.
    """

    def __new__(
        cls,
        lats_e7: _Column[float],
        lons_e7: _Column[float],
        names: _Column[str | None] | None = None,
    ) -> FeatureIndex: ...
    @classmethod
    def from_degrees(
        cls,
        latitudes: _Column[float],
        longitudes: _Column[float],
        names: _Column[str | None] | None = None,
    ) -> FeatureIndex:
        """Make an index of features whose coordinates are in degrees.

        Takes columns as the constructor does, and rounds degrees as `e7_from_latitudes` does.
        Raises as the constructor does, and ValueError for a latitude that is not between -90 and
        90 or a longitude that is not between -180 and 180. Never emits DegreesWarning.
        """
    def __len__(self) -> int: ...
    def __getitem__(self, id: int, /) -> IndexedFeature: ...
    def __iter__(self) -> Iterator[IndexedFeature]: ...
    @property
    def degrees(self) -> DegreesView:
        """The same queries in degrees: `index.degrees.nearest(48.2, 16.37, k=3)`."""
    def find(self, lat_e7: int, lon_e7: int) -> int | None:
        """Return the id of the first feature in database order at exactly this point, or None.

        Raises TypeError for coordinates that are not ints, OverflowError for ints that do not fit
        in 32 bits. Emits DegreesWarning if all coordinates of a call look like degrees: within
        +-90 and +-180, and not all 0. So do the other queries. Cost: one look-up in a
        hash table, whatever the size of the index.
        """
    def find_many(self, lats_e7: _Column[float], lons_e7: _Column[float]) -> Vector[int]:
        """Return what `find` answers for each point, as signed 32-bit integers: -1 for None.

        Takes coordinates as the constructor does, and raises as it does. Other threads run
        meanwhile. Cost: a fraction of that of as many calls of `find`.
        """
    def query(self, lat1_e7: int, lon1_e7: int, lat2_e7: int, lon2_e7: int) -> Vector[int]:
        """Return the ids of all features in a box, ascending.

        The points are any two opposite corners; all four edges are inside. The box does not
        cross the antimeridian: see `query_box`. Other threads run during a long query. Cost:
        grows with the hits and the rim of the box.
        """
    def query_count(self, lat1_e7: int, lon1_e7: int, lat2_e7: int, lon2_e7: int) -> int:
        """Return how many ids `query` would. Cost: grows with the rim of the box."""
    def query_box(self, south_e7: int, west_e7: int, north_e7: int, east_e7: int) -> Vector[int]:
        """Return the ids of all features in a box that runs eastward from west to east.

        If west is greater than east, the box crosses the antimeridian: its longitudes are those
        from west to +180 and from -180 to east, all four included. Longitudes are compared as they
        are: a box that ends at +180 does not hold what is stored at -180; one from +180 to -180
        holds both. Raises ValueError if south exceeds north. Other threads run during a long
        query. Cost: as `query`.
        """
    def nearest(
        self, lat_e7: int, lon_e7: int, k: int, max_distance_m: float = 1e999
    ) -> NearestResult:
        """Return the ids of the k features nearest to a place and their distances in meters.

        Nearest first, equal distances by id; fewer than k if there are no more within
        `max_distance_m`, itself included. Distances are great-circle, across poles and the
        antimeridian: exactly what `haversine_many` answers, with +180 for a longitude of -180 and
        one longitude for both points if one of them is a pole. Features off the Earth, beyond 90
        degrees of latitude or 180 of longitude, are in no answer.

        Raises ValueError for a center off the Earth, a negative k, and a distance that is negative
        or NaN. Other threads run meanwhile. Cost: grows with k and, slowly, with the size of the
        index.
        """
    def within(self, lat_e7: int, lon_e7: int, radius_m: float) -> NearestResult:
        """Return all features within a distance of a place, itself included, as `nearest` does."""
    def along(
        self,
        lats_e7: _Column[float],
        lons_e7: _Column[float],
        half_width_m: float,
    ) -> AlongResult:
        """Return all features within a distance of a route, itself included, in order along it.

        The route runs along the shorter great-circle arcs between its vertices, given as the
        constructor takes coordinates, across poles and the antimeridian; its corridor has round
        ends. One vertex, or one place repeated, makes the corridor a circle: the features of
        `within`. Without vertices no feature is in the answer.

        The answer has four columns, ordered by the second, equal ones by id: ids; meters along the
        route, from its start to the place on it that is nearest to the feature, the earliest such
        place if several are equally near (within 1e-7 m); that place's distance from the feature
        in meters; and the side on which the feature is, seen in the direction of travel: -1 left,
        +1 right, 0 on the route or straight ahead or behind.

        Distances are on the sphere of `haversine`, within 1e-8 m of the truth; exactly those of
        `nearest` if the nearest place is a vertex. A feature is in the answer if its distance as
        computed is at most `half_width_m`. Features off the Earth are in no answer.

        Raises TypeError, ValueError and OverflowError as the constructor does; ValueError also for
        a vertex off the Earth, for consecutive vertices that are antipodes, between which no arc
        is the shorter one, and for a half width that is negative or NaN. Other threads run
        meanwhile. Cost: grows with the hits and the length of the route, slowly with its number of
        vertices.
        """
    def name(self, id: int) -> str:
        """Return a feature's name, "" for an unnamed one.

        Raises IndexError for an id without a feature.
        """
    def names(self, ids: _Column[int] | None = None) -> list[str]:
        """Return the names of the features with these ids, in their order; by default of all.

        Takes and raises what `named` does. Cost: a str for each; `to_arrow` makes none.
        """
    def named(self, ids: _Column[int]) -> Vector[int]:
        """Return those of the ids whose feature has a name, in their order.

        `ids` is a column of integers, as the constructor takes columns; a Vector is read where it
        is. Raises TypeError for anything else, IndexError for an id without a feature.
        """
    def location(self, id: int) -> Location:
        """Return a feature's latitude and longitude, E7.

        Raises IndexError for an id without a feature.
        """
    def locations(self, ids: _Column[int] | None = None) -> Locations:
        """Return the latitudes and longitudes of the features with these ids, E7, as columns.

        In the order of the ids; by default of all, without a copy. Takes and raises what `named`
        does.
        """
    def unnamed_count(self) -> int:
        """Return how many features have no name.

        Other threads run meanwhile. Cost: one pass over all features.
        """
    def duplicate_count(self) -> int:
        """Return how many features lie exactly where one of a lower id does.

        Other threads run meanwhile. Cost: one pass over the hash table.
        """
    def to_arrow(self) -> Any:
        """Return a pyarrow.Table with the columns lat_e7, lon_e7 (int32) and name (utf8).

        The coordinates are not copied. Raises ImportError without pyarrow. Libraries that take
        Arrow streams take the index itself: `polars.DataFrame(index)`, `pyarrow.table(index)`.
        Cost: a few dozen nanoseconds a feature.
        """
    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return a PyCapsule with the features as a stream of Arrow record batches.

        The schema is always that of `to_arrow`, whatever is requested. The stream may be read in
        any thread.
        """
    @property
    def __geo_interface__(self) -> dict[str, Any]:
        """The features as a GeoJSON FeatureCollection, for up to 100,000 of them.

        Raises ValueError for more; `to_arrow` has no such limit.
        """
    @property
    def lats_e7(self) -> Vector[int]:
        """The latitudes of all features, E7, in database order, without a copy.

        Signed 32-bit integers in the memory of the index, which lives as long as the vector does.
        """
    @property
    def lons_e7(self) -> Vector[int]:
        """The longitudes, as `lats_e7`."""
    @property
    def bounds(self) -> Bounds | None:
        """The tightest box around all features, E7; None without any."""
    @property
    def nbytes(self) -> int:
        """Bytes of memory that the index occupies; of one from a file, the file's size."""
    @property
    def fingerprint(self) -> str:
        """16 lower-case hexadecimal digits that depend on the features and their order alone.

        The same for an index that was built, saved and opened, mapped or not, in every process
        and on every machine of the same byte order. Other features have others, except by an
        accident in 2^64; they are no protection against forgery. The metadata has no part in it.
        Cost: O(1) for an opened index; one that was built reads all features the first time,
        while other threads run.
        """
    @classmethod
    def open(
        cls,
        path: str | bytes | PathLike[str] | PathLike[bytes],
        verify: bool = True,
        map: bool = True,
    ) -> FeatureIndex:
        """Open the index in a snapshot file that `save` wrote.

        `map` maps the file read-only: its pages are shared with all processes that map it, and
        read when they are first used. The file may be replaced by renaming another over it, as
        `save` does, and may be removed. If it is truncated or written to, the process ends with
        SIGBUS or answers change; `map=False` reads it into memory instead.

        `verify` checks every byte against its checksum, every offset and id, and that the grid has
        the coordinates of the features, in one pass; docs/snapshot-format.md lists the checks.
        Without it only the header is checked, and a damaged file gives wrong answers or
        SnapshotError later, but no crash.

        Raises OSError if the file cannot be read, SnapshotError if it is not a sound snapshot of a
        known version. Other threads run meanwhile.
        """
    def save(
        self,
        path: str | bytes | PathLike[str] | PathLike[bytes],
        metadata: Buffer | None = None,
    ) -> None:
        """Write the index to a snapshot file, which appears whole or not at all.

        The file is written under another name in the same folder, flushed to the disk and renamed,
        so an older file at `path` stays as it is if anything goes wrong. The new file gets its
        permissions. A symbolic link is replaced, not followed.

        `metadata` is up to 64 KiB that an opened index gives back; by default the metadata that
        this index was opened with. Raises OSError if the file cannot be written, ValueError for
        larger metadata. Other threads run meanwhile.
        """
    def __reduce__(self) -> tuple[object, ...]:
        """Pickle an opened index as the arguments of `open`, a built one as its content.

        The first needs the file at its absolute path where it is unpickled, and raises as `open`
        does if it is gone. The second is indexed again.
        """
    def __copy__(self) -> FeatureIndex:
        """Return the index itself: it is immutable."""
    def __deepcopy__(self, memo: object, /) -> FeatureIndex:
        """Return the index itself: it is immutable."""
    @property
    def metadata(self) -> bytes:
        """The bytes saved beside the features; empty for an index that was built."""
    @property
    def sections(self) -> dict[str, int]:
        """The size in bytes of each section of a snapshot, by name, in the order of the file.

        An index that was built computes its `fingerprint` the first time.
        """

@final
class DegreesView:
    """The queries of a FeatureIndex in degrees: `index.degrees`.

    Latitudes are between -90 and 90, longitudes between -180 and 180, ints or floats; they are
    rounded to E7, the nearest seventh decimal. Raises ValueError for others and NaN, TypeError for
    what is not a number. Apart from that each method does what that of FeatureIndex does.
    """

    def find(self, latitude: float, longitude: float) -> int | None:
        """Return the id of the first feature at this point once it is rounded, or None."""
    def find_many(self, latitudes: _Column[float], longitudes: _Column[float]) -> Vector[int]:
        """Return what `find` answers for each point, -1 for None.

        Takes degrees as FeatureIndex.from_degrees does, and raises as it does.
        """
    def query(
        self, latitude1: float, longitude1: float, latitude2: float, longitude2: float
    ) -> Vector[int]:
        """Return the ids of all features in a box, between any two opposite corners."""
    def query_count(
        self, latitude1: float, longitude1: float, latitude2: float, longitude2: float
    ) -> int:
        """Return how many ids `query` would."""
    def query_box(self, south: float, west: float, north: float, east: float) -> Vector[int]:
        """Return the ids in a box that crosses the antimeridian if west is greater than east."""
    def nearest(
        self, latitude: float, longitude: float, k: int, max_distance_m: float = 1e999
    ) -> NearestResult:
        """Return the ids of the k features nearest to a place and their distances in meters."""
    def within(self, latitude: float, longitude: float, radius_m: float) -> NearestResult:
        """Return all features within a distance of a place, as `nearest` does."""
    def along(
        self, latitudes: _Column[float], longitudes: _Column[float], half_width_m: float
    ) -> AlongResult:
        """Return all features within a distance of a route, in order along it.

        Takes degrees as FeatureIndex.from_degrees does, and raises as it does.
        """
    def location(self, id: int) -> DegreesLocation:
        """Return a feature's latitude and longitude."""
    def locations(self, ids: _Column[int] | None = None) -> DegreesLocations:
        """Return the latitudes and longitudes of the features with these ids; by default of all.

        Two columns of 64-bit floats. Rounded to E7, each is exactly the coordinate of the index.
        """
    @property
    def bounds(self) -> DegreesBounds | None:
        """The tightest box around all features; None without any."""

@final
class FeatureIndexBuilder:
    """Builds a FeatureIndex from features that arrive in pieces.

    `expected_count` is the number of features or a guess: room for them is allocated at once. It
    is not a limit. Between calls the builder holds the features in the layout of the index, and
    on systems that can move memory it grows without a copy, so at most the memory of the index
    and of indexing is in use.

    A builder belongs to one thread at a time: a call during a call of another thread raises
    RuntimeError. Raises ValueError for a negative count and for over 2,147,483,647 features.
    """

    def __new__(cls, expected_count: int = 0) -> FeatureIndexBuilder: ...
    def __len__(self) -> int:
        """Return the number of features added and not built yet."""
    def extend(
        self,
        lats_e7: _Column[float],
        lons_e7: _Column[float],
        name_offsets: Buffer,
        name_bytes: Buffer,
    ) -> None:
        """Add features whose names are UTF-8 in one run of bytes, the layout of Apache Arrow.

        Takes coordinates as FeatureIndex does. `name_offsets` is a contiguous buffer of 32-bit or
        64-bit signed integers, one more than there are features; the name of feature i is
        `name_bytes[name_offsets[i] : name_offsets[i + 1]]`, so offsets need not begin at 0.
        Everything is copied; no str is made.

        Raises ValueError that names the row if a name is not UTF-8 or over 16,776,960 bytes
        long or its offsets do not ascend within the bytes; then, as after any other exception,
        nothing of the call is added. Other threads run meanwhile.
        """
    def extend_names(
        self,
        lats_e7: _Column[float],
        lons_e7: _Column[float],
        names: _Column[str | None] | None = None,
    ) -> None:
        """Add features, from columns as FeatureIndex takes them, and raise as it does.

        After an exception nothing of the call is added.
        """
    def build(self) -> FeatureIndex:
        """Return the index of all features added, in that order, and empty the builder.

        The builder is empty after MemoryError too. Other threads run meanwhile.
        """

class SnapshotError(ValueError):
    """Raised for a file that is not a sound snapshot; the message names it and what is wrong."""

class DegreesWarning(UserWarning):
    """Emitted for coordinates that are passed as E7 integers and look like degrees.

    That is: all of a call would be on Earth as degrees, which puts them within 0.000018 degrees of
    0, 0 as E7 integers, and some are not 0. `FeatureIndex.from_degrees` and `FeatureIndex.degrees`
    take degrees.
    """

@final
class Trip:
    """The running summary of points visited in order on an index.

    A trip belongs to one thread at a time.
    """

    def __new__(cls, index: FeatureIndex) -> Trip: ...
    def visit(self, lat_e7: int, lon_e7: int) -> None:
        """Travel to the next point. Raises and warns as FeatureIndex.find does."""
    @property
    def point_count(self) -> int:
        """Points visited."""
    @property
    def feature_count(self) -> int:
        """Points visited at which there is a feature, named or not."""
    @property
    def distance_m(self) -> float:
        """Meters travelled: the great-circle legs added in order."""

def haversine(lat1_e7: int, lon1_e7: int, lat2_e7: int, lon2_e7: int) -> float:
    """Return the great-circle meters between two points on a sphere of radius 6,371,000 m.

    The haversine formula as the RouteGuide tutorials write it, equal to theirs in every bit;
    half the circumference if rounding takes that formula past its domain, at antipodes. Raises and
    warns as FeatureIndex.find does.
    """

def haversine_many(
    lats1_e7: _Column[float] | int,
    lons1_e7: _Column[float] | int,
    lats2_e7: _Column[float],
    lons2_e7: _Column[float],
) -> Vector[float]:
    """Return the great-circle meters between points in two pairs of columns, row by row.

    Takes columns as FeatureIndex does, and raises as it does; `lats1_e7` and `lons1_e7` may both
    be an int instead: the one point from which all distances are measured. For coordinates on
    Earth the relative error is below 1e-10, next to antipodes as well, where that of `haversine`
    reaches 3e-9. The last digits differ between processors. Emits no DegreesWarning. Other threads
    run meanwhile.
    """

def path_length(lats_e7: _Column[float], lons_e7: _Column[float]) -> float:
    """Return the meters along the points in order: the sum of `haversine_many` over the legs.

    Takes columns as FeatureIndex does, and raises as it does. 0.0 for fewer than two points. Other
    threads run meanwhile.
    """

def e7_from_latitudes(latitudes: _Column[float]) -> Vector[int]:
    """Convert degrees to E7: times ten million, rounded to the nearest integer, half to even.

    Takes a column as FeatureIndex does. Degrees with up to seven decimals become exactly what they
    say. Raises TypeError for what is not a column of numbers; ValueError, which names the first,
    if one is missing or not between -90 and 90, which are inside. Cost: a pass over them; a
    contiguous column of 64-bit floats is read where it is. Other threads run meanwhile.
    """

def e7_from_longitudes(longitudes: _Column[float], *, wrap: bool = False) -> Vector[int]:
    """Convert degrees between -180 and 180, which stay two different longitudes, to E7.

    With `wrap` they may be up to 360: what is beyond 180 loses a turn, after it was rounded.
    Otherwise as `e7_from_latitudes`.
    """

def count_byte(data: Buffer, byte: int) -> int:
    """Count how often a byte occurs: bytes.count, while other threads run.

    `data` is a contiguous buffer of bytes, `byte` a number from 0 to 255. Raises TypeError for
    any other buffer, ValueError for another number. Cost: one pass over them.
    """

def _encoded_at(index: FeatureIndex, lat_e7: int, lon_e7: int, /) -> bytes | None:
    """Return the feature that `find` finds at this point as a protocol buffer message, or None.

    The message is `routeguide.Feature`. Emits no DegreesWarning: the point comes from a client.
    """

def _encode_each(index: FeatureIndex, ids: Buffer, start: int, stop: int, /) -> list[bytes]:
    """Return the features `ids[start:stop]` as one message each, `routeguide.Feature`.

    Takes and raises what `_encode_page` does.
    """

def _page_bytes(index: FeatureIndex, ids: Buffer, start: int, stop: int, /) -> int:
    """Return how many bytes `_encode_page` would, without making them.

    Cost: nanoseconds a feature, however long its name is.
    """

def _encode_page(index: FeatureIndex, ids: Buffer, start: int, stop: int, /) -> bytes:
    """Return the features `ids[start:stop]` as entries of field 1 of a protocol buffer message.

    These are the bytes of a message that has `repeated Feature` as its field 1 and nothing else;
    those of its other fields may be appended. Takes ids as `FeatureIndex.named` does. Ends past the
    ids are clamped, as a slice's are. Raises ValueError for negative ones, IndexError for an id
    without a feature. Cost: a fraction of a microsecond a feature; no Python object for it.
    """

def _encode_lookups(index: FeatureIndex, ids: Buffer, /) -> bytes:
    """Return all entries as `_encode_page` does, each `{ Feature feature = 1; }`.

    Takes what `find_many` returns: an entry is empty if its id is -1.
    """

def _encode_nearby_page(
    index: FeatureIndex, ids: Buffer, distances_m: Buffer, start: int, stop: int, /
) -> bytes:
    """Return entries as `_encode_page` does, each a feature and its distance.

    An entry is `{ Feature feature = 1; double distance_m = 2; }`. Takes what `nearest` and
    `within` return. Raises ValueError if the lengths differ.
    """

def _encode_route_page(
    index: FeatureIndex,
    ids: Buffer,
    along_m: Buffer,
    offset_m: Buffer,
    sides: Buffer,
    start: int,
    stop: int,
    /,
) -> bytes:
    """Return entries as `_encode_page` does, each a feature and where it is along a route.

    An entry is `{ Feature feature = 1; double along_m = 2; double offset_m = 3; Side side = 4; }`,
    Side an enumeration of 0 for neither, 1 for left and 2 for right. In `sides`, 8-bit or 32-bit
    signed integers, negative is left, positive right and 0 neither.
    """
