"""OpenDocument texts: paragraphs, lists with their numbers, tables, notes, headers and footers."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from lxml.etree import _Element

from archive.extract.containers.package import Package
from archive.extract.legacy.decoding import Scheme, mark, settle, settle_all
from archive.extract.outcome import Reading, Refusal, split_pages, tidy
from archive.extract.process import safe_xml
from archive.extract.process.limits import Limits
from archive.extract.status import Status
from archive.extract.word.numerals import letter, roman
from archive.extract.word.odt_fonts import Fonts

_NS = "urn:oasis:names:tc:opendocument:xmlns:"
TEXT = f"{{{_NS}text:1.0}}"
TABLE = f"{{{_NS}table:1.0}}"
DRAW = f"{{{_NS}drawing:1.0}}"
STYLE = f"{{{_NS}style:1.0}}"
OFFICE = f"{{{_NS}office:1.0}}"
FO = f"{{{_NS}xsl-fo-compatible:1.0}}"
PRESENTATION = f"{{{_NS}presentation:1.0}}"
HIDDEN_TEXT = "[chữ ẩn] "
HIDDEN_SLIDE = "[Trang chiếu ẩn]"

_SKIPPED = frozenset(
    {f"{TEXT}{name}" for name in ("tracked-changes", "sequence-decls", "note-citation", "user-field-decls")}
    | {f"{OFFICE}{name}" for name in ("annotation", "annotation-end", "forms")}
)
_MOST_REPEATED = 1000
_NUMBER_FORMATS = ("1", "a", "A", "i", "I")


def read(path: Path, limits: Limits, folder: Path, ocr_pages: int) -> Reading:
    """Headers, body, notes, footers; parted into pages at explicit breaks only."""
    with Package(path, limits) as package:
        if "META-INF/manifest.xml" in package.names and b"encryption-data" in package.read("META-INF/manifest.xml"):
            raise Refusal(Status.ENCRYPTED, "OpenDocument with a password")
        content = package.read("content.xml")
        styles = package.read("styles.xml") if "styles.xml" in package.names else b""
    root = safe_xml.parse(content)
    style_root = safe_xml.parse(styles) if styles else None
    slides = root.find(f"{OFFICE}body/{OFFICE}presentation")
    if slides is not None:
        return _slides(slides, _Walker(root, style_root), _hidden_slides(root, style_root))
    body = root.find(f"{OFFICE}body/{OFFICE}text")
    if body is None:
        raise Refusal(Status.CORRUPT, "odt: no text body")
    walker = _Walker(root, style_root)
    lines = walker.blocks(body)
    headers = _page_parts(walker, style_root, "header")
    footers = _page_parts(walker, style_root, "footer")
    text, warnings = settle("\n".join([*headers, *lines, *walker.notes, *footers]))
    return Reading(split_pages(text), warnings + walker.warnings)


def _slides(slides: _Element, walker: _Walker, hidden: set[str]) -> Reading:
    texts = []
    for slide in slides.iterchildren(f"{DRAW}page"):
        lines = walker.blocks(slide)
        texts.append("\n".join([HIDDEN_SLIDE, *lines] if slide.get(f"{DRAW}style-name") in hidden else lines))
    pages, warnings = settle_all(texts)
    if any(text.startswith(HIDDEN_SLIDE) for text in texts):
        warnings.append("hidden_content")
    return Reading([tidy(page) for page in pages], warnings)


def _hidden_slides(*roots: _Element | None) -> set[str]:
    """Styles of slides that are passed over when the presentation is shown."""
    return {
        style.get(f"{STYLE}name", "")
        for root in roots
        if root is not None
        for style in root.iter(f"{STYLE}style")
        if any(child.get(f"{PRESENTATION}visibility") == "hidden" for child in style)
    }


@dataclass
class _ListLevel:
    form: str = ""
    prefix: str = ""
    suffix: str = ""
    start: int = 1
    shown: int = 1
    bullet: str = ""


@dataclass
class _List:
    """An open list: its style and one counter per level."""

    style: str
    counters: list[int | None] = field(default_factory=lambda: [None] * 10)


class _Walker:
    def __init__(self, *roots: _Element | None) -> None:
        self.notes: list[str] = []
        self.warnings: list[str] = []
        self._unseen: set[str] = set()  # styles whose letters are not shown
        self._breaks: dict[str, tuple[bool, bool]] = {}
        self._levels: dict[str, dict[int, _ListLevel]] = {}
        self._finished: dict[str, _List] = {}
        self._fonts = Fonts(*roots)
        for root in roots:
            if root is not None:
                self._read_styles(root)

    def blocks(self, parent: _Element) -> list[str]:
        """Lines of all paragraphs, lists and tables below an element."""
        lines: list[str] = []
        for child in parent:
            if child.tag in _SKIPPED:
                continue
            if child.tag in (f"{TEXT}p", f"{TEXT}h"):
                lines.append(self._paragraph(child))
            elif child.tag == f"{TEXT}list":
                lines += self._list(child, None, 0)
            elif child.tag == f"{TABLE}table":
                lines += self._table(child)
            else:
                lines += self.blocks(child)
        return lines

    def _paragraph(self, paragraph: _Element, label: str = "") -> str:
        parts: list[str] = []
        boxes: list[str] = []
        scheme = self._fonts.of_paragraph(paragraph.get(f"{TEXT}style-name"))
        self._inline(paragraph, parts, boxes, scheme)
        label = mark(label, scheme)
        before, after = self._breaks.get(paragraph.get(f"{TEXT}style-name", ""), (False, False))
        text = ("\f" if before else "") + label + "".join(parts) + ("\f" if after else "")
        return "\n".join([text, *boxes])

    def _inline(self, element: _Element, parts: list[str], boxes: list[str], scheme: Scheme | None) -> None:
        # Line ends in the file are spaces; only the marks below break a line.
        parts.append(mark(" ".join((element.text or "").split("\n")), scheme))
        for child in element:
            tag = child.tag
            if tag == f"{TEXT}s":
                parts.append(" " * min(_integer(child.get(f"{TEXT}c"), 1), _MOST_REPEATED))
            elif tag == f"{TEXT}tab":
                parts.append("\t")
            elif tag == f"{TEXT}line-break":
                parts.append("\n")
            elif tag == f"{TEXT}note":
                body = child.find(f"{TEXT}note-body")
                if body is not None:
                    self.notes += self.blocks(body)
            elif tag.endswith("}text-box"):
                boxes += self.blocks(child)
            elif tag == f"{TEXT}soft-page-break":
                parts.append("\f")
            elif tag == f"{TEXT}span" and child.get(f"{TEXT}style-name") in self._unseen:
                unseen: list[str] = []
                self._inline(child, unseen, [], self._fonts.of_span(child.get(f"{TEXT}style-name"), scheme))
                if text := "".join(unseen).strip():
                    boxes.append(HIDDEN_TEXT + text)
                    self.warnings = ["hidden_content"]
            elif tag not in _SKIPPED:
                self._inline(child, parts, boxes, self._fonts.of_span(child.get(f"{TEXT}style-name"), scheme))
            parts.append(mark(" ".join((child.tail or "").split("\n")), scheme))

    # Tables

    def _table(self, table: _Element) -> list[str]:
        lines: list[str] = []
        for row in table.iter(f"{TABLE}table-row"):
            if _table_of(row) is not table:
                continue
            cells: list[list[str]] = []
            for cell in row.iterchildren(f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
                cells.append([line for line in self.blocks(cell) if line.strip()])
            if all(len(cell) <= 1 and "\n" not in "".join(cell) for cell in cells):
                lines.append("\t".join("".join(cell) for cell in cells).rstrip("\t"))
            else:
                lines += [line for cell in cells for line in cell]
        return lines

    # Lists

    def _list(self, element: _Element, outer: _List | None, depth: int) -> list[str]:
        style = element.get(f"{TEXT}style-name") or (outer.style if outer else "")
        if outer is not None and style == outer.style:
            state = outer
            state.counters[min(depth, 9)] = None
        elif depth == 0 and element.get(f"{TEXT}continue-numbering") == "true" and style in self._finished:
            state = self._finished[style]
        elif depth == 0 and element.get(f"{TEXT}continue-list") in self._finished:
            state = self._finished[element.get(f"{TEXT}continue-list", "")]
        else:
            state = _List(style)
        lines: list[str] = []
        for item in element:
            if item.tag == f"{TEXT}list-item":
                lines += self._item(item, state, depth)
            elif item.tag == f"{TEXT}list-header":
                lines += self.blocks(item)
        if depth == 0:
            self._finished[style] = state
            identity = element.get("{http://www.w3.org/XML/1998/namespace}id")
            if identity:
                self._finished[identity] = state
        return lines

    def _item(self, item: _Element, state: _List, depth: int) -> list[str]:
        lines: list[str] = []
        label: str | None = None
        for child in item:
            if child.tag in (f"{TEXT}p", f"{TEXT}h"):
                if label is None:
                    label = self._label(state, min(depth, 9), item.get(f"{TEXT}start-value"))
                    lines.append(self._paragraph(child, label))
                else:
                    lines.append(self._paragraph(child))
            elif child.tag == f"{TEXT}list":
                lines += self._list(child, state, depth + 1)
            elif child.tag not in _SKIPPED:
                lines += self.blocks(child)
        return lines

    def _label(self, state: _List, depth: int, start: str | None) -> str:
        levels = self._levels.get(state.style, {})
        level = levels.get(depth)
        if level is None:
            return ""
        current = state.counters[depth]
        fresh = level.start if current is None else current + 1
        state.counters[depth] = _integer(start, fresh)
        if level.bullet:
            return level.bullet + " "
        if level.form not in _NUMBER_FORMATS:
            return ""
        shown = []
        for index in range(max(depth - level.shown + 1, 0), depth + 1):
            other = levels.get(index, level)
            value = state.counters[index]
            shown.append(_written(other.start if value is None else value, other.form))
        return level.prefix + ".".join(shown) + level.suffix + " "

    # Styles

    def _read_styles(self, root: _Element) -> None:
        for style in root.iter(f"{STYLE}style"):
            letters = style.find(f"{STYLE}text-properties")
            if letters is not None and letters.get(f"{TEXT}display") == "none":
                self._unseen.add(style.get(f"{STYLE}name", ""))
            properties = style.find(f"{STYLE}paragraph-properties")
            if properties is not None:
                self._breaks[style.get(f"{STYLE}name", "")] = (
                    properties.get(f"{FO}break-before") == "page",
                    properties.get(f"{FO}break-after") == "page",
                )
        for style in root.iter(f"{TEXT}list-style"):
            levels = self._levels.setdefault(style.get(f"{STYLE}name", ""), {})
            for element in style:
                depth = _integer(element.get(f"{TEXT}level"), 1) - 1
                levels[depth] = _ListLevel(
                    form=element.get(f"{STYLE}num-format", ""),
                    prefix=element.get(f"{STYLE}num-prefix", ""),
                    suffix=element.get(f"{STYLE}num-suffix", ""),
                    start=_integer(element.get(f"{TEXT}start-value"), 1),
                    shown=_integer(element.get(f"{TEXT}display-levels"), 1),
                    bullet=_bullet(element),
                )


def _bullet(element: _Element) -> str:
    sign = element.get(f"{TEXT}bullet-char", "")
    return "•" if sign and "\ue000" <= sign[0] <= "\uf8ff" else sign


def _table_of(row: _Element) -> _Element | None:
    parent = row.getparent()
    while parent is not None and parent.tag != f"{TABLE}table":
        parent = parent.getparent()
    return parent


def _page_parts(walker: _Walker, root: _Element | None, kind: str) -> list[str]:
    texts: dict[str, None] = {}
    if root is not None:
        for element in root.iter(f"{STYLE}{kind}", f"{STYLE}{kind}-first", f"{STYLE}{kind}-left"):
            text = "\n".join(walker.blocks(element)).strip()
            if any(map(str.isalpha, text)):  # not the page's number alone
                texts[text] = None
    return list(texts)


def _integer(text: str | None, otherwise: int) -> int:
    try:
        return int(text) if text is not None else otherwise
    except ValueError:
        return otherwise


def _written(number: int, form: str) -> str:
    if form == "I":
        return roman(number)
    if form == "i":
        return roman(number).lower()
    if form == "A":
        return letter(number).upper()
    if form == "a":
        return letter(number)
    return str(number)
