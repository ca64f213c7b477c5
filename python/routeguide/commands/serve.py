"""`routeguide serve`: serve features until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import logging
import os

from routeguide.commands.errors import CommandError
from routeguide.serving import settings as settings_module

USAGE = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    settings_module.add_arguments(parser)


def run(options: argparse.Namespace) -> int:
    try:
        settings, sources = settings_module.gather(vars(options), os.environ)
    except settings_module.SettingsError as error:
        raise CommandError(str(error), USAGE) from error
    if options.print_config:
        print(settings_module.as_toml(settings, sources), end="")
        return 0

    # These take long to import, and wrong settings are told without them.
    from routeguide.dataset import DatasetError
    from routeguide.listening import AddressError
    from routeguide.serving import server

    logging.basicConfig(format="%(message)s")
    logging.getLogger("routeguide").setLevel(settings.log_level.upper())
    try:
        server.run(settings)
    except DatasetError as error:
        raise CommandError(str(error), USAGE) from error
    except AddressError as error:
        raise CommandError(str(error)) from error
    return 0
