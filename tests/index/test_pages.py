"""Pages: many features as the entries of one message, byte for byte as protobuf writes them."""

import array
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message, message_factory
from hypothesis import given
from hypothesis import strategies as st
from routeguide.pb import route_guide_pb2
from support.indexes import encoded, index_of
from support.strategies import any_name, any_point, trials

from routeguide_c import FeatureIndex
from routeguide_c._core import (
    _encode_lookups,
    _encode_nearby_page,
    _encode_page,
    _encode_route_page,
    _page_bytes,
)

Item = TypeVar("Item")

# --- the messages of a service ---


def messages() -> dict[str, type[message.Message]]:
    Field = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(
        name="pages.proto", package="pages", syntax="proto3", dependency=["route_guide.proto"]
    )
    side = file.enum_type.add(name="Side")
    for number, name in enumerate(("SIDE_UNSPECIFIED", "SIDE_LEFT", "SIDE_RIGHT", "SIDE_ON")):
        side.value.add(name=name, number=number)

    def add(name: str, *fields: tuple[str, int, str], repeated: bool = False) -> None:
        added = file.message_type.add(name=name)
        label = Field.LABEL_REPEATED if repeated else Field.LABEL_OPTIONAL
        for number, (field, kind, type_name) in enumerate(fields, 1):
            added.field.add(
                name=field, number=number, type=kind, type_name=type_name or None, label=label
            )

    feature = ("feature", Field.TYPE_MESSAGE, ".routeguide.Feature")
    add("Lookup", feature)
    add("Nearby", feature, ("distance_m", Field.TYPE_DOUBLE, ""))
    add(
        "OnRoute",
        feature,
        ("along_m", Field.TYPE_DOUBLE, ""),
        ("offset_m", Field.TYPE_DOUBLE, ""),
        ("side", Field.TYPE_ENUM, ".pages.Side"),
    )
    for page, entry in (
        ("Page", ".routeguide.Feature"),
        ("LookupPage", ".pages.Lookup"),
        ("NearbyPage", ".pages.Nearby"),
        ("OnRoutePage", ".pages.OnRoute"),
    ):
        add(page, ("entries", Field.TYPE_MESSAGE, entry), repeated=True)
    pool = descriptor_pool.DescriptorPool()
    route_guide = descriptor_pb2.FileDescriptorProto()
    route_guide_pb2.DESCRIPTOR.CopyToProto(route_guide)
    route_guide.name = "route_guide.proto"
    pool.Add(route_guide)
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"pages.{name}"))
        for name in ("Page", "LookupPage", "NearbyPage", "OnRoutePage")
    }


MESSAGES = messages()
Page: Any = MESSAGES["Page"]
LookupPage: Any = MESSAGES["LookupPage"]
NearbyPage: Any = MESSAGES["NearbyPage"]
OnRoutePage: Any = MESSAGES["OnRoutePage"]


def feature(index: FeatureIndex, id: int) -> dict[str, Any]:
    lat_e7, lon_e7 = index.location(id)
    return {"name": index.name(id), "location": {"latitude": lat_e7, "longitude": lon_e7}}


# --- pages ---

numbers_m = st.one_of(st.sampled_from((0.0, -0.0, 1.5, float("inf"))), st.floats())


@st.composite
def indexes_and_ids(draw: st.DrawFn) -> tuple[FeatureIndex, list[int]]:
    features = draw(st.lists(st.tuples(any_point, any_name | st.text(min_size=130)), max_size=20))
    index = index_of([point for point, _ in features], [name for _, name in features])
    any_id = st.integers(0, max(0, len(index) - 1))
    return index, draw(st.lists(any_id, max_size=30 if features else 0))


def as_many(items: st.SearchStrategy[Item], ids: list[int]) -> st.SearchStrategy[list[Item]]:
    return st.lists(items, min_size=len(ids), max_size=len(ids))


bounds = st.integers(0, 35)


@trials(60)
@given(drawn=indexes_and_ids(), start=bounds, stop=bounds)
def test_a_page_is_what_protobuf_writes(
    drawn: tuple[FeatureIndex, list[int]], start: int, stop: int
) -> None:
    index, ids = drawn
    expected = Page(entries=[feature(index, id) for id in ids[start:stop]])
    page = _encode_page(index, array.array("I", ids), start, stop)
    assert page == expected.SerializeToString()
    assert _page_bytes(index, array.array("I", ids), start, stop) == len(page)


@trials(60)
@given(data=st.data(), drawn=indexes_and_ids())
def test_a_page_of_lookups_is_what_protobuf_writes(
    data: st.DataObject, drawn: tuple[FeatureIndex, list[int]]
) -> None:
    index, found = drawn
    ids = data.draw(st.permutations(found + [-1] * data.draw(st.integers(0, 10))))
    entries = [{"feature": feature(index, id)} if id >= 0 else {} for id in ids]
    page = _encode_lookups(index, array.array("i", ids))
    assert page == LookupPage(entries=entries).SerializeToString()


@trials(60)
@given(data=st.data(), drawn=indexes_and_ids(), start=bounds, stop=bounds)
def test_a_page_with_distances_is_what_protobuf_writes(
    data: st.DataObject, drawn: tuple[FeatureIndex, list[int]], start: int, stop: int
) -> None:
    index, ids = drawn
    distances_m = data.draw(as_many(numbers_m, ids))
    entries = [
        {"feature": feature(index, id), "distance_m": distance_m}
        for id, distance_m in zip(ids, distances_m, strict=True)
    ]
    page = _encode_nearby_page(
        index, array.array("i", ids), array.array("d", distances_m), start, stop
    )
    assert page == NearbyPage(entries=entries[start:stop]).SerializeToString()


@trials(60)
@given(data=st.data(), drawn=indexes_and_ids(), start=bounds, stop=bounds)
def test_a_page_of_a_route_is_what_protobuf_writes(
    data: st.DataObject, drawn: tuple[FeatureIndex, list[int]], start: int, stop: int
) -> None:
    index, ids = drawn
    along_m = data.draw(as_many(numbers_m, ids))
    offset_m = data.draw(as_many(numbers_m, ids))
    sides = data.draw(as_many(st.sampled_from((-1, 0, 1)), ids))
    entries = [
        {
            "feature": feature(index, id),
            "along_m": along_m[i],
            "offset_m": offset_m[i],
            "side": {-1: "SIDE_LEFT", 0: "SIDE_ON", 1: "SIDE_RIGHT"}[sides[i]],
        }
        for i, id in enumerate(ids)
    ]
    expected = OnRoutePage(entries=entries[start:stop]).SerializeToString()
    columns = (array.array("I", ids), array.array("d", along_m), array.array("d", offset_m))
    for letter in "bi":
        page = _encode_route_page(index, *columns, array.array(letter, sides), start, stop)
        assert page == expected


def test_pages_of_what_queries_return(tmp_path: Path) -> None:
    index = index_of([(i, -i) for i in range(500)], [f"name {i}" * (i % 2) for i in range(500)])
    index.save(tmp_path / "index")
    for each in (index, FeatureIndex.open(tmp_path / "index")):
        ids = each.query(0, -1000, 1000, 0)
        page = Page.FromString(_encode_page(each, ids, 100, 300))
        assert [entry.location.latitude for entry in page.entries] == [*range(100, 300)]
        ids, distances_m = each.nearest(7, -7, 3)
        page = NearbyPage.FromString(_encode_nearby_page(each, ids, distances_m, 0, 10**30))
        assert [entry.distance_m for entry in page.entries] == distances_m.tolist()
        assert page.entries[0].feature.name == "name 7"


def test_a_long_page() -> None:
    """So many features are encoded without the interpreter's lock."""
    index = index_of([(i % 10, 0) for i in range(20_000)])
    page = Page.FromString(_encode_page(index, array.array("I", range(20_000)), 0, 20_000))
    assert len(page.entries) == 20_000
    assert page.entries[19_999].location.latitude == 9
    assert _page_bytes(index, array.array("I", range(20_000)), 0, 20_000) == page.ByteSize()
    for call in (_encode_page, _page_bytes):
        with pytest.raises(IndexError):
            call(index, array.array("I", range(1, 20_001)), 0, 20_000)


# --- arguments ---

FORMS: dict[str, Callable[[list[int]], Any]] = {
    "unsigned array": lambda ids: array.array("I", ids),
    "signed array": lambda ids: array.array("i", ids),
    "numpy": lambda ids: numpy.array(ids, numpy.uint32),
    "signed numpy": lambda ids: numpy.array(ids, numpy.int32),
    "part of numpy": lambda ids: numpy.array([9, *ids, 9], numpy.int32)[1:-1],
    "bytes": lambda ids: memoryview(array.array("I", ids).tobytes()).cast("I"),
    "list": list,
    "64-bit numpy": lambda ids: numpy.array(ids, numpy.int64),
    "strided numpy": lambda ids: numpy.array(ids, numpy.uint32).repeat(2)[::2],
    "big-endian numpy": lambda ids: numpy.array(ids, ">i4"),
    "misaligned": lambda ids: memoryview(b"." + array.array("I", ids).tobytes())[1:].cast("I"),
}


@pytest.fixture(scope="module")
def index() -> FeatureIndex:
    return index_of([(1, 2), (3, 4), (5, 6)], ["one", "", "three"])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("ids", [[], [2], [2, 0, 1, 2]])
def test_ids_of_every_form(index: FeatureIndex, form: str, ids: list[int]) -> None:
    expected = b"".join(b"\n" + bytes([len(encoded(index, id))]) + encoded(index, id) for id in ids)
    assert _encode_page(index, FORMS[form](ids), 0, len(ids)) == expected
    assert index.named(FORMS[form](ids)).tolist() == [id for id in ids if id != 1]


WRONG: list[tuple[Any, type[Exception], str]] = [
    (7, TypeError, "ids: expected a column of ids, not int"),
    (b"bytes", TypeError, "ids: expected a column of ids, not bytes"),
    (None, TypeError, "ids: expected a column of ids, not NoneType"),
    (["1"], TypeError, "ids[0]: expected ids, not str"),
    (array.array("d", [0, 0.5]), ValueError, "ids[1]: expected ids, not 0.5"),
    (numpy.zeros((1, 1), numpy.int32), TypeError, "ids: expected one dimension, not 2"),
    ([0, 2**40], IndexError, "ids[1]: no feature with id 1099511627776"),
    (array.array("I", [0, 3]), IndexError, "no feature has this id"),
    (array.array("i", [0, -1]), IndexError, "no feature has this id"),
    (array.array("I", [2**32 - 1]), IndexError, "no feature has this id"),
]


@pytest.mark.parametrize(("ids", "error", "words"), WRONG)
def test_wrong_ids_are_refused(
    index: FeatureIndex, ids: Any, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words.replace("[", "\\[")):
        _encode_page(index, ids, 0, 2)
    with pytest.raises(error, match=words.replace("[", "\\[")):
        index.named(ids)


@pytest.mark.parametrize("form", FORMS)
def test_lookups_of_what_find_many_returns(index: FeatureIndex, form: str) -> None:
    found = index.find_many(array.array("i", [5, 9, 1]), array.array("i", [6, 9, 2]))
    expected = b"".join(
        bytes([10, len(entry)]) + entry
        for entry in (b"\n" + bytes([len(encoded(index, 2))]) + encoded(index, 2), b"",
                      b"\n" + bytes([len(encoded(index, 0))]) + encoded(index, 0))
    )  # fmt: skip
    assert _encode_lookups(index, found) == expected
    assert _encode_lookups(index, FORMS[form]([2])) == expected[: expected.index(b"\n\0")]
    for wrong in (array.array("I", [3]), array.array("i", [-2])):
        with pytest.raises(IndexError, match="no feature has this id"):
            _encode_lookups(index, wrong)


def test_ids_outside_of_the_page_are_not_checked(index: FeatureIndex) -> None:
    ids = array.array("I", [99, 1, 99])
    assert _encode_page(index, ids, 1, 2) == _encode_page(index, array.array("I", [1]), 0, 1)


def test_wrong_columns_are_refused(index: FeatureIndex) -> None:
    ids, ones_m = array.array("I", [0, 1]), array.array("d", [1, 1])
    signs = array.array("b", [1, 1])
    floats: Any = [1.0, 1.0]
    with pytest.raises(TypeError, match="distances_m: expected a buffer of 64-bit floats"):
        _encode_nearby_page(index, ids, floats, 0, 2)
    with pytest.raises(TypeError, match=r"distances_m: .* not format 'f'"):
        _encode_nearby_page(index, ids, array.array("f", [1, 1]), 0, 2)
    with pytest.raises(ValueError, match="ids and distances_m differ in length: 2 and 1"):
        _encode_nearby_page(index, ids, ones_m[:1], 0, 1)
    with pytest.raises(ValueError, match="ids and along_m differ in length: 2 and 1"):
        _encode_route_page(index, ids, ones_m[:1], ones_m, signs, 0, 1)
    with pytest.raises(ValueError, match="ids and offset_m differ in length: 2 and 1"):
        _encode_route_page(index, ids, ones_m, ones_m[:1], signs, 0, 1)
    with pytest.raises(ValueError, match="ids and sides differ in length: 2 and 1"):
        _encode_route_page(index, ids, ones_m, ones_m, signs[:1], 0, 1)
    with pytest.raises(TypeError, match=r"sides: expected .* 8-bit or 32-bit signed integers"):
        _encode_route_page(index, ids, ones_m, ones_m, array.array("B", [1, 1]), 0, 2)


def test_start_and_stop_are_clamped_and_not_negative(index: FeatureIndex) -> None:
    ids = array.array("I", [0, 1, 2])
    whole = _encode_page(index, ids, 0, 3)
    assert _encode_page(index, ids, 0, 2**70) == whole
    assert _encode_page(index, ids, numpy.int64(0), numpy.int64(3)) == whole  # type: ignore[arg-type]
    assert _encode_page(index, ids, 2, 1) == _encode_page(index, ids, 9, 12) == b""
    wrong: Any = "1"
    for start, stop in ((-1, 3), (0, -1), (-(2**70), 3)):
        with pytest.raises(ValueError, match="must not be negative"):
            _encode_page(index, ids, start, stop)
    with pytest.raises(TypeError):
        _encode_page(index, ids, wrong, 3)
    with pytest.raises(TypeError):
        _encode_page(index, ids, 0, wrong)


@trials(60)
@given(drawn=indexes_and_ids())
def test_named_omits_unnamed_features(drawn: tuple[FeatureIndex, list[int]]) -> None:
    index, ids = drawn
    named = index.named(array.array("I", ids))
    assert named.tolist() == [id for id in ids if index.name(id)]
    assert memoryview(named).format == "I"


# --- fingerprint ---


def test_the_fingerprint_depends_on_features_alone(tmp_path: Path) -> None:
    index = index_of([(1, 2), (3, 4)], ["one", "two"])
    again = index_of([(1, 2), (3, 4)], ["one", "two"])
    assert index.fingerprint == again.fingerprint == index.fingerprint
    assert index.fingerprint == "07693a4b928e8e5d"  # the same in every process and version
    for metadata in (b"", b"some"):
        index.save(tmp_path / "index", metadata)
        for verify in (True, False):
            for map in (True, False):
                opened = FeatureIndex.open(tmp_path / "index", verify, map)
                assert opened.fingerprint == index.fingerprint
        opened.save(tmp_path / "again")
        assert FeatureIndex.open(tmp_path / "again").fingerprint == index.fingerprint


def test_every_difference_changes_the_fingerprint() -> None:
    fingerprints = [
        index_of(points, names).fingerprint
        for points, names in (
            ([], []),
            ([(1, 2)], [""]),
            ([(2, 1)], [""]),
            ([(1, 2)], ["a"]),
            ([(1, 2)], ["b"]),
            ([(1, 2), (1, 2)], ["a", "b"]),
            ([(1, 2), (1, 2)], ["b", "a"]),
            ([(1, 2), (1, 2)], ["ab", ""]),
            ([(1, 2), (3, 4)], ["", ""]),
            ([(3, 4), (1, 2)], ["", ""]),
        )
    ]
    assert len(set(fingerprints)) == len(fingerprints)
    assert all(len(each) == 16 and int(each, 16) and each.lower() == each for each in fingerprints)
