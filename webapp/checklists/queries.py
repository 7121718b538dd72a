"""Reading checklists and their items, always within what the viewer may see."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from webapp.core.errors import NotFound
from webapp.models import (
    Checklist,
    ChecklistItem,
    ChecklistState,
    CriteriaGroup,
    Criterion,
    Document,
    Evidence,
    EvidenceLink,
    GroupUnit,
    ScoreSheet,
    Unit,
)
from webapp.permissions import Viewer
from webapp.permissions.scopes import readable_checklists, readable_documents, readable_sheets


def list_open_groups(session: Session, *, viewer: Viewer, movement_id: str, year: int) -> list[tuple[Unit, str, str]]:
    """(unit, group id, group title) for which the viewer's units have no checklist that year."""
    if not viewer.own_units:
        return []
    exists = (
        select(Checklist.id)
        .where(Checklist.unit_id == Unit.id, Checklist.group_id == CriteriaGroup.id, Checklist.year == year)
        .exists()
    )
    rows = session.execute(
        select(Unit, CriteriaGroup.id, CriteriaGroup.code, CriteriaGroup.title)
        .join(GroupUnit, GroupUnit.unit_id == Unit.id)
        .join(CriteriaGroup, CriteriaGroup.id == GroupUnit.group_id)
        .where(
            Unit.id.in_(viewer.own_units),
            CriteriaGroup.movement_id == movement_id,
            CriteriaGroup.retired_at.is_(None),
            ~exists,
        )
        .order_by(Unit.name, CriteriaGroup.position)
    )
    return [(unit, group_id, f"{code}. {title}") for unit, group_id, code, title in rows]


def _with_all() -> tuple[ExecutableOption, ...]:
    links = selectinload(ChecklistItem.links.and_(EvidenceLink.removed_at.is_(None)))
    return (
        links.joinedload(EvidenceLink.evidence),
        selectinload(ChecklistItem.sub_items),
        joinedload(ChecklistItem.criterion),
    )


def get_checklist(session: Session, checklist_id: str, *, viewer: Viewer) -> Checklist:
    """With unit and group."""
    checklist = session.scalar(
        select(Checklist)
        .where(Checklist.id == checklist_id, readable_checklists(viewer))
        .options(joinedload(Checklist.unit), joinedload(Checklist.group))
    )
    if checklist is None:
        raise NotFound(kind="checklist", key=checklist_id)
    return checklist


def list_items(session: Session, checklist: Checklist, *, viewer: Viewer) -> Sequence[ChecklistItem]:
    """Items in the plan's order with criterion, sub-items and live evidence, in four statements."""
    return session.scalars(
        select(ChecklistItem)
        .join(ChecklistItem.checklist)
        .where(ChecklistItem.checklist_id == checklist.id, readable_checklists(viewer))
        .options(contains_eager(ChecklistItem.checklist), *_with_all())
        .order_by(ChecklistItem.position)
    ).all()


def get_item(session: Session, item_id: str, *, viewer: Viewer) -> ChecklistItem:
    """One item with all that a page shows of it."""
    item = session.scalar(
        select(ChecklistItem)
        .join(ChecklistItem.checklist)
        .where(ChecklistItem.id == item_id, readable_checklists(viewer))
        .options(
            contains_eager(ChecklistItem.checklist).joinedload(Checklist.unit),
            *_with_all(),
        )
    )
    if item is None:
        raise NotFound(kind="checklist", key=item_id)
    return item


def list_documents(session: Session, ids: set[str], *, viewer: Viewer) -> dict[str, Document]:
    """Those of these documents that the viewer may see, by id."""
    if not ids:
        return {}
    query = select(Document).where(Document.id.in_(ids), readable_documents(viewer))
    return {document.id: document for document in session.scalars(query)}


def find_sheet_beside(session: Session, checklist: Checklist, *, viewer: Viewer) -> ScoreSheet | None:
    """The unit's score sheet of the same movement and year, where the viewer may see it."""
    return session.scalar(
        select(ScoreSheet).where(
            ScoreSheet.unit_id == checklist.unit_id,
            ScoreSheet.movement_id == checklist.movement_id,
            ScoreSheet.year == checklist.year,
            readable_sheets(viewer),
        )
    )


def list_attachable(session: Session, item: ChecklistItem, *, viewer: Viewer) -> list[tuple[str, str]]:
    """(choice, label) of the unit's own evidence and documents of that year not yet under the item."""
    checklist = item.checklist
    linked = {link.evidence_id for link in item.links}
    linked_documents = {link.evidence.document_id for link in item.links}
    evidences = session.execute(
        select(Evidence, Document.title)
        .outerjoin(Document, Document.id == Evidence.document_id)
        .where(Evidence.unit_id == checklist.unit_id, Evidence.year == checklist.year, Document.withdrawn_at.is_(None))
        .order_by(Evidence.created_at.desc())
        .limit(300)
    ).all()
    choices = [
        (f"evidence:{evidence.id}", f"{evidence.code} · {title or evidence.cited_number}")
        for evidence, title in evidences
        if evidence.id not in linked
    ]
    with_evidence = {evidence.document_id for evidence, _ in evidences} | linked_documents
    documents = session.scalars(
        select(Document)
        .where(
            Document.unit_id == checklist.unit_id,
            Document.year == checklist.year,
            Document.current_no > 0,
            readable_documents(viewer),
        )
        .order_by(Document.created_at.desc())
        .limit(300)
    )
    choices += [
        (f"document:{document.id}", f"{document.number or document.kind.label} · {document.title}")
        for document in documents
        if document.id not in with_evidence
    ]
    return choices


def list_open_items(session: Session, *, viewer: Viewer, unit_id: str, year: int) -> Sequence[ChecklistItem]:
    """Items of the unit's checklists of a year that can still be changed, with criterion and checklist."""
    return session.scalars(
        select(ChecklistItem)
        .join(ChecklistItem.checklist)
        .where(
            Checklist.unit_id == unit_id,
            Checklist.year == year,
            Checklist.state.in_((ChecklistState.DRAFT, ChecklistState.RETURNED)),
            readable_checklists(viewer),
        )
        .options(contains_eager(ChecklistItem.checklist), joinedload(ChecklistItem.criterion))
        .order_by(Checklist.created_at, ChecklistItem.position)
    ).all()


def list_supported(session: Session, document_id: str, *, viewer: Viewer) -> set[str]:
    """Items under which a document stands as evidence."""
    return set(
        session.scalars(
            select(EvidenceLink.item_id)
            .join(Evidence, Evidence.id == EvidenceLink.evidence_id)
            .join(ChecklistItem, ChecklistItem.id == EvidenceLink.item_id)
            .join(Checklist, Checklist.id == ChecklistItem.checklist_id)
            .where(Evidence.document_id == document_id, EvidenceLink.removed_at.is_(None), readable_checklists(viewer))
        )
    )


def has_last_year(session: Session, *, viewer: Viewer, year: int) -> set[tuple[str, str]]:
    """(unit, group) of the viewer's own checklists of the year before."""
    if not viewer.own_units:
        return set()
    rows = session.execute(
        select(Checklist.unit_id, Checklist.group_id).where(
            Checklist.unit_id.in_(viewer.own_units), Checklist.year == year - 1
        )
    )
    return {(unit_id, group_id) for unit_id, group_id in rows}


def list_unit_documents(session: Session, checklist: Checklist, *, viewer: Viewer) -> list[tuple[str, str]]:
    """(id, label) of the unit's documents of that year, the newest first."""
    rows = session.scalars(
        select(Document)
        .where(
            Document.unit_id == checklist.unit_id,
            Document.year == checklist.year,
            Document.current_no > 0,
            readable_documents(viewer),
        )
        .order_by(Document.created_at.desc())
        .limit(300)
    )
    return [(document.id, f"{document.number or document.kind.label} · {document.title}") for document in rows]


def count_new_criteria(session: Session, checklist: Checklist) -> int:
    """Criteria of the group that an amended plan added after the checklist was made."""
    present = select(ChecklistItem.criterion_id).where(ChecklistItem.checklist_id == checklist.id)
    return (
        session.scalar(
            select(func.count())
            .select_from(Criterion)
            .where(
                Criterion.group_id == checklist.group_id,
                Criterion.retired_at.is_(None),
                Criterion.id.not_in(present),
            )
        )
        or 0
    )
