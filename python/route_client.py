"""Walk through the calls of a RouteGuide server; see --help."""

import os
import sys

# Beside this file is the package's source, which lacks what a build adds. Python looks there
# first, so take the folder off the path: the installed package is the one to run.
if os.path.realpath(sys.path[0]) == os.path.dirname(os.path.realpath(__file__)):
    del sys.path[0]

from routeguide.client import main

sys.exit(main())
