"""Ballots: prepared, opened, voted on once each, counted. What somebody voted in a secret ballot is written nowhere."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from webapp.audit import log_event
from webapp.core.days import WARD_ZONE, ward_day
from webapp.core.errors import Invalid, NotFound, Refused
from webapp.meetings import box, rules
from webapp.meetings.preparing import (
    CARRIED,
    ensure_asked_once,
    ensure_council_votes,
    ensure_waits,
    follow,
    new_ballot,
    room_for,
)
from webapp.meetings.salts import HouseKey
from webapp.meetings.service import (
    LONGEST_TITLE,
    get_for_change,
    may_change_members,
    wait_for_turn,
)
from webapp.meetings.stakes import bars_of, base_of, electors_of
from webapp.meetings.vote_rules import rule_in_force
from webapp.meetings.writing import ask_the_absent, who_is_there
from webapp.models import (
    Ballot,
    BallotBar,
    BallotPaper,
    BallotState,
    BallotVoter,
    ClusterMember,
    Meeting,
    MeetingState,
    Unit,
    new_id,
)
from webapp.notices.service import settle, tell
from webapp.permissions import Permission, Viewer, ensure
from webapp.permissions.award_scopes import seen_ballots
from webapp.records.keep import touch

UNREADABLE = (
    "Không mở được hòm phiếu này bằng khóa hiện nay của hệ thống (hệ thống đã được dựng lại hoặc đổi khóa). "
    "Hãy hủy lần lấy phiếu này rồi lấy phiếu lại."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A question. About units it is asked once for each, with the unit's name at the end. By a rule of its kind of decision
    the rule says whether it is secret and how many are needed."""

    question: str
    unit_ids: tuple[str, ...] = ()
    choices: tuple[str, ...] = rules.STANDARD
    secret: bool = True
    needed: int = rules.MORE_THAN_HALF
    rule_id: str | None = None


@dataclass(frozen=True, slots=True)
class Recount:
    """What the papers say now, against what was announced."""

    counts: list[int]
    papers: int
    voters: int
    agrees: bool


def prepare_ballots(session: Session, *, actor: Viewer, now: datetime, meeting_id: str, draft: Draft) -> list[Ballot]:
    """One ballot, or one for each unit named."""
    meeting = get_for_change(session, actor, meeting_id)
    rule = rule_in_force(session, draft.rule_id, ward_day(now, WARD_ZONE)) if draft.rule_id else None
    units = _check(session, meeting, draft)
    place = room_for(session, meeting, max(1, len(units)))
    question, words = draft.question.strip(), [choice.strip() for choice in draft.choices]
    made: list[Ballot] = []
    asked_of: list[Unit | None] = [*units] or [None]
    for unit in asked_of:
        asked = f"{question} cho {unit.name}" if unit else question
        ballot = new_ballot(meeting, now, asked, place + len(made), unit_id=unit.id if unit else None, choices=words)
        ballot.secret, ballot.needed = draft.secret, draft.needed
        follow(ballot, rule)
        made.append(ballot)
    session.add_all(made)
    session.flush()
    for one in made:
        log_event(session, actor, now, "ballot.prepare", one)
    return made


def open_ballot(
    session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, key: HouseKey, ballot_id: str
) -> Ballot:
    """From now on those present vote; `key` is the house's. Needs a quorum, and people who may vote."""
    ballot = ballot_for_change(session, actor, ballot_id)
    state = _move(ballot, "open")
    meeting = ballot.meeting
    if meeting.state is not MeetingState.HELD:
        raise Invalid("Chỉ lấy phiếu khi cuộc họp đang diễn ra. Hãy bắt đầu cuộc họp trước.")
    seats = [one for one in meeting.members if one.present or (ballot.stand_ins and one.stand_in_id)]
    present, members, quorum = len(seats), len(meeting.members), ballot.least_there
    if not rules.has_quorum(present, members, quorum):
        raise Invalid(
            f"Chưa đủ số người có mặt để lấy phiếu: có mặt {present}/{members}, "
            f"cần ít nhất {rules.seats_needed(members, quorum)}."
        )
    ensure_waits(session, ballot)
    ensure_council_votes(session, ballot)
    electors = electors_of(session, ballot, now=now, timezone=timezone)
    if few := rules.too_few(
        len(electors),
        secret=ballot.secret,
        absent=present < members and not ballot.written,
        may_invite=may_change_members(session, meeting),
    ):
        raise Invalid(few)
    ballot.state, ballot.opened_at = state, now
    asked = ask_the_absent(session, ballot, electors)
    people = {one.person_id for one in meeting.members}
    barred = bars_of(session, ballot, people=people, now=now, timezone=timezone)
    ballot.there = who_is_there(ballot, asked, barred)
    if ballot.secret:
        _seal(session, ballot, key, [])
    session.flush()
    # Who is there may change before the next ballot: the moment of this one stays in the log.
    away = sorted(one.person_id for one in meeting.members if not one.present)
    moment: dict[str, str | int | None] = {"present": present, "members": members, "absent": " ".join(away)}
    log_event(
        session, actor, now, "ballot.open", ballot, {"electors": len(electors), "secret": int(ballot.secret), **moment}
    )
    tell(
        session,
        now=now,
        timezone=timezone,
        people=electors - asked - {actor.id or ""},
        key=f"ballot:{ballot.id}:open",
        text=f"Mời bỏ phiếu: {ballot.question}.",
        link=f"/ballots/{ballot.id}",
    )
    tell(
        session,
        now=now,
        timezone=timezone,
        people=asked,
        key=f"ballot:{ballot.id}:open",
        text=f"Xin ý kiến bằng văn bản vì bạn vắng mặt: {ballot.question}. Hãy trả lời trước khi kiểm phiếu.",
        link=f"/ballots/{ballot.id}",
    )
    return ballot


def cast_vote(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    timezone: ZoneInfo,
    key: HouseKey,
    ballot_id: str,
    choice: int | None,
) -> Ballot:
    """One vote of the actor, for good; who is absent and was asked in writing answers so. `choice` is a place in the
    ballot's choices."""
    ballot = get_locked_ballot(session, actor, ballot_id)
    ensure(actor, Permission.MEETING_READ, ballot.meeting)
    ensure_may_vote(session, actor, ballot, now=now, timezone=timezone)
    put_in(session, ballot, actor.id or "", choice, now=now, key=key)
    log_event(session, actor, now, "ballot.vote", ballot)
    return ballot


def ensure_may_vote(session: Session, actor: Viewer, ballot: Ballot, *, now: datetime, timezone: ZoneInfo) -> None:
    """Raises Refused for a stake, Invalid while it is not open or when the actor has voted."""
    person = actor.id or ""
    bars = bars_of(session, ballot, people={person}, now=now, timezone=timezone)
    if person in bars:
        raise Refused(bars[person], permission=Permission.BALLOT_VOTE.value, kind="ballot", key=ballot.id)
    if ballot.state is not BallotState.OPEN:
        raise Invalid(f"Phiếu này ở trạng thái “{ballot.state.label}” nên không bỏ phiếu được.")
    ensure(actor, Permission.BALLOT_VOTE, ballot)
    if has_voted(session, ballot, person):
        raise Invalid("Bạn đã bỏ phiếu này rồi; mỗi người bỏ phiếu một lần.")


def put_in(
    session: Session, ballot: Ballot, person_id: str, choice: int | None, *, now: datetime, key: HouseKey
) -> None:
    """The vote of somebody who may: into the sealed box, or beside their name. Raises Invalid for what is no choice."""
    if choice is None or not 0 <= choice < len(ballot.choices):
        raise Invalid({"choice": "Hãy chọn một phương án."})
    if ballot.secret:
        _seal(session, ballot, key, [*_unsealed(session, ballot, key), choice])
    session.add(
        BallotVoter(id=new_id(), ballot_id=ballot.id, person_id=person_id, choice=None if ballot.secret else choice)
    )
    session.flush()
    settle(session, now=now, causes=[f"ballot:{ballot.id}:open"], people=[person_id])


def close_ballot(
    session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, key: HouseKey, ballot_id: str
) -> Ballot:
    """Count. The box becomes papers in the order of the choices, and is gone with its salt."""
    ballot = ballot_for_change(session, actor, ballot_id)
    state = _move(ballot, "close")
    base = base_of(session, ballot, now=now, timezone=timezone)
    if ballot.secret:
        votes = _unsealed(session, ballot, key)
        if len(votes) < rules.FEWEST_SECRET:
            raise Invalid(
                f"Mới có {len(votes)} phiếu. Phiếu kín có dưới {rules.FEWEST_SECRET} phiếu thì công bố kết quả sẽ làm lộ "
                "ý kiến của từng người; hãy chờ thêm, hoặc hủy lần lấy phiếu này."
            )
    else:
        votes = _open_votes(session, ballot)
    counts = rules.count(votes, len(ballot.choices))
    ballot.state, ballot.closed_at = state, now
    ballot.counts, ballot.electors = counts, base
    ballot.chosen = rules.decided(ballot.choices, counts, base, ballot.needed)
    secret = ballot.secret
    key.forget(session, ballot.salt)
    ballot.box = ballot.salt = None
    session.flush()
    if secret:
        touch(session, ballot)
        papers = [{"id": new_id(), "ballot_id": ballot.id, "choice": vote} for vote in sorted(votes)]
        session.execute(insert(BallotPaper), papers)
    settle(session, now=now, causes=[f"ballot:{ballot.id}:open"])
    log_event(session, actor, now, "ballot.close", ballot, {"votes": len(votes), "electors": base})
    return ballot


def void_ballot(
    session: Session, *, actor: Viewer, now: datetime, key: HouseKey, ballot_id: str, reason: str
) -> Ballot:
    """It does not count, and its box is gone unread; who had voted stays noted."""
    ballot = ballot_for_change(session, actor, ballot_id)
    state, reason = _move(ballot, "void"), reason.strip()
    if not reason:
        raise Invalid({"reason": "Hãy ghi lý do hủy; lý do được ghi vào biên bản."})
    if len(reason) > LONGEST_TITLE:
        raise Invalid({"reason": f"Lý do dài tối đa {LONGEST_TITLE} ký tự."})
    ballot.state, ballot.void_reason, ballot.closed_at = state, reason, now
    key.forget(session, ballot.salt)
    ballot.box = ballot.salt = None
    session.flush()
    settle(session, now=now, causes=[f"ballot:{ballot.id}:open"])
    log_event(session, actor, now, "ballot.void", ballot)
    return ballot


def repeat_ballot(session: Session, *, actor: Viewer, now: datetime, ballot_id: str) -> Ballot:
    """The same question once more, after it was declared void."""
    ballot = ballot_for_change(session, actor, ballot_id)
    if ballot.state is not BallotState.VOID:
        raise Invalid("Chỉ lấy phiếu lại nội dung đã hủy.")
    ensure_asked_once(session, ballot)
    place = room_for(session, ballot.meeting, 1)
    made = new_ballot(ballot.meeting, now, ballot.question, place, unit_id=ballot.unit_id, choices=list(ballot.choices))
    for name in CARRIED:
        setattr(made, name, getattr(ballot, name))
    session.add(made)
    session.flush()
    bars = session.scalars(select(BallotBar).where(BallotBar.ballot_id == ballot.id)).all()
    session.add_all(BallotBar(ballot_id=made.id, person_id=one.person_id, reason=one.reason) for one in bars)
    session.flush()
    log_event(session, actor, now, "ballot.prepare", made, {"repeats": ballot.id})
    return made


def recount_ballot(session: Session, *, actor: Viewer, now: datetime, ballot_id: str) -> Recount:
    """Count the papers once more; anybody who reads the meeting may ask for it."""
    ballot = get_locked_ballot(session, actor, ballot_id)
    ensure(actor, Permission.MEETING_READ, ballot.meeting)
    if ballot.state is not BallotState.CLOSED:
        raise Invalid("Chỉ kiểm lại được phiếu đã kiểm.")
    papers = (
        list(session.scalars(select(BallotPaper.choice).where(BallotPaper.ballot_id == ballot.id)))
        if ballot.secret
        else _open_votes(session, ballot)
    )
    found = [paper for paper in papers if 0 <= paper < len(ballot.choices)]
    counts = rules.count(found, len(ballot.choices))
    voters = count_voters(session, ballot)
    chosen = rules.decided(ballot.choices, counts, ballot.electors or 0, ballot.needed)
    agrees = counts == ballot.counts and len(papers) == len(found) == voters and chosen == ballot.chosen
    log_event(
        session, actor, now, "ballot.recount", ballot, {"papers": len(papers), "voters": voters, "agrees": int(agrees)}
    )
    return Recount(counts, len(papers), voters, agrees)


def count_voters(session: Session, ballot: Ballot) -> int:
    return session.scalar(select(func.count()).where(BallotVoter.ballot_id == ballot.id)) or 0


def has_voted(session: Session, ballot: Ballot, person_id: str) -> bool:
    mine = select(BallotVoter.id).where(BallotVoter.ballot_id == ballot.id, BallotVoter.person_id == person_id)
    return session.scalar(mine) is not None


def _open_votes(session: Session, ballot: Ballot) -> list[int]:
    choices = session.scalars(select(BallotVoter.choice).where(BallotVoter.ballot_id == ballot.id))
    return [choice for choice in choices if choice is not None]


def _seal(session: Session, ballot: Ballot, key: HouseKey, votes: list[int]) -> None:
    """Put the box anew under a salt of its own; the one before is of no use to anybody from the commit on."""
    key.sweep({name for name in session.scalars(select(Ballot.salt)) if name})
    key.forget(session, ballot.salt)
    ballot.salt = key.fresh(session)
    ballot.box = box.seal(votes, key=key.secret, salt=key.salt(ballot.salt) or "", ballot_id=ballot.id)


def _unsealed(session: Session, ballot: Ballot, key: HouseKey) -> list[int]:
    """What is in the box, as many as have voted. Raises Invalid."""
    try:
        votes = box.unseal(ballot.box, key=key.secret, salt=key.salt(ballot.salt), ballot_id=ballot.id)
        rules.count(votes, len(ballot.choices))
    except (box.Unreadable, ValueError) as error:
        raise Invalid(UNREADABLE) from error
    if len(votes) != count_voters(session, ballot):
        raise Invalid(
            "Số phiếu trong hòm không khớp với số người đã bỏ phiếu. Hãy hủy lần lấy phiếu này rồi lấy phiếu lại."
        )
    return votes


def _check(session: Session, meeting: Meeting, draft: Draft) -> list[Unit]:
    faults = {}
    if not draft.question.strip():
        faults["question"] = "Hãy ghi nội dung lấy phiếu."
    elif len(draft.question) > LONGEST_TITLE:
        faults["question"] = f"Nội dung dài tối đa {LONGEST_TITLE} ký tự."
    choices = [choice.strip() for choice in draft.choices]
    if not rules.FEWEST_CHOICES <= len(choices) <= rules.MOST_CHOICES:
        faults["choices"] = f"Cần từ {rules.FEWEST_CHOICES} đến {rules.MOST_CHOICES} phương án, mỗi dòng một phương án."
    elif len({choice.casefold() for choice in choices}) < len(choices) or not all(choices):
        faults["choices"] = "Các phương án phải khác nhau và không để trống."
    elif all(map(rules.is_no_opinion, choices)):
        faults["choices"] = "Cần ít nhất một phương án nêu ý kiến; phiếu trắng, ý kiến khác không thắng được."
    elif max(map(len, choices)) > rules.LONGEST_CHOICE:
        faults["choices"] = f"Mỗi phương án dài tối đa {rules.LONGEST_CHOICE} ký tự."
    if not rules.MORE_THAN_HALF <= draft.needed <= 100:
        faults["needed"] = "Hãy nhập một số từ 50 đến 100."
    units = _units(session, meeting, draft.unit_ids)
    if len(units) < len(set(draft.unit_ids)):
        faults["units"] = "Có đơn vị không thuộc diện xét của cuộc họp này."
    if faults:
        raise Invalid(faults)
    return units


def _units(session: Session, meeting: Meeting, wanted: Collection[str]) -> list[Unit]:
    """Those named that the meeting may speak of, by name."""
    query = select(Unit).where(Unit.id.in_(set(wanted))).order_by(Unit.name)
    if meeting.cluster_id is not None:
        query = query.join(ClusterMember, ClusterMember.unit_id == Unit.id).where(
            ClusterMember.cluster_id == meeting.cluster_id, ClusterMember.year == meeting.year
        )
    return list(session.scalars(query))


def get_locked_ballot(session: Session, actor: Viewer, ballot_id: str) -> Ballot:
    """As it is now; whoever comes next waits, so that no vote is lost and none counted twice."""
    wait_for_turn(session)
    found = session.get(Ballot, ballot_id, populate_existing=True)
    seen = select(Ballot.id).where(Ballot.id == ballot_id, seen_ballots(actor))
    if found is None or session.scalar(seen) is None:
        raise NotFound(kind="ballot", key=ballot_id)
    return found


def ballot_for_change(session: Session, actor: Viewer, ballot_id: str) -> Ballot:
    ballot = get_locked_ballot(session, actor, ballot_id)
    get_for_change(session, actor, ballot.meeting_id)
    return ballot


def _move(ballot: Ballot, move: str) -> BallotState:
    try:
        return rules.BALLOT_MOVES[ballot.state, move]
    except KeyError as error:
        raise Invalid(f"Phiếu này ở trạng thái “{ballot.state.label}” nên không làm được việc này.") from error
