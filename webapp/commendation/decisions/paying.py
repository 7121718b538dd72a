"""What goes with the lines of a decision: worked out on its day; of several titles of a year the highest only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from webapp.commendation.catalogue.queries import list_values
from webapp.commendation.catalogue.rules import Money, work_out_money
from webapp.commendation.decisions import rules
from webapp.models import Award, AwardDecision, AwardDecisionState, AwardGroup, AwardTitle, Nomination
from webapp.models.award_decision import not_corrected


def work_out(session: Session, rows: Collection[Nomination], on: date) -> dict[str, Money | None]:
    """Nomination id -> what goes with it when decided on that day; None where a higher title of the same person does.

    Of several titles for the same person and year only the highest is paid, those decided earlier among them; a form is
    paid beside a title. Raises Invalid where no rule holds on that day.
    """
    values = list_values(session)
    money = {one.id: work_out_money(values, one.title.code, one.subject, on) for one in rows}
    titles = [one for one in rows if one.title.award_group is AwardGroup.TITLE]
    before = _paid_titles(session, titles)
    payees = {one.id: _payee(one) for one in titles} | {one.id: _payee(one) for one in before}
    keys = rules.whose(payees)
    amounts = [(one.id, keys[one.id], one.amount or 0) for one in before]
    amounts += [(one.id, keys[one.id], money[one.id].amount) for one in titles]
    unpaid = {one.id for one in titles} - rules.highest_titles(amounts)
    return {one.id: None if one.id in unpaid else money[one.id] for one in rows}


def _payee(one: Nomination | Award) -> rules.Payee:
    return rules.Payee(one.subject, one.person_id, one.folded, one.unit_id, one.workplace)


def _paid_titles(session: Session, titles: Collection[Nomination]) -> Sequence[Award]:
    """Titles of earlier decisions, in force and with money, of the years and names or accounts of these."""
    if not titles:
        return []
    people = {one.person_id for one in titles if one.person_id}
    return session.scalars(
        select(Award)
        .join(AwardDecision, AwardDecision.id == Award.decision_id)
        .join(AwardTitle, AwardTitle.id == Award.title_id)
        .where(
            AwardDecision.state == AwardDecisionState.ISSUED,
            AwardTitle.award_group == AwardGroup.TITLE,
            Award.year.in_({one.year for one in titles}),
            or_(Award.folded.in_({one.folded for one in titles}), Award.person_id.in_(people)),
            Award.amount.is_not(None),
            Award.revoked_on.is_(None),
            not_corrected(),
        )
    ).all()
