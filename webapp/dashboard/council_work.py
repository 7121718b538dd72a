"""What a member of the council looks after this year, and how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from webapp.models import (
    Cluster,
    ClusterMember,
    Council,
    CouncilAssignment,
    CouncilSeat,
    CriteriaGroup,
    PaperKind,
    PaperPart,
    PaperState,
    PartKind,
    RoundState,
    ScoreRound,
    ScoreSheet,
    SheetState,
    Theme,
    UnitPaper,
)
from webapp.permissions import Viewer
from webapp.permissions.scopes import readable_papers, readable_sheets

# Handed in, and somebody has still to judge or to answer.
WAITING = (SheetState.SUBMITTED, SheetState.APPRAISED, SheetState.EXPLAINED)


@dataclass(frozen=True, slots=True)
class ClusterWork:
    """A cluster with the state of its round, None where there is none, and how many of its sheets wait."""

    name: str
    round_id: str | None
    state: RoundState | None
    waiting: int


@dataclass(frozen=True, slots=True)
class ThemeWork:
    """A theme with how many units wrote of it in a report they handed in, of all units of the year."""

    theme_id: str
    code: str
    text: str
    reported: int
    units: int


@dataclass(frozen=True, slots=True)
class CouncilWork:
    """All that somebody looks after; `other` are groups of criteria and fields in words."""

    clusters: Sequence[ClusterWork]
    themes: Sequence[ThemeWork]
    other: Sequence[str]

    def __bool__(self) -> bool:
        return bool(self.clusters or self.themes or self.other)


def find_work(session: Session, *, viewer: Viewer, movement_id: str, year: int, today: date) -> CouncilWork:
    """One statement for each list; numbers count only what the viewer reads: a seat gives no right."""
    mine = _mine(viewer, movement_id, year, today)
    return CouncilWork(
        _clusters(session, mine, viewer, movement_id, year), _themes(session, mine, viewer, year), _other(session, mine)
    )


def _mine(viewer: Viewer, movement_id: str, year: int, today: date) -> Select[str]:
    """Ids of what the viewer has today."""

    def holds(first: ColumnElement[date], last: ColumnElement[date | None]) -> ColumnElement[bool]:
        return and_(first <= today, or_(last.is_(None), last >= today))

    return (
        select(CouncilAssignment.id)
        .join(CouncilSeat, CouncilSeat.id == CouncilAssignment.seat_id)
        .join(Council, Council.id == CouncilSeat.council_id)
        .where(
            CouncilSeat.person_id == viewer.id,
            Council.movement_id == movement_id,
            CouncilAssignment.year == year,
            holds(Council.first_day.expression, Council.last_day.expression),
            holds(CouncilSeat.from_day.expression, CouncilSeat.until_day.expression),
            holds(CouncilAssignment.from_day.expression, CouncilAssignment.until_day.expression),
        )
    )


def _clusters(session: Session, mine: Select[str], viewer: Viewer, movement_id: str, year: int) -> list[ClusterWork]:
    of_year = and_(ScoreRound.cluster_id == Cluster.id, ScoreRound.year == year, ScoreRound.movement_id == movement_id)
    waits = and_(ScoreSheet.round_id == ScoreRound.id, ScoreSheet.state.in_(WAITING), readable_sheets(viewer))
    rows = session.execute(
        select(Cluster.name, ScoreRound.id, ScoreRound.state, func.count(func.distinct(ScoreSheet.id)))
        .join(CouncilAssignment, CouncilAssignment.cluster_id == Cluster.id)
        .outerjoin(ScoreRound, of_year)
        .outerjoin(ScoreSheet, waits)
        .where(CouncilAssignment.id.in_(mine))
        .group_by(Cluster.id, Cluster.name, ScoreRound.id, ScoreRound.state)
        .order_by(Cluster.name)
    )
    return [ClusterWork(*row) for row in rows]


def _themes(session: Session, mine: Select[str], viewer: Viewer, year: int) -> list[ThemeWork]:
    units = select(func.count(func.distinct(ClusterMember.unit_id))).where(ClusterMember.year == year)
    handed_in = and_(
        UnitPaper.movement_id == Theme.movement_id,
        UnitPaper.year == year,
        UnitPaper.kind == PaperKind.ANNUAL,
        UnitPaper.state.in_((PaperState.SUBMITTED, PaperState.ACCEPTED)),
        readable_papers(viewer),
    )
    writes = and_(
        PaperPart.paper_id == UnitPaper.id,
        PaperPart.kind == PartKind.THEME,
        PaperPart.code == Theme.code,
        PaperPart.text != "",
    )
    reported = (
        select(func.count(func.distinct(UnitPaper.unit_id)))
        .join(PaperPart, writes)
        .where(handed_in)
        .correlate(Theme)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Theme.id, Theme.code, Theme.text, reported, units.scalar_subquery())
        .where(
            Theme.id.in_(select(CouncilAssignment.theme_id).where(CouncilAssignment.id.in_(mine))),
            Theme.retired_at.is_(None),
        )
        .order_by(Theme.position)
    )
    return [ThemeWork(*row) for row in rows]


def _other(session: Session, mine: Select[str]) -> list[str]:
    rows = session.execute(
        select(CriteriaGroup.code, CriteriaGroup.title, CouncilAssignment.field)
        .select_from(CouncilAssignment)
        .outerjoin(CriteriaGroup, CriteriaGroup.id == CouncilAssignment.group_id)
        .where(
            CouncilAssignment.id.in_(mine),
            or_(CouncilAssignment.group_id.is_not(None), CouncilAssignment.field != ""),
        )
        .order_by(CriteriaGroup.position, CouncilAssignment.field)
    )
    return [f"Nhóm tiêu chí {code}: {title}" if code else field for code, title, field in rows]
