"""Generate the blocking client from the asyncio one: `python tools/blocking_client.py`.

setup.py does the same. Code that differs by more than the words below is in aio_calls.py and
blocking_calls.py beside them (docs/decisions/0014-one-client.md).
"""

import re
from pathlib import Path

CLIENT = Path(__file__).parents[1] / "python" / "routeguide" / "client"

HEADER = '''\
"""The typed client on a blocking channel.

Generated from aio_client.py by tools/blocking_client.py: edits here are lost.
"""
'''

# Regular expressions. Each must match, so that none outlives the text that it replaces.
REPLACEMENTS = (
    (r'\A""".*?"""\n', HEADER),
    (r"\basync with routeguide\.aio\.Client\b", "with routeguide.Client"),
    (r"\b(await|async) ", ""),
    (r"\b__a(enter|exit)__\b", r"__\1__"),
    (r"\bAsyncIterator\b", "Iterator"),
    (r"\bIterator, Callable, Iterable, Iterator\b", "Callable, Iterable, Iterator"),
    (r"\bclient\.aio_calls\b", "client.blocking_calls"),
    (r"\n    Several,", ""),
    (r"\bSeveral\[", "Iterable["),
    ("is read as fast as notes come", "is read by another thread"),
    ("Create and use a client in one running event loop", "Any number of threads may share one"),
    # Faster, and not possible in an async generator.
    (r"for item in items\(page\):\n +yield item\n", "yield from items(page)\n"),
)


def generate() -> None:
    """Write client.py beside aio_client.py."""
    source = (CLIENT / "aio_client.py").read_text(encoding="utf-8")
    for pattern, replacement in REPLACEMENTS:
        source, count = re.subn(pattern, replacement, source, flags=re.DOTALL)
        if count == 0:
            raise SystemExit(f"aio_client.py has nothing like {pattern!r}")
    target = CLIENT / "client.py"
    if not target.exists() or target.read_text(encoding="utf-8") != source:  # else make reinstalls
        target.write_text(source, encoding="utf-8")


if __name__ == "__main__":
    generate()
