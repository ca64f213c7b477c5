"""What is told where a package is missing that an extra of this one brings."""


def missing(what: str, package: str, extra: str) -> str:
    """That `what` needs a package, and how to get it."""
    return f"{what} needs {package}: run `pip install 'routeguide[{extra}]'`"
