"""`routeguide completion`: what a shell needs to complete the command line."""

from __future__ import annotations

import argparse

from routeguide import extras
from routeguide.commands.errors import CommandError

SHELLS = ("bash", "zsh", "tcsh")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=SHELLS)
    parser.epilog = 'For bash: eval "$(routeguide completion bash)" in ~/.bashrc.'


def run(options: argparse.Namespace) -> int:
    from routeguide.commands.main import COMMANDS, parser_for

    try:
        import shtab
    except ModuleNotFoundError as error:
        raise CommandError(extras.missing("completion", "shtab", "cli")) from error
    print(shtab.complete(parser_for([name for name, _, _ in COMMANDS]), options.shell))
    return 0
