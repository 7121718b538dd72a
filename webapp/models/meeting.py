"""Meetings of a cluster or of the council about the scores of a year, their ballots, who voted, what was in the box."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Base, Id, Tone, enum_column, new_id
from webapp.models.person import Person
from webapp.models.unit import Cluster, Unit
from webapp.models.voting import VoteBase


class MeetingState(StrEnum):
    """planned → held → closed, or planned → cancelled; the moves are in meetings.rules."""

    PLANNED = "planned"
    HELD = "held"
    CLOSED = "closed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return {"planned": "Sắp họp", "held": "Đang họp", "closed": "Đã kết thúc", "cancelled": "Đã hủy"}[self.value]

    @property
    def tone(self) -> Tone:
        tones: dict[str, Tone] = {"planned": "info", "held": "info", "closed": "plain", "cancelled": "bad"}
        return tones[self.value]


class BallotState(StrEnum):
    """prepared → open → closed | void; the moves are in meetings.rules."""

    PREPARED = "prepared"
    OPEN = "open"
    CLOSED = "closed"
    VOID = "void"

    @property
    def label(self) -> str:
        return {"prepared": "Chưa lấy phiếu", "open": "Đang lấy phiếu", "closed": "Đã kiểm phiếu", "void": "Đã hủy"}[
            self.value
        ]

    @property
    def tone(self) -> Tone:
        tones: dict[str, Tone] = {"prepared": "plain", "open": "warn", "closed": "info", "void": "bad"}
        return tones[self.value]


class Meeting(Base):
    """One meeting. Without a cluster it is the council's. `quorum` is the share of members in percent; `agenda` has one
    line a point."""

    __tablename__ = "meeting"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    movement_id: Mapped[str] = mapped_column(ForeignKey("movement.id"))
    cluster_id: Mapped[str | None] = mapped_column(ForeignKey("cluster.id"))
    year: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    meets_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(Text)
    chair_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    secretary_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    quorum: Mapped[int] = mapped_column(default=67)
    agenda: Mapped[str] = mapped_column(Text, default="")
    discussion: Mapped[str] = mapped_column(Text, default="")
    conclusion: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[MeetingState] = mapped_column(
        enum_column(MeetingState, "meeting_state"), default=MeetingState.PLANNED
    )
    cancel_reason: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    cluster: Mapped[Cluster | None] = relationship(lazy="raise")
    chair: Mapped[Person] = relationship(lazy="raise", foreign_keys=[chair_id])
    secretary: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[secretary_id])
    members: Mapped[list[MeetingMember]] = relationship(
        lazy="selectin", order_by="(MeetingMember.name, MeetingMember.id)", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        Index(None, "year", "cluster_id"),
        CheckConstraint("quorum BETWEEN 1 AND 100", "quorum"),
        CheckConstraint("state <> 'closed' OR closed_at IS NOT NULL", "closed_has_a_time"),
        CheckConstraint("state <> 'cancelled' OR cancel_reason <> ''", "cancelled_has_a_reason"),
    )

    @property
    def is_over(self) -> bool:
        """Nothing of it changes any more."""
        return self.state in (MeetingState.CLOSED, MeetingState.CANCELLED)

    @property
    def agenda_lines(self) -> list[str]:
        return [line for line in self.agenda.split("\n") if line]


class MeetingMember(Base):
    """Somebody invited, by the name and post of that day. `present` None: not marked yet; `reason` of an absence, in which
    `stand_in_name` may be there in their place."""

    __tablename__ = "meeting_member"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str]
    post: Mapped[str] = mapped_column(default="")
    present: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    stand_in_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True, info={"later": True})
    stand_in_name: Mapped[str | None] = mapped_column(info={"later": True})

    __table_args__ = (UniqueConstraint("meeting_id", "person_id"),)


class Ballot(Base):
    """One question put to the vote, about a unit or not. `needed` is the share of electors in percent; 50 means more than
    half. `counts`, by the place in `choices`, `electors` and `chosen` (the place that won) are there once it is closed.

    While a secret ballot is open all its votes are in `box`, sealed (see meetings.box) with a key made from the house's
    and from `salt`; closing turns them into papers and erases both.

    A ballot by a rule of its kind of decision carries what the rule said when it was prepared (`rule_name`, `quorum`,
    `base`, `written`, `shrinks`, `stand_ins`; see VoteRule); where they are empty it is counted on those present without
    a stake. `there` is who was there when it began: {"present": [name], "absent": [[name, reason]], "asked": [name],
    "stand_ins": [[name, for whom]]}.
    """

    __tablename__ = "ballot"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), index=True)
    position: Mapped[int]
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    question: Mapped[str] = mapped_column(Text)
    choices: Mapped[list[str]] = mapped_column(JSON)
    secret: Mapped[bool]
    needed: Mapped[int] = mapped_column(default=50)
    state: Mapped[BallotState] = mapped_column(enum_column(BallotState, "ballot_state"), default=BallotState.PREPARED)
    void_reason: Mapped[str] = mapped_column(Text, default="")
    box: Mapped[str | None] = mapped_column(Text)
    salt: Mapped[str | None]
    counts: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    electors: Mapped[int | None]
    chosen: Mapped[int | None]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)
    nomination_id: Mapped[str | None] = mapped_column(Id, index=True, info={"later": True})
    rule_id: Mapped[str | None] = mapped_column(ForeignKey("vote_rule.id"), info={"later": True})
    rule_name: Mapped[str | None] = mapped_column(info={"later": True})
    quorum: Mapped[int | None] = mapped_column(info={"later": True})
    base: Mapped[VoteBase | None] = mapped_column(enum_column(VoteBase, "ballot_base"), info={"later": True})
    written: Mapped[bool | None] = mapped_column(info={"later": True})
    shrinks: Mapped[bool | None] = mapped_column(info={"later": True})
    stand_ins: Mapped[bool | None] = mapped_column(info={"later": True})
    there: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), info={"later": True})

    meeting: Mapped[Meeting] = relationship(lazy="selectin")
    unit: Mapped[Unit | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        CheckConstraint("needed BETWEEN 50 AND 100", "needed"),
        CheckConstraint("box IS NULL OR state = 'open'", "box_while_open"),
        CheckConstraint("state <> 'closed' OR (counts IS NOT NULL AND electors IS NOT NULL)", "closed_has_counts"),
        CheckConstraint("state <> 'void' OR void_reason <> ''", "void_has_a_reason"),
    )

    @property
    def of_all(self) -> bool:
        """Whether the votes needed are a share of all members."""
        return self.base is VoteBase.ALL

    @property
    def least_there(self) -> int:
        """The share of members, in percent, that must be there for it."""
        return self.quorum or self.meeting.quorum

    def voters(self, *, expected: bool = False) -> dict[str, str]:
        """Person id -> the member in whose place they vote, themselves as a rule; stakes are not looked at.

        Those present; by the rule also who is absent and answers in writing, or who stands in for them. With `expected`
        whoever is not marked yet counts as present.
        """
        found = {}
        for one in self.meeting.members:
            if one.present or (expected and one.present is None):
                found[one.person_id] = one.person_id
            elif self.stand_ins and one.stand_in_id is not None:
                found[one.stand_in_id] = one.person_id
            elif self.written:
                found[one.person_id] = one.person_id
        return found

    def is_about(self, unit_id: str, name: str) -> bool:
        """Whether it is about this unit: asked so, or with the unit's name among the choices, whatever its capitals and
        spaces."""
        return self.unit_id == unit_id or _letters(name) in map(_letters, self.choices)


def _letters(name: str) -> str:
    return "".join(unicodedata.normalize("NFC", name).casefold().split())


class BallotVoter(Base):
    """Somebody has voted. `choice`, a place in the ballot's choices, is there for open ballots only; there is no time."""

    __tablename__ = "ballot_voter"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    ballot_id: Mapped[str] = mapped_column(ForeignKey("ballot.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    choice: Mapped[int | None]

    __table_args__ = (UniqueConstraint("ballot_id", "person_id"),)


class BallotPaper(Base):
    """One paper of a secret ballot, as it came out of the box: nobody's."""

    __tablename__ = "ballot_paper"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    ballot_id: Mapped[str] = mapped_column(ForeignKey("ballot.id"), index=True)
    choice: Mapped[int]
