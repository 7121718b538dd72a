"""What the index may still hold although the viewer may not see it any more: a question is answered without it."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ColumnElement, exists, func, not_, or_, select
from sqlalchemy.orm import QueryableAttribute, Session

from webapp.jobs.keys import (
    announcement_key,
    citation_key,
    difficulty_key,
    document_key,
    initiative_key,
    paper_key,
    person_key,
    point_key,
    synthesis_key,
    unit_key,
)
from webapp.models import (
    Announcement,
    Checklist,
    ChecklistItem,
    Difficulty,
    Document,
    EvidenceLink,
    Initiative,
    JobKind,
    OutboxJob,
    Person,
    Synthesis,
    UnitPaper,
)
from webapp.permissions import Viewer
from webapp.permissions.scopes import (
    readable_announcements,
    readable_checklists,
    readable_difficulties,
    readable_documents,
    readable_initiatives,
    readable_papers,
    readable_syntheses,
)


def keys_out_of_sight(session: Session, *, viewer: Viewer) -> frozenset[str]:
    """Search keys waiting to be indexed that the viewer may not see now, whatever the index says.

    Every change of what somebody may see asks for an INDEX job in its own transaction, and the job is deleted only
    after the index was committed. So what is wrong in the index is always among the waiting keys; the other way round,
    a waiting key that may be seen stays in the answers. One statement, by primary keys, however many jobs wait.
    """
    seen = or_(*_seen_now(viewer))
    return frozenset(session.scalars(select(OutboxJob.subject).where(OutboxJob.kind == JobKind.INDEX, not_(seen))))


def _seen_now(viewer: Viewer) -> list[ColumnElement[bool]]:
    """One condition for each kind of key. A kind that is not here is left out while it waits."""
    citation = (
        select(EvidenceLink.id)
        .join(ChecklistItem, ChecklistItem.id == EvidenceLink.item_id)
        .join(Checklist, Checklist.id == ChecklistItem.checklist_id)
        .where(_named(EvidenceLink.evidence_id, citation_key), EvidenceLink.removed_at.is_(None))
        .where(readable_checklists(viewer))
    )
    document = exists().where(_named(Document.id, document_key), Document.current_no > 0, readable_documents(viewer))
    initiative = exists().where(_named(Initiative.id, initiative_key), readable_initiatives(viewer))
    paper = exists().where(_named(UnitPaper.id, paper_key), readable_papers(viewer))
    synthesis = exists().where(_named(Synthesis.id, synthesis_key), readable_syntheses(viewer))
    difficulty = exists().where(_named(Difficulty.id, difficulty_key), readable_difficulties(viewer))
    announcement = exists().where(_named(Announcement.id, announcement_key), readable_announcements(viewer))
    person = exists().where(_named(Person.id, person_key), Person.disabled_at.is_(None))
    return [
        _is_of(document_key) & document,
        _is_of(citation_key) & citation.exists(),
        _is_of(initiative_key) & initiative,
        _is_of(paper_key) & paper,
        _is_of(synthesis_key) & synthesis,
        _is_of(difficulty_key) & difficulty,
        _is_of(announcement_key) & announcement,
        _is_of(person_key) & person,
        # Everybody sees these.
        _is_of(point_key),
        _is_of(unit_key),
    ]


def _is_of(key: Callable[[str], str]) -> ColumnElement[bool]:
    return OutboxJob.subject.startswith(key(""), autoescape=True)


def _named(
    column: QueryableAttribute[str] | QueryableAttribute[str | None], key: Callable[[str], str]
) -> ColumnElement[bool]:
    """The row whose search key stands in the job."""
    return column == func.substr(OutboxJob.subject, len(key("")) + 1)
