"""The digital index: last year's set published for all units, this year's being filled in."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import select

from webapp.core.days import ward_day
from webapp.core.db import Database
from webapp.indicators import assessing, sets, verifying
from webapp.indicators.entries import Spoken
from webapp.indicators.importing import list_named
from webapp.indicators.scheme import FULL, HALF, NONE, Item, Rule, Said, choices_of, inputs_of
from webapp.indicators.sheet_words import read_method
from webapp.models import Indicator, IndicatorMethod, IndicatorSheet, Unit, UnitKind
from webapp.people.naming import recognise
from webapp.permissions import Viewer

KINDS = (UnitKind.OFFICE, UnitKind.PARTY, UnitKind.FRONT, UnitKind.SERVICE, UnitKind.ARMED)
# code, parent, text, highest points, how, evidence
LINES: tuple[tuple[str, str, str, str, str, str], ...] = (
    ("I", "", "Nhận thức, thể chế số", "30", "", ""),
    ("1.1", "I", "Kế hoạch chuyển đổi số của đơn vị trong năm", "10", "Đủ / một nửa / không", "Kế hoạch"),
    ("1.2", "I", "Người đứng đầu chỉ đạo chuyển đổi số", "10", "Đủ / một nửa / không", "Văn bản chỉ đạo"),
    (
        "1.3",
        "I",
        "Bồi dưỡng kỹ năng số cho cán bộ",
        "10",
        "Tỷ lệ a/b × điểm tối đa; từ 80% thì được điểm tối đa; a: số cán bộ đã học; b: số cán bộ của đơn vị",
        "Danh sách lớp",
    ),
    ("II", "", "Hạ tầng, an toàn thông tin", "30", "", ""),
    (
        "2.1",
        "II",
        "Máy tính được phòng, chống mã độc",
        "10",
        "Tỷ lệ a/b × điểm tối đa; a: số máy đã cài; b: tổng số máy",
        "Biên bản kiểm tra",
    ),
    (
        "2.2",
        "II",
        "Sự cố an toàn thông tin",
        "10",
        "Tỷ lệ a/b × điểm tối đa; càng thấp càng tốt; a: số máy có sự cố; b: tổng số máy",
        "",
    ),
    (
        "2.3",
        "II",
        "Sử dụng chữ ký số",
        "10",
        "mọi văn bản: 10 điểm; trên một nửa: 7,5 điểm; dưới một nửa: 2,5 điểm; chưa dùng: 0 điểm",
        "Sổ văn bản",
    ),
    ("2.4", "II", "Tổng số máy tính của đơn vị", "0", "Thông tin, không tính điểm", ""),
    ("III", "", "Hoạt động số", "40", "", ""),
    (
        "3.1",
        "III",
        "Hồ sơ công việc xử lý trên môi trường mạng",
        "15",
        "Tỷ lệ a/b × điểm tối đa; từ 90% thì được điểm tối đa; a: hồ sơ xử lý trên mạng; b: tổng số hồ sơ",
        "Báo cáo",
    ),
    ("3.2", "III", "Buổi hướng dẫn người dân dùng dịch vụ công trực tuyến", "10", "Công thức: số_buổi * 2", "Ảnh"),
    ("3.3", "III", "Dữ liệu của đơn vị được chia sẻ dùng chung", "10", "Đủ / một nửa / không", "Biên bản bàn giao"),
    ("3.4", "III", "Sáng kiến, giải pháp số được áp dụng", "5", "5 điểm; 2,5 điểm; 0 điểm", "Quyết định"),
)
VERIFIED = {"2.1": "Công an phường", "2.2": "Công an phường"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoIndex:
    """Through the services as people do it. `writer` and `head` give who acts for a unit by its code."""

    db: Database
    units: Mapping[str, str]
    writer: Callable[[str], Viewer]
    head: Callable[[str], Viewer]
    office: Viewer
    chair: Viewer
    timezone: ZoneInfo
    movement_id: str
    year: int

    def open(self, *, at: datetime, due: datetime) -> str:
        """A set in force; its id."""
        with self.db.unit_of_work() as session:
            named = list_named(session)
            made = sets.make_set(
                session,
                actor=self.office,
                now=at,
                movement_id=self.movement_id,
                year=self.year,
                draft=sets.SetDraft(
                    name=f"Bộ chỉ số mức độ chuyển đổi số năm {self.year}",
                    unit_kinds=[kind.value for kind in KINDS],
                    due_on=ward_day(due, self.timezone),
                    citation=f"Kế hoạch của Ủy ban nhân dân phường, mục V.1c; số liệu tính đến hết năm {self.year}",
                ),
                items=[_item(line, lambda text: recognise(text, named)[0]) for line in LINES],
            )
            sets.apply_set(session, actor=self.office, now=at, timezone=self.timezone, set_id=made.id)
            return made.id

    def assess(self, set_id: str, codes: Collection[str], *, at: datetime, part: int = 100) -> None:
        """So many percent of each sheet filled in, by chance but the same each time."""
        for code in codes:
            chance, writer = random.Random(f"{self.year}{code}"), self.writer(code)  # noqa: S311  generated figures, not secrets
            cells = self._cells(set_id, code)
            with self.db.unit_of_work() as session:
                for sheet, key, item in cells:
                    if chance.randrange(100) >= part:
                        continue
                    said, text = _said(chance, item)
                    spoken = Spoken(sheet_id=sheet, indicator_id=key, revision=0, said=said, text=text)
                    assessing.save_own(session, actor=writer, now=at, spoken=spoken)

    def submit(self, set_id: str, codes: Collection[str], *, at: datetime) -> None:
        for code in codes:
            with self.db.unit_of_work() as session:
                assessing.submit_sheet(
                    session, actor=self.head(code), now=at, timezone=self.timezone, sheet_id=self._sheet(set_id, code)
                )

    def verify(self, set_id: str, codes: Collection[str], *, at: datetime) -> None:
        """As the units say; given to them."""
        for code in codes:
            sheet, judge = self._sheet(set_id, code), self._judge(code)
            with self.db.unit_of_work() as session:
                verifying.accept_rest(session, actor=judge, now=at, sheet_id=sheet)
                verifying.deliver(session, actor=judge, now=at, timezone=self.timezone, sheet_id=sheet)

    def publish(self, set_id: str, codes: Collection[str], *, at: datetime) -> None:
        """All agree, and everybody reads it."""
        for code in codes:
            with self.db.unit_of_work() as session:
                assessing.answer(
                    session,
                    actor=self.head(code),
                    now=at,
                    timezone=self.timezone,
                    sheet_id=self._sheet(set_id, code),
                    agrees=True,
                )
        with self.db.unit_of_work() as session:
            later = at + timedelta(hours=4)
            sets.publish_set(session, actor=self.office, now=later, timezone=self.timezone, set_id=set_id)

    def able(self, set_id: str, codes: Collection[str]) -> list[str]:
        """Those of these units that have a sheet."""
        with self.db.reading() as session:
            rows = session.scalars(
                select(Unit.code)
                .join(IndicatorSheet, IndicatorSheet.unit_id == Unit.id)
                .where(IndicatorSheet.set_id == set_id)
            )
            return sorted(set(rows) & set(codes))

    def _judge(self, code: str) -> Viewer:
        own = self.office.unit_id
        return self.chair if self.units[code] == own else self.office

    def _sheet(self, set_id: str, code: str) -> str:
        with self.db.reading() as session:
            return session.scalars(
                select(IndicatorSheet.id).where(
                    IndicatorSheet.set_id == set_id, IndicatorSheet.unit_id == self.units[code]
                )
            ).one()

    def _cells(self, set_id: str, code: str) -> list[tuple[str, str, Item]]:
        sheet = self._sheet(set_id, code)
        with self.db.reading() as session:
            rows = session.scalars(select(Indicator).where(Indicator.set_id == set_id).order_by(Indicator.position))
            lines = {line[0]: line for line in LINES}
            return [(sheet, row.id, _item(lines[row.code], lambda text: None)) for row in rows if row.parent]


def _item(line: tuple[str, str, str, str, str, str], unit_of: Callable[[str], object]) -> Item:
    code, parent, text, most, how, evidence = line
    method, rule = IndicatorMethod.SUM, Rule()
    if parent:
        method, rule, _ = read_method(how, Decimal(most))
    verifier = VERIFIED.get(code, "")
    found = unit_of(verifier) if verifier else None
    return Item(
        code=code,
        parent=parent,
        text=text,
        most=Decimal(most),
        method=method,
        rule=rule,
        evidence=evidence,
        source="Báo cáo năm của đơn vị" if parent else "",
        verifier=verifier,
        verifier_unit_id=getattr(found, "id", None),
    )


def _said(chance: random.Random, item: Item) -> tuple[Said, str]:
    if item.method is IndicatorMethod.INFO:
        return Said(), f"{chance.randint(6, 30)} máy"
    if item.code == "3.3" and chance.random() < 0.2:
        return Said(applies=False), "Đơn vị không quản lý cơ sở dữ liệu riêng."
    text = f"Báo cáo số {chance.randint(5, 90)}/BC ngày 20 tháng 11 của đơn vị"
    if item.method is IndicatorMethod.LADDER:
        return Said(choice=chance.choice([FULL, FULL, FULL, HALF, HALF, NONE])), text
    if item.method is IndicatorMethod.STEPS:
        return Said(choice=str(chance.randrange(len(choices_of(item)) - 1))), text
    if item.method is IndicatorMethod.FORMULA:
        return Said(values={name: Decimal(chance.randint(1, 6)) for name in inputs_of(item)}), text
    b = chance.randint(8, 60)
    a = chance.randint(0, b // 5) if item.rule.lower else chance.randint(b // 2, b)
    return Said(values={"a": Decimal(a), "b": Decimal(b)}), text
