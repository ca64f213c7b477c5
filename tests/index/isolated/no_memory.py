"""Each allocation of Python fails once: MemoryError, or the usual result."""

import importlib
import sys
from typing import Any

from operations import Objects, Operation, operations, plain

try:
    testcapi: Any = importlib.import_module("_testcapi")
except ImportError:
    print("this Python has no _testcapi, which makes its allocations fail")
    sys.exit(77)

# After so many usual results in a row, the failing allocation comes after the end of the call.
UNTOUCHED = 12


def end_without_allocation(operation: Operation, at: int) -> tuple[object, BaseException | None]:
    """Return the result or exception of the operation if allocation number `at` fails."""
    call, answer, raised = operation.call, None, None
    testcapi.set_nomemory(at, at + 1)
    try:
        answer = call()
    except BaseException as error:
        raised = error
    finally:
        testcapi.remove_mem_hooks()
    return answer, raised


def lost_by_the_interpreter(error: BaseException | None) -> bool:
    """CPython 3.11 loses an exception for which it cannot allocate the next traceback entry.

    It then says 'error return without exception set' in the frame that called the operation's.
    Had the extension failed without an exception, the operation's own frame would be shown too.
    """
    if not isinstance(error, SystemError) or error.__traceback__ is None:
        return False
    return error.__traceback__.tb_next is None


def sweep(operation: Operation) -> int:
    """Return how many times the operation raised MemoryError."""
    failures = untouched = at = 0
    while untouched < UNTOUCHED:
        try:
            answer, raised = end_without_allocation(operation, at)
        except MemoryError as error:  # in the interpreter, while it handled the operation's
            answer, raised = None, error
        at += 1
        if isinstance(raised, MemoryError) or lost_by_the_interpreter(raised):
            failures += isinstance(raised, MemoryError)
            untouched = 0
            continue
        untouched += 1
        label = f"{operation.name}, allocation {at}"
        if operation.error is None:
            assert raised is None, f"{label}: {raised!r}"
            assert plain(answer) == operation.answer, label
        else:
            assert type(raised) is operation.error, f"{label}: {raised!r}, {answer!r}"
    return failures


objects = Objects()
failures = {operation.name: sweep(operation) for operation in operations(objects)}
for name in ("build from buffers", "build from sequences", "query", "vector list", "trip"):
    assert failures[name] > 0, f"{name} met no failure: the sweep does not reach it"
# Everything still works.
assert objects.index.find(objects.number, objects.other_number) == 7
