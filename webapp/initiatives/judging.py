"""Handing in, giving back, reviewing, deciding, taking over, honouring: one move of `rules.MOVES` each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.audit import log_event
from webapp.core.errors import Conflict, Invalid
from webapp.documents.decisions import find_decision
from webapp.documents.retention import begin_term
from webapp.initiatives import rules
from webapp.initiatives.service import load_initiative, reindex
from webapp.jobs.outbox import enqueue
from webapp.kinds import search_key
from webapp.models import (
    RECOGNISED_STATES,
    Document,
    DocumentState,
    Initiative,
    InitiativeAdoption,
    InitiativeFile,
    InitiativeReview,
    InitiativeState,
    JobKind,
)
from webapp.notices.service import settle
from webapp.permissions import Permission, Viewer, ensure

SCORES = ("novelty", "effect", "spread")


def list_missing(initiative: Initiative, *, today: date) -> dict[str, str]:
    """What stands against handing it in, by field of the form."""
    return rules.missing(
        title=initiative.title,
        field=initiative.field,
        problem=initiative.problem,
        solution=initiative.solution,
        effect=initiative.effect,
        first_applied_on=initiative.first_applied_on,
        today=today,
        shares=[author.share for author in initiative.authors],
    )


def submit_initiative(session: Session, *, actor: Viewer, now: datetime, today: date, initiative_id: str) -> Initiative:
    """The head signs off; its files become visible with it. Raises Invalid with what is missing, by field."""
    initiative, state = _moving(session, actor, initiative_id, "submit")
    faults = list_missing(initiative, today=today)
    if faults:
        raise Invalid(faults)
    initiative.state, initiative.return_reason = state, ""
    initiative.submissions += 1
    initiative.submitted_on = today
    initiative.first_submitted_on = initiative.first_submitted_on or today
    session.flush()
    settle(session, now=now, causes=[f"initiative:{initiative.id}:ready"])
    log_event(session, actor, now, "initiative.submit", initiative, {"submission": initiative.submissions})
    _show_files(session, initiative, now)
    reindex(session, initiative, now)
    return initiative


def return_initiative(
    session: Session, *, actor: Viewer, now: datetime, initiative_id: str, submission: int, reason: str
) -> Initiative:
    """Given back to the unit, with a reason."""
    initiative, state = _moving(session, actor, initiative_id, "return", submission)
    if not reason.strip():
        raise Invalid({"reason": "Hãy ghi lý do trả lại để đơn vị biết cần bổ sung gì."})
    initiative.state, initiative.return_reason = state, reason.strip()
    session.flush()
    log_event(session, actor, now, "initiative.return", initiative, {"submission": submission}, reason=reason)
    reindex(session, initiative, now)
    return initiative


def review_initiative(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    initiative_id: str,
    submission: int,
    scores: dict[str, int | None],
    comment: str,
) -> InitiativeReview:
    """The actor's scores (SCORES, 0 to 10 each) and comment on this submission; a second time replaces the first."""
    initiative, state = _moving(session, actor, initiative_id, "review", submission)
    faults = {}
    given = {}
    for name in SCORES:
        score = scores.get(name)
        if score is None or not 0 <= score <= 10:
            faults[name] = "Hãy cho điểm từ 0 đến 10."
        else:
            given[name] = score
    if not comment.strip():
        faults["comment"] = "Hãy ghi nhận xét bằng lời."
    if faults:
        raise Invalid(faults)
    review = session.scalar(
        select(InitiativeReview).where(
            InitiativeReview.initiative_id == initiative.id,
            InitiativeReview.submission == submission,
            InitiativeReview.reviewer_id == actor.id,
        )
    )
    if review is None:
        assert actor.id is not None
        review = InitiativeReview(initiative_id=initiative.id, submission=submission, reviewer_id=actor.id)
        session.add(review)
    for name, score in given.items():
        setattr(review, name, score)
    review.comment, review.reviewed_at = comment.strip(), now
    initiative.state = state
    session.flush()
    log_event(session, actor, now, "initiative.review", initiative, {"submission": submission})
    reindex(session, initiative, now)
    return review


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Recognised or not, by which decision of which day, `document_id` its signed paper; `reason` when not."""

    recognised: bool
    number: str
    decided_on: date | None
    reason: str
    document_id: str | None = None


def decide_initiative(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    today: date,
    initiative_id: str,
    submission: int,
    verdict: Verdict,
) -> Initiative:
    """Recognised by a decision with number and day, or declined with a written reason: by the ward's leadership, or
    entered by the office from the signed paper."""
    move = "recognise" if verdict.recognised else "decline"
    initiative, state = _moving(session, actor, initiative_id, move, submission)
    faults = {}
    if not verdict.recognised and not verdict.reason.strip():
        faults["reason"] = "Không công nhận thì phải ghi lý do; đơn vị và tác giả đọc nguyên văn."
    number, day, paper = _decision(session, actor, today, verdict, faults, needed=verdict.recognised)
    if faults:
        raise Invalid(faults)
    initiative.state, initiative.decided_on, initiative.decided_by = state, today, actor.id
    initiative.decision_number, initiative.decision_date, initiative.decision_document_id = number, day, paper
    initiative.decision_reason = verdict.reason.strip()
    session.flush()
    details = {"submission": submission, "number": number or None}
    log_event(session, actor, now, f"initiative.{move}", initiative, details, reason=verdict.reason)
    reindex(session, initiative, now)
    return initiative


def complete_decision(
    session: Session, *, actor: Viewer, now: datetime, today: date, initiative_id: str, verdict: Verdict
) -> Initiative:
    """Number and day of a recognition that was entered without them."""
    initiative = load_initiative(session, initiative_id)
    ensure(actor, Permission.INITIATIVE_DECIDE, initiative)
    if initiative.state not in RECOGNISED_STATES or (initiative.decision_number and initiative.decision_date):
        raise Invalid("Quyết định công nhận đã có đủ số, ngày, hoặc sáng kiến chưa được công nhận.")
    faults: dict[str, str] = {}
    number, day, paper = _decision(session, actor, today, verdict, faults, needed=True)
    if faults:
        raise Invalid(faults)
    initiative.decision_number, initiative.decision_date, initiative.decision_document_id = number, day, paper
    session.flush()
    log_event(session, actor, now, "initiative.complete-decision", initiative, {"number": number})
    return initiative


def _decision(
    session: Session, actor: Viewer, today: date, verdict: Verdict, faults: dict[str, str], *, needed: bool
) -> tuple[str, date | None, str | None]:
    """(number, day, id of the signed paper) of a decision, those of the paper where the form leaves them out; what is
    wrong goes into `faults`."""
    paper = None
    try:
        paper = find_decision(session, verdict.document_id, actor=actor)
    except Invalid as fault:
        faults.update(fault.fields)
    number = verdict.number.strip() or (paper.number if paper and paper.number else "")
    day = verdict.decided_on or (paper.issued_on if paper else None)
    if day is not None and day > today:
        faults["decided_on"] = "Ngày của quyết định chưa đến."
    if len(number) > 60:
        faults["number"] = "Số, ký hiệu dài tối đa 60 ký tự."
    if needed and "document_id" not in faults:
        if not number:
            faults["number"] = "Công nhận thì phải có số, ký hiệu của quyết định."
        if day is None:
            faults["decided_on"] = "Công nhận thì phải có ngày của quyết định."
    return number, day, paper.id if paper else None


def adopt_initiative(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    today: date,
    initiative_id: str,
    unit_id: str,
    adopted_on: date | None,
    result: str,
) -> InitiativeAdoption:
    """Another unit, one of the actor's own, took it over; the first such unit makes it replicated."""
    initiative, state = _moving(session, actor, initiative_id, "adopt")
    faults = {}
    if unit_id not in actor.own_units or unit_id == initiative.unit_id:
        faults["unit_id"] = "Hãy chọn đơn vị của bạn, không phải đơn vị có sáng kiến."
    elif session.scalar(
        select(InitiativeAdoption.id).where(
            InitiativeAdoption.initiative_id == initiative.id, InitiativeAdoption.unit_id == unit_id
        )
    ):
        faults["unit_id"] = "Việc áp dụng của đơn vị này đã được ghi từ trước."
    if adopted_on is None:
        faults["adopted_on"] = "Hãy ghi ngày bắt đầu áp dụng."
    elif adopted_on > today:
        faults["adopted_on"] = "Ngày áp dụng chưa đến."
    if not result.strip():
        faults["result"] = "Hãy ghi kết quả áp dụng tại đơn vị."
    if faults or adopted_on is None:
        raise Invalid(faults)
    adoption = InitiativeAdoption(
        initiative_id=initiative.id,
        unit_id=unit_id,
        adopted_on=adopted_on,
        result=result.strip(),
        entered_by=actor.id,
        entered_at=now,
    )
    session.add(adoption)
    initiative.state = state
    session.flush()
    log_event(session, actor, now, "initiative.adopt", initiative, {"to": state.label})
    reindex(session, initiative, now)
    return adoption


def honour_initiative(
    session: Session, *, actor: Viewer, now: datetime, today: date, initiative_id: str, number: str, note: str
) -> Initiative:
    """What it was honoured with: a note, and the number of the decision if there is one."""
    initiative, state = _moving(session, actor, initiative_id, "honour")
    if not note.strip():
        raise Invalid({"note": "Hãy ghi hình thức biểu dương."})
    if len(number.strip()) > 60:
        raise Invalid({"number": "Số, ký hiệu dài tối đa 60 ký tự."})
    initiative.state, initiative.honoured_on = state, today
    initiative.honour_number, initiative.honour_note = number.strip(), note.strip()
    session.flush()
    log_event(session, actor, now, "initiative.honour", initiative, {"number": number.strip() or None})
    reindex(session, initiative, now)
    return initiative


def _moving(
    session: Session, actor: Viewer, initiative_id: str, move: str, submission: int | None = None
) -> tuple[Initiative, InitiativeState]:
    """The initiative and the state the move leads to. Raises Refused, Invalid (not now), Conflict (handed in anew)."""
    initiative = load_initiative(session, initiative_id)
    ensure(actor, rules.NEEDED[move], initiative)
    if (initiative.state, move) not in rules.MOVES:
        raise Invalid(f"Sáng kiến đang ở trạng thái “{initiative.state.label}” nên không làm được việc này.")
    if submission is not None and submission != initiative.submissions:
        raise Conflict("Sáng kiến đã được trình lại trong lúc bạn đang xem. Hãy đọc bản mới rồi làm lại việc này.")
    return initiative, rules.MOVES[initiative.state, move]


def _show_files(session: Session, initiative: Initiative, now: datetime) -> None:
    """Files have the audience of what they go with, from the first submission on."""
    documents = session.scalars(
        select(Document)
        .join(InitiativeFile, InitiativeFile.document_id == Document.id)
        .where(
            InitiativeFile.initiative_id == initiative.id,
            InitiativeFile.removed_at.is_(None),
            Document.withdrawn_at.is_(None),
            Document.state == DocumentState.DRAFT,
        )
    ).all()
    for document in documents:
        document.state = DocumentState.SUBMITTED
        begin_term(session, document)
    session.flush()
    enqueue(session, JobKind.INDEX, [search_key("document", document.id) for document in documents], now=now)
