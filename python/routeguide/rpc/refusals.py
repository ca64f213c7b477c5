"""Why a server does not do what a call asks for. errors.py says with which status."""

STOPPING = "this server is stopping"  # what a StoppingError begins with; what to do follows


class StoppingError(Exception):
    """The server is about to end; another one, or this one later, may answer."""


class LimitError(Exception):
    """A limit of the server is reached; the text says which."""


class TooLongError(Exception):
    """A part of a request is longer than the server takes it."""
