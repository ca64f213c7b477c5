"""Serve ConnectService; see --help."""

import sys

try:
    from routeguide.tutorial.connect_server import main
except ModuleNotFoundError as error:
    if error.name != "routeguide":
        raise
    sys.exit("RouteGuide is not installed for this Python: run `pip install .` in its folder")

sys.exit(main())
