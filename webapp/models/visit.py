"""A team's visit to one unit: its steps, findings, the unit's remedies, signatures, files."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Base, Digest, Id, Tone, enum_column, new_id
from webapp.models.document import Document, DocumentVersion
from webapp.models.inspection import Inspection
from webapp.models.movement import Criterion
from webapp.models.unit import Unit


class VisitState(StrEnum):
    """The moves between them are in inspections.rules."""

    PLANNED = "planned"
    NOTIFIED = "notified"
    OPENED = "opened"
    MINUTED = "minuted"
    SIGNED = "signed"
    REPORTED = "reported"
    CONCLUDED = "concluded"
    CLOSED = "closed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return {
            "planned": "Chưa thông báo",
            "notified": "Đã thông báo",
            "opened": "Đang làm việc tại đơn vị",
            "minuted": "Chờ ký biên bản",
            "signed": "Đã ký biên bản",
            "reported": "Đã báo cáo kết quả",
            "concluded": "Đã có kết luận",
            "closed": "Đã khắc phục xong",
            "cancelled": "Đã hủy",
        }[self.value]

    @property
    def tone(self) -> Tone:
        tones: dict[str, Tone] = {
            "planned": "plain",
            "notified": "warn",
            "opened": "info",
            "minuted": "warn",
            "signed": "info",
            "reported": "info",
            "concluded": "warn",
            "closed": "good",
            "cancelled": "plain",
        }
        return tones[self.value]


# The unit knows of the visit from here on; of a surprise visit once it began.
TOLD_VISITS = frozenset(set(VisitState) - {VisitState.PLANNED, VisitState.CANCELLED})
# The unit reads what was found.
SHOWN_VISITS = (
    VisitState.MINUTED,
    VisitState.SIGNED,
    VisitState.REPORTED,
    VisitState.CONCLUDED,
    VisitState.CLOSED,
)


class InspectionVisit(Base):
    """One unit visited by a team: the days, what the unit said before, the minutes, report and conclusion."""

    __tablename__ = "inspection_visit"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    inspection_id: Mapped[str] = mapped_column(ForeignKey("inspection.id"), index=True)
    movement_id: Mapped[str] = mapped_column(ForeignKey("movement.id"))
    year: Mapped[int]
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    visit_from: Mapped[date]
    visit_until: Mapped[date]
    state: Mapped[VisitState] = mapped_column(enum_column(VisitState, "visit_state"), default=VisitState.PLANNED)
    notified_on: Mapped[date | None]
    self_report_by: Mapped[date | None]
    self_report: Mapped[str] = mapped_column(Text, default="")
    self_reported_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    # As it was called when the minutes were composed.
    unit_name: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="")
    team_present: Mapped[str] = mapped_column(Text, default="")
    unit_present: Mapped[str] = mapped_column(Text, default="")
    papers_seen: Mapped[str] = mapped_column(Text, default="")
    opinion: Mapped[str] = mapped_column(Text, default="")
    reservations: Mapped[str] = mapped_column(Text, default="")
    copies: Mapped[int] = mapped_column(default=2)
    minuted_at: Mapped[datetime | None]
    signed_on: Mapped[date | None]
    report: Mapped[str] = mapped_column(Text, default="")
    report_by: Mapped[date | None]
    reported_on: Mapped[date | None]
    conclusion: Mapped[str] = mapped_column(Text, default="")
    conclude_by: Mapped[date | None]
    conclusion_number: Mapped[str] = mapped_column(default="")
    concluded_on: Mapped[date | None]
    cancel_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    # Always there: the policy asks who is in the team.
    inspection: Mapped[Inspection] = relationship(lazy="joined", innerjoin=True, back_populates="visits")
    unit: Mapped[Unit] = relationship(lazy="raise")
    findings: Mapped[list[InspectionFinding]] = relationship(
        lazy="raise", order_by="(InspectionFinding.found_at, InspectionFinding.id)"
    )
    remedies: Mapped[list[InspectionRemedy]] = relationship(
        lazy="raise", order_by="(InspectionRemedy.due_on, InspectionRemedy.id)"
    )
    signatures: Mapped[list[InspectionSignature]] = relationship(lazy="raise", order_by="InspectionSignature.signed_at")
    files: Mapped[list[InspectionFile]] = relationship(lazy="raise", order_by="InspectionFile.linked_at")

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        UniqueConstraint("inspection_id", "unit_id"),
        Index(None, "unit_id", "state"),
        CheckConstraint("visit_until >= visit_from", "days"),
        CheckConstraint("state <> 'cancelled' OR cancel_reason <> ''", "cancelled_has_a_reason"),
    )


class FindingKind(StrEnum):
    GOOD = "good"
    LACKING = "lacking"
    PROPOSAL = "proposal"

    @property
    def label(self) -> str:
        return {"good": "Làm được", "lacking": "Tồn tại, hạn chế", "proposal": "Kiến nghị"}[self.value]

    @property
    def tone(self) -> Tone:
        tones: dict[str, Tone] = {"good": "good", "lacking": "bad", "proposal": "info"}
        return tones[self.value]


class InspectionFinding(Base):
    """What was found on the spot about a criterion. `evidence` is [name, sha256] of the unit's files that were looked at,
    as they were at that moment. `client_key` is chosen by the device that wrote it: sent twice, it is there once."""

    __tablename__ = "inspection_finding"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    visit_id: Mapped[str] = mapped_column(ForeignKey("inspection_visit.id"))
    client_key: Mapped[str]
    kind: Mapped[FindingKind] = mapped_column(enum_column(FindingKind, "finding_kind"))
    criterion_id: Mapped[str | None] = mapped_column(ForeignKey("criterion.id"))
    text: Mapped[str] = mapped_column(Text)
    evidence: Mapped[list[list[str]]] = mapped_column(JSON)
    found_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    found_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    removed_reason: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(default=1)

    criterion: Mapped[Criterion | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        UniqueConstraint("visit_id", "client_key"),
        CheckConstraint("removed_at IS NULL OR removed_reason <> ''", "removed_has_a_reason"),
    )


class RemedyState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return {"open": "Chưa khắc phục", "answered": "Đã báo cáo khắc phục", "closed": "Đã khắc phục"}[self.value]

    @property
    def tone(self) -> Tone:
        tones: dict[str, Tone] = {"open": "bad", "answered": "warn", "closed": "good"}
        return tones[self.value]


class InspectionRemedy(Base):
    """What the unit has to put right by a day; open until the team or the office closes it with the evidence."""

    __tablename__ = "inspection_remedy"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    visit_id: Mapped[str] = mapped_column(ForeignKey("inspection_visit.id"), index=True)
    finding_id: Mapped[str | None] = mapped_column(ForeignKey("inspection_finding.id"))
    text: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]
    state: Mapped[RemedyState] = mapped_column(enum_column(RemedyState, "remedy_state"), default=RemedyState.OPEN)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    answers: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (CheckConstraint("state <> 'closed' OR closed_at IS NOT NULL", "closed_at"),)


class SignatureSide(StrEnum):
    TEAM = "team"
    UNIT = "unit"

    @property
    def label(self) -> str:
        return {"team": "Đoàn kiểm tra", "unit": "Đơn vị được kiểm tra"}[self.value]


class InspectionSignature(Base):
    """One side signed the minutes whose words have this `digest`: drawn on the screen (`drawing` holds the strokes, each a
    list of x, y in a box of 600 by 200), or on paper with its scan among the visit's files."""

    __tablename__ = "inspection_signature"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    visit_id: Mapped[str] = mapped_column(ForeignKey("inspection_visit.id"))
    side: Mapped[SignatureSide] = mapped_column(enum_column(SignatureSide, "signature_side"))
    name: Mapped[str]
    post: Mapped[str]
    drawing: Mapped[list[list[int]] | None] = mapped_column(JSON(none_as_null=True))
    document_id: Mapped[str | None] = mapped_column(ForeignKey("document.id"))
    digest: Mapped[str] = mapped_column(Digest)
    signed_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    signed_at: Mapped[datetime]
    void_at: Mapped[datetime | None]

    __table_args__ = (
        Index(None, "visit_id", "side"),
        CheckConstraint("drawing IS NOT NULL OR document_id IS NOT NULL", "drawn_or_scanned"),
    )


class InspectionFile(Base):
    """A document of the archive that belongs to a visit: a photograph of a finding, a scan of the signed minutes, what the
    unit sends with its self-report or a remedy. Got through the visit, by those who read that."""

    __tablename__ = "inspection_file"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    visit_id: Mapped[str] = mapped_column(ForeignKey("inspection_visit.id"), index=True)
    finding_id: Mapped[str | None] = mapped_column(ForeignKey("inspection_finding.id"))
    remedy_id: Mapped[str | None] = mapped_column(ForeignKey("inspection_remedy.id"))
    of_team: Mapped[bool]
    document_id: Mapped[str] = mapped_column(ForeignKey("document.id"), index=True)
    version_id: Mapped[str] = mapped_column(ForeignKey("document_version.id"))
    linked_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    linked_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    document: Mapped[Document] = relationship(lazy="raise")
    version: Mapped[DocumentVersion] = relationship(lazy="raise")
