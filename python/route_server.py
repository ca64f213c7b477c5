"""Serve RouteGuide; see --help."""

import os
import sys

# Beside this file is the package's source, which lacks what a build adds. Python looks there
# first, so take the folder off the path: the installed package is the one to run.
if os.path.realpath(sys.path[0]) == os.path.dirname(os.path.realpath(__file__)):
    del sys.path[0]

try:
    from routeguide.tutorial.route_server import main
except ModuleNotFoundError as error:
    if error.name != "routeguide":
        raise
    sys.exit("RouteGuide is not installed for this Python: run `pip install .` in its folder")

sys.exit(main())
