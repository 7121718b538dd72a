"""What a review needs and how much of it is there, counted in what everybody of the movement's overseers may read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.core.errors import NotFound
from webapp.duties.queries import DutyRow, list_duties, tally
from webapp.models import (
    AwardDecision,
    AwardRound,
    AwardRoundKind,
    AwardRoundState,
    Difficulty,
    DifficultyState,
    Meeting,
    MeetingState,
    Movement,
    PaperKind,
    Phase,
    ScoreRound,
    Synthesis,
)
from webapp.models.base import Tone
from webapp.permissions import Permission, Viewer, ensure

DONE, BEGUN, MISSING = "đã có", "đang làm", "chưa có"
_TONES: dict[str, Tone] = {DONE: "good", BEGUN: "info", MISSING: "warn"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing that must be there for the review; `endpoint` with `values` opens its page."""

    what: str
    text: str
    word: str
    endpoint: str
    values: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def tone(self) -> Tone:
        return _TONES[self.word]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A phase with its review in the last of its years. `given`: how many units were given its report; `synthesis_id` of
    the office's own report on it."""

    phase: Phase
    paper: PaperKind
    needs: Sequence[Need]
    given: int
    synthesis_id: str | None

    @property
    def year(self) -> int:
        return self.phase.last_year

    @property
    def name(self) -> str:
        return "Tổng kết" if self.paper is PaperKind.FINAL else "Sơ kết"

    @property
    def done(self) -> int:
        return sum(one.word == DONE for one in self.needs)


def paper_of(phase: Phase, movement: Movement) -> PaperKind:
    """The last phase ends in the final review, any other in an interim one."""
    return PaperKind.FINAL if phase.last_year == movement.last_year else PaperKind.INTERIM


def list_reviews(
    session: Session, movement: Movement, *, viewer: Viewer, now: datetime, timezone: ZoneInfo
) -> list[Review]:
    """The phases in their order, each with what its review needs."""
    ensure(viewer, Permission.COVERAGE_READ, movement)
    phases = session.scalars(
        select(Phase).where(Phase.movement_id == movement.id).order_by(Phase.first_year, Phase.position)
    ).all()
    by_year: dict[int, list[DutyRow]] = {}
    for year in sorted({year for phase in phases for year in range(phase.first_year, phase.last_year + 1)}):
        rows = list_duties(session, viewer=viewer, year=year, now=now, timezone=timezone)
        by_year[year] = [row for row in rows if row.duty.movement_id == movement.id]
    return [_review(session, movement, phase, by_year) for phase in phases]


def get_phase(session: Session, movement: Movement, phase_id: str) -> Phase:
    found = session.scalar(select(Phase).where(Phase.movement_id == movement.id, Phase.id == phase_id))
    if found is None:
        raise NotFound(kind="phase", key=phase_id)
    return found


def _review(session: Session, movement: Movement, phase: Phase, by_year: Mapping[int, Sequence[DutyRow]]) -> Review:
    paper = paper_of(phase, movement)
    synthesis = session.scalar(
        select(Synthesis).where(
            Synthesis.movement_id == movement.id, Synthesis.kind == paper, Synthesis.year == phase.last_year
        )
    )
    given = [row for row in by_year[phase.last_year] if row.duty.paper is paper]
    needs = [
        *_papers(phase, paper, by_year),
        *_scores(session, movement, phase),
        *_honours(session, movement, phase, paper),
        _voices(session, movement, phase),
        _report(paper, phase, synthesis),
    ]
    return Review(
        phase=phase, paper=paper, needs=needs, given=len(given), synthesis_id=synthesis.id if synthesis else None
    )


def _papers(phase: Phase, paper: PaperKind, by_year: Mapping[int, Sequence[DutyRow]]) -> Iterator[Need]:
    for year in range(phase.first_year, phase.last_year + 1):
        for kind in (PaperKind.UNIT_PLAN, PaperKind.ANNUAL, PaperKind.CHECKLIST):
            rows = [row for row in by_year[year] if row.duty.paper is kind]
            if rows:
                yield _handed_in(f"{kind.label} {year}", rows, kind, year)
    rows = [row for row in by_year[phase.last_year] if row.duty.paper is paper]
    yield _handed_in(f"{paper.label} {phase.last_year} của các đơn vị", rows, paper, phase.last_year)


def _handed_in(what: str, rows: Sequence[DutyRow], kind: PaperKind, year: int) -> Need:
    counts = tally(rows)
    handed_in = counts.total - counts.missing
    text = f"{handed_in}/{counts.total} đơn vị đã nộp" if rows else "chưa giao đơn vị nào"
    return Need(
        what=what,
        text=text,
        word=_word(handed_in, counts.total),
        endpoint="duties.duty_list",
        values={"year": year, "paper": kind.value, "show": "all"},
    )


def _word(done: int, of: int) -> str:
    return DONE if of and done >= of else BEGUN if done else MISSING


def _scores(session: Session, movement: Movement, phase: Phase) -> Iterator[Need]:
    rows = session.execute(
        select(ScoreRound.year, func.count(), func.count(ScoreRound.published_at))
        .where(ScoreRound.movement_id == movement.id, ScoreRound.year.between(phase.first_year, phase.last_year))
        .group_by(ScoreRound.year)
    )
    found = {year: (count, published) for year, count, published in rows}
    for year in range(phase.first_year, phase.last_year + 1):
        count, published = found.get(year, (0, 0))
        yield Need(
            what=f"Kết quả chấm điểm {year}",
            text=f"{published}/{count} cụm, khối đã công bố" if count else "chưa mở kỳ chấm",
            word=_word(published, count),
            endpoint="scores.score_list",
            values={"year": year},
        )


def _honours(session: Session, movement: Movement, phase: Phase, paper: PaperKind) -> Iterator[Need]:
    kind = AwardRoundKind.FINAL if paper is PaperKind.FINAL else AwardRoundKind.INTERIM
    rounds = session.scalars(
        select(AwardRound).where(
            AwardRound.movement_id == movement.id,
            AwardRound.year == phase.last_year,
            AwardRound.kind == kind,
            AwardRound.state != AwardRoundState.DRAFT,
        )
    ).all()
    decisions = _count(
        session, AwardDecision.round_id.in_([one.id for one in rounds]), AwardDecision.issued_at.is_not(None)
    )
    yield Need(
        what=f"Đợt xét khen thưởng {kind.label.lower()}",
        text=f"{len(rounds)} đợt xét, {decisions} quyết định" if rounds else "chưa có đợt xét",
        word=DONE if decisions else BEGUN if rounds else MISSING,
        endpoint="award_rounds.round_list",
    )
    held = _count(
        session,
        Meeting.movement_id == movement.id,
        Meeting.year == phase.last_year,
        Meeting.cluster_id.is_(None),
        Meeting.state.in_((MeetingState.HELD, MeetingState.CLOSED)),
    )
    yield Need(
        what=f"Họp Hội đồng năm {phase.last_year}",
        text=f"{held} cuộc đã họp" if held else "chưa họp",
        word=DONE if held else MISSING,
        endpoint="meetings.meeting_list",
        values={"year": phase.last_year},
    )


def _voices(session: Session, movement: Movement, phase: Phase) -> Need:
    in_phase = (
        Difficulty.movement_id == movement.id,
        Difficulty.year.between(phase.first_year, phase.last_year),
        Difficulty.state != DifficultyState.DRAFT,
    )
    raised = _count(session, *in_phase)
    decided = _count(session, *in_phase, Difficulty.state.in_((DifficultyState.ACCEPTED, DifficultyState.DECLINED)))
    return Need(
        what="Khó khăn, đề nghị của các đơn vị được xem xét",
        text=f"{decided}/{raised} ý kiến đã có trả lời" if raised else "không có ý kiến nào",
        word=_word(decided, raised) if raised else DONE,
        endpoint="difficulties.difficulty_list",
        values={"year": phase.last_year},
    )


def _report(paper: PaperKind, phase: Phase, synthesis: Synthesis | None) -> Need:
    issued = synthesis is not None and synthesis.issued_on is not None
    fixed = synthesis is not None and synthesis.version_no > 0
    return Need(
        what=f"{paper.label} {phase.last_year} của phường",
        text="đã ban hành" if issued else "đã chốt" if fixed else "đang soạn" if synthesis else "chưa lập",
        word=DONE if issued else BEGUN if synthesis else MISSING,
        endpoint="synthesis.synthesis_list",
        values={"year": phase.last_year},
    )


def _count(session: Session, *conditions: object) -> int:
    return session.scalar(select(func.count()).where(*conditions)) or 0  # type: ignore[arg-type]
