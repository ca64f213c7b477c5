"""No function of the extension leaks, whether it returns or raises."""

import sys

from measure import growth
from operations import Objects, operations

objects = Objects()
leaking = False
for operation in operations(objects):
    left_behind = growth(operation.call, objects.all())
    if left_behind:
        leaking = True
        print(f"{operation.name}: {left_behind}")
sys.exit(leaking)
