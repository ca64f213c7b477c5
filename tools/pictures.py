"""Redraw docs/images: `make pictures`. Needs the tests' packages and Chromium.

Runs the tutorial's commands up to its map and takes pictures of the pages in Chromium. Each picture
is smaller than 300 KB.
"""

from __future__ import annotations

import html
import io
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from support.browser import opened  # noqa: E402
from support.documents import DOCS, Block, Reader, blocks_of  # noqa: E402

IMAGES = DOCS / "images"
SIZE = {"width": 1400, "height": 850}
LIMIT_BYTES = 300_000

# A terminal window. Each Braille pattern takes one cell, whichever font provides it.
TERMINAL = """<!doctype html><meta charset="utf-8"><style>
body { margin: 0; background: #0a0f1e; }
pre { margin: 0; padding: 28px 32px; width: max-content; color: #dce6f5;
      font: 15px "DejaVu Sans Mono", monospace; }
b { font-weight: normal; display: inline-block; width: 1ch; height: 1em; line-height: 1em; }
.prompt { color: #2fc4c0; } .faint { color: #7385a8; }
</style><body data-drawn-after-ms="0"><pre>"""

NEEDED = ("cat > places.py", "routeguide import places.csv", "cat > danube.gpx", "routeguide map")
INFO = ("info", "places.rgx")
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
        printed = subprocess.run(
            [sys.executable, "-m", "routeguide", *INFO, "--color", "always", "--width", "110"],
            cwd=folder, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        (folder / "info.html").write_text(terminal(f"routeguide {' '.join(INFO)}", printed))
        keep(picture_of(folder / "info.html", None, "pre"), "info.png")
        keep(picture_of(folder / "world.html", None), "map.png")
        keep(picture_of(folder / "danube.html", (48.14816, 17.10674)), "route.png")


def terminal(command: str, printed: str) -> str:
    """Return a page that shows a command and its output, in the colors of its escape codes."""
    text = html.escape(printed)
    text = re.sub("[\u2800-\u28ff]", r"<b>\g<0></b>", text)
    text = re.sub(r"\x1b\[38;5;(\d+)m", lambda code: f'<span style="color:{rgb(code[1])}">', text)
    text = text.replace("\x1b[2m", '<span class="faint">').replace("\x1b[0m", "</span>")
    return f'{TERMINAL}<span class="prompt">$</span> {html.escape(command)}\n{text}</pre>'


def rgb(code: str) -> str:
    """Convert a code of the terminal's color cube, 6 by 6 by 6 from 16 on."""
    levels = (0, 95, 135, 175, 215, 255)
    red, rest = divmod(int(code) - 16, 36)
    return f"rgb({levels[red]},{levels[rest // 6]},{levels[rest % 6]})"


def picture_of(
    page_path: Path, pointed_at: tuple[float, float] | None, selector: str | None = None
) -> Image.Image:
    """Take a picture of a page or of one element, with the pointer at a latitude and longitude."""
    with opened(page_path) as (page, _, faults):
        page.set_viewport_size(SIZE)
        page.reload()
        page.wait_for_selector("body[data-drawn-after-ms]")
        page.wait_for_timeout(500)  # until the last tiles are drawn
        if pointed_at:
            point_at(page, *pointed_at)
        assert not faults
        shown = page.locator(selector) if selector else page
        return Image.open(io.BytesIO(shown.screenshot()))


def point_at(page: Any, latitude: float, longitude: float) -> None:
    x, y = page.evaluate(
        "([lon, lat]) => { const at = document.getElementById('map').map.project([lon, lat]);"
        " return [at.x, at.y]; }",
        [longitude, latitude],
    )
    page.mouse.move(x, y)
    page.wait_for_selector("#tip", state="visible")


def keep(picture: Image.Image, name: str) -> None:
    """Write a picture, with as few shades as needed to keep the file small."""
    path = IMAGES / name
    for lost in (1, 4, 6, 8, 12, 16):
        fewer = [min(255, round(level / lost) * lost) for level in range(256)]
        picture.convert("RGB").point(fewer * 3).save(path, optimize=True)
        size_bytes = path.stat().st_size
        if size_bytes < LIMIT_BYTES:
            print(f"{path.relative_to(ROOT)}: {size_bytes:,} bytes")
            return
    raise AssertionError(f"{name} has {size_bytes} bytes; the limit is {LIMIT_BYTES}")


if __name__ == "__main__":
    main()
