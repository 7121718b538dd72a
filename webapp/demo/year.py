"""What units owe in a year: plans and reports in every state, one given back with a remark, some brought on paper."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from archive import Store
from webapp.core.days import ward_day
from webapp.core.db import Database
from webapp.duties import service as duties
from webapp.models import PaperKind, PaperPart, PartKind, UnitPaper, new_id
from webapp.permissions import SYSTEM, Viewer
from webapp.submissions import commenting
from webapp.submissions import service as submissions
from webapp.submissions.on_paper import OnPaper, enter_paper

OVERVIEW = (
    "Đơn vị đã phổ biến kế hoạch của phường đến toàn thể cán bộ, phân công người phụ trách từng nội dung và "
    "kiểm điểm tiến độ hằng tháng."
)
SENTENCES = (
    "Đã rà soát {n} thủ tục, cắt giảm giấy tờ trùng lặp; hồ sơ giải quyết đúng hạn đạt {p}%.",
    "Tổ chức {n} buổi hướng dẫn, {m} lượt người dân tham gia; tỷ lệ thực hành được ngay tại chỗ đạt {p}%.",
    "Số hóa {m} hồ sơ, kết nối dữ liệu với hệ thống chung; thời gian tra cứu giảm còn {n} phút.",
    "Có {n} giải pháp được áp dụng, tiết kiệm khoảng {m} giờ làm việc trong năm.",
)
DIFFICULTY = "Máy tính của đơn vị đã cũ, đường truyền chưa ổn định; cán bộ phụ trách còn kiêm nhiệm."
PROPOSAL = "Đề nghị phường hỗ trợ tập huấn về an toàn thông tin và sớm bố trí thiết bị quét."


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoYear:
    """Duties, plans and reports of one year, made through the services as people do it.

    `writer`, `head` and `receiver` give who writes, who answers and who receives for a unit by its code.
    """

    db: Database
    units: Mapping[str, str]
    writer: Callable[[str], Viewer]
    head: Callable[[str], Viewer]
    receiver: Callable[[str], Viewer]
    timezone: ZoneInfo
    year: int
    movement_id: str

    def make_duties(self, *, at: datetime, first: bool) -> None:
        with self.db.unit_of_work() as session:
            if first:
                duties.start_rules(session, actor=SYSTEM, now=at, movement_id=self.movement_id)
            duties.make_duties(session, actor=SYSTEM, now=at, movement_id=self.movement_id, year=self.year)

    def hand_in(self, code: str, kind: PaperKind, *, at: datetime, to: str) -> None:
        """Write a paper of the unit and bring it to `to`: half, submitted, accepted or returned."""
        with self.db.unit_of_work() as session:
            paper = submissions.open_paper(
                session,
                actor=self.writer(code),
                now=at,
                movement_id=self.movement_id,
                unit_id=self.units[code],
                kind=kind,
                year=self.year,
            )
            parts = session.scalars(
                select(PaperPart).where(PaperPart.paper_id == paper.id).order_by(PaperPart.position)
            ).all()
            for place, part in enumerate(parts[: len(parts) // 2] if to == "half" else parts):
                submissions.save_part(
                    session,
                    actor=self.writer(code),
                    now=at,
                    paper_id=paper.id,
                    part_id=part.id,
                    revision=part.revision,
                    text=_text(part, place + len(code) + sum(map(ord, code)) % 7),
                )
        if to != "half":
            self._move(paper, code, at + timedelta(hours=5), to)

    def enter_on_paper(self, store: Store, code: str, kind: PaperKind, *, at: datetime, scan: bytes) -> None:
        """What a unit without an account brought to the office, scanned and entered there."""
        receipt = store.put(io.BytesIO(scan), filename=f"{kind.value}-{code}-{self.year}.png")
        brought = OnPaper(
            movement_id=self.movement_id,
            unit_id=self.units[code],
            kind=kind,
            year=self.year,
            receipt=receipt,
            batch_id=new_id(),
            received_on=ward_day(at, self.timezone),
        )
        with self.db.unit_of_work() as session:
            enter_paper(session, actor=self.receiver(code), now=at, timezone=self.timezone, brought=brought)

    def _move(self, paper: UnitPaper, code: str, at: datetime, to: str) -> None:
        with self.db.unit_of_work() as session:
            submissions.submit_paper(session, actor=self.head(code), now=at, timezone=self.timezone, paper_id=paper.id)
        later = at + timedelta(hours=20)
        with self.db.unit_of_work() as session:
            if to == "accepted":
                submissions.accept_paper(
                    session, actor=self.receiver(code), now=later, timezone=self.timezone, paper_id=paper.id
                )
            elif to == "returned":
                commenting.comment_on(
                    session,
                    actor=self.receiver(code),
                    now=later,
                    timezone=self.timezone,
                    paper_id=paper.id,
                    part=(PartKind.OVERVIEW, ""),
                    quote="phân công người phụ trách từng nội dung",
                    text="Đề nghị ghi rõ ai phụ trách nội dung nào.",
                )
                submissions.return_paper(
                    session,
                    actor=self.receiver(code),
                    now=later,
                    timezone=self.timezone,
                    paper_id=paper.id,
                    reason="Chưa có số liệu về nội dung xã hội số; đề nghị bổ sung trước ngày 30/11.",
                )


def _text(part: PaperPart, number: int) -> str:
    if part.kind is PartKind.OVERVIEW:
        return OVERVIEW
    if part.kind is PartKind.DIFFICULTY:
        return DIFFICULTY
    if part.kind is PartKind.PROPOSAL:
        return PROPOSAL
    return SENTENCES[number % len(SENTENCES)].format(n=number % 9 + 2, m=number * 37 % 400 + 40, p=80 + number % 20)
