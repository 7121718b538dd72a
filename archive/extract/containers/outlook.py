"""Letters of Outlook (.msg): who wrote what to whom, by python-oxmsg. What hangs on them is read by `inner`."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from archive.extract.containers import mail, rtf_packed
from archive.extract.outcome import Reading, Refusal, has_letters, tidy
from archive.extract.process.limits import Limits
from archive.extract.status import Status
from archive.extract.text import html
from archive.extract.word import rtf

# What oxmsg and olefile throw at properties that are not what they should be; a NotImplementedError is a RuntimeError.
FAULTS = (
    OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, LookupError, AssertionError, struct.error,
    RuntimeError, OverflowError,
)  # fmt: skip
_DISPLAY_TO, _DISPLAY_CC, _RTF, _HTML, _DELIVERED = 0x0E04, 0x0E03, 0x1009, 0x1013, 0x0E06
_UNREAD = "outlook_unread"


def read(path: Path, limits: Limits, folder: Path, ocr_pages: int) -> Reading:
    """Head, body (plain, else the page's, else what its RTF says), names of attachments, as one page."""
    return Letter(load(path), limits, folder).reading()


def load(path: Path) -> Any:
    """The message. Raises `Refusal` (unsupported)."""
    from oxmsg import Message

    try:
        message = Message.load(str(path))
        message.properties.int_prop_value(_DISPLAY_TO)  # its properties can be read at all
    except FAULTS as error:
        raise Refusal(Status.UNSUPPORTED, f"msg: {error}", warning=_UNREAD) from error
    return message


class Letter:
    """One message, read property by property: one that is broken does not take the others along."""

    def __init__(self, message: Any, limits: Limits, folder: Path) -> None:
        self._message = message
        self._limits = limits
        self._folder = folder
        self._failed = False

    def reading(self) -> Reading:
        """The letter as one page. Raises `Refusal` when nothing at all can be read."""
        head, body = self.head(), self.body()
        names = [name for name, _ in self.attachments()]
        if not any(value for _, value in head) and not body and not names:
            raise Refusal(Status.UNSUPPORTED, "msg: nothing in it can be read", warning=_UNREAD)
        found = mail.letter(head, [body], names)
        found.warnings += [_UNREAD] if self._failed or not has_letters(body) else []
        return found

    def head(self) -> list[tuple[str, str]]:
        """(label, value) as for other letters."""
        moment = self._take(lambda: self._message.sent_date) or self._take(
            lambda: self._message.properties.date_prop_value(_DELIVERED)
        )
        sender = mail.header(self._take(lambda: self._message.sender) or "")
        return [
            ("Từ", sender),
            ("Đến", self._people() or self._text(_DISPLAY_TO)),
            ("Đồng gửi", self._text(_DISPLAY_CC)),
            ("Ngày", moment.strftime("%d/%m/%Y %H:%M %Z").strip() if moment else ""),
            ("Chủ đề", " ".join(str(self._take(lambda: self._message.subject) or "").split())),
        ]

    def body(self) -> str:
        """The letter's own text."""
        if has_letters(plain := str(self._take(lambda: self._message.body) or "")):
            return tidy(plain)
        # The page says better than the letter which encoding it is in.
        page = self._take(lambda: self._message.properties.binary_prop_value(_HTML))
        text = (
            html.decode(page)[0] if isinstance(page, bytes) else str(self._take(lambda: self._message.html_body) or "")
        )
        if has_letters(text := html.shown(text)):
            return tidy(text)
        packed = self._take(lambda: self._message.properties.binary_prop_value(_RTF))
        if not packed:
            return ""
        try:
            target = self._folder / "body.rtf"
            target.write_bytes(rtf_packed.unpack(packed, most=self._limits.text_chars))
            return "\n".join(rtf.read(target, self._limits, self._folder, 0).pages)
        except (Refusal, ValueError):
            self._failed = True
            return ""

    def attachments(self) -> list[tuple[str, Any]]:
        """(name, attachment of oxmsg) of each."""
        found = []
        for item in self._take(lambda: self._message.attachments) or ():
            name = str(self._take(lambda item=item: item.file_name or item.properties.str_prop_value(0x3704)) or "")
            if not name:
                name = str(self._take(lambda item=item: item.properties.str_prop_value(0x3001)) or "tệp đính kèm")
            found.append((" ".join(name.split()), item))
        return found

    def _people(self) -> str:
        people = []
        for one in self._take(lambda: self._message.recipients) or ():
            name = str(self._take(lambda one=one: one.name) or "")
            address = str(self._take(lambda one=one: one.email_address) or "")
            people.append(f"{name} <{address}>" if name and address and name != address else name or address)
        return ", ".join(filter(None, people))

    def _text(self, identity: int) -> str:
        return " ".join(str(self._take(lambda: self._message.properties.str_prop_value(identity)) or "").split())

    def _take(self, get: Callable[..., Any]) -> Any:
        try:
            return get()
        except FAULTS:
            self._failed = True
            return None
