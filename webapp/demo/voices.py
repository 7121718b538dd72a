"""What the demonstration's office tells the units, what a unit asks for, and the office's own report begun."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from webapp.announcements import service as announcements
from webapp.announcements.rules import Selection
from webapp.announcements.service import Wording as Announced
from webapp.core.db import Database
from webapp.difficulties import service as difficulties
from webapp.difficulties.service import Wording
from webapp.models import AnnouncementKind, DifficultyKind, PaperKind, UnitKind
from webapp.permissions import Viewer
from webapp.synthesis import service as syntheses

TOPIC = "Thiết bị, đường truyền, tuyên truyền"
# Who raises what for which unit under which point, and the answer: None not gathered yet, empty not decided yet.
RAISED: tuple[tuple[str, str, DifficultyKind, str, str, str, str | None], ...] = (
    (
        "minh",
        "KT",
        DifficultyKind.DIFFICULTY,
        "III.1.đ",
        "Chưa được cấp tài khoản khai thác cơ sở dữ liệu đất đai, phải đối chiếu bằng giấy.",
        "Đề nghị Ủy ban nhân dân phường làm việc với đơn vị quản lý để cấp 3 tài khoản.",
        None,
    ),
    (
        "tam",
        "HND",
        DifficultyKind.DIFFICULTY,
        "III.2.b",
        "Hội viên lớn tuổi dùng điện thoại cũ, không cài được ứng dụng; lớp phải mượn máy.",
        "Đề nghị hỗ trợ 10 máy tính bảng dùng chung cho các lớp tại nhà.",
        "",
    ),
    (
        "congan",
        "CA",
        DifficultyKind.DIFFICULTY,
        "II.2.e",
        "Người dân nhận cuộc gọi giả danh ngày càng nhiều; loa truyền thanh phát vào giờ mọi người đi làm.",
        "Đề nghị đổi giờ phát thanh sang 18 giờ 30 phút.",
        "Đồng ý. Từ tuần sau, chuyên mục phòng ngừa lừa đảo phát lúc 18 giờ 30 phút các ngày thứ Ba, thứ Sáu.",
    ),
)


def add_voices(
    db: Database,
    units: Mapping[str, str],
    people: Callable[[str], Viewer],
    *,
    now: datetime,
    timezone: ZoneInfo,
    movement_id: str,
    year: int,
) -> None:
    """`people` gives a viewer by user name."""
    office, chair = people("vhxh"), people("chutich")
    at = now - timedelta(days=10)
    for username, unit, kind_, point, text, proposal, answer in RAISED:
        head = people(username)
        with db.unit_of_work() as session:
            one = difficulties.add_difficulty(
                session,
                actor=head,
                now=at,
                movement_id=movement_id,
                unit_id=units[unit],
                year=year,
                wording=Wording(kind_, point, text, proposal),
            )
            common: Any = {"timezone": timezone, "difficulty_id": one.id}
            difficulties.raise_difficulty(session, actor=head, now=at, **common)
            if answer is None:
                continue
            difficulties.gather_difficulty(
                session, actor=office, now=at + timedelta(days=2), topic=TOPIC, note="", **common
            )
            if answer:
                day = at + timedelta(days=6)
                difficulties.decide_difficulty(session, actor=chair, now=day, accepted=True, answer=answer, **common)
    for kind, title, text, selection in (
        (
            AnnouncementKind.GUIDANCE,
            "Cách viết báo cáo năm",
            "Mỗi nội dung thi đua viết ba đến năm câu, có số liệu so với năm trước; nêu rõ việc chưa làm được.",
            Selection(everyone=True),
        ),
        (
            AnnouncementKind.NOTICE,
            "Họp các đơn vị sự nghiệp về phiếu tự kiểm",
            "Chiều thứ Năm, tại hội trường; mang theo phiếu đang soạn.",
            Selection(unit_kinds=(UnitKind.SERVICE.value,)),
        ),
    ):
        with db.unit_of_work() as session:
            wording = Announced(kind=kind, title=title, text=text, confirm=not selection.everyone, selection=selection)
            posted = announcements.add_announcement(
                session, actor=office, now=at, movement_id=movement_id, year=year, wording=wording
            )
            announcements.post_announcement(session, actor=office, now=at, timezone=timezone, announcement_id=posted.id)
    with db.unit_of_work() as session:
        syntheses.make_synthesis(
            session,
            actor=office,
            now=now - timedelta(days=1),
            timezone=timezone,
            movement_id=movement_id,
            kind=PaperKind.ANNUAL,
            year=year,
        )
