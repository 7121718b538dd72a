"""Texts in TCVN3 and VNI as old word processors stored them, and how much of a text came back right."""

from __future__ import annotations

import difflib
import unicodedata
import zipfile
from pathlib import Path

from tests.archive.extract.office_samples import make_raw_docx

_TCVN = {
    "à": 0xB5, "ả": 0xB6, "ã": 0xB7, "á": 0xB8, "ạ": 0xB9, "ă": 0xA8, "ằ": 0xBB, "ẳ": 0xBC, "ẵ": 0xBD, "ắ": 0xBE, "ặ": 0xC6,
    "â": 0xA9, "ầ": 0xC7, "ẩ": 0xC8, "ẫ": 0xC9, "ấ": 0xCA, "ậ": 0xCB, "è": 0xCC, "ẻ": 0xCE, "ẽ": 0xCF, "é": 0xD0, "ẹ": 0xD1,
    "ê": 0xAA, "ề": 0xD2, "ể": 0xD3, "ễ": 0xD4, "ế": 0xD5, "ệ": 0xD6, "ì": 0xD7, "ỉ": 0xD8, "ĩ": 0xDC, "í": 0xDD, "ị": 0xDE,
    "ò": 0xDF, "ỏ": 0xE1, "õ": 0xE2, "ó": 0xE3, "ọ": 0xE4, "ô": 0xAB, "ồ": 0xE5, "ổ": 0xE6, "ỗ": 0xE7, "ố": 0xE8, "ộ": 0xE9,
    "ơ": 0xAC, "ờ": 0xEA, "ở": 0xEB, "ỡ": 0xEC, "ớ": 0xED, "ợ": 0xEE, "ù": 0xEF, "ủ": 0xF1, "ũ": 0xF2, "ú": 0xF3, "ụ": 0xF4,
    "ư": 0xAD, "ừ": 0xF5, "ử": 0xF6, "ữ": 0xF7, "ứ": 0xF8, "ự": 0xF9, "ỳ": 0xFA, "ỷ": 0xFB, "ỹ": 0xFC, "ý": 0xFD, "ỵ": 0xFE,
    "đ": 0xAE, "Ă": 0xA1, "Â": 0xA2, "Ê": 0xA3, "Ô": 0xA4, "Ơ": 0xA5, "Ư": 0xA6, "Đ": 0xA7,
}  # fmt: skip
_VNI_SINGLE = {"đ": "ñ", "ơ": "ô", "ư": "ö", "í": "í", "ì": "ì", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î"}
_VNI_MARKS = {
    "\u0301": "ù", "\u0300": "ø", "\u0309": "û", "\u0303": "õ", "\u0323": "ï", "\u0302": "â", "\u0302\u0301": "á",
    "\u0302\u0300": "à", "\u0302\u0309": "å", "\u0302\u0303": "ã", "\u0302\u0323": "ä", "\u0306": "ê", "\u0306\u0301": "é",
    "\u0306\u0300": "è", "\u0306\u0309": "ú", "\u0306\u0303": "ü", "\u0306\u0323": "ë",
}  # fmt: skip


def tcvn3(text: str) -> str:
    """The text as TCVN3 bytes read by windows-1252; capitals with marks become small, as when typed."""
    return "".join(
        chr(_TCVN[letter]) if letter in _TCVN else chr(_TCVN[letter.lower()]) if letter.lower() in _TCVN else letter
        for letter in unicodedata.normalize("NFC", text)
    )


def vni(text: str) -> str:
    """The text as VNI bytes read by windows-1252."""
    return "".join(map(_vni_letter, unicodedata.normalize("NFC", text)))


def _vni_letter(letter: str) -> str:
    small = letter.lower()
    if small in _VNI_SINGLE:
        written = _VNI_SINGLE[small]
    else:
        parts = (
            unicodedata.normalize("NFD", small)
            .replace("\u0323\u0302", "\u0302\u0323")
            .replace("\u0323\u0306", "\u0306\u0323")
        )
        if "\u031b" in parts:  # ơ and ư with a tone
            base = {"o": "ô", "u": "ö"}[parts[0]]
            written = base + _VNI_MARKS[parts.replace("\u031b", "")[1:]]
        else:
            written = parts[0] + _VNI_MARKS[parts[1:]] if len(parts) > 1 else parts
    return written.upper() if letter != small else written


def run(text: str, font: str = "", style: str = "") -> str:
    """One run of a Word document in this font or character style."""
    fonts = f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}"/>' if font else ""
    chosen = f'<w:rStyle w:val="{style}"/>' if style else ""
    return f'<w:r><w:rPr>{chosen}{fonts}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def make_runs_docx(path: Path, paragraphs: list[list[str]], *, styles: str = "", style: str = "") -> Path:
    """A Word document of these paragraphs of runs, each paragraph of this style."""
    chosen = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    body = "".join(f"<w:p>{chosen}{''.join(runs)}</w:p>" for runs in paragraphs)
    parts = {"word/styles.xml": styles} if styles else None
    return make_raw_docx(path, body, parts=parts)


def make_rtf(path: Path, paragraphs: list[list[tuple[int, str]]], fonts: list[str]) -> Path:
    """An RTF of these paragraphs of (font number, text as windows-1252 reads it)."""
    table = "".join(f"{{\\f{number}\\fnil\\fcharset0 {name};}}" for number, name in enumerate(fonts))
    lines = []
    for paragraph in paragraphs:
        runs = "".join(
            f"{{\\f{font} " + "".join(f"\\'{ord(x):02x}" if ord(x) > 127 else x for x in text) + "}"
            for font, text in paragraph
        )
        lines.append("\\pard\\plain\\f0 " + runs + "\\par\n")
    path.write_text(
        "{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl" + table + "}\n" + "".join(lines) + "}", encoding="ascii"
    )
    return path


def char_accuracy(found: str, expected: str) -> float:
    """Share of the expected letters in an alignment with those found, after NFC and with whitespace collapsed.

    Long texts are aligned word by word first and letter by letter between: never more than a single alignment gives.
    """
    a, b = (" ".join(unicodedata.normalize("NFC", text).split()) for text in (expected, found))
    if len(a) <= 12_000:
        return _matched(a, b) / len(a)
    left, right = a.split(" "), b.split(" ")
    matched = 0
    for what, i, j, k, m in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if what == "equal":
            matched += sum(map(len, left[i:j])) + j - i
        else:
            matched += _matched(" ".join(left[i:j])[:5000], " ".join(right[k:m])[:5000])
    return min(matched, len(a)) / len(a)


def _matched(a: str, b: str) -> int:
    return sum(block.size for block in difflib.SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks())


def make_zip(path: Path, entries: dict[str, bytes]) -> Path:
    """A zip archive of these entries, compressed."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
        for name, content in entries.items():
            container.writestr(name, content)
    return path
