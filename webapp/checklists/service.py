"""Opening checklists, answering items, handing in and returning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.audit import log_event
from webapp.checklists import rules
from webapp.checklists.versions import keep_version
from webapp.core.days import ward_day
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.revisions import ensure_fresh
from webapp.documents.retention import begin_term
from webapp.duties.queries import causes_of
from webapp.jobs.outbox import enqueue
from webapp.kinds import search_key
from webapp.models import (
    Checklist,
    ChecklistItem,
    ChecklistState,
    CriteriaGroup,
    Criterion,
    Document,
    DocumentKind,
    DocumentState,
    Evidence,
    EvidenceLink,
    GroupUnit,
    ItemState,
    JobKind,
    Movement,
    Role,
    SubItem,
    Unit,
)
from webapp.movement.rules import clauses
from webapp.notices.service import people_of_units, settle, tell
from webapp.permissions import Permission, Subject, Viewer, ensure


def open_checklist(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    unit_id: str,
    group_id: str,
    year: int,
    from_last_year: bool = False,
) -> Checklist:
    """The unit's checklist for a group and year, made when absent; criteria added to the plan since are added.

    A new one can start from last year's: its comments, reasons, parts, and what does not apply. Nothing is claimed and no
    evidence is taken over: those are of one year.
    """
    ensure(actor, Permission.CHECKLIST_OPEN, Subject(kind="unit", id=unit_id, unit_id=unit_id))
    group = session.get(CriteriaGroup, group_id)
    if group is None or group.retired_at is not None:
        raise NotFound(kind="group", key=group_id)
    movement = session.get_one(Movement, group.movement_id)
    subject = Subject(kind="unit", id=unit_id, unit_id=unit_id, movement_id=movement.id)
    ensure(actor, Permission.CHECKLIST_OPEN, subject)
    if not movement.first_year <= year <= movement.last_year:
        raise Invalid(f"Phong trào kéo dài từ {movement.first_year} đến {movement.last_year}.")
    if session.get(GroupUnit, (group_id, unit_id)) is None:
        raise Invalid("Đơn vị chưa được gắn vào nhóm tiêu chí này; hãy nhờ cơ quan thường trực.")
    unit = session.get_one(Unit, unit_id)
    if unit.dissolved_on is not None and unit.dissolved_on.year < year:
        raise Invalid("Đơn vị đã giải thể hoặc sáp nhập trước năm này.")
    checklist = session.scalar(
        select(Checklist).where(Checklist.unit_id == unit_id, Checklist.group_id == group_id, Checklist.year == year)
    )
    made = checklist is None
    if checklist is None:
        checklist = Checklist(
            movement_id=group.movement_id,
            unit_id=unit_id,
            group_id=group_id,
            year=year,
            state=ChecklistState.DRAFT,
            created_at=now,
        )
        session.add(checklist)
        session.flush()
        log_event(session, actor, now, "checklist.open", checklist, {"year": year, "group": group.code})
    ensure(actor, Permission.CHECKLIST_EDIT, checklist)
    before = _items_before(session, checklist) if made and from_last_year else {}
    present = set(session.scalars(select(ChecklistItem.criterion_id).where(ChecklistItem.checklist_id == checklist.id)))
    for criterion in session.scalars(
        select(Criterion)
        .where(Criterion.group_id == group_id, Criterion.retired_at.is_(None))
        .order_by(Criterion.position)
    ):
        if criterion.id not in present:
            item = ChecklistItem(checklist_id=checklist.id, criterion_id=criterion.id, position=criterion.position)
            parts: Sequence[str] = clauses(criterion.text)
            old = before.get(criterion.id)
            if old is not None:
                item.comment, item.reason = old.comment, old.reason
                if old.state is ItemState.NOT_APPLICABLE:
                    item.state = ItemState.NOT_APPLICABLE
                parts = [part.text for part in old.sub_items]
            session.add(item)
            session.flush()
            session.add_all(SubItem(item_id=item.id, position=place, text=text) for place, text in enumerate(parts))
    session.flush()
    return checklist


def _items_before(session: Session, checklist: Checklist) -> dict[str, ChecklistItem]:
    """Last year's items with their parts, by criterion."""
    items = session.scalars(
        select(ChecklistItem)
        .join(Checklist, Checklist.id == ChecklistItem.checklist_id)
        .where(
            Checklist.unit_id == checklist.unit_id,
            Checklist.group_id == checklist.group_id,
            Checklist.year == checklist.year - 1,
        )
        .options(selectinload(ChecklistItem.sub_items))
    )
    return {item.criterion_id: item for item in items}


def answer_item(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    item_id: str,
    revision: int,
    state: ItemState,
    reason: str,
    comment: str,
) -> ChecklistItem:
    """Set state, reason and comment. Raises Conflict with both values when it changed meanwhile."""
    item = load_open_item(session, actor, item_id)
    reason, comment = (text.replace("\r\n", "\n").strip() for text in (reason, comment))
    if item.revision != revision and (item.state, item.reason, item.comment) == (state, reason, comment):
        return item  # sent twice, or said by both: there is nothing to choose between
    ensure_fresh(
        item,
        revision,
        Conflict(
            theirs={"Kết quả": item.state.label, "Lý do": item.reason, "Thuyết minh": item.comment},
            mine={"Kết quả": state.label, "Lý do": reason, "Thuyết minh": comment},
        ),
    )
    if faults := rules.item_faults(state, reason):
        raise Invalid(faults)
    before = item.state
    item.state, item.reason, item.comment = state, reason, comment
    if state is not ItemState.CLAIMED:
        item.evidence_changed_at = None
    session.flush()
    details: Mapping[str, str | int | None] = {
        "item": item.id,
        "criterion": item.criterion.code,
        "from": before.value,
        "to": state.value,
    }
    log_event(session, actor, now, "checklist.answer", item.checklist, details)
    return item


@dataclass(frozen=True, slots=True)
class Ticks:
    """Sub-items ticked on a page, beside those that were ticked when it was opened."""

    before: frozenset[str]
    after: frozenset[str]


def set_sub_items(
    session: Session, *, actor: Viewer, now: datetime, item_id: str, ticks: Ticks, added: str, removed: set[str]
) -> ChecklistItem:
    """Tick sub-items off, add one, remove some; the criterion's own text is not touched.

    Only what was changed on the page changes: what somebody else ticked meanwhile stays ticked.
    """
    item = load_open_item(session, actor, item_id)
    sub_items = session.scalars(select(SubItem).where(SubItem.item_id == item.id).order_by(SubItem.position)).all()
    if len(added) > 500:
        raise Invalid({"added": "Mục con dài tối đa 500 ký tự."})
    for sub_item in sub_items:
        if sub_item.id in removed:
            session.delete(sub_item)
        elif sub_item.id in ticks.before ^ ticks.after:
            sub_item.done = sub_item.id in ticks.after
    if added.strip():
        session.add(SubItem(item_id=item.id, position=len(sub_items), text=added.strip()))
    session.flush()
    details: Mapping[str, str | int | None] = {
        "item": item.id,
        "criterion": item.criterion.code,
        "done": sum(one.done for one in sub_items if one.id not in removed),
        "removed": len(removed),
    }
    log_event(session, actor, now, "checklist.sub-items", item.checklist, details)
    return item


def submit_checklist(session: Session, *, actor: Viewer, now: datetime, checklist_id: str) -> Checklist:
    """The head hands the checklist in; its evidence becomes visible with it."""
    checklist = _checklist(session, checklist_id)
    ensure(actor, Permission.CHECKLIST_SUBMIT, checklist)
    checklist.state = _move(checklist, "submit")
    checklist.submitted_at = now
    checklist.first_submitted_at = checklist.first_submitted_at or now
    checklist.return_reason = ""
    session.flush()
    keep_version(session, checklist, actor=actor, now=now)
    settle(
        session,
        now=now,
        causes=[
            f"checklist:{checklist.id}:ready",
            f"checklist:{checklist.id}:returned",
            *causes_of(session, checklist),
        ],
    )
    log_event(session, actor, now, "checklist.submit", checklist, {"year": checklist.year})
    _follow(session, checklist, DocumentState.SUBMITTED, {DocumentState.DRAFT, DocumentState.RETURNED}, now)
    return checklist


def return_checklist(
    session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, checklist_id: str, reason: str
) -> Checklist:
    """The standing office gives a checklist back, with a reason."""
    checklist = _checklist(session, checklist_id)
    ensure(actor, Permission.CHECKLIST_RETURN, checklist)
    if not reason.strip():
        raise Invalid({"reason": "Hãy ghi lý do trả lại để đơn vị biết cần bổ sung gì."})
    checklist.state = _move(checklist, "return")
    checklist.return_reason = reason.strip()
    session.flush()
    log_event(session, actor, now, "checklist.return", checklist, {"year": checklist.year}, reason=reason.strip())
    _tell_returned(session, checklist, now, timezone)
    _follow(session, checklist, DocumentState.RETURNED, {DocumentState.SUBMITTED}, now)
    return checklist


def _tell_returned(session: Session, checklist: Checklist, now: datetime, timezone: ZoneInfo) -> None:
    """Those who write for the unit know at once, with the reason; it ends when the checklist is handed in again."""
    roles, today = (Role.CLERK, Role.HEAD), ward_day(now, timezone)
    people = people_of_units(session, {checklist.unit_id}, roles=roles, now=now, today=today)[checklist.unit_id]
    text = f"Phiếu tự kiểm năm {checklist.year} được trả lại: {checklist.return_reason}"
    key = f"checklist:{checklist.id}:returned:{checklist.revision}"
    link = f"/checklists/{checklist.id}"
    tell(session, now=now, timezone=timezone, people=people, key=key, text=text, link=link)


def _move(checklist: Checklist, move: str) -> ChecklistState:
    try:
        return rules.MOVES[checklist.state, move]
    except KeyError as error:
        raise Invalid(f"Phiếu đang ở trạng thái “{checklist.state.label}” nên không làm được việc này.") from error


def _follow(
    session: Session, checklist: Checklist, state: DocumentState, from_states: set[DocumentState], now: datetime
) -> None:
    """Evidence has the audience of the checklist it stands on.

    Giving back touches only papers that are evidence and nothing else: a report handed in for itself, or a paper that
    stands on another checklist handed in, stays as it is.
    """
    evidences = session.scalars(
        select(Evidence)
        .join(EvidenceLink, EvidenceLink.evidence_id == Evidence.id)
        .join(ChecklistItem, ChecklistItem.id == EvidenceLink.item_id)
        .where(ChecklistItem.checklist_id == checklist.id, EvidenceLink.removed_at.is_(None))
        .options(joinedload(Evidence.document))
        .distinct()
    ).all()
    kept = _held_elsewhere(session, checklist) if state is DocumentState.RETURNED else set()
    keys = []
    for evidence in evidences:
        if evidence.document is None:
            keys.append(search_key("citation", evidence.id))
        else:
            if evidence.document.state in from_states and evidence.document.id not in kept:
                evidence.document.state = state
                begin_term(session, evidence.document)
            # What it is evidence for is found by those who now read the checklist.
            keys.append(search_key("document", evidence.document.id))
    session.flush()
    enqueue(session, JobKind.INDEX, keys, now=now)


def _held_elsewhere(session: Session, checklist: Checklist) -> set[str]:
    """Documents of the unit that are more than evidence, or stand on another checklist that is handed in."""
    own_right = select(Document.id).where(Document.unit_id == checklist.unit_id, Document.kind != DocumentKind.EVIDENCE)
    elsewhere = (
        select(Evidence.document_id)
        .join(EvidenceLink, EvidenceLink.evidence_id == Evidence.id)
        .join(ChecklistItem, ChecklistItem.id == EvidenceLink.item_id)
        .join(Checklist, Checklist.id == ChecklistItem.checklist_id)
        .where(
            Checklist.unit_id == checklist.unit_id,
            Checklist.id != checklist.id,
            Checklist.state == ChecklistState.SUBMITTED,
            EvidenceLink.removed_at.is_(None),
        )
    )
    return {key for query in (own_right, elsewhere) for key in session.scalars(query) if key}


def _checklist(session: Session, checklist_id: str) -> Checklist:
    checklist = session.get(Checklist, checklist_id)
    if checklist is None:
        raise NotFound(kind="checklist", key=checklist_id)
    return checklist


def load_open_item(session: Session, actor: Viewer, item_id: str) -> ChecklistItem:
    """The item with checklist and criterion, when the actor may edit it."""
    item = session.scalar(
        select(ChecklistItem)
        .where(ChecklistItem.id == item_id)
        .options(joinedload(ChecklistItem.checklist), joinedload(ChecklistItem.criterion))
    )
    if item is None:
        raise NotFound(kind="checklist", key=item_id)
    ensure(actor, Permission.CHECKLIST_EDIT, item.checklist)
    return item
