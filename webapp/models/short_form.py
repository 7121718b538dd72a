"""Short forms that the standing office added, or struck out, for searching."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, Id, new_id


class ShortForm(Base):
    """A short form and one thing it stands for. `struck`: not to be asked for, whoever says it; else it was added.

    `ended_at`: taken back; the row stays, and so does who said it.
    """

    __tablename__ = "short_form"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    short: Mapped[str]
    full: Mapped[str]
    struck: Mapped[bool]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("short", "full", "struck", "created_at"),)
