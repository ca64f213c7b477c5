"""A headless Chromium for tests of the map page, which notes every request that a page makes."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

WATCHDOG_MS = 60_000

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")

# A browser that draws without a graphics card and calls nobody by itself.
ARGUMENTS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def opened(
    page_path: Path, width_px: int = 1200, height_px: int = 800
) -> Iterator[tuple[Any, list[str], list[str]]]:
    """The page once it is drawn, the addresses that it asked for, and what went wrong in it."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine; set CHROMIUM to the path of one")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            page = browser.new_page(viewport={"width": width_px, "height": height_px})
            requested: list[str] = []
            faults: list[str] = []
            page.on("request", lambda request: requested.append(request.url))
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.on(
                "console",
                lambda line: faults.append(line.text) if line.type == "error" else None,
            )
            page.goto(page_path.as_uri())
            page.wait_for_selector("body[data-drawn-after-ms]", timeout=WATCHDOG_MS)
            yield page, requested, faults
        finally:
            browser.close()
