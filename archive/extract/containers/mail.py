"""Electronic mail saved as .eml: who wrote what to whom, and what hangs on it (read by `inner`)."""

from __future__ import annotations

import email
import email.header
import email.policy
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

from archive import naming
from archive.extract.legacy.decoding import settle
from archive.extract.outcome import Reading, Refusal, tidy
from archive.extract.process.limits import Limits
from archive.extract.status import Status
from archive.extract.text import encoding
from archive.extract.text.html import shown

_HEADERS = (("From", "Từ"), ("To", "Đến"), ("Cc", "Đồng gửi"), ("Date", "Ngày"), ("Subject", "Chủ đề"))
_MOST_PARTS = 500
_DEEPEST = 20
_LONGEST_HEADER = 4000


def read(path: Path, limits: Limits, folder: Path, ocr_pages: int) -> Reading:
    """Headers, body, names of attachments, as one page."""
    message = parse(path, limits)
    bodies = [(part.get_content_type(), _text(part)) for part in _parts(message) if _is_body(part)]
    # The same letter usually comes twice: plainly and as a page.
    plain = [text for kind, text in bodies if kind == "text/plain" and text.strip()]
    body = plain or [shown(text) for kind, text in bodies if kind == "text/html"]
    headers = [(label, header(message.get(name))) for name, label in _HEADERS]
    return letter(headers, body, [name_of(part) for part in attached_parts(message)])


def letter(headers: list[tuple[str, str]], body: list[str], attached: list[str]) -> Reading:
    """A letter as one page: what its head says, its text, the names of what hangs on it."""
    lines = [f"{label}: {value}" for label, value in headers if value]
    if attached:
        body = [*body, "Tệp đính kèm:\n" + "\n".join(f"- {name}" for name in attached)]
    text, warnings = settle("\n".join(["\n".join(lines), "", "\n\n".join(body)]))
    return Reading([tidy(text)], warnings + (["attachments"] if attached else []))


def parse(path: Path, limits: Limits) -> Message:
    """The letter in a file. Raises `Refusal` (too_big)."""
    if path.stat().st_size > limits.zip_entry_bytes:
        raise Refusal(Status.TOO_BIG, "mail: too long")
    content = path.read_bytes().lstrip(b"\xef\xbb\xbf \t\r\n")
    return email.message_from_bytes(content, policy=email.policy.compat32)


def attached_parts(message: Message) -> list[Message]:
    """Everything but the letter's own text. Raises `Refusal` (too_big, unsafe)."""
    return [part for part in _parts(message) if not _is_body(part) and not _is_frame(part)]


def header(value: object) -> str:
    """A header as it is read: decoded, on one line."""
    parts = []
    try:
        pieces = email.header.decode_header(str(value)[:_LONGEST_HEADER]) if value is not None else []
    except (ValueError, LookupError):
        pieces = [(str(value), None)]
    for content, charset in pieces:
        parts.append(content if isinstance(content, str) else _decoded(content, charset))
    return " ".join("".join(parts).split())


def _parts(message: Message) -> Iterator[Message]:
    """Each part, outermost first."""
    for number, part in enumerate(_below(message, 0)):
        if number >= _MOST_PARTS:
            raise Refusal(Status.TOO_BIG, "mail: too many parts")
        yield part


def _below(message: Message, depth: int) -> Iterator[Message]:
    if depth > _DEEPEST:
        raise Refusal(Status.UNSAFE, "mail: bottomless parts")
    yield message
    # A message sent along is an attachment like others.
    if message.is_multipart() and (depth == 0 or message.get_content_type() != "message/rfc822"):
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from _below(part, depth + 1)


def _is_body(part: Message) -> bool:
    named = part.get_filename() is not None or part.get_content_disposition() == "attachment"
    return not named and part.get_content_type() in ("text/plain", "text/html")


def _is_frame(part: Message) -> bool:
    """Holds other parts and is nothing itself."""
    named = part.get_filename() is not None or part.get_content_disposition() == "attachment"
    return not named and part.is_multipart() and part.get_content_type() != "message/rfc822"


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    return _decoded(content, part.get_content_charset()) if isinstance(content, bytes) else ""


def _decoded(content: bytes, charset: str | None) -> str:
    if charset and charset.lower() not in ("utf-8", "us-ascii", "unknown-8bit"):
        try:
            return content.decode(charset, "replace")
        except (LookupError, ValueError):
            pass
    return encoding.decode(content)[0] if content else ""


def name_of(part: Message) -> str:
    """What an attachment is called: its file name, a letter's subject, else its type."""
    name = part.get_filename()
    if name is None and part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        subject = header(inner[0].get("Subject")) if isinstance(inner, list) and isinstance(inner[0], Message) else ""
        return subject or "thư chuyển tiếp"
    return naming.clean_filename(header(name)) if name else part.get_content_type()
