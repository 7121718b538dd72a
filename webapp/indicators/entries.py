"""What the services of a sheet share: loading, one cell with its history, moves, what the rules need to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from webapp.audit import Thing, log_event
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.indicators import rules
from webapp.indicators.reckoning import fault_of
from webapp.indicators.rows import item_of, items_of
from webapp.indicators.scheme import Item, Said, said_as_plain, said_from_plain, said_words
from webapp.models import IndicatorChange, IndicatorEntry, IndicatorSet, IndicatorSheet, IndicatorSheetState
from webapp.permissions import Viewer

LONGEST = 4000
# What the unit itself does is in its own log; what others say of it is not, before it is told.
UNIT_SIDES = ("own", "explanation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What somebody says of one indicator: a value, or None to take it back, and a text beside it. `revision` is that of
    the entry the person was looking at, 0 where there was none."""

    sheet_id: str
    indicator_id: str
    revision: int
    said: Said | None
    text: str

    @property
    def trimmed(self) -> str:
        return self.text.strip()[:LONGEST]


def load_sheet(session: Session, sheet_id: str) -> IndicatorSheet:
    """With unit, set and its indicators, for whoever then asks whether the actor may. Held until the commit: what is
    saved and what is handed in at one moment do not cross."""
    sheet = session.scalar(
        select(IndicatorSheet)
        .where(IndicatorSheet.id == sheet_id)
        .with_for_update(of=IndicatorSheet)
        .execution_options(populate_existing=True)
        .options(
            joinedload(IndicatorSheet.unit),
            joinedload(IndicatorSheet.set).selectinload(IndicatorSet.indicators),
            joinedload(IndicatorSheet.set).selectinload(IndicatorSet.verifiers),
        )
    )
    if sheet is None:
        raise NotFound(kind="indicator-sheet", key=sheet_id)
    return sheet


def leaf_of(sheet: IndicatorSheet, indicator_id: str) -> Item:
    """The indicator named together with its sheet. Raises NotFound for one of another set, and for a head."""
    row = next((one for one in sheet.set.indicators if one.id == indicator_id), None)
    if row is None or not item_of(row).is_leaf:
        raise NotFound(kind="indicator-sheet", key=sheet.id)
    return item_of(row)


def entry_for(session: Session, sheet: IndicatorSheet, item: Item) -> IndicatorEntry:
    """The cell, made at the first word. The sheet is locked meanwhile, so that two first words do not make two."""
    session.execute(select(IndicatorSheet.id).where(IndicatorSheet.id == sheet.id).with_for_update())
    found = session.scalar(
        select(IndicatorEntry).where(IndicatorEntry.sheet_id == sheet.id, IndicatorEntry.code == item.code)
    )
    if found is None:
        found = IndicatorEntry(
            sheet_id=sheet.id,
            code=item.code,
            own_comment="",
            attached=[],
            verified_reason="",
            explanation="",
            final_reason="",
            revision=0,
        )
    return found


def entries_of(session: Session, sheet: IndicatorSheet) -> dict[str, IndicatorEntry]:
    """By code."""
    rows = session.scalars(select(IndicatorEntry).where(IndicatorEntry.sheet_id == sheet.id))
    return {row.code: row for row in rows}


def checked(item: Item, said: Said | None, decimals: int) -> dict[str, Any] | None:
    """A value as it is stored; None takes back what was said. Raises Invalid for what cannot be worked out."""
    if said is None:
        return None
    if fault := fault_of(item, said, decimals):
        raise Invalid({"value": fault})
    return said_as_plain(said)


def at_revision(
    item: Item,
    entry: IndicatorEntry,
    revision: int,
    theirs: tuple[Mapping[str, Any] | None, str],
    mine: tuple[Mapping[str, Any] | None, str],
) -> None:
    """Raises Conflict with both values unless the entry is what the person was looking at."""
    if (entry.revision or 0) != revision:
        raise Conflict(
            theirs={"Kết quả": said_words(item, theirs[0]), "Ghi chú": theirs[1]},
            mine={"Kết quả": said_words(item, mine[0]), "Ghi chú": mine[1]},
        )


def keep(
    session: Session,
    actor: Viewer,
    now: datetime,
    sheet: IndicatorSheet,
    entry: IndicatorEntry,
    side: str,
    value: dict[str, Any] | None,
    text: str,
) -> None:
    """Keep what a side was set to, for history, and say in the log that it was."""
    if entry not in session:
        entry.revision = 1
        session.add(entry)
    session.flush()
    last = session.scalar(select(func.max(IndicatorChange.no)).where(IndicatorChange.entry_id == entry.id)) or 0
    session.add(
        IndicatorChange(entry_id=entry.id, no=last + 1, side=side, value=value, text=text, person_id=actor.id, at=now)
    )
    session.flush()
    # No value in the log: it is read by more people, and earlier, than the sheet.
    log(session, actor, now, f"indicator-sheet.{side}", sheet, {"part": entry.code}, of_unit=side in UNIT_SIDES)


def log(
    session: Session,
    actor: Viewer,
    now: datetime,
    action: str,
    sheet: IndicatorSheet,
    details: Mapping[str, str | int | None] | None = None,
    reason: str = "",
    *,
    of_unit: bool = True,
) -> None:
    """`of_unit` False keeps it out of the unit's own log."""
    thing = Thing("indicator-sheet", sheet.id, sheet.unit_id if of_unit else None)
    log_event(session, actor, now, action, thing, {"year": sheet.year, **(details or {})}, reason=reason)


def move(sheet: IndicatorSheet, name: str) -> IndicatorSheetState:
    try:
        return rules.SHEET_MOVES[sheet.state, name]
    except KeyError as error:
        raise Invalid(
            f"Phiếu đang ở trạng thái “{sheet.state.label}” nên không thực hiện được thao tác này."
        ) from error


def words_of(session: Session, sheet: IndicatorSheet) -> list[rules.Word]:
    """What the rules need to know of each indicator, in the set's order."""
    entries = entries_of(session, sheet)
    return [word_of(item, entries.get(item.code), sheet.set.decimals) for item in items_of(sheet.set) if item.is_leaf]


def word_of(item: Item, entry: IndicatorEntry | None, decimals: int) -> rules.Word:
    if entry is None:
        return rules.Word(code=item.code, wants_evidence=bool(item.evidence) and item.counts)
    return rules.Word(
        code=item.code,
        own=entry.own,
        own_comment=entry.own_comment,
        verified=entry.verified,
        verified_reason=entry.verified_reason,
        explanation=entry.explanation,
        final=entry.final,
        final_reason=entry.final_reason,
        fault=fault_of(item, said_from_plain(entry.own), decimals) if entry.own else "",
        has_evidence=bool(entry.attached),
        wants_evidence=bool(item.evidence) and item.counts,
    )
