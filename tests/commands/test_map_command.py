"""`routeguide map` as a user runs it: it writes whole files or none."""

import re
import struct
from pathlib import Path

import pytest
from routeguide.commands.main import main

ROUTE = "40.7838351 -74.6143763\n40.8122808 -74.3999877\n"


def test_a_page_with_a_route(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("maplibre", reason="the extra [map] is not installed")
    route, page = tmp_path / "route.txt", tmp_path / "map.html"
    route.write_text(ROUTE)
    page.write_text("an older page")
    page.chmod(0o640)
    assert main(["map", "-o", str(page), "--route", str(route), "--title", "A <walk>"]) == 0
    text = page.read_text(encoding="utf-8")
    assert "A &lt;walk&gt;" in text
    assert re.search(r'"count": ?100\b', text)
    assert page.stat().st_mode & 0o777 == 0o640
    assert sorted(tmp_path.iterdir()) == [page, route]
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"{page}: ")


def test_a_picture_alone(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the extra [map] is not installed")
    picture = tmp_path / "map.png"
    assert main(["map", "--png", str(picture), "--png-width", "300"]) == 0
    content = picture.read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    width, _ = struct.unpack(">II", content[16:24])
    assert width == 300
    assert list(tmp_path.iterdir()) == [picture]


@pytest.mark.parametrize(
    ("route", "message"),
    [
        ("latitude longitude\n40.7 x\n", "line 2: expected a latitude and a longitude"),
        ("91 0\n0 0\n", "not on Earth"),
        (None, "No such file"),
    ],
)
def test_an_invalid_route_writes_nothing(
    route: str | None, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "route.txt"
    if route is not None:
        path.write_text(route)
    assert main(["map", "-o", str(tmp_path / "map.html"), "--route", str(path)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"routeguide map: {path}: ")
    assert message in err
    assert not (tmp_path / "map.html").exists()


def test_a_missing_folder_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("maplibre", reason="the extra [map] is not installed")
    page = tmp_path / "missing" / "map.html"
    assert main(["map", "-o", str(page)]) == 2
    message = f"routeguide map: {page}: there is no folder {page.parent}\n"
    assert capsys.readouterr().err == message


def test_the_default_output_is_checked_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "map.html").mkdir()
    assert main(["map", "missing.rgx"]) == 2
    message = "routeguide map: map.html: it is a folder; name a file in it\n"
    assert capsys.readouterr().err == message
