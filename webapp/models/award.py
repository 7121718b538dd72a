"""Titles and forms of commendation, and every value about them with the days on which it holds."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, Id, enum_column, new_id


class AwardGroup(StrEnum):
    """Danh hiệu thi đua, hình thức khen thưởng."""

    TITLE = "title"
    FORM = "form"

    @property
    def label(self) -> str:
        return "Danh hiệu thi đua" if self is AwardGroup.TITLE else "Hình thức khen thưởng"


class AwardSubject(StrEnum):
    """Who can be honoured."""

    PERSON = "person"
    COLLECTIVE = "collective"
    HOUSEHOLD = "household"

    @property
    def label(self) -> str:
        return {"person": "Cá nhân", "collective": "Tập thể", "household": "Hộ gia đình"}[self.value]


class AwardValueName(StrEnum):
    """What a dated value says: see `AWARD_VALUE_LABELS`."""

    BASE_PAY = "base_pay"
    COEFFICIENT = "coefficient"
    MULTIPLE = "multiple"
    ROUNDING = "rounding"
    DECIDED_BY = "decided_by"
    CONDITION = "condition"
    QUOTA = "quota"

    @property
    def label(self) -> str:
        return AWARD_VALUE_LABELS[self]


AWARD_VALUE_LABELS = {
    AwardValueName.BASE_PAY: "Mức lương cơ sở (đồng)",
    AwardValueName.COEFFICIENT: "Mức thưởng (số lần mức lương cơ sở)",
    AwardValueName.MULTIPLE: "Mức thưởng so với cá nhân (số lần)",
    AwardValueName.ROUNDING: "Làm tròn lên đến (đồng)",
    AwardValueName.DECIDED_BY: "Thẩm quyền quyết định",
    AwardValueName.CONDITION: "Tiêu chuẩn",
    AwardValueName.QUOTA: "Tỷ lệ, số lượng",
}


class AwardTitle(Base):
    """A title or form: its `code` is fixed, `subjects` are values of AwardSubject."""

    __tablename__ = "award_title"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    award_group: Mapped[AwardGroup] = mapped_column(enum_column(AwardGroup, "award_group"))
    subjects: Mapped[list[str]] = mapped_column(JSON)
    position: Mapped[int]
    created_at: Mapped[datetime]


class AwardValue(Base):
    """What holds from `valid_from` to `valid_until` (both included; None: no end yet), by `citation`.

    Of a title, or of all where `title_id` is None; for one kind of honoured, or for all where `subject` is None.
    `value` is a number with a decimal point, or words. `verified` says that somebody held it against the text of the law.
    """

    __tablename__ = "award_value"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    title_id: Mapped[str | None] = mapped_column(ForeignKey("award_title.id"), index=True)
    subject: Mapped[AwardSubject | None] = mapped_column(enum_column(AwardSubject, "award_subject"))
    name: Mapped[AwardValueName] = mapped_column(enum_column(AwardValueName, "award_value_name"))
    value: Mapped[str]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    citation: Mapped[str]
    verified: Mapped[bool]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
