"""Reasons for a server to refuse a call; statuses.py has the status of each."""

STOPPING = "this server is stopping"  # begins the text of a StoppingError


class StoppingError(Exception):
    """The server is stopping; another one, or this one later, may answer."""


class LimitError(Exception):
    """A limit of the server is reached; the text names it."""


class TooLongError(Exception):
    """A part of a request is longer than the server accepts."""
