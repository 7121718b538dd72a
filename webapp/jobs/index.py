"""Bring the search index up to what the database says now. The index can always be thrown away and made again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, selectinload, undefer

import search
from search import Record
from webapp.core.resources import IndexAway, Resources
from webapp.jobs.keys import (
    announcement_key,
    citation_key,
    difficulty_key,
    document_key,
    initiative_key,
    paper_key,
    person_key,
    point_key,
    split_key,
    synthesis_key,
    unit_key,
)
from webapp.jobs.outbox import finish
from webapp.jobs.paper_records import paper_records
from webapp.jobs.voice_records import announcement_records, difficulty_records, synthesis_records
from webapp.models import (
    RECOGNISED_STATES,
    Announcement,
    Checklist,
    ChecklistItem,
    ChecklistState,
    Criterion,
    Difficulty,
    Document,
    DocumentState,
    DocumentVersion,
    Evidence,
    EvidenceLink,
    Initiative,
    JobKind,
    OutboxJob,
    Person,
    PlanPoint,
    Synthesis,
    TextReading,
    Theme,
    Unit,
    UnitPaper,
)
from webapp.models.document import file_type_of
from webapp.permissions.scopes import EVERYONE, subject_keys
from webapp.permissions.subject import SUBMITTED_STATES, Subject, subject_of

CHUNK = 500


def index_jobs(resources: Resources, jobs: Sequence[OutboxJob]) -> None:
    """Carry out INDEX jobs in one batch, then take them out of the outbox. A kill in between costs a repeat."""
    keys = list(dict.fromkeys(job.subject for job in jobs))
    with resources.db.reading() as session:
        records = {record.key: record for record in records_of(session, keys)}
    with resources.index.batch() as batch:
        for key in keys:
            if key in records:
                batch.add(records[key])
            else:
                batch.remove(key)
    with resources.db.unit_of_work() as session:
        finish(session, [job.id for job in jobs])


def rebuild_index(resources: Resources) -> int:
    """Make the index anew beside the old one and switch; returns how many records it holds."""
    with resources.db.reading() as session:
        settings = resources.settings
        count = search.rebuild(settings.index_path, all_records(session), engine=settings.search_engine)
    resources.forget_index()
    return count


def is_lost(resources: Resources) -> bool:
    """Whether the index is gone, unreadable, of another version, or empty while the catalogue is not. Quick."""
    if not resources.settings.index_path.is_dir():
        return True
    try:
        if resources.index.count():
            return False
    except (IndexAway, search.IndexBroken):
        return True
    with resources.db.reading() as session:
        return bool(all_keys(session) - keys_waiting(session))


def is_whole(resources: Resources) -> bool:
    """Whether the index holds exactly what it should, but for what waiting jobs will still change."""
    if is_lost(resources):
        return False
    present = set(resources.index.keys())
    with resources.db.reading() as session:
        return not ((all_keys(session) ^ present) - keys_waiting(session))


def keys_waiting(session: Session) -> set[str]:
    """Keys whose INDEX job is not done yet."""
    return set(session.scalars(select(OutboxJob.subject).where(OutboxJob.kind == JobKind.INDEX)))


def all_keys(session: Session) -> set[str]:
    """Every key the index should hold."""
    return (
        {document_key(key) for key in session.scalars(select(Document.id).where(*_present()))}
        | {point_key(key) for key in session.scalars(select(PlanPoint.id))}
        | {citation_key(key) for key in session.scalars(_live_citations())}
        | {initiative_key(key) for key in session.scalars(select(Initiative.id))}
        | {paper_key(key) for key in session.scalars(select(UnitPaper.id))}
        | {synthesis_key(key) for key in session.scalars(select(Synthesis.id))}
        | {difficulty_key(key) for key in session.scalars(select(Difficulty.id))}
        | {announcement_key(key) for key in session.scalars(select(Announcement.id))}
        | {unit_key(key) for key in session.scalars(select(Unit.id))}
        | {person_key(key) for key in session.scalars(select(Person.id).where(Person.disabled_at.is_(None)))}
    )


def _present() -> tuple[ColumnElement[bool], ...]:
    return Document.current_no > 0, Document.withdrawn_at.is_(None)


def all_records(session: Session) -> Iterator[Record]:
    """Everything, a few hundred at a time."""
    keys = sorted(all_keys(session))
    for start in range(0, len(keys), CHUNK):
        yield from records_of(session, keys[start : start + CHUNK])
        session.expunge_all()


def records_of(session: Session, keys: Iterable[str]) -> Iterator[Record]:
    """Search records of those keys that still exist, in a fixed number of statements."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for key in keys:
        kind, identity = split_key(key)
        wanted[kind].add(identity)
    if wanted["document"]:
        yield from _documents(session, wanted["document"])
    if wanted["point"]:
        yield from _points(session, wanted["point"])
    if wanted["citation"]:
        yield from _citations(session, wanted["citation"])
    if wanted["initiative"]:
        yield from _initiatives(session, wanted["initiative"])
    if wanted["paper"]:
        yield from paper_records(session, wanted["paper"])
    if wanted["synthesis"]:
        yield from synthesis_records(session, wanted["synthesis"])
    if wanted["difficulty"]:
        yield from difficulty_records(session, wanted["difficulty"])
    if wanted["announcement"]:
        yield from announcement_records(session, wanted["announcement"])
    if wanted["unit"]:
        yield from _units(session, wanted["unit"])
    if wanted["person"]:
        yield from _people(session, wanted["person"])


def _documents(session: Session, ids: Collection[str]) -> Iterator[Record]:
    rows = session.execute(
        select(Document, TextReading, Theme.code, DocumentVersion.filename)
        .join(
            DocumentVersion, (DocumentVersion.document_id == Document.id) & (DocumentVersion.no == Document.current_no)
        )
        .outerjoin(TextReading, TextReading.version_id == DocumentVersion.id)
        .outerjoin(Theme, Theme.id == Document.theme_id)
        .where(Document.id.in_(ids), *_present())
        .options(undefer(TextReading.text))
    ).all()
    criteria: dict[str, set[str]] = defaultdict(set)
    # What a paper is evidence for is told to those only who read that checklist too: the unit, or, once both are handed
    # in, the same overseers.
    as_visible = or_(
        Document.state == DocumentState.DRAFT,
        and_(Document.state.in_(SUBMITTED_STATES), Checklist.state != ChecklistState.DRAFT),
    )
    for document_id, code in session.execute(
        select(Evidence.document_id, Criterion.code)
        .join(Document, Document.id == Evidence.document_id)
        .join(EvidenceLink, EvidenceLink.evidence_id == Evidence.id)
        .join(ChecklistItem, ChecklistItem.id == EvidenceLink.item_id)
        .join(Checklist, Checklist.id == ChecklistItem.checklist_id)
        .join(Criterion, Criterion.id == ChecklistItem.criterion_id)
        .where(Evidence.document_id.in_(ids), EvidenceLink.removed_at.is_(None), as_visible)
    ):
        criteria[document_id or ""].add(code)
    for document, reading, theme, filename in rows:
        facets: dict[str, str | int | tuple[str | int, ...]] = {
            "year": document.year,
            "state": document.state.value,
            "file_type": file_type_of(filename),
        }
        if document.unit_id:
            facets["unit"] = document.unit_id
        if theme:
            facets["theme"] = theme
        if criteria[document.id]:
            facets["criterion"] = tuple(sorted(criteria[document.id]))
        yield Record(
            key=document_key(document.id),
            kind=document.kind.value,
            title=document.title,
            body=reading.text if reading else "",
            number=document.number,
            date=document.issued_on.isoformat() if document.issued_on else None,
            viewer_keys=tuple(sorted(subject_keys(subject_of(document)))),
            facets=facets,
        )


def _initiatives(session: Session, ids: Collection[str]) -> Iterator[Record]:
    """What may be told of an initiative; its part to keep secret is in no index."""
    rows = session.execute(
        select(Initiative, Theme.code, Criterion.code)
        .outerjoin(Theme, Theme.id == Initiative.theme_id)
        .outerjoin(Criterion, Criterion.id == Initiative.criterion_id)
        .where(Initiative.id.in_(ids))
        .options(selectinload(Initiative.adoptions))
    )
    for initiative, theme, criterion in rows:
        authors = tuple(dict.fromkeys(author.name for author in initiative.authors))
        facets: dict[str, str | int | tuple[str | int, ...]] = {
            "year": initiative.year,
            "unit": initiative.unit_id,
            "initiative_kind": initiative.kind.value,
            "initiative_state": initiative.state.value,
            "scope": initiative.scope.value,
            "recognised": "yes" if initiative.state in RECOGNISED_STATES else "no",
            "replicated": "yes" if initiative.adoptions else "no",
        }
        optional = {"field": initiative.field and initiative.field.value, "theme": theme, "criterion": criterion}
        facets |= {name: value for name, value in optional.items() if value}
        if authors:
            facets["author"] = authors
        yield Record(
            key=initiative_key(initiative.id),
            kind="initiative",
            title=initiative.name,
            body="\n".join(
                filter(None, (initiative.problem, initiative.solution, initiative.effect, ", ".join(authors)))
            ),
            number=initiative.decision_number or None,
            date=(initiative.decision_date or initiative.decided_on or initiative.created_at.date()).isoformat(),
            viewer_keys=tuple(sorted(subject_keys(subject_of(initiative)))),
            facets=facets,
        )


def _units(session: Session, ids: Collection[str]) -> Iterator[Record]:
    for unit in session.scalars(select(Unit).where(Unit.id.in_(ids))):
        yield Record(
            key=unit_key(unit.id),
            kind="unit",
            title=unit.name,
            body=f"{unit.code} {unit.kind.label}",
            viewer_keys=(EVERYONE,),
            facets={"unit": unit.id},
        )


def _people(session: Session, ids: Collection[str]) -> Iterator[Record]:
    """Colleagues by name, title and unit; nothing else of an account is searched."""
    rows = session.execute(
        select(Person, Unit)
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .where(Person.id.in_(ids), Person.disabled_at.is_(None))
    )
    for person, unit in rows:
        yield Record(
            key=person_key(person.id),
            kind="person",
            title=person.name,
            body=" ".join(filter(None, (person.title, unit.name if unit else ""))),
            viewer_keys=(EVERYONE,),
            facets={"unit": unit.id} if unit else {},
        )


def _points(session: Session, ids: Collection[str]) -> Iterator[Record]:
    rows = session.execute(
        select(PlanPoint, Criterion.id, Theme.id)
        .outerjoin(Criterion, (Criterion.movement_id == PlanPoint.movement_id) & (Criterion.code == PlanPoint.code))
        .outerjoin(Theme, (Theme.movement_id == PlanPoint.movement_id) & (Theme.code == PlanPoint.code))
        .where(PlanPoint.id.in_(ids))
    )
    for point, criterion_id, theme_id in rows:
        facets: dict[str, str | int | tuple[str | int, ...]] = {}
        if criterion_id:
            facets["criterion"] = point.code
        if theme_id:
            facets["theme"] = point.code
        yield Record(
            key=point_key(point.id),
            kind="plan_point",
            # Without the movement's name: every point would answer to its words and crowd out the documents.
            title=f"Điểm {point.code}",
            body=point.text,
            viewer_keys=(EVERYONE,),
            facets=facets,
        )


def _live_citations() -> Select[str]:
    return (
        select(Evidence.id)
        .join(EvidenceLink, EvidenceLink.evidence_id == Evidence.id)
        .where(Evidence.document_id.is_(None), EvidenceLink.removed_at.is_(None))
        .distinct()
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
            key=citation_key(identity),
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
