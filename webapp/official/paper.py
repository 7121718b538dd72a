"""What an administrative paper consists of. Plain values; how they look is the writer's business."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum


class Level(Enum):
    """Parts of a text from large to small, with the numbers they carry."""

    PART = "part"  # Phần I, title in capitals below
    SECTION = "section"  # I. TITLE
    CLAUSE = "clause"  # 1. Title
    POINT = "point"  # a) Title


class PointStyle(Enum):
    LETTERS = "letters"  # a) b) c) d) đ) e) g)
    NUMBERS = "numbers"  # 1. 2. 3.
    DASHES = "dashes"  # - - -


@dataclass(frozen=True, slots=True)
class Heading:
    """A title; numbered by the writer in order, unless `number` says another (as read from a plan: "đ")."""

    text: str
    level: Level = Level.SECTION
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text: justified, first line indented."""

    text: str


@dataclass(frozen=True, slots=True)
class Centred:
    """A line in the middle, for certificates and formulas such as a name; upright, bold when said."""

    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """A list. Texts without their number; punctuation at the end is the caller's."""

    items: tuple[str, ...]
    style: PointStyle = PointStyle.LETTERS


@dataclass(frozen=True, slots=True)
class Article:
    """Điều 1. Title, then its text. Numbered through the whole paper."""

    title: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head, its share of the width against the others, and where its text stands: left, center, right."""

    head: str
    share: int = 1
    align: str = "left"


@dataclass(frozen=True, slots=True)
class Table:
    """A bordered table whose head repeats on every page. `rows` hold as many texts as there are columns."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    last_bold: bool = False


Block = Heading | Paragraph | Centred | Points | Article | Table


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs. `authority` holds the lines before the title: ("TM. Ủy ban nhân dân", "KT. Chủ tịch")."""

    title: str
    name: str = ""
    authority: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Appendix:
    """Phụ lục on pages of its own, numbered I, II when there are several."""

    title: str
    body: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One paper.

    `number` None is a draft: "Số:      /BC-UBND"; `issued_on` None likewise, with `year` if it is known.
    An empty `symbol` leaves the line of the number out, an empty `place` the line of place and date (minutes have
    neither place nor date there). An empty `kind` makes an official letter (công văn), its abstract after "V/v".
    `authority` and `resolution` are for decisions: "Chủ tịch Ủy ban nhân dân phường", "Quyết định:".
    `recipients` None leaves "Nơi nhận" out (certificates); the last line "Lưu: …" comes from `archived`.
    `secretary` puts a second signature on the left (minutes). `landscape` turns the sheet, for wide tables.
    `note` stands before the bases of a draft: what its reader must know first.
    """

    issuer: str
    superior: str = ""
    symbol: str = ""
    number: int | str | None = None
    place: str = ""
    issued_on: date | None = None
    year: int | None = None
    kind: str = ""
    abstract: str = ""
    authority: str = ""
    resolution: str = ""
    bases: tuple[str, ...] = ()
    addressees: tuple[str, ...] = ()
    body: tuple[Block, ...] = ()
    recipients: tuple[str, ...] | None = ()
    archived: str = "VT"
    signature: Signature
    secretary: Signature | None = None
    appendices: tuple[Appendix, ...] = ()
    landscape: bool = False
    note: str = ""
