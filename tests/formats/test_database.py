"""Databases: valid ones, invalid values, invalid text, and files that cannot be read."""

import gzip
import json
from pathlib import Path

import pytest
from routeguide.domain import database
from routeguide.domain.database import DatabaseError

from routeguide_c import FeatureIndex

GOOD = {"location": {"latitude": 407838351, "longitude": -746143763}, "name": "Patriots Path"}
GOOD_TEXT = json.dumps(GOOD).encode()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "places.json"


def load(path: Path, text: bytes) -> list[tuple[str, int, int]]:
    path.write_bytes(text)
    index = database.load(path)
    return [(index.name(i), *index.location(i)) for i in range(len(index))]


def fault(path: Path, text: bytes) -> str:
    """Return the error for a file with this text, without the file's name."""
    path.write_bytes(text)
    with pytest.raises(DatabaseError) as caught:
        database.load(path)
    line = str(caught.value)
    assert "\n" not in line
    assert line.startswith(f"{path}: ")
    return line.removeprefix(f"{path}: ")


def location(latitude: object, longitude: object) -> dict[str, object]:
    return {"location": {"latitude": latitude, "longitude": longitude}}


# Valid files


def test_the_packaged_features() -> None:
    index = database.load_packaged()
    assert len(index) == 100
    assert (index.name(0), index.location(0)) == (
        "Patriots Path, Mendham, NJ 07945, USA",
        (407838351, -746143763),
    )
    assert sum(index.name(i) == "" for i in range(100)) == 36
    assert index.bounds == (400066188, -749836354, 419999544, -740075041)


def test_records_keep_their_order_and_may_repeat(path: Path) -> None:
    records = [
        {**location(1, 2), "name": "b"},
        {**location(-1, -2), "name": "a"},
        {**location(1, 2), "name": "b again"},
    ]
    assert load(path, json.dumps(records).encode()) == [
        ("b", 1, 2),
        ("a", -1, -2),
        ("b again", 1, 2),
    ]


def test_a_missing_name_means_unnamed(path: Path) -> None:
    assert load(path, json.dumps([location(1, 2)]).encode()) == [("", 1, 2)]


def test_other_members_are_ignored(path: Path) -> None:
    record = {"id": [1, {"x": None}], **GOOD, "height": 1.5}
    record["location"] = {**GOOD["location"], "latitude ": "x"}  # type: ignore[dict-item]
    assert load(path, json.dumps([record]).encode()) == [("Patriots Path", 407838351, -746143763)]


def test_the_edges_of_the_earth_are_valid(path: Path) -> None:
    corners = [(900000000, 1800000000), (-900000000, -1800000000)]
    text = json.dumps([location(*corner) for corner in corners]).encode()
    assert load(path, text) == [("", *corner) for corner in corners]


@pytest.mark.parametrize("text", [b"[]", b" [ \n ] ", b"\xef\xbb\xbf[]"])
def test_an_empty_list_has_no_features(path: Path, text: bytes) -> None:
    assert load(path, text) == []


@pytest.mark.parametrize("name", ["東京 🗼", "a\x00b", 'tab\tand "quotes"', "é" * 100_000])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_any_text_is_a_name(path: Path, name: str, ascii_only: bool) -> None:
    text = json.dumps([{**GOOD, "name": name}], ensure_ascii=ascii_only).encode()
    assert load(path, text) == [(name, 407838351, -746143763)]


def test_a_byte_order_mark_is_skipped(path: Path) -> None:
    assert len(load(path, b"\xef\xbb\xbf[" + GOOD_TEXT + b"]")) == 1


# Invalid values


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({}, "location: missing"),
        ({"name": "x"}, "location: missing"),
        ({"location": {}}, "location.latitude: missing"),
        ({"location": {"latitude": 1}}, "location.longitude: missing"),
        ({"location": {"longitude": 1}}, "location.latitude: missing"),
        ({"location": None}, "location: expected object, got null"),
        ({"location": [1, 2]}, "location: expected object, got array"),
        (location("1", 2), "location.latitude: expected int, got str"),
        (location(1, "2"), "location.longitude: expected int, got str"),
        (location(1, None), "location.longitude: expected int, got null"),
        (location(True, 2), "location.latitude: expected int, got bool"),
        (location(40.7838351, 2), "location.latitude: expected int (degrees * 10**7), got float"),
        (location(1, 2.0), "location.longitude: expected int (degrees * 10**7), got float"),
        (location(1, 1e300), "location.longitude: expected int (degrees * 10**7), got float"),
        (location(float("nan"), 2), "location.latitude: expected int (degrees * 10**7), got float"),
        (
            location(1, float("-inf")),
            "location.longitude: expected int (degrees * 10**7), got float",
        ),
        (location(900000001, 2), "location.latitude: expected int <= 900000000"),
        (location(-900000001, 2), "location.latitude: expected int >= -900000000"),
        (location(1, 1800000001), "location.longitude: expected int <= 1800000000"),
        (location(1, -1800000001), "location.longitude: expected int >= -1800000000"),
        (location(2**31, 2), "location.latitude: expected int <= 900000000"),
        (location(1, -(2**31) - 1), "location.longitude: expected int >= -1800000000"),
        (location(2**64, 2), "location.latitude: expected int <= 900000000"),
        (location(-(10**400), 2), "location.latitude: expected int >= -900000000"),
        ({**GOOD, "name": None}, "name: expected str, got null"),
        ({**GOOD, "name": 5}, "name: expected str, got int"),
        ({**GOOD, "name": "\ud800"}, "name: half a surrogate pair"),
        ({**GOOD, "name": "\udc00 and so on"}, "name: half a surrogate pair"),
        ({**GOOD, "tags": {"of": ["x", "\ud800"]}}, "tags.of[1]: half a surrogate pair"),
        (None, "expected object, got null"),
        (5, "expected object, got int"),
        ([], "expected object, got array"),
        ("record", "expected object, got str"),
    ],
    ids=str,
)
def test_an_invalid_record_is_named_by_number_and_field(
    path: Path, record: object, expected: str
) -> None:
    text = json.dumps([GOOD, GOOD, record, GOOD]).encode()
    assert fault(path, text) == f"record 3: {expected}"


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (b'{"location":{"latitude":1,"longitude":2},"name":"\xff"}', "name: invalid UTF-8"),
        (b'{"name":"caf\xe9","location":{"latitude":1,"longitude":2}}', "name: invalid UTF-8"),
        (b'{"location":{"latitude":1,"longitude":2},"x":["\xc3"]}', "x[0]: invalid UTF-8"),
        (b'{"location":{"latitude":1,"longitude":2},"\xff":1}', "a name in it: invalid UTF-8"),
    ],
)
def test_invalid_utf8_is_named_by_number_and_field(
    path: Path, record: bytes, expected: str
) -> None:
    assert fault(path, b"[" + GOOD_TEXT + b"," + record + b"]") == f"record 2: {expected}"


def test_the_first_invalid_record_is_reported(path: Path) -> None:
    assert fault(path, json.dumps([location(1, "2"), {}]).encode()).startswith("record 1: ")


# Invalid text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", "the file is empty"),
        (b" \n", "the file is empty"),
        (b"[] []", "not JSON: there is more after the list"),
        (b"[" + GOOD_TEXT + b"]]", "not JSON: there is more after the list"),
        (b"[" + GOOD_TEXT + b"]\xff", "not JSON: there is more after the list"),
        (b"[" + GOOD_TEXT + b" " + GOOD_TEXT + b"]", "record 1: not JSON: Expecting ',' or ']'"),
        (b"[" + GOOD_TEXT + b",]", "record 2: not JSON: Expecting value"),
        (
            b"[" + GOOD_TEXT + b",\n\n  oops]",
            "record 2: not JSON: Expecting value (line 3)",
        ),
        (b"[\xff]", "record 1: not JSON: Expecting value (line 1)"),
        (b'[{"location":{"latitude":01,"longitude":2}}]', "record 1: not JSON: Expecting ','"),
        (
            b'[{"location":{"latitude":1,"longitude":2},"name":"a\nb"}]',
            "record 1: not JSON: Invalid",
        ),
        (b'[{"location":{"latitude":1,"longitude":2},"x":NaN}]', "record 1: JSON is malformed"),
        (b"[[" * 100_000, "record 1: nested too deeply"),
        (
            b'[{"location":{"latitude":1,"longitude":2},"x":' + b"[" * 100_000,
            "record 1: nested too deeply",
        ),
        (
            b'[{"location":{"latitude":1,"longitude":2},"x":'
            + b'{"y":' * 100_000
            + b"1"
            + b"}" * 100_000
            + b"}]",
            "record 1: nested too deeply",
        ),
    ],
    ids=lambda value: repr(value[:40]),
)
def test_text_that_is_not_json_is_refused(path: Path, text: bytes, expected: str) -> None:
    assert fault(path, text).startswith(expected)


NOT_A_LIST = "not a list of features; `routeguide import` reads other formats"


@pytest.mark.parametrize(
    "text",
    [
        b"{}",
        GOOD_TEXT,
        b"null",
        b"5",
        b'"text"',
        b"name,lat,lon\na,1,2\n",
        b"\x00\x01\x02",
        b"\x89PNG\r\n\x1a\n",
        b"PAR1\x15\x04",
        "[]".encode("utf-16"),
    ],
)
def test_the_error_for_other_formats_suggests_import(path: Path, text: bytes) -> None:
    assert fault(path, text) == NOT_A_LIST
    assert fault(path.with_suffix(".csv"), text) == NOT_A_LIST


def test_the_error_for_a_snapshot_suggests_serve(path: Path) -> None:
    snapshot = path.with_suffix(".rgx")
    FeatureIndex([10**7], [10**7]).save(snapshot)
    message = "a snapshot, not a list of features; `routeguide serve --db` serves snapshots"
    assert fault(snapshot, snapshot.read_bytes()) == message


@pytest.mark.parametrize("text", [b"", b" \n", b"[{}]", b"[" + GOOD_TEXT])
def test_the_error_for_a_bad_list_does_not_suggest_import(path: Path, text: bytes) -> None:
    assert "import" not in fault(path.with_suffix(".txt"), text)


@pytest.mark.parametrize("name", ["places.json.gz", "places.json", "places.rgx.gz"])
def test_a_compressed_file_is_refused(path: Path, name: str) -> None:
    packed = gzip.compress(b"[" + GOOD_TEXT + b"]")
    message = "compressed by gzip: unpack it, or import it if it is not a snapshot"
    assert fault(path.with_name(name), packed) == message


def test_every_truncation_is_refused(path: Path) -> None:
    second = json.dumps({**GOOD, "name": 'quo"te é'}, ensure_ascii=False).encode()
    text = b"[" + GOOD_TEXT + b"," + second + b"]"
    for length in range(1, len(text)):
        number = 1 if length <= len(b"[" + GOOD_TEXT) else 2
        assert fault(path, text[:length]).startswith(f"record {number}: not JSON: ")


def test_an_error_is_one_line_whatever_is_in_the_file(path: Path) -> None:
    text = json.dumps([{**GOOD, "a\nb": ["\ud800"]}]).encode()
    assert fault(path, text) == "record 1: a\\nb[0]: half a surrogate pair"


# Files that cannot be read


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing.json", "No such file or directory"),
        (".", "Is a directory"),
        ("file/places.json", "Not a directory"),
    ],
)
def test_a_file_that_cannot_be_opened(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseError, match=f"{reason}$"):
        database.load(tmp_path / name)
