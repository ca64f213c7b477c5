"""Serve ConnectService; see --help."""

import sys

from routeguide.connect_server import main

sys.exit(main())
