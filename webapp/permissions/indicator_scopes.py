"""The policy of the digital index as SQL, line for line as in `indicator_table.py`, and its subjects."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import ColumnElement, and_, exists, false, not_, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from webapp.models import (
    IndicatorSet,
    IndicatorSetState,
    IndicatorSheet,
    IndicatorSheetState,
    IndicatorVerifier,
)
from webapp.permissions.viewer import Viewer

S = IndicatorSheetState
UNREAD_STATES = (S.DRAFT, S.RETURNED)


def _in(movements: frozenset[str | None], column: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    if None in movements:
        return true()
    return column.in_(movements) if movements else false()


def readable_indicator_sets(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on IndicatorSet for INDICATOR_SET_READ."""
    if viewer.id is None:
        return false()
    return or_(IndicatorSet.state != IndicatorSetState.DRAFT, _in(viewer.run_movements, IndicatorSet.movement_id))


def of_own_unit(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on IndicatorSheet: the viewer has a stake in it."""
    own = viewer.own_units | ({viewer.unit_id} if viewer.unit_id else set())
    return IndicatorSheet.unit_id.in_(own) if own else false()


def verified_by(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on IndicatorSheet: a unit of the viewer verifies some indicator of its set, and it is not the own one."""
    if not viewer.own_units:
        return false()
    asked = exists().where(
        IndicatorVerifier.set_id == IndicatorSheet.set_id, IndicatorVerifier.unit_id.in_(viewer.own_units)
    )
    return and_(asked, not_(of_own_unit(viewer)))


def readable_indicator_sheets(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on IndicatorSheet for INDICATOR_SHEET_READ."""
    if viewer.id is None:
        return false()
    wider = [_in(viewer.overseen_movements, IndicatorSheet.movement_id), verified_by(viewer)]
    by_year: dict[int, set[str]] = defaultdict(set)
    for unit_id, year in viewer.led:
        by_year[year].add(unit_id)
    wider += [
        and_(IndicatorSheet.year == year, IndicatorSheet.unit_id.in_(units)) for year, units in sorted(by_year.items())
    ]
    if viewer.inspected:
        wider.append(IndicatorSheet.unit_id.in_(viewer.inspected))
    own = IndicatorSheet.unit_id.in_(viewer.own_units) if viewer.own_units else false()
    submitted = IndicatorSheet.state.not_in(UNREAD_STATES)
    return or_(IndicatorSheet.state == S.PUBLISHED, own, and_(submitted, or_(*wider)))


def concluded_by(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on IndicatorSheet for INDICATOR_SHEET_CONCLUDE."""
    submitted = IndicatorSheet.state.not_in(UNREAD_STATES)
    return and_(submitted, _in(viewer.decided_movements, IndicatorSheet.movement_id), not_(of_own_unit(viewer)))
