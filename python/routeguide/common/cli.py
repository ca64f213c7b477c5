"""Argument types and exit statuses of all command lines.

Exit statuses: 0 is success, 1 a failure while running, 2 a wrong option or file, 130 Ctrl-C.
"""

import argparse
import math

from routeguide.common.addresses import split_address

FAILURE = 1
WRONG_USAGE = 2
INTERRUPTED = 130

MOST = 2**31 - 1  # the largest int32


def listen_address(text: str) -> str:
    """Check HOST:PORT or [IPV6]:PORT."""
    try:
        split_address(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text


def positive_count(text: str) -> int:
    """Parse a whole number of at least 1."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return number


def count(text: str) -> int:
    """Parse a whole number of at least 1 that fits into an int32, as gRPC needs it."""
    return at_most(MOST, positive_count(text))


def at_most(most: int, number: int) -> int:
    """Return the number if it is not larger than `most`."""
    if number > most:
        raise argparse.ArgumentTypeError(f"{number} is over {most}")
    return number


def seconds(text: str) -> float:
    """Parse a finite number of seconds, at least 0."""
    return _number_from_0(text, "seconds")


def positive_seconds(text: str) -> float:
    """Parse a finite number of seconds over 0."""
    try:
        duration_s = seconds(text)
    except argparse.ArgumentTypeError:
        duration_s = 0
    if duration_s == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds over 0")
    return duration_s


def distance(text: str) -> float:
    """Parse a finite number of meters, at least 0."""
    return _number_from_0(text, "meters")


def _number_from_0(text: str, unit: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number >= 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of {unit} from 0")
    return number
