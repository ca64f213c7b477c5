"""Arrow's C data interface, spoken by hand: columns with any parts, sound or not."""

import ctypes
import struct
from typing import Any

Release = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


class Schema(ctypes.Structure):
    pass


class Array(ctypes.Structure):
    pass


Schema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_char_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.c_void_p),
    ("dictionary", ctypes.POINTER(Schema)),
    ("release", Release),
    ("private_data", ctypes.c_void_p),
]
Array._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.c_void_p),
    ("dictionary", ctypes.POINTER(Array)),
    ("release", Release),
    ("private_data", ctypes.c_void_p),
]

GetSchema = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(Schema))
GetNext = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(Array))
GetError = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)


class Stream(ctypes.Structure):
    _fields_ = (
        ("get_schema", GetSchema),
        ("get_next", GetNext),
        ("get_last_error", GetError),
        ("release", Release),
        ("private_data", ctypes.c_void_p),
    )


new_capsule = ctypes.pythonapi.PyCapsule_New
new_capsule.restype = ctypes.py_object
new_capsule.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]


class Column:
    """An array by its parts. Capsules have no destructor here: the test owns the structs."""

    def __init__(
        self,
        format: bytes,
        length: int,
        buffers: list[bytes | None],
        dictionary: "Column | None" = None,
        **others: Any,
    ) -> None:
        self.kept = [
            ctypes.create_string_buffer(each, len(each) or 1) if each is not None else None
            for each in buffers
        ]
        self.pointers = (ctypes.c_void_p * (len(buffers) or 1))(
            *(ctypes.c_void_p(ctypes.addressof(each) if each else None) for each in self.kept)
        )
        self.dictionary = dictionary
        self.released = 0
        self.release = Release(self.count_release)
        self.schema = Schema(format=format, release=self.release)
        values = {"length": length, "n_buffers": len(buffers), "release": self.release, **others}
        self.array = Array(**values)
        self.array.buffers = self.pointers
        if dictionary:
            self.schema.dictionary = ctypes.pointer(dictionary.schema)
            self.array.dictionary = ctypes.pointer(dictionary.array)

    def count_release(self, address: int) -> None:
        self.released += 1
        Array.from_address(address).release = Release()

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        return (
            new_capsule(ctypes.addressof(self.schema), b"arrow_schema", None),
            new_capsule(ctypes.addressof(self.array), b"arrow_array", None),
        )


class Chunks:
    """A stream of the chunks, which fails after them if it is `broken`."""

    def __init__(self, *chunks: Column, broken: bool = False, schema_fails: bool = False) -> None:
        self.left = list(chunks)
        self.chunks = chunks
        self.broken, self.schema_fails = broken, schema_fails
        self.reason = ctypes.create_string_buffer(b"the reason")
        self.stream = Stream(
            GetSchema(self.get_schema),
            GetNext(self.get_next),
            GetError(lambda _: ctypes.addressof(self.reason)),
            Release(lambda _: None),
        )
        self.schemas_released = 0
        self.release_schema = Release(self.count_schema)

    def count_schema(self, address: int) -> None:
        self.schemas_released += 1
        Schema.from_address(address).release = Release()

    def get_schema(self, _: int, out: Any) -> int:
        if self.schema_fails:
            return 5
        out[0] = Schema(format=self.chunks[0].schema.format, release=self.release_schema)
        return 0

    def get_next(self, _: int, out: Any) -> int:
        if self.left:
            ctypes.memmove(out, ctypes.byref(self.left.pop(0).array), ctypes.sizeof(Array))
        elif self.broken:
            return 5
        else:
            out[0] = Array()
        return 0

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return new_capsule(ctypes.addressof(self.stream), b"arrow_array_stream", None)


def ints(*numbers: int) -> bytes:
    return struct.pack(f"={len(numbers)}i", *numbers)


def numbers(*values: int, **others: Any) -> Column:
    return Column(b"i", len(values), [None, ints(*values)], **others)
