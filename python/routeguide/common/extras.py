"""The message for a missing package that an extra of this package installs."""


def missing(what: str, package: str, extra: str) -> str:
    """Say that `what` needs a package, and how to install it."""
    return f"{what} needs {package}: run `pip install 'routeguide[{extra}]'`"
