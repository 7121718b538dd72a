"""Putting a line right: a decision of its own with one award. The old line stays and tells by what it was put right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from webapp.audit import log_event
from webapp.commendation.decisions import rules
from webapp.commendation.decisions.afterwards import load_for_change
from webapp.commendation.decisions.service import LONGEST_NUMBER, ensure_number_is_new
from webapp.commendation.nominations.rules import HONORIFICS, folded_name
from webapp.commendation.nominations.service import LONGEST_ACHIEVEMENT, LONGEST_NAME
from webapp.core.errors import Invalid
from webapp.documents.decisions import ensure_is, find_decision
from webapp.models import Award, AwardDecision, AwardDecisionState, AwardSubject
from webapp.people.rules import clean
from webapp.permissions import Viewer

LONGEST_REASON = 500
WORDS = ("name", "honorific", "post", "workplace", "achievement")
# What the old line keeps and the new one takes over as it is.
CARRIED = (
    "nomination_id", "title_id", "title_name", "manner", "subject", "year", "person_id", "unit_id", "leads",
    "base_pay", "coefficient", "amount", "money_words", "paid_on", "paid_amount", "paid_note",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What the new decision says: its number and day, why, and the line as it should stand. `document_id` is the signed
    paper (see documents.decisions)."""

    number: str
    decided_on: date | None
    signer_name: str
    signer_post: str
    reason: str
    name: str
    honorific: str
    post: str
    workplace: str
    achievement: str
    document_id: str | None = None


def correct_award(
    session: Session, *, actor: Viewer, now: datetime, today: date, award_id: str, correction: Correction
) -> Award:
    """The line that stands from now on. Money and payment go over to it; it is handed over anew. Raises Invalid by field,
    also where nothing differs."""
    old = load_for_change(session, actor, award_id)
    if faults := _faults(old, correction, today):
        raise Invalid(faults)
    assert correction.decided_on is not None
    paper = find_decision(session, correction.document_id, actor=actor)
    ensure_is(paper, number=correction.number, day=correction.decided_on)
    ensure_number_is_new(session, correction.number, correction.decided_on)
    before = old.decision
    decision = AwardDecision(
        movement_id=before.movement_id,
        round_id=before.round_id,
        year=before.year,
        state=AwardDecisionState.ISSUED,
        number=correction.number.strip(),
        decided_on=correction.decided_on,
        signer_name=correction.signer_name.strip(),
        signer_post=correction.signer_post.strip(),
        reason=correction.reason.strip(),
        document_id=paper.id if paper else None,
        created_by=actor.id,
        created_at=now,
        issued_at=now,
    )
    session.add(decision)
    session.flush()
    name = clean(correction.name)
    new = Award(
        decision_id=decision.id,
        corrects_id=old.id,
        ordinal=1,
        name=name,
        folded=folded_name(name),
        honorific=correction.honorific,
        post=clean(correction.post),
        workplace=clean(correction.workplace),
        achievement=correction.achievement.strip(),
        created_at=now,
        **{field: getattr(old, field) for field in CARRIED},
    )
    session.add(new)
    session.flush()
    details = {"number": decision.number, "by": new.id}
    log_event(session, actor, now, "award.correct", old, details, reason=correction.reason)
    log_event(session, actor, now, "award-decision.issue", decision, {"number": decision.number, "lines": 1})
    return new


def _faults(old: Award, new: Correction, today: date) -> dict[str, str]:
    faults = {}
    if not new.number.strip() or len(new.number.strip()) > LONGEST_NUMBER:
        faults["number"] = f"Hãy ghi số, ký hiệu của quyết định đính chính, tối đa {LONGEST_NUMBER} ký tự."
    if fault := rules.day_fault(
        new.decided_on, decided_on=old.decision.decided_on, today=today, what="quyết định đính chính"
    ):
        faults["decided_on"] = fault
    if not new.reason.strip() or len(new.reason) > LONGEST_REASON:
        faults["reason"] = f"Hãy ghi vì sao đính chính, tối đa {LONGEST_REASON} ký tự."
    for field, most, sentence in (
        ("name", LONGEST_NAME, "Hãy ghi tên."),
        ("achievement", LONGEST_ACHIEVEMENT, "Hãy ghi thành tích."),
        ("signer_name", LONGEST_NAME, "Hãy ghi họ tên người ký."),
        ("signer_post", LONGEST_NAME, "Hãy ghi chức vụ người ký."),
    ):
        if not getattr(new, field).strip() or len(getattr(new, field)) > most:
            faults[field] = sentence
    if not folded_name(new.name):
        faults["name"] = "Hãy ghi tên."
    for field in ("post", "workplace"):
        if len(getattr(new, field)) > LONGEST_NAME:
            faults[field] = f"Dài tối đa {LONGEST_NAME} ký tự."
    if new.honorific not in HONORIFICS or (new.honorific and old.subject is not AwardSubject.PERSON):
        faults["honorific"] = "Hãy chọn Ông hoặc Bà; chỉ ghi cho cá nhân."
    if not faults and all(clean(getattr(new, field)) == clean(getattr(old, field)) for field in WORDS):
        faults["name"] = "Chưa sửa gì so với dòng cũ."
    return faults
