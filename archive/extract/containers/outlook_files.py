"""Files sent with a letter of Outlook; a letter sent along becomes an .eml."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any

from archive import naming
from archive.extract.containers import entries
from archive.extract.containers.entries import Counter, Entry, Piece
from archive.extract.containers.outlook import FAULTS, Letter, load
from archive.extract.outcome import Refusal
from archive.extract.process.limits import Limits
from archive.extract.status import Status

_PIECE = 64 * 1024
_LETTER = "__substg1.0_3701000D"
_HEADERS = {"Từ": "From", "Đến": "To", "Đồng gửi": "Cc", "Chủ đề": "Subject"}
_MOST = 500
_INNER_HEAD = 24


class Attachments:
    """What hangs on one letter."""

    def __init__(self, letter: Letter, limits: Limits, folder: Path) -> None:
        self._letter = letter
        self._limits = limits
        self._folder = folder
        self._counter = Counter(limits)

    def walk(self) -> Iterator[Piece]:
        """See `entries.Container`."""
        taken: set[str] = set()
        for number, (raw, item) in enumerate(self._letter.attachments()):
            if number >= _MOST:
                raise Refusal(Status.TOO_BIG, "msg: too many attachments")
            inner, name = _message_in(item), raw
            if inner is not None:
                name = raw if naming.extension(raw) == "eml" else f"{raw}.eml"
                content = self._as_eml(inner)
            else:
                content = _bytes(item)
            entry = Entry(entries.unique(naming.clean_filename(name), taken), len(content or b""))
            entry.refused = Status.CORRUPT if content is None else None
            entry.refused = Status.UNSAFE if entries.leads_out(raw) else entry.refused
            yield entry, partial(self._chunks, content or b"")

    @property
    def is_full(self) -> bool:
        """Whether what was read is beyond the limit for the whole letter."""
        return self._counter.is_full

    def _chunks(self, content: bytes) -> Iterator[bytes]:
        yield from self._counter.counted(content[at : at + _PIECE] for at in range(0, len(content), _PIECE))

    def _as_eml(self, message: Any) -> bytes | None:
        letter = Letter(message, self._limits, self._folder)
        made = EmailMessage()
        try:
            for label, value in letter.head():
                if value and label in _HEADERS:
                    made[_HEADERS[label]] = value
            made.set_content(letter.body())
            for name, item in letter.attachments()[:_MOST]:
                made.add_attachment(_bytes(item) or b"", maintype="application", subtype="octet-stream", filename=name)
            return made.as_bytes()
        except FAULTS:
            return None


@contextmanager
def opened(path: Path, limits: Limits, folder: Path) -> Iterator[Attachments]:
    """The attachments of the letter at `path`. Raises `Refusal` (unsupported, too_big)."""
    yield Attachments(Letter(load(path), limits, folder), limits, folder)


def _bytes(item: Any) -> bytes | None:
    try:
        content = item.file_bytes
    except FAULTS:
        return None
    return content if isinstance(content, bytes) else None


def _message_in(item: Any) -> Any | None:
    """The letter an attachment is, None when it is a file."""
    from oxmsg import Message
    from oxmsg.properties import Properties

    storage = next((inner for inner in item._storage.storages if inner.name == _LETTER), None)
    if storage is None:
        return None
    message = Message(storage)
    # Its properties begin eight bytes earlier than those of a file's own letter.
    message.__dict__["_properties"] = Properties(storage, properties_header_offset=_INNER_HEAD)
    return message
