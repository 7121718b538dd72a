"""Handing in, receiving, asking for what is missing, refusing, withdrawing, declaring a stake, letting a finding pass."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.audit import log_event
from webapp.commendation.nominations import rules
from webapp.commendation.nominations.checking import list_findings
from webapp.commendation.nominations.rules import Missing
from webapp.commendation.nominations.service import load_nomination
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.models import (
    RECOGNISED_STATES,
    AwardRound,
    AwardSubject,
    Ballot,
    BallotState,
    BallotVoter,
    DossierPaper,
    Initiative,
    Nomination,
    NominationFlag,
    NominationGround,
    NominationPaper,
    NominationSection,
    NominationStake,
    NominationState,
    Person,
    Proposer,
    RefusalReason,
    Role,
)
from webapp.movement.working_days import load_working_days
from webapp.notices.service import people_of_units, people_with, settle, tell
from webapp.permissions import Permission, Viewer, ensure

LONGEST_REASON = 2_000


@dataclass(frozen=True, slots=True)
class Moment:
    """When it happens: the instant, the day in the ward, the ward's zone."""

    now: datetime
    today: date
    timezone: ZoneInfo


def list_missing(session: Session, one: Nomination) -> list[Missing]:
    """What stands against handing it in, and who can mend it. Four statements."""
    round_ = session.get_one(AwardRound, one.round_id)
    line = next((row for row in round_.lines if (row.title_id, row.subject) == (one.title_id, one.subject)), None)
    needed = [DossierPaper(paper) for paper in line.papers] if line else []
    return rules.missing(
        rules.Dossier(
            needed=needed,
            there=_papers_there(session, one),
            name=one.name,
            achievement=one.achievement,
            reason=one.reason,
            honorific=one.honorific,
            is_person=one.subject is AwardSubject.PERSON,
            birth_date_needed=round_.birth_date_needed,
            has_birth_date=one.birth_date is not None,
        )
    )


def _papers_there(session: Session, one: Nomination) -> set[DossierPaper]:
    """Papers put there; the report also when it is written here, the initiative also when one with a decision is a ground."""
    there = set(
        session.scalars(
            select(NominationPaper.paper).where(
                NominationPaper.nomination_id == one.id, NominationPaper.removed_at.is_(None)
            )
        )
    )
    written = select(NominationSection.text).where(
        NominationSection.nomination_id == one.id, NominationSection.position > 0
    )
    if any(text.strip() for text in session.scalars(written)):
        there.add(DossierPaper.REPORT)
    recognised = session.scalar(
        select(Initiative.id)
        .join(NominationGround, NominationGround.record_id == Initiative.id)
        .where(
            NominationGround.nomination_id == one.id,
            NominationGround.record_kind == "initiative",
            Initiative.state.in_(RECOGNISED_STATES),
            Initiative.decision_number != "",
        )
        .limit(1)
    )
    if recognised:
        there.add(DossierPaper.INITIATIVE)
    return there


def submit_nomination(session: Session, *, actor: Viewer, moment: Moment, nomination_id: str) -> Nomination:
    """Hand the dossier in. Raises Invalid with everything that is missing."""
    one, state = _moving(session, actor, nomination_id, "submit")
    round_ = session.get_one(AwardRound, one.round_id)
    if one.state is NominationState.DRAFT and moment.today > round_.closes_on:
        raise Invalid(f"Đợt xét đã hết hạn nhận đề nghị ngày {round_.closes_on:%d/%m/%Y}.")
    if lacking := list_missing(session, one):
        raise Invalid({row.key: row.words for row in lacking})
    one.state, one.return_reason, one.complete_by = state, "", None
    one.submissions += 1
    one.submitted_on = moment.today
    session.flush()
    settle(session, now=moment.now, causes=[f"nomination:{one.id}:ready", f"nomination:{one.id}:return"])
    log_event(session, actor, moment.now, "nomination.submit", one, {"submission": one.submissions})
    _tell(
        session,
        moment,
        one,
        _office(session, moment, one) - {actor.id or ""},
        f"submit:{one.submissions}",
        f"Đã trình đề nghị khen thưởng {one.called_within}; cần kiểm tra hồ sơ.",
    )
    return one


def return_nomination(
    session: Session, *, actor: Viewer, moment: Moment, nomination_id: str, submission: int, reason: str
) -> Nomination:
    """Ask once for what is missing, with a last day in working days by the rules of the round."""
    one, state = _moving(session, actor, nomination_id, "return", submission)
    reason = _reason(reason, "Hãy ghi cần bổ sung gì.")
    if one.returns >= rules.MOST_RETURNS:
        raise Invalid("Hồ sơ đã được yêu cầu bổ sung một lần; nay tiếp nhận hoặc trả lời không xét.")
    round_ = session.get_one(AwardRound, one.round_id)
    one.state, one.return_reason, one.returns = state, reason, one.returns + 1
    _looked_at(session, moment, one)
    one.complete_by = load_working_days(session).after(moment.today, round_.complete_days)
    session.flush()
    log_event(
        session, actor, moment.now, "nomination.return", one, {"until": one.complete_by.isoformat()}, reason=reason
    )
    text = f"Hồ sơ khen thưởng {one.called_within} cần bổ sung chậm nhất hết ngày {one.complete_by:%d/%m/%Y}."
    _tell(session, moment, one, _proposers(session, moment, one), f"return:{one.submissions}", text)
    return one


def receive_nomination(
    session: Session, *, actor: Viewer, moment: Moment, nomination_id: str, submission: int
) -> Nomination:
    """The dossier is complete: from today on the answer is awaited. Raises Invalid while findings wait for a word."""
    one, state = _moving(session, actor, nomination_id, "receive", submission)
    waiting = [found for found in list_findings(session, one, viewer=actor) if found.needs_word and not found.accepted]
    if waiting:
        raise Invalid("Trước khi tiếp nhận, hãy ghi ý kiến về: " + "; ".join(found.words for found in waiting))
    one.state, one.received_on = state, moment.today
    _looked_at(session, moment, one)
    session.flush()
    log_event(session, actor, moment.now, "nomination.receive", one)
    tell_proposers(
        session, moment, one, "receive", f"Hồ sơ khen thưởng {one.called_within} đã đầy đủ, chờ Hội đồng xét."
    )
    return one


def refuse_nomination(
    session: Session, *, actor: Viewer, moment: Moment, nomination_id: str, why: RefusalReason | None, note: str
) -> Nomination:
    """Not taken up, in writing: one of the known reasons, and words."""
    one, state = _moving(session, actor, nomination_id, "refuse")
    if why is None:
        raise Invalid({"why": "Hãy chọn lý do."})
    note = _reason(note, "Hãy ghi rõ để bên đề nghị biết vì sao.", field="note")
    one.state, one.refusal, one.refusal_note = state, why, note
    _looked_at(session, moment, one)
    session.flush()
    log_event(session, actor, moment.now, "nomination.refuse", one, {"why": why.label}, reason=note)
    text = f"Đề nghị khen thưởng {one.called_within} không được xét: {why.label.lower()}."
    _tell(session, moment, one, _proposers(session, moment, one), "refuse", text)
    return one


def withdraw_nomination(
    session: Session, *, actor: Viewer, now: datetime, nomination_id: str, reason: str
) -> Nomination:
    """Taken back by who put it forward, while it is open; it stays to be read."""
    one, state = _moving(session, actor, nomination_id, "withdraw")
    one.state = state
    session.flush()
    log_event(session, actor, now, "nomination.withdraw", one, reason=_reason(reason, "Hãy ghi lý do rút."))
    return one


def declare_stake(
    session: Session, *, actor: Viewer, now: datetime, nomination_id: str, reason: str
) -> NominationStake:
    """From the next request on the actor sees and votes nothing of it."""
    one = load_nomination(session, nomination_id)
    ensure(actor, Permission.NOMINATION_DECLARE, one)
    assert actor.id is not None
    voted = (
        select(BallotVoter.id)
        .join(Ballot, Ballot.id == BallotVoter.ballot_id)
        .where(Ballot.nomination_id == one.id, Ballot.state != BallotState.VOID, BallotVoter.person_id == actor.id)
    )
    if session.scalar(voted.limit(1)) is not None:
        raise Invalid(
            "Bạn đã bỏ phiếu về đề nghị này. Hãy báo người chủ trì hủy lần lấy phiếu đó, rồi khai báo trước khi lấy phiếu lại."
        )
    row = NominationStake(
        nomination_id=one.id,
        person_id=actor.id,
        reason=_reason(reason, "Hãy ghi quan hệ, ví dụ: vợ, chồng, anh, chị, em ruột."),
        declared_by=actor.id,
        declared_at=now,
    )
    one.stakes.append(row)
    session.flush()
    # What the relation is concerns only those who arrange the vote: it is in the row, not in the log.
    log_event(session, actor, now, "nomination.declare", one)
    return row


def lift_stake(
    session: Session, *, actor: Viewer, now: datetime, nomination_id: str, stake_id: str, reason: str
) -> Nomination:
    """Declared by mistake: the office takes it back, with a reason; the row stays."""
    one = load_nomination(session, nomination_id)
    ensure(actor, Permission.NOMINATION_APPRAISE, one)
    stake = next((row for row in one.stakes if row.id == stake_id and row.lifted_at is None), None)
    if stake is None:
        raise NotFound(kind="nomination", key=stake_id)
    reason = _reason(reason, "Hãy ghi vì sao gỡ khai báo.")
    stake.lifted_at = now
    session.flush()
    log_event(session, actor, now, "nomination.lift-stake", one, {"person": stake.person_id}, reason=reason)
    return one


def accept_finding(
    session: Session, *, actor: Viewer, now: datetime, nomination_id: str, key: str, reason: str
) -> NominationFlag:
    """Somebody looked at what the checks found and lets it pass, with a reason that stays."""
    one = load_nomination(session, nomination_id)
    ensure(actor, Permission.NOMINATION_APPRAISE, one)
    found = next((found for found in list_findings(session, one, viewer=actor) if found.key == key), None)
    if found is None:
        raise Invalid("Điều này không còn nữa; hãy mở lại trang.")
    if found.accepted:
        raise Invalid("Đã có ý kiến về điều này.")
    row = NominationFlag(
        nomination_id=one.id,
        key=key,
        words=found.words,
        reason=_reason(reason, "Hãy ghi vì sao vẫn xét."),
        accepted_by=actor.id,
        accepted_at=now,
    )
    session.add(row)
    session.flush()
    log_event(session, actor, now, "nomination.accept", one, {"finding": key.partition(":")[0]}, reason=row.reason)
    return row


def _moving(
    session: Session, actor: Viewer, nomination_id: str, move: str, submission: int | None = None
) -> tuple[Nomination, NominationState]:
    """The nomination and the state the move leads to. Raises Refused, Invalid (not now), Conflict (handed in anew)."""
    one = load_nomination(session, nomination_id)
    ensure(actor, rules.NEEDED[move], one)
    if (one.state, move) not in rules.MOVES:
        raise Invalid(f"Đề nghị ở trạng thái “{one.state.label}” nên không làm được việc này.")
    if submission is not None and submission != one.submissions:
        raise Conflict("Hồ sơ đã được trình lại trong lúc bạn đang xem. Hãy đọc bản mới rồi làm lại việc này.")
    return one, rules.MOVES[one.state, move]


def _looked_at(session: Session, moment: Moment, one: Nomination) -> None:
    """Whoever of the office was told that it came in need not look any more."""
    settle(session, now=moment.now, causes=[f"nomination:{one.id}:submit"])


def _reason(text: str, sentence: str, *, field: str = "reason") -> str:
    if not text.strip():
        raise Invalid({field: sentence})
    if len(text) > LONGEST_REASON:
        raise Invalid({field: f"Dài tối đa {LONGEST_REASON} ký tự."})
    return text.strip()


def _tell(session: Session, moment: Moment, one: Nomination, people: set[str], cause: str, text: str) -> None:
    """Those with a stake are not told."""
    related = {row.person_id for row in one.stakes if row.lifted_at is None} | {one.person_id or ""}
    tell(
        session,
        now=moment.now,
        timezone=moment.timezone,
        people=people - related,
        key=f"nomination:{one.id}:{cause}",
        text=text,
        link=f"/nominations/{one.id}",
    )


def tell_proposers(session: Session, moment: Moment, one: Nomination, cause: str, text: str) -> None:
    """Who put it forward and the unit's people are told what became of it, once for each submission."""
    _tell(session, moment, one, _proposers(session, moment, one), f"{cause}:{one.submissions}", text)


def _office(session: Session, moment: Moment, one: Nomination) -> set[str]:
    """The standing office, without those of the unit that it is about."""
    people = people_with(session, Role.STANDING_OFFICE, movement_id=one.movement_id, now=moment.now, today=moment.today)
    if one.unit_id is None:
        return people
    own = set(session.scalars(select(Person.id).where(Person.id.in_(people), Person.unit_id == one.unit_id)))
    return people - own


def _proposers(session: Session, moment: Moment, one: Nomination) -> set[str]:
    """Who can mend it: the unit's clerks and heads, and who put it forward."""
    people = {one.created_by} if one.created_by else set()
    if one.unit_id is not None and one.proposer is not Proposer.OFFICE:
        roles = (Role.CLERK, Role.HEAD)
        people |= people_of_units(session, [one.unit_id], roles=roles, now=moment.now, today=moment.today)[one.unit_id]
    return people
