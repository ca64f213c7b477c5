from collections.abc import Iterable, Iterator, Sequence
from os import PathLike
from types import GenericAlias
from typing import Generic, Protocol, TypeAlias, TypeVar, final, overload

from typing_extensions import Buffer

_Number = TypeVar("_Number", int, float)
_Item = TypeVar("_Item", covariant=True)

class _ArrowArray(Protocol):
    def __arrow_c_array__(
        self, requested_schema: object = None, /
    ) -> tuple[object, object]: ...

class _ArrowStream(Protocol):
    def __arrow_c_stream__(self, requested_schema: object = None, /) -> object: ...

class _Array(Protocol):
    def __array__(self) -> object: ...

# What a column may be: see FeatureIndex.
_Column: TypeAlias = Buffer | Iterable[_Item] | _ArrowArray | _ArrowStream | _Array

@final
class Vector(Generic[_Number]):
    """An immutable run of numbers in C memory, as queries answer.

    A sequence of int or float, and a read-only buffer: `memoryview(vector)` and
    `numpy.asarray(vector)` see the same memory without a copy.
    """

    def __class_getitem__(cls, item: object, /) -> GenericAlias: ...
    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, index: int, /) -> _Number: ...
    @overload
    def __getitem__(self, index: slice, /) -> Vector[_Number]: ...
    def __iter__(self) -> Iterator[_Number]: ...
    def __buffer__(self, flags: int, /) -> memoryview: ...
    def tolist(self) -> list[_Number]:
        """The numbers as a list."""

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
    def find(self, lat_e7: int, lon_e7: int, /) -> int | None:
        """The id of the first feature in database order at exactly this point, or None.

        Cost: one look-up in a hash table, whatever the size of the index.
        """
    def find_many(
        self, latitudes: Buffer | Sequence[int], longitudes: Buffer | Sequence[int], /
    ) -> Vector[int]:
        """What `find` answers for each point, as signed 32-bit integers: -1 for None.

        Takes coordinates as the constructor does, and raises as it does. Other threads run
        meanwhile. Cost: a fraction of so many calls of `find`, from memory as well as from Python.
        """
    def query(
        self, lo_lat_e7: int, lo_lon_e7: int, hi_lat_e7: int, hi_lon_e7: int, /
    ) -> Vector[int]:
        """The ids of all features in a rectangle, ascending, as unsigned 32-bit integers.

        Any two opposite corners will do; all four edges are inside. The rectangle does not
        cross the antimeridian. Other threads run while a long query does. Cost: grows with the
        hits and the rim of the rectangle.
        """
    def query_count(self, lo_lat_e7: int, lo_lon_e7: int, hi_lat_e7: int, hi_lon_e7: int, /) -> int:
        """How many ids `query` would answer. Cost: grows with the rim of the rectangle."""
    def query_box(self, south: int, west: int, north: int, east: int, /) -> Vector[int]:
        """As query, for a box that runs eastward from `west` to `east`.

        Where west is greater than east it crosses the antimeridian: its longitudes are those from
        west to +180 and from -180 to east, all four included. Coordinates are compared as they
        are: a box that ends at +180 does not hold what is stored at -180; one from there to -180
        holds both. Raises ValueError where south is greater than north. Other threads run while a
        long query does.
        """
    def nearest(
        self, lat_e7: int, lon_e7: int, k: int, /, max_distance_m: float = 1e999
    ) -> tuple[Vector[int], Vector[float]]:
        """The k features nearest to a place: their ids and their distances in metres.

        Nearest first, equal distances by id; fewer than k where there are no more, or no more
        within `max_distance_m`, itself included (the default is infinity). Distances are
        great-circle, across poles and the antimeridian: exactly what `haversine` answers, with
        +180 for a longitude of -180 and one longitude for both where one of them is a pole.
        Features off the Earth, beyond 90 degrees of latitude or 180 of longitude, are nowhere.

        Raises ValueError for a centre off the Earth, a negative k, and a distance that is negative
        or not a number. Cost: grows with k and, slowly, with
        the size of the index. Other threads may run meanwhile.
        """
    def within(
        self, lat_e7: int, lon_e7: int, radius_m: float, /
    ) -> tuple[Vector[int], Vector[float]]:
        """All features within a distance of a place, itself included, as nearest answers."""
    def along(
        self,
        latitudes: Buffer | Sequence[int],
        longitudes: Buffer | Sequence[int],
        half_width_m: float,
        /,
    ) -> tuple[Vector[int], Vector[float], Vector[float], Vector[int]]:
        """All features within a distance of a route, itself included, in order along it.

        The route runs along the shorter great-circle arcs between its vertices, given as the
        constructor takes coordinates, across poles and the antimeridian as it comes; its corridor
        has round ends. One vertex, or one place repeated, makes it a circle: the features of
        `within`. Without vertices nothing is near.

        Answers four columns, ordered by the second, equal ones by id: ids; metres along the route,
        from its start to the place on it that is nearest to the feature, the earliest such place
        where more are equally near (within 1e-7 m); that place's distance from the feature in
        metres; and the side on which the feature is, seen in the direction of travel: -1 left,
        +1 right, 0 on the route or straight ahead or behind.

        Distances are true ones on the sphere of `haversine`, within 1e-8 m; exactly those of
        `nearest` where the nearest place is a vertex. A feature belongs to the answer where the
        distance as computed is at most `half_width_m`. Features off the Earth are nowhere.

        Raises TypeError, ValueError and OverflowError as the constructor does; ValueError also for
        a vertex off the Earth, for vertices that follow each other and are antipodes, between which
        no arc is the shorter one, and for a half width that is negative or not a number.
        Cost: grows with the hits and the length of the route, slowly with its number of vertices.
        Other threads run meanwhile.
        """
    def unnamed_count(self) -> int:
        """How many features have no name.

        Cost: one pass over all features. Other threads run meanwhile.
        """
    def duplicate_count(self) -> int:
        """How many features lie exactly where one of a lower id does.

        Cost: one pass over the hash table. Other threads run meanwhile.
        """
    def named(self, ids: Buffer, /) -> Vector[int]:
        """Those of the ids whose feature has a name, in their order.

        `ids` is a C-contiguous buffer of 32-bit integers, signed or not: a Vector, an array, a
        numpy array. Raises TypeError for anything else, IndexError where an id is of no feature.
        """
    def page_bytes(self, ids: Buffer, start: int, stop: int, /) -> int:
        """How many bytes encode_page gives for the same arguments, without making them.

        Takes and raises what that does. Cost: nanoseconds a feature, however long its name is.
        """
    def encode_page(self, ids: Buffer, start: int, stop: int, /) -> bytes:
        """The features `ids[start:stop]` as the entries of field 1 of a protocol buffer message.

        These are the bytes of a message that has `repeated Feature` as its field 1 and nothing
        else; those of its other fields may be added behind. Takes ids as `named` does. Ends past
        the ids are clamped, as a slice's are; negative ones raise ValueError. Raises IndexError
        where an id is of no feature. No Python object is made for a feature. Cost: a fraction of
        a microsecond a feature.
        """
    def encode_lookups(self, ids: Buffer, /) -> bytes:
        """As encode_page, each entry `{ Feature feature = 1; }`, empty where an id is -1.

        Takes all of what `find_many` answers, or ids as `named` does.
        """
    def encode_nearby_page(
        self, ids: Buffer, distances_m: Buffer, start: int, stop: int, /
    ) -> bytes:
        """As encode_page, each entry `{ Feature feature = 1; double distance_m = 2; }`.

        `distances_m` is a buffer of 64-bit floats, as long as the ids: what `nearest` and `within`
        answer. Raises ValueError where the lengths differ.
        """
    def encode_route_page(
        self,
        ids: Buffer,
        along_m: Buffer,
        offset_m: Buffer,
        sides: Buffer,
        start: int,
        stop: int,
        /,
    ) -> bytes:
        """As encode_page, each entry a feature and where it is along a route.

        An entry is `{ Feature feature = 1; double along_m = 2; double offset_m = 3; Side side = 4;
        }`, Side an enumeration of 0 for neither, 1 for left and 2 for right. In `sides`, a buffer
        of 8-bit or 32-bit signed integers, negative is left, positive right and 0 neither.
        """
    def name(self, id: int, /) -> str:
        """A feature's name, "" for an unnamed one. Raises IndexError, as do the next two."""
    def location(self, id: int, /) -> tuple[int, int]:
        """A feature's latitude and longitude, E7."""
    def encoded(self, id: int, /) -> bytes:
        """A feature as a protocol buffer message, `routeguide.Feature`."""
    @property
    def latitudes(self) -> Vector[int]:
        """The latitudes of all features, E7, in database order, without a copy.

        Signed 32-bit integers in the memory of the index, which lives as long as the vector does.
        """
    @property
    def longitudes(self) -> Vector[int]:
        """The longitudes, as latitudes."""
    @property
    def bounds(self) -> tuple[int, int, int, int] | None:
        """The tightest south, west, north, east around all features, E7; None without any."""
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
    """The running summary of points visited one after the other on an index."""

    def __new__(cls, index: FeatureIndex, /) -> Trip: ...
    def visit(self, lat_e7: int, lon_e7: int, /) -> None:
        """Travel to the next point. Raises OverflowError as FeatureIndex does."""
    @property
    def point_count(self) -> int:
        """Points visited."""
    @property
    def feature_count(self) -> int:
        """Points visited at which there is a feature, named or not."""
    @property
    def distance_m(self) -> float:
        """Metres travelled: the great-circle legs added in order."""

def haversine(lat1_e7: int, lon1_e7: int, lat2_e7: int, lon2_e7: int, /) -> float:
    """Great-circle metres between two points on a sphere of radius 6,371,000 m.

    The haversine formula as the RouteGuide tutorials write it, equal to theirs in every bit;
    half the circumference where rounding takes that formula past its domain, at antipodes.
    """

def haversine_many(
    lats1: Buffer | Sequence[int] | int,
    lons1: Buffer | Sequence[int] | int,
    lats2: Buffer | Sequence[int],
    lons2: Buffer | Sequence[int],
    /,
    *,
    fast: bool = False,
) -> Vector[float]:
    """Great-circle metres from each point of the first columns to that of the others beside it.

    Takes coordinates as FeatureIndex does, and raises as it does; `lats1` and `lons1` may both
    be an int instead: the one point from which all distances are measured. Each result equals
    `haversine` in every bit.

    `fast=True` takes a small part of the time, by polynomials. For coordinates on Earth the
    result is within 1e-10 of the true great-circle distance, relatively, at any distance:
    closer than `haversine` next to antipodes and across the antimeridian. Its last digits
    differ between processors.

    The interpreter is free for other threads meanwhile.
    """

def path_length(latitudes: Buffer | Sequence[int], longitudes: Buffer | Sequence[int], /) -> float:
    """Metres along the points in order: the sum of `haversine` over the legs.

    Takes coordinates as FeatureIndex does, and raises as it does. 0.0 for less than two points.
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
