"""The figures of each year that a review covers, counted as the year's own report counts them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.duties.queries import list_duties, tally
from webapp.models import (
    RECOGNISED_STATES,
    Award,
    AwardDecision,
    Initiative,
    InitiativeState,
    Movement,
    PaperKind,
)
from webapp.permissions import Viewer
from webapp.permissions.award_scopes import readable_award_decisions
from webapp.permissions.scopes import readable_initiatives
from webapp.synthesis.rules import YearLine


def count_years(
    session: Session, *, viewer: Viewer, now: datetime, timezone: ZoneInfo, movement: Movement, years: tuple[int, int]
) -> tuple[YearLine, ...]:
    """One line a year from the first to the last; nothing for a report on a single year."""
    first, last = years
    if first == last:
        return ()
    initiatives = {
        year: (count, recognised)
        for year, count, recognised in session.execute(
            select(
                Initiative.year,
                func.count(),
                func.count().filter(Initiative.state.in_(RECOGNISED_STATES)),
            )
            .where(
                Initiative.movement_id == movement.id,
                Initiative.year.between(first, last),
                Initiative.state != InitiativeState.DRAFT,
                readable_initiatives(viewer),
            )
            .group_by(Initiative.year)
        )
    }
    awards = {
        year: (decisions, honoured)
        for year, decisions, honoured in session.execute(
            select(AwardDecision.year, func.count(func.distinct(AwardDecision.id)), func.count(Award.id))
            .outerjoin(Award, (Award.decision_id == AwardDecision.id) & Award.revoked_on.is_(None))
            .where(
                AwardDecision.movement_id == movement.id,
                AwardDecision.year.between(first, last),
                AwardDecision.issued_at.is_not(None),
                readable_award_decisions(viewer),
            )
            .group_by(AwardDecision.year)
        )
    }
    lines = []
    for year in range(first, last + 1):
        rows = [
            row
            for row in list_duties(session, viewer=viewer, year=year, now=now, timezone=timezone)
            if row.duty.movement_id == movement.id
        ]
        plans, reports, checklists = (
            tally(row for row in rows if row.duty.paper is kind)
            for kind in (PaperKind.UNIT_PLAN, PaperKind.ANNUAL, PaperKind.CHECKLIST)
        )
        handed_in = [one.total - one.missing for one in (plans, reports, checklists)]
        initiatives_made, recognised = initiatives.get(year, (0, 0))
        decisions, honoured = awards.get(year, (0, 0))
        lines.append(
            YearLine(
                year=year,
                plans=handed_in[0],
                plans_of=plans.total,
                reports=handed_in[1],
                reports_of=reports.total,
                checklists=handed_in[2],
                checklists_of=checklists.total,
                initiatives=initiatives_made,
                recognised=recognised,
                decisions=decisions,
                honoured=honoured,
            )
        )
    return tuple(lines)
