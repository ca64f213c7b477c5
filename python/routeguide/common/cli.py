"""What the command lines share: argument types and exit statuses.

Exit statuses: 0 is success, 1 a failure that came up while running, 2 a wrong option or file,
130 an interrupt from the keyboard.
"""

import argparse
import math

from routeguide.common.addresses import split_address

FAILURE = 1
WRONG_USAGE = 2
INTERRUPTED = 130

MOST = 2**31 - 1  # of an int32


def listen_address(text: str) -> str:
    """HOST:PORT or [IPV6]:PORT."""
    try:
        split_address(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text


def positive_count(text: str) -> int:
    """A whole number from 1."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return number


def count(text: str) -> int:
    """A whole number from 1 that fits where gRPC keeps it."""
    return at_most(MOST, positive_count(text))


def at_most(most: int, number: int) -> int:
    """The number, where it is no larger."""
    if number > most:
        raise argparse.ArgumentTypeError(f"{number} is over {most}")
    return number


def seconds(text: str) -> float:
    """A finite number from 0, fractions allowed."""
    try:
        duration_s = float(text)
    except ValueError:
        duration_s = math.nan
    if not (math.isfinite(duration_s) and duration_s >= 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 0")
    return duration_s


def positive_seconds(text: str) -> float:
    """A finite number over 0, fractions allowed."""
    try:
        duration_s = seconds(text)
    except argparse.ArgumentTypeError:
        duration_s = 0
    if duration_s == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds over 0")
    return duration_s


def distance(text: str) -> float:
    """Metres: a finite number from 0."""
    try:
        distance_m = float(text)
    except ValueError:
        distance_m = math.nan
    if not (math.isfinite(distance_m) and distance_m >= 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of metres from 0")
    return distance_m
