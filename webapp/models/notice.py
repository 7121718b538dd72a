"""What the program tells a person: in the program, by e-mail, in the calendar."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, Digest, Id, enum_column, new_id


class Notice(Base):
    """One message to one person. `key` names its cause, so that the same is never said twice; `link` is a path."""

    __tablename__ = "notice"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    key: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("person_id", "key"), Index(None, "person_id", "created_at"))


class MailChoice(StrEnum):
    """How a person wants notices by e-mail."""

    NONE = "none"
    EACH = "each"
    DAILY = "daily"

    @property
    def label(self) -> str:
        return {
            "none": "Không gửi thư, chỉ xem trong chương trình",
            "each": "Gửi thư ngay khi có việc",
            "daily": "Gộp vào một thư mỗi sáng",
        }[self.value]


class NoticeSettings(Base):
    """One person's wishes; without a row: a letter for each. `calendar_digest` is that of the calendar's address."""

    __tablename__ = "notice_settings"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    mail: Mapped[MailChoice] = mapped_column(enum_column(MailChoice, "mail_choice"), default=MailChoice.EACH)
    calendar_digest: Mapped[str | None] = mapped_column(Digest, unique=True)
    updated_at: Mapped[datetime]
