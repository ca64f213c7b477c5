"""Text in bounded memory: blocks that end where a line does."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterable, Iterator

from routeguide.formats.base.faults import SourceError
from routeguide.formats.base.sources import Source

BLOCK = 1 << 20
# More than the longest name (16,776,960 bytes) with whatever else belongs to its feature.
LINE_LIMIT = 32 << 20

_UTF8_MARK = codecs.BOM_UTF8
_OTHER_MARKS = {  # the longer ones first: one begins with another
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


def pieces(source: Source, encoding: str, size: int = BLOCK) -> Iterator[bytes]:
    """The text of the source as UTF-8, without a byte order mark, some bytes at a time.

    Text that is said to be UTF-8 is passed on as it is, sound or not. Raises SourceError for an
    empty source, for UTF-16 or UTF-32 that is not said to be, and where another encoding does not
    fit.
    """
    is_empty = True
    read = _as_it_is if codecs.lookup(encoding).name == "utf-8" else _recoded
    for piece in read(source, encoding, size):
        if piece:  # there may be nothing beside the mark
            yield piece
            is_empty = False
    if is_empty:
        raise SourceError(source.name, "the file is empty")


def _as_it_is(source: Source, encoding: str, size: int) -> Iterator[bytes]:
    piece = source.read(size)
    for mark, name in _OTHER_MARKS.items():
        if piece.startswith(mark):
            fault = f"it is {name}: say so with --encoding {name.lower()}"
            raise SourceError(source.name, fault)
    yield piece.removeprefix(_UTF8_MARK)
    while piece := source.read(size):
        yield piece


def _recoded(source: Source, encoding: str, size: int) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while piece := source.read(size):
            yield decoder.decode(piece).encode("utf-8", "surrogatepass")
        yield decoder.decode(b"", final=True).encode("utf-8", "surrogatepass")
    except UnicodeError as error:
        reason = getattr(error, "reason", str(error))
        raise SourceError(source.name, f"it is not {encoding}: {reason}") from error


def blocks(source_name: str, pieces: Iterable[bytes], end: bytes = b"\n") -> Iterator[bytes]:
    """The text in runs of whole lines, whose ends are kept; the last one may lack its own.

    `end` is what ends a line, one byte. Raises SourceError where a line is over LINE_LIMIT.
    """
    begun: list[bytes] = []  # of a line whose end was not seen yet
    begun_size = 0
    position = 0
    for piece in pieces:
        cut = piece.rfind(end) + 1
        if not cut:
            begun.append(piece)
            begun_size += len(piece)
        else:
            block = b"".join([*begun, memoryview(piece)[:cut]])
            yield block
            position += len(block)
            begun, begun_size = [piece[cut:]], len(piece) - cut
        if begun_size > LINE_LIMIT:
            fault = f"the line from byte {position} on is longer than {LINE_LIMIT >> 20} MiB"
            raise SourceError(source_name, fault)
    if last := b"".join(begun):
        yield last


def lines(source: Source, encoding: str) -> Iterator[str]:
    """Line by line, ends kept; bytes that are not UTF-8 come as lone surrogates.

    Raises SourceError as `pieces` and `blocks` do.
    """
    for block in blocks(source.name, pieces(source, encoding)):
        yield from lines_in(block)


def lines_in(block: bytes) -> io.StringIO:
    """The lines of some bytes, to iterate over; what was not taken can be read."""
    # Not splitlines, which ends lines at form feeds and the like, too.
    return io.StringIO(block.decode("utf-8", "surrogateescape"), newline="\n")


def is_sound(name: str) -> bool:
    """Whether a str that came from `lines` was UTF-8."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
