"""Files and standard input as bytes, unpacked if they are compressed by gzip."""

from __future__ import annotations

import gzip
import io
import os
import sys
import zlib
from contextlib import AbstractContextManager, suppress

from routeguide.common import endless_files
from routeguide.formats.base.faults import SourceError

STANDARD_INPUT = "-"
_GZIP_MAGIC = b"\x1f\x8b"
_BUFFER = 1 << 20


class Source(AbstractContextManager["Source"]):
    """A source that is open for reading; to be used as a context manager, which closes it."""

    def __init__(self, path: str) -> None:
        """Open a file, or standard input for `-`. Raises SourceError."""
        self.path = path
        self.name = "standard input" if path == STANDARD_INPUT else path
        self.size: int | None = None  # in bytes, as stored; None: not known
        self.passed: int | None = None  # bytes read by readers that open the file by its path
        self.remark = ""  # what a reader has to say to the user about the whole source
        try:
            self._file = self._open(path)
            if endless_files.is_endless(self._file.fileno()):
                self._file.close()
                raise OSError(endless_files.FAULT)
            self._is_gzip = self._file.peek(2)[:2] == _GZIP_MAGIC
        except OSError as error:
            raise SourceError(self.name, error.strerror or str(error)) from error
        self._stream: io.BufferedReader | gzip.GzipFile = self._file
        if self._is_gzip:
            self._stream = gzip.GzipFile(fileobj=self._file, mode="rb")

    def _open(self, path: str) -> io.BufferedReader:
        if path == STANDARD_INPUT:
            if sys.stdin is None:
                raise OSError("it is closed")
            # Not sys.stdin.buffer: the interpreter would go on reading it when it exits.
            return io.BufferedReader(io.FileIO(sys.stdin.fileno(), closefd=False), _BUFFER)
        file: io.BufferedReader = io.BufferedReader(io.FileIO(path), _BUFFER)
        with suppress(OSError):
            if file.seekable():
                self.size = os.fstat(file.fileno()).st_size
        return file

    def __exit__(self, *exception: object) -> None:
        self._stream.close()
        self._file.close()

    def position(self) -> int:
        """Return how many bytes of `size` have been read."""
        if self.passed is not None:
            return self.passed
        try:
            return self._file.tell()
        except (OSError, ValueError):
            return 0

    @property
    def is_plain_file(self) -> bool:
        """True if a library can read the source by its path."""
        return self.size is not None and not self._is_gzip

    def read(self, size: int = -1) -> bytes:
        """Read `size` bytes, fewer only at the end, or everything. Raises SourceError."""
        try:
            return self._stream.read(size) if self.is_plain_file else self._gather(size)
        except EOFError as error:
            fault = "the gzip data end early: the file is truncated"
            raise SourceError(self.name, fault) from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise SourceError(self.name, f"the gzip data are damaged: {error}") from error
        except OSError as error:
            raise SourceError(self.name, error.strerror or str(error)) from error

    def _gather(self, size: int) -> bytes:
        """Read in steps, so that signals are handled while a pipe has nothing to read."""
        parts, left = [], size
        while left and (part := self._stream.read1(left if size >= 0 else _BUFFER)):
            parts.append(part)
            left -= len(part)
        return b"".join(parts)
