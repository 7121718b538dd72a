"""Which evidence supports a criterion of a sheet, with the digest of what it is now."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models import (
    Checklist,
    ChecklistItem,
    Criterion,
    Document,
    DocumentVersion,
    Evidence,
    EvidenceLink,
    ItemState,
    ScoreEntry,
    ScoreSheet,
)
from webapp.permissions import Viewer
from webapp.permissions.scopes import readable_documents


@dataclass(frozen=True, slots=True)
class Proof:
    """One evidence. `title` and `document_id` are empty when the viewer may not see the document."""

    id: str
    code: str
    sha256: str
    title: str = ""
    document_id: str = ""
    cited: str = ""
    no: int = 0
    # The digest it has now, where that is not the one that was judged; "-" when it is there no more.
    changed: str = ""

    @property
    def frozen(self) -> dict[str, str]:
        return {"code": self.code, "sha256": self.sha256}


def _is_there(evidence: Evidence, sha256: str | None) -> bool:
    """Evidence whose paper was withdrawn, and that cites none, is evidence of nothing."""
    return sha256 is not None or bool(evidence.cited_number)


def _digest(evidence: Evidence, sha256: str | None) -> str:
    if sha256 is not None:
        return sha256
    cited = (evidence.cited_number, evidence.cited_on, evidence.cited_issuer, evidence.cited_abstract)
    return hashlib.sha256("\x1f".join(str(part or "") for part in cited).encode()).hexdigest()


def list_proofs(
    session: Session, sheets: Collection[ScoreSheet], entries: Sequence[ScoreEntry], *, viewer: Viewer | None
) -> dict[str, dict[str, list[Proof]]]:
    """By sheet id and criterion of the plan, and by sheet id and `entry:<id>` for what was attached to an entry itself.

    Two statements at most. `viewer` None is the program itself, which needs digests and no titles.
    """
    by_unit = {(sheet.unit_id, sheet.movement_id, sheet.year): sheet.id for sheet in sheets}
    found: dict[str, dict[str, list[Proof]]] = {sheet.id: defaultdict(list) for sheet in sheets}
    if not sheets:
        return found
    units, years = {sheet.unit_id for sheet in sheets}, {sheet.year for sheet in sheets}
    linked = session.execute(
        select(
            Checklist.unit_id,
            Checklist.movement_id,
            Checklist.year,
            Criterion.code,
            Evidence,
            DocumentVersion.sha256,
            DocumentVersion.no,
        )
        .join(ChecklistItem, ChecklistItem.checklist_id == Checklist.id)
        .join(Criterion, Criterion.id == ChecklistItem.criterion_id)
        .join(EvidenceLink, (EvidenceLink.item_id == ChecklistItem.id) & EvidenceLink.removed_at.is_(None))
        .join(Evidence, Evidence.id == EvidenceLink.evidence_id)
        .outerjoin(Document, (Document.id == Evidence.document_id) & Document.withdrawn_at.is_(None))
        .outerjoin(
            DocumentVersion, (DocumentVersion.document_id == Document.id) & (DocumentVersion.no == Document.current_no)
        )
        .where(Checklist.unit_id.in_(units), Checklist.year.in_(years))
        .order_by(Evidence.code)
    ).all()
    attached = {evidence_id for entry in entries for evidence_id in entry.attached}
    extra = {}
    if attached:
        rows = session.execute(
            select(Evidence, DocumentVersion.sha256, DocumentVersion.no)
            .outerjoin(Document, (Document.id == Evidence.document_id) & Document.withdrawn_at.is_(None))
            .outerjoin(
                DocumentVersion,
                (DocumentVersion.document_id == Document.id) & (DocumentVersion.no == Document.current_no),
            )
            .where(Evidence.id.in_(attached))
        )
        extra = {evidence.id: (evidence, sha256, no) for evidence, sha256, no in rows}
    documents = {row[4].document_id for row in linked} | {one.document_id for one, _, _ in extra.values()}
    titles = _titles(session, {one for one in documents if one}, viewer) if viewer is not None else {}
    for unit_id, movement_id, year, code, evidence, sha256, no in linked:
        sheet_id = by_unit.get((unit_id, movement_id, year))
        if sheet_id is not None and _is_there(evidence, sha256):
            found[sheet_id][code].append(_proof(evidence, sha256, no, titles))
    for entry in entries:
        for evidence_id in entry.attached:
            if evidence_id in extra and entry.sheet_id in found and _is_there(*extra[evidence_id][:2]):
                found[entry.sheet_id][f"entry:{entry.id}"].append(_proof(*extra[evidence_id], titles))
    return found


def _titles(session: Session, ids: set[str], viewer: Viewer) -> dict[str, str]:
    if not ids:
        return {}
    rows = session.execute(select(Document.id, Document.title).where(Document.id.in_(ids), readable_documents(viewer)))
    return {row[0]: row[1] for row in rows}


def _proof(evidence: Evidence, sha256: str | None, no: int | None, titles: dict[str, str]) -> Proof:
    seen = evidence.document_id if evidence.document_id in titles else None
    return Proof(
        id=evidence.id,
        code=evidence.code,
        sha256=_digest(evidence, sha256),
        title=titles.get(seen or "", ""),
        document_id=seen or "",
        no=(no or 0) if seen else 0,
        cited=f"{evidence.cited_number} {evidence.cited_abstract or ''}".strip() if evidence.cited_number else "",
    )


@dataclass(frozen=True, slots=True)
class OnChecklist:
    """What the unit said of the same criteria on its checklists of the year: comments by criterion, progress of each."""

    comments: Mapping[str, str]
    checklists: Sequence[tuple[str, int, int]]  # id, criteria done, criteria in all


def said_on_checklists(session: Session, sheet: ScoreSheet) -> OnChecklist:
    """In one statement. For the unit itself only: others read its checklists when these are handed in."""
    rows = session.execute(
        select(Checklist.id, Criterion.code, ChecklistItem.state, ChecklistItem.comment, ChecklistItem.reason)
        .join(ChecklistItem, ChecklistItem.checklist_id == Checklist.id)
        .join(Criterion, Criterion.id == ChecklistItem.criterion_id)
        .where(
            Checklist.unit_id == sheet.unit_id,
            Checklist.movement_id == sheet.movement_id,
            Checklist.year == sheet.year,
        )
        .order_by(Checklist.created_at, Checklist.id)
    ).all()
    done: dict[str, list[bool]] = defaultdict(list)
    for checklist_id, _, state, _, _ in rows:
        done[checklist_id].append(state in (ItemState.CLAIMED, ItemState.NOT_APPLICABLE))
    return OnChecklist(
        comments={
            code: reason if state is ItemState.NOT_APPLICABLE else comment for _, code, state, comment, reason in rows
        },
        checklists=[(checklist_id, sum(items), len(items)) for checklist_id, items in done.items()],
    )


def as_judged(frozen: Sequence[Mapping[str, str]], present: Sequence[Proof]) -> list[Proof]:
    """The evidence that was judged, each marked where it is another one by now."""
    by_code = {one.code: one for one in present}
    found = []
    for one in frozen:
        live = by_code.get(one["code"])
        if live is None:
            found.append(Proof(id=one["code"], code=one["code"], sha256=one["sha256"], changed="-"))
        else:
            changed = live.sha256 if live.sha256 != one["sha256"] else ""
            found.append(replace(live, sha256=one["sha256"], changed=changed))
    return found


def proofs_of(proofs: dict[str, list[Proof]], criterion: str, entry_id: str) -> list[Proof]:
    """Those of one entry: its criterion's and its own, each once, by code."""
    together = [*(proofs.get(criterion, []) if criterion else []), *proofs.get(f"entry:{entry_id}", [])]
    return sorted({one.id: one for one in together}.values(), key=lambda one: one.code)
