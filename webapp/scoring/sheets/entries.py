"""What the services of scoring share: loading with the row's own sheet, checking a value, history, log, notices."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from webapp.audit import Thing, log_event
from webapp.core.days import ward_day
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.numbers import show_number, stored_number
from webapp.models import Role, ScoreChange, ScoreEntry, ScoreSheet, SheetState
from webapp.notices.service import people_of_units, people_with, settle, tell
from webapp.permissions import Viewer
from webapp.scoring.points.scheme import Entry, Node, check_entry, entry_as_plain, entry_from_plain
from webapp.scoring.rubrics.queries import scheme_of
from webapp.scoring.sheets import rules
from webapp.scoring.sheets.appraisers import appraisers_of, kept_away
from webapp.scoring.sheets.evidence import list_proofs, proofs_of

LONGEST = 4000

# What the unit itself does is in its own log; what others say of it is not, before it is told.
UNIT_SIDES = ("self", "explanation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What somebody says of one criterion: an entry, or None to take it back, and a text beside it. `revision` is that of
    the row the person was looking at."""

    sheet_id: str
    entry_id: str
    revision: int
    entry: Entry | None
    text: str

    @property
    def trimmed(self) -> str:
        return self.text.strip()[:LONGEST]


def load_sheet(session: Session, sheet_id: str) -> ScoreSheet:
    """With round, unit and rubric, for whoever then asks whether the actor may."""
    # A statement, not `get`: a sheet that the session has already still gets what it lacks.
    sheet = session.scalar(
        select(ScoreSheet)
        .where(ScoreSheet.id == sheet_id)
        .options(joinedload(ScoreSheet.round), joinedload(ScoreSheet.unit), joinedload(ScoreSheet.rubric))
    )
    if sheet is None:
        raise NotFound(kind="score-sheet", key=sheet_id)
    return sheet


def list_entries(session: Session, sheet: ScoreSheet) -> list[ScoreEntry]:
    return list(
        session.scalars(select(ScoreEntry).where(ScoreEntry.sheet_id == sheet.id).order_by(ScoreEntry.position))
    )


def load_entry(session: Session, sheet_id: str, entry_id: str) -> tuple[ScoreSheet, ScoreEntry, Node]:
    """An entry named together with its sheet: one of another sheet is not found."""
    sheet = load_sheet(session, sheet_id)
    row = session.scalar(select(ScoreEntry).where(ScoreEntry.id == entry_id, ScoreEntry.sheet_id == sheet_id))
    node = next((leaf for leaf in scheme_of(sheet.rubric).leaves() if row is not None and leaf.code == row.code), None)
    if row is None or node is None:
        raise NotFound(kind="score-sheet", key=entry_id)
    return sheet, row, node


def checked(node: Node, entry: Entry | None) -> dict[str, Any] | None:
    """The entry as it is stored; None takes back what was said. Raises Invalid for what cannot be reckoned."""
    if entry is None:
        return None
    if entry.points is not None or entry.words:
        raise Invalid({"value": "Không nhập điểm trực tiếp; hãy nhập kết quả."})
    if fault := check_entry(node, entry):
        raise Invalid({"value": fault})
    return entry_as_plain(entry)


def points_of(node: Node, entry: Entry, words: str = "") -> dict[str, Any]:
    """A number of points as it is stored, where points are given and not a result. Raises Invalid."""
    if entry.points is None or not node.least <= entry.points <= node.reach:
        raise Invalid({"value": f"Điểm phải từ {show_number(node.least)} đến {show_number(node.reach)}."})
    return entry_as_plain(Entry(points=entry.points, words=words))


def at_revision(
    row: ScoreEntry, revision: int, side: str, node: Node, plain: Mapping[str, Any] | None, text: str
) -> None:
    """Raises Conflict with both values unless the row is what the person was looking at."""
    if row.revision == revision:
        return
    theirs = {"self": (row.self_entry, row.self_comment), "appraisal": (row.appraisal, row.appraisal_reason)}
    value, reason = theirs.get(side, (row.second, row.second_reason))
    raise Conflict(
        theirs={"Kết quả": in_words(node, value), "Ghi chú": reason},
        mine={"Kết quả": in_words(node, plain), "Ghi chú": text},
    )


def in_words(node: Node, plain: Mapping[str, Any] | None) -> str:
    """An entry as people say it: "Đạt", "12", "a = 3; b = 4", "không áp dụng"."""
    if plain is None:
        return "chưa chấm"
    entry = entry_from_plain(plain)
    if not entry.applies:
        return "không áp dụng"
    if entry.points is not None:
        return f"{entry.words or 'ấn định'} {show_number(stored_number(plain['points']))}"
    if entry.level is not None:
        return entry.level.label
    if set(entry.values) == {"value"}:
        return show_number(stored_number(plain["values"]["value"]))
    values = {name.replace("_", " "): show_number(stored_number(text)) for name, text in plain["values"].items()}
    return "; ".join(f"{name} = {text}" for name, text in values.items())


def in_time(sheet: ScoreSheet, stage: str, now: datetime, timezone: ZoneInfo) -> None:
    late = rules.too_late(stage, ward_day(now, timezone), sheet.round.windows, sheet.extensions)
    if late:
        raise Invalid(late)


def move(sheet: ScoreSheet, name: str) -> SheetState:
    try:
        return rules.SHEET_MOVES[sheet.state, name]
    except KeyError as error:
        raise Invalid(
            f"Phiếu đang ở trạng thái “{sheet.state.label}” nên không thực hiện được thao tác này."
        ) from error


def said_of(session: Session, sheet: ScoreSheet) -> list[rules.Said]:
    """What the rules need to know of each entry, in the rubric's order."""
    entries = list_entries(session, sheet)
    proofs = list_proofs(session, [sheet], entries, viewer=None)[sheet.id]
    nodes = {leaf.code: leaf for leaf in scheme_of(sheet.rubric).leaves()}
    return [
        rules.Said(
            code=row.code,
            own=row.self_entry,
            comment=row.self_comment,
            appraisal=row.appraisal,
            appraisal_reason=row.appraisal_reason,
            explanation=row.explanation,
            second=row.second,
            second_reason=row.second_reason,
            moderated=row.moderated,
            reopened=bool(row.reopened),
            has_evidence=bool(proofs_of(proofs, nodes[row.code].criterion, row.id)),
            wants_evidence=nodes[row.code].evidence,
        )
        for row in entries
    ]


def take_back(session: Session, actor: Viewer, now: datetime, sheet: ScoreSheet, row: ScoreEntry, why: str) -> None:
    """An appraisal that was of something else, or by somebody who should not have given it, waits to be given anew."""
    row.appraisal, row.appraisal_reason, row.appraised_by = None, "", None
    row.evidence, row.reopened = [], None
    change(session, actor, now, sheet, row, "appraisal", None, why)


def change(
    session: Session,
    actor: Viewer,
    now: datetime,
    sheet: ScoreSheet,
    row: ScoreEntry,
    side: str,
    value: dict[str, Any] | None,
    text: str,
) -> None:
    """Keep what a side was set to, for history and undoing, and say in the log that it was."""
    session.flush()
    last = session.scalar(select(func.max(ScoreChange.no)).where(ScoreChange.entry_id == row.id)) or 0
    session.add(
        ScoreChange(entry_id=row.id, no=last + 1, side=side, value=value, text=text, person_id=actor.id, at=now)
    )
    session.flush()
    # No value in the log: it is read by more people, and earlier, than the score.
    log(session, actor, now, f"score.{side}", sheet, {"part": row.code}, of_unit=side in UNIT_SIDES)


def log(
    session: Session,
    actor: Viewer,
    now: datetime,
    action: str,
    sheet: ScoreSheet,
    details: Mapping[str, str | int | None],
    reason: str = "",
    *,
    of_unit: bool = True,
) -> None:
    """`of_unit` False keeps it out of the unit's own log."""
    log_event(
        session,
        actor,
        now,
        action,
        Thing("score-sheet", sheet.id, sheet.unit_id if of_unit else None),
        {"year": sheet.year, **details},
        reason=reason,
    )


def end_notices(session: Session, sheet: ScoreSheet, now: datetime) -> None:
    """The sheet has moved on: what was asked of anybody before that is done."""
    settle(session, now=now, causes=[f"score:{sheet.id}:"])


def tell_unit(session: Session, sheet: ScoreSheet, cause: str, text: str, now: datetime, timezone: ZoneInfo) -> None:
    """A notice to those who write for the unit."""
    today = ward_day(now, timezone)
    people = people_of_units(session, {sheet.unit_id}, roles=(Role.CLERK, Role.HEAD), now=now, today=today)
    key, link = f"score:{sheet.id}:{cause}", f"/scores/sheets/{sheet.id}"
    tell(session, now=now, timezone=timezone, people=people[sheet.unit_id], key=key, text=text, link=link)


def tell_ward(
    session: Session,
    sheet: ScoreSheet,
    roles: Collection[Role],
    cause: str,
    text: str,
    now: datetime,
    timezone: ZoneInfo,
) -> None:
    """A notice to council, office or leadership, without those of the own unit."""
    today = ward_day(now, timezone)
    people: set[str] = set()
    for role in roles:
        people |= people_with(session, role, movement_id=sheet.movement_id, now=now, today=today)
    people -= kept_away(session, sheet, people)
    key, link = f"score:{sheet.id}:{cause}", f"/scores/sheets/{sheet.id}"
    tell(session, now=now, timezone=timezone, people=people, key=key, text=text, link=link)


def tell_appraisers(
    session: Session, sheet: ScoreSheet, cause: str, text: str, now: datetime, timezone: ZoneInfo
) -> None:
    """A notice to whoever was asked to appraise, else to the cluster's leadership, without those of the own unit; to the
    office when nobody may."""
    people = appraisers_of(session, sheet, now=now, timezone=timezone)
    if not people:
        today = ward_day(now, timezone)
        people = people_with(session, Role.STANDING_OFFICE, movement_id=sheet.movement_id, now=now, today=today)
        text += " Chưa có ai đủ điều kiện thẩm định; cần phân công."
    key, link = f"score:{sheet.id}:{cause}", f"/scores/sheets/{sheet.id}"
    tell(session, now=now, timezone=timezone, people=people, key=key, text=text, link=link)
