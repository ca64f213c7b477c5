"""pyarrow and the csv module read the same features, rejects and line numbers from CSV."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from routeguide.formats.base.faults import SourceError
from routeguide.formats.base.model import ReadOptions, Reject
from routeguide.formats.delimited import csv_reading
from support.commands import modules_of
from support.reading import Feature, read
from support.strategies import trials

HEADER = "lat,lon,name\n"

numbers = st.one_of(
    st.floats(-100, 400).map(str),
    st.integers(-1900000000, 3700000000).map(str),
    st.sampled_from(
        [
            "",
            " 1.5 ",
            "+2",
            "nan",
            "inf",
            "1e2",
            "-0",
            "0x1F",
            "1_0",
            "9,5",
            "٣",
            '"3"',
            '"9,5"',
            '"-0,1e2"',
        ]
    ),
)
texts = st.text(st.sampled_from(',";\t|\n\r ab\0é'), max_size=6)
quoted = texts.map(lambda text: '"' + text.replace('"', '""') + '"')
rows = st.one_of(
    st.tuples(numbers, numbers, st.one_of(texts, quoted)).map(",".join),
    st.lists(st.one_of(texts, quoted, numbers), max_size=4).map(",".join),
)
files = st.lists(st.one_of(rows, st.just("1,2,plain")), max_size=12).map("\n".join)


def outcome(path: Path, options: ReadOptions) -> tuple[list[Feature], list[Reject]] | str:
    try:
        return read(path, "csv", options)
    except SourceError as error:
        return str(error)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("csv")


options = st.builds(
    ReadOptions,
    wrap=st.booleans(),
    quoted=st.booleans(),
    units=st.sampled_from(["", "e7"]),
    decimal_comma=st.booleans(),
)


@trials(200)
@given(files, st.integers(1, 80), options, st.booleans())
@example('1,2,"a\n3,4,"b"\n5,6,c\n7,8,"d"', 9, ReadOptions(), True)
@example("1,2,a\r3,4,b", 40, ReadOptions(), True)
@example("1,180.00000001,a\n1,180,b\n1,360,c", 40, ReadOptions(wrap=True), True)
@example("1,2,a\n-9223372036854775808,3,b", 40, ReadOptions(units="e7"), True)
@example('1,2,"a\n3,4,b\n5,6,"c"\n7,8,d', 9, ReadOptions(), True)
@example('1,2,a"\n3,4,b"\n5,6,c\n7,8,"d\ne"\n', 12, ReadOptions(), True)
@example("1,2,a\n\ufeff3,4,b\n5,6,c", 6, ReadOptions(), True)
def test_both_readers_agree(
    folder: Path, body: str, piece: int, options: ReadOptions, ends: bool
) -> None:
    path = folder / "places.csv"
    path.write_bytes((HEADER + body + "\n" * ends).encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_reading, "CHUNK", piece)
        patch.setattr(csv_reading, "_arrow", lambda: None)
        expected = outcome(path, options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_reading, "CHUNK", piece)
        patch.setattr(csv_reading, "WORTH_ARROW", 0)
        assert outcome(path, options) == expected


def test_pyarrow_reads_plain_files(folder: Path) -> None:
    """If pyarrow never read a chunk, the test above would prove nothing."""
    pytest.importorskip("pyarrow")
    path = folder / "plain.csv"
    body = "".join(f'{i / 7},{i / 3},"place ""{i}"", é\n{i}"\n' for i in range(200))
    path.write_text(HEADER + body, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_reading, "CHUNK", 1000)
        patch.setattr(csv_reading, "WORTH_ARROW", 0)
        patch.setattr(csv_reading, "_take", None)
        features, rejects = read(path)
    assert rejects == []
    assert features == [
        (round(i / 7 * 1e7), round(i / 3 * 1e7), f'place "{i}", é\n{i}') for i in range(200)
    ]


def test_pyarrow_reads_decimal_commas(folder: Path) -> None:
    pytest.importorskip("pyarrow")
    path = folder / "commas.csv"
    body = "".join(f"{i / 7};{i / 3};a. b, c\n".replace(".", ",", 2) for i in range(200))
    path.write_text(HEADER.replace(",", ";") + body, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_reading, "WORTH_ARROW", 0)
        patch.setattr(csv_reading, "_take", None)
        features, rejects = read(path, "csv", ReadOptions(decimal_comma=True))
    assert rejects == []
    assert [feature[:2] for feature in features] == [
        (round(i / 7 * 1e7), round(i / 3 * 1e7)) for i in range(200)
    ]


def test_slow_modules_are_not_imported(folder: Path) -> None:
    """pyarrow.compute, and pandas, which that imports at its first call with a Python number."""
    pytest.importorskip("pyarrow")
    (folder / "pandas.py").touch()  # found if the real one is not installed
    path = folder / "long.csv"
    path.write_text(HEADER + '1.5,2.5,"a, b"\n' * (csv_reading.WORTH_ARROW // 15 + 1), "utf-8")
    loaded = modules_of("import", path, "-o", path.with_suffix(".rgx"), path=folder)
    assert "pyarrow.csv" in loaded
    assert not loaded & {"pandas", "pyarrow.compute"}
