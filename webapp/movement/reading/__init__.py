"""Reading a ward's plan: text in, what was understood out, with every doubtful reading marked. Pure."""

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
]


def read_plan(text: str) -> PlanReading:
    return PlanReading()


def looks_like_a_plan(reading: PlanReading) -> str | None:
    return None
