"""Files sent with a letter (.eml), letters sent along too."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from functools import partial
from pathlib import Path

from archive import naming
from archive.extract.containers import entries, mail
from archive.extract.containers.entries import Counter, Entry, Piece
from archive.extract.outcome import Refusal
from archive.extract.process.limits import Limits
from archive.extract.status import Status

_PIECE = 64 * 1024
_LETTER = "message/rfc822"


class Attachments:
    """What hangs on one letter."""

    def __init__(self, message: Message, limits: Limits) -> None:
        self._message = message
        self._limits = limits
        self._counter = Counter(limits)

    def walk(self) -> Iterator[Piece]:
        """See `entries.Container`."""
        taken: set[str] = set()
        for part in mail.attached_parts(self._message):
            content = partial(_bytes, part)
            name = entries.unique(file_name(part), taken)
            refused = Status.UNSAFE if entries.leads_out(mail.header(part.get_filename() or "")) else None
            yield Entry(name, len(content() or b""), refused), partial(self._chunks, content)

    @property
    def is_full(self) -> bool:
        """Whether what was read is beyond the limit for the whole letter."""
        return self._counter.is_full

    def _chunks(self, content: partial[bytes | None]) -> Iterator[bytes]:
        found = content()
        if found is None:
            raise Refusal(Status.CORRUPT, "mail: an attachment that cannot be decoded")
        yield from self._counter.counted(found[at : at + _PIECE] for at in range(0, len(found), _PIECE))


@contextmanager
def opened(path: Path, limits: Limits, folder: Path) -> Iterator[Attachments]:
    """The attachments of the letter at `path`. Raises `Refusal` (too_big, unsafe)."""
    yield Attachments(mail.parse(path, limits), limits)


def file_name(part: Message) -> str:
    """A name with an ending: the one it was sent under, else one by its type."""
    name = mail.name_of(part)
    ending = ".eml" if part.get_content_type() == _LETTER else mimetypes.guess_extension(part.get_content_type()) or ""
    if part.get_filename() is None and part.get_content_type() != _LETTER:
        name = "tệp đính kèm"
    return naming.clean_filename(name if naming.extension(name) and part.get_filename() else name + ending)


def _bytes(part: Message) -> bytes | None:
    try:
        if part.get_content_type() == _LETTER:
            inner = part.get_payload()
            return inner[0].as_bytes() if isinstance(inner, list) and isinstance(inner[0], Message) else None
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, KeyError, IndexError, AttributeError, TypeError):
        return None  # headers in no encoding at all
    return content if isinstance(content, bytes) else None
