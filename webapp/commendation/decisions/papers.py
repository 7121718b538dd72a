"""What official papers of commendation are made of: lines of a list, who proposes, the sheets of a decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.commendation.catalogue.rules import Dated
from webapp.commendation.decisions import outputs, queries
from webapp.commendation.decisions.outputs import Office, PaperLine
from webapp.handover.letterhead import issuer_on
from webapp.models import Award, AwardDecision, AwardGroup, Nomination
from webapp.official.certificate import Certificate
from webapp.official.issuer import Issuer


def decision_file(session: Session, decision: AwardDecision, awards: Sequence[Award], values: Sequence[Dated]) -> bytes:
    """An issued decision as .docx; `awards` are its lines with title and decision."""
    ward = issuer_on(session, decision.decided_on)
    if decision.reason and awards and awards[0].corrects_id:
        old = session.scalars(
            select(Award).where(Award.id == awards[0].corrects_id).options(joinedload(Award.decision))
        ).one()
        return outputs.correction_paper(decision, old, awards[0], ward=ward)
    return outputs.decision_paper(
        decision, of_awards(awards), values, queries.proposals_of(session, awards), office=office_of(session), ward=ward
    )


def certificates_of(session: Session, decision: AwardDecision, ward: Issuer) -> list[Certificate]:
    """Of every line in force."""
    return [outputs.certificate_of(one, decision, ward) for one in queries.list_in_force(session, decision.id)]


def of_nominations(rows: Sequence[Nomination], amounts: Mapping[str, int], votes: Mapping[str, str]) -> list[PaperLine]:
    return [
        PaperLine(
            ordinal=place,
            subject=one.subject,
            name=one.called,
            about=", ".join(filter(None, (one.post, one.workplace))),
            title=one.title.name,
            code=one.title.code,
            is_title=one.title.award_group is AwardGroup.TITLE,
            achievement=one.achievement,
            amount=amounts.get(one.id),
            vote=votes.get(one.id, ""),
        )
        for place, one in enumerate(rows, start=1)
    ]


def of_awards(rows: Sequence[Award]) -> list[PaperLine]:
    return [
        PaperLine(
            ordinal=one.ordinal,
            subject=one.subject,
            name=one.called,
            about=", ".join(filter(None, (one.post, one.workplace))),
            title=one.title_name,
            code=one.title.code,
            is_title=one.title.award_group is AwardGroup.TITLE,
            achievement=one.achievement,
            amount=one.amount,
        )
        for one in rows
    ]


def office_of(session: Session) -> Office:
    unit = queries.find_office(session)
    if unit is None:
        return Office()
    code = "".join(sign for sign in unit.code.upper() if sign.isalnum())
    return Office(unit.name, code or Office().code)
