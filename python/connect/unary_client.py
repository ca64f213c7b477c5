"""Request one greeting from a ConnectService server; see --help."""

import sys

try:
    from routeguide.tutorial.connect_client import run_unary_client
except ModuleNotFoundError as error:
    if error.name != "routeguide":
        raise
    sys.exit("RouteGuide is not installed for this Python: run `pip install .` in its folder")

sys.exit(run_unary_client())
