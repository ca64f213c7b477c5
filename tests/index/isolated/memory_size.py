"""nbytes equals what an index takes from malloc, and all of it is freed."""

import array
import gc
import sys

from measure import allocated_bytes, counts_malloc

from routeguide_c import FeatureIndex

if not counts_malloc():
    print("malloc's own figures are not to be had here")
    sys.exit(77)


COUNT = 50_000  # so many that what malloc keeps at hand, a few KiB, does not show
e7s = array.array("i", ((i * 7919) % 1_000_003 for i in range(COUNT)))
names = [f"feature number {i}" for i in range(COUNT)]

gc.collect()
before = allocated_bytes()
index = FeatureIndex(e7s, e7s, names)
nbytes, taken = index.nbytes, allocated_bytes() - before
del index
left = allocated_bytes() - before

# malloc rounds each block up, a large one to pages
assert nbytes < taken < 1.02 * nbytes, (nbytes, taken)
assert left < 0.01 * nbytes, (nbytes, left)
