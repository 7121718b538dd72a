"""Where dated things come from: each source reads its own through the viewer's scope. SOURCES is the list to add to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.calendar.entries import Entry, EntryKind
from webapp.core.days import ward_day
from webapp.duties.queries import list_duties
from webapp.models import (
    AwardRound,
    AwardRoundState,
    IndicatorSet,
    IndicatorSetState,
    InspectionRemedy,
    InspectionVisit,
    Meeting,
    MeetingState,
    Movement,
    Nomination,
    NominationState,
    Phase,
    RemedyState,
    RoundState,
    ScoreRound,
    VisitState,
)
from webapp.movement.working_days import list_holidays
from webapp.permissions import Viewer
from webapp.permissions.award_scopes import readable_award_rounds
from webapp.permissions.indicator_scopes import readable_indicator_sets
from webapp.permissions.inspection_scopes import readable_visits
from webapp.permissions.scopes import readable_meetings, readable_rounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whose calendar, from which day to which (both included), as of `now`. `own_only`: of duties only those of the viewer's
    own units."""

    viewer: Viewer
    first: date
    last: date
    now: datetime
    timezone: ZoneInfo
    own_only: bool = False

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


# The stages of a cluster's round, as the unit's sheet names them.
_STAGES = {
    "self": "Hạn tự chấm",
    "appraise": "Hạn thẩm định",
    "explain": "Hạn đơn vị trả lời",
    "second": "Hạn thẩm định lần hai",
    "appeal": "Hạn kiến nghị",
}


def _duties(session: Session, asked: Asked) -> Iterator[Entry]:
    # What is owed for a year may be due in the next.
    for year in range(asked.first.year - 1, asked.last.year + 1):
        rows = list_duties(
            session, viewer=asked.viewer, year=year, now=asked.now, timezone=asked.timezone, own_only=asked.own_only
        )
        for row in rows:
            if not asked.holds(row.last_day):
                continue
            own = row.duty.unit_id in asked.viewer.own_units
            late = f"quá hạn {row.late} ngày" if row.is_open and row.late else ""
            yield Entry(
                key=f"duty-{row.duty.id}",
                kind=EntryKind.DUTY,
                day=row.last_day,
                title=row.duty.name,
                whose=row.duty.unit.name,
                # One's own duties stand alone, those of the others together.
                group="" if own else f"{row.duty.paper.value}-{row.duty.year}",
                word=late or ("phải nộp" if row.is_open else "đã nộp"),
                tone="bad" if late else "warn" if row.is_open else "good",
                is_open=row.is_open,
                endpoint="checklists.checklist_list"
                if row.duty.paper.value == "checklist"
                else "submissions.paper_list",
                values={"year": row.duty.year},
                group_endpoint="duties.duty_list",
                group_values={"year": row.duty.year, "paper": row.duty.paper.value, "show": "all"},
            )


def _meetings(session: Session, asked: Asked) -> Iterator[Entry]:
    start, end = _instants(asked)
    rows = session.scalars(
        select(Meeting)
        .where(
            Meeting.meets_at >= start,
            Meeting.meets_at < end,
            Meeting.state != MeetingState.CANCELLED,
            readable_meetings(asked.viewer),
        )
        .order_by(Meeting.meets_at, Meeting.id)
    )
    for one in rows:
        yield Entry(
            key=f"meeting-{one.id}",
            kind=EntryKind.MEETING,
            day=ward_day(one.meets_at, asked.timezone),
            at=one.meets_at,
            title=one.title,
            whose=one.place,
            word=one.state.label.lower(),
            tone="info" if one.state is MeetingState.PLANNED else "plain",
            is_open=one.state is MeetingState.PLANNED,
            endpoint="meetings.meeting_view",
            values={"meeting_id": one.id},
        )


def _instants(asked: Asked) -> tuple[datetime, datetime]:
    """The first instant of the span and the first after it."""
    first = datetime.combine(asked.first, time(), asked.timezone)
    after = datetime.combine(asked.last + timedelta(days=1), time(), asked.timezone)
    return first.astimezone(UTC), after.astimezone(UTC)


def _score_rounds(session: Session, asked: Asked) -> Iterator[Entry]:
    rows = session.scalars(
        select(ScoreRound)
        .where(
            ScoreRound.year >= asked.first.year - 1,
            ScoreRound.year <= asked.last.year,
            readable_rounds(asked.viewer),
        )
        .options(joinedload(ScoreRound.cluster))
        .order_by(ScoreRound.id)
    )
    for one in rows:
        for stage, text in one.windows.items():
            day = date.fromisoformat(text)
            if asked.holds(day):
                yield Entry(
                    key=f"score-{one.id}-{stage}",
                    kind=EntryKind.SCORE,
                    day=day,
                    title=f"{_STAGES.get(stage, stage)} năm {one.year}",
                    whose=one.cluster.name,
                    group=f"{stage}-{one.year}",
                    word=one.state.label.lower(),
                    tone="info" if one.state is RoundState.OPEN else "plain",
                    is_open=one.state is RoundState.OPEN and stage != "appeal",
                    endpoint="scores.round_view",
                    values={"round_id": one.id},
                    group_endpoint="scores.score_list",
                    group_values={"year": one.year},
                )


def _award_rounds(session: Session, asked: Asked) -> Iterator[Entry]:
    rows = session.scalars(
        select(AwardRound)
        .where(
            AwardRound.opens_on <= asked.last,
            AwardRound.closes_on >= asked.first,
            readable_award_rounds(asked.viewer),
        )
        .order_by(AwardRound.opens_on, AwardRound.id)
    )
    for one in rows:
        is_open = one.state is AwardRoundState.IN_FORCE
        for part, day, what in (("opens", one.opens_on, "Bắt đầu nhận"), ("closes", one.closes_on, "Hạn cuối nhận")):
            if asked.holds(day):
                yield Entry(
                    key=f"award-{one.id}-{part}",
                    kind=EntryKind.AWARD,
                    day=day,
                    title=f"{what} đề nghị: {one.title}",
                    word=one.state.label.lower(),
                    tone=one.state.tone,
                    is_open=is_open and part == "closes",
                    endpoint="award_rounds.round_view",
                    values={"award_round_id": one.id},
                )


def _dossiers(session: Session, asked: Asked) -> Iterator[Entry]:
    """Dossiers given back to the viewer's units, to be completed by a day."""
    if not asked.viewer.own_units:
        return
    rows = session.scalars(
        select(Nomination)
        .where(
            Nomination.unit_id.in_(asked.viewer.own_units),
            Nomination.state == NominationState.RETURNED,
            Nomination.complete_by.between(asked.first, asked.last),
        )
        .order_by(Nomination.complete_by, Nomination.id)
    )
    for one in rows:
        if one.complete_by is not None:
            yield Entry(
                key=f"dossier-{one.id}",
                kind=EntryKind.DOSSIER,
                day=one.complete_by,
                title=f"Bổ sung hồ sơ đề nghị khen thưởng: {one.name}",
                word="phải bổ sung",
                tone="warn",
                is_open=True,
                endpoint="nominations.nomination_view",
                values={"nomination_id": one.id},
            )


def _milestones(session: Session, asked: Asked) -> Iterator[Entry]:
    """The last day of each phase, by which its review is due."""
    rows = session.execute(
        select(Phase, Movement)
        .join(Movement, Movement.id == Phase.movement_id)
        .where(
            Movement.withdrawn_on.is_(None),
            Phase.last_year >= asked.first.year,
            Phase.last_year <= asked.last.year,
        )
        .order_by(Phase.last_year, Phase.id)
    )
    for phase, movement in rows:
        day = date(phase.last_year, 12, 31)
        if asked.holds(day):
            review = "tổng kết" if phase.last_year == movement.last_year else "sơ kết"
            yield Entry(
                key=f"milestone-{phase.id}",
                kind=EntryKind.MILESTONE,
                day=day,
                title=f"Hết {phase.name[:1].lower()}{phase.name[1:]}: {review} phong trào",
                whose=movement.name,
                endpoint="movement.movement_view",
                values={"movement_id": movement.id},
            )


def _holidays(session: Session, asked: Asked) -> Iterator[Entry]:
    for year in range(asked.first.year, asked.last.year + 1):
        for one in list_holidays(session, year=year):
            if asked.holds(one.day):
                yield Entry(
                    key=f"holiday-{one.id}",
                    kind=EntryKind.HOLIDAY,
                    day=one.day,
                    title=one.name,
                    whose=one.citation,
                    word="làm bù" if one.works else "nghỉ",
                    tone="info" if one.works else "plain",
                    endpoint="award_rounds.holiday_list",
                    values={"year": one.day.year},
                )


def _visits(session: Session, asked: Asked) -> Iterator[Entry]:
    """Days of inspectors in a unit, and by when its self-report is awaited."""
    rows = session.scalars(
        select(InspectionVisit)
        .where(
            InspectionVisit.visit_from <= asked.last,
            InspectionVisit.visit_until >= asked.first - timedelta(days=60),
            InspectionVisit.state != VisitState.CANCELLED,
            readable_visits(asked.viewer),
        )
        .options(joinedload(InspectionVisit.unit))
        .order_by(InspectionVisit.visit_from, InspectionVisit.id)
    )
    for one in rows:
        waits = one.state in (VisitState.PLANNED, VisitState.NOTIFIED)
        days = [("visit", one.visit_from, f"{one.inspection.name} làm việc", waits)]
        if one.unit_id in asked.viewer.own_units and one.self_report_by is not None:
            written = one.self_reported_at is not None or not waits
            days.append(("self-report", one.self_report_by, "Hạn gửi báo cáo tự kiểm tra", not written))
        for part, day, title, is_open in days:
            if asked.holds(day):
                yield Entry(
                    key=f"{part}-{one.id}",
                    kind=EntryKind.INSPECTION,
                    day=day,
                    title=title,
                    whose=one.unit.name,
                    word=one.state.label.lower(),
                    tone=one.state.tone,
                    is_open=is_open,
                    endpoint="inspections.visit_view",
                    values={"visit_id": one.id},
                )


def _remedies(session: Session, asked: Asked) -> Iterator[Entry]:
    rows = session.execute(
        select(InspectionRemedy, InspectionVisit)
        .join(InspectionVisit, InspectionVisit.id == InspectionRemedy.visit_id)
        .where(InspectionRemedy.due_on.between(asked.first, asked.last), readable_visits(asked.viewer))
        .options(joinedload(InspectionVisit.unit))
        .order_by(InspectionRemedy.due_on, InspectionRemedy.id)
    )
    for remedy, visit in rows:
        if asked.own_only and visit.unit_id not in asked.viewer.own_units:
            continue
        yield Entry(
            key=f"remedy-{remedy.id}",
            kind=EntryKind.REMEDY,
            day=remedy.due_on,
            title="Hạn khắc phục sau kiểm tra",
            whose=visit.unit.name,
            group="" if visit.unit_id in asked.viewer.own_units else "remedy",
            word=remedy.state.label.lower(),
            tone=remedy.state.tone,
            is_open=remedy.state is RemedyState.OPEN,
            endpoint="inspections.visit_view",
            values={"visit_id": visit.id},
            group_endpoint="inspections.inspection_list",
            group_values={"year": visit.year},
        )


def _indexes(session: Session, asked: Asked) -> Iterator[Entry]:
    rows = session.scalars(
        select(IndicatorSet)
        .where(
            IndicatorSet.due_on.between(asked.first, asked.last),
            IndicatorSet.state != IndicatorSetState.DRAFT,
            readable_indicator_sets(asked.viewer),
        )
        .order_by(IndicatorSet.due_on, IndicatorSet.id)
    )
    for one in rows:
        assert one.due_on is not None
        yield Entry(
            key=f"index-{one.id}",
            kind=EntryKind.INDEX,
            day=one.due_on,
            title=f"Hạn tự đánh giá: {one.name}",
            word=one.state.label.lower(),
            tone=one.state.tone,
            is_open=one.state is IndicatorSetState.IN_FORCE,
            endpoint="indicators.set_view",
            values={"indicator_set_id": one.id},
        )


Source = Callable[[Session, Asked], Iterator[Entry]]

SOURCES: tuple[Source, ...] = (
    _duties,
    _meetings,
    _score_rounds,
    _award_rounds,
    _dossiers,
    _visits,
    _remedies,
    _indexes,
    _milestones,
    _holidays,
)


def list_entries(session: Session, asked: Asked) -> list[Entry]:
    """Everything of the span that the viewer may see, by day. Nothing before signing in."""
    if asked.viewer.id is None:
        return []
    return sorted((entry for source in SOURCES for entry in source(session, asked)), key=lambda one: (one.day, one.key))
