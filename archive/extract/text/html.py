"""HTML as text: what a browser would show, without running or fetching anything."""

from __future__ import annotations

import codecs
import re
from html.parser import HTMLParser
from pathlib import Path

from archive.extract.legacy.decoding import Scheme, mark, scheme_of, settle
from archive.extract.outcome import Reading, tidy
from archive.extract.process.limits import Limits
from archive.extract.text import encoding, plain

_HIDDEN = frozenset({"script", "style", "template", "noscript", "svg", "head"})
_BLOCKS = frozenset(
    "address article aside blockquote br dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li "
    "main nav ol option p pre section table tr ul title".split()
)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
_STYLE = re.compile(r"<style[^>]{0,200}>(.*?)</style", re.IGNORECASE | re.DOTALL)
_RULE = re.compile(r"([^{}@]{1,2000})\{([^{}]{0,4000})\}")
_FAMILY = re.compile(r"font-family\s*:\s*([^;}]{1,300})", re.IGNORECASE)
_SHEETS = 500_000
_DEEPEST = 1000
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)


def read(path: Path, limits: Limits, folder: Path, ocr_pages: int) -> Reading:
    """The text of an HTML page as one page."""
    text, warnings = decode(plain.load(path, limits))
    settled, more = settle(shown(text))
    page = tidy(settled)
    return Reading([page] if page else [], warnings + more)


def shown(page: str) -> str:
    """What a browser would show of HTML; runs in old fonts still carry their signs."""
    collector = _Collector(_style_rules(page))
    collector.feed(page)
    collector.close()
    return collector.text()


def decode(content: bytes) -> tuple[str, list[str]]:
    """The text of a page by the encoding it names, else by its bytes; and warnings."""
    declared = _CHARSET.search(content[:2048])
    if declared and not content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = declared.group(1).decode("ascii")
        try:
            if codecs.lookup(name).name not in ("utf-8", "utf-16", "utf-32") and codecs.lookup(name)._is_text_encoding:
                return content.decode(name, "replace"), []
        except LookupError:
            pass  # a name nobody knows: find out from the bytes
    return encoding.decode(content)


def _style_rules(page: str) -> dict[str, Scheme | None]:
    """The encodings of classes (".name") and tags whose font a style sheet of the page names."""
    rules: dict[str, Scheme | None] = {}
    for sheet in _STYLE.findall(page[:_SHEETS]):
        for selectors, declarations in _RULE.findall(sheet):
            if family := _FAMILY.search(declarations):
                scheme = scheme_of(_first_font(family.group(1)))
                for selector in selectors.split(",")[:50]:
                    tag, dot, name = selector.strip().partition(".")
                    rules[f".{name}" if dot else tag.lower()] = scheme
    return rules


def _first_font(family: str) -> str:
    return family.replace("&quot;", '"').split(",")[0].strip(" \"'")


class _Collector(HTMLParser):
    def __init__(self, rules: dict[str, Scheme | None]) -> None:
        super().__init__(convert_charrefs=True)
        self._rules = rules
        self._open: list[tuple[str, Scheme | None]] = []
        self._parts: list[str] = []
        self._hidden: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._hidden is None and tag in _HIDDEN:
            self._hidden = tag
        if tag == "body" and self._hidden == "head":
            self._hidden = None  # a page that never closed its head
        if tag not in _VOID and len(self._open) < _DEEPEST:
            self._open.append((tag, self._scheme(tag, attrs)))
        if tag in _BLOCKS:
            self._parts.append("\n")
        elif tag in ("td", "th"):
            self._parts.append("\t")

    def _scheme(self, tag: str, attrs: list[tuple[str, str | None]]) -> Scheme | None:
        """The encoding inside a tag, by its own font, its class's or its kind's, else as outside."""
        known = {name: value or "" for name, value in attrs}
        if family := _FAMILY.search(known.get("style", "")):
            return scheme_of(_first_font(family.group(1)))
        if tag == "font" and known.get("face"):
            return scheme_of(_first_font(known["face"]))
        for name in (*(f".{name}" for name in known.get("class", "").split()), tag):
            if name in self._rules:
                return self._rules[name]
        return self._open[-1][1] if self._open else None

    def handle_endtag(self, tag: str) -> None:
        for position in range(len(self._open) - 1, max(len(self._open) - 50, -1), -1):
            if self._open[position][0] == tag:
                del self._open[position:]
                break
        if tag == self._hidden:
            self._hidden = None
        if tag in _BLOCKS and tag not in _VOID:
            self._parts.append("\n")

    def handle_data(self, data: str) -> None:
        if self._hidden is None:
            scheme = self._open[-1][1] if self._open else None
            self._parts.append(mark(re.sub(r"[ \t\r\n\f]+", " ", data), scheme))

    def text(self) -> str:
        """All that was collected, with the spaces at line ends a browser would not show removed."""
        lines = (line.strip() for line in "".join(self._parts).split("\n"))
        return "\n".join(line for line in lines if line)
