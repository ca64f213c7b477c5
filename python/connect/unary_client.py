"""Ask a ConnectService server for one greeting; see --help."""

import sys

from routeguide.connect_client import run_unary_client

sys.exit(run_unary_client())
