"""Why a server does not do what a call asks for. errors.py says with which status."""


class StoppingError(Exception):
    """The server is about to end; another one, or this one later, may answer."""


class LimitError(Exception):
    """A limit of the server is reached; the text says which."""


class TooLongError(Exception):
    """A part of a request is longer than the server takes it."""
