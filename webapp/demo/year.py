"""A year in its last weeks: duties of all units, plans accepted, reports in every state, one given back with a remark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from webapp.core.db import Database
from webapp.duties import service as duties
from webapp.models import PaperKind, PaperPart, PartKind, UnitPaper
from webapp.permissions import SYSTEM, Viewer
from webapp.submissions import commenting
from webapp.submissions import service as submissions

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

# unit -> how far its yearly report is
REPORTS = {"HPN": "accepted", "HND": "accepted", "MTTQ": "submitted", "DTN": "returned", "KT": "half"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoYear:
    """Duties, plans and reports of a demonstration ward, made through the services as people do it."""

    db: Database
    units: Mapping[str, str]
    clerks: Mapping[str, Viewer]
    heads: Mapping[str, Viewer]
    office: Viewer
    now: datetime
    timezone: ZoneInfo
    year: int
    movement_id: str

    def build(self) -> None:
        with self.db.unit_of_work() as session:
            at = self.now - timedelta(days=60)
            duties.start_rules(session, actor=SYSTEM, now=at, movement_id=self.movement_id)
            duties.make_duties(session, actor=SYSTEM, now=at, movement_id=self.movement_id, year=self.year)
        able = [code for code in sorted(self.units) if code in self.clerks and code in self.heads]
        for place, code in enumerate(able):
            if place % 3 != 2:
                self._hand_in(code, PaperKind.UNIT_PLAN, days=40 - place, to="accepted")
        for place, code in enumerate(able):
            if code in REPORTS:
                self._hand_in(code, PaperKind.ANNUAL, days=6 + place % 3, to=REPORTS[code])

    def _hand_in(self, code: str, kind: PaperKind, *, days: int, to: str) -> None:
        at = self.now - timedelta(days=days)
        with self.db.unit_of_work() as session:
            paper = submissions.open_paper(
                session,
                actor=self.clerks[code],
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
                    actor=self.clerks[code],
                    now=at,
                    paper_id=paper.id,
                    part_id=part.id,
                    revision=part.revision,
                    text=_text(part, place + len(code)),
                )
        if to != "half":
            self._move(paper, code, at + timedelta(hours=5), to)

    def _move(self, paper: UnitPaper, code: str, at: datetime, to: str) -> None:
        with self.db.unit_of_work() as session:
            submissions.submit_paper(session, actor=self.heads[code], now=at, timezone=self.timezone, paper_id=paper.id)
        later = at + timedelta(hours=20)
        with self.db.unit_of_work() as session:
            if to == "accepted":
                submissions.accept_paper(
                    session, actor=self.office, now=later, timezone=self.timezone, paper_id=paper.id
                )
            elif to == "returned":
                commenting.comment_on(
                    session,
                    actor=self.office,
                    now=later,
                    timezone=self.timezone,
                    paper_id=paper.id,
                    part=(PartKind.OVERVIEW, ""),
                    quote="phân công người phụ trách từng nội dung",
                    text="Đề nghị ghi rõ ai phụ trách nội dung nào.",
                )
                submissions.return_paper(
                    session,
                    actor=self.office,
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
