"""Every person x every meeting: predicate and SQL condition agree, and with the rule written here by hand."""

from __future__ import annotations

import itertools

from sqlalchemy import select

from tests.support.permissions import OWN, PEOPLE, YEARS, add_people_with_dead_grants
from tests.support.ward import Ward
from webapp.models import Ballot, BallotState, Meeting, MeetingMember, MeetingState
from webapp.permissions import Permission, can
from webapp.permissions.scopes import readable_meetings

INVITED = ("clerk.a", "clerk.c", "nobody")


def add_all(ward: Ward) -> None:
    """Of each cluster and of the council, in each state and year, with a ballot about A and one about nobody."""
    with ward.work() as session:
        for cluster, year, state, invited in itertools.product(
            (*ward.clusters.values(), None), YEARS, MeetingState, (False, True)
        ):
            meeting = Meeting(
                movement_id=ward.movement_id,
                cluster_id=cluster,
                year=year,
                title="x",
                meets_at=ward.now,
                place="x",
                chair_id=ward.people["head.a" if invited else "leader.1"],
                secretary_id=ward.people["clerk.b"] if invited else None,
                state=state,
                closed_at=ward.now,
                cancel_reason="x",
                created_at=ward.now,
                members=[
                    MeetingMember(person_id=ward.people[name], name=name, present=name != "clerk.c")
                    for name in (INVITED if invited else ())
                ],
            )
            session.add(meeting)
            session.flush()
            for unit in (ward.units["A"], None):
                session.add(
                    Ballot(
                        meeting_id=meeting.id,
                        position=1,
                        unit_id=unit,
                        question="x",
                        choices=["a", "b"],
                        secret=True,
                        state=BallotState.OPEN,
                        created_at=ward.now,
                    )
                )


def may_read(ward: Ward, name: str, one: Meeting) -> bool:
    if name in ("office", "chair", "council", "auditor"):
        return True
    if ward.people[name] in {one.chair_id, one.secretary_id, *(member.person_id for member in one.members)}:
        return True
    first, second = ward.clusters["K1"], ward.clusters["K2"]
    if name == "leader.1":
        return one.cluster_id == first and one.year == 2026
    if name == "deputy.2":
        return one.cluster_id == second and one.year == 2026
    # Followed without a year: that of the cluster in every year, and the council's.
    return name == "council.2" and one.cluster_id in (second, None)


def may_run(ward: Ward, name: str, one: Meeting) -> bool:
    if one.cluster_id is None:
        return name == "office" or one.chair_id == ward.people[name]
    if one.year != 2026:
        return False
    return name == {ward.clusters["K1"]: "leader.1", ward.clusters["K2"]: "deputy.2"}[one.cluster_id]


def test_meetings_agree_in_every_cell(ward: Ward) -> None:
    add_people_with_dead_grants(ward)
    add_all(ward)
    cells = 0
    with ward.db.reading() as session:
        rows = session.scalars(select(Meeting)).all()
        ballots = session.scalars(select(Ballot)).all()
        for name in PEOPLE:
            viewer = ward.viewer(name)
            in_sql = set(session.scalars(select(Meeting.id).where(readable_meetings(viewer))))
            for one in rows:
                where = (name, one.cluster_id, one.year, one.state, len(one.members))
                assert can(viewer, Permission.MEETING_READ, one) is may_read(ward, name, one), where
                assert (one.id in in_sql) is may_read(ward, name, one), where
                assert can(viewer, Permission.MEETING_MANAGE, one) is may_run(ward, name, one), where
                cells += 3
            for ballot in ballots:
                held = ballot.meeting.state is MeetingState.HELD
                there = name in ("clerk.a", "nobody") and bool(ballot.meeting.members)
                own = ballot.unit_id == ward.units["A"] and OWN.get(name) == "A"
                assert can(viewer, Permission.BALLOT_VOTE, ballot) is (held and there and not own), name
                assert can(viewer, Permission.MEETING_READ, ballot) is may_read(ward, name, ballot.meeting), name
                cells += 2
    assert cells > 3000
