"""The command `routeguide`: find the subcommand and run it.

A subcommand is a module with two functions,

    def add_arguments(parser: argparse.ArgumentParser) -> None
    def run(options: argparse.Namespace) -> int      # the exit status

Only the module of the requested subcommand is imported: imports are most of the start-up time.
"""

from __future__ import annotations

import argparse
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

# The name, the module in this package, and a summary.
COMMANDS: tuple[tuple[str, str, str], ...] = (
    ("serve", "serve", "Serve features until SIGTERM or Ctrl-C."),
    ("import", "importing", "Convert files of places to a snapshot."),
    ("export", "exporting", "Convert a snapshot to another format."),
    ("info", "info", "Describe the features of a snapshot or a server, with a map."),
    ("map", "map_features", "Draw features on a map: a page that works offline, or a picture."),
    ("get", "get", "Print the features at points."),
    ("list", "listing", "Print the features between two corners."),
    ("search", "search", "Print the features in a bounding box."),
    ("nearest", "nearest", "Print the features nearest to a place."),
    ("within", "within", "Print the features within a distance of a place."),
    ("along", "along", "Print the features within a distance of a route."),
    ("record", "record", "Print the summary of a trip along a route."),
    ("chat", "chat", "Leave notes at places and print the earlier notes there."),
    ("completion", "completion", "Print a completion script for a shell."),
)

# Errors of standard output, if the exception names no file.
_OUTPUT_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}

_NO_THREAD = "can't start new thread"  # the text of Python's RuntimeError

# Similar enough to be a slip: --limt for --limit, but not --limit for --timeout.
_SIMILARITY = 0.7
# The same option under the names that other commands have for it.
_SYNONYMS = {"--limit": ("-k",), "-k": ("--limit",), "-n": ("-k", "--limit"), "--count": ("-k",)}


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(cli.WRONG_USAGE, f"{self.prog}: {message}; see {self.prog} --help\n")

    def _print_message(self, message: str, file: Any = None) -> None:
        """Flush too: argparse exits with status 0 after this, even if the output is full."""
        stream = sys.stderr if file is None else file
        stream.write(message)
        stream.flush()

    def refuse(self, unknown: Sequence[str]) -> NoReturn:
        """Report unknown arguments, with the option that was probably meant."""
        import difflib

        known = list(self._option_string_actions)
        option = unknown[0].partition("=")[0]
        similar = difflib.get_close_matches(option, known, 1, _SIMILARITY)
        meant = similar or [other for other in _SYNONYMS.get(option, ()) if other in known]
        hint = f"; did you mean {meant[0]}?" if meant else ""
        self.error(f"unrecognized arguments: {' '.join(unknown)}{hint}")


def parser_for(names: Sequence[str]) -> Parser:
    """Make a parser of every subcommand, with arguments only for those named."""
    parser = Parser(prog="routeguide", description="Serve, query, convert and draw point features.")
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
    """Run the command line and return the exit status.

    0 is success, 1 a failure while running, 2 a wrong option or file, 130 an interrupt.
    """
    streams.prepare()
    given = list(sys.argv[1:] if arguments is None else arguments)
    name = next((argument for argument in given if not argument.startswith("-")), "")
    # Commands report failed calls themselves. gRPC reads this when it is imported.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    # Commands know the units of their arguments: no DegreesWarning for places near 0, 0.
    warnings.filterwarnings("ignore", ".*degrees takes? degrees")
    try:
        status = _run(given, name)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        return cli.INTERRUPTED
    except BrokenPipeError:  # the reader of the output has ended, which is not reported
        _discard_output()
        return cli.FAILURE
    except MemoryError:
        fault = "not enough memory"
    except RuntimeError as error:
        if str(error) != _NO_THREAD:
            raise
        fault = "cannot start a thread; raise the limit of processes or of memory"
    except OSError as error:
        if error.filename is None and error.errno not in _OUTPUT_ERRORS:
            raise
        fault = f"{error.filename or 'output'}: {error.strerror or error}"
        if error.filename is None:
            _discard_output()
    _report(name, fault)
    return cli.FAILURE


def _run(given: Sequence[str], name: str) -> int:
    try:
        options, unknown = parser_for([name]).parse_known_args(given)
        if unknown:
            options.refuse(unknown)
        status: int = options.run(options)
    except CommandError as error:
        _report(name, str(error))
        return error.status
    return status


def _report(name: str, fault: str) -> None:
    print(f"{f'routeguide {name}'.rstrip()}: {fault}", file=sys.stderr)


def _discard_output() -> None:
    """Redirect standard output, so that its buffer is not written again at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
