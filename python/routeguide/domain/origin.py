"""Where the features of a snapshot come from, kept in its metadata."""

import os

import msgspec


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about a set of features beside the features; "" where it is not."""

    source: str = ""  # what it was made from: file names, as a person would say it
    attribution: str = ""  # whom to name where the features are shown


def name_of(path: str | os.PathLike[str]) -> str:
    """The name of a file, without its folders, as text: bytes that are not UTF-8 are escaped."""
    return as_text(os.path.basename(os.fspath(path)))


def as_text(argument: str) -> str:
    """What a command was given, with bytes that are not UTF-8 escaped."""
    return argument.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def encode(origin: Origin) -> bytes:
    """The metadata of a snapshot of features with this origin."""
    return msgspec.json.encode(origin)


def decode(metadata: bytes) -> Origin:
    """The origin in a snapshot's metadata; an empty one where it is somebody else's metadata."""
    try:
        return msgspec.json.decode(metadata, type=Origin)
    except msgspec.DecodeError:
        return Origin()
