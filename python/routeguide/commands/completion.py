"""`routeguide completion`: print a shell's completion script."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from routeguide.commands.command_error import CommandError
from routeguide.common import cli, extras

SHELLS = ("bash", "zsh", "fish", "tcsh")

# The metavars of arguments that are files.
FILES = ("FILE", "SOURCE", "ROUTE", "HTML", "PNG", "PEM")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=SHELLS)
    parser.epilog = (
        'bash: eval "$(routeguide completion bash)" in ~/.bashrc; zsh: likewise in ~/.zshrc;'
        " fish: routeguide completion fish | source; tcsh: source a file with the output."
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
    # In zsh "(*):" is an argument that excludes all others, "*:" any number of arguments.
    print(text.replace('"(*):', '"*:') if options.shell == "zsh" else text)
    return 0


def _arguments(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Yield the arguments of all commands."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for subparser in action.choices.values():
                yield from _arguments(subparser)
        else:
            yield action
