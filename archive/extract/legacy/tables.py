"""The two pre-Unicode Vietnamese encodings still met in files, as text read byte for byte by windows-1252.

TCVN3 (fonts `.Vn…`) has one code per letter, capitals with marks only in the fonts ending in H, which show every
letter as a capital. VNI (fonts `VNI-…`) writes a base letter and a second code for its marks.
"""

from __future__ import annotations

import re
import unicodedata

# iconv's TCVN from A0 on. Below, real fonts keep the signs of windows-1252 (quotes, dashes).
_TCVN_A0 = (
    "\u00a0ĂÂÊÔƠƯĐăâêôơưđẰ\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽ"
    "éẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ"
)
TCVN3 = {0xA0 + index: letter for index, letter in enumerate(_TCVN_A0)}
_HAT = "\u0302"
_BREVE = "\u0306"
_GRAVE, _ACUTE, _TILDE, _HOOK, _DOT = "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"

_VNI_TONES = {"ù": _ACUTE, "ø": _GRAVE, "û": _HOOK, "õ": _TILDE, "ï": _DOT}
_VNI_HATS = {
    "â": _HAT, "á": _HAT + _ACUTE, "à": _HAT + _GRAVE, "å": _HAT + _HOOK, "ã": _HAT + _TILDE, "ä": _HAT + _DOT,
}  # fmt: skip
_VNI_BREVES = {
    "ê": _BREVE, "é": _BREVE + _ACUTE, "è": _BREVE + _GRAVE, "ú": _BREVE + _HOOK, "ü": _BREVE + _TILDE,
    "ë": _BREVE + _DOT,
}  # fmt: skip
_VNI_SINGLE = {"ô": "ơ", "ö": "ư", "ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}


def _vni() -> dict[str, str]:
    pairs: dict[str, str] = dict(_VNI_SINGLE)
    for base in "aeiouyôö":
        marks = dict(_VNI_TONES)
        if base in "aeo":
            marks |= _VNI_HATS
        if base == "a":
            marks |= _VNI_BREVES
        for mark, combined in marks.items():
            letter = _VNI_SINGLE.get(base, base) if base in "ôö" else base
            pairs[base + mark] = unicodedata.normalize("NFC", letter + combined)
    cased = {}
    for written, letter in pairs.items():
        cased[written] = letter
        cased[written.upper()] = letter.upper()
        if len(written) == 2:  # the marks of a capital are often typed without the shift key
            cased[written[0].upper() + written[1]] = letter.upper()
            cased[written[0] + written[1].upper()] = letter
    return cased


_VNI = _vni()
_VNI_UNIT = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))
# Where windows-1252 has no letter, readers give the control of that number.
_BYTES = {byte: bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0x100)}
_CODES = {letter: byte for byte, letter in _BYTES.items()}
_TCVN_LETTERS = {ord(_BYTES[code]): letter for code, letter in TCVN3.items()} | {0xB7: "ã"}
_LOOSE_MARK = re.compile(f"(?<![^\\W\\d_])[{_GRAVE}{_ACUTE}{_TILDE}{_HOOK}{_DOT}]")
_MARK_SIGNS = {mark: chr(0xB0 + index) for index, mark in enumerate((_GRAVE, _HOOK, _TILDE, _ACUTE, _DOT))}
_WORD = re.compile(r"[^\W\d_]+")
_SMALL = re.compile("[a-z]")
_CAPITAL = re.compile("[A-ZĂÂÊÔƠƯĐ]")


def read_as_1252(content: bytes) -> str:
    """Bytes as the text the decoders below expect; nothing is lost."""
    return "".join(chr(byte) if byte < 0x80 else _BYTES[byte] for byte in content)


def is_single_byte(letter: str) -> bool:
    """Whether a letter can stand for one byte of a legacy text."""
    return letter < "\x80" or letter in _CODES


def from_tcvn3(text: str, *, capitals: bool = False) -> str:
    """Text of a `.Vn…` font in Unicode (NFC); with `capitals` that of a font that shows capitals only."""
    plain = text.translate(_TCVN_LETTERS)
    # A degree sign after a number is no tone mark.
    plain = _LOOSE_MARK.sub(lambda match: _MARK_SIGNS[match.group()], plain)
    plain = unicodedata.normalize("NFC", plain)
    return plain.upper() if capitals else _with_capitals(plain)


def _with_capitals(text: str) -> str:
    """Marked letters of words typed in capitals, which the plain fonts can only show small ("NGHị QUYếT")."""
    if not any(map(str.isupper, text)):
        return text
    found = list(_WORD.finditer(text))
    loud = [_is_loud(match.group()) for match in found]
    parts, end = [], 0
    for index, match in enumerate(found):
        word = match.group()
        # A word with a single capital says nothing by itself; the words beside it do ("Uỷ BAN").
        near = (index > 0 and loud[index - 1] and text[end : match.start()] == " ") or (
            index + 1 < len(found) and loud[index + 1] and text[match.end() : found[index + 1].start()] == " "
        )
        alone = not _SMALL.search(word) and _CAPITAL.match(word) and near
        parts += [text[end : match.start()], word.upper() if loud[index] or alone else word]
        end = match.end()
    return "".join([*parts, text[end:]])


def _is_loud(word: str) -> bool:
    return len(_CAPITAL.findall(word)) >= 2 and not _SMALL.search(word)


def from_vni(text: str) -> str:
    """Text of a `VNI-…` font in Unicode (NFC)."""
    return unicodedata.normalize("NFC", _VNI_UNIT.sub(lambda match: _VNI[match.group()], text))
