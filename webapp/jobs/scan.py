"""Asking a clamd elsewhere on the machine whether a file is known to be harmful (its protocol's INSTREAM)."""

from __future__ import annotations

import re
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

CHUNK = 1 << 16
SECONDS = 60.0
_LONGEST_ANSWER = 4096
_FOUND = re.compile(r"stream: (.{1,200}) FOUND")


class ScannerAway(Exception):
    """The scanner does not answer, or not as clamd does; the file may be asked about again later."""


class TooLarge(Exception):
    """The scanner takes no file of this size."""


@dataclass(frozen=True)
class Scanner:
    """`address` is unix:/path or tcp:host:port, as in KHO_CLAMD."""

    address: str
    seconds: float = SECONDS

    def find(self, stream: BinaryIO) -> str | None:
        """The name of what was found in the bytes, or None. Raises ScannerAway, TooLarge."""
        try:
            with self._connected() as connection:
                with suppress(BrokenPipeError, ConnectionResetError):  # its answer says why it hung up
                    connection.sendall(b"zINSTREAM\0")
                    while chunk := stream.read(CHUNK):
                        connection.sendall(struct.pack("!I", len(chunk)) + chunk)
                    connection.sendall(struct.pack("!I", 0))
                answer = _answer(connection)
        except OSError as error:
            raise ScannerAway(str(error)) from error
        if answer == "stream: OK":
            return None
        if found := _FOUND.fullmatch(answer):
            return re.sub(r"[^\w.:+ ()-]", "?", found[1])
        if "size limit exceeded" in answer:
            raise TooLarge(answer)
        raise ScannerAway(f"unexpected answer: {answer[:200]!r}")

    def version(self) -> str:
        """What it says of itself. Raises ScannerAway."""
        try:
            with self._connected() as connection:
                connection.sendall(b"zVERSION\0")
                answer = _answer(connection)
        except OSError as error:
            raise ScannerAway(str(error)) from error
        if not answer.startswith("ClamAV"):
            raise ScannerAway(f"unexpected answer: {answer[:200]!r}")
        return answer[:200]

    def _connected(self) -> socket.socket:
        kind, _, place = self.address.partition(":")
        if kind == "unix":
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                connection.settimeout(self.seconds)
                connection.connect(place)
            except OSError:
                connection.close()
                raise
            return connection
        host, _, port = place.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout=self.seconds)


def _answer(connection: socket.socket) -> str:
    said = b""
    while b"\0" not in said and len(said) < _LONGEST_ANSWER:
        piece = connection.recv(CHUNK)
        if not piece:
            break
        said += piece
    return said.partition(b"\0")[0].decode("utf-8", "replace").strip()
