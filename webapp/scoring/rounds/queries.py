"""Reading rounds: who takes part, how far each is, results. Before they are published nobody reads of the own unit here,
and only who has a stake in none of the units reads ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.core.errors import NotFound
from webapp.models import (
    Cluster,
    ClusterMember,
    ReviewKind,
    ScoreConflict,
    ScoreResult,
    ScoreReview,
    ScoreRound,
    ScoreSheet,
    SheetState,
    Unit,
)
from webapp.permissions import Permission, Viewer, can, subject_of
from webapp.permissions.predicates import follows_its_scores, kept_from_scoring, was_asked_to_appraise
from webapp.permissions.rank_access import PUBLISHED, follows_round, sees_ranks
from webapp.permissions.scopes import readable_rounds
from webapp.scoring.points.reckoning import reckon
from webapp.scoring.points.scheme import Scheme, entry_from_plain
from webapp.scoring.rubrics.queries import scheme_of
from webapp.scoring.sheets.sides import entries_by_sheet, handed_entries, standing_entries


class Place(StrEnum):
    """What a row of the board is to the viewer."""

    SEEN = "seen"
    OWN = "own"
    BARRED = "barred"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One unit on the board of its cluster. Numbers are None where the viewer does not read them."""

    sheet: ScoreSheet
    place: Place
    own_total: Decimal | None = None
    total: Decimal | None = None
    done: int = 0
    of: int = 0
    reopened: int = 0
    result: ScoreResult | None = None
    left: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """What a second appraiser found beside the first, for one sheet."""

    sheet: ScoreSheet
    name: str
    first: Decimal
    second: Decimal
    differing: Sequence[str]


def list_rounds(session: Session, *, viewer: Viewer, year: int) -> Sequence[ScoreRound]:
    """Rounds of a year with cluster and sheets, by cluster."""
    return session.scalars(
        select(ScoreRound)
        .join(ScoreRound.cluster)
        .where(ScoreRound.year == year, readable_rounds(viewer))
        .options(joinedload(ScoreRound.cluster), selectinload(ScoreRound.sheets))
        .order_by(Cluster.name)
    ).all()


def list_own_sheets(session: Session, *, viewer: Viewer, year: int) -> Sequence[ScoreSheet]:
    """Sheets of the viewer's own units."""
    if not viewer.own_units:
        return ()
    return session.scalars(
        select(ScoreSheet)
        .where(ScoreSheet.year == year, ScoreSheet.unit_id.in_(viewer.own_units))
        .options(joinedload(ScoreSheet.unit), joinedload(ScoreSheet.round))
        .order_by(ScoreSheet.id)
    ).all()


def list_asked(session: Session, *, viewer: Viewer, year: int) -> Sequence[ScoreSheet]:
    """Sheets that the viewer was asked to appraise, to give a second opinion on, or scores as another member."""
    units = [unit for unit, in_year in viewer.crossed if in_year == year]
    mine = (ScoreSheet.appraiser_id == viewer.id) | (ScoreSheet.control_id == viewer.id)
    return session.scalars(
        select(ScoreSheet)
        .where(
            ScoreSheet.year == year,
            mine | ScoreSheet.unit_id.in_(units),
            ScoreSheet.state.in_((SheetState.SUBMITTED, SheetState.EXPLAINED)),
        )
        .options(joinedload(ScoreSheet.unit))
        .order_by(ScoreSheet.submitted_at)
    ).all()


def get_round(session: Session, round_id: str, *, viewer: Viewer) -> ScoreRound:
    """With cluster, and each sheet with unit, rubric and who was asked to appraise."""
    sheets = selectinload(ScoreRound.sheets)
    round_ = session.scalar(
        select(ScoreRound)
        .where(ScoreRound.id == round_id, readable_rounds(viewer))
        .options(
            joinedload(ScoreRound.cluster),
            sheets.joinedload(ScoreSheet.unit),
            sheets.joinedload(ScoreSheet.rubric),
            sheets.joinedload(ScoreSheet.appraiser),
            sheets.joinedload(ScoreSheet.control),
        )
    )
    if round_ is None:
        raise NotFound(kind="score-round", key=round_id)
    return round_


def place_of(viewer: Viewer, round_: ScoreRound, sheet: ScoreSheet) -> Place:
    """A unit's own people see that it is theirs; for who judges the others it is shown as barred."""
    subject = subject_of(sheet)
    if subject.published:
        return Place.SEEN
    if kept_from_scoring(viewer, subject):
        if sheet.unit_id in viewer.own_units and not follows_round(viewer, round_):
            return Place.OWN
        return Place.BARRED
    if follows_its_scores(viewer, subject) or was_asked_to_appraise(viewer, subject):
        return Place.SEEN
    # That nothing is handed in yet is known to who waits for it.
    return Place.SEEN if not subject.submitted and follows_round(viewer, round_) else Place.UNSEEN


def board(session: Session, round_: ScoreRound, *, viewer: Viewer) -> list[BoardRow]:
    """All units of a round as the viewer may see them, best first once there are ranks to see, else by name."""
    places = {sheet.id: place_of(viewer, round_, sheet) for sheet in round_.sheets}
    seen = [sheet for sheet in round_.sheets if places[sheet.id] is Place.SEEN and subject_of(sheet).submitted]
    entries = entries_by_sheet(session, [sheet.id for sheet in seen])
    results = _results(session, round_) if sees_ranks(viewer, round_) else {}
    members = _members(session, round_)
    schemes: dict[str, Scheme] = {}
    rows = []
    for sheet in round_.sheets:
        left = sheet.unit_id not in members
        if sheet.id not in entries:
            rows.append(BoardRow(sheet, places[sheet.id], left=left))
            continue
        scheme = schemes.setdefault(sheet.rubric_id, scheme_of(sheet.rubric))
        kept, result = entries[sheet.id], results.get(sheet.id)
        told = can(viewer, Permission.SHEET_READ_APPRAISAL, sheet)
        standing = standing_entries(kept) if told else {}
        rows.append(
            BoardRow(
                sheet=sheet,
                place=Place.SEEN,
                own_total=reckon(scheme, handed_entries(kept), relative=False).total,
                total=Decimal(result.total) if result else reckon(scheme, standing, relative=False).total,
                done=len(standing),
                of=len(kept),
                reopened=sum(1 for row in kept if row.reopened) if told else 0,
                result=result,
                left=left,
            )
        )
    rows.sort(key=lambda row: (row.result.rank if row.result else 10**6, row.sheet.unit.name))
    return rows


def _results(session: Session, round_: ScoreRound) -> dict[str, ScoreResult]:
    query = select(ScoreResult).where(ScoreResult.round_id == round_.id)
    return {row.sheet_id: row for row in session.scalars(query)}


def _members(session: Session, round_: ScoreRound) -> set[str]:
    return set(
        session.scalars(
            select(ClusterMember.unit_id).where(
                ClusterMember.cluster_id == round_.cluster_id, ClusterMember.year == round_.year
            )
        )
    )


def list_without_sheet(session: Session, round_: ScoreRound) -> Sequence[Unit]:
    """Members of the cluster without a sheet here: no rubric is for their kind, or they joined later."""
    return session.scalars(
        select(Unit)
        .join(ClusterMember, ClusterMember.unit_id == Unit.id)
        .where(
            ClusterMember.cluster_id == round_.cluster_id,
            ClusterMember.year == round_.year,
            Unit.id.not_in([sheet.unit_id for sheet in round_.sheets]),
        )
        .order_by(Unit.name)
    ).all()


def list_differences(session: Session, round_: ScoreRound, *, viewer: Viewer) -> list[Difference]:
    """How far second appraisers are from the first ones, for sheets the viewer judges."""
    judged = [
        sheet
        for sheet in round_.sheets
        if sheet.control_id is not None and follows_its_scores(viewer, subject_of(sheet))
    ]
    if not judged:
        return []
    reviews = session.scalars(
        select(ScoreReview)
        .where(
            ScoreReview.sheet_id.in_([sheet.id for sheet in judged]),
            ScoreReview.kind == ReviewKind.CONTROL,
            ScoreReview.handed_in_at.is_not(None),
        )
        .options(selectinload(ScoreReview.entries))
    ).all()
    by_sheet = {review.sheet_id: review for review in reviews}
    entries = entries_by_sheet(session, by_sheet)
    found = []
    for sheet in judged:
        review = by_sheet.get(sheet.id)
        if review is None:
            continue
        scheme = scheme_of(sheet.rubric)
        theirs = {one.code: entry_from_plain(one.value) for one in review.entries if one.value is not None}
        first = {row.code: entry_from_plain(row.appraisal) for row in entries[sheet.id] if row.appraisal is not None}
        found.append(
            Difference(
                sheet=sheet,
                name=sheet.control.name if sheet.control else "",
                first=reckon(scheme, first, relative=False).total,
                second=reckon(scheme, theirs, relative=False).total,
                differing=[code for code in theirs if theirs[code] != first.get(code)],
            )
        )
    return found


def list_conflicts(session: Session, *, viewer: Viewer, year: int) -> Sequence[ScoreConflict]:
    """Declared conflicts of a year: one's own; all of them for the office, council, leadership and auditors."""
    query = (
        select(ScoreConflict)
        .where(ScoreConflict.year == year)
        .options(joinedload(ScoreConflict.person), joinedload(ScoreConflict.unit))
        .order_by(ScoreConflict.declared_at, ScoreConflict.id)
    )
    if not can(viewer, Permission.COVERAGE_READ):
        query = query.where(ScoreConflict.person_id == viewer.id)
    return session.scalars(query).all()


def last_years(session: Session, round_: ScoreRound) -> Mapping[str, ScoreResult]:
    """Published results of the year before by unit, to compare with."""
    rows = session.execute(
        select(ScoreSheet.unit_id, ScoreResult)
        .join(ScoreSheet, ScoreSheet.id == ScoreResult.sheet_id)
        .where(
            ScoreSheet.unit_id.in_([sheet.unit_id for sheet in round_.sheets]),
            ScoreSheet.movement_id == round_.movement_id,
            ScoreSheet.year == round_.year - 1,
            ScoreSheet.state.in_((SheetState.PUBLISHED, SheetState.FINAL)),
        )
    )
    return {row[0]: row[1] for row in rows}


def list_for_yearly_score(session: Session, rounds: Sequence[ScoreRound]) -> list[tuple[str | float | int, ...]]:
    """Code, unit, cluster, total, rank, title and state of every result of published rounds, by cluster and rank."""
    rows = session.execute(
        select(
            Unit.code, Unit.name, Cluster.name, ScoreResult.total, ScoreResult.rank, ScoreResult.title, ScoreRound.state
        )
        .join(ScoreSheet, ScoreSheet.id == ScoreResult.sheet_id)
        .join(Unit, Unit.id == ScoreSheet.unit_id)
        .join(ScoreRound, ScoreRound.id == ScoreResult.round_id)
        .join(Cluster, Cluster.id == ScoreRound.cluster_id)
        .where(ScoreRound.id.in_([one.id for one in rounds if one.state in PUBLISHED]))
        .order_by(Cluster.name, ScoreResult.rank, Unit.name)
    )
    return [
        (code, name, cluster, float(total), rank, title, state.label)
        for code, name, cluster, total, rank, title, state in rows
    ]
