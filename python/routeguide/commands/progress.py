"""The progress of a command on standard error: a bar on a terminal, elsewhere lines."""

from __future__ import annotations

import sys
import time
from typing import Any

LINE_EVERY_S = 5.0


class Progress:
    """A context manager. `unit` is what the bar counts; bytes, "B", are scaled to kB and so on."""

    def __init__(self, quiet: bool = False, unit: str = "B") -> None:
        self._quiet = quiet
        self._unit = unit
        self._bars: Any = None if quiet or not sys.stderr.isatty() else _tqdm()
        self._bar: Any = None
        self._label = ""
        self._next_line_s = time.monotonic() + LINE_EVERY_S

    def update(self, label: str, done: int, total: int | None, note: str) -> None:
        """Show `done` of `total` (None: unknown) of what is called `label`, and a short note."""
        if self._bars is not None:
            self._draw(label, done, total, note)
        elif not self._quiet and time.monotonic() >= self._next_line_s:
            self._next_line_s = time.monotonic() + LINE_EVERY_S
            share = f" ({100 * done // total}%)" if total else ""
            print(f"{label}{share}: {note}", file=sys.stderr, flush=True)

    def _draw(self, label: str, done: int, total: int | None, note: str) -> None:
        if label != self._label:
            self.close()
            self._label = label
            scaled = {"unit_scale": True, "unit_divisor": 1000}
            self._bar = self._bars(desc=label, total=total, unit=self._unit, leave=False, **scaled)
        self._bar.set_postfix_str(note, refresh=False)
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _tqdm() -> Any:
    try:
        from tqdm import tqdm
    except ImportError:
        return None
    return tqdm
