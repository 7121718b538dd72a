"""Registering and writing initiatives, their authors and files. What happens after that is in `judging.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import flag_modified

from archive import Receipt
from webapp.audit import log_event
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.revisions import ensure_fresh
from webapp.documents.service import NewDocument, add_document
from webapp.initiatives import rules
from webapp.jobs.outbox import enqueue
from webapp.kinds import search_key
from webapp.models import (
    Criterion,
    Document,
    DocumentKind,
    Initiative,
    InitiativeAuthor,
    InitiativeField,
    InitiativeFile,
    InitiativeKind,
    InitiativeScope,
    InitiativeState,
    JobKind,
    Person,
    Theme,
    Unit,
)
from webapp.movement.queries import find_current_movement
from webapp.permissions import Permission, Subject, Viewer, ensure


@dataclass(frozen=True, slots=True)
class AuthorLine:
    """An author as typed: a colleague by name (`Tên · Đơn vị` tells who) or an outsider; share as rules.share_of says."""

    name: str
    workplace: str = ""
    share: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a unit writes. Everything may still be empty."""

    kind: InitiativeKind = InitiativeKind.INITIATIVE
    field: InitiativeField | None = None
    scope: InitiativeScope = InitiativeScope.UNIT
    theme_id: str | None = None
    criterion_id: str | None = None
    title: str = ""
    problem: str = ""
    solution: str = ""
    effect: str = ""
    secret: str = ""
    first_applied_on: date | None = None
    authors: tuple[AuthorLine, ...] = ()


LABELS = {
    "title": "Tên",
    "kind": "Loại",
    "field": "Lĩnh vực",
    "scope": "Phạm vi áp dụng",
    "first_applied_on": "Ngày áp dụng lần đầu",
    "problem": "Vấn đề",
    "solution": "Giải pháp",
    "effect": "Hiệu quả",
    "secret": "Phần cần giữ kín",
}
PLAIN = tuple(one.name for one in fields(Draft) if one.name != "authors")


def open_initiative(
    session: Session, *, actor: Viewer, now: datetime, unit_id: str, year: int, draft: Draft
) -> Initiative:
    """A new initiative of a unit, in the movement that runs that year. Raises Refused, Invalid."""
    ensure(actor, Permission.INITIATIVE_ADD, Subject(kind="unit", id=unit_id, unit_id=unit_id))
    movement = find_current_movement(session, viewer=actor, year=year)
    if movement is None:
        raise Invalid({"year": f"Năm {year} chưa có phong trào nào."})
    subject = Subject(kind="unit", id=unit_id, unit_id=unit_id, movement_id=movement.id)
    ensure(actor, Permission.INITIATIVE_ADD, subject)
    unit = session.get_one(Unit, unit_id)
    if unit.dissolved_on is not None and unit.dissolved_on.year < year:
        raise Invalid({"unit_id": "Đơn vị đã giải thể hoặc sáp nhập trước năm này."})
    initiative = Initiative(
        movement_id=movement.id,
        unit_id=unit_id,
        year=year,
        state=InitiativeState.DRAFT,
        kind=draft.kind,
        scope=draft.scope,
        authors=[],
        created_by=actor.id,
        created_at=now,
    )
    authors = _checked(session, initiative, draft)
    session.add(initiative)
    _fill(session, initiative, draft, authors)
    log_event(session, actor, now, "initiative.open", initiative, {"year": year, "authors": len(authors)})
    reindex(session, initiative, now)
    return initiative


def write_initiative(
    session: Session, *, actor: Viewer, now: datetime, initiative_id: str, revision: int, draft: Draft
) -> Initiative:
    """Save a draft as far as it is. Raises Conflict with both values when it changed meanwhile."""
    initiative = load_initiative(session, initiative_id)
    ensure(actor, Permission.INITIATIVE_EDIT, initiative)
    ensure_fresh(
        initiative, revision, Conflict(theirs=_words(initiative, initiative.authors), mine=_words(draft, draft.authors))
    )
    authors = _checked(session, initiative, draft)
    changed = [name for name in PLAIN if getattr(initiative, name) != getattr(draft, name)]
    _fill(session, initiative, draft, authors)
    details = {"fields": ", ".join(changed) or None, "authors": len(authors)}
    log_event(session, actor, now, "initiative.write", initiative, details)
    reindex(session, initiative, now)
    return initiative


def attach_file(
    session: Session, *, actor: Viewer, now: datetime, initiative_id: str, receipt: Receipt, batch_id: str
) -> InitiativeFile:
    """A stored file becomes a document of the unit and goes with the initiative."""
    initiative = _open(session, actor, initiative_id)
    document = add_document(
        session,
        actor=actor,
        now=now,
        new=NewDocument(
            receipt=receipt,
            kind=DocumentKind.OTHER,
            unit_id=initiative.unit_id,
            movement_id=initiative.movement_id,
            year=initiative.year,
            batch_id=batch_id,
            theme_id=initiative.theme_id,
        ),
    )
    return _link(session, actor, now, initiative, document)


def attach_existing(
    session: Session, *, actor: Viewer, now: datetime, initiative_id: str, document_id: str
) -> InitiativeFile:
    """A document the unit has in the archive already."""
    initiative = _open(session, actor, initiative_id)
    document = session.scalar(
        select(Document).where(
            Document.id == document_id,
            Document.unit_id == initiative.unit_id,
            Document.current_no > 0,
            Document.withdrawn_at.is_(None),
        )
    )
    if document is None:
        raise Invalid({"document_id": "Hãy chọn một văn bản của đơn vị trong danh sách."})
    already = select(InitiativeFile.id).where(
        InitiativeFile.initiative_id == initiative.id,
        InitiativeFile.document_id == document.id,
        InitiativeFile.removed_at.is_(None),
    )
    if session.scalar(already) is not None:
        raise Invalid({"document_id": "Văn bản này đã được gắn từ trước."})
    return _link(session, actor, now, initiative, document)


def detach_file(session: Session, *, actor: Viewer, now: datetime, initiative_id: str, file_id: str) -> Initiative:
    """Take a file away from an initiative; the document stays in the archive."""
    initiative = _open(session, actor, initiative_id)
    file = session.scalar(
        select(InitiativeFile).where(
            InitiativeFile.id == file_id,
            InitiativeFile.initiative_id == initiative.id,
            InitiativeFile.removed_at.is_(None),
        )
    )
    if file is None:
        raise NotFound(kind="initiative", key=file_id)
    file.removed_at = now
    session.flush()
    log_event(session, actor, now, "initiative.detach", initiative, {"document": file.document_id})
    return initiative


def load_initiative(session: Session, initiative_id: str) -> Initiative:
    """Raises NotFound; what may be done to it is the caller's to ask."""
    initiative = session.get(Initiative, initiative_id)
    if initiative is None:
        raise NotFound(kind="initiative", key=initiative_id)
    return initiative


def reindex(session: Session, initiative: Initiative, now: datetime) -> None:
    enqueue(session, JobKind.INDEX, [search_key("initiative", initiative.id)], now=now)


def _open(session: Session, actor: Viewer, initiative_id: str) -> Initiative:
    initiative = load_initiative(session, initiative_id)
    ensure(actor, Permission.INITIATIVE_EDIT, initiative)
    return initiative


def _link(session: Session, actor: Viewer, now: datetime, initiative: Initiative, document: Document) -> InitiativeFile:
    file = InitiativeFile(initiative_id=initiative.id, document_id=document.id, linked_by=actor.id, linked_at=now)
    session.add(file)
    session.flush()
    log_event(session, actor, now, "initiative.attach", initiative, {"document": document.id})
    return file


def _fill(session: Session, initiative: Initiative, draft: Draft, authors: list[InitiativeAuthor]) -> None:
    for name in PLAIN:
        setattr(initiative, name, getattr(draft, name))
    initiative.authors = authors
    if initiative in session and initiative.revision is not None:
        # Changed authors alone must count as a change too, or a second writer would not notice.
        flag_modified(initiative, "title")
    session.flush()


def _checked(session: Session, initiative: Initiative, draft: Draft) -> list[InitiativeAuthor]:
    """The authors' rows; raises Invalid for what cannot be kept even in a draft."""
    faults = {}
    theme = session.get(Theme, draft.theme_id) if draft.theme_id else None
    if draft.theme_id and (theme is None or theme.movement_id != initiative.movement_id):
        faults["theme_id"] = "Phong trào không có nội dung thi đua này."
    criterion = session.get(Criterion, draft.criterion_id) if draft.criterion_id else None
    if draft.criterion_id and (criterion is None or criterion.movement_id != initiative.movement_id):
        faults["criterion_id"] = "Phong trào không có tiêu chí này."
    if len(draft.title) > 500:
        faults["title"] = "Tên dài tối đa 500 ký tự."
    if len(draft.authors) > rules.MOST_AUTHORS:
        faults["authors"] = f"Một sáng kiến có tối đa {rules.MOST_AUTHORS} tác giả."
    lines = draft.authors
    if lines and not any(line.share for line in lines):
        shares = rules.equal_shares(len(lines))
        lines = tuple(AuthorLine(line.name, line.workplace, share) for line, share in zip(lines, shares, strict=True))
    colleagues = session.scalars(
        select(Person).where(Person.disabled_at.is_(None)).options(joinedload(Person.unit))
    ).all()
    authors = []
    for place, line in enumerate(lines):
        if not line.name.strip():
            faults["authors"] = "Mỗi tác giả phải có họ tên."
            continue
        found = _colleagues(line, colleagues)
        if len(found) > 1:
            faults["authors"] = f"Có nhiều người tên “{line.name}”; hãy chọn đúng người trong danh sách gợi ý."
        person = found[0] if len(found) == 1 else None
        workplace = line.workplace.strip()
        if person is not None and person.unit is not None:
            workplace = person.unit.name
        authors.append(
            InitiativeAuthor(
                position=place,
                person_id=person.id if person else None,
                name=person.name if person else line.name.strip(),
                workplace=workplace,
                share=line.share,
            )
        )
    people = [author.person_id for author in authors if author.person_id]
    if len(people) != len(set(people)):
        faults["authors"] = "Một người chỉ ghi một lần trong danh sách tác giả."
    if faults:
        raise Invalid(faults)
    return authors


def _colleagues(line: AuthorLine, people: Sequence[Person]) -> list[Person]:
    """Accounts a line can mean. A colleague who is an author may not judge, so a name is not left unlinked lightly."""
    name, _, unit = (part.strip().casefold() for part in line.name.partition(" · "))
    unit = unit or line.workplace.strip().casefold()
    same = [person for person in people if person.name.casefold() == name]
    if unit:
        return [person for person in same if person.unit is not None and person.unit.name.casefold() == unit]
    return same


def _words(source: Initiative | Draft, authors: Sequence[AuthorLine | InitiativeAuthor]) -> dict[str, str]:
    """The values of both sides of a conflict, as people read them."""
    found = {}
    for name, label in LABELS.items():
        value = getattr(source, name)
        if isinstance(value, date):
            found[label] = value.strftime("%d/%m/%Y")
        else:
            found[label] = str(getattr(value, "label", value) or "")
    found["Tác giả"] = "; ".join(f"{author.name} {rules.share_words(author.share)}%" for author in authors)
    return found
