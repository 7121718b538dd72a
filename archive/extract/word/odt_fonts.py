"""Which pre-Unicode encoding the text of an OpenDocument style is in."""

from __future__ import annotations

from lxml.etree import _Element

from archive.extract.legacy.decoding import Scheme, scheme_of

_NS = "urn:oasis:names:tc:opendocument:xmlns:"
_STYLE = f"{{{_NS}style:1.0}}"
_FO_FAMILY = f"{{{_NS}xsl-fo-compatible:1.0}}font-family"
_SVG_FAMILY = f"{{{_NS}svg-compatible:1.0}}font-family"
_MOST_PARENTS = 30


class Fonts:
    """The fonts of a document's styles, from the roots that define them."""

    def __init__(self, *roots: _Element | None) -> None:
        self._faces: dict[str, str] = {}
        self._own: dict[tuple[str, str], str] = {}
        self._parents: dict[tuple[str, str], str] = {}
        self._default: str | None = None
        present = [root for root in roots if root is not None]
        for root in present:
            for face in root.iter(f"{_STYLE}font-face"):
                self._faces[face.get(f"{_STYLE}name", "")] = face.get(_SVG_FAMILY, "")
        for root in present:
            for style in root.iter(f"{_STYLE}style"):
                key = (style.get(f"{_STYLE}family", ""), style.get(f"{_STYLE}name", ""))
                if font := self._font(style):
                    self._own[key] = font
                if parent := style.get(f"{_STYLE}parent-style-name"):
                    self._parents[key] = parent
            for style in root.iter(f"{_STYLE}default-style"):
                if style.get(f"{_STYLE}family") == "paragraph":
                    self._default = self._font(style) or self._default

    def of_paragraph(self, style: str | None) -> Scheme | None:
        """The encoding of what stands directly in a paragraph of this style."""
        return scheme_of(self._of_style("paragraph", style) or self._default)

    def of_span(self, style: str | None, around: Scheme | None) -> Scheme | None:
        """The encoding inside a span; the one around it when the span's style names no font."""
        font = self._of_style("text", style)
        return scheme_of(font) if font else around

    def _font(self, style: _Element) -> str | None:
        properties = style.find(f"{_STYLE}text-properties")
        if properties is None:
            return None
        named = properties.get(f"{_STYLE}font-name")
        return properties.get(_FO_FAMILY) or (self._faces.get(named) or named if named else None)

    def _of_style(self, family: str, name: str | None) -> str | None:
        for _ in range(_MOST_PARENTS):
            if name is None:
                break
            if font := self._own.get((family, name)):
                return font
            name = self._parents.get((family, name))
        return None
