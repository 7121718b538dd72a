"""Reading a ward's plan: text in, what was understood out, with every doubtful reading marked. Pure."""

from webapp.movement.reading.marks import read_mark
from webapp.movement.reading.reader import read_plan
from webapp.movement.reading.shapes import (
    CodedText,
    CriteriaGroupReading,
    DeadlineReading,
    Doubt,
    Duty,
    LegalBasis,
    Milestone,
    PhaseReading,
    PlanReading,
    Point,
)
from webapp.movement.reading.verdict import looks_like_a_plan

__all__ = [
    "CodedText",
    "CriteriaGroupReading",
    "DeadlineReading",
    "Doubt",
    "Duty",
    "LegalBasis",
    "Milestone",
    "PhaseReading",
    "PlanReading",
    "Point",
    "looks_like_a_plan",
    "read_mark",
    "read_plan",
]
