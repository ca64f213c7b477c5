"""Text in bounded memory, as blocks of whole lines."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterable, Iterator

from routeguide.formats.base.faults import SourceError
from routeguide.formats.base.sources import Source

BLOCK = 1 << 20
# More than the longest name (16,776,960 bytes) with the other fields of its row.
LINE_LIMIT = 32 << 20

_UTF8_MARK = codecs.BOM_UTF8
_OTHER_MARKS = {  # in this order: that of UTF-32 begins with that of UTF-16
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


def pieces(source: Source, encoding: str, size: int = BLOCK) -> Iterator[bytes]:
    """Yield the text of the source as UTF-8, without a byte order mark, some bytes at a time.

    UTF-8 is passed on unchecked. Raises SourceError for an empty source, for UTF-16 or UTF-32 if
    `encoding` is UTF-8, and for text that is not in another `encoding`.
    """
    is_empty = True
    read = _unchanged if codecs.lookup(encoding).name == "utf-8" else _recoded
    for piece in read(source, encoding, size):
        if piece:  # it may be empty without its mark
            yield piece
            is_empty = False
    if is_empty:
        raise SourceError(source.name, "the file is empty")


def _unchanged(source: Source, encoding: str, size: int) -> Iterator[bytes]:
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
    """Yield the text as blocks of whole lines with their ends; the last one may lack its end.

    `end` is the byte that ends a line. Raises SourceError for a line of over LINE_LIMIT bytes.
    """
    begun: list[bytes] = []  # of a line whose end has not been read
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


def lines_in(block: bytes) -> io.StringIO:
    """Return an iterator over lines with their ends; its `read` returns the lines that are left.

    Bytes that are not UTF-8 become lone surrogates.
    """
    # Not str.splitlines, which also ends lines at form feeds and the like.
    return io.StringIO(block.decode("utf-8", "surrogateescape"), newline="\n")


def is_utf8(text: str) -> bool:
    """Return whether `text`, from `lines_in` or the command line, was UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
