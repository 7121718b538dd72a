"""Rules of the kinds of decision, with the days on which they hold; who is kept from a ballot; who was asked in writing."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, Id, enum_column, new_id


class VoteBase(StrEnum):
    """Of whom the votes needed are a share."""

    ALL = "all"
    PRESENT = "present"

    @property
    def label(self) -> str:
        return "Toàn bộ thành viên" if self is VoteBase.ALL else "Người có mặt"


class VoteRule(Base):
    """How a kind of decision is voted on, from `valid_from` to `valid_until` (both included; None: no end yet).

    Several rows of one `code` are the same rule on different days. `quorum` and `needed` are percents: of the members who
    must be there, and of the base who must agree (50: more than half; 67: two thirds). `written`: absent members are asked
    in writing. `shrinks`: who has a stake leaves the base. `stand_ins`: who stands in for a member votes in their place.
    `verified` says that somebody held it against the text of the law.
    """

    __tablename__ = "vote_rule"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    code: Mapped[str]
    name: Mapped[str]
    position: Mapped[int]
    quorum: Mapped[int]
    base: Mapped[VoteBase] = mapped_column(enum_column(VoteBase, "vote_base"))
    needed: Mapped[int]
    secret: Mapped[bool]
    written: Mapped[bool]
    shrinks: Mapped[bool]
    stand_ins: Mapped[bool]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    citation: Mapped[str]
    verified: Mapped[bool]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("code", "valid_from"),
        CheckConstraint("quorum BETWEEN 1 AND 100", "quorum"),
        CheckConstraint("needed BETWEEN 50 AND 100", "needed"),
    )

    def holds(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)


class BallotBar(Base):
    """Somebody who does not vote on a ballot for what another part of the house knows of them; `reason` says why."""

    __tablename__ = "ballot_bar"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    ballot_id: Mapped[str] = mapped_column(ForeignKey("ballot.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("ballot_id", "person_id"),)


class BallotAsked(Base):
    """An absent member who was asked in writing when the ballot began. Whether they answered tells BallotVoter.

    Where a paper came in, `recorded_by` put what it says into the ballot; `received_on` is its day. What it says stands
    here for nobody.
    """

    __tablename__ = "ballot_asked"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    ballot_id: Mapped[str] = mapped_column(ForeignKey("ballot.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    recorded_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    received_on: Mapped[date | None]
    document_id: Mapped[str | None] = mapped_column(ForeignKey("document.id"))

    __table_args__ = (UniqueConstraint("ballot_id", "person_id"),)
