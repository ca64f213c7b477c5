"""The command `routeguide`: finds the subcommand and runs it.

A subcommand is a module with two functions,

    def add_arguments(parser: argparse.ArgumentParser) -> None
    def run(options: argparse.Namespace) -> int      # the exit status

and is imported only when it is the one asked for, so that none pays for another's imports.
"""

from __future__ import annotations

import argparse
import difflib
import errno
import importlib
import os
import sys
import warnings
from collections.abc import Sequence
from typing import Any, NoReturn

from routeguide import __version__
from routeguide.commands import streams
from routeguide.commands.command_error import CommandError
from routeguide.common import cli

# Name, module within this package, what it does.
COMMANDS: tuple[tuple[str, str, str], ...] = (
    ("serve", "serve", "Serve features until SIGTERM or Ctrl-C."),
    ("import", "importing", "Turn files of places into a snapshot."),
    ("export", "exporting", "Write the features of a snapshot in another format."),
    ("info", "info", "Tell what is in a snapshot or on a server, and draw where on Earth."),
    ("map", "map_features", "Draw features on a map: a page that needs no network, or a picture."),
    ("get", "get", "Print the features at points."),
    ("list", "listing", "Print the features between two corners."),
    ("search", "search", "Print the features in a box."),
    ("nearest", "nearest", "Print the features nearest to a place."),
    ("within", "within", "Print the features within a distance of a place."),
    ("along", "along", "Print the features beside a route."),
    ("record", "record", "Sum up a trip along a route."),
    ("chat", "chat", "Leave notes at places and read what was left there."),
    ("completion", "completion", "Print what a shell needs to complete commands."),
)

# Of writing, where nobody has named the file: it is standard output that takes no more.
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}

_NO_THREAD = "can't start new thread"  # as Python has it

# What is meant is spelled nearly so: --limt, but not --limit for --timeout.
_CLOSE = 0.7
# One command's option, and what others call it.
_SAME = {"--limit": ("-k",), "-k": ("--limit",), "-n": ("-k", "--limit"), "--count": ("-k",)}


class Parser(argparse.ArgumentParser):
    """Tells what is wrong in one line; --help tells the rest."""

    def error(self, message: str) -> NoReturn:
        self.exit(cli.WRONG_USAGE, f"{self.prog}: {message}; see {self.prog} --help\n")

    def _print_message(self, message: str, file: Any = None) -> None:
        """At once: argparse leaves with status 0 before it is known whether the help was read."""
        stream = sys.stderr if file is None else file
        stream.write(message)
        stream.flush()

    def refuse(self, unknown: Sequence[str]) -> NoReturn:
        """What was given is nothing that this command knows, but perhaps close to it."""
        known = list(self._option_string_actions)
        option = unknown[0].partition("=")[0]
        alike = difflib.get_close_matches(option, known, 1, _CLOSE)
        close = alike or [other for other in _SAME.get(option, ()) if other in known]
        hint = f"; did you mean {close[0]}?" if close else ""
        self.error(f"unrecognized arguments: {' '.join(unknown)}{hint}")


def parser_for(names: Sequence[str]) -> Parser:
    """A parser that knows every subcommand, and of those named the arguments, too."""
    parser = Parser(prog="routeguide", description="Serve, query, import and draw point features.")
    parser.add_argument("--version", action="version", version=f"routeguide {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, module_name, summary in COMMANDS:
        subparser = subparsers.add_parser(name, help=summary, description=summary)
        if name in names:
            module = importlib.import_module(f"routeguide.commands.{module_name}")
            module.add_arguments(subparser)
            subparser.set_defaults(run=module.run, refuse=subparser.refuse)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status.

    0 is success, 1 a failure while running, 2 a wrong option or file, 130 an interrupt.
    """
    streams.prepare()
    given = list(sys.argv[1:] if arguments is None else arguments)
    name = next((argument for argument in given if not argument.startswith("-")), "")
    # Failed calls and handshakes are told in our own words; gRPC reads this when it is imported.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    # Commands know the units of their arguments: no DegreesWarning for places near 0, 0.
    warnings.filterwarnings("ignore", ".*degrees takes? degrees")
    try:
        status = _run(given, name)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return cli.INTERRUPTED
    except BrokenPipeError:  # whoever read our output has seen enough
        _write_no_more()
        return cli.FAILURE
    except MemoryError:
        _tell(name, "there is not enough memory for this")
        return cli.FAILURE
    except RuntimeError as error:
        if str(error) != _NO_THREAD:
            raise
        _tell(name, "no thread can be had for this; raise the limit of processes or of memory")
        return cli.FAILURE
    except OSError as error:
        if error.filename is not None:
            _tell(name, f"{error.filename}: {error.strerror or error}")
            return cli.FAILURE
        if error.errno not in _FULL:
            raise
        _tell(name, f"output: {error.strerror}")
        _write_no_more()
        return cli.FAILURE
    return status


def _run(given: Sequence[str], name: str) -> int:
    try:
        options, unknown = parser_for([name]).parse_known_args(given)
        if unknown:
            options.refuse(unknown)
        status: int = options.run(options)
    except CommandError as error:
        _tell(name, str(error))
        return error.status
    return status


def _tell(name: str, fault: str) -> None:
    print(f"{' '.join(filter(None, ('routeguide', name)))}: {fault}", file=sys.stderr)


def _write_no_more() -> None:
    """What is left in the buffer would be tried again at the end of the process."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
