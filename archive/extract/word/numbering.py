"""Automatic numbering of Word documents, counted as Word counts it.

Vietnamese plans carry their "II.", "3.", "a)" in the numbering, not in the text: without this a criterion
loses its code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml.etree import _Element

from archive.extract.word.numerals import letter, roman

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")
_BULLET = "•"


@dataclass
class _Level:
    start: int = 1
    format: str = "decimal"
    text: str = ""
    restart: int | None = None  # restarts after a paragraph of a level up to this one; 0: never
    legal: bool = False
    suffix: str = " "


@dataclass
class _Instance:
    abstract: str
    starts: dict[int, int] = field(default_factory=dict)
    levels: dict[int, _Level] = field(default_factory=dict)


class Numbering:
    """The lists of one document, with their counters; paragraphs must be asked for in order."""

    def __init__(self, numbering: _Element | None, styles: _Element | None) -> None:
        """From the roots of numbering.xml and styles.xml; either may be absent."""
        self._abstracts: dict[str, dict[int, _Level]] = {}
        self._instances: dict[str, _Instance] = {}
        self._style_levels: dict[str, int] = {}
        self._styles: dict[str, tuple[str | None, int | None, str | None]] = {}
        self._default_style: str | None = None
        self._counters: dict[str, list[int | None]] = {}
        self._started: set[tuple[str, int]] = set()
        if numbering is not None:
            self._read_numbering(numbering)
        if styles is not None:
            self._read_styles(styles)

    def label(self, properties: _Element | None) -> str:
        """What the document shows before the paragraph with these properties ("II. ", "a) "), or ""."""
        reference = self._reference(properties)
        if reference is None:
            return ""
        number, depth = reference
        instance = self._instances.get(number)
        if instance is None or not 0 <= depth < _LEVELS:
            return ""
        levels = {**self._abstracts.get(instance.abstract, {}), **instance.levels}
        level = levels.get(depth)
        if level is None:
            return ""
        self._advance(number, instance, levels, depth)
        return self._shown(instance, levels, depth)

    def _advance(self, number: str, instance: _Instance, levels: dict[int, _Level], depth: int) -> None:
        counters = self._counters.setdefault(instance.abstract, [None] * _LEVELS)
        if (number, depth) not in self._started:
            self._started.add((number, depth))
            if depth in instance.starts:
                counters[depth] = None
        start = instance.starts.get(depth, levels[depth].start)
        current = counters[depth]
        counters[depth] = start if current is None else current + 1
        for deeper in range(depth + 1, _LEVELS):
            restart = levels[deeper].restart if deeper in levels else None
            if restart is None or depth < restart:
                counters[deeper] = None

    def _shown(self, instance: _Instance, levels: dict[int, _Level], depth: int) -> str:
        level = levels[depth]
        if level.format == "none":
            return ""
        if level.format == "bullet":
            sign = level.text.strip()
            # Symbol fonts keep their bullets where other fonts have nothing to show.
            plain = sign and not any("\ue000" <= mark <= "\uf8ff" for mark in sign)
            return (sign if plain else _BULLET) + level.suffix
        counters = self._counters[instance.abstract]

        def place(match: re.Match[str]) -> str:
            index = int(match.group(1)) - 1
            other = levels.get(index, _Level())
            value = counters[index]
            if value is None:
                value = instance.starts.get(index, other.start)
            return _written(value, "decimal" if level.legal and index != depth else other.format)

        text = _PLACE.sub(place, level.text)
        return text + level.suffix if text else ""

    # Reading the parts

    def _reference(self, properties: _Element | None) -> tuple[str, int] | None:
        number: str | None = None
        depth: int | None = None
        style = self._default_style
        if properties is not None:
            chosen = properties.find(f"{W}pStyle")
            style = chosen.get(f"{W}val") if chosen is not None else style
            number, depth = _number_properties(properties)
        seen: set[str] = set()
        wanted = style
        while (number is None or depth is None) and wanted is not None and wanted not in seen:
            seen.add(wanted)
            style_number, style_depth, parent = self._styles.get(wanted, (None, None, None))
            if number is None and style_number is not None:
                number = style_number
                if depth is None and style_depth is None:
                    style_depth = self._style_levels.get(wanted)
            if depth is None:
                depth = style_depth
            wanted = parent
        if number is None or number == "0":
            return None
        return number, depth or 0

    def _read_numbering(self, root: _Element) -> None:
        # A list style's levels stand in one definition; the others only refer to it.
        defined: dict[str, str] = {}
        borrowed: dict[str, str] = {}
        for abstract in root.iterfind(f"{W}abstractNum"):
            identity = abstract.get(f"{W}abstractNumId", "")
            levels = self._abstracts.setdefault(identity, {})
            for name, names in (("styleLink", defined), ("numStyleLink", borrowed)):
                link = abstract.find(f"{W}{name}")
                if link is not None:
                    names[link.get(f"{W}val", "")] = identity
            for element in abstract.iterfind(f"{W}lvl"):
                depth = _integer(element.get(f"{W}ilvl"), 0)
                levels[depth] = _level(element)
                style = element.find(f"{W}pStyle")
                if style is not None:
                    self._style_levels[style.get(f"{W}val", "")] = depth
        for style_name, identity in borrowed.items():
            if style_name in defined:
                self._abstracts[identity] = self._abstracts[defined[style_name]]
        for element in root.iterfind(f"{W}num"):
            target = element.find(f"{W}abstractNumId")
            if target is None:
                continue
            instance = _Instance(target.get(f"{W}val", ""))
            for override in element.iterfind(f"{W}lvlOverride"):
                depth = _integer(override.get(f"{W}ilvl"), 0)
                start = override.find(f"{W}startOverride")
                if start is not None:
                    instance.starts[depth] = _integer(start.get(f"{W}val"), 1)
                replaced = override.find(f"{W}lvl")
                if replaced is not None:
                    instance.levels[depth] = _level(replaced)
            self._instances[element.get(f"{W}numId", "")] = instance

    def _read_styles(self, root: _Element) -> None:
        for style in root.iterfind(f"{W}style"):
            if style.get(f"{W}type") != "paragraph":
                continue
            identity = style.get(f"{W}styleId", "")
            properties = style.find(f"{W}pPr")
            number, depth = _number_properties(properties) if properties is not None else (None, None)
            parent = style.find(f"{W}basedOn")
            self._styles[identity] = (number, depth, parent.get(f"{W}val") if parent is not None else None)
            if style.get(f"{W}default") in ("1", "true", "on"):
                self._default_style = identity


def _number_properties(properties: _Element) -> tuple[str | None, int | None]:
    numbers = properties.find(f"{W}numPr")
    if numbers is None:
        return None, None
    number, depth = numbers.find(f"{W}numId"), numbers.find(f"{W}ilvl")
    return (
        number.get(f"{W}val") if number is not None else None,
        _integer(depth.get(f"{W}val"), 0) if depth is not None else None,
    )


def _level(element: _Element) -> _Level:
    def value(name: str) -> str | None:
        child = element.find(f"{W}{name}")
        return child.get(f"{W}val") if child is not None else None

    legal = element.find(f"{W}isLgl")
    restart = value("lvlRestart")
    return _Level(
        start=_integer(value("start"), 1),
        format=value("numFmt") or "decimal",
        text=value("lvlText") or "",
        restart=_integer(restart, 0) if restart is not None else None,
        legal=legal is not None and legal.get(f"{W}val") not in ("0", "false", "off"),
        suffix="" if value("suff") == "nothing" else " ",
    )


def _integer(text: str | None, otherwise: int) -> int:
    try:
        return int(text) if text is not None else otherwise
    except ValueError:
        return otherwise


def _written(number: int, form: str) -> str:
    if form == "upperRoman":
        return roman(number)
    if form == "lowerRoman":
        return roman(number).lower()
    if form == "upperLetter":
        return letter(number).upper()
    if form == "lowerLetter":
        return letter(number)
    if form == "decimalZero":
        return f"{number:02d}"
    if form == "none":
        return ""
    return str(number)
