"""What became of nominations: the proposal to the Chairman, the decision, each award with all that happened to it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, Text, UniqueConstraint, exists
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from webapp.models.award import AwardSubject, AwardTitle
from webapp.models.award_round import AwardManner, AwardRound
from webapp.models.base import Base, Id, Tone, enum_column, new_id
from webapp.models.unit import Unit


class AwardDecisionState(StrEnum):
    """draft → issued. Nothing of an issued decision changes; another one corrects or revokes."""

    DRAFT = "draft"
    ISSUED = "issued"

    @property
    def label(self) -> str:
        return {"draft": "Dự thảo", "issued": "Đã ban hành"}[self.value]

    @property
    def tone(self) -> Tone:
        return "good" if self is AwardDecisionState.ISSUED else "plain"


class AwardProposal(Base):
    """Tờ trình: the list that the office puts before the Chairman, with what the council voted."""

    __tablename__ = "award_proposal"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    round_id: Mapped[str] = mapped_column(ForeignKey("award_round.id"), index=True)
    number: Mapped[str] = mapped_column(default="")
    signed_on: Mapped[date]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    round: Mapped[AwardRound] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": revision}


class AwardDecision(Base):
    """One decision of the Chairman with its list. `money_source` says from which fund; `reason` why it corrects an
    earlier one, None where it does not."""

    __tablename__ = "award_decision"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    movement_id: Mapped[str] = mapped_column(ForeignKey("movement.id"))
    round_id: Mapped[str] = mapped_column(ForeignKey("award_round.id"), index=True)
    year: Mapped[int]
    state: Mapped[AwardDecisionState] = mapped_column(
        enum_column(AwardDecisionState, "award_decision_state"), default=AwardDecisionState.DRAFT
    )
    number: Mapped[str] = mapped_column(default="")
    decided_on: Mapped[date]
    signer_name: Mapped[str] = mapped_column(default="")
    signer_post: Mapped[str] = mapped_column(default="")
    money_source: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str | None] = mapped_column(Text, info={"later": True})
    document_id: Mapped[str | None] = mapped_column(Id)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)

    round: Mapped[AwardRound] = relationship(lazy="raise")
    awards: Mapped[list[Award]] = relationship(lazy="raise", order_by="Award.ordinal")

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        Index(None, "movement_id", "year"),
        CheckConstraint("state <> 'issued' OR (number <> '' AND issued_at IS NOT NULL)", "issued_has_a_number"),
    )


class Award(Base):
    """One line of a decision's list, as it was decided; it stays when it is revoked.

    `ordinal` is the number in the golden book: the place in its decision. Money in dong, worked out on the day of the
    decision: `amount` = `coefficient` x `base_pay` rounded as `money_words` says; None where the form carries none.
    `to_recover` is what a revocation asks back. `corrects_id` is the line that a later decision put right.
    """

    __tablename__ = "award"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    decision_id: Mapped[str] = mapped_column(ForeignKey("award_decision.id"))
    nomination_id: Mapped[str | None] = mapped_column(ForeignKey("nomination.id"), index=True)
    corrects_id: Mapped[str | None] = mapped_column(Id)
    ordinal: Mapped[int]
    title_id: Mapped[str] = mapped_column(ForeignKey("award_title.id"))
    title_name: Mapped[str]
    manner: Mapped[AwardManner] = mapped_column(enum_column(AwardManner, "award_manner"))
    subject: Mapped[AwardSubject] = mapped_column(enum_column(AwardSubject, "award_subject"))
    year: Mapped[int]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"), index=True)
    name: Mapped[str]
    folded: Mapped[str] = mapped_column(index=True)
    honorific: Mapped[str] = mapped_column(default="")
    post: Mapped[str] = mapped_column(default="")
    workplace: Mapped[str] = mapped_column(default="")
    leads: Mapped[bool | None]
    achievement: Mapped[str] = mapped_column(Text)
    base_pay: Mapped[int | None]
    coefficient: Mapped[str] = mapped_column(default="")
    amount: Mapped[int | None]
    money_words: Mapped[str] = mapped_column(Text, default="")
    handed_on: Mapped[date | None]
    handed_to: Mapped[str] = mapped_column(default="")
    paid_on: Mapped[date | None]
    paid_amount: Mapped[int | None]
    paid_note: Mapped[str] = mapped_column(default="")
    revoked_on: Mapped[date | None]
    revoked_number: Mapped[str] = mapped_column(default="")
    revoked_reason: Mapped[str] = mapped_column(Text, default="")
    to_recover: Mapped[int | None]
    recovered_on: Mapped[date | None]
    recovered_amount: Mapped[int | None]
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    decision: Mapped[AwardDecision] = relationship(lazy="raise", back_populates="awards")
    title: Mapped[AwardTitle] = relationship(lazy="raise")
    unit: Mapped[Unit | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        UniqueConstraint("decision_id", "ordinal"),
        Index(None, "year", "title_id"),
        CheckConstraint(
            "revoked_on IS NULL OR (revoked_number <> '' AND revoked_reason <> '')", "revoked_has_a_reason"
        ),
    )

    @property
    def called(self) -> str:
        return f"{self.honorific} {self.name}".strip()


def not_corrected() -> ColumnElement[bool]:
    """Condition on Award: no later decision put the line right, so it is the one that counts."""
    later = aliased(Award)
    return ~exists().where(later.corrects_id == Award.id)
