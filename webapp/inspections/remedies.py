"""What a unit has to put right after a conclusion: answered with evidence, sent back or closed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import Receipt
from webapp.audit import log_event
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.revisions import ensure_fresh
from webapp.inspections import rules
from webapp.inspections.findings import keep_file
from webapp.inspections.rules import Moment
from webapp.inspections.visits import load_visit, tell_team, tell_unit
from webapp.models import InspectionRemedy, InspectionVisit, RemedyState, VisitState
from webapp.notices.service import settle
from webapp.permissions import Permission, Viewer, ensure

MOST_FILES = 10


def answer_remedy(
    session: Session,
    *,
    actor: Viewer,
    moment: Moment,
    remedy_id: str,
    revision: int,
    text: str,
    files: Sequence[Receipt] = (),
) -> InspectionRemedy:
    """The unit says what it did, with evidence. Raises Conflict when it was answered or closed meanwhile."""
    one, visit = _load(session, remedy_id)
    ensure(actor, Permission.VISIT_ANSWER, visit)
    if one.state is RemedyState.CLOSED:
        raise Invalid("Việc này đã được xác nhận là đã khắc phục.")
    text = text.strip()
    ensure_fresh(one, revision, Conflict(theirs={"Báo cáo": one.answer}, mine={"Báo cáo": text}))
    faults = {}
    if not text:
        faults["answer"] = "Hãy ghi đơn vị đã khắc phục thế nào."
    elif len(text) > rules.LONGEST_TEXT:
        faults["answer"] = f"Nội dung dài tối đa {rules.LONGEST_TEXT} ký tự."
    if len(files) > MOST_FILES:
        faults["files"] = f"Mỗi lần gửi nhiều nhất {MOST_FILES} tệp."
    if faults:
        raise Invalid(faults)
    one.answer, one.state, one.answered_at, one.answered_by = text, RemedyState.ANSWERED, moment.now, actor.id
    one.answers += 1
    for receipt in files:
        keep_file(session, actor=actor, now=moment.now, visit=visit, receipt=receipt, of_team=False, remedy_id=one.id)
    session.flush()
    log_event(session, actor, moment.now, "inspection-visit.answer-remedy", visit, {"remedy": one.id})
    tell_team(
        session, moment, visit, f"remedy:{one.id}:answer:{one.answers}", f"{visit.unit.name} đã báo cáo khắc phục."
    )
    return one


def close_remedy(
    session: Session, *, actor: Viewer, moment: Moment, remedy_id: str, revision: int, closed: bool, note: str
) -> InspectionRemedy:
    """Put right (`closed`), or to be done again with the reason. With the last one the visit is closed."""
    one, visit = _load(session, remedy_id)
    ensure(actor, Permission.REMEDY_CLOSE, visit)
    if one.state is not RemedyState.ANSWERED:
        raise Invalid("Chỉ xác nhận được khi đơn vị đã báo cáo khắc phục.")
    ensure_fresh(one, revision, Conflict("Đơn vị vừa báo cáo lại; hãy đọc rồi xác nhận."))
    note = note.strip()[: rules.LONGEST_REASON]
    if not closed and not note:
        raise Invalid({"note": "Hãy ghi vì sao chưa đạt."})
    one.note = note
    if closed:
        one.state, one.closed_at, one.closed_by = RemedyState.CLOSED, moment.now, actor.id
    else:
        one.state = RemedyState.OPEN
    session.flush()
    action = "close-remedy" if closed else "return-remedy"
    log_event(session, actor, moment.now, f"inspection-visit.{action}", visit, {"remedy": one.id}, reason=note)
    settle(session, now=moment.now, causes=[f"visit:{visit.id}:remedy:{one.id}"])
    if not closed:
        tell_unit(session, moment, visit, f"remedy:{one.id}:return:{one.answers}", f"Khắc phục chưa đạt: {note}")
    elif not _any_open(session, visit) and visit.state is VisitState.CONCLUDED:
        visit.state = VisitState.CLOSED
        session.flush()
        log_event(session, actor, moment.now, "inspection-visit.close", visit)
        tell_unit(session, moment, visit, "close", "Các việc phải khắc phục sau kiểm tra đã được xác nhận.")
    return one


def _any_open(session: Session, visit: InspectionVisit) -> bool:
    return (
        session.scalar(
            select(InspectionRemedy.id)
            .where(InspectionRemedy.visit_id == visit.id, InspectionRemedy.state != RemedyState.CLOSED)
            .limit(1)
        )
        is not None
    )


def _load(session: Session, remedy_id: str) -> tuple[InspectionRemedy, InspectionVisit]:
    """The visit is held first, so that of two remedies closed at once one is the last."""
    visit_id = session.scalar(select(InspectionRemedy.visit_id).where(InspectionRemedy.id == remedy_id))
    if visit_id is None:
        raise NotFound(kind="inspection-visit", key=remedy_id)
    visit = load_visit(session, visit_id)
    return session.get_one(InspectionRemedy, remedy_id, populate_existing=True), visit
