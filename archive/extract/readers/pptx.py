"""Presentations: the text of each slide, then its notes."""

from __future__ import annotations

import re
from pathlib import Path

from lxml.etree import _Element

from archive.extract import safe_xml
from archive.extract.limits import Limits
from archive.extract.outcome import Reading, tidy
from archive.extract.package import Package

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
            pages.append(tidy("\n".join(lines)))
    return Reading(pages, ["pages_truncated"] if len(numbered) > limits.pages else [])


def _notes(package: Package, slide: str) -> list[str]:
    relations = slide.replace("slides/", "slides/_rels/") + ".rels"
    if relations not in package.names:
        return []
    for relation in safe_xml.parse(package.read(relations)):
        target = "ppt/" + relation.get("Target", "").removeprefix("../").removeprefix("/ppt/")
        if relation.get("Type", "").endswith(_NOTES) and target in package.names:
            return _lines(safe_xml.parse(package.read(target)))
    return []


def _lines(root: _Element) -> list[str]:
    lines = []
    for paragraph in root.iter(f"{_A}p"):
        parts = []
        for element in paragraph.iter(f"{_A}t", f"{_A}br"):
            parts.append(element.text or "" if element.tag == f"{_A}t" else "\n")
        if line := "".join(parts).strip():
            lines.append(line)
    return lines
