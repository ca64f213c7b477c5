"""How drawing a map fails."""

from routeguide.common import extras


class MissingLibraryError(Exception):
    """A package that draws is not installed; the text says how to get it."""

    def __init__(self, what: str, library: str) -> None:
        super().__init__(extras.missing(what, library, "map"))
