"""`routeguide import`, from the shell to the snapshot."""

from pathlib import Path

from commands import run
from routeguide import dataset


def features_of(path: Path) -> list[tuple[int, int, str]]:
    index = dataset.load(path).index
    return [(*index.location(id), index.name(id)) for id in range(len(index))]


CSV = """\
name,Latitude,Longitude
Zürich,47.3768866,8.541694
"a ""b""
c",1,2
bad,x,2
far,91,2
short,1
nan,nan,3
,47.3768866,8.541694
"""


def test_csv_becomes_a_snapshot(tmp_path: Path) -> None:
    (tmp_path / "places.csv").write_text(CSV, encoding="utf-8")
    done = run("import", "places.csv", "-o", "places.rgx", cwd=tmp_path)
    assert done.returncode == 0
    assert features_of(tmp_path / "places.rgx") == [
        (473768866, 85416940, "Zürich"),
        (10000000, 20000000, 'a "b"\nc'),
        (473768866, 85416940, ""),
    ]
    assert done.stderr.splitlines() == [
        "rejected: places.csv: line 5: latitude: not a number: 'x'",
        "rejected: places.csv: line 6: latitude: 91.0 is not between -90 and 90",
        "rejected: places.csv: line 7: 2 fields instead of 3",
        "rejected: places.csv: line 8: latitude: not a number: NaN",
    ]
    first, *facts = done.stdout.splitlines()
    assert first.startswith("Wrote places.rgx, ")
    assert [line.split()[:2] for line in facts] == [
        ["read", "7"],
        ["kept", "3"],
        ["rejected", "4"],
        ["duplicates", "1"],
        ["bounds", "south"],
        ["seconds", facts[-1].split()[1]],
    ]
