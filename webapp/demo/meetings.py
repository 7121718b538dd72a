"""A cluster's meeting that is over, with a ballot, and one of the council to come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from webapp.core.resources import Resources
from webapp.meetings import ballots, ending, service
from webapp.meetings.ballots import Draft
from webapp.meetings.salts import HouseKey
from webapp.meetings.service import Attendance, Plan
from webapp.models import Cluster, Meeting
from webapp.permissions import Viewer

SATURDAY = 5
# Who votes what on the cluster's question, by place in the usual choices.
VOTES = {"tam": 0, "nga": 0, "phuc": 0, "khoa": 2}


def add_meetings(
    resources: Resources, people: Callable[[str], Viewer], *, now: datetime, movement_id: str, year: int
) -> None:
    """`people` gives a viewer by user name."""
    timezone = resources.settings.timezone
    council, chair, office = people("hoidong"), people("chutich"), people("vhxh")
    _hold(resources, people, at=_hour(resources, now - timedelta(days=25), 8), movement_id=movement_id, year=year)
    with resources.db.unit_of_work() as session:
        service.plan_meeting(
            session,
            actor=office,
            now=now - timedelta(days=2),
            timezone=timezone,
            movement_id=movement_id,
            year=year,
            cluster_id=None,
            plan=Plan(
                title=f"Xét kết quả thi đua của Khối 4 năm {year}",
                meets_at=_hour(resources, now + timedelta(days=12), 14),
                place="Phòng họp số 1, trụ sở Ủy ban nhân dân phường",
                chair_id=chair.id or "",
                secretary_id=office.id,
                agenda="Nghe báo cáo kết quả chấm điểm của Khối 4\nCho ý kiến về đề nghị khen thưởng\nBỏ phiếu",
                people=frozenset({council.id or "", office.id or ""}),
            ),
        )


def _hold(resources: Resources, people: Callable[[str], Viewer], *, at: datetime, movement_id: str, year: int) -> None:
    """The leadership of cluster 2 and the heads of two more units agree how to score."""
    leader, secretary, timezone = people("tam"), people("hoa"), resources.settings.timezone
    by_leader: dict[str, Any] = {"actor": leader, "now": at}
    with resources.db.unit_of_work() as session:
        meeting = service.plan_meeting(
            session,
            actor=leader,
            now=at - timedelta(days=5),
            timezone=timezone,
            movement_id=movement_id,
            year=year,
            cluster_id=session.scalars(select(Cluster.id).where(Cluster.code == "C2")).one(),
            plan=Plan(
                title=f"Họp Cụm 2 thống nhất cách chấm điểm thi đua năm {year}",
                meets_at=at,
                place="Hội trường Ủy ban Mặt trận Tổ quốc Việt Nam phường",
                chair_id=leader.id or "",
                secretary_id=secretary.id,
                agenda="Thống nhất minh chứng của từng tiêu chí\nBiểu quyết lịch tự chấm điểm của cụm",
                people=frozenset(people(name).id or "" for name in VOTES),
            ),
        )
    with resources.db.unit_of_work() as session:
        service.open_meeting(session, **by_leader, meeting_id=meeting.id)
        present = {people(name).id or "": Attendance(True) for name in VOTES}
        revision = session.get_one(Meeting, meeting.id).revision
        service.mark_attendance(session, **by_leader, meeting_id=meeting.id, revision=revision, attendance=present)
    _vote(resources, people, at=at + timedelta(minutes=45), meeting_id=meeting.id)
    with resources.db.unit_of_work() as session:
        service.write_minutes(
            session,
            **by_leader,
            meeting_id=meeting.id,
            revision=session.get_one(Meeting, meeting.id).revision,
            discussion="Hội Liên hiệp Phụ nữ đề nghị dùng danh sách có chữ ký làm minh chứng của các lớp tập huấn.\n"
            "Đoàn Thanh niên đề nghị lùi ngày tự chấm điểm một tuần vì trùng đợt tình nguyện.",
            conclusion="Các đơn vị tự chấm điểm theo lịch đã biểu quyết; minh chứng của lớp tập huấn là danh sách có chữ ký.",
        )
    with resources.db.unit_of_work() as session:
        ending.close_meeting(session, actor=leader, now=at + timedelta(minutes=75), meeting_id=meeting.id)


def _vote(resources: Resources, people: Callable[[str], Viewer], *, at: datetime, meeting_id: str) -> None:
    """A show of hands, counted."""
    settings, leader = resources.settings, people("tam")
    house: dict[str, Any] = {
        "now": at,
        "timezone": settings.timezone,
        "key": HouseKey(settings.secret_key, settings.data / "ballots"),
    }
    draft = Draft(question="Thông qua lịch tự chấm điểm của cụm", secret=False)
    with resources.db.unit_of_work() as session:
        (ballot,) = ballots.prepare_ballots(session, actor=leader, now=at, meeting_id=meeting_id, draft=draft)
        ballots.open_ballot(session, actor=leader, ballot_id=ballot.id, **house)
    for username, choice in VOTES.items():
        with resources.db.unit_of_work() as session:
            ballots.cast_vote(session, actor=people(username), ballot_id=ballot.id, choice=choice, **house)
    with resources.db.unit_of_work() as session:
        ballots.close_ballot(session, actor=leader, ballot_id=ballot.id, **house)


def _hour(resources: Resources, day: datetime, hour: int) -> datetime:
    """That hour of the day in the ward, of the next Monday when nobody works that day."""
    timezone = resources.settings.timezone
    found = datetime.combine(day.astimezone(timezone), time(hour), tzinfo=timezone)
    return found + timedelta(days=7 - found.weekday() if found.weekday() >= SATURDAY else 0)
