"""Several votes on one form, and the paper of somebody absent put in by whoever runs the meeting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.audit import log_event
from webapp.core.days import ward_day
from webapp.core.errors import Invalid, Refused
from webapp.meetings.ballots import ballot_for_change, ensure_may_vote, has_voted, put_in
from webapp.meetings.salts import HouseKey
from webapp.meetings.service import ballots_of, get_locked
from webapp.meetings.stakes import bars_of
from webapp.models import Ballot, BallotAsked, BallotState, Document, Meeting
from webapp.permissions import Permission, Viewer, can, ensure
from webapp.permissions.scopes import readable_documents


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperOpinion:
    """What came in on paper from an absent member: `choice` is a place in the choices, `document_id` its scan if any."""

    person_id: str
    choice: int | None
    received_on: date | None
    document_id: str | None = None


def open_to(session: Session, meeting: Meeting, actor: Viewer, *, now: datetime, timezone: ZoneInfo) -> list[Ballot]:
    """The meeting's open ballots on which the actor has still to vote, in their order."""
    person = actor.id or ""
    return [
        one
        for one in ballots_of(session, meeting)
        if one.state is BallotState.OPEN
        and not bars_of(session, one, people={person}, now=now, timezone=timezone)
        and can(actor, Permission.BALLOT_VOTE, one)
        and not has_voted(session, one, person)
    ]


def cast_votes(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    timezone: ZoneInfo,
    key: HouseKey,
    meeting_id: str,
    choices: Mapping[str, int | None],
) -> list[Ballot]:
    """Votes by ballot id, all or none; every ballot that waits for the actor needs one.

    Raises Invalid by `choice-<ballot id>`, for the lines that cannot be taken.
    """
    meeting = get_locked(session, meeting_id)
    ensure(actor, Permission.MEETING_READ, meeting)
    waiting = open_to(session, meeting, actor, now=now, timezone=timezone)
    faults = {f"choice-{one.id}": "Hãy chọn một phương án." for one in waiting if choices.get(one.id) is None}
    known = {one.id: one for one in ballots_of(session, meeting)}
    cast = []
    for ballot_id, choice in choices.items():
        ballot = known.get(ballot_id)
        if ballot is None:
            raise Invalid("Có phiếu không thuộc cuộc họp này; hãy mở lại trang.")
        try:
            ensure_may_vote(session, actor, ballot, now=now, timezone=timezone)
            put_in(session, ballot, actor.id or "", choice, now=now, key=key)
        except Invalid as fault:
            faults[f"choice-{ballot_id}"] = fault.sentence
        else:
            cast.append(ballot)
    if faults:
        raise Invalid(faults)
    if not cast:
        raise Invalid("Không còn phiếu nào đang chờ bạn.")
    for ballot in cast:
        log_event(session, actor, now, "ballot.vote", ballot)
    return cast


def record_paper(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    timezone: ZoneInfo,
    key: HouseKey,
    ballot_id: str,
    opinion: PaperOpinion,
) -> Ballot:
    """Put in what an absent member sent on paper. Whoever does it reads it; the house keeps only that it came and when.

    Raises Refused when the actor has a stake in the ballot, Invalid by field.
    """
    ballot = ballot_for_change(session, actor, ballot_id)
    people = {actor.id or "", opinion.person_id}
    bars = bars_of(session, ballot, people=people, now=now, timezone=timezone)
    if actor.id in bars:
        raise Refused(bars[actor.id or ""], permission=Permission.BALLOT_VOTE.value, kind="ballot", key=ballot.id)
    if ballot.state is not BallotState.OPEN:
        raise Invalid(f"Phiếu này ở trạng thái “{ballot.state.label}” nên không ghi ý kiến bằng văn bản được.")
    asked = session.scalar(
        select(BallotAsked).where(BallotAsked.ballot_id == ballot.id, BallotAsked.person_id == opinion.person_id)
    )
    faults = {}
    if asked is None or opinion.person_id in bars:
        faults["person_id"] = "Hãy chọn một người vắng mặt đã được xin ý kiến bằng văn bản."
    elif has_voted(session, ballot, opinion.person_id):
        faults["person_id"] = "Người này đã có ý kiến về phiếu này; mỗi người một lần."
    if opinion.received_on is None:
        faults["received_on"] = "Hãy ghi ngày nhận được văn bản."
    elif opinion.received_on > ward_day(now, timezone):
        faults["received_on"] = "Ngày nhận không được sau hôm nay."
    if opinion.choice is None or not 0 <= opinion.choice < len(ballot.choices):
        faults["choice"] = "Hãy chọn một phương án."
    if opinion.document_id and ballot.secret:
        faults["document_id"] = "Phiếu kín không lưu văn bản kèm theo, vì văn bản cho biết người đó chọn phương án nào."
    elif opinion.document_id and not _sees(session, actor, opinion.document_id):
        faults["document_id"] = "Không có văn bản này trong kho, hoặc bạn không được xem."
    if faults or asked is None:
        raise Invalid(faults)
    put_in(session, ballot, opinion.person_id, opinion.choice, now=now, key=key)
    asked.recorded_by, asked.received_on = actor.id, opinion.received_on
    asked.document_id = opinion.document_id or None
    session.flush()
    log_event(session, actor, now, "ballot.paper", ballot, {"person": opinion.person_id})
    return ballot


def _sees(session: Session, actor: Viewer, document_id: str) -> bool:
    return session.scalar(select(Document.id).where(Document.id == document_id, readable_documents(actor))) is not None
