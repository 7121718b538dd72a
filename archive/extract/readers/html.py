"""HTML as text: what a browser would show, without running or fetching anything."""

from __future__ import annotations

import codecs
import re
from html.parser import HTMLParser
from pathlib import Path

from archive.extract import encoding
from archive.extract.legacy import settle
from archive.extract.limits import Limits
from archive.extract.outcome import Reading, tidy
from archive.extract.readers import text as plain

_HIDDEN = frozenset({"script", "style", "template", "noscript", "svg", "head"})
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
        "section",
        "table",
        "tr",
        "ul",
        "title",
    ]
)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)


def read(path: Path, limits: Limits, folder: Path, ocr_pages: int) -> Reading:
    """The text of an HTML page as one page."""
    text, warnings = _decode(plain.load(path, limits))
    settled, more = settle(shown(text))
    page = tidy(settled)
    return Reading([page] if page else [], warnings + more)


def shown(page: str) -> str:
    """What a browser would show of HTML; runs in old fonts still carry their signs."""
    collector = _Collector()
    collector.feed(page)
    collector.close()
    return collector.text()


def _decode(content: bytes) -> tuple[str, list[str]]:
    declared = _CHARSET.search(content[:2048])
    if declared and not content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = declared.group(1).decode("ascii")
        try:
            if codecs.lookup(name).name not in ("utf-8", "utf-16", "utf-32") and codecs.lookup(name)._is_text_encoding:
                return content.decode(name, "replace"), []
        except LookupError:
            pass  # a name nobody knows: find out from the bytes
    return encoding.decode(content)


class _Collector(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._hidden: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._hidden is None and tag in _HIDDEN:
            self._hidden = tag
        if tag == "body" and self._hidden == "head":
            self._hidden = None  # a page that never closed its head
        if tag in _BLOCKS:
            self._parts.append("\n")
        elif tag in ("td", "th"):
            self._parts.append("\t")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = None
        if tag in _BLOCKS and tag not in _VOID:
            self._parts.append("\n")

    def handle_data(self, data: str) -> None:
        if self._hidden is None:
            self._parts.append(re.sub(r"[ \t\r\n\f]+", " ", data))

    def text(self) -> str:
        """All that was collected, with the spaces at line ends a browser would not show removed."""
        lines = (line.strip() for line in "".join(self._parts).split("\n"))
        return "\n".join(line for line in lines if line)
