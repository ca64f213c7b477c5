"""Where the features of a snapshot come from, kept in its metadata."""

import msgspec


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about a set of features beside the features; "" where it is not."""

    source: str = ""  # what it was made from: file names, as a person would say it
    attribution: str = ""  # whom to name where the features are shown


def encode(origin: Origin) -> bytes:
    """The metadata of a snapshot of features with this origin."""
    return msgspec.json.encode(origin)


def decode(metadata: bytes) -> Origin:
    """The origin in a snapshot's metadata; an empty one where it is somebody else's metadata."""
    try:
        return msgspec.json.decode(metadata, type=Origin)
    except msgspec.DecodeError:
        return Origin()
