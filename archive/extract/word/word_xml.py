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
from archive.extract.word.numbering import W

_OLD = b"http://schemas.microsoft.com/office/word/2003/wordml"
_LABEL = "{http://schemas.microsoft.com/office/word/2003/auxHint}t"


class _Labels:
    """Word wrote the number it showed beside each paragraph of a list."""

    def label(self, properties: _Element | None) -> str:
        """What is shown before the paragraph ("II. ", "a) "), or ""."""
        shown = properties.find(f"{W}listPr/{_LABEL}") if properties is not None else None
        text = mark(_value(shown), None).strip() if shown is not None else ""
        text = "•" if text and all("\ue000" <= sign <= "\uf8ff" or sign == "\u00b7" for sign in text) else text
        return text + " " if text else ""


def read(path: Path, limits: Limits, folder: Path, ocr_pages: int) -> Reading:
    """Headers, body and footers; parted into pages at breaks."""
    root = safe_xml.parse(safe_xml.as_utf8(load(path, limits)).replace(_OLD, PLAIN))
    body = root.find(f"{W}body")
    if body is None:
        raise Refusal(Status.CORRUPT, "Word XML: no body")
    walker = Walker(_Labels(), Fonts(root.find(f"{W}styles")))
    around: dict[str, dict[str, None]] = {"hdr": {}, "ftr": {}}
    for kind, texts in around.items():
        for part in list(root.iter(f"{W}{kind}")):
            if any(map(str.isalpha, text := walker.text(part).strip())):
                texts[text] = None
    text, warnings = settle(paged("\n".join([*around["hdr"], walker.text(body), *around["ftr"]])))
    return Reading(split_pages(text), warnings + walker.warnings)


def _value(element: _Element) -> str:
    return next((str(value) for name, value in element.attrib.items() if str(name).endswith("}val")), "")
