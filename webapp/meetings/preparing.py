"""A ballot as it is prepared: by which rule, about which nominations, and who is kept from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.audit import log_event
from webapp.core.days import WARD_ZONE, ward_day
from webapp.core.errors import Invalid
from webapp.meetings import rules
from webapp.meetings.inviting import list_seats
from webapp.meetings.service import LONGEST_TITLE, ballots_of, get_for_change
from webapp.meetings.vote_rules import rule_in_force
from webapp.models import (
    Ballot,
    BallotBar,
    BallotState,
    Meeting,
    Nomination,
    NominationState,
    Person,
    Unit,
    VoteRule,
    new_id,
)
from webapp.permissions import Viewer

MOST_BALLOTS = 100
# What a ballot keeps of the rule, and what one that is asked again takes over from the one before.
SNAPSHOT = ("secret", "needed", "quorum", "base", "written", "shrinks", "stand_ins")
CARRIED = (*SNAPSHOT, "rule_id", "rule_name", "nomination_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutNomination:
    """A line put to the vote: `question` in words, the unit it is about if any; `barred` is person id -> why they do not
    vote on it, as words that follow “Có liên quan:”."""

    nomination_id: str
    question: str
    unit_id: str | None
    barred: Mapping[str, str]


def prepare_about(
    session: Session, *, actor: Viewer, now: datetime, meeting_id: str, rule_id: str, lines: Sequence[AboutNomination]
) -> list[Ballot]:
    """One ballot a line, in their order, all by the rule that holds today. Raises Invalid; then none is made."""
    meeting = get_for_change(session, actor, meeting_id)
    rule = rule_in_force(session, rule_id, ward_day(now, WARD_ZONE))
    place = room_for(session, meeting, len(lines))
    _check(session, meeting, lines)
    made = []
    for number, line in enumerate(lines):
        question = line.question.strip()
        ballot = new_ballot(meeting, now, question, place + number, unit_id=line.unit_id, choices=list(rules.STANDARD))
        ballot.nomination_id = line.nomination_id
        follow(ballot, rule)
        made.append(ballot)
    session.add_all(made)
    session.flush()
    for ballot, line in zip(made, lines, strict=True):
        session.add_all(
            BallotBar(ballot_id=ballot.id, person_id=person, reason=reason.strip())
            for person, reason in sorted(line.barred.items())
        )
    session.flush()
    for ballot, line in zip(made, lines, strict=True):
        about: dict[str, str | int | None] = {"nomination": line.nomination_id, "barred": len(line.barred)}
        log_event(session, actor, now, "ballot.prepare", ballot, about)
    return made


def _check(session: Session, meeting: Meeting, lines: Sequence[AboutNomination]) -> None:
    if not lines:
        raise Invalid("Hãy chọn ít nhất một đề nghị để lấy phiếu.")
    asked = [line.nomination_id for line in lines]
    there = {one.nomination_id for one in ballots_of(session, meeting) if one.state is not BallotState.VOID}
    if len(set(asked)) < len(asked) or there & set(asked):
        raise Invalid("Có đề nghị đã có phiếu trong cuộc họp này; mỗi đề nghị lấy phiếu một lần.")
    for line in lines:
        if not line.question.strip() or len(line.question) > LONGEST_TITLE * 2:
            raise Invalid(f"Mỗi nội dung lấy phiếu cần có chữ và dài tối đa {LONGEST_TITLE * 2} ký tự.")
        if any(not reason.strip() for reason in line.barred.values()):
            raise Invalid("Người không bỏ phiếu vì có liên quan phải có lý do.")
    units = {line.unit_id for line in lines if line.unit_id is not None}
    people = {person for line in lines for person in line.barred}
    known = len(session.scalars(select(Unit.id).where(Unit.id.in_(units))).all())
    found = len(session.scalars(select(Person.id).where(Person.id.in_(people))).all())
    if known < len(units) or found < len(people):
        raise Invalid("Có đơn vị hoặc người được nêu tên mà hệ thống không có.")


def ensure_asked_once(session: Session, ballot: Ballot) -> None:
    """Raises Invalid where what the ballot is about has another that counts or is under way, in any meeting: a result is
    never voted over."""
    if ballot.nomination_id is None:
        return
    other = select(Ballot.id).where(
        Ballot.nomination_id == ballot.nomination_id, Ballot.id != ballot.id, Ballot.state != BallotState.VOID
    )
    if session.scalar(other.limit(1)) is not None:
        raise Invalid("Đề nghị này đã có phiếu khác đang lấy hoặc đã kiểm; mỗi đề nghị lấy phiếu một lần.")


def ensure_waits(session: Session, ballot: Ballot) -> None:
    """Raises Invalid where the nomination that it is about waits for the council no more, refused since for instance."""
    one = session.get(Nomination, ballot.nomination_id) if ballot.nomination_id else None
    if one is not None and one.state is not NominationState.RECEIVED:
        raise Invalid(
            f"“{ballot.question}” nay ở trạng thái “{one.state.label}” nên không lấy phiếu nữa; hãy hủy nội dung này."
        )


def ensure_council_votes(session: Session, ballot: Ballot) -> None:
    """Raises Invalid where others than those who sit in the council on the day of the meeting were invited to vote on a
    nomination: the base of all members is the council's, not that of whoever was asked to come."""
    meeting = ballot.meeting
    if ballot.nomination_id is None or meeting.cluster_id is not None:
        return
    seats = list_seats(session, meeting.movement_id, on=ward_day(meeting.meets_at, WARD_ZONE))
    seated, invited = {one.person_id for one in seats}, {one.person_id for one in meeting.members}
    if not seats:
        return
    if away := [one.name for one in seats if one.person_id not in invited]:
        raise Invalid(f"Chưa mời đủ thành viên Hội đồng: {', '.join(away)}. Ai vắng thì mời rồi điểm danh vắng.")
    if others := [one.name for one in meeting.members if one.person_id not in seated]:
        raise Invalid(f"Không phải thành viên Hội đồng nên không bỏ phiếu về khen thưởng: {', '.join(others)}.")


def new_ballot(
    meeting: Meeting, now: datetime, question: str, place: int, *, unit_id: str | None, choices: list[str]
) -> Ballot:
    """Not yet in the session; without a rule it is secret and needs more than half of those who are there."""
    return Ballot(
        id=new_id(),
        meeting=meeting,
        meeting_id=meeting.id,
        position=place,
        unit_id=unit_id,
        question=question,
        choices=choices,
        secret=True,
        needed=rules.MORE_THAN_HALF,
        state=BallotState.PREPARED,
        created_at=now,
    )


def follow(ballot: Ballot, rule: VoteRule | None) -> None:
    """Write down what the rule says now: later wordings do not change this ballot."""
    if rule is None:
        return
    ballot.rule_id, ballot.rule_name = rule.id, rule.name
    for name in SNAPSHOT:
        setattr(ballot, name, getattr(rule, name))


def room_for(session: Session, meeting: Meeting, more: int) -> int:
    """The place of the next ballot. Raises Invalid when there would be too many."""
    there = len(ballots_of(session, meeting))
    if there + more > MOST_BALLOTS:
        raise Invalid(f"Mỗi cuộc họp lấy phiếu tối đa {MOST_BALLOTS} nội dung.")
    return there + 1
