"""Rounds of commendation (đợt xét khen thưởng) with their rules, and the days on which offices do not work."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.award import AwardSubject, AwardTitle
from webapp.models.base import Base, Id, Tone, enum_column, new_id


class AwardRoundKind(StrEnum):
    """On what occasion."""

    YEARLY = "yearly"
    INTERIM = "interim"
    FINAL = "final"
    TOPIC = "topic"
    AT_ONCE = "at_once"

    @property
    def label(self) -> str:
        return {
            "yearly": "Hằng năm",
            "interim": "Sơ kết phong trào",
            "final": "Tổng kết phong trào",
            "topic": "Theo chuyên đề",
            "at_once": "Đột xuất",
        }[self.value]


class AwardManner(StrEnum):
    """Loại hình khen thưởng. What is given by topic or at once is no ground for a higher award by merit."""

    MERIT = "merit"
    TOPIC = "topic"
    SUDDEN = "sudden"

    @property
    def label(self) -> str:
        return {"merit": "Theo công trạng", "topic": "Theo chuyên đề", "sudden": "Đột xuất"}[self.value]


class AwardRoundState(StrEnum):
    """draft → in_force → closed; the moves are in commendation.rules."""

    DRAFT = "draft"
    IN_FORCE = "in_force"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return {"draft": "Đang soạn", "in_force": "Đang nhận đề nghị", "closed": "Đã kết thúc"}[self.value]

    @property
    def tone(self) -> Tone:
        tones: dict[str, Tone] = {"draft": "plain", "in_force": "info", "closed": "plain"}
        return tones[self.value]


class Proposer(StrEnum):
    """Who puts somebody forward."""

    UNIT = "unit"
    CLUSTER = "cluster"
    OFFICE = "office"

    @property
    def label(self) -> str:
        return {"unit": "Đơn vị", "cluster": "Cụm, khối thi đua", "office": "Cơ quan thường trực"}[self.value]


class DossierPaper(StrEnum):
    """A paper that a dossier may need."""

    REPORT = "report"
    MINUTES = "minutes"
    INITIATIVE = "initiative"
    COMPLETION = "completion"
    CONFIRMATION = "confirmation"

    @property
    def label(self) -> str:
        return {
            "report": "Báo cáo thành tích",
            "minutes": "Biên bản bình xét của đơn vị, có kết quả bỏ phiếu",
            "initiative": "Quyết định hoặc giấy chứng nhận sáng kiến",
            "completion": "Quyết định hoặc văn bản xếp loại hoàn thành nhiệm vụ",
            "confirmation": "Xác nhận của cơ quan có thẩm quyền",
        }[self.value]


class AwardRound(Base):
    """One round. Achievements are those of `period_from` to `period_to`, nominations come in from `opens_on` to
    `closes_on` (days, both included). `proposers` are values of Proposer, `vote_rule` the code of the rule by which the
    council votes. Times in working days: `answer_days` from a complete dossier to the decision, `complete_days` for
    what is asked for, `refuse_days` to refuse in writing. `reserve`: how many more the council may put on a list.
    """

    __tablename__ = "award_round"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    movement_id: Mapped[str] = mapped_column(ForeignKey("movement.id"))
    year: Mapped[int]
    kind: Mapped[AwardRoundKind] = mapped_column(enum_column(AwardRoundKind, "award_round_kind"))
    manner: Mapped[AwardManner] = mapped_column(enum_column(AwardManner, "award_manner"))
    title: Mapped[str] = mapped_column(Text)
    state: Mapped[AwardRoundState] = mapped_column(
        enum_column(AwardRoundState, "award_round_state"), default=AwardRoundState.DRAFT
    )
    period_from: Mapped[date]
    period_to: Mapped[date]
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    proposers: Mapped[list[str]] = mapped_column(JSON)
    vote_rule: Mapped[str]
    answer_days: Mapped[int]
    complete_days: Mapped[int]
    refuse_days: Mapped[int]
    reserve: Mapped[int] = mapped_column(default=0)
    birth_date_needed: Mapped[bool] = mapped_column(default=False)
    guidance: Mapped[str] = mapped_column(Text, default="")
    closed_reason: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    lines: Mapped[list[AwardRoundLine]] = relationship(
        lazy="selectin", order_by="AwardRoundLine.position", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        Index(None, "movement_id", "year"),
        CheckConstraint("period_to >= period_from", "period"),
        CheckConstraint("closes_on >= opens_on", "days"),
    )

    @property
    def proposer_labels(self) -> str:
        return ", ".join(Proposer(one).label.lower() for one in self.proposers)


class AwardRoundLine(Base):
    """A title or form in a round, for one kind of honoured: at most `quota` of them, at most `share` percent of those
    nominated (None: no bound). `papers` are values of DossierPaper that each dossier needs."""

    __tablename__ = "award_round_line"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    round_id: Mapped[str] = mapped_column(ForeignKey("award_round.id"), index=True)
    position: Mapped[int]
    title_id: Mapped[str] = mapped_column(ForeignKey("award_title.id"))
    subject: Mapped[AwardSubject] = mapped_column(enum_column(AwardSubject, "award_subject"))
    quota: Mapped[int | None]
    share: Mapped[int | None]
    papers: Mapped[list[str]] = mapped_column(JSON)

    title: Mapped[AwardTitle] = relationship(lazy="selectin")

    __table_args__ = (
        UniqueConstraint("round_id", "title_id", "subject"),
        CheckConstraint("quota IS NULL OR quota > 0", "quota"),
        CheckConstraint("share IS NULL OR share BETWEEN 1 AND 100", "share"),
    )

    @property
    def name(self) -> str:
        return f"{self.title.name}, {self.subject.label.lower()}"


class Holiday(Base):
    """A weekday on which offices do not work, or, with `works`, a Saturday or Sunday in lieu on which they do."""

    __tablename__ = "holiday"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    day: Mapped[date] = mapped_column(unique=True)
    name: Mapped[str]
    works: Mapped[bool]
    citation: Mapped[str]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
