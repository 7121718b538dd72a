"""The log of who did what: a chain of hashes, written only by webapp.audit."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, Digest


class AuditEvent(Base):
    """One event. `body` is the canonical JSON that is hashed; the other columns repeat parts of it for filtering."""

    __tablename__ = "audit_event"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str]
    actor_id: Mapped[str | None]
    actor_name: Mapped[str]
    action: Mapped[str]
    outcome: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[str]
    object_unit_id: Mapped[str | None]
    reason: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    body: Mapped[str] = mapped_column(Text)
    prev_hash: Mapped[str] = mapped_column(Digest)
    hash: Mapped[str] = mapped_column(Digest)

    __table_args__ = (
        CheckConstraint("outcome IN ('done', 'refused', 'failed')", "outcome"),
        Index(None, "object_kind", "object_id", "seq"),
        Index(None, "object_unit_id", "seq"),
        Index(None, "actor_id", "seq"),
        Index(None, "action", "seq"),
    )


class AuditHead(Base):
    """The last link of the chain: one row, locked by every writer in turn."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(Digest)

    __table_args__ = (CheckConstraint("id = 1", "single"),)
