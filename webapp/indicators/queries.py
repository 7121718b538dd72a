"""Reading sets and sheets of the digital index, each as far as the viewer may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.core.errors import NotFound
from webapp.indicators.concluding import said_by
from webapp.indicators.entries import entries_of, word_of
from webapp.indicators.reckoning import Line, Result, reckon
from webapp.indicators.rows import item_of, items_of
from webapp.indicators.rules import Word
from webapp.indicators.scheme import Item
from webapp.models import (
    Document,
    IndicatorChange,
    IndicatorEntry,
    IndicatorSet,
    IndicatorSheet,
    IndicatorSheetState,
    Unit,
)
from webapp.permissions import Permission, Viewer, can
from webapp.permissions.indicator_scopes import readable_indicator_sets, readable_indicator_sheets
from webapp.permissions.scopes import readable_documents

S = IndicatorSheetState


def list_sets(session: Session, *, viewer: Viewer, year: int) -> Sequence[IndicatorSet]:
    return session.scalars(
        select(IndicatorSet)
        .where(readable_indicator_sets(viewer), IndicatorSet.year == year)
        .order_by(IndicatorSet.name, IndicatorSet.id)
    ).all()


def get_set(session: Session, set_id: str, *, viewer: Viewer) -> IndicatorSet:
    """With its indicators. Raises NotFound."""
    one = session.scalar(
        select(IndicatorSet)
        .where(IndicatorSet.id == set_id, readable_indicator_sets(viewer))
        .options(selectinload(IndicatorSet.indicators))
    )
    if one is None:
        raise NotFound(kind="indicator-set", key=set_id)
    return one


def list_sheets(session: Session, *, viewer: Viewer, year: int) -> Sequence[IndicatorSheet]:
    """Of a year, with unit and set: the viewer's own and what was handed in."""
    return session.scalars(
        select(IndicatorSheet)
        .join(Unit, Unit.id == IndicatorSheet.unit_id)
        .where(readable_indicator_sheets(viewer), IndicatorSheet.year == year)
        .options(joinedload(IndicatorSheet.unit), joinedload(IndicatorSheet.set))
        .order_by(Unit.name, IndicatorSheet.id)
    ).all()


def list_standing(
    session: Session, one: IndicatorSet, *, viewer: Viewer
) -> list[tuple[str, IndicatorSheetState, str | None]]:
    """(unit, state, sheet id or None where it may not be opened) of all sheets, for whoever runs the set."""
    if not can(viewer, Permission.INDICATOR_SET_MANAGE, one):
        return []
    open_to = set(
        session.scalars(
            select(IndicatorSheet.id).where(IndicatorSheet.set_id == one.id, readable_indicator_sheets(viewer))
        )
    )
    rows = session.execute(
        select(Unit.name, IndicatorSheet.state, IndicatorSheet.id)
        .join(Unit, Unit.id == IndicatorSheet.unit_id)
        .where(IndicatorSheet.set_id == one.id)
        .order_by(Unit.name)
    )
    return [(name, state, key if key in open_to else None) for name, state, key in rows]


def get_sheet(session: Session, sheet_id: str, *, viewer: Viewer) -> IndicatorSheet:
    """With unit, set and its indicators. Raises NotFound."""
    sheet = session.scalar(
        select(IndicatorSheet)
        .where(IndicatorSheet.id == sheet_id, readable_indicator_sheets(viewer))
        .options(
            joinedload(IndicatorSheet.unit),
            joinedload(IndicatorSheet.set).selectinload(IndicatorSet.indicators),
        )
    )
    if sheet is None:
        raise NotFound(kind="indicator-sheet", key=sheet_id)
    return sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One indicator on the page of a sheet, as far as the viewer may see it."""

    key: str
    item: Item
    depth: int
    own: Line
    standing: Line
    word: Word
    revision: int
    documents: tuple[tuple[str, str], ...]  # id and title; both empty where it may not be opened

    @property
    def id(self) -> str:
        """Its name in the page."""
        return self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetView:
    """A sheet worked out for its page: by what the unit says, and by what stands."""

    rows: list[Row]
    own: Result
    standing: Result
    sees_verification: bool

    @property
    def leaves(self) -> list[Row]:
        return [row for row in self.rows if row.item.is_leaf]

    @property
    def words(self) -> list[Word]:
        return [row.word for row in self.leaves]


def view_sheet(session: Session, sheet: IndicatorSheet, *, viewer: Viewer) -> SheetView:
    """Three statements at most, the sheet being loaded by `get_sheet`."""
    entries = entries_of(session, sheet)
    seen = can(viewer, Permission.INDICATOR_SHEET_READ_VERIFICATION, sheet)
    items, one = items_of(sheet.set), sheet.set
    words = [
        seen_word(word_of(item, entries.get(item.code), one.decimals), sheet, viewer) for item in items if item.is_leaf
    ]
    by_code = {word.code: word for word in words}

    def worked(side: str) -> Result:
        said = said_by(words, "own" if side == "own" else "standing")
        return reckon(items, said, decimals=one.decimals, rescales=one.rescales)

    own, standing = worked("own"), worked("standing")
    titles = _titles(session, entries, viewer)
    keys = {row.code: row.id for row in one.indicators}
    rows = [
        Row(
            key=keys[line.item.code],
            item=line.item,
            depth=line.depth,
            own=line,
            standing=other,
            word=by_code.get(line.item.code, Word(code=line.item.code)),
            revision=entries[line.item.code].revision if line.item.code in entries else 0,
            documents=tuple(
                (key, titles[key]) if key in titles else ("", "")
                for key in (entries[line.item.code].attached if line.item.code in entries else ())
            ),
        )
        for line, other in zip(own.lines, standing.lines, strict=True)
    ]
    return SheetView(rows=rows, own=own, standing=standing, sees_verification=seen)


def seen_word(word: Word, sheet: IndicatorSheet, viewer: Viewer) -> Word:
    """Without what the viewer may not read yet: what is verified, before the unit is given it; explanations and
    conclusions while they are written."""
    own = sheet.unit_id in viewer.own_units
    verified = can(viewer, Permission.INDICATOR_SHEET_READ_VERIFICATION, sheet)
    explained = own or sheet.state is not S.VERIFIED
    concluded = verified and (sheet.state in (S.FINAL, S.PUBLISHED) or not own)
    return Word(
        code=word.code,
        own=word.own,
        own_comment=word.own_comment,
        verified=word.verified if verified else None,
        verified_reason=word.verified_reason if verified else "",
        explanation=word.explanation if explained else "",
        final=word.final if concluded else None,
        final_reason=word.final_reason if concluded else "",
        fault=word.fault,
        has_evidence=word.has_evidence,
        wants_evidence=word.wants_evidence,
    )


def _titles(session: Session, entries: Mapping[str, IndicatorEntry], viewer: Viewer) -> dict[str, str]:
    ids = {one for entry in entries.values() for one in entry.attached}
    if not ids:
        return {}
    rows = session.execute(select(Document.id, Document.title).where(Document.id.in_(ids), readable_documents(viewer)))
    return {row[0]: row[1] for row in rows}


def list_history(session: Session, sheet: IndicatorSheet, code: str, *, viewer: Viewer) -> Sequence[IndicatorChange]:
    """What was said of one indicator, newest first, of the sides that the viewer reads now."""
    word = seen_word(Word(code=code, verified={}, explanation="x", final={}), sheet, viewer)
    sides = ["own"]
    sides += ["verified"] if word.verified is not None else []
    sides += ["explanation"] if word.explanation else []
    sides += ["final"] if word.final is not None else []
    return session.scalars(
        select(IndicatorChange)
        .join(IndicatorEntry, IndicatorEntry.id == IndicatorChange.entry_id)
        .where(
            IndicatorEntry.sheet_id == sheet.id,
            IndicatorEntry.code == code,
            IndicatorChange.side.in_(sides),
        )
        .options(joinedload(IndicatorChange.person))
        .order_by(IndicatorChange.no.desc())
    ).all()


def find_item(sheet: IndicatorSheet, indicator_id: str) -> Item:
    """Raises NotFound for one of another set, and for a head."""
    row = next((one for one in sheet.set.indicators if one.id == indicator_id), None)
    if row is None or not item_of(row).is_leaf:
        raise NotFound(kind="indicator-sheet", key=sheet.id)
    return item_of(row)
