"""Documents as one XML file of Word 2003 (WordprocessingML), often named .doc."""

from __future__ import annotations

from pathlib import Path

from lxml.etree import _Element

from archive.extract.legacy.decoding import mark, settle
from archive.extract.outcome import Reading, Refusal, split_pages
from archive.extract.process import safe_xml
from archive.extract.process.limits import Limits
from archive.extract.status import Status
from archive.extract.text.plain import load
from archive.extract.word.docx import PLAIN, Walker, paged
from archive.extract.word.docx_fonts import Fonts
from archive.extract.word.numbering import Numbering, W

_OLD = b"http://schemas.microsoft.com/office/word/2003/wordml"
_LABEL = "{http://schemas.microsoft.com/office/word/2003/auxHint}t"


# Today's names of what was called otherwise, and of the forms of numbers.
_RENAMED = {
    f"{W}listDef": f"{W}abstractNum",
    f"{W}list": f"{W}num",
    f"{W}ilst": f"{W}abstractNumId",
    f"{W}listPr": f"{W}numPr",
    f"{W}ilfo": f"{W}numId",
    f"{W}nfc": f"{W}numFmt",
    f"{W}listDefId": f"{W}abstractNumId",
}
_FORMS = {
    "0": "decimal", "1": "upperRoman", "2": "lowerRoman", "3": "upperLetter", "4": "lowerLetter", "22": "decimalZero",
    "23": "bullet", "255": "none",
}  # fmt: skip


class _Labels:
    """Word wrote the number it showed beside each paragraph of a list; other programs leave it to be counted."""

    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering

    def label(self, properties: _Element | None) -> str:
        """What is shown before the paragraph ("II. ", "a) "), or ""."""
        counted = self._numbering.label(properties)
        shown = properties.find(f"{W}numPr/{_LABEL}") if properties is not None else None
        if shown is None:
            return counted
        text = mark(_value(shown), None).strip()
        text = "•" if text and all("\ue000" <= sign <= "\uf8ff" or sign == "\u00b7" for sign in text) else text
        return text + " " if text else ""


def read(path: Path, limits: Limits, folder: Path, ocr_pages: int) -> Reading:
    """Headers, body and footers; parted into pages at breaks."""
    root = safe_xml.parse(safe_xml.as_utf8(load(path, limits)).replace(_OLD, PLAIN))
    body = root.find(f"{W}body")
    if body is None:
        raise Refusal(Status.CORRUPT, "Word XML: no body")
    _rename(root)
    styles = root.find(f"{W}styles")
    walker = Walker(_Labels(Numbering(root.find(f"{W}lists"), styles)), Fonts(styles), styles)
    around: dict[str, dict[str, None]] = {"hdr": {}, "ftr": {}}
    for kind, texts in around.items():
        for part in list(root.iter(f"{W}{kind}")):
            if any(map(str.isalpha, text := walker.text(part).strip())):
                texts[text] = None
    text, warnings = settle(paged("\n".join([*around["hdr"], walker.text(body), *around["ftr"]])))
    return Reading(split_pages(text), warnings + walker.warnings)


def _rename(root: _Element) -> None:
    for element in root.iter(*_RENAMED):
        element.tag = _RENAMED[str(element.tag)]
        for name, value in list(element.attrib.items()):
            if name == f"{W}ilfo":
                element.set(f"{W}numId", value)
            elif str(name) in _RENAMED:
                element.set(_RENAMED[str(name)], value)
        if element.tag == f"{W}numFmt":
            element.set(f"{W}val", _FORMS.get(element.get(f"{W}val", ""), "decimal"))


def _value(element: _Element) -> str:
    return next((str(value) for name, value in element.attrib.items() if str(name).endswith("}val")), "")
