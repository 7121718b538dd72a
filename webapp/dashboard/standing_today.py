"""How the movement stands today, in five lines, and what waits for the ward's leadership or the office to confirm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.duties.queries import DutyRow, tally
from webapp.models import (
    RECOGNISED_STATES,
    Difficulty,
    DifficultyState,
    Initiative,
    PaperKind,
    RoundState,
    ScoreRound,
)
from webapp.permissions import Permission, Viewer, can
from webapp.permissions.scopes import readable_difficulties, readable_initiatives, readable_rounds

PAPERS = (PaperKind.UNIT_PLAN, PaperKind.ANNUAL, PaperKind.CHECKLIST)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it is about, how that stands, and the page (endpoint with its values) that shows it."""

    label: str
    text: str
    endpoint: str
    values: Mapping[str, object] = field(default_factory=dict)


def list_lines(session: Session, *, viewer: Viewer, year: int, duties: Sequence[DutyRow]) -> list[Line]:
    """Plans, reports, checklists, scores, and what units asked for and worked out. Three statements."""
    lines = [_of_paper(kind, year, [row for row in duties if row.duty.paper is kind]) for kind in PAPERS]
    states = session.execute(
        select(ScoreRound.state, func.count())
        .where(ScoreRound.year == year, readable_rounds(viewer))
        .group_by(ScoreRound.state)
    )
    counts: dict[RoundState, int] = {row[0]: row[1] for row in states}
    rounds = [f"{counts[state]} cụm, khối {state.label.lower()}" for state in RoundState if state in counts]
    lines.append(
        Line("Chấm điểm", "; ".join(rounds) or "chưa mở kỳ chấm nào", "scores.score_list", {"year": year}),
    )
    recognised = session.scalar(
        select(func.count())
        .select_from(Initiative)
        .where(readable_initiatives(viewer), Initiative.year == year, Initiative.state.in_(RECOGNISED_STATES))
    )
    open_states = (DifficultyState.RAISED, DifficultyState.GATHERED)
    waiting = session.scalar(
        select(func.count())
        .select_from(Difficulty)
        .where(readable_difficulties(viewer), Difficulty.year == year, Difficulty.state.in_(open_states))
    )
    text = f"{waiting or 'không có'} khó khăn, đề nghị chưa trả lời; {recognised or 'chưa có'} sáng kiến đã công nhận"
    lines.append(Line("Khó khăn, sáng kiến", text, "difficulties.difficulty_list", {"year": year}))
    return lines


def _of_paper(kind: PaperKind, year: int, rows: Sequence[DutyRow]) -> Line:
    counts = tally(rows)
    text = f"{counts.total - counts.missing}/{counts.total} đơn vị đã nộp" if rows else "chưa có đơn vị nào phải nộp"
    if counts.late:
        text += f", trong đó {counts.late} nộp muộn"
    if counts.overdue:
        text += f"; {counts.overdue} đơn vị quá hạn"
    return Line(kind.label, text, "duties.duty_list", {"year": year, "paper": kind.value, "show": "all"})


def list_rounds_to_confirm(session: Session, *, viewer: Viewer, today: date) -> list[ScoreRound]:
    """Clusters that wait to be published, or, after the days for appeals, to be made final. Two statements at most."""
    if not viewer.decided_movements:
        return []
    rounds = session.scalars(
        select(ScoreRound)
        .where(ScoreRound.state.in_((RoundState.CLOSED, RoundState.PUBLISHED)), readable_rounds(viewer))
        .options(joinedload(ScoreRound.cluster), selectinload(ScoreRound.sheets))
        .order_by(ScoreRound.year, ScoreRound.id)
    )
    return [
        one
        for one in rounds
        if can(viewer, Permission.ROUND_PUBLISH, one) and (one.state is RoundState.CLOSED or _is_past(one, today))
    ]


def _is_past(one: ScoreRound, today: date) -> bool:
    last = one.windows.get("appeal")
    return bool(last) and str(last) < today.isoformat()


def count_difficulties_to_decide(session: Session, *, viewer: Viewer) -> int:
    """Difficulties and requests gathered by the office that wait for the committee's answer."""
    if not viewer.decided_movements:
        return 0
    return (
        session.scalar(
            select(func.count())
            .select_from(Difficulty)
            .where(
                readable_difficulties(viewer),
                Difficulty.state == DifficultyState.GATHERED,
                Difficulty.unit_id.not_in({*viewer.own_units, viewer.unit_id or ""}),
            )
        )
        or 0
    )
