"""Which pre-Unicode encoding a run of a Word document is in: its own font, else its styles', else the default."""

from __future__ import annotations

from lxml.etree import _Element

from archive.extract.legacy.decoding import Scheme, scheme_of
from archive.extract.word.numbering import W

_MOST_PARENTS = 30


class Fonts:
    """The fonts of one document's styles."""

    def __init__(self, styles: _Element | None) -> None:
        """From the root of styles.xml, which may be absent."""
        self._own: dict[str, str | None] = {}
        self._parents: dict[str, str] = {}
        self._default_style = ""
        self._default: str | None = None
        if styles is None:
            return
        self._default = _font(styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))
        for style in styles.iterfind(f"{W}style"):
            identity = style.get(f"{W}styleId", "")
            self._own[identity] = _font(style.find(f"{W}rPr"))
            parent = style.find(f"{W}basedOn")
            if parent is not None:
                self._parents[identity] = parent.get(f"{W}val", "")
            if style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in ("1", "true", "on"):
                self._default_style = identity

    def of_paragraph(self, properties: _Element | None) -> str | None:
        """The font a paragraph's style gives its runs."""
        chosen = properties.find(f"{W}pStyle") if properties is not None else None
        identity = chosen.get(f"{W}val", "") if chosen is not None else self._default_style
        return self._of_style(identity) or self._default

    def of_run(self, properties: _Element | None, paragraph: str | None) -> Scheme | None:
        """The encoding of a run with these properties in a paragraph whose style gives it the font `paragraph`."""
        if properties is None:
            return scheme_of(paragraph)
        own = _font(properties)
        if own is None:
            chosen = properties.find(f"{W}rStyle")
            own = self._of_style(chosen.get(f"{W}val", "")) if chosen is not None else None
        return scheme_of(own or paragraph)

    def _of_style(self, identity: str) -> str | None:
        for _ in range(_MOST_PARENTS):  # a chain may run in a circle
            if found := self._own.get(identity):
                return found
            if identity not in self._parents:
                break
            identity = self._parents[identity]
        return None


def _font(properties: _Element | None) -> str | None:
    fonts = properties.find(f"{W}rFonts") if properties is not None else None
    if fonts is None:
        return None
    # Letters with marks are shown in the second of these; a theme's font is never a legacy one.
    for name in ("hAnsi", "ascii"):
        if fonts.get(f"{W}{name}Theme") is not None:
            return "theme"
        if found := fonts.get(f"{W}{name}"):
            return str(found)
    return None
