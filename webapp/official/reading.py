"""What a reader of a .docx sees: a run's letters and a paragraph's spaces after styles and defaults are applied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from docx.oxml.ns import qn


@dataclass(frozen=True, slots=True)
class Format:
    """Letters of a run; `fonts` holds the fonts of all four scripts, a theme's as `theme`."""

    fonts: set[str]
    size: float
    bold: bool
    italic: bool
    black: bool
    underlined: bool


@dataclass(frozen=True, slots=True)
class Spacing:
    """A paragraph's alignment (Word's word), lines as a multiple, spaces in points, first indent in millimetres."""

    align: str
    lines: float
    after_pt: float
    first_mm: float


def format_of(run: Any, paragraph: Any, document: Any) -> Format:
    levels = [run._r.rPr, *(style.find(qn("w:rPr")) for style in _styles(paragraph)), _default(document, "rPr")]
    size = _attribute(levels, "w:sz", "w:val")
    colour = _attribute(levels, "w:color", "w:val")
    return Format(
        fonts=_fonts(levels),
        size=int(size or 20) / 2,
        bold=_switch(levels, "w:b"),
        italic=_switch(levels, "w:i"),
        black=colour in (None, "auto", "000000"),
        underlined=(_attribute(levels, "w:u", "w:val") or "none") != "none",
    )


def spacing_of(paragraph: Any, document: Any) -> Spacing:
    levels = [paragraph._p.pPr, *(style.find(qn("w:pPr")) for style in _styles(paragraph)), _default(document, "pPr")]
    rule = _attribute(levels, "w:spacing", "w:lineRule") or "auto"
    line = int(_attribute(levels, "w:spacing", "w:line") or 240)
    return Spacing(
        align=_attribute(levels, "w:jc", "w:val") or "left",
        # An exact height in points is no multiple of the line: told as 0, which no rule allows.
        lines=line / 240 if rule == "auto" else 0,
        after_pt=int(_attribute(levels, "w:spacing", "w:after") or 0) / 20,
        first_mm=int(_attribute(levels, "w:ind", "w:firstLine") or 0) / 1440 * 25.4,
    )


def _styles(paragraph: Any) -> Iterator[Any]:
    style = paragraph.style
    while style is not None:
        yield style.element
        style = style.base_style


def _default(document: Any, kind: str) -> Any:
    root = document.styles.element
    return root.find(f"{qn('w:docDefaults')}/{qn(f'w:{kind}Default')}/{qn(f'w:{kind}')}")


def _attribute(levels: list[Any], tag: str, name: str) -> str | None:
    """The nearest level that states it."""
    for level in levels:
        found = level.find(qn(tag)) if level is not None else None
        if found is not None and found.get(qn(name)) is not None:
            return str(found.get(qn(name)))
    return None


def _switch(levels: list[Any], tag: str) -> bool:
    for level in levels:
        found = level.find(qn(tag)) if level is not None else None
        if found is not None:
            return found.get(qn("w:val")) not in ("0", "false", "off", "none")
    return False


def _fonts(levels: list[Any]) -> set[str]:
    fonts = set()
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        for level in levels:
            found = level.find(qn("w:rFonts")) if level is not None else None
            if found is None:
                continue
            if any(name.endswith("Theme") for name in found.attrib if script in name):
                fonts.add("theme")
                break
            if found.get(qn(f"w:{script}")):
                fonts.add(found.get(qn(f"w:{script}")))
                break
    return fonts
