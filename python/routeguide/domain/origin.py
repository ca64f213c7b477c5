"""The origin of a snapshot's features, kept in its metadata."""

import os

import msgspec


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Source and attribution of a set of features; "" if unknown."""

    source: str = ""  # for people: the names of files
    attribution: str = ""  # to show wherever the features are shown


def name_of(path: str | os.PathLike[str]) -> str:
    """Return the name of a file without its folders; bytes that are not UTF-8 are escaped."""
    return as_text(os.path.basename(os.fspath(path)))


def as_text(argument: str) -> str:
    """Return a command's argument with the bytes that are not UTF-8 escaped."""
    return argument.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def encode(origin: Origin) -> bytes:
    """Encode an origin as the metadata of a snapshot."""
    return msgspec.json.encode(origin)


def decode(metadata: bytes) -> Origin:
    """Decode the origin in a snapshot's metadata; empty if another program wrote the metadata."""
    try:
        return msgspec.json.decode(metadata, type=Origin)
    except msgspec.DecodeError:
        return Origin()
