"""Reading a sheet: each side's words only as far as the viewer may see them at this stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.core.errors import NotFound, Refused
from webapp.core.numbers import stored_number
from webapp.models import (
    Evidence,
    Person,
    ScoreAppeal,
    ScoreChange,
    ScoreEntry,
    ScoreResult,
    ScoreRound,
    ScoreSheet,
    SheetState,
)
from webapp.permissions import Permission, Viewer
from webapp.permissions.scopes import readable_rounds, readable_sheets
from webapp.scoring.points.reckoning import Result, reckon
from webapp.scoring.points.scheme import Entry, Node, Scheme, entry_from_plain, walk
from webapp.scoring.rubrics.queries import scheme_of
from webapp.scoring.sheets import rules
from webapp.scoring.sheets.entries import in_words
from webapp.scoring.sheets.evidence import Proof, as_judged, list_proofs, proofs_of
from webapp.scoring.sheets.sides import own_entries
from webapp.scoring.sheets.sight import Sight, sight_of

BARRED = "Không chấm (có liên quan): bạn không xem và không chấm điểm của đơn vị mình, hoặc của đơn vị mà bạn đã khai báo xung đột lợi ích."


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion of a sheet as the viewer reads it; `row` and the sides are None for sums and for what is not shown."""

    node: Node
    depth: int
    row: ScoreEntry | None = None
    own: str = ""
    own_points: Decimal | None = None
    points: Decimal | None = None
    words: str = ""
    said: rules.Said | None = None
    proofs: Sequence[Proof] = ()
    reopened: Sequence[Mapping[str, str]] = ()
    wants_evidence: bool = False

    @property
    def differs(self) -> bool:
        return self.said is not None and self.said.appraisal is not None and self.said.appraisal != self.said.own


@dataclass(frozen=True, slots=True)
class SheetView:
    """A sheet with all that a page shows of it."""

    sheet: ScoreSheet
    scheme: Scheme
    sight: Sight
    lines: Sequence[Line]
    own_total: Decimal
    total: Decimal | None
    result: ScoreResult | None = None
    appeals: Sequence[ScoreAppeal] = ()
    people: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_relative(self) -> bool:
        """Whether any points depend on the best of the cluster."""
        return any(leaf.over for leaf in self.scheme.leaves())

    @property
    def leaves(self) -> list[Line]:
        return [line for line in self.lines if line.row is not None]


def get_sheet(session: Session, sheet_id: str, *, viewer: Viewer) -> ScoreSheet:
    """With round, cluster, unit, rubric and who was asked to appraise. Who knows of the round and has a stake in the unit
    is told so; everybody else is told nothing."""
    options = (
        joinedload(ScoreSheet.round).joinedload(ScoreRound.cluster),
        joinedload(ScoreSheet.unit),
        joinedload(ScoreSheet.rubric),
        joinedload(ScoreSheet.appraiser),
        joinedload(ScoreSheet.control),
    )
    sheet = session.scalar(
        select(ScoreSheet).where(ScoreSheet.id == sheet_id, readable_sheets(viewer)).options(*options)
    )
    if sheet is not None:
        return sheet
    known = session.scalar(
        select(ScoreSheet).join(ScoreSheet.round).where(ScoreSheet.id == sheet_id, readable_rounds(viewer))
    )
    if known is not None and _has_a_stake(viewer, known):
        raise Refused(BARRED, permission=Permission.SHEET_READ.value, kind="score-sheet", key=sheet_id)
    raise NotFound(kind="score-sheet", key=sheet_id)


def _has_a_stake(viewer: Viewer, sheet: ScoreSheet) -> bool:
    return sheet.unit_id in {viewer.unit_id, *viewer.own_units} or (sheet.unit_id, sheet.year) in viewer.conflicts


def view_sheet(session: Session, sheet: ScoreSheet, *, viewer: Viewer) -> SheetView:
    """`sheet` is one that `get_sheet` gave this viewer. Six statements at most, however many criteria."""
    sight, scheme = sight_of(viewer, sheet), scheme_of(sheet.rubric)
    rows = session.scalars(
        select(ScoreEntry).where(ScoreEntry.sheet_id == sheet.id).order_by(ScoreEntry.position)
    ).all()
    proofs = list_proofs(session, [sheet], rows, viewer=viewer)[sheet.id]
    by_code = {row.code: row for row in rows}
    of_unit = sheet.unit_id in viewer.own_units
    said = {row.code: _said(row, sheet, sight, of_unit=of_unit) for row in rows}
    own_said = {code: entry_from_plain(one.own) for code, one in said.items() if one.own is not None}
    own = reckon(scheme, own_said, relative=False)
    result = _result(session, sheet, sight)
    seen = {row.code: entry for row in rows if (entry := _standing(row, sight)) is not None}
    standing = reckon(scheme, seen, _best(result), relative=result is not None) if sight.appraisal else None
    own_points = {line.node.code: line.points for line in own.lines}
    counted = {line.node.code: line for line in standing.lines} if standing else {}
    lines = []
    for node, depth in walk(scheme.root):
        row, line = by_code.get(node.code) if node.is_leaf else None, counted.get(node.code)
        lines.append(
            Line(
                node=node,
                depth=depth,
                row=row,
                own=in_words(node, said[row.code].own) if row is not None else "",
                own_points=own_points.get(node.code),
                points=line.points if line else None,
                words=line.words if line else "",
                said=said[row.code] if row is not None else None,
                proofs=_proofs(sheet, row, proofs_of(proofs, node.criterion, row.id)) if row is not None else (),
                reopened=(row.reopened or ()) if row is not None and sight.appraisal else (),
                wants_evidence=node.evidence,
            )
        )
    return SheetView(
        sheet=sheet,
        scheme=scheme,
        sight=sight,
        lines=lines,
        own_total=own.total,
        total=standing.total if standing and seen else None,
        result=result,
        appeals=_appeals(session, sheet, viewer, sight),
        people=_people(session, rows) if sight.names else {},
    )


def _result(session: Session, sheet: ScoreSheet, sight: Sight) -> ScoreResult | None:
    """Only once published: before, a rank tells of the others."""
    if sheet.state not in (SheetState.PUBLISHED, SheetState.FINAL):
        return None
    return session.scalar(select(ScoreResult).where(ScoreResult.sheet_id == sheet.id))


def _best(result: ScoreResult | None) -> dict[str, Decimal]:
    return {code: stored_number(text) for code, text in result.best.items()} if result is not None else {}


def _standing(row: ScoreEntry, sight: Sight) -> Entry | None:
    sides = (
        row.moderated if sight.moderated else None,
        row.second if sight.second else None,
        row.appraisal if sight.appraisal else None,
    )
    plain = next((side for side in sides if side is not None), None)
    return entry_from_plain(plain) if plain is not None else None


# From here on what was judged does not change any more, whatever becomes of the papers.
CLOSED = (SheetState.CLOSED, SheetState.PUBLISHED, SheetState.FINAL)


def _proofs(sheet: ScoreSheet, row: ScoreEntry, present: Sequence[Proof]) -> Sequence[Proof]:
    """The evidence there is; once the cluster is closed, the evidence that was judged."""
    return as_judged(row.evidence, present) if sheet.state in CLOSED else present


def _said(row: ScoreEntry, sheet: ScoreSheet, sight: Sight, *, of_unit: bool) -> rules.Said:
    """What the unit is still writing is its own: others read what it handed in, and explanations that were sent."""
    handed = row.handed or {"own": None, "comment": ""}
    correcting = sheet.state in (SheetState.DRAFT, SheetState.RETURNED) and not of_unit
    unsent = sheet.state is SheetState.APPRAISED and not of_unit
    return rules.Said(
        code=row.code,
        own=handed["own"] if correcting else row.self_entry,
        comment=handed["comment"] if correcting else row.self_comment,
        appraisal=row.appraisal if sight.appraisal else None,
        appraisal_reason=row.appraisal_reason if sight.appraisal else "",
        explanation="" if unsent else row.explanation,
        second=row.second if sight.second else None,
        second_reason=row.second_reason if sight.second else "",
        moderated=row.moderated if sight.moderated else None,
        reopened=bool(row.reopened) and sight.appraisal,
    )


def _appeals(session: Session, sheet: ScoreSheet, viewer: Viewer, sight: Sight) -> Sequence[ScoreAppeal]:
    if not (sight.judge or sheet.unit_id in viewer.own_units or sheet.state is SheetState.FINAL):
        return ()
    return session.scalars(
        select(ScoreAppeal).where(ScoreAppeal.sheet_id == sheet.id).order_by(ScoreAppeal.raised_at)
    ).all()


def _people(session: Session, rows: Sequence[ScoreEntry]) -> dict[str, str]:
    ids = {one for row in rows for one in (row.appraised_by, row.second_by, row.moderated_by) if one}
    if not ids:
        return {}
    names = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row[0]: row[1] for row in names}


def list_history(session: Session, entry: ScoreEntry, sheet: ScoreSheet, *, viewer: Viewer) -> Sequence[ScoreChange]:
    """What was said of one criterion, the newest first. What an appraiser weighed before deciding is not the unit's to
    read before it is published."""
    sight = sight_of(viewer, sheet)
    own = sheet.unit_id in viewer.own_units
    published = sheet.state in (SheetState.PUBLISHED, SheetState.FINAL)
    if published:
        sides = sight.sides
    elif own:
        sides = ("self", "explanation")
    else:
        sides = tuple(side for side in sight.sides if side != "explanation" or sheet.state not in UNSENT)
    rows = session.scalars(
        select(ScoreChange)
        .where(ScoreChange.entry_id == entry.id, ScoreChange.side.in_(sides))
        .options(joinedload(ScoreChange.person))
        .order_by(ScoreChange.no.desc())
    ).all()
    return rows if own else _without_drafts(rows, entry)


# An explanation is the unit's until it is sent.
UNSENT = (SheetState.DRAFT, SheetState.RETURNED, SheetState.SUBMITTED, SheetState.APPRAISED)


def _without_drafts(rows: Sequence[ScoreChange], entry: ScoreEntry) -> list[ScoreChange]:
    """Of what the unit wrote, what it handed in last; the newest first, as `rows` are."""
    kept: list[ScoreChange] = []
    seen: set[str] = set()
    for row in rows:
        if row.side == "self" and {"own": row.value, "comment": row.text} != entry.handed:
            continue
        if row.side not in ("self", "explanation"):
            kept.append(row)
        elif row.side not in seen:
            seen.add(row.side)
            kept.append(row)
    return kept


def get_entry(session: Session, sheet: ScoreSheet, entry_id: str) -> ScoreEntry:
    """`sheet` is one the viewer may read."""
    row = session.scalar(select(ScoreEntry).where(ScoreEntry.id == entry_id, ScoreEntry.sheet_id == sheet.id))
    if row is None:
        raise NotFound(kind="score-sheet", key=entry_id)
    return row


def list_choosable(session: Session, sheet: ScoreSheet, *, viewer: Viewer) -> Sequence[Evidence]:
    """The unit's evidence of that year, for those who fill in its sheet."""
    if sheet.unit_id not in viewer.own_units:
        return ()
    return session.scalars(
        select(Evidence)
        .where(Evidence.unit_id == sheet.unit_id, Evidence.year == sheet.year)
        .options(joinedload(Evidence.document))
        .order_by(Evidence.code)
    ).all()


def reckoned_own(session: Session, sheet: ScoreSheet) -> Result:
    """The unit's own points as they are now."""
    rows = session.scalars(select(ScoreEntry).where(ScoreEntry.sheet_id == sheet.id))
    return reckon(scheme_of(sheet.rubric), own_entries(rows), relative=False)
