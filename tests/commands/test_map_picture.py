"""The map as a picture: its content, for routes in any direction around the Earth."""

import io

import numpy
import pytest
from routeguide.mapping import picture
from routeguide.mapping.layout import Corridor

from routeguide_c import FeatureIndex

pytest.importorskip("matplotlib", reason="the extra [map] is not installed")
image = pytest.importorskip("PIL.Image", reason="the extra [map] is not installed")

DEGREE = 10_000_000
WIDTH_PX = 800


def columns_with(color: str, index: FeatureIndex, corridor: Corridor | None) -> set[int]:
    """Return the columns of the picture with a pixel of about this color."""
    drawn = io.BytesIO()
    picture.draw(index, drawn, "", corridor=corridor, width_px=WIDTH_PX)
    wanted = [int(color[at : at + 2], 16) for at in (1, 3, 5)]
    with image.open(drawn) as opened:
        pixels = numpy.asarray(opened.convert("RGB")).astype(int)
    is_near = (abs(pixels - wanted) <= 12).all(axis=2)
    return set(numpy.flatnonzero(is_near.any(axis=0)).tolist())


def corridor_of(*lons_deg: float, ids: tuple[int, ...] = ()) -> Corridor:
    lons_e7 = [round(lon * DEGREE) for lon in lons_deg]
    return Corridor([0] * len(lons_e7), lons_e7, 1000.0, ids, [0.0] * len(ids))


@pytest.mark.parametrize("ends", [(179.5, -179.5), (-179.5, 179.5)], ids=["east", "west"])
def test_hits_on_both_sides_of_the_antimeridian(ends: tuple[float, float]) -> None:
    index = FeatureIndex([0, 0], [1_797_000_000, -1_797_000_000], ["west of it", "east of it"])
    hits = columns_with(picture.HITS, index, corridor_of(*ends, ids=(0, 1)))
    assert any(column < WIDTH_PX / 2 for column in hits)
    assert any(column > WIDTH_PX / 2 for column in hits)
    assert len(hits) < WIDTH_PX / 10


@pytest.mark.parametrize("turn", [1, -1], ids=["east", "west"])
def test_a_route_around_the_earth_crosses_the_whole_picture(turn: int) -> None:
    index = FeatureIndex([0], [0], [""])
    route = corridor_of(*(turn * lon for lon in (139, -118, 0, 139)))
    assert len(columns_with(picture.ROUTE, index, route)) > 0.97 * WIDTH_PX


@pytest.mark.parametrize("lon_e7", [-1_800_000_000, 0, 1_799_999_999])
def test_a_feature_is_a_dot(lon_e7: int) -> None:
    dot = columns_with(picture.RAMP[0], FeatureIndex([0], [lon_e7], [""]), None)
    assert 0 < len(dot) <= picture.WIDEST_PX + 2


@pytest.mark.parametrize("lons", [(16,), (16, 16), (16, 16.0000001), (180, -180)], ids=str)
def test_a_route_of_one_place_is_a_disc(lons: tuple[float, ...]) -> None:
    disc = columns_with(picture.CORRIDOR, FeatureIndex([], [], []), corridor_of(*lons))
    assert abs(len(disc) - WIDTH_PX / 1.12) <= 6
