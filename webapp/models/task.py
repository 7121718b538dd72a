"""Long work that somebody asked for and can watch: exports, checks of the whole archive, unpacking."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Base, Id, Tone, enum_column, new_id
from webapp.models.person import Person


class TaskKind(StrEnum):
    """What the worker can do at length."""

    EXPORT = "export"
    SCRUB = "scrub"
    UNPACK = "unpack"

    @property
    def label(self) -> str:
        return {
            "export": "Tải trọn hồ sơ",
            "scrub": "Kiểm tra toàn vẹn kho",
            "unpack": "Tách tệp bên trong thành văn bản",
        }[self.value]


class TaskState(StrEnum):
    """queued → running → done | failed | cancelled; see webapp.jobs.tasks."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return {
            "queued": "Đang chờ",
            "running": "Đang chạy",
            "done": "Đã xong",
            "failed": "Không thành công",
            "cancelled": "Đã dừng theo yêu cầu",
        }[self.value]

    @property
    def tone(self) -> Tone:
        tones: dict[str, Tone] = {
            "queued": "plain",
            "running": "info",
            "done": "good",
            "failed": "bad",
            "cancelled": "plain",
        }
        return tones[self.value]

    @property
    def is_over(self) -> bool:
        return self in (TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED)


class Task(Base):
    """One piece of long work. `done` of `total` steps; `arguments` and `result` depend on the kind."""

    __tablename__ = "task"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    kind: Mapped[TaskKind] = mapped_column(enum_column(TaskKind, "task_kind"))
    state: Mapped[TaskState] = mapped_column(enum_column(TaskState, "task_state"))
    title: Mapped[str] = mapped_column(Text)
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    result: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    sentence: Mapped[str] = mapped_column(Text, default="")
    requested_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    requested_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    cancel_asked_at: Mapped[datetime | None]

    requester: Mapped[Person | None] = relationship(lazy="raise")

    __table_args__ = (Index(None, "state", "requested_at"), Index(None, "requested_by", "requested_at"))
