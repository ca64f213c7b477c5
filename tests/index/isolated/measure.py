"""Measure what repeated calls leave behind: references, Python objects and C memory.

Each number is taken over several batches of calls and the smallest growth counts, so that what
the interpreter caches on the way does not look like a leak, and one object a call does.
"""

import contextlib
import ctypes
import gc
import sys
from collections.abc import Callable, Iterable, Sequence

BATCH = 200
BATCHES = 4


class Mallinfo2(ctypes.Structure):
    """glibc's struct mallinfo2, since 2.33."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            "arena",
            "ordblks",
            "smblks",
            "hblks",
            "hblkhd",
            "usmblks",
            "fsmblks",
            "uordblks",
            "fordblks",
            "keepcost",
        )
    )


# None under another C library.
mallinfo2 = getattr(ctypes.CDLL(None), "mallinfo2", None)


def allocated_bytes() -> int:
    """Return the bytes in use that malloc gave out, to the extension too."""
    if mallinfo2 is None:
        return 0
    mallinfo2.restype = Mallinfo2
    info = mallinfo2()
    return int(info.uordblks + info.hblkhd)


def counts_malloc() -> bool:
    """Return False under another C library or a sanitizer."""
    before = allocated_bytes()
    kept = ctypes.create_string_buffer(1_000_000)
    return allocated_bytes() - before >= len(kept)


def quietly(call: Callable[[], object]) -> None:
    with contextlib.suppress(Exception):
        call()


def growth(
    call: Callable[[], object], watched: Iterable[object] = (), batch: int = BATCH
) -> dict[str, int]:
    """Return what at least `batch` calls leave behind, by kind. Empty if nothing."""
    watched = list(watched)
    labels = ["objects", "C memory, 16 bytes", *(f"references to {item!r:.60}" for item in watched)]

    def state() -> list[int]:
        gc.collect()
        references = [sys.getrefcount(item) for item in watched]
        return [sys.getallocatedblocks(), allocated_bytes() // 16, *references]

    def suspicious(label: str, count: int) -> bool:
        return count >= batch // 2 or (label.startswith("references") and count <= -batch // 2)

    for _ in range(batch):
        quietly(call)
    gc.collect()
    gc.freeze()  # the collections in state() then visit new objects only
    smallest: Sequence[int] = []
    for _ in range(BATCHES):
        before = state()
        for _ in range(batch):
            quietly(call)
        grown = [after - earlier for earlier, after in zip(before, state(), strict=True)]
        smallest = [min(pair) for pair in zip(smallest, grown, strict=True)] if smallest else grown
        found = {
            label: count
            for label, count in zip(labels, smallest, strict=True)
            if suspicious(label, count)
        }
        if not found:  # a leak of one object per call would show in every batch
            break
    return found
