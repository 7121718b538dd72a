"""Presentations: the text of each slide in the order they are shown, then its notes."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from lxml.etree import _Element

from archive.extract.containers.package import Package
from archive.extract.legacy.decoding import Scheme, mark, scheme_of, settle_all
from archive.extract.outcome import Reading, letters, tidy
from archive.extract.pictures import ocr
from archive.extract.process import safe_xml
from archive.extract.process.limits import Limits
from archive.extract.sheets_and_slides import slide_pictures

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_SLIDE = re.compile(r"ppt/slides/slide(\d+)\.xml")
_RELATION_ID = re.compile(r"\{http://[^}]*/relationships\}id")
_MAIN = "ppt/presentation.xml"
_OFF = ("0", "false", "off")
HIDDEN_SLIDE = "[Trang chiếu ẩn]"
_FEW_LETTERS = 60  # beside a picture of a page: its title


def read(path: Path, limits: Limits, folder: Path, ocr_pages: int) -> Reading:
    """One page per slide. Slides the presentation no longer shows are left out, hidden ones say so."""
    hidden = False
    with Package(path, limits) as package:
        names = _shown(package)
        pages: list[str] = []
        pictures: list[tuple[int, bytes]] = []
        for name in names[: limits.pages]:
            root = safe_xml.parse(package.read(name))
            lines = _lines(root) + _notes(package, name)
            if sum(map(letters, lines)) < _FEW_LETTERS:
                pictures += [(len(pages), content) for content in slide_pictures.of(package, name)]
            if root.get("show") in _OFF:
                lines, hidden = [HIDDEN_SLIDE, *lines], True
            pages.append("\n".join(lines))
    pages, warnings = settle_all(pages)
    warnings += ["pages_truncated"] if len(names) > limits.pages else []
    reading = Reading([tidy(page) for page in pages], warnings + (["hidden_content"] if hidden else []))
    images = slide_pictures.saved(pictures, limits, folder)
    if images and not ocr_pages and not ocr.available():
        reading.warnings.append("ocr_unavailable")
    elif images and not ocr_pages:
        reading.ocr_pages = len(images)
    elif images:
        slide_pictures.recognise(reading, images, limits, folder, ocr_pages)
    return reading


def _shown(package: Package) -> list[str]:
    """Names of the slides in order; by their own numbers where the presentation does not say."""
    relations = _relations(package, _MAIN)
    if _MAIN in package.names and relations:
        found = []
        for slide in safe_xml.parse(package.read(_MAIN)).iterfind("{*}sldIdLst/{*}sldId"):
            identity = next((value for key, value in slide.attrib.items() if _RELATION_ID.fullmatch(str(key))), "")
            _, target = relations.get(str(identity), ("", ""))
            if target in package.names:
                found.append(target)
        return list(dict.fromkeys(found))
    numbered = {int(match.group(1)): match.group() for name in package.names if (match := _SLIDE.fullmatch(name))}
    return [name for _, name in sorted(numbered.items())]


def _relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """(last word of the type, name of the part) of what a part refers to, by identity."""
    parent, name = posixpath.split(part)
    relations = posixpath.join(parent, "_rels", name + ".rels")
    if relations not in package.names:
        return {}
    return {
        relation.get("Id", ""): (
            relation.get("Type", "").rpartition("/")[2],
            posixpath.normpath(posixpath.join("/", parent, relation.get("Target", ""))).lstrip("/"),
        )
        for relation in safe_xml.parse(package.read(relations))
        if relation.get("TargetMode") != "External"
    }


def _notes(package: Package, slide: str) -> list[str]:
    for kind, target in _relations(package, slide).values():
        if kind == "notesSlide" and target in package.names:
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
