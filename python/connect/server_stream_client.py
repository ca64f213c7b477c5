"""Ask a ConnectService server for ten greetings; see --help."""

import sys

from routeguide.connect_client import run_server_stream_client

sys.exit(run_server_stream_client())
