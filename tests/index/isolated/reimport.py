"""The module can be imported again: each import has its own types and can be freed."""

import gc
import importlib
import sys
import weakref
from types import ModuleType
from typing import Any

import routeguide_c


def import_again() -> ModuleType:
    """Import the extension a second time."""
    del sys.modules["routeguide_c._core"]
    return importlib.import_module("routeguide_c._core")


first: Any = sys.modules["routeguide_c._core"]
second: Any = import_again()

assert first is not second
for name in ("FeatureIndex", "SnapshotError", "Trip", "Vector"):
    assert getattr(first, name) is not getattr(second, name)
    assert getattr(first, name) is getattr(routeguide_c, name)

# Each works with its own, and with nothing of the other's.
index, other_index = (module.FeatureIndex([1000], [2000], ["x"]) for module in (first, second))
assert type(index.query(1000, 2000, 1000, 2000)) is first.Vector
assert type(other_index.query(1000, 2000, 1000, 2000)) is second.Vector
assert second.Trip(other_index).point_count == 0
for trip, wrong in ((first.Trip, other_index), (second.Trip, index)):
    try:
        trip(wrong)
    except TypeError:
        continue
    raise AssertionError("a trip took an index of the other module")

# What is left of a module is what is still in use: here a vector, then nothing.
types = [weakref.ref(kind) for kind in (second.FeatureIndex, second.Trip, second.Vector)]
vector = other_index.query(1000, 2000, 1000, 2000)
sys.modules["routeguide_c._core"] = routeguide_c._core = first  # the package names it too
del second, trip, wrong, other_index
gc.collect()
assert vector.tolist() == [0]
assert vector[:].tolist() == [0]
assert types[2]() is type(vector)
del vector
gc.collect()
assert [kind() for kind in types] == [None, None, None]

# A reload is not a second import: the module stays the same, and in use.
assert importlib.reload(first) is first
assert first.FeatureIndex is routeguide_c.FeatureIndex
assert first.Trip(index).point_count == 0

# Many imports cost no more than one. The first hundred fill the interpreter's own tables.
blocks = []
for _ in range(160):
    import_again()
    gc.collect()
    blocks.append(sys.getallocatedblocks())
assert blocks[-1] - blocks[-40] < 200, blocks
