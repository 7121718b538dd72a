"""RTF as Outlook packs it into letters ([MS-OXRTFCP]): repeated strings are told by where they stood before."""

from __future__ import annotations

import struct

_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans "
    b"SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u"
    b"\\tab\\tx"
)
_SIZE = 4096
_PACKED, _PLAIN = b"LZFu", b"MELA"


def unpack(content: bytes, *, most: int) -> bytes:
    """The RTF itself. Raises `ValueError` for what is not packed so, or unpacks to more than `most` bytes."""
    if len(content) < 16:
        raise ValueError("packed RTF: too short")
    (length,) = struct.unpack_from("<I", content, 4)
    kind = content[8:12]
    if length > most:
        raise ValueError("packed RTF: too long")
    if kind == _PLAIN:
        return content[16 : 16 + length]
    if kind != _PACKED:
        raise ValueError("packed RTF: of no known kind")
    return bytes(_unpacked(content, length))


def _unpacked(content: bytes, length: int) -> bytearray:
    window = bytearray(_DICTIONARY.ljust(_SIZE, b"\0"))
    at, position = len(_DICTIONARY), 16
    output = bytearray()
    while position < len(content) and len(output) < length:
        control = content[position]
        position += 1
        for bit in range(8):
            if control >> bit & 1:
                if position + 2 > len(content):
                    return output
                (reference,) = struct.unpack_from(">H", content, position)
                position += 2
                start, count = reference >> 4, (reference & 15) + 2
                if start == at:
                    return output
                # One after another: the string may reach into what it has just written.
                piece = range(start, start + count)
            else:
                if position >= len(content):
                    return output
                window[at] = content[position]
                piece = range(at, at + 1)
                position += 1
            for place in piece:
                byte = window[place % _SIZE]
                output.append(byte)
                window[at] = byte
                at = (at + 1) % _SIZE
    return output[:length]
