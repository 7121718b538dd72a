"""Presentations: the text of each slide, then its notes."""

from __future__ import annotations

import re
from pathlib import Path

from lxml.etree import _Element

from archive.extract.containers.package import Package
from archive.extract.legacy.decoding import Scheme, mark, scheme_of, settle_all
from archive.extract.outcome import Reading, tidy
from archive.extract.process import safe_xml
from archive.extract.process.limits import Limits

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_SLIDE = re.compile(r"ppt/slides/slide(\d+)\.xml")
_NOTES = "relationships/notesSlide"


def read(path: Path, limits: Limits, folder: Path, ocr_pages: int) -> Reading:
    """One page per slide, in the order of the slides' numbers."""
    with Package(path, limits) as package:
        numbered = {int(match.group(1)): match.group() for name in package.names if (match := _SLIDE.fullmatch(name))}
        pages = []
        for _, name in sorted(numbered.items())[: limits.pages]:
            lines = _lines(safe_xml.parse(package.read(name)))
            lines += _notes(package, name)
            pages.append("\n".join(lines))
    pages, warnings = settle_all(pages)
    return Reading(
        [tidy(page) for page in pages], warnings + (["pages_truncated"] if len(numbered) > limits.pages else [])
    )


def _notes(package: Package, slide: str) -> list[str]:
    relations = slide.replace("slides/", "slides/_rels/") + ".rels"
    if relations not in package.names:
        return []
    for relation in safe_xml.parse(package.read(relations)):
        target = "ppt/" + relation.get("Target", "").removeprefix("../").removeprefix("/ppt/")
        if relation.get("Type", "").endswith(_NOTES) and target in package.names:
            return _lines(safe_xml.parse(package.read(target)))
    return []


def _scheme(text: _Element) -> Scheme | None:
    """The encoding of a run that names its font itself; others are told by their words."""
    run = text.getparent()
    font = run.find(f"{_A}rPr/{_A}latin") if run is not None else None
    return scheme_of(font.get("typeface")) if font is not None else None


def _lines(root: _Element) -> list[str]:
    lines = []
    for paragraph in root.iter(f"{_A}p"):
        parts = []
        for element in paragraph.iter(f"{_A}t", f"{_A}br"):
            parts.append(mark(element.text or "", _scheme(element)) if element.tag == f"{_A}t" else "\n")
        if line := "".join(parts).strip():
            lines.append(line)
    return lines
