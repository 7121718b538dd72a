"""Pages saved with their pictures in one file (MHTML), as browsers, Word and Excel write them."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

from archive.extract.legacy.decoding import settle_all
from archive.extract.outcome import Reading, Refusal, has_letters, tidy
from archive.extract.process.limits import Limits
from archive.extract.status import Status
from archive.extract.text import encoding, html
from archive.extract.text.plain import load

_MOST_PARTS = 2000
_DEEPEST = 20
_PAGES = ("text/html", "application/xhtml+xml")


def read(path: Path, limits: Limits, folder: Path, ocr_pages: int) -> Reading:
    """One page for each page of HTML inside (a workbook has one for each sheet); plain text where there is none."""
    content = load(path, limits).lstrip(b"\xef\xbb\xbf \t\r\n")
    parts = list(_parts(email.message_from_bytes(content, policy=email.policy.compat32), 0))
    pages = [_page(part) for part in parts if part.get_content_type() in _PAGES and not _is_frame(part)]
    if not any(map(has_letters, pages)):
        pages = [_text(part) for part in parts if part.get_content_type() == "text/plain"]
    settled, warnings = settle_all([page for page in pages if has_letters(page)])
    return Reading([tidy(page) for page in settled], warnings)


def _parts(message: Message, depth: int) -> Iterator[Message]:
    waiting = [(message, depth)]
    count = 0
    while waiting:
        part, depth = waiting.pop(0)
        count += 1
        if depth > _DEEPEST or count > _MOST_PARTS:
            raise Refusal(Status.UNSAFE, "web archive: bottomless or too many parts")
        payload = part.get_payload()
        if isinstance(payload, list):
            waiting = [(inner, depth + 1) for inner in payload if isinstance(inner, Message)] + waiting
        else:
            yield part


def _is_frame(part: Message) -> bool:
    """A page that only holds others in place, or their tabs."""
    if "tabstrip" in str(part.get("Content-Location", "")).lower():
        return True
    return b"<frameset" in _bytes(part)[:20_000].lower()


def _bytes(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _page(part: Message) -> str:
    return html.shown(_text(part))


def _text(part: Message) -> str:
    """By the charset its headers name, else as the page says itself."""
    content = _bytes(part)
    charset = part.get_content_charset()
    if charset and charset.lower() not in ("utf-8", "us-ascii", "unicode"):
        try:
            return content.decode(charset, "replace")
        except (LookupError, ValueError):
            pass  # a name nobody knows
    if part.get_content_type() in _PAGES:
        return html.decode(content)[0]
    return encoding.decode(content)[0] if content else ""
