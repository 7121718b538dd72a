"""What the house knows of checklists, and of evidence that is only cited, as kinds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, joinedload

from search import Record
from webapp.kinds import Address, Bagged, Facts, Kind, Searched, search_key
from webapp.models import Checklist, ChecklistItem, ChecklistState, Criterion, Evidence, EvidenceLink
from webapp.permissions import Viewer
from webapp.permissions.scopes import readable_checklists, subject_keys
from webapp.permissions.subject import Subject

# Stands under a criterion, and no file of it is kept here.
PRESENT = (
    Evidence.document_id.is_(None),
    exists().where(EvidenceLink.evidence_id == Evidence.id, EvidenceLink.removed_at.is_(None)),
)


@dataclass(frozen=True, slots=True)
class Citation:
    """A cited document that is not kept here, with an item it stands under."""

    evidence: Evidence
    item_id: str


def _readable_citations(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on Evidence: it stands on a checklist that the viewer reads."""
    return (
        select(EvidenceLink.id)
        .join(ChecklistItem, ChecklistItem.id == EvidenceLink.item_id)
        .join(Checklist, Checklist.id == ChecklistItem.checklist_id)
        .where(EvidenceLink.evidence_id == Evidence.id, EvidenceLink.removed_at.is_(None), readable_checklists(viewer))
        .exists()
    )


def _citations(session: Session, ids: Collection[str]) -> Iterator[Record]:
    codes: dict[str, set[str]] = defaultdict(set)
    submitted: dict[str, bool] = defaultdict(bool)
    movement: dict[str, str] = {}
    evidence_by_id: dict[str, Evidence] = {}
    rows = session.execute(
        select(Evidence, Criterion.code, Checklist.state, Checklist.movement_id)
        .join(EvidenceLink, EvidenceLink.evidence_id == Evidence.id)
        .join(ChecklistItem, ChecklistItem.id == EvidenceLink.item_id)
        .join(Criterion, Criterion.id == ChecklistItem.criterion_id)
        .join(Checklist, Checklist.id == ChecklistItem.checklist_id)
        .where(Evidence.id.in_(ids), Evidence.document_id.is_(None), EvidenceLink.removed_at.is_(None))
    )
    for evidence, code, state, movement_id in rows:
        evidence_by_id[evidence.id] = evidence
        codes[evidence.id].add(code)
        submitted[evidence.id] |= state is not ChecklistState.DRAFT
        movement[evidence.id] = movement_id
    for identity, evidence in evidence_by_id.items():
        subject = Subject(
            kind="citation",
            unit_id=evidence.unit_id,
            movement_id=movement[identity],
            year=evidence.year,
            submitted=submitted[identity],
        )
        yield Record(
            key=search_key("citation", identity),
            kind="citation",
            title=evidence.cited_abstract or evidence.cited_number or "",
            body=evidence.cited_issuer or "",
            number=evidence.cited_number,
            date=evidence.cited_on.isoformat() if evidence.cited_on else None,
            viewer_keys=tuple(sorted(subject_keys(subject))),
            facets={
                "unit": evidence.unit_id,
                "year": evidence.year,
                "criterion": tuple(sorted(codes[identity])),
            },
        )


def _address(found: Citation | Evidence) -> Address | None:
    """The item it stands under, where that is known; the same citation may stand under several."""
    return Address("checklists.item_view", {"item_id": found.item_id}) if isinstance(found, Citation) else None


def _load(session: Session, ids: Collection[str], viewer: Viewer) -> Mapping[str, Citation]:
    rows = session.execute(
        select(Evidence, ChecklistItem.id)
        .join(EvidenceLink, EvidenceLink.evidence_id == Evidence.id)
        .join(ChecklistItem, ChecklistItem.id == EvidenceLink.item_id)
        .join(Checklist, Checklist.id == ChecklistItem.checklist_id)
        .where(Evidence.id.in_(ids), EvidenceLink.removed_at.is_(None), readable_checklists(viewer))
    )
    return {evidence.id: Citation(evidence, item_id) for evidence, item_id in rows}


KINDS = (
    Kind(
        name="checklist",
        label="phiếu tự kiểm",
        model=Checklist,
        readable=readable_checklists,
        title=lambda checklist: f"Phiếu {checklist.year} · {checklist.unit.name}",
        address=lambda checklist: Address("checklists.checklist_view", {"checklist_id": checklist.id}),
        unit=Checklist.unit_id,
        parts=(ChecklistItem.checklist_id,),
        noted=(),
        loading=(joinedload(Checklist.unit),),
        # Found by its evidence and by the criteria.
        search=None,
        bag=Bagged(record="checklist"),
    ),
    Kind(
        name="citation",
        label="trích dẫn",
        model=Evidence,
        readable=_readable_citations,
        title=lambda evidence: evidence.code,
        address=_address,
        unit=Evidence.unit_id,
        parts=(),
        noted=(),
        search=Searched(
            labels={"citation": "Trích dẫn"},
            records=_citations,
            facts=lambda found: Facts(more=found.evidence.code, year=found.evidence.year),
            present=PRESENT,
            load=_load,
        ),
        bag=Bagged(record="evidence"),
    ),
)
