"""`python -m routeguide` is the command `routeguide`."""

import sys

from routeguide.commands.main import main

sys.exit(main())
