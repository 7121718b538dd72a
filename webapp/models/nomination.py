"""Nominations (đề nghị khen thưởng): who, for what, with which papers, what was checked, how it was decided."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.award import AwardSubject, AwardTitle
from webapp.models.award_round import AwardRound, DossierPaper, Proposer
from webapp.models.base import Base, Id, Tone, enum_column, new_id
from webapp.models.document import Document, DocumentVersion
from webapp.models.unit import Unit


class NominationState(StrEnum):
    """The moves between them are in commendation.rules."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    RECEIVED = "received"
    PROPOSED = "proposed"
    APPROVED = "approved"
    STRUCK = "struck"
    HONOURED = "honoured"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return {
            "draft": "Đang soạn",
            "submitted": "Đã trình",
            "returned": "Cần bổ sung hồ sơ",
            "received": "Hồ sơ đầy đủ",
            "proposed": "Đã trình Chủ tịch",
            "approved": "Đồng ý khen thưởng",
            "struck": "Không khen thưởng",
            "honoured": "Đã khen thưởng",
            "refused": "Không xét",
            "withdrawn": "Đã rút",
        }[self.value]

    @property
    def tone(self) -> Tone:
        tones: dict[str, Tone] = {
            "draft": "plain",
            "submitted": "warn",
            "returned": "bad",
            "received": "info",
            "proposed": "warn",
            "approved": "good",
            "struck": "bad",
            "honoured": "good",
            "refused": "bad",
            "withdrawn": "plain",
        }
        return tones[self.value]


class RefusalReason(StrEnum):
    """Why a nomination is not taken up, as such letters give it."""

    SUBJECT = "subject"
    STANDARD = "standard"
    PAPERS = "papers"
    BREACH = "breach"
    LATE = "late"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            "subject": "Không đúng đối tượng",
            "standard": "Chưa đạt tiêu chuẩn",
            "papers": "Hồ sơ không được bổ sung đầy đủ",
            "breach": "Có vi phạm hoặc đang được xem xét",
            "late": "Nộp sau thời hạn",
            "other": "Lý do khác",
        }[self.value]


# In these it takes part: it counts toward quotas, is looked at for doubles.
LIVE_NOMINATIONS = (
    NominationState.SUBMITTED,
    NominationState.RETURNED,
    NominationState.RECEIVED,
    NominationState.PROPOSED,
    NominationState.APPROVED,
    NominationState.HONOURED,
)


class Nomination(Base):
    """One person, collective or household put forward for one title or form.

    `name`, `honorific` ("Ông", "Bà" or empty), `post` and `workplace` are what shall stand on the paper, and stay so;
    `achievement` is the text of the certificate, `reason` why. `unit_id` is the unit that it is about (of the person, the
    collective, or that puts an outsider forward), None for an outsider whom the office names. `leads`: holds a leading
    post (None: not said). `folded` is the name without accents and spaces, for finding the same one again.
    """

    __tablename__ = "nomination"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    round_id: Mapped[str] = mapped_column(ForeignKey("award_round.id"))
    movement_id: Mapped[str] = mapped_column(ForeignKey("movement.id"))
    year: Mapped[int]
    title_id: Mapped[str] = mapped_column(ForeignKey("award_title.id"))
    subject: Mapped[AwardSubject] = mapped_column(enum_column(AwardSubject, "award_subject"))
    proposer: Mapped[Proposer] = mapped_column(enum_column(Proposer, "proposer"))
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    cluster_id: Mapped[str | None] = mapped_column(ForeignKey("cluster.id"))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str]
    folded: Mapped[str] = mapped_column(index=True)
    honorific: Mapped[str] = mapped_column(default="")
    post: Mapped[str] = mapped_column(default="")
    workplace: Mapped[str] = mapped_column(default="")
    leads: Mapped[bool | None]
    birth_date: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    achievement: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[NominationState] = mapped_column(
        enum_column(NominationState, "nomination_state"), default=NominationState.DRAFT
    )
    submissions: Mapped[int] = mapped_column(default=0)
    submitted_on: Mapped[date | None]
    returns: Mapped[int] = mapped_column(default=0)
    return_reason: Mapped[str] = mapped_column(Text, default="")
    complete_by: Mapped[date | None]
    received_on: Mapped[date | None]
    refusal: Mapped[RefusalReason | None] = mapped_column(enum_column(RefusalReason, "refusal_reason"))
    refusal_note: Mapped[str] = mapped_column(Text, default="")
    proposal_id: Mapped[str | None] = mapped_column(ForeignKey("award_proposal.id"), index=True)
    voted_for: Mapped[bool | None]
    verdict_reason: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    round: Mapped[AwardRound] = relationship(lazy="raise")
    title: Mapped[AwardTitle] = relationship(lazy="selectin")
    unit: Mapped[Unit | None] = relationship(lazy="raise")
    # Always there: the policy asks who has a stake.
    stakes: Mapped[list[NominationStake]] = relationship(lazy="selectin", order_by="NominationStake.declared_at")
    grounds: Mapped[list[NominationGround]] = relationship(
        lazy="raise", order_by="NominationGround.position", cascade="all, delete-orphan"
    )
    papers: Mapped[list[NominationPaper]] = relationship(lazy="raise", order_by="NominationPaper.linked_at")
    sections: Mapped[list[NominationSection]] = relationship(lazy="raise", order_by="NominationSection.position")
    flags: Mapped[list[NominationFlag]] = relationship(lazy="raise", order_by="NominationFlag.accepted_at")

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        Index(None, "round_id", "state"),
        Index(None, "unit_id", "year"),
        CheckConstraint("state <> 'returned' OR return_reason <> ''", "returned_has_a_reason"),
        CheckConstraint("state <> 'refused' OR refusal IS NOT NULL", "refused_has_a_reason"),
        CheckConstraint("state <> 'struck' OR verdict_reason <> ''", "struck_has_a_reason"),
    )

    @property
    def called(self) -> str:
        """As people speak of it: "Bà Nguyễn Thị An"."""
        return f"{self.honorific} {self.name}".strip()

    @property
    def called_within(self) -> str:
        """The same within a sentence: "bà Nguyễn Thị An"."""
        return f"{self.honorific.lower()} {self.name}".strip()


class NominationGround(Base):
    """What it rests on: a published result, an initiative, an earlier award, or words. `record_id` names the record."""

    __tablename__ = "nomination_ground"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    nomination_id: Mapped[str] = mapped_column(ForeignKey("nomination.id"), index=True)
    position: Mapped[int]
    record_kind: Mapped[str]
    record_id: Mapped[str | None] = mapped_column(Id, index=True)
    words: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint(
            "record_kind IN ('score-sheet', 'initiative', 'award', 'indicator-sheet', 'inspection-visit', 'words')",
            "record_kind",
        ),
    )


class NominationPaper(Base):
    """A document of the archive as one paper of the dossier, in the version that was put there.

    It is got through the nomination, by those who read that. Removing the link keeps row and document.
    """

    __tablename__ = "nomination_paper"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    nomination_id: Mapped[str] = mapped_column(ForeignKey("nomination.id"), index=True)
    paper: Mapped[DossierPaper] = mapped_column(enum_column(DossierPaper, "dossier_paper"))
    document_id: Mapped[str] = mapped_column(ForeignKey("document.id"), index=True)
    version_id: Mapped[str] = mapped_column(ForeignKey("document_version.id"))
    linked_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    linked_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    document: Mapped[Document] = relationship(lazy="raise")
    version: Mapped[DocumentVersion] = relationship(lazy="raise")


class NominationSection(Base):
    """A part of the report of achievements: `composed` from the year's records, `text` as it stands now.

    `sources` are [label, kind, id] of the records behind its figures.
    """

    __tablename__ = "nomination_section"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    nomination_id: Mapped[str] = mapped_column(ForeignKey("nomination.id"))
    position: Mapped[int]
    heading: Mapped[str]
    composed: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    sources: Mapped[list[list[str]]] = mapped_column(JSON)
    composed_at: Mapped[datetime]
    edited_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    edited_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (UniqueConstraint("nomination_id", "position"),)

    @property
    def is_edited(self) -> bool:
        return self.text != self.composed


class NominationFlag(Base):
    """Something the checks found, looked at and let pass by somebody, with the reason. `key` names the finding."""

    __tablename__ = "nomination_flag"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    nomination_id: Mapped[str] = mapped_column(ForeignKey("nomination.id"))
    key: Mapped[str]
    words: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    accepted_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    accepted_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("nomination_id", "key"),)


class NominationStake(Base):
    """Somebody declared to be related to whom it honours: they see and vote nothing of it until it is lifted."""

    __tablename__ = "nomination_stake"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    nomination_id: Mapped[str] = mapped_column(ForeignKey("nomination.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    declared_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    declared_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]


class MarkKind(StrEnum):
    """What keeps somebody from being honoured while it is open."""

    DISCIPLINE = "discipline"
    INSPECTION = "inspection"
    COMPLAINT = "complaint"
    PRESS = "press"

    @property
    def label(self) -> str:
        return {
            "discipline": "Đang trong thời hạn kỷ luật",
            "inspection": "Đang được thanh tra, kiểm tra về dấu hiệu vi phạm",
            "complaint": "Có khiếu nại, tố cáo đang được giải quyết",
            "press": "Báo chí nêu, đang được xác minh",
        }[self.value]


class AwardMark(Base):
    """The office marks that a person or unit is not to be honoured for now. Lifted, never deleted."""

    __tablename__ = "award_mark"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    kind: Mapped[MarkKind] = mapped_column(enum_column(MarkKind, "mark_kind"))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    name: Mapped[str]
    folded: Mapped[str] = mapped_column(index=True)
    note: Mapped[str] = mapped_column(Text)
    from_day: Mapped[date]
    until_day: Mapped[date | None]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    lifted_reason: Mapped[str] = mapped_column(Text, default="")
