"""The demonstration's meetings: one over, with its ballot counted, one of the council to come; both on working days."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.support import meetings
from tests.support.ward import Ward
from webapp.demo.meetings import add_meetings
from webapp.models import Ballot, BallotState, Meeting, MeetingState, Role


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("days", range(7))
def test_the_demonstrations_meetings(ward: Ward, days: int) -> None:
    ward.cluster("C2")
    ward.person("tam", Role.CLUSTER_LEADER, "C", cluster="C2", year=2026)
    for username in ("nga", "hoa", "phuc", "khoa"):
        ward.person(username, Role.HEAD, "C")
    ward.person("vhxh", Role.STANDING_OFFICE, "VH")
    ward.person("hoidong", Role.COUNCIL)
    ward.person("chutich", Role.LEADERSHIP)
    now = ward.now + timedelta(days=days)
    add_meetings(ward.resources, ward.viewer, now=now, movement_id=ward.movement_id, year=2026)
    with ward.db.reading() as session:
        past, to_come = session.scalars(select(Meeting).order_by(Meeting.meets_at)).all()
        ballot = session.scalars(select(Ballot)).one()
    assert (past.state, past.cluster_id) == (MeetingState.CLOSED, ward.clusters["C2"]) and past.meets_at < now
    assert (to_come.state, to_come.cluster_id) == (MeetingState.PLANNED, None) and to_come.meets_at > now
    zone = ward.resources.settings.timezone
    assert all(one.meets_at.astimezone(zone).weekday() < 5 for one in (past, to_come))
    assert (ballot.state, ballot.secret, ballot.counts, ballot.electors) == (BallotState.CLOSED, False, [3, 0, 1], 4)
    assert meetings.step(ward, "recount_ballot", ballot, "tam").agrees
