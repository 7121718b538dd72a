"""Searches a person keeps under a name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, Id, new_id


class SavedSearch(Base):
    """A question with its filters. `seen` holds the keys found when its owner last looked, so that new hits can be told."""

    __tablename__ = "saved_search"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str]
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON)
    seen: Mapped[list[str]] = mapped_column(JSON, default=list)
    seen_at: Mapped[datetime]
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("person_id", "name"),)
