"""Opening, writing, handing in, giving back and accepting plans and reports of units."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from archive import Receipt
from webapp.audit import log_event
from webapp.core.days import ward_day
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.revisions import ensure_fresh
from webapp.documents import service as documents
from webapp.documents.retention import begin_term, withdraw_document
from webapp.duties.queries import causes_of
from webapp.duties.service import await_again
from webapp.jobs.outbox import enqueue
from webapp.kinds import search_key
from webapp.models import (
    CriteriaGroup,
    Criterion,
    Document,
    DocumentState,
    GroupUnit,
    JobKind,
    Movement,
    PaperKind,
    PaperPart,
    PaperState,
    PaperVersion,
    PartKind,
    Person,
    PlanForm,
    Role,
    Theme,
    Unit,
    UnitPaper,
    new_id,
)
from webapp.notices.service import people_of_units, people_with, settle, tell
from webapp.permissions import Permission, Subject, Viewer, ensure
from webapp.submissions import rules

LONGEST = 50_000


def open_paper(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    movement_id: str,
    unit_id: str,
    kind: PaperKind,
    year: int,
    from_last_year: bool = False,
) -> UnitPaper:
    """The unit's paper of that kind and year, made when absent; with last year's texts as a start if asked for."""
    subject = Subject(kind="unit", id=unit_id, unit_id=unit_id, movement_id=movement_id)
    ensure(actor, Permission.PAPER_OPEN, subject)
    movement = session.get(Movement, movement_id)
    if movement is None:
        raise NotFound(kind="movement", key=movement_id)
    if kind not in rules.WRITTEN:
        raise Invalid("Loại văn bản này không soạn ở đây.")
    if not movement.first_year <= year <= movement.last_year:
        raise Invalid(f"Phong trào kéo dài từ {movement.first_year} đến {movement.last_year}.")
    unit = session.get_one(Unit, unit_id)
    if unit.dissolved_on is not None and unit.dissolved_on.year < year:
        raise Invalid("Đơn vị đã giải thể hoặc sáp nhập trước năm này.")
    paper = _find(session, movement_id, unit_id, kind, year)
    if paper is not None:
        return paper
    paper = UnitPaper(
        id=new_id(),
        movement_id=movement_id,
        unit_id=unit_id,
        kind=kind,
        year=year,
        form=PlanForm.SEPARATE,
        state=PaperState.DRAFT,
        version_no=0,
        created_by=actor.id,
        created_at=now,
    )
    session.add(paper)
    session.flush()
    before = _find(session, movement_id, unit_id, kind, year - 1) if from_last_year else None
    texts = _texts(session, before) if before is not None else {}
    for place, draft in enumerate(_drafts(session, paper)):
        session.add(
            PaperPart(
                paper_id=paper.id,
                position=place,
                kind=draft.kind,
                code=draft.code,
                title=draft.title,
                text=texts.get((draft.kind, draft.code), ""),
            )
        )
    session.flush()
    log_event(session, actor, now, "paper.open", paper, {"from": before.year if before else None})
    enqueue(session, JobKind.INDEX, [search_key("paper", paper.id)], now=now)
    return paper


def _find(session: Session, movement_id: str, unit_id: str, kind: PaperKind, year: int) -> UnitPaper | None:
    return session.scalar(
        select(UnitPaper).where(
            UnitPaper.movement_id == movement_id,
            UnitPaper.unit_id == unit_id,
            UnitPaper.kind == kind,
            UnitPaper.year == year,
        )
    )


def _drafts(session: Session, paper: UnitPaper) -> list[rules.PartDraft]:
    themes = session.execute(
        select(Theme.code, Theme.text)
        .where(Theme.movement_id == paper.movement_id, Theme.retired_at.is_(None))
        .order_by(Theme.position)
    ).all()
    criteria = session.execute(
        select(Criterion.code, Criterion.text)
        .join(CriteriaGroup, CriteriaGroup.id == Criterion.group_id)
        .join(GroupUnit, GroupUnit.group_id == CriteriaGroup.id)
        .where(
            GroupUnit.unit_id == paper.unit_id,
            Criterion.movement_id == paper.movement_id,
            Criterion.retired_at.is_(None),
            CriteriaGroup.retired_at.is_(None),
        )
        .order_by(CriteriaGroup.position, Criterion.position)
    ).all()
    return rules.parts_of(paper.kind, [(c, t) for c, t in themes], [(c, t) for c, t in criteria])


def _texts(session: Session, paper: UnitPaper) -> dict[tuple[PartKind, str], str]:
    rows = session.execute(select(PaperPart.kind, PaperPart.code, PaperPart.text).where(PaperPart.paper_id == paper.id))
    return {(kind, code): text for kind, code, text in rows}


def save_part(
    session: Session, *, actor: Viewer, now: datetime, paper_id: str, part_id: str, revision: int, text: str
) -> PaperPart:
    """Write one part. Raises Conflict with both texts when somebody else wrote it meanwhile."""
    paper = load_paper(session, paper_id)
    ensure(actor, Permission.PAPER_EDIT, paper)
    part = session.scalar(select(PaperPart).where(PaperPart.id == part_id, PaperPart.paper_id == paper_id))
    if part is None:
        raise NotFound(kind="paper", key=part_id)
    text = text.replace("\r\n", "\n").rstrip()
    if len(text) > LONGEST:
        raise Invalid({"text": f"Mỗi mục dài tối đa {LONGEST} ký tự; hãy đưa phần dài vào tệp kèm theo."})
    if text == part.text:
        return part
    ensure_fresh(part, revision, Conflict(theirs={"text": part.text}, mine={"text": text}))
    part.text, part.saved_by, part.saved_at = text, actor.id, now
    session.flush()
    log_event(session, actor, now, "paper.write", paper, {"part": part.code or part.kind.value})
    if paper.state is PaperState.DRAFT:
        enqueue(session, JobKind.INDEX, [search_key("paper", paper.id)], now=now)
    return part


def choose_form(session: Session, *, actor: Viewer, now: datetime, paper_id: str, form: PlanForm) -> UnitPaper:
    """Whether a plan is one of its own or part of the work programme."""
    paper = load_paper(session, paper_id)
    ensure(actor, Permission.PAPER_EDIT, paper)
    if paper.form is not form:
        paper.form = form
        session.flush()
        log_event(session, actor, now, "paper.form", paper, {"to": form.value})
    return paper


def attach_file(
    session: Session, *, actor: Viewer, now: datetime, paper_id: str, receipt: Receipt, batch_id: str
) -> UnitPaper:
    """The signed file that goes with the paper; another one takes its place, and what was handed in stays."""
    paper = load_paper(session, paper_id)
    ensure(actor, Permission.PAPER_EDIT, paper)
    document = _document(session, paper)
    if document is not None and documents.current_version(session, document).sha256 == receipt.sha256:
        raise Invalid({"file": "Tệp này giống hệt tệp đang kèm theo."})
    if document is not None and document.state is DocumentState.DRAFT:
        withdraw_document(
            session,
            actor=actor,
            now=now,
            document_id=document.id,
            reason="Thay bằng tệp khác khi đang soạn",
            revision=document.revision,
        )
    # Never a version of what was handed in: others see that, and a correction is the unit's until it is handed in.
    unit = session.get_one(Unit, paper.unit_id)
    paper.document_id = documents.add_document(
        session,
        actor=actor,
        now=now,
        new=documents.NewDocument(
            receipt=receipt,
            kind=paper.kind.document_kind,
            unit_id=paper.unit_id,
            movement_id=paper.movement_id,
            year=paper.year,
            batch_id=batch_id,
            title=f"{paper.name} · {unit.name}",
        ),
    ).id
    session.flush()
    log_event(session, actor, now, "paper.attach", paper, {"sha256": receipt.sha256})
    return paper


def submit_paper(session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, paper_id: str) -> UnitPaper:
    """The head hands it in; what it says now becomes a version for ever."""
    paper = load_paper(session, paper_id)
    ensure(actor, Permission.PAPER_SUBMIT, paper)
    parts = session.scalars(select(PaperPart).where(PaperPart.paper_id == paper.id).order_by(PaperPart.position)).all()
    document = session.get(Document, paper.document_id) if paper.document_id else None
    if document is not None and document.withdrawn_at is not None:
        document = None
    if rules.is_empty([part.text for part in parts], has_file=document is not None):
        raise Invalid("Văn bản còn trống: hãy viết ít nhất một mục hoặc gắn tệp đã ký.")
    paper.state = _move(paper, "submit")
    paper.version_no += 1
    paper.submitted_at, paper.return_reason = now, ""
    paper.first_submitted_at = paper.first_submitted_at or now
    session.add(
        PaperVersion(
            paper_id=paper.id,
            no=paper.version_no,
            content=[
                {"kind": part.kind.value, "code": part.code, "title": part.title, "text": part.text} for part in parts
            ],
            document_id=document.id if document else None,
            sha256=documents.current_version(session, document).sha256 if document else None,
            submitted_by=actor.id,
            submitted_at=now,
            on_behalf=actor.on_behalf or None,
        )
    )
    session.flush()
    log_event(session, actor, now, "paper.submit", paper, {"version": paper.version_no})
    _follow(session, paper, document, DocumentState.SUBMITTED, now)
    unit = session.get_one(Unit, paper.unit_id)
    today = ward_day(now, timezone)
    office = people_with(session, Role.STANDING_OFFICE, movement_id=paper.movement_id, now=now, today=today)
    of_office = set(session.scalars(select(Person.unit_id).where(Person.id.in_(office))))
    if paper.unit_id in of_office:
        # The office does not receive what its own unit hands in.
        office |= people_with(session, Role.LEADERSHIP, movement_id=paper.movement_id, now=now, today=today)
    office -= {actor.id or ""}
    settle(
        session, now=now, causes=[f"paper:{paper.id}:returned", f"paper:{paper.id}:ready", *causes_of(session, paper)]
    )
    _tell(session, paper, office, f"submitted:{paper.version_no}", f"{unit.name} đã trình {paper.name}.", now, timezone)
    return paper


def return_paper(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    timezone: ZoneInfo,
    paper_id: str,
    reason: str,
    again_until: date | None = None,
) -> UnitPaper:
    """The office gives it back with a reason; the unit corrects and hands in again, by `again_until` if it says so."""
    paper = load_paper(session, paper_id)
    ensure(actor, Permission.PAPER_RETURN, paper)
    if not reason.strip():
        raise Invalid({"reason": "Hãy ghi lý do trả lại để đơn vị biết cần sửa gì."})
    paper.state = _move(paper, "return")
    paper.return_reason = reason.strip()
    session.flush()
    today = ward_day(now, timezone)
    by_when = await_again(session, actor=actor, now=now, today=today, paper=paper, until=again_until)
    log_event(session, actor, now, "paper.return", paper, {"version": paper.version_no}, reason=reason.strip())
    _follow(session, paper, _document(session, paper), DocumentState.RETURNED, now)
    settle(session, now=now, causes=[f"paper:{paper.id}:submitted"])
    tell_unit(session, paper, "returned", f"{paper.name} được trả lại: {reason.strip()}{by_when}", now, timezone)
    return paper


def accept_paper(session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, paper_id: str) -> UnitPaper:
    """The office takes it; from now on it counts in the synthesis."""
    paper = load_paper(session, paper_id)
    ensure(actor, Permission.PAPER_ACCEPT, paper)
    paper.state = _move(paper, "accept")
    paper.accepted_at = now
    session.flush()
    log_event(session, actor, now, "paper.accept", paper, {"version": paper.version_no})
    _follow(session, paper, _document(session, paper), DocumentState.ACCEPTED, now)
    settle(session, now=now, causes=[f"paper:{paper.id}:submitted"])
    tell_unit(session, paper, "accepted", f"Cơ quan thường trực đã nhận {paper.name}.", now, timezone)
    return paper


def _move(paper: UnitPaper, move: str) -> PaperState:
    try:
        return rules.MOVES[paper.state, move]
    except KeyError as error:
        raise Invalid(f"Văn bản đang ở trạng thái “{paper.state.label}” nên không làm được việc này.") from error


def _follow(session: Session, paper: UnitPaper, document: Document | None, state: DocumentState, now: datetime) -> None:
    """The signed file has the audience of the paper it goes with."""
    keys = [search_key("paper", paper.id)]
    if document is not None and document.state is not DocumentState.PUBLISHED:
        document.state = state
        begin_term(session, document)
        keys.append(search_key("document", document.id))
    session.flush()
    enqueue(session, JobKind.INDEX, keys, now=now)


def _document(session: Session, paper: UnitPaper) -> Document | None:
    document = session.get(Document, paper.document_id) if paper.document_id else None
    return document if document is not None and document.withdrawn_at is None else None


def tell_unit(session: Session, paper: UnitPaper, cause: str, text: str, now: datetime, timezone: ZoneInfo) -> None:
    """A notice to those who write for the unit, once for each cause and version."""
    today = ward_day(now, timezone)
    people = people_of_units(session, {paper.unit_id}, roles=(Role.CLERK, Role.HEAD), now=now, today=today)
    _tell(session, paper, people[paper.unit_id], f"{cause}:{paper.version_no}", text, now, timezone)


def _tell(
    session: Session, paper: UnitPaper, people: set[str], cause: str, text: str, now: datetime, timezone: ZoneInfo
) -> None:
    key, link = f"paper:{paper.id}:{cause}", f"/papers/{paper.id}"
    tell(session, now=now, timezone=timezone, people=people, key=key, text=text, link=link)


def load_paper(session: Session, paper_id: str) -> UnitPaper:
    """The paper with its unit, for whoever then asks whether the actor may."""
    paper = session.get(UnitPaper, paper_id, options=[joinedload(UnitPaper.unit)])
    if paper is None:
        raise NotFound(kind="paper", key=paper_id)
    return paper
