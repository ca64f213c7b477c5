"""Files and standard input as bytes, gzip taken off, and how far reading has come."""

from __future__ import annotations

import gzip
import io
import os
import sys
import zlib
from contextlib import suppress

from routeguide.common import endless_files
from routeguide.formats.base.faults import SourceError

STANDARD_INPUT = "-"
_GZIP_MAGIC = b"\x1f\x8b"
_BUFFER = 1 << 20


class Source(io.RawIOBase):
    """One source to read. Errors while reading are SourceErrors, which name it."""

    def __init__(self, path: str) -> None:
        """Opens it; raises SourceError where that fails."""
        self.path = path
        self.name = "standard input" if path == STANDARD_INPUT else path
        self.size: int | None = None  # bytes, compressed ones where they are; None: not known
        self.passed: int | None = None  # bytes, as readers say that read the file by its path
        self.remark = ""  # what a reader has to say of it all, for people
        try:
            self._file = self._open(path)
            if endless_files.is_endless(self._file.fileno()):
                self._file.close()
                raise OSError(endless_files.FAULT)
            self.is_gzip = self._file.peek(2)[:2] == _GZIP_MAGIC
        except OSError as error:
            raise SourceError(self.name, error.strerror or str(error)) from error
        self._stream: io.BufferedReader | gzip.GzipFile = self._file
        if self.is_gzip:
            self._stream = gzip.GzipFile(fileobj=self._file, mode="rb")

    def _open(self, path: str) -> io.BufferedReader:
        if path == STANDARD_INPUT:
            if sys.stdin is None:
                raise OSError("it is closed")
            # Not sys.stdin.buffer, which the interpreter would read on at its end.
            return io.BufferedReader(io.FileIO(sys.stdin.fileno(), closefd=False), _BUFFER)
        file: io.BufferedReader = io.BufferedReader(io.FileIO(path), _BUFFER)
        with suppress(OSError):
            if file.seekable():
                self.size = os.fstat(file.fileno()).st_size
        return file

    def position(self) -> int:
        """Bytes of `size` that were read."""
        if self.passed is not None:
            return self.passed
        try:
            return self._file.tell()
        except (OSError, ValueError):
            return 0

    @property
    def is_plain_file(self) -> bool:
        """Whether others can read it by its path."""
        return self.size is not None and not self.is_gzip

    def read(self, size: int = -1) -> bytes:
        """As of any file; fewer than `size` bytes at the end alone."""
        try:
            return self._stream.read(size) if self.is_plain_file else self._gather(size)
        except EOFError as error:
            raise SourceError(
                self.name, "the gzip data end early: the file is truncated"
            ) from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise SourceError(self.name, f"the gzip data are damaged: {error}") from error
        except OSError as error:
            raise SourceError(self.name, error.strerror or str(error)) from error

    def _gather(self, size: int) -> bytes:
        """In steps, between which signals are seen: a pipe may keep us waiting."""
        parts, left = [], size
        while left and (part := self._stream.read1(left if size >= 0 else _BUFFER)):
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
            self._file.close()
        super().close()
