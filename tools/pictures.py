"""Draws docs/images again: `make pictures`. Needs what the tests need, and Chromium.

Enters the tutorial's commands up to its map, has Chromium draw the pages, and keeps the pictures
under 300 KB by a palette of 256 colours.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from browser import opened  # noqa: E402
from documents import DOCS, Block, Reader, blocks_of  # noqa: E402

IMAGES = DOCS / "images"
SIZE = {"width": 1400, "height": 850}
LIMIT_BYTES = 300_000

NEEDED = ("cat > places.py", "routeguide import places.csv", "cat > danube.gpx", "routeguide map")
WORLD = Block(
    "sh", "routeguide map places.rgx -o world.html --title 'Places of the world'\n", 0, None
)


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Reader(folder) as reader:
            for block in blocks_of(DOCS / "tutorial.md"):
                if block.text.startswith(NEEDED):
                    reader.enter(block)
            reader.enter(WORLD)
        keep(picture_of(folder / "world.html", None), "map.png")
        keep(picture_of(folder / "danube.html", (47.7851, 18.9709)), "route.png")


def picture_of(page_path: Path, pointed_at: tuple[float, float] | None) -> Image.Image:
    """The page in a window of SIZE, with the pointer at a place, degrees."""
    with opened(page_path) as (page, _, faults):
        page.set_viewport_size(SIZE)
        page.reload()
        page.wait_for_selector("body[data-drawn-after-ms]")
        page.wait_for_timeout(500)  # for the last tiles to be drawn
        if pointed_at:
            point_at(page, *pointed_at)
        assert not faults
        return Image.open(io.BytesIO(page.screenshot()))


def point_at(page: Any, latitude: float, longitude: float) -> None:
    spot = page.evaluate("([lon, lat]) => map.project([lon, lat])", [longitude, latitude])
    page.mouse.move(spot["x"], spot["y"])
    page.wait_for_timeout(500)


def keep(picture: Image.Image, name: str) -> None:
    path = IMAGES / name
    picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    size_bytes = path.stat().st_size
    assert size_bytes < LIMIT_BYTES, f"{name}: {size_bytes} bytes"
    print(f"{path.relative_to(ROOT)}: {size_bytes:,} bytes")


if __name__ == "__main__":
    main()
