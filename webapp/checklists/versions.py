"""What a checklist said each time it was handed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.models import Checklist, ChecklistItem, ChecklistState, ChecklistVersion, Evidence, EvidenceLink
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
        content=[said_of(item) for item in items],
        submitted_by=actor.id,
        on_behalf=actor.on_behalf or None,
        submitted_at=now,
    )
    session.add(version)
    session.flush()
    return version


def said_of(item: ChecklistItem) -> dict[str, Any]:
    """One item as others read it, with criterion, sub-items and live evidence loaded; keys as in `ChecklistVersion`."""
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
                "cited": link.evidence.cited_number and _cited(link.evidence),
                "dates": _dates(link.evidence),
            }
            for link in links
        ],
    }


def documents_in(content: Iterable[Mapping[str, Any]]) -> set[str]:
    """Ids of the documents behind the evidence of items in this form."""
    return {one["document_id"] for item in content for one in item["evidence"] if one["document_id"]}


def _cited(evidence: Evidence) -> str:
    day = f" ngày {_day(evidence.cited_on)}" if evidence.cited_on else ""
    issuer = f", {evidence.cited_issuer}" if evidence.cited_issuer else ""
    return f"{evidence.cited_number}{day}{issuer}: {evidence.cited_abstract}"


def _dates(evidence: Evidence) -> str:
    parts = []
    if evidence.issued_on:
        parts.append(f"ban hành {_day(evidence.issued_on)}")
    if evidence.period_from or evidence.period_to:
        parts.append(f"kỳ {_day(evidence.period_from)}–{_day(evidence.period_to)}")
    return " · ".join((*parts, f"nhận {_day(evidence.received_on)}"))


def _day(value: date | None) -> str:
    return f"{value:%d/%m/%Y}" if value else ""


def list_versions(session: Session, checklist: Checklist, *, viewer: Viewer) -> Sequence[ChecklistVersion]:
    """Submissions, the newest first. `checklist` is one the viewer may see."""
    return session.scalars(
        select(ChecklistVersion)
        .where(ChecklistVersion.checklist_id == checklist.id)
        .options(joinedload(ChecklistVersion.submitter))
        .order_by(ChecklistVersion.no.desc())
    ).all()


def find_last_version(session: Session, checklist: Checklist, *, viewer: Viewer) -> ChecklistVersion | None:
    """The last submission, for who handed it in and when."""
    return next(iter(list_versions(session, checklist, viewer=viewer)), None)


def find_frozen(session: Session, checklist: Checklist, *, viewer: Viewer) -> ChecklistVersion | None:
    """What the viewer sees in place of the checklist: its last submission, while another unit corrects it."""
    if checklist.state is not ChecklistState.RETURNED or checklist.unit_id in viewer.own_units:
        return None
    versions = list_versions(session, checklist, viewer=viewer)
    return versions[0] if versions else None
