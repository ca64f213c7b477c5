"""Each allocation of the core fails once in every call: MemoryError, and no leak.

The core takes its memory from aligned_alloc alone. The library fail_aligned_alloc.c, preloaded,
replaces that function; Python does not call it.
"""

import array
import ctypes
import sys
from collections.abc import Callable

from measure import allocated_bytes, growth
from operations import Objects, Operation, operations, plain

from routeguide_c import FeatureIndex

library = ctypes.CDLL(None)


def sweep(operation: Operation) -> int:
    """Return how many allocations the core makes for the operation."""
    for skipped in range(1000):
        library.fail_aligned_alloc_after(skipped)
        raised: BaseException | None = None
        answer = None
        try:
            answer = operation.call()
        except BaseException as error:
            raised = error
        spared = library.aligned_alloc_still_to_fail()
        library.fail_aligned_alloc_after(-1)
        label = f"{operation.name}, allocation {skipped}"
        if spared:  # the call needs no more than `skipped`
            assert operation.error is None or type(raised) is operation.error, (
                f"{label}: {raised!r}"
            )
            assert operation.error or plain(answer) == operation.answer, f"{label}: {raised!r}"
            return skipped
        # The trim of a finished index may fail without a loss.
        trimmed = raised is None and plain(answer) == operation.answer
        assert trimmed or isinstance(raised, MemoryError), f"{label}: {raised!r}, {answer!r}"
    raise AssertionError(f"{operation.name}: no end of allocations")


def failing(operation: Operation, skipped: int) -> Callable[[], None]:
    """Return a call of the operation in which that allocation fails."""

    def call() -> None:
        library.fail_aligned_alloc_after(skipped)
        try:
            operation.call()
        finally:
            library.fail_aligned_alloc_after(-1)

    return call


objects = Objects()
leaking = False
counts = {}
for operation in operations(objects):
    counts[operation.name] = sweep(operation)
    for skipped in range(counts[operation.name]):
        left_behind = growth(failing(operation, skipped), objects.all(), batch=50)
        if left_behind:
            leaking = True
            print(f"{operation.name}, allocation {skipped}: {left_behind}")

# A large index is built by two threads; an allocation of either may fail.
MANY = 120_000
e7s = array.array("i", range(MANY))
many_names = [""] * MANY
large = Operation("build of many", lambda: len(FeatureIndex(e7s, e7s, many_names)), MANY, None)
counts[large.name] = sweep(large)
before = allocated_bytes()
sweep(large)
left_behind_bytes = allocated_bytes() - before
if left_behind_bytes > MANY:
    leaking = True
    print(f"{large.name}: {left_behind_bytes} bytes left behind")

assert counts["build from buffers"] >= 5, counts
assert counts["build of many"] >= 5, counts
assert counts["find_many"] >= 1, counts
assert counts["query_box across"] >= 1, counts
assert counts["nearest"] >= 1, counts
assert counts["within"] >= 1, counts
assert counts["save"] >= 1, counts
assert counts["open"] >= 4, counts
assert counts["find"] == counts["haversine"] == counts["query of few"] == 0, counts
sys.exit(leaking)
