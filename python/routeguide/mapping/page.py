"""A page that shows features on a map and needs nothing but itself: no network, no server.

The map is drawn by MapLibre GL JS, which comes in the package `maplibre` of the extra `[map]` and
is written into the page. Its content security policy allows the page no connection at all. The
features are tiled by a worker of the page's own (assets/start.js, places.js and tiles.js).
"""

from __future__ import annotations

import array
import base64
import html
import importlib.util
import itertools
import json
import re
import string
import sys
import zlib
from importlib import resources
from pathlib import Path

from routeguide.domain.earth import E7
from routeguide.mapping.layout import Corridor, bounds_of
from routeguide.mapping.missing_library import MissingLibraryError
from routeguide_c import FeatureIndex

LIBRARY = "maplibre"


def page(
    index: FeatureIndex, title: str, attribution: str = "", corridor: Corridor | None = None
) -> str:
    """The whole page as text, which is to be written as UTF-8.

    With a `corridor`, its route is drawn, the features in it are marked, and the map opens there;
    else it opens where the features are. `attribution` is shown in a corner, as plain text.
    Cost: about 17 bytes of page a feature with names of common length, beside 1 MB for the library.
    Raises MissingLibraryError.
    """
    library = library_folder()
    facts = {
        "count": len(index),
        "bounds": bounds_of(index, corridor),
        "attribution": html.escape(attribution),
        "route": None if corridor is None else route_facts(index, corridor),
    }
    assets = resources.files("routeguide.mapping") / "assets"
    scripts = {
        f"{name}_js": (assets / f"{name}.js").read_text(encoding="utf-8")
        for name in ("places", "tiles", "start", "page")
    }
    return string.Template((assets / "page.html").read_text(encoding="utf-8")).substitute(
        title=html.escape(title),
        css=(assets / "page.css").read_text(encoding="utf-8"),
        **scripts,
        library_css=(library / "maplibre-gl.css").read_text(encoding="utf-8"),
        library_js=_in_script((library / "maplibre-gl.js").read_text(encoding="utf-8")),
        facts=_in_script(json.dumps(facts, separators=(",", ":"))),
        places=base64.b64encode(_places(index)).decode("ascii"),
        names=base64.b64encode(zlib.compress(_names(index), 6)).decode("ascii"),
    )


def library_folder() -> Path:
    """Where MapLibre's own files are. The package is not imported: that takes long."""
    found = importlib.util.find_spec(LIBRARY)
    if found is None or found.origin is None:
        raise MissingLibraryError("a map", "MapLibre")
    return Path(found.origin).parent / "srcjs"


def route_facts(index: FeatureIndex, corridor: Corridor) -> dict[str, object]:
    """The corridor as the page's script reads it: degrees, longitude first as in GeoJSON."""
    points = [[round(lon, 6), round(lat, 6)] for lat, lon in corridor.line()]
    return {
        "line": [point for point, _ in itertools.groupby(points)],  # of what is equal by now, one
        "half_width_m": corridor.half_width_m,
        "length_m": corridor.length_m,
        "hits": [
            [feature_id, round(offset_m, 1), *_lon_lat(index, feature_id)]
            for feature_id, offset_m in zip(corridor.ids, corridor.offset_m, strict=True)
        ],
    }


def _lon_lat(index: FeatureIndex, feature_id: int) -> tuple[float, float]:
    lat_e7, lon_e7 = index.location(feature_id)
    return lon_e7 / E7, lat_e7 / E7


def _places(index: FeatureIndex) -> bytes:
    """Latitudes, then longitudes, as little-endian int32; not compressed, which would save little
    and have the map wait."""
    columns = []
    for values in (index.lats_e7, index.lons_e7):
        column = array.array("i", memoryview(values))
        if sys.byteorder == "big":
            column.byteswap()
        columns.append(column.tobytes())
    return b"".join(columns)


def _names(index: FeatureIndex) -> bytes:
    """The names, a line each."""
    names = (" ".join(index.name(feature_id).split("\n")) for feature_id in range(len(index)))
    return "\n".join(names).encode()


def _in_script(text: str) -> str:
    """The text in a form that neither ends the script element around it nor opens a comment."""
    return re.sub("<(?=!--)|(?<=<)/(?=script)", r"\\\g<0>", text, flags=re.IGNORECASE)
