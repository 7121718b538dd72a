"""Verbs for meetings and ballots on top of a small ward."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from tests.support.ward import Ward
from webapp.meetings import ballots, casting, ending, service, vote_rules
from webapp.meetings.ballots import Draft
from webapp.meetings.preparing import AboutNomination, prepare_about
from webapp.meetings.salts import HouseKey
from webapp.meetings.service import Attendance, Plan
from webapp.models import Ballot, BallotState, Meeting, MeetingState, Role, ScoreConflict, VoteRule

SECRET_KEY = "for tests only"
# Of cluster 1, whose units are A, B and VH: its leader is of B.
MEMBERS = ("leader.1", "head.a", "clerk.a", "clerk.b", "office", "council", "chair")


def plan(ward: Ward, *people: str, chair: str = "leader.1", **changes: Any) -> Plan:
    values: dict[str, Any] = {
        "title": "Xét kết quả thi đua năm 2026",
        "meets_at": ward.now,
        "place": "Hội trường UBND phường",
        "chair_id": ward.people[chair],
        "secretary_id": None,
        "agenda": "Xét kết quả của Đơn vị A\nXét kết quả của Đơn vị VH",
        "people": frozenset(ward.people[name] for name in people),
    }
    return Plan(**{**values, **changes})


def add_meeting(ward: Ward, *people: str, by: str = "leader.1", cluster: str | None = "K1", **changes: Any) -> Meeting:
    with ward.work() as session:
        return service.plan_meeting(
            session,
            actor=ward.viewer(by),
            now=ward.now,
            timezone=ward.resources.settings.timezone,
            movement_id=ward.movement_id,
            year=2026,
            cluster_id=ward.clusters[cluster] if cluster else None,
            plan=plan(ward, *(people or MEMBERS), **{"chair": by, **changes}),
        )


def begin(ward: Ward, meeting: Meeting, by: str = "leader.1") -> None:
    with ward.work() as session:
        service.open_meeting(session, actor=ward.viewer(by), now=ward.now, meeting_id=meeting.id)


def mark(ward: Ward, meeting: Meeting, *absent: str, by: str = "leader.1") -> None:
    """Everybody is there but these."""
    gone = {ward.people[name] for name in absent}
    with ward.work() as session:
        row = session.get_one(Meeting, meeting.id)
        marks = {
            one.person_id: Attendance(False, "bận công tác") if one.person_id in gone else Attendance(True)
            for one in row.members
        }
        service.mark_attendance(
            session,
            actor=ward.viewer(by),
            now=ward.now,
            meeting_id=meeting.id,
            revision=row.revision,
            attendance=marks,
        )


def held(ward: Ward, *people: str, absent: tuple[str, ...] = (), by: str = "leader.1", **changes: Any) -> Meeting:
    """A meeting that has begun, with all there but the absent."""
    meeting = add_meeting(ward, *people, by=by, **changes)
    begin(ward, meeting, by)
    mark(ward, meeting, *absent, by=by)
    return meeting


def prepare(ward: Ward, meeting: Meeting, *units: str, by: str = "leader.1", **changes: Any) -> Ballot:
    """The first of the ballots made."""
    values: dict[str, Any] = {"question": "Đề nghị tặng danh hiệu Tập thể lao động tiên tiến"}
    draft = Draft(**{**values, "unit_ids": tuple(ward.units[unit] for unit in units), **changes})
    with ward.work() as session:
        made = ballots.prepare_ballots(session, actor=ward.viewer(by), now=ward.now, meeting_id=meeting.id, draft=draft)
    return made[0]


def house_key(ward: Ward, secret: str = SECRET_KEY) -> HouseKey:
    return HouseKey(secret, ward.resources.settings.data / "ballots")


def step(ward: Ward, name: str, ballot: Ballot, by: str = "leader.1", key: str = SECRET_KEY, **more: Any) -> Any:
    """open_ballot, close_ballot, cast_vote, void_ballot, repeat_ballot, recount_ballot."""
    if name in ("open_ballot", "close_ballot", "cast_vote"):
        more |= {"timezone": ward.resources.settings.timezone}
    if name in ("open_ballot", "close_ballot", "cast_vote", "void_ballot"):
        more |= {"key": house_key(ward, key)}
    with ward.work() as session:
        verb = getattr(ballots, name)
        return verb(session, actor=ward.viewer(by), now=ward.now, ballot_id=ballot.id, **more)


def opened(ward: Ward, meeting: Meeting, *units: str, by: str = "leader.1", **changes: Any) -> Ballot:
    ballot = prepare(ward, meeting, *units, by=by, **changes)
    step(ward, "open_ballot", ballot, by)
    return ballot


def vote(ward: Ward, ballot: Ballot, **choices: int | None) -> None:
    """`vote(ward, ballot, head_a=0)`; dots as underscores, for `council.2` too."""
    for name, choice in choices.items():
        username = name.replace("_", ".")
        step(ward, "cast_vote", ballot, username, choice=choice)


def close(ward: Ward, ballot: Ballot, by: str = "leader.1") -> Ballot:
    closed: Ballot = step(ward, "close_ballot", ballot, by)
    return closed


def counted(ward: Ward, meeting: Meeting, *units: str, secret: bool = True) -> Ballot:
    """A ballot with a result: three for, one against."""
    ballot = opened(ward, meeting, *units, secret=secret)
    vote(ward, ballot, leader_1=0, council=0, chair=0, clerk_b=1)
    return close(ward, ballot)


def write(ward: Ward, meeting: Meeting, discussion: str, conclusion: str, by: str = "leader.1") -> None:
    with ward.work() as session:
        service.write_minutes(
            session,
            actor=ward.viewer(by),
            now=ward.now,
            meeting_id=meeting.id,
            revision=session.get_one(Meeting, meeting.id).revision,
            discussion=discussion,
            conclusion=conclusion,
        )


def end(ward: Ward, meeting: Meeting, by: str = "leader.1") -> None:
    with ward.work() as session:
        ending.close_meeting(session, actor=ward.viewer(by), now=ward.now, meeting_id=meeting.id)


def start_rules(ward: Ward) -> dict[str, VoteRule]:
    """The ready-made rules by code."""
    with ward.work() as session:
        vote_rules.start_rules(session, actor=ward.viewer("office"), now=ward.now)
        return {one.code: one for one in vote_rules.list_rules(session)}


def record_paper(ward: Ward, ballot: Ballot, username: str, *, by: str = "leader.1", **changes: Any) -> Ballot:
    """What an absent member sent on paper."""
    values: dict[str, Any] = {"person_id": ward.people[username], "choice": 0, "received_on": ward.now.date()}
    with ward.work() as session:
        return casting.record_paper(
            session,
            actor=ward.viewer(by),
            now=ward.now,
            timezone=ward.resources.settings.timezone,
            key=house_key(ward),
            ballot_id=ballot.id,
            opinion=casting.PaperOpinion(**{**values, **changes}),
        )


def about(ward: Ward, meeting: Meeting, *lines: AboutNomination, code: str = "danh-hieu") -> list[Ballot]:
    rule_id = start_rules(ward)[code].id
    with ward.work() as session:
        named: dict[str, Any] = {"meeting_id": meeting.id, "rule_id": rule_id, "lines": lines}
        return prepare_about(session, actor=ward.viewer("leader.1"), now=ward.now, **named)


def nomination(number: int, unit_id: str | None = None, **barred: str) -> AboutNomination:
    return AboutNomination(
        nomination_id=f"nomination{number:03}", question=f"Tặng ông Số {number}", unit_id=unit_id, barred=barred
    )


def voted_by_a_rule(ward: Ward) -> Ballot:
    """A ballot of all members about a nomination, with somebody kept away and a paper from somebody absent."""
    meeting = held(ward, absent=("head.a",))
    (ballot,) = about(ward, meeting, nomination(1, **{ward.people["council"]: "được đề nghị"}))
    step(ward, "open_ballot", ballot)
    vote(ward, ballot, leader_1=0, chair=0, clerk_b=1)
    record_paper(ward, ballot, "head.a")
    return close(ward, ballot)


def finished(ward: Ward) -> Meeting:
    """A closed meeting with a secret and an open ballot, one void."""
    meeting = held(ward, absent=("head.a",))
    counted(ward, meeting, "A")
    counted(ward, meeting, "VH", secret=False)
    void = opened(ward, meeting)
    step(ward, "void_ballot", void, reason="mất điện")
    write(ward, meeting, "Các thành viên nhất trí với báo cáo.", "Đề nghị tặng danh hiệu cho Đơn vị A.")
    end(ward, meeting)
    return meeting


def declare_conflict(ward: Ward, username: str, unit: str, lifted: bool = False) -> None:
    with ward.work() as session:
        session.add(
            ScoreConflict(
                person_id=ward.people[username],
                unit_id=ward.units[unit],
                year=2026,
                reason="người thân là lãnh đạo đơn vị",
                declared_at=ward.now,
                lifted_at=ward.now if lifted else None,
            )
        )


def add_leader(ward: Ward) -> None:
    """Somebody else may run cluster 1 too."""
    if "deputy.1" not in ward.people:
        ward.person("deputy.1", Role.CLUSTER_DEPUTY, "A", cluster="K1", year=2026)


def stored(ward: Ward, one: Meeting | Ballot) -> Any:
    with ward.db.reading() as session:
        return session.get_one(type(one), one.id)


def ballot_states(ward: Ward, meeting: Meeting) -> list[BallotState]:
    with ward.db.reading() as session:
        query = select(Ballot.state).where(Ballot.meeting_id == meeting.id).order_by(Ballot.position)
        return list(session.scalars(query))


__all__ = ["MeetingState", "MEMBERS", "SECRET_KEY"]
