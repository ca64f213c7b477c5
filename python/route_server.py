"""Serve RouteGuide; see --help."""

import os
import sys

# The package's source is in this folder, without the generated modules, and Python would import
# it first. Take the folder off the path, to import the installed package.
if os.path.realpath(sys.path[0]) == os.path.dirname(os.path.realpath(__file__)):
    del sys.path[0]

try:
    from routeguide.tutorial.route_server import main
except ModuleNotFoundError as error:
    if error.name != "routeguide":
        raise
    sys.exit("RouteGuide is not installed for this Python: run `pip install .` in its folder")

sys.exit(main())
