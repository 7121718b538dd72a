"""Finding out the encoding of plain text."""

from __future__ import annotations

import codecs
import re
import unicodedata

from archive.extract.legacy import decoding, tables
from archive.extract.outcome import Refusal, letters
from archive.extract.status import Status

_SAMPLE = 8192
# Printable ASCII and Latin letters with their marks; typographic signs.
_ORDINARY = re.compile("[\t\r\n\x20-\x7e\u00a0-\u024f\u0300-\u036f\u1e00-\u1eff\u2000-\u206f\u2190-\u25ff]")
_ASCII = re.compile("[\\x20-\\x7e\\r\\n\\t]")


def decode(content: bytes) -> tuple[str, list[str]]:
    """Text and warnings: by byte order mark, else UTF-8, else UTF-16 by its zeros, else windows-1258."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            text = content.decode(encoding, "replace")
            return text, ["damaged"] if "\ufffd" in text else []
    if b"\0" in content[:_SAMPLE]:
        wide = wide_encoding(content[:_SAMPLE])
        if wide is None:
            raise Refusal(Status.CORRUPT, "zeros, but not UTF-16")
        return content.decode(wide, "replace"), ["encoding_guessed"]
    try:
        return content.decode("utf-8"), []
    except UnicodeDecodeError as error:
        # A file cut in the middle of a letter, or with a few bad bytes, is still UTF-8.
        text = content.decode("utf-8", "replace")
        if error.start > 0 and text.count("\ufffd") * 100 < letters(text):
            return text, ["damaged"]
    return _single_byte(content), ["encoding_guessed"]


def _single_byte(content: bytes) -> str:
    """Windows-1258, or windows-1252 when that makes no worse words; old fonts' bytes are left to `settle`."""
    sample = content[:_SAMPLE]
    plain = tables.read_as_1252(sample)
    vietnamese = unicodedata.normalize("NFC", sample.decode("cp1258", "replace"))
    if decoding.best_scheme(plain) is not None and decoding.balance(vietnamese) <= 0:
        return tables.read_as_1252(content)
    return content.decode("cp1258", "replace")


def wide_encoding(sample: bytes) -> str | None:
    """The UTF-16 a sample without a mark is in: the one that gives letters Vietnamese text is made of."""
    for encoding in ("utf-16-le", "utf-16-be"):
        text = sample[: len(sample) // 2 * 2].decode(encoding, "replace")
        ordinary, ascii_letters = len(_ORDINARY.findall(text)), len(_ASCII.findall(text))
        if len(text) >= 4 and ordinary >= 0.95 * len(text) and ascii_letters >= 0.3 * len(text):
            return encoding
    return None
