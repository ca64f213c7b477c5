"""measure.py finds a leak of each kind, and none if there is none."""

import ctypes
import itertools
import sys

import measure
from measure import growth

increment = ctypes.pythonapi.Py_IncRef
decrement = ctypes.pythonapi.Py_DecRef
increment.argtypes = decrement.argtypes = [ctypes.py_object]
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p

shared = ["an object that everyone shares"]
numbers = itertools.count()


def clean() -> object:
    return [f"a new string that goes away again, {next(numbers)}"]


def loses_an_object() -> None:
    increment(f"a new string that stays, {next(numbers)}")


def loses_a_reference() -> None:
    increment(shared)


def drops_a_reference_too_many() -> None:
    decrement(shared)


def loses_one_before_it_raises() -> None:
    increment(shared)
    raise ValueError


def loses_c_memory() -> None:
    libc.malloc(24)


for _ in range(10 * measure.BATCH * measure.BATCHES):
    increment(shared)  # to be dropped

assert growth(clean, [shared]) == {}, growth(clean, [shared])
assert "objects" in growth(loses_an_object)
label = f"references to {shared!r}"
assert growth(loses_a_reference, [shared])[label] == measure.BATCH
assert growth(drops_a_reference_too_many, [shared])[label] == -measure.BATCH
assert growth(loses_one_before_it_raises, [shared])[label] == measure.BATCH
if measure.counts_malloc():
    assert "C memory, 16 bytes" in growth(loses_c_memory)
else:
    print("malloc's own figures are not to be had here: only objects and references are counted")
    sys.exit(77)
