"""Request ten greetings from a ConnectService server; see --help."""

import sys

try:
    from routeguide.tutorial.connect_client import run_server_stream_client
except ModuleNotFoundError as error:
    if error.name != "routeguide":
        raise
    sys.exit("RouteGuide is not installed for this Python: run `pip install .` in its folder")

sys.exit(run_server_stream_client())
