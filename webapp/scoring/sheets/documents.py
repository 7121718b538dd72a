"""The papers behind a sheet: handed in and given back together with it, and what they were at one moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from webapp.documents.retention import begin_term
from webapp.jobs.outbox import enqueue
from webapp.kinds import search_key
from webapp.models import (
    Checklist,
    ChecklistItem,
    ChecklistState,
    Document,
    DocumentKind,
    DocumentState,
    Evidence,
    EvidenceLink,
    JobKind,
    ScoreSheet,
)
from webapp.scoring.rubrics.queries import scheme_of
from webapp.scoring.sheets.entries import list_entries
from webapp.scoring.sheets.evidence import Proof, list_proofs, proofs_of


def _proofs(session: Session, sheet: ScoreSheet) -> dict[str, list[Proof]]:
    """By criterion of the rubric."""
    entries = list_entries(session, sheet)
    proofs = list_proofs(session, [sheet], entries, viewer=None)[sheet.id]
    nodes = {leaf.code: leaf for leaf in scheme_of(sheet.rubric).leaves()}
    return {row.code: proofs_of(proofs, nodes[row.code].criterion, row.id) for row in entries}


def frozen_evidence(session: Session, sheet: ScoreSheet) -> dict[str, list[dict[str, str]]]:
    """Code and digest of all evidence, by criterion of the rubric."""
    return {code: [one.frozen for one in found] for code, found in _proofs(session, sheet).items()}


def hand_in_documents(session: Session, sheet: ScoreSheet, now: datetime) -> None:
    """Evidence that nobody but the unit reads yet is handed in together with the sheet."""
    ids = {one.id for found in _proofs(session, sheet).values() for one in found}
    documents = session.scalars(
        select(Document)
        .join(Evidence, Evidence.document_id == Document.id)
        .where(
            Evidence.id.in_(ids),
            Document.unit_id == sheet.unit_id,
            Document.withdrawn_at.is_(None),
            Document.state.in_((DocumentState.DRAFT, DocumentState.RETURNED)),
        )
    ).unique()
    _become(session, documents.all(), DocumentState.SUBMITTED, now)


def give_back_documents(session: Session, sheet: ScoreSheet, now: datetime) -> None:
    """Evidence of a sheet that is given back can be corrected, unless it stands on a checklist that is handed in."""
    ids = {one.id for found in _proofs(session, sheet).values() for one in found}
    held = exists().where(
        EvidenceLink.evidence_id == Evidence.id,
        EvidenceLink.removed_at.is_(None),
        EvidenceLink.item_id == ChecklistItem.id,
        ChecklistItem.checklist_id == Checklist.id,
        Checklist.state == ChecklistState.SUBMITTED,
    )
    documents = session.scalars(
        select(Document)
        .join(Evidence, Evidence.document_id == Document.id)
        .where(
            Evidence.id.in_(ids),
            ~held,
            Document.unit_id == sheet.unit_id,
            Document.kind == DocumentKind.EVIDENCE,
            Document.state == DocumentState.SUBMITTED,
        )
    ).unique()
    _become(session, documents.all(), DocumentState.RETURNED, now)


def _become(session: Session, documents: Sequence[Document], state: DocumentState, now: datetime) -> None:
    for document in documents:
        document.state = state
        begin_term(session, document)
    session.flush()
    if documents:
        enqueue(session, JobKind.INDEX, [search_key("document", document.id) for document in documents], now=now)
