"""A self-contained page that shows features on a map without a network or a server.

The map is drawn by MapLibre GL JS from the package `maplibre` of the extra `[map]`, which is
written into the page. The page's content security policy allows no connections. A worker of the
page makes vector tiles of the features (assets/start.js, places.js and tiles.js).
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
    """Return the whole page, to be written as UTF-8.

    With a `corridor`, its route is drawn, the features in it are marked, and the map opens there;
    else it opens on all features. `attribution` is plain text, shown in a corner. Raises
    MissingLibraryError. Cost: 1 MB for the library, and about 17 bytes for a feature with a name of
    common length.
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
    """Find MapLibre's files without importing its package, which is slow."""
    found = importlib.util.find_spec(LIBRARY)
    if found is None or found.origin is None:
        raise MissingLibraryError("a map", "MapLibre")
    return Path(found.origin).parent / "srcjs"


def route_facts(index: FeatureIndex, corridor: Corridor) -> dict[str, object]:
    """Return the corridor for the page's script: degrees, longitude first as in GeoJSON."""
    points = [[round(lon, 6), round(lat, 6)] for lat, lon in corridor.line()]
    return {
        "line": [point for point, _ in itertools.groupby(points)],  # rounding makes some equal
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
    """Return all latitudes, then all longitudes, as little-endian int32.

    Not compressed: it would save little, and the map would wait for it.
    """
    columns = []
    for values in (index.lats_e7, index.lons_e7):
        column = array.array("i", memoryview(values))
        if sys.byteorder == "big":
            column.byteswap()
        columns.append(column.tobytes())
    return b"".join(columns)


def _names(index: FeatureIndex) -> bytes:
    """Return the names, one a line."""
    names = (" ".join(index.name(feature_id).split("\n")) for feature_id in range(len(index)))
    return "\n".join(names).encode()


def _in_script(text: str) -> str:
    """Escape text so that it neither ends the script element around it nor starts a comment."""
    return re.sub("<(?=!--)|(?<=<)/(?=script)", r"\\\g<0>", text, flags=re.IGNORECASE)
