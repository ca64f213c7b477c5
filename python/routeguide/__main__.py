"""`python -m routeguide`, the same as the command `routeguide`."""

import sys

from routeguide.commands.main import main

sys.exit(main())
