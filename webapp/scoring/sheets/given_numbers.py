"""A criterion that rests on results kept elsewhere: a formula that names one of these takes the unit's own number.

Nobody types such a number: `tỷ_lệ_chỉ_số` is what was published of the digital index, `tỷ_lệ_khắc_phục` how much of what
inspections asked for the unit has put right. Both are percent, of the unit and the year of the sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.errors import Invalid
from webapp.core.numbers import show_number, stored_number, type_number
from webapp.models import (
    IndicatorSheet,
    IndicatorSheetState,
    InspectionRemedy,
    InspectionVisit,
    RemedyState,
    ScoreSheet,
    VisitState,
)
from webapp.scoring.points.scheme import Entry, Node, inputs_of

FROM_INDEX, FROM_INSPECTIONS = "tỷ_lệ_chỉ_số", "tỷ_lệ_khắc_phục"


def find_share(session: Session, sheet: ScoreSheet) -> Decimal | None:
    """Of the digital index, in results that everybody reads; None where there are none."""
    result = session.scalar(
        select(IndicatorSheet.result).where(
            IndicatorSheet.unit_id == sheet.unit_id,
            IndicatorSheet.movement_id == sheet.movement_id,
            IndicatorSheet.year == sheet.year,
            IndicatorSheet.state == IndicatorSheetState.PUBLISHED,
        )
    )
    return stored_number(result["share"]) if result else None


def find_put_right(session: Session, sheet: ScoreSheet) -> Decimal | None:
    """Of remedies after concluded inspections those that were confirmed; 100 where none was asked for, None where there
    was no conclusion."""
    rows = session.execute(
        select(InspectionVisit.id, InspectionRemedy.state)
        .outerjoin(InspectionRemedy, InspectionRemedy.visit_id == InspectionVisit.id)
        .where(
            InspectionVisit.unit_id == sheet.unit_id,
            InspectionVisit.movement_id == sheet.movement_id,
            InspectionVisit.year == sheet.year,
            InspectionVisit.state.in_((VisitState.CONCLUDED, VisitState.CLOSED)),
        )
    ).all()
    if not rows:
        return None
    asked = [state for _, state in rows if state is not None]
    if not asked:
        return Decimal(100)
    done = sum(state is RemedyState.CLOSED for state in asked)
    return (Decimal(100) * done / len(asked)).quantize(Decimal("0.01"))


@dataclass(frozen=True, slots=True)
class Given:
    """A number that comes from elsewhere: how it is found, what is said where there is none, what it is called."""

    find: Callable[[Session, ScoreSheet], Decimal | None]
    missing: str
    called: str


GIVEN = {
    FROM_INDEX: Given(
        find_share, "Chưa công bố kết quả chỉ số chuyển đổi số năm {} của đơn vị.", "Tỷ lệ chỉ số đã công bố"
    ),
    FROM_INSPECTIONS: Given(find_put_right, "Năm {} đơn vị chưa có kết luận kiểm tra.", "Tỷ lệ khắc phục sau kiểm tra"),
}


def _given(node: Node) -> Iterator[tuple[str, Given]]:
    if node.is_leaf:
        for name in inputs_of(node):
            if name in GIVEN:
                yield name, GIVEN[name]


def ensure_given(session: Session, sheet: ScoreSheet, node: Node, entry: Entry | None) -> None:
    """Raises Invalid where an entry gives another number than the unit has."""
    if entry is None or not entry.applies:
        return
    for name, given in _given(node):
        number = given.find(session, sheet)
        if number is None:
            raise Invalid({"value": given.missing.format(sheet.year)})
        if entry.values.get(name) != number:
            raise Invalid({"value": f"{given.called} của đơn vị là {show_number(number)}; hãy để số này."})


def given_fields(session: Session, sheet: ScoreSheet, nodes: dict[str, Node]) -> dict[str, str]:
    """Fields of forms that show these numbers, by the key of each entry not filled in yet."""
    asked = [
        (f"value-{key}-{inputs_of(node).index(name)}", name) for key, node in nodes.items() for name, _ in _given(node)
    ]
    numbers = {name: GIVEN[name].find(session, sheet) for name in {name for _, name in asked}}
    return {field: type_number(number) for field, name in asked if (number := numbers[name]) is not None}
