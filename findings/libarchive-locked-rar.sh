#!/bin/sh
# libarchive reads entries of a RAR 4 archive that are marked as locked with a password, when nothing in them is packed.
#
# One would guess: reading a locked entry without a password fails, as it does for zip.
# What happens: no error; what comes out are the bytes as they lie in the file (in a really locked one: noise). Only
#   archive_entry_is_encrypted() tells, for which libarchive-c has no name of its own.
# Version: libarchive 3.6.2 (Debian 12), libarchive-c 5.3. Source: archive_read_support_format_rar.c, FHD_PASSWORD.
set -eu
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "libarchive-c==5.3" 2>/dev/null
"$folder/venv/bin/python" - <<'P'
import ctypes
import struct
import zlib

import libarchive
from libarchive import ffi


def block(kind, flags, body):
    head = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
    return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head


content, name = b"bytes as they lie", b"a.txt"
head = struct.pack(
    "<IIBIIBBHI", len(content), len(content), 3, zlib.crc32(content), 0x5C845C00, 20, 0x30, len(name), 0o100644
)
archive = b"Rar!\x1a\x07\x00" + block(0x73, 0, bytes(6)) + block(0x74, 0x8004, head + name) + content
archive += block(0x7B, 0x4000, b"")
ask = ffi.libarchive.archive_entry_is_encrypted
ask.argtypes, ask.restype = [ctypes.c_void_p], ctypes.c_int
with libarchive.memory_reader(archive) as entries:
    found = [(entry.pathname, ask(entry._entry_p), b"".join(entry.get_blocks())) for entry in entries]
print("name, is it locked, what was read:", found)
assert found == [("a.txt", 1, content)], "changed"
P
