"""Scoring of a year: a cluster's round, each unit's sheet, what everybody said of each criterion, results, appeals."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Base, Id, Tone, enum_column, new_id
from webapp.models.person import Person
from webapp.models.rubric import Rubric
from webapp.models.unit import Cluster, Unit


class RoundState(StrEnum):
    """open → closed → published → final; the moves are in scoring.rounds.rules."""

    OPEN = "open"
    CLOSED = "closed"
    PUBLISHED = "published"
    FINAL = "final"

    @property
    def label(self) -> str:
        return {"open": "Đang chấm", "closed": "Đã chốt", "published": "Đã công bố", "final": "Chính thức"}[self.value]

    @property
    def tone(self) -> Tone:
        tones: dict[str, Tone] = {"open": "info", "closed": "info", "published": "good", "final": "good"}
        return tones[self.value]


class SheetState(StrEnum):
    """draft → submitted → appraised → explained → settled → closed → published → final; see scoring.sheets.rules."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPRAISED = "appraised"
    EXPLAINED = "explained"
    SETTLED = "settled"
    CLOSED = "closed"
    PUBLISHED = "published"
    FINAL = "final"
    EXCUSED = "excused"

    @property
    def label(self) -> str:
        return {
            "draft": "Đang tự chấm",
            "submitted": "Chờ thẩm định",
            "returned": "Trả lại để chấm lại",
            "appraised": "Chờ đơn vị trả lời",
            "explained": "Chờ thẩm định lần hai",
            "settled": "Xong thẩm định",
            "closed": "Đã chốt",
            "published": "Đã công bố",
            "final": "Chính thức",
            "excused": "Không xét",
        }[self.value]

    @property
    def tone(self) -> Tone:
        tones: dict[str, Tone] = {
            "draft": "plain",
            "submitted": "warn",
            "returned": "bad",
            "appraised": "warn",
            "explained": "warn",
            "settled": "good",
            "closed": "info",
            "published": "good",
            "final": "good",
            "excused": "plain",
        }
        return tones[self.value]


class ReviewKind(StrEnum):
    """A second opinion: of a second appraiser on a sample, or of another member in cross scoring."""

    CONTROL = "control"
    CROSS = "cross"


class ScoreRound(Base):
    """One cluster's scoring for one year. `windows`: last day (ISO) of the stages self, appraise, explain, second, appeal."""

    __tablename__ = "score_round"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    movement_id: Mapped[str] = mapped_column(ForeignKey("movement.id"))
    cluster_id: Mapped[str] = mapped_column(ForeignKey("cluster.id"))
    year: Mapped[int]
    state: Mapped[RoundState] = mapped_column(enum_column(RoundState, "round_state"), default=RoundState.OPEN)
    windows: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    reopen_reason: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    final_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)

    cluster: Mapped[Cluster] = relationship(lazy="raise")
    sheets: Mapped[list[ScoreSheet]] = relationship(lazy="raise", back_populates="round")

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (UniqueConstraint("cluster_id", "movement_id", "year"), Index(None, "year", "state"))


class ScoreSheet(Base):
    """One unit's scores of one year. `appraiser_id` None: the cluster's leader or deputy appraises. `control_id`: who gives
    a second opinion. `cross`: the members score each other. `cluster_id` is that of the round, for the policy.
    `extensions`: own last days of stages. `tie_order` decides between equals, smaller first, among those
    of the same `tie_mark`."""

    __tablename__ = "score_sheet"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    round_id: Mapped[str] = mapped_column(ForeignKey("score_round.id"), index=True)
    movement_id: Mapped[str] = mapped_column(ForeignKey("movement.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    cluster_id: Mapped[str] = mapped_column(ForeignKey("cluster.id"))
    rubric_id: Mapped[str] = mapped_column(ForeignKey("rubric.id"))
    year: Mapped[int]
    state: Mapped[SheetState] = mapped_column(enum_column(SheetState, "sheet_state"), default=SheetState.DRAFT)
    state_reason: Mapped[str] = mapped_column(Text, default="")
    cross: Mapped[bool] = mapped_column(default=False)
    appraiser_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    appraiser_by: Mapped[str] = mapped_column(default="")
    control_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    extensions: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    tie_order: Mapped[int | None]
    tie_reason: Mapped[str] = mapped_column(Text, default="")
    tie_mark: Mapped[str] = mapped_column(default="")
    submitted_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    round: Mapped[ScoreRound] = relationship(lazy="raise", back_populates="sheets")
    unit: Mapped[Unit] = relationship(lazy="raise")
    rubric: Mapped[Rubric] = relationship(lazy="raise")
    appraiser: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[appraiser_id])
    control: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[control_id])

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        UniqueConstraint("unit_id", "movement_id", "year"),
        Index(None, "year", "state"),
        CheckConstraint("appraiser_id IS NULL OR control_id IS NULL OR appraiser_id <> control_id", "two_appraisers"),
    )


class ScoreEntry(Base):
    """One criterion on one sheet. Values have the shape of scoring.points.scheme.entry_as_plain.

    Each side's fields are written by its own service alone. `handed` {own, comment} is what the unit said when it handed
    in: others read that while it corrects. `evidence` is what the appraiser saw: [{code, sha256}];
    `reopened` [{code, was, now}] is set when that changed afterwards, until the item is appraised again.
    """

    __tablename__ = "score_entry"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    sheet_id: Mapped[str] = mapped_column(ForeignKey("score_sheet.id"))
    code: Mapped[str]
    position: Mapped[int]
    self_entry: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    self_comment: Mapped[str] = mapped_column(Text, default="")
    handed: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    attached: Mapped[list[str]] = mapped_column(JSON, default=list)
    appraisal: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    appraisal_reason: Mapped[str] = mapped_column(Text, default="")
    appraised_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    evidence: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    reopened: Mapped[list[dict[str, str]] | None] = mapped_column(JSON(none_as_null=True))
    explanation: Mapped[str] = mapped_column(Text, default="")
    second: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    second_reason: Mapped[str] = mapped_column(Text, default="")
    second_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    moderated: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    moderated_reason: Mapped[str] = mapped_column(Text, default="")
    moderated_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    revision: Mapped[int] = mapped_column(default=1)

    sheet: Mapped[ScoreSheet] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (UniqueConstraint("sheet_id", "code"),)


class ScoreChange(Base):
    """What one field of an entry was set to, for ever: `side` is self, appraisal, explanation, second or moderated."""

    __tablename__ = "score_change"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    entry_id: Mapped[str] = mapped_column(ForeignKey("score_entry.id"), index=True)
    no: Mapped[int]
    side: Mapped[str]
    value: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    text: Mapped[str] = mapped_column(Text, default="")
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    person: Mapped[Person | None] = relationship(lazy="raise")

    __table_args__ = (UniqueConstraint("entry_id", "no"),)


class ScoreReview(Base):
    """A second opinion on a sheet: by a person (control) or in the name of another member unit (cross). `evidence`: what
    was there by criterion when it was handed in; it is open again when that changed."""

    __tablename__ = "score_review"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    sheet_id: Mapped[str] = mapped_column(ForeignKey("score_sheet.id"))
    kind: Mapped[ReviewKind] = mapped_column(enum_column(ReviewKind, "review_kind"))
    giver: Mapped[str] = mapped_column(Id)
    handed_in_at: Mapped[datetime | None]
    handed_in_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    evidence: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    entries: Mapped[list[ScoreReviewEntry]] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (UniqueConstraint("sheet_id", "kind", "giver"),)


class ScoreReviewEntry(Base):
    """One criterion of a second opinion."""

    __tablename__ = "score_review_entry"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    review_id: Mapped[str] = mapped_column(ForeignKey("score_review.id"))
    code: Mapped[str]
    value: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    reason: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (UniqueConstraint("review_id", "code"),)


class ScoreConflict(Base):
    """A person does not judge a unit in a year, beyond the own one: kinship, earlier post …"""

    __tablename__ = "score_conflict"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    year: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    declared_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    declared_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    lifted_reason: Mapped[str] = mapped_column(Text, default="")

    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])
    unit: Mapped[Unit] = relationship(lazy="raise")

    __table_args__ = (Index(None, "person_id", "year"), Index(None, "unit_id", "year"))


class ScoreResult(Base):
    """What came out for one sheet. `total` and the points in `lines` [{code, points, words}] are exact numbers as text."""

    __tablename__ = "score_result"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    sheet_id: Mapped[str] = mapped_column(ForeignKey("score_sheet.id"), unique=True)
    round_id: Mapped[str] = mapped_column(ForeignKey("score_round.id"), index=True)
    total: Mapped[str]
    rank: Mapped[int]
    title: Mapped[str] = mapped_column(default="")
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    best: Mapped[dict[str, str]] = mapped_column(JSON)
    computed_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    sheet: Mapped[ScoreSheet] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": revision}


class AppealOutcome(StrEnum):
    """How the council answered an appeal."""

    UPHELD = "upheld"
    DECLINED = "declined"

    @property
    def label(self) -> str:
        return {"upheld": "Chấp nhận", "declined": "Không chấp nhận"}[self.value]


class ScoreAppeal(Base):
    """A unit asks for a published point to be looked at again."""

    __tablename__ = "score_appeal"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    sheet_id: Mapped[str] = mapped_column(ForeignKey("score_sheet.id"), index=True)
    code: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(Text)
    raised_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    raised_at: Mapped[datetime]
    outcome: Mapped[AppealOutcome | None] = mapped_column(enum_column(AppealOutcome, "appeal_outcome"))
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": revision}


class ScorePresence(Base):
    """Who is working on a sheet right now; passing, not part of any record."""

    __tablename__ = "score_presence"

    sheet_id: Mapped[str] = mapped_column(ForeignKey("score_sheet.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    side: Mapped[str]
    code: Mapped[str] = mapped_column(default="")
    seen_at: Mapped[datetime]
