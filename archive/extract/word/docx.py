"""Word documents: every paragraph, table, text box, note and header, with the numbers Word would show.

The XML is walked directly: libraries that list "paragraphs" lose tables, and with them the number and the
signature of an administrative document.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Protocol

from lxml.etree import _Element

from archive.extract.containers.package import Package
from archive.extract.legacy.decoding import Scheme, mark, scheme_of, settle
from archive.extract.legacy.tables import read_as_1252
from archive.extract.outcome import Reading, Refusal, split_pages
from archive.extract.process import safe_xml
from archive.extract.process.limits import Limits
from archive.extract.status import Status
from archive.extract.word import chunks
from archive.extract.word.docx_fonts import Fonts
from archive.extract.word.numbering import Numbering, W

_REL = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_OLE_OBJECT = "{urn:schemas-microsoft-com:office:office}OLEObject"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
PLAIN = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
# Deleted, moved away, alternatives to what is shown, and settings.
_SKIPPED = frozenset(
    {f"{W}{name}" for name in ("del", "moveFrom", "delText", "instrText", "rPr", "tblPr", "tblGrid", "trPr", "tcPr")}
    | {_FALLBACK}
)
_MARKS = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
}
_OFF = ("0", "false", "off")
# Where Word last began a page. It says so beside explicit breaks too, hence a sign of its own until the end.
_RENDERED = "\U000f7010"
_PAGE_ENDS = re.compile(f"[\n\f{_RENDERED}]+")
HIDDEN_TEXT = "[chữ ẩn] "
_BROKEN_TWICE = re.compile(f"\f(?:\\s*{_RENDERED})+")


def read(path: Path, limits: Limits, folder: Path, ocr_pages: int) -> Reading:
    """Headers, body, notes, footers; parted into pages at explicit breaks only."""
    with Package(path, limits) as package:
        main = _main_part(package)
        related = _related(package, main)
        root = _parse(package.read(main))
        numbering = _first(package, related, "numbering")
        styles = _first(package, related, "styles")
        fonts = Fonts(styles)
        walker = Walker(Numbering(numbering, styles), fonts, styles)
        walker.chunks = chunks.of(package, main, limits, folder)
        body = walker.text(root)
        headers = _others(package, related, fonts, "header")
        after = _others(package, related, fonts, "footnotes", "endnotes", "footer")
    text, warnings = settle(paged("\n".join([*headers, body, *after])))
    return Reading(split_pages(text), warnings + walker.warnings)


class Labels(Protocol):
    """Whoever knows the numbers of lists; asked for paragraph after paragraph."""

    def label(self, properties: _Element | None) -> str:
        """What is shown before the paragraph with these properties, or ""."""


class Walker:
    """Text of one part; text boxes follow the paragraph they hang on."""

    def __init__(self, numbering: Labels, fonts: Fonts, styles: _Element | None = None) -> None:
        self._numbering = numbering
        self._fonts = fonts
        self._hidden_styles = _hidden_styles(styles)
        self.warnings: list[str] = []
        self.chunks: dict[str, list[str]] = {}  # files that belong into the text, by relation

    def text(self, root: _Element) -> str:
        """All blocks under the part's root, one paragraph a line."""
        return "\n".join(self._blocks(root))

    def _blocks(self, parent: _Element) -> list[str]:
        lines: list[str] = []
        for child in parent:
            if child.tag in _SKIPPED:
                continue
            if child.tag == f"{W}p":
                lines.append(self._paragraph(child))
            elif child.tag == f"{W}tbl":
                lines += self._table(child)
            elif child.tag in (f"{W}footnote", f"{W}endnote"):
                if child.get(f"{W}type") is None:  # the others are the lines that part notes from the text
                    lines += self._blocks(child)
            elif child.tag == f"{W}altChunk":
                lines += self.chunks.get(child.get(_RELATION_ID, ""), [])
            elif child.tag not in (f"{W}sectPr", f"{W}pPr"):
                lines += self._blocks(child)  # w:body, w:sdt, w:sdtContent, w:ins, smart tags, …
        return lines

    def _paragraph(self, paragraph: _Element) -> str:
        properties = paragraph.find(f"{W}pPr")
        parts: list[str] = []
        boxes: list[str] = []
        font = self._fonts.of_paragraph(properties)
        self._inline(paragraph, parts, boxes, font, scheme_of(font))
        label = mark(self._numbering.label(properties), scheme_of(font))
        text = "".join(parts)
        # Breaks before the first word come before the number, as on paper.
        words = text.lstrip("\n\f" + _RENDERED)
        text = text[: len(text) - len(words)] + label + words
        if properties is not None:
            before = properties.find(f"{W}pageBreakBefore")
            if before is not None and before.get(f"{W}val") not in _OFF:
                text = "\f" + text
            section = properties.find(f"{W}sectPr")
            if section is not None and _starts_page(section):
                text += "\f"
        return "\n".join([text, *boxes])

    def _inline(
        self, parent: _Element, parts: list[str], boxes: list[str], font: str | None, scheme: Scheme | None
    ) -> None:
        for child in parent:
            tag = child.tag
            if tag == f"{W}t":
                parts.append(mark(child.text or "", scheme))
            elif tag in _MARKS:
                parts.append(_MARKS[tag])
            elif tag == f"{W}softHyphen":
                # Its code is a letter in the old fonts; elsewhere it is not seen.
                parts.append(mark("\u00ad", scheme))
            elif tag == f"{W}br":
                parts.append("\f" if child.get(f"{W}type") == "page" else "\n")
            elif tag == f"{W}lastRenderedPageBreak":
                parts.append(_RENDERED)
            elif tag == _OLE_OBJECT:
                # A table of another program is not read; that it is there is said.
                parts.append(f"[{child.get('ProgID')}]" if child.get("ProgID") else "")
            elif tag == f"{W}sym":
                parts.append(_symbol(child))
            elif tag == f"{W}txbxContent":
                boxes += self._blocks(child)
            elif tag in _SKIPPED or tag == f"{W}pPr":
                continue
            elif tag == f"{W}r" and self._is_hidden(child):
                unseen: list[str] = []
                self._inline(child, unseen, [], font, self._fonts.of_run(child.find(f"{W}rPr"), font))
                self._add_hidden("".join(unseen), boxes)
            elif tag == f"{W}r":
                self._inline(child, parts, boxes, font, self._fonts.of_run(child.find(f"{W}rPr"), font))
            else:
                self._inline(child, parts, boxes, font, scheme)

    def _is_hidden(self, run: _Element) -> bool:
        properties = run.find(f"{W}rPr")
        if properties is None:
            return False
        if properties.find(f"{W}vanish") is not None:
            return _vanishes(properties)
        style = properties.find(f"{W}rStyle")
        return style is not None and style.get(f"{W}val") in self._hidden_styles

    def _add_hidden(self, text: str, boxes: list[str]) -> None:
        """Found by a search, but never taken for what the paper shows: a line of its own after the paragraph."""
        text = _PAGE_ENDS.sub("", text)
        if not text.strip():
            return
        self.warnings = ["hidden_content"]
        if boxes and boxes[-1].startswith(HIDDEN_TEXT):
            boxes[-1] += text
        else:
            boxes.append(HIDDEN_TEXT + text)

    def _table(self, table: _Element) -> list[str]:
        lines: list[str] = []
        for row in _held(table, f"{W}tr"):
            cells = [[line for line in self._blocks(cell) if line.strip()] for cell in _held(row, f"{W}tc")]
            _break_once(cells)
            if all(len(cell) <= 1 and "\n" not in "".join(cell) for cell in cells):
                # A row of short cells stays a row; blocks of several lines follow each other.
                lines.append("\t".join("".join(cell).strip() for cell in cells).rstrip("\t"))
            else:
                lines += [line for cell in cells for line in cell]
        return lines


def paged(text: str) -> str:
    """Rendered breaks become page breaks, but not where an explicit one stands before them already."""
    return _BROKEN_TWICE.sub("\f", text).replace(_RENDERED, "\f")


def _break_once(cells: list[list[str]]) -> None:
    """A row that goes on over a page says so in each of its cells; one of them is enough."""
    counts = [sum(line.count(_RENDERED) for line in cell) for cell in cells]
    for index, cell in enumerate(cells):
        if index != counts.index(max(counts)):
            cell[:] = [line.replace(_RENDERED, "") for line in cell]


def _held(parent: _Element, tag: str) -> list[_Element]:
    """Rows of a table or cells of a row, those inside content controls and insertions included."""
    found: list[_Element] = []
    for child in parent:
        if child.tag == tag:
            found.append(child)
        elif child.tag not in _SKIPPED and child.tag not in (f"{W}tbl", f"{W}p"):
            found += _held(child, tag)
    return found


def _symbol(element: _Element) -> str:
    try:
        code = int(element.get(f"{W}char", ""), 16)
    except ValueError:
        return ""
    if 0xF000 <= code <= 0xF0FF and (scheme := scheme_of(element.get(f"{W}font"))) is not None:
        return mark(read_as_1252(bytes([code - 0xF000])), scheme)
    # Symbol fonts live in the private area, where the letter says nothing without the font.
    return "" if 0xE000 <= code <= 0xF8FF or not 0x20 <= code < 0x11_0000 else chr(code)


def _vanishes(properties: _Element | None) -> bool:
    hidden = properties.find(f"{W}vanish") if properties is not None else None
    return hidden is not None and hidden.get(f"{W}val") not in _OFF


def _hidden_styles(styles: _Element | None) -> frozenset[str]:
    """Character styles whose letters are not shown."""
    if styles is None:
        return frozenset()
    return frozenset(
        style.get(f"{W}styleId", "")
        for style in styles.iterfind(f"{W}style")
        if style.get(f"{W}type") == "character" and _vanishes(style.find(f"{W}rPr"))
    )


def _starts_page(section: _Element) -> bool:
    kind = section.find(f"{W}type")
    return kind is None or kind.get(f"{W}val") != "continuous"


# Parts


def _parse(content: bytes) -> _Element:
    # "Strict" files use other names for the same elements.
    return safe_xml.parse(content.replace(_STRICT, PLAIN))


def _main_part(package: Package) -> str:
    if "_rels/.rels" in package.names:
        for relation in safe_xml.parse(package.read("_rels/.rels")).iter(_REL):
            if relation.get("Type", "").endswith("/officeDocument"):
                name = posixpath.normpath(relation.get("Target", "")).lstrip("/")
                if name in package.names:
                    return name
    if "word/document.xml" not in package.names:
        raise Refusal(Status.CORRUPT, "docx: no main part")
    return "word/document.xml"


def _related(package: Package, main: str) -> dict[str, list[str]]:
    """Names of the parts the main part refers to, by the last word of the relation's type."""
    folder, name = posixpath.split(main)
    relations = posixpath.join(folder, "_rels", name + ".rels")
    found: dict[str, list[str]] = {}
    if relations in package.names:
        for relation in safe_xml.parse(package.read(relations)).iter(_REL):
            if relation.get("TargetMode") == "External":
                continue
            target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/")
            # Looked up among the entries, so a target that climbs out simply is not there.
            if target in package.names:
                found.setdefault(relation.get("Type", "").rpartition("/")[2], []).append(target)
    return found


def _first(package: Package, related: dict[str, list[str]], kind: str) -> _Element | None:
    names = related.get(kind)
    return _parse(package.read(names[0])) if names else None


def _others(package: Package, related: dict[str, list[str]], fonts: Fonts, *kinds: str) -> list[str]:
    """Text of the parts of these kinds, each different text once."""
    texts: dict[str, None] = {}
    for kind in kinds:
        for name in related.get(kind, ()):
            text = Walker(Numbering(None, None), fonts).text(_parse(package.read(name))).strip()
            if any(map(str.isalpha, text)):  # a header of nothing but the page's number says nothing
                texts[text] = None
    return list(texts)
