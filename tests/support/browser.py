"""A headless Chromium for tests of the map page, which records every request of the page."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

WATCHDOG_MS = 60_000

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")

# Drawn without a graphics card; no requests of the browser's own.
ARGUMENTS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def launched() -> Iterator[Any]:
    """Start a browser. Skips the test on a machine without one."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine; set CHROMIUM to the path of one")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield chromium
        finally:
            chromium.close()


@contextmanager
def shown(
    chromium: Any, page_path: Path, width_px: int = 1200, height_px: int = 800
) -> Iterator[tuple[Any, list[str], list[str]]]:
    """Load a page and wait until it is drawn. Yields it, the addresses that it requested, and the
    errors in it."""
    page = chromium.new_page(viewport={"width": width_px, "height": height_px})
    try:
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
        page.close()


@contextmanager
def opened(
    page_path: Path, width_px: int = 1200, height_px: int = 800
) -> Iterator[tuple[Any, list[str], list[str]]]:
    """Do what `shown` does, in a browser started for it."""
    with launched() as chromium, shown(chromium, page_path, width_px, height_px) as page:
        yield page
