"""The map page in a real browser: it draws, shows names, and requests nothing."""

import io
import math
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from routeguide.domain.earth import DEGREE_M, E7
from routeguide.mapping.layout import Corridor, arc, bounds_of
from routeguide.mapping.page import page
from support import browser

from routeguide_c import FeatureIndex

pytest.importorskip("maplibre", reason="the extra [map] is not installed")
image = pytest.importorskip("PIL.Image", reason="the extra [map] is not installed")

TRAP = "</script><script>document.title = 'broken'</script><!-- \"quoted\" & <b>"
GROUND, DOT, HIT = (10, 15, 30), (63, 111, 224), (255, 157, 92)
CORRIDOR = (42, 34, 51)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser.launched() as launched:
        yield launched


def index_of(*places: tuple[float, float, str]) -> FeatureIndex:
    return FeatureIndex(
        [round(lat * E7) for lat, _, _ in places],
        [round(lon * E7) for _, lon, _ in places],
        [name for _, _, name in places],
    )


def written(folder: Path, *arguments: Any) -> Path:
    path = folder / "map.html"
    path.write_text(page(*arguments), encoding="utf-8")
    return path


def colors(png: bytes) -> set[tuple[int, int, int]]:
    with image.open(io.BytesIO(png)) as picture:
        rgb = picture.convert("RGB")
        return {color for _, color in rgb.getcolors(rgb.width * rgb.height)}


def is_near(color: tuple[int, int, int], wanted: tuple[int, int, int]) -> bool:
    return all(abs(one - other) <= 12 for one, other in zip(color, wanted, strict=True))


def position_of(shown: Any, lat: float, lon: float) -> tuple[float, float]:
    """Return where in the window a place is, in pixels."""
    x, y = shown.evaluate(
        "([lon, lat]) => { const at = document.getElementById('map').map.project([lon, lat]);"
        " return [at.x, at.y]; }",
        [lon, lat],
    )
    return x, y


def tip_at(shown: Any, lat: float, lon: float) -> list[str]:
    """Return the lines of the tip with the pointer at a place."""
    x, y = position_of(shown, lat, lon)
    shown.mouse.move(5, 400)
    shown.wait_for_selector("#tip", state="hidden", timeout=browser.WATCHDOG_MS)
    shown.mouse.move(x, y)
    shown.wait_for_selector("#tip", state="visible", timeout=browser.WATCHDOG_MS)
    return [line.inner_text() for line in shown.locator("#tip div").all()]


def test_a_page_draws_shows_names_and_requests_nothing(chromium: Any, tmp_path: Path) -> None:
    index = index_of((10, 10, TRAP), (12, 10, "Zwölf"), (10, 12, ""))
    path = written(tmp_path, index, TRAP, TRAP)
    with browser.shown(chromium, path) as (shown, requested, faults):
        assert shown.title() == TRAP
        assert shown.inner_text("h1") == TRAP
        assert shown.inner_text("#summary") == "3 features"
        assert TRAP in shown.inner_text(".maplibregl-ctrl-attrib")
        assert tip_at(shown, 10, 10) == [TRAP, "10.00000, 10.00000"]
        assert tip_at(shown, 12, 10)[0] == "Zwölf"
        assert tip_at(shown, 10, 12)[0] == "unnamed"
        drawn = colors(shown.screenshot())
        assert any(is_near(color, GROUND) for color in drawn)
        assert any(is_near(color, DOT) for color in drawn)
        assert not faults
    assert requested
    assert all(address.startswith(("file:", "blob:")) for address in requested)


def test_a_route_across_the_antimeridian_marks_features_along_it(
    chromium: Any, tmp_path: Path
) -> None:
    index = index_of((0, 179.9, "west of it"), (0, -179.9, "east of it"), (30, 0, "elsewhere"))
    corridor = Corridor([0, 0], [1_795_000_000, -1_795_000_000], 1000.0, [0, 1], [0.0, 12.5])
    path = written(tmp_path, index, "a route", "", corridor)
    with browser.shown(chromium, path) as (shown, _, faults):
        assert shown.inner_text("#summary") == (
            "3 features; 2 within 1,000 m of a route of 111.2 km"
        )
        assert tip_at(shown, 0, 179.9) == ["west of it", "0.00000, 179.90000", "0 m from the route"]
        assert tip_at(shown, 0, 180.1)[0] == "east of it"
        assert any(is_near(color, HIT) for color in colors(shown.screenshot()))
        assert not faults


def test_many_features_at_a_dot_are_counted(chromium: Any, tmp_path: Path) -> None:
    index = index_of(*((50 + i / 1e6, 8 + i / 1e6, f"place {i}") for i in range(40)), (0, 0, ""))
    with browser.shown(chromium, written(tmp_path, index, "crowd")) as (shown, _, faults):
        tip = tip_at(shown, 50, 8)
        assert len(tip) == 4
        assert all(line.startswith("place ") for line in tip[:3])
        assert tip[3] == "and 37 more; click to zoom in"
        assert not faults


def dots(shown: Any) -> dict[int, int]:
    """Return the number of places of each dot on the screen, by its id."""
    pairs = shown.evaluate(
        "() => document.getElementById('map').map.queryRenderedFeatures({ layers: ['features'] })"
        ".map((dot) => [dot.id, dot.properties.count])"
    )
    return dict(pairs)


def jump(shown: Any, lat: float, lon: float, zoom: float) -> None:
    """Move the map and wait until it is drawn."""
    shown.evaluate(
        "([center, zoom]) => new Promise((drawn) => {"
        " const map = document.getElementById('map').map;"
        " map.jumpTo({ center, zoom }); map.once('idle', drawn); })",
        [[lon, lat], zoom],
    )


def click(shown: Any, lat: float, lon: float) -> None:
    """Click at a place and wait until the map has moved and is drawn."""
    x, y = position_of(shown, lat, lon)
    shown.evaluate(
        "() => { const map = document.getElementById('map').map;"
        " window.moved = new Promise((drawn) =>"
        " map.once('moveend', () => map.once('idle', drawn))); }"
    )
    shown.mouse.click(x, y)
    shown.evaluate("() => window.moved")


def test_every_feature_is_in_one_dot(chromium: Any, tmp_path: Path) -> None:
    """On the edges of tiles, at +-180 degrees, at the poles and in crowds."""
    draw = random.Random(4)
    places = [(draw.uniform(-90, 90), draw.uniform(-180, 180), "") for _ in range(3000)]
    places += [(draw.gauss(48, 0.4), draw.gauss(16, 0.4), "") for _ in range(2000)]
    corners = [(0, 0), (0, 180), (0, -180), (90, 90), (-90, -90), (0, 179.9999999)]
    places += [(*corner, "") for corner in corners]
    path = written(tmp_path, index_of(*places), "many")
    with browser.shown(chromium, path, 1200, 1200) as (shown, _, faults):
        jump(shown, 0, 0, zoom=0)
        drawn = dots(shown)
        assert len(drawn) < len(places)
        assert sum(drawn.values()) == len(places)
        assert not faults


def test_a_click_zooms_in_until_a_dot_splits(chromium: Any, tmp_path: Path) -> None:
    index = index_of((50, 8, "one"), (50.01, 8.01, "other"), (-60, -170, ""), (75, 170, ""))
    with browser.shown(chromium, written(tmp_path, index, "two")) as (shown, _, faults):
        assert sorted(tip_at(shown, 50, 8)) == ["one", "other"]
        click(shown, 50, 8)
        assert list(dots(shown).values()) == [1, 1]
        assert tip_at(shown, 50, 8) == ["one", "other", "50.00000, 8.00000"]
        assert tip_at(shown, 50.01, 8.01)[0] == "other"
        assert not faults


def test_a_click_on_dots_side_by_side_zooms_in(chromium: Any, tmp_path: Path) -> None:
    """Each is a dot of its own, but several are under the pointer."""
    places = [(50, 8 + step / 100, f"place {step}") for step in range(5)]
    path = written(tmp_path, index_of(*places), "several")
    with browser.shown(chromium, path) as (shown, _, faults):
        jump(shown, 50, 8.02, zoom=6.5)
        assert list(dots(shown).values()) == [1] * 5
        assert tip_at(shown, 50, 8.02)[3] == "and 2 more; click to zoom in"
        click(shown, 50, 8.02)
        assert shown.evaluate("document.getElementById('map').map.getZoom()") == 8.5
        assert not faults


def test_a_feature_at_180_degrees_east_is_drawn(chromium: Any, tmp_path: Path) -> None:
    path = written(tmp_path, index_of((10, 180, "east")), "edge")
    with browser.shown(chromium, path) as (shown, _, faults):
        assert tip_at(shown, 10, 180) == ["east", "10.00000, 180.00000"]
        assert not faults


def test_no_features_give_a_map_of_the_world(chromium: Any, tmp_path: Path) -> None:
    with browser.shown(chromium, written(tmp_path, index_of(), "nothing")) as (shown, _, faults):
        assert shown.inner_text("#summary") == "0 features"
        assert not faults


def corridor_around(south: float, north: float) -> tuple[list[tuple[float, float]], Corridor]:
    """Return the corners of a route around an area, and its corridor."""
    corners = [(south, 8.0), (north, 8.0), (north, 12.0), (south, 12.0)]
    lats_e7, lons_e7 = ([round(corner[axis] * E7) for corner in corners] for axis in (0, 1))
    return corners, Corridor(lats_e7, lons_e7, 1000.0, [], [])


@pytest.mark.parametrize(("width_px", "height_px"), [(360, 640), (899, 500)])
def test_in_a_narrow_window_a_route_is_between_the_title_and_the_legend(
    chromium: Any, tmp_path: Path, width_px: int, height_px: int
) -> None:
    corners, corridor = corridor_around(47, 49)
    path = written(tmp_path, index_of(), "A title that takes two lines", "", corridor)
    with browser.shown(chromium, path, width_px, height_px) as (shown, _, faults):
        title, legend = (shown.locator(each).bounding_box() for each in ("header", "#legend"))
        for x, y in (position_of(shown, lat, lon) for lat, lon in corners):
            assert 0 < x < width_px
            assert title["y"] + title["height"] < y < legend["y"]
        assert not faults


@pytest.mark.parametrize(("width_px", "height_px"), [(900, 500), (1200, 657)])
@pytest.mark.parametrize("height_deg", [0.5, 2.5])
def test_in_a_wide_window_a_route_is_clear_of_the_title_and_the_legend(
    chromium: Any, tmp_path: Path, width_px: int, height_px: int, height_deg: float
) -> None:
    corners, corridor = corridor_around(47 - height_deg / 2, 47 + height_deg / 2)
    path = written(tmp_path, index_of(), "A title that is as long as titles are", "", corridor)
    with browser.shown(chromium, path, width_px, height_px) as (shown, _, faults):
        panels = [shown.locator(each).bounding_box() for each in ("header", "#legend")]
        for x, y in (position_of(shown, lat, lon) for lat, lon in corners):
            assert 0 < x < width_px
            assert 0 < y < height_px
            for panel in panels:
                beside = x > panel["x"] + panel["width"]
                above = y < panel["y"]
                assert beside or above or y > panel["y"] + panel["height"]
        assert not faults


@pytest.mark.parametrize("lons_e7", [[160_000_000], [160_000_000, 160_000_001, 160_000_000]])
def test_a_route_of_one_place_is_a_disc(chromium: Any, tmp_path: Path, lons_e7: list[int]) -> None:
    corridor = Corridor([500_000_000] * len(lons_e7), lons_e7, 10_000.0, [], [])
    path = written(tmp_path, index_of(), "one", "", corridor)
    with browser.shown(chromium, path) as (shown, _, faults):
        picture = image.open(io.BytesIO(shown.screenshot())).convert("RGB")
        for east_m, wanted in (
            (0, CORRIDOR),
            (9_700, CORRIDOR),
            (-9_700, CORRIDOR),
            (10_300, GROUND),
        ):
            lon = 16 + east_m / (DEGREE_M * math.cos(math.radians(50)))
            x, y = position_of(shown, 50, lon)
            assert is_near(picture.getpixel((round(x), round(y))), wanted), east_m
        assert not faults


@pytest.mark.parametrize(("lat", "drawn_at"), [(48.20849, 48.20849), (90, 85), (-90, -85)])
def test_one_feature_is_in_the_middle(
    chromium: Any, lat: float, drawn_at: float, tmp_path: Path
) -> None:
    """A feature at a pole is drawn at the edge: Mercator maps have no poles."""
    with browser.shown(
        chromium, written(tmp_path, index_of((lat, 16.37208, "only")), "one")
    ) as opened:
        shown, _, faults = opened
        assert shown.inner_text("#summary") == "1 feature"
        assert tip_at(shown, drawn_at, 16.37208) == ["only", f"{lat:.5f}, 16.37208"]
        assert any(is_near(color, DOT) for color in colors(shown.screenshot()))
        assert not faults


def test_an_arc_is_the_great_circle() -> None:
    points = list(arc((0.0, 0.0), (0.0, 90.0)))
    assert points[-1] == (0.0, 90.0)
    assert all(abs(lat) < 1e-9 for lat, _ in points)
    over_the_pole = list(arc((60.0, 0.0), (60.0, 180.0)))
    assert max(lat for lat, _ in over_the_pole) > 89
    assert list(arc((0.0, 0.0), (0.0, 180.0))) == [(0.0, 180.0)]
    assert list(arc((5.0, 5.0), (5.0, 5.0))) == [(5.0, 5.0)]


def test_the_map_opens_on_the_route_or_on_the_features() -> None:
    index = index_of((10, 20, ""), (-5, 30, ""))
    assert bounds_of(index, None) == ((20, -5), (30, 10))
    corridor = Corridor([0, 0], [1_790_000_000, -1_790_000_000], DEGREE_M, [], [])
    (west, south), (east, north) = bounds_of(index, corridor)
    assert (round(west, 4), round(east, 4)) == (178, 182)
    assert (round(south, 6), round(north, 6)) == (-1, 1)


def test_the_width_of_a_corridor_depends_on_its_latitude() -> None:
    corridor = Corridor([600_000_000], [0], DEGREE_M, [], [])
    (west, _), (east, _) = bounds_of(index_of(), corridor)
    assert (round(west, 6), round(east, 6)) == (-2, 2)
    around = Corridor([600_000_000] * 2, [0, 900_000_000], 2e7, [], [])
    (west, south), (east, north) = bounds_of(index_of(), around)
    assert (round(west, 6), south, round(east, 6), north) == (-135, -85, 225, 85)
