"""Under which name the ward issues its papers, from a day on."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, Id, new_id


class Letterhead(Base):
    """The head of the ward's papers from `from_day` until the next one's: `name` of who issues them, `superior` above it
    (may be empty), `short` as in running text, `place` before the date, `authority` and `title` of the signature.

    `decision` names the paper that changed it.
    """

    __tablename__ = "letterhead"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    from_day: Mapped[date] = mapped_column(unique=True)
    name: Mapped[str]
    superior: Mapped[str] = mapped_column(default="")
    short: Mapped[str]
    place: Mapped[str]
    authority: Mapped[str]
    title: Mapped[str]
    decision: Mapped[str]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
