"""What is understood of a plan. All values are text as it stands in the plan; dates are ISO (`2026-12-05`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalBasis:
    """A document the plan rests on; `relation` is implements, amends or issues; `abbreviation` as the plan coins it."""

    number: str
    date: str | None = None
    issuer: str = ""
    title: str = ""
    kind: str = ""
    relation: str = "implements"
    abbreviation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseReading:
    name: str
    first_year: int
    last_year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CodedText:
    """A theme or criterion: its code (`II.2.đ`, letters as read), its full text and, where the plan names them, its most
    points as decimal text (`5.5`)."""

    code: str
    text: str
    points: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CriteriaGroupReading:
    """Criteria for one sort of participant or on one topic; `points` as the plan states them for the group."""

    code: str
    title: str
    criteria: tuple[CodedText, ...] = ()
    points: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Who must do what, with the point that says so (section "trách nhiệm thực hiện")."""

    code: str
    who: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineReading:
    """Due every year on month/day; with `exclusive` the day before is the last one in time ("trước ngày")."""

    point: str
    what: str
    month: int
    day: int
    exclusive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A commendation or review bound to a year."""

    point: str
    what: str
    year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A point of the text in order: `code` as people cite it, `level` 1 for I, 2 for I.1, 3 for I.1.a, `text` whole,
    paragraphs parted by line breaks, the label (`a)`) not included."""

    code: str
    level: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A reading that a person must look at: where (field or point) and what is doubtful, in Vietnamese."""

    where: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a table of criteria, cells as they stand; `notes` are those of further columns ("cách chấm điểm")."""

    number: str
    text: str
    points: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of criteria as it was found, before anything is understood of it; `unread` are the lines of one whose rows
    could not be told apart."""

    rows: tuple[Row, ...]
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReading:
    """Everything understood of one plan. Blank number or date: None, with a doubt that says so."""

    number: str | None = None
    date: str | None = None
    place: str | None = None
    issuer: str | None = None
    kind: str | None = None
    abstract: str | None = None
    signer: str | None = None
    legal_bases: tuple[LegalBasis, ...] = ()
    phases: tuple[PhaseReading, ...] = ()
    themes: tuple[CodedText, ...] = ()
    criteria_groups: tuple[CriteriaGroupReading, ...] = ()
    duties: tuple[Duty, ...] = ()
    deadlines: tuple[DeadlineReading, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    recipients: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    preamble: str = ""
    points: tuple[Point, ...] = field(default=())
    closing: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain lists and dictionaries, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> PlanReading:
        """The inverse of `to_dict`. Raises KeyError, TypeError on other shapes."""
        plain = {
            name: data[name]
            for name in (
                "number",
                "date",
                "place",
                "issuer",
                "kind",
                "abstract",
                "signer",
                "preamble",
                "closing",
            )
        }
        return cls(
            **plain,
            legal_bases=tuple(LegalBasis(**row) for row in data["legal_bases"]),
            phases=tuple(PhaseReading(**row) for row in data["phases"]),
            themes=tuple(CodedText(**row) for row in data["themes"]),
            criteria_groups=tuple(
                CriteriaGroupReading(
                    code=row["code"],
                    title=row["title"],
                    points=row.get("points"),
                    criteria=tuple(CodedText(**criterion) for criterion in row["criteria"]),
                )
                for row in data["criteria_groups"]
            ),
            duties=tuple(Duty(**row) for row in data["duties"]),
            deadlines=tuple(DeadlineReading(**row) for row in data["deadlines"]),
            milestones=tuple(Milestone(**row) for row in data["milestones"]),
            recipients=tuple(data["recipients"]),
            doubts=tuple(Doubt(**row) for row in data["doubts"]),
            points=tuple(Point(**row) for row in data["points"]),
        )
