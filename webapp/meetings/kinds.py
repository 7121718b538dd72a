"""What the house knows of meetings and ballots as kinds. What is said of a unit in a meeting is the meeting's."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists
from sqlalchemy.orm import raiseload

from webapp.kinds import Address, Kind
from webapp.models import Ballot, Meeting
from webapp.permissions import Viewer
from webapp.permissions.award_scopes import seen_ballots
from webapp.permissions.scopes import readable_meetings


def _readable_ballots(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on Ballot: seen by whoever sees the meeting and has no stake in the nomination it is about."""
    return and_(exists().where(Meeting.id == Ballot.meeting_id, readable_meetings(viewer)), seen_ballots(viewer))


KINDS = (
    Kind(
        name="meeting",
        label="cuộc họp",
        model=Meeting,
        readable=readable_meetings,
        title=lambda meeting: meeting.title,
        address=lambda meeting: Address("meetings.meeting_view", {"meeting_id": meeting.id}),
        unit=None,
        parts=(),
        noted=(),
        loading=(raiseload(Meeting.members),),
        # What was said and voted is read in the meeting, by those it concerns.
        search=None,
        bag=None,
    ),
    Kind(
        name="ballot",
        label="lấy phiếu",
        model=Ballot,
        readable=_readable_ballots,
        title=lambda ballot: ballot.question,
        address=lambda ballot: Address("meetings.ballot_view", {"ballot_id": ballot.id}),
        unit=None,
        parts=(),
        noted=(),
        loading=(raiseload(Ballot.meeting),),
        search=None,
        bag=None,
    ),
)
