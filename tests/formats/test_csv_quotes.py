"""Quotes in CSV that are never closed: a row is rejected, and no row is lost silently."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from routeguide.formats.base import text
from routeguide.formats.base.faults import SourceError
from routeguide.formats.base.model import ReadOptions, Reject
from routeguide.formats.base.sources import Source
from routeguide.formats.delimited import csv_reading
from support.in_process import run
from support.reading import read
from support.strategies import trials

OPEN = 'lat,lon,name\n1,2,a\n3,4,"b\nc\n5,6,d\n'
OPEN_QUOTE = "a quote that is never closed: 'b'; --no-quotes reads quotes as text"
READERS = ["csv", "pyarrow"]


@pytest.fixture(params=READERS)
def reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Make every file be read in one of the two ways."""
    if request.param == "csv":
        monkeypatch.setattr(csv_reading, "_arrow", lambda: None)
    else:
        pytest.importorskip("pyarrow")
        monkeypatch.setattr(csv_reading, "WORTH_ARROW", 0)
    return str(request.param)


def written(folder: Path, data: str) -> Path:
    path = folder / "places.csv"
    path.write_text(data, encoding="utf-8")
    return path


@pytest.mark.parametrize("end", ["", "\n", "\r\n", '\n7,8,""e\n'])
def test_an_open_quote_rejects_the_row_it_starts_in(tmp_path: Path, reader: str, end: str) -> None:
    features, rejects = read(written(tmp_path, OPEN.rstrip("\n") + end))
    assert features == [(10000000, 20000000, "a")]
    assert rejects == [Reject("", 3, 0, "name", OPEN_QUOTE)]


@pytest.mark.parametrize(
    ("row", "field"),
    [('1,2,a,"b', ""), ('1,"2,a,b', "longitude"), ('"1,2,a,b', "latitude"), ('1,2,a,b,"c', "")],
)
def test_the_reject_names_the_field_with_the_open_quote(
    tmp_path: Path, reader: str, row: str, field: str
) -> None:
    features, rejects = read(written(tmp_path, f"lat,lon,name,more\n{row}\n3,4,c,d\n"))
    assert features == []
    ((_, line, _, at, reason),) = rejects
    assert (line, at) == (2, field)
    assert reason.startswith("a quote that is never closed: ")


def test_no_quotes_reads_quotes_as_text(tmp_path: Path, reader: str) -> None:
    path = written(tmp_path, OPEN.replace("c\n", ""))
    features, rejects = read(path, options=ReadOptions(quoted=False))
    assert [name for *_, name in features] == ["a", '"b', "d"]
    assert rejects == []


@trials(100)
@given(st.integers(1, 60), st.integers(0, 30), st.sampled_from(['"', '"a""', '"a,b']))
@example(1, 0, '"')
def test_rows_before_an_open_quote_are_kept(
    tmp_path_factory: pytest.TempPathFactory, piece: int, before: int, name: str
) -> None:
    path = tmp_path_factory.mktemp("csv") / "places.csv"
    rows = [f'{number},{number},"a\n""{number}"' for number in range(before)]
    path.write_text("\n".join(["lat,lon,name", *rows, f"1,2,{name}", "3,4,c"]), encoding="utf-8")
    for way in READERS:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(csv_reading, "CHUNK", piece)
            patch.setattr(csv_reading, "WORTH_ARROW", 0)
            if way == "csv":
                patch.setattr(csv_reading, "_arrow", lambda: None)
            if piece < len("lat,lon,name\n"):
                patch.setattr(csv_reading, "CHUNK", 60)
            features, rejects = read(path)
        assert [name for *_, name in features] == [f'a\n"{number}' for number in range(before)]
        assert [(reject.line, reject.field) for reject in rejects] == [(2 + 2 * before, "name")]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ('lat,lon,name,"x\n1,2,a\n', "line 1: a quote that is never closed"),
        ('\n\nlat,lon,"x\n1,2\n', "line 3: a quote that is never closed"),
    ],
)
def test_an_open_quote_in_the_header_ends_the_import(
    tmp_path: Path, reader: str, data: str, message: str
) -> None:
    with pytest.raises(SourceError, match=message):
        read(written(tmp_path, data))


@pytest.mark.parametrize(
    "row", ["5,6,of a common length\n", '5,6,"in quotes"\n', 'b","\n'], ids=["one", "two", "many"]
)
def test_an_open_quote_over_the_size_limit_ends_the_import(
    tmp_path: Path, reader: str, monkeypatch: pytest.MonkeyPatch, row: str
) -> None:
    monkeypatch.setattr(text, "LINE_LIMIT", 1 << 20)
    monkeypatch.setattr(csv_reading, "CHUNK", 1 << 16)
    begun = 'lat,lon,name\n1,2,a\n3,4,"b\n'
    body = row * ((3 << 20) // len(row))
    if row.startswith('5,6,"'):  # which closes the quote after one row
        features, rejects = read(written(tmp_path, begun + body))
        assert len(features) == 1 + body.count("\n")
        assert rejects == []
    else:
        with pytest.raises(SourceError, match="line 3: a row over 1 MiB, or a quote that is never"):
            read(written(tmp_path, begun + body))


def test_blank_lines_before_the_header_are_skipped(tmp_path: Path, reader: str) -> None:
    features, rejects = read(written(tmp_path, "\n\r\n\nlat;lon;name\n1;2;a, b, c, d\n3;x;\n"))
    assert features == [(10000000, 20000000, "a, b, c, d")]
    assert [reject.line for reject in rejects] == [6]


def test_blank_lines_without_a_header_are_skipped(tmp_path: Path, reader: str) -> None:
    options = ReadOptions(header=False, lat="1", lon="2")
    features, rejects = read(written(tmp_path, "\n\n1;2\n3;x\n"), options=options)
    assert features == [(10000000, 20000000, "")]
    assert [reject.line for reject in rejects] == [4]


def test_an_open_quote_counts_as_one_rejected_row(tmp_path: Path) -> None:
    written(tmp_path, OPEN)
    done = run("import", "places.csv", "-o", "a.rgx", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr == f"rejected: places.csv: line 3: name: {OPEN_QUOTE}\n"
    assert [line.split()[:2] for line in done.stdout.splitlines()[1:4]] == [
        ["read", "2"],
        ["kept", "1"],
        ["rejected", "1"],
    ]
    done = run("import", "places.csv", "-o", "b.rgx", "--strict", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"routeguide import: places.csv: line 3: name: {OPEN_QUOTE}")
    assert not (tmp_path / "b.rgx").exists()


@pytest.mark.parametrize("rows", [7, 8])
def test_a_name_of_ten_lines_gets_a_remark(tmp_path: Path, reader: str, rows: int) -> None:
    swallowed = "".join(f"{row},{row},c\n" for row in range(rows))
    path = written(tmp_path, f'lat,lon,name\n1,2,a\n3,4,"b\n{swallowed}5,6,"d\n7,8,"e\nf"\n')
    with Source(str(path)) as source:
        batches = csv_reading.read_csv(source, ReadOptions(), fail_on_reject)
        assert sum(batch.rows for batch in batches) == 3
    message = f"a name of {rows + 2} lines, 'b': if its quotes are a mistake, it contains rows"
    assert source.remark.startswith(message) == (rows == 8)
    assert bool(source.remark) == (rows == 8)


def test_the_remark_is_printed_with_the_summary(tmp_path: Path) -> None:
    rows = "".join(f"{row},{row},c\n" for row in range(20))
    path = written(tmp_path, f'lat,lon,name\n3,4,"b\n{rows}5,6,"d\n')
    done = run("import", path, "-o", tmp_path / "places.rgx")
    assert (done.returncode, done.stderr) == (
        0,
        f"{path}: a name of 22 lines, 'b': if its quotes are a mistake, it contains rows;"
        " --no-quotes reads quotes as text\n",
    )


def fail_on_reject(field: str, reason: str, line: int = 0, record: int = 0) -> None:
    raise AssertionError(reason)
