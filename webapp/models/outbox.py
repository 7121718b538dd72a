"""Work to be done after a commit, written in the same transaction as the change that calls for it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, Id, enum_column, new_id


class JobKind(StrEnum):
    """What the worker can do."""

    READ_TEXT = "read_text"
    PREVIEW = "preview"
    INDEX = "index"
    MAIL = "mail"

    @property
    def label(self) -> str:
        return {
            "read_text": "đọc chữ",
            "preview": "dựng hình các trang",
            "index": "đưa vào tìm kiếm",
            "mail": "gửi thư điện tử",
        }[self.value]


class OutboxJob(Base):
    """One piece of work; deleted when done, so the table holds only what is left. `subject` names what it is about:
    the version's id for READ_TEXT, that or `id:first page` for PREVIEW, a search key such as `document:ab12` for INDEX, a person's id for MAIL."""

    __tablename__ = "outbox_job"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    kind: Mapped[JobKind] = mapped_column(enum_column(JobKind, "job_kind"))
    subject: Mapped[str]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (Index(None, "kind", "due_at"),)
