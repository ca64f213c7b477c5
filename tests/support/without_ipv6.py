"""Run a command as on a kernel without IPv6: `without_ipv6.py PROGRAM ARGUMENT...`

A seccomp filter makes socket(AF_INET6, ...) fail in this process, which then runs the program.
"""

import ctypes
import errno
import os
import platform
import socket
import struct
import sys

SOCKET_CALL = {"x86_64": 41, "aarch64": 198}[platform.machine()]

# <linux/filter.h>, <linux/seccomp.h> and <linux/prctl.h>
LOAD_WORD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
CALL_NUMBER_OFFSET, FIRST_ARGUMENT_OFFSET = 0, 16
ALLOW, FAIL = 0x7FFF0000, 0x00050000
SET_NO_NEW_PRIVILEGES, SET_SECCOMP, FILTER_MODE = 38, 22, 2

PROGRAM = (
    (LOAD_WORD, 0, 0, CALL_NUMBER_OFFSET),
    (JUMP_IF_EQUAL, 0, 3, SOCKET_CALL),
    (LOAD_WORD, 0, 0, FIRST_ARGUMENT_OFFSET),
    (JUMP_IF_EQUAL, 0, 1, socket.AF_INET6),
    (RETURN, 0, 0, FAIL | errno.EAFNOSUPPORT),
    (RETURN, 0, 0, ALLOW),
)

code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in PROGRAM))
program = ctypes.create_string_buffer(struct.pack("HP", len(PROGRAM), ctypes.addressof(code)))
libc = ctypes.CDLL(None, use_errno=True)
for request in ((SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0), (SET_SECCOMP, FILTER_MODE, program, 0, 0)):
    if libc.prctl(*request) != 0:
        raise OSError(ctypes.get_errno(), "the kernel refused the seccomp filter")

os.execvp(sys.argv[1], sys.argv[1:])
