"""The module works in several interpreters of one process that share the lock, one by one."""

import importlib
import sys
from collections.abc import Callable

import routeguide_c

SCRIPT = """
import routeguide_c
index = routeguide_c.FeatureIndex([1, 5, 1], [2, 5, 2], ["a", "b", "c"])
assert index.find(1, 2) == 0
assert index.query(0, 0, 9, 9).tolist() == [0, 1, 2]
assert index.query(0, 0, 9, 9)[::2].tolist() == [0, 2]
assert type(index.location(0)) is routeguide_c.Location
assert index.nearest(1, 2, 1).ids == [0]
assert index.degrees.bounds.east == 5e-7
capsules = index.lats_e7.__arrow_c_array__(), index.__arrow_c_stream__()
del capsules
trip = routeguide_c.Trip(index)
trip.visit(1, 2)
assert trip.feature_count == 1
try:
    routeguide_c.FeatureIndex([2**40], [0], [""])
except OverflowError:
    pass
else:
    raise AssertionError("2**40 was taken")
"""


def interpreters() -> tuple[Callable[[], int], Callable[[int, str], object], Callable[[int], None]]:
    """Return the functions create, run and destroy of this version of Python."""
    if sys.version_info >= (3, 13):
        module = importlib.import_module("_interpreters")
        return lambda: module.create("legacy"), module.exec, module.destroy
    module = importlib.import_module("_xxsubinterpreters")
    return lambda: module.create(isolated=False), module.run_string, module.destroy


create, run, destroy = interpreters()
index = routeguide_c.FeatureIndex([1], [2], ["x"])
for _ in range(20):
    one, other = create(), create()
    for each in (one, other, one):
        failure = run(each, SCRIPT)
        assert failure is None, failure
    destroy(one)
    assert run(other, SCRIPT) is None
    destroy(other)
assert index.query(1, 2, 1, 2).tolist() == [0]
assert routeguide_c.Trip(index).point_count == 0
