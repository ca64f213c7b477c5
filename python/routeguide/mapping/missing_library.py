"""The error for a map that cannot be drawn."""

from routeguide.common import extras


class MissingLibraryError(Exception):
    """A package needed for drawing is not installed; the text says how to install it."""

    def __init__(self, what: str, library: str) -> None:
        super().__init__(extras.missing(what, library, "map"))
