"""`routeguide completion`: what a shell needs to complete the command line."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from routeguide.commands.command_error import CommandError
from routeguide.common import cli, extras

SHELLS = ("bash", "zsh", "fish", "tcsh")

# What stands for a file in the help of commands.
FILES = ("FILE", "SOURCE", "ROUTE", "HTML", "PNG", "PEM")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=SHELLS)
    parser.epilog = (
        'For bash: eval "$(routeguide completion bash)" in ~/.bashrc, and likewise for zsh;'
        " for fish: routeguide completion fish | source; tcsh reads it from a file."
    )


def run(options: argparse.Namespace) -> int:
    from routeguide.commands.main import COMMANDS, parser_for

    try:
        import shtab
    except ModuleNotFoundError as error:
        text = extras.missing("completion", "shtab", "cli")
        raise CommandError(text, cli.WRONG_USAGE) from error
    parser = parser_for([name for name, _, _ in COMMANDS])
    for action in _arguments(parser):
        if action.metavar in FILES:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        elif isinstance(action.metavar, str) and "|" in action.metavar:
            action.choices = action.metavar.split("|")
    text = shtab.complete(parser, options.shell)
    # "(*):" is in zsh one argument that goes with no other, where any number is meant.
    print(text.replace('"(*):', '"*:') if options.shell == "zsh" else text)
    return 0


def _arguments(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Of all its commands, without the commands themselves."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for subparser in action.choices.values():
                yield from _arguments(subparser)
        else:
            yield action
