"""How a meeting ends: closed with its minutes, or called off before it began."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.audit import log_event
from webapp.core.errors import Invalid
from webapp.meetings.service import LONGEST_TITLE, ballots_of, get_for_change, next_state, tell_invited
from webapp.models import Ballot, BallotState, Meeting
from webapp.notices.service import settle
from webapp.permissions import Viewer
from webapp.permissions.award_scopes import seen_ballots


def close_meeting(session: Session, *, actor: Viewer, now: datetime, meeting_id: str) -> Meeting:
    """The minutes are final: nothing of the meeting changes any more."""
    meeting = get_for_change(session, actor, meeting_id)
    state = next_state(meeting, "close")
    if faults := list_faults(session, meeting, viewer=actor):
        raise Invalid(" ".join(faults))
    if any(one.state in (BallotState.OPEN, BallotState.PREPARED) for one in ballots_of(session, meeting)):
        raise Invalid("Bạn chưa kết thúc được cuộc họp này; hãy để người khác trong ban tổ chức kết thúc.")
    meeting.state, meeting.closed_at = state, now
    session.flush()
    settle(session, now=now, causes=[f"meeting:{meeting.id}:"])
    log_event(session, actor, now, "meeting.close", meeting)
    return meeting


def list_faults(session: Session, meeting: Meeting, *, viewer: Viewer) -> list[str]:
    """What is to be done before it can be closed, as far as the viewer may know of it."""
    faults = []
    if any(member.present is None for member in meeting.members):
        faults.append("Chưa điểm danh hết thành viên.")
    states = set(session.scalars(select(Ballot.state).where(Ballot.meeting_id == meeting.id, seen_ballots(viewer))))
    if BallotState.OPEN in states:
        faults.append("Còn phiếu đang lấy; hãy kiểm phiếu hoặc hủy phiếu.")
    if BallotState.PREPARED in states:
        faults.append("Còn phiếu đã chuẩn bị mà chưa lấy; hãy lấy phiếu hoặc hủy nội dung lấy phiếu đó.")
    if not meeting.conclusion:
        faults.append("Chưa ghi kết luận của cuộc họp.")
    return faults


def cancel_meeting(
    session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, meeting_id: str, reason: str
) -> Meeting:
    """It does not take place; who was invited is told why."""
    meeting = get_for_change(session, actor, meeting_id)
    state, reason = next_state(meeting, "cancel"), reason.strip()
    if not reason:
        raise Invalid({"reason": "Hãy ghi lý do hủy họp; lý do được báo cho người được mời."})
    if len(reason) > LONGEST_TITLE:
        raise Invalid({"reason": f"Lý do dài tối đa {LONGEST_TITLE} ký tự."})
    meeting.state, meeting.cancel_reason = state, reason
    session.flush()
    settle(session, now=now, causes=[f"meeting:{meeting.id}:"])
    log_event(session, actor, now, "meeting.cancel", meeting)
    tell_invited(session, actor, now, timezone, meeting, "cancelled")
    return meeting
