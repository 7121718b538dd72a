"""Sets and sheets of the digital index, reduced to the facts the policy asks for."""

from __future__ import annotations

from webapp.models import IndicatorSet, IndicatorSetState, IndicatorSheet, IndicatorSheetState
from webapp.permissions.subject import Subject, subject_of

S = IndicatorSheetState
# From here on the unit reads what was verified.
DELIVERED = (S.VERIFIED, S.EXPLAINED, S.FINAL, S.PUBLISHED)


@subject_of.register
def _(one: IndicatorSet) -> Subject:
    """Known to all once it holds; before, it is the office's draft."""
    return Subject(
        kind="indicator-set",
        id=one.id,
        movement_id=one.movement_id,
        year=one.year,
        published=one.state is not IndicatorSetState.DRAFT,
        open=one.state is IndicatorSetState.DRAFT,
    )


@subject_of.register
def _(sheet: IndicatorSheet) -> Subject:
    """What was given back is the unit's own again."""
    state = sheet.state
    return Subject(
        kind="indicator-sheet",
        id=sheet.id,
        unit_id=sheet.unit_id,
        movement_id=sheet.movement_id,
        year=sheet.year,
        submitted=state not in (S.DRAFT, S.RETURNED),
        published=state is S.PUBLISHED,
        open=state in (S.DRAFT, S.RETURNED),
        appraisable=state in (S.SUBMITTED, S.EXPLAINED),
        delivered=state in DELIVERED,
        audience=frozenset(one.unit_id for one in sheet.set.verifiers),
    )
