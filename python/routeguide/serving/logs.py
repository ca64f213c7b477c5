"""Log lines (stand-in)."""

from __future__ import annotations

import logging


def configure(form: str, level: str) -> None:
    logging.basicConfig(format="%(message)s")
    logging.getLogger("routeguide").setLevel(level.upper())
