"""Ballots: prepared, opened, voted on once each, counted. What somebody voted in a secret ballot is written nowhere."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from webapp.audit import log_event
from webapp.core.errors import Invalid, NotFound, Refused
from webapp.meetings import box, rules
from webapp.meetings.salts import HouseKey
from webapp.meetings.service import (
    LONGEST_TITLE,
    ballots_of,
    get_for_change,
    may_change_members,
    wait_for_turn,
)
from webapp.meetings.stakes import bars_of, electors_of
from webapp.models import (
    Ballot,
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
from webapp.records.keep import touch

MOST_BALLOTS = 100
UNREADABLE = (
    "Không mở được hòm phiếu này bằng khóa hiện nay của hệ thống (hệ thống đã được dựng lại hoặc đổi khóa). "
    "Hãy hủy lần lấy phiếu này rồi lấy phiếu lại."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A question. About units it is asked once for each, with the unit's name at the end."""

    question: str
    unit_ids: tuple[str, ...] = ()
    choices: tuple[str, ...] = rules.STANDARD
    secret: bool = True
    needed: int = rules.MORE_THAN_HALF


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
    units = _check(session, meeting, draft)
    there = ballots_of(session, meeting)
    if len(there) + max(1, len(units)) > MOST_BALLOTS:
        raise Invalid(f"Mỗi cuộc họp lấy phiếu tối đa {MOST_BALLOTS} nội dung.")
    question = draft.question.strip()
    made = [
        _add(session, meeting, now, draft, f"{question} cho {unit.name}" if unit else question, unit, place)
        for place, unit in enumerate(units or [None], start=len(there) + 1)
    ]
    session.flush()
    for one in made:
        log_event(session, actor, now, "ballot.prepare", one)
    return made


def open_ballot(
    session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, key: HouseKey, ballot_id: str
) -> Ballot:
    """From now on those present vote; `key` is the house's. Needs a quorum, and people who may vote."""
    ballot = _for_change(session, actor, ballot_id)
    state = _move(ballot, "open")
    meeting = ballot.meeting
    if meeting.state is not MeetingState.HELD:
        raise Invalid("Chỉ lấy phiếu khi cuộc họp đang diễn ra. Hãy bắt đầu cuộc họp trước.")
    present, members = sum(one.present is True for one in meeting.members), len(meeting.members)
    if not rules.has_quorum(present, members, meeting.quorum):
        raise Invalid(
            f"Chưa đủ số người có mặt để lấy phiếu: có mặt {present}/{members}, "
            f"cần ít nhất {rules.seats_needed(members, meeting.quorum)}."
        )
    electors = electors_of(session, ballot, now=now, timezone=timezone)
    if few := rules.too_few(
        len(electors), secret=ballot.secret, absent=present < members, may_invite=may_change_members(session, meeting)
    ):
        raise Invalid(few)
    ballot.state, ballot.opened_at = state, now
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
        people=electors - {actor.id or ""},
        key=f"ballot:{ballot.id}:open",
        text=f"Mời bỏ phiếu: {ballot.question}.",
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
    """One vote of the actor, for good. `choice` is a place in the ballot's choices."""
    ballot = _locked(session, ballot_id)
    ensure(actor, Permission.MEETING_READ, ballot.meeting)
    person = actor.id or ""
    bars = bars_of(session, ballot, people={person}, now=now, timezone=timezone)
    if person in bars:
        raise Refused(bars[person], permission=Permission.BALLOT_VOTE.value, kind="ballot", key=ballot.id)
    if ballot.state is not BallotState.OPEN:
        raise Invalid(f"Phiếu này ở trạng thái “{ballot.state.label}” nên không bỏ phiếu được.")
    ensure(actor, Permission.BALLOT_VOTE, ballot)
    if has_voted(session, ballot, person):
        raise Invalid("Bạn đã bỏ phiếu này rồi; mỗi người bỏ phiếu một lần.")
    if choice is None or not 0 <= choice < len(ballot.choices):
        raise Invalid({"choice": "Hãy chọn một phương án."})
    if ballot.secret:
        _seal(session, ballot, key, [*_unsealed(session, ballot, key), choice])
    session.add(
        BallotVoter(id=new_id(), ballot_id=ballot.id, person_id=person, choice=None if ballot.secret else choice)
    )
    session.flush()
    settle(session, now=now, causes=[f"ballot:{ballot.id}:open"], people=[person])
    log_event(session, actor, now, "ballot.vote", ballot)
    return ballot


def close_ballot(
    session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, key: HouseKey, ballot_id: str
) -> Ballot:
    """Count. The box becomes papers in the order of the choices, and is gone with its salt."""
    ballot = _for_change(session, actor, ballot_id)
    state = _move(ballot, "close")
    electors = electors_of(session, ballot, now=now, timezone=timezone)
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
    ballot.counts, ballot.electors = counts, len(electors)
    ballot.chosen = rules.decided(ballot.choices, counts, len(electors), ballot.needed)
    secret = ballot.secret
    key.forget(session, ballot.salt)
    ballot.box = ballot.salt = None
    session.flush()
    if secret:
        touch(session, ballot)
        papers = [{"id": new_id(), "ballot_id": ballot.id, "choice": vote} for vote in sorted(votes)]
        session.execute(insert(BallotPaper), papers)
    settle(session, now=now, causes=[f"ballot:{ballot.id}:open"])
    log_event(session, actor, now, "ballot.close", ballot, {"votes": len(votes), "electors": len(electors)})
    return ballot


def void_ballot(
    session: Session, *, actor: Viewer, now: datetime, key: HouseKey, ballot_id: str, reason: str
) -> Ballot:
    """It does not count, and its box is gone unread; who had voted stays noted."""
    ballot = _for_change(session, actor, ballot_id)
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
    ballot = _for_change(session, actor, ballot_id)
    if ballot.state is not BallotState.VOID:
        raise Invalid("Chỉ lấy phiếu lại nội dung đã hủy.")
    place = len(ballots_of(session, ballot.meeting)) + 1
    if place > MOST_BALLOTS:
        raise Invalid(f"Mỗi cuộc họp lấy phiếu tối đa {MOST_BALLOTS} nội dung.")
    draft = Draft(question=ballot.question, choices=tuple(ballot.choices), secret=ballot.secret, needed=ballot.needed)
    unit = session.get(Unit, ballot.unit_id) if ballot.unit_id else None
    made = _add(session, ballot.meeting, now, draft, ballot.question, unit, place)
    session.flush()
    log_event(session, actor, now, "ballot.prepare", made, {"repeats": ballot.id})
    return made


def recount_ballot(session: Session, *, actor: Viewer, now: datetime, ballot_id: str) -> Recount:
    """Count the papers once more; anybody who reads the meeting may ask for it."""
    ballot = _locked(session, ballot_id)
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


def _add(
    session: Session, meeting: Meeting, now: datetime, draft: Draft, question: str, unit: Unit | None, place: int
) -> Ballot:
    ballot = Ballot(
        id=new_id(),
        meeting=meeting,
        meeting_id=meeting.id,
        position=place,
        unit_id=unit.id if unit else None,
        question=question,
        choices=[choice.strip() for choice in draft.choices],
        secret=draft.secret,
        needed=draft.needed,
        state=BallotState.PREPARED,
        created_at=now,
    )
    session.add(ballot)
    return ballot


def _locked(session: Session, ballot_id: str) -> Ballot:
    """As it is now; whoever comes next waits, so that no vote is lost and none counted twice."""
    wait_for_turn(session)
    found = session.get(Ballot, ballot_id, populate_existing=True)
    if found is None:
        raise NotFound(kind="ballot", key=ballot_id)
    return found


def _for_change(session: Session, actor: Viewer, ballot_id: str) -> Ballot:
    ballot = _locked(session, ballot_id)
    get_for_change(session, actor, ballot.meeting_id)
    return ballot


def _move(ballot: Ballot, move: str) -> BallotState:
    try:
        return rules.BALLOT_MOVES[ballot.state, move]
    except KeyError as error:
        raise Invalid(f"Phiếu này ở trạng thái “{ballot.state.label}” nên không làm được việc này.") from error
