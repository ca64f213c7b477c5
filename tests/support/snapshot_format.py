"""Read and repair snapshot files by docs/snapshot-format.md, independently of the product."""

import struct
from dataclasses import dataclass

HEADER_SIZE = 384
HEADER_BEGINS = struct.Struct("<8sIIQII4i")
ENTRY = struct.Struct("<IIQQ")
SECTIONS = 12
CHECKSUM_AT = HEADER_SIZE - 4


def _crc32c_table() -> list[int]:
    table = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
        table.append(crc)
    return table


_TABLE = _crc32c_table()


def crc32c(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


@dataclass(frozen=True)
class Entry:
    """The header's entry for a section."""

    number: int
    checksum: int
    offset: int
    size: int

    @property
    def end(self) -> int:
        """The offset at which the padding after the section ends."""
        return self.offset + (self.size + 63) // 64 * 64


def entries(file: bytes) -> list[Entry]:
    begin = HEADER_BEGINS.size
    table = file[begin : begin + SECTIONS * ENTRY.size]
    return [Entry(*fields) for fields in ENTRY.iter_unpack(table)]


def with_right_checksums(file: bytes) -> bytes:
    """Return the file with all checksums recomputed, so that only its content can be rejected."""
    repaired = bytearray(file)
    for entry in entries(file):
        checksum = crc32c(file[entry.offset : entry.end])
        at = HEADER_BEGINS.size + entry.number * ENTRY.size + 4
        struct.pack_into("<I", repaired, at, checksum)
    struct.pack_into("<I", repaired, CHECKSUM_AT, crc32c(bytes(repaired[:CHECKSUM_AT])))
    return bytes(repaired)
