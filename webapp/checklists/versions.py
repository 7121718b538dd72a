"""What a checklist said each time it was handed in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.models import Checklist, ChecklistItem, ChecklistState, ChecklistVersion, EvidenceLink
from webapp.permissions import Viewer


def keep_version(session: Session, checklist: Checklist, *, actor: Viewer, now: datetime) -> ChecklistVersion:
    """Write down the checklist as it stands."""
    items = session.scalars(
        select(ChecklistItem)
        .where(ChecklistItem.checklist_id == checklist.id)
        .options(
            joinedload(ChecklistItem.criterion),
            selectinload(ChecklistItem.sub_items),
            selectinload(ChecklistItem.links.and_(EvidenceLink.removed_at.is_(None))).joinedload(EvidenceLink.evidence),
        )
        .order_by(ChecklistItem.position)
        .execution_options(populate_existing=True)
    ).all()
    count = session.scalar(
        select(func.count()).select_from(ChecklistVersion).where(ChecklistVersion.checklist_id == checklist.id)
    )
    version = ChecklistVersion(
        checklist_id=checklist.id,
        no=(count or 0) + 1,
        content=[_said(item) for item in items],
        submitted_by=actor.id,
        submitted_at=now,
    )
    session.add(version)
    session.flush()
    return version


def _said(item: ChecklistItem) -> dict[str, Any]:
    links = sorted(item.links, key=lambda link: link.evidence.code)
    return {
        "criterion": item.criterion.code,
        "text": item.criterion.text,
        "state": item.state.value,
        "reason": item.reason,
        "comment": item.comment,
        "sub_items": [{"text": part.text, "done": part.done} for part in item.sub_items],
        "evidence": [
            {
                "code": link.evidence.code,
                "document_id": link.evidence.document_id,
                "sha256": link.sha256,
                "cited": link.evidence.cited_number and f"{link.evidence.cited_number}: {link.evidence.cited_abstract}",
            }
            for link in links
        ],
    }


def list_versions(session: Session, checklist: Checklist, *, viewer: Viewer) -> Sequence[ChecklistVersion]:
    """Submissions, the newest first. `checklist` is one the viewer may see."""
    return session.scalars(
        select(ChecklistVersion)
        .where(ChecklistVersion.checklist_id == checklist.id)
        .options(joinedload(ChecklistVersion.submitter))
        .order_by(ChecklistVersion.no.desc())
    ).all()


def find_frozen(session: Session, checklist: Checklist, *, viewer: Viewer) -> ChecklistVersion | None:
    """What the viewer sees in place of the checklist: its last submission, while another unit corrects it."""
    if checklist.state is not ChecklistState.RETURNED or checklist.unit_id in viewer.own_units:
        return None
    versions = list_versions(session, checklist, viewer=viewer)
    return versions[0] if versions else None
