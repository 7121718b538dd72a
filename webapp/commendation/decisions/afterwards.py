"""What happens to an award after its decision: handed over, paid, revoked, recovered. The line and its number stay."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.audit import log_event
from webapp.commendation.decisions import rules
from webapp.commendation.decisions.service import ensure_number_is_new
from webapp.core.errors import Invalid, NotFound
from webapp.documents.decisions import ensure_is, find_decision
from webapp.models import Award, AwardDecisionState
from webapp.permissions import Permission, Viewer, ensure

LONGEST = 500
MOST_MONEY = 10**12
CORRECTED = "Dòng này đã được đính chính bằng Quyết định số {} ngày {:%d/%m/%Y}; hãy làm ở dòng mới."
REVOKED = "Khen thưởng này đã bị thu hồi ngày {:%d/%m/%Y} theo Quyết định số {}."


def hand_over(
    session: Session, *, actor: Viewer, now: datetime, today: date, award_id: str, day: date | None, to: str
) -> Award:
    """The certificate was given: when, to whom."""
    award = load_for_change(session, actor, award_id)
    if award.handed_on is not None:
        raise Invalid(f"Đã ghi trao ngày {award.handed_on:%d/%m/%Y}.")
    faults = _day(award, day, today, "trao")
    if not to.strip() or len(to) > LONGEST:
        faults["to"] = "Hãy ghi người nhận."
    _raise(faults)
    award.handed_on, award.handed_to = day, to.strip()
    session.flush()
    log_event(session, actor, now, "award.hand-over", award, {"day": _iso(day)})
    return award


@dataclass(frozen=True, slots=True)
class Handed:
    """When, to whom; empty: to the honoured themselves."""

    day: date | None
    to: str = ""


def hand_over_several(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    today: date,
    decision_id: str,
    award_ids: Collection[str],
    handed: Handed,
) -> int:
    """The certificates of lines of one decision, all or none; returns how many. Raises Invalid naming the first that
    cannot be."""
    rows = session.scalars(
        select(Award).where(Award.decision_id == decision_id, Award.id.in_(set(award_ids))).order_by(Award.ordinal)
    ).all()
    if len(rows) < len(set(award_ids)):
        raise NotFound(kind="award", key="")
    if not rows:
        raise Invalid({"award": "Hãy chọn ít nhất một dòng."})
    for award in rows:
        try:
            to = handed.to.strip() or award.called
            hand_over(session, actor=actor, now=now, today=today, award_id=award.id, day=handed.day, to=to)
        except Invalid as fault:
            raise Invalid(
                {name or "award": f"{award.ordinal}. {award.called}: {said}" for name, said in fault.fields.items()}
            ) from fault
    return len(rows)


@dataclass(frozen=True, slots=True)
class Payment:
    """When, how many đồng, and why another amount than the one worked out."""

    day: date | None
    amount: int | None
    note: str = ""


def pay(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    today: date,
    award_id: str,
    payment: Payment,
) -> Award:
    """The reward was paid. Another amount than the one worked out needs a note why."""
    day, amount, note = payment.day, payment.amount, payment.note
    award = load_for_change(session, actor, award_id)
    if award.amount is None:
        raise Invalid(award.money_words or "Hình thức này không kèm tiền thưởng.")
    if award.paid_on is not None:
        raise Invalid(f"Đã ghi chi thưởng ngày {award.paid_on:%d/%m/%Y}.")
    faults = _day(award, day, today, "chi thưởng")
    if amount is None or amount < 0:
        faults["amount"] = "Hãy ghi số tiền đã chi."
    elif amount != award.amount and not note.strip():
        faults["note"] = "Số tiền khác với số đã tính; hãy ghi vì sao."
    if len(note) > LONGEST:
        faults["note"] = f"Ghi chú dài tối đa {LONGEST} ký tự."
    _raise(faults)
    award.paid_on, award.paid_amount, award.paid_note = day, amount, note.strip()
    session.flush()
    log_event(session, actor, now, "award.pay", award, {"day": _iso(day), "amount": amount})
    return award


@dataclass(frozen=True, slots=True)
class Revocation:
    """The decision that takes an award back: its day, number, why, and the signed paper."""

    day: date | None
    number: str
    reason: str
    document_id: str | None = None


def revoke(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    today: date,
    award_id: str,
    revocation: Revocation,
) -> Award:
    """Taken back by a decision, for a reason: the line stays, its number stays, what was paid is to be recovered.

    Who is not the ward's leadership names the signed decision in the archive. Raises Invalid by field.
    """
    day, number, reason = revocation.day, revocation.number, revocation.reason
    award = load_for_change(session, actor, award_id)
    faults = _day(award, day, today, "thu hồi")
    if not number.strip() or len(number) > 60:
        faults["number"] = "Hãy ghi số, ký hiệu của quyết định thu hồi."
    if not reason.strip() or len(reason) > LONGEST:
        faults["reason"] = f"Hãy ghi lý do thu hồi, tối đa {LONGEST} ký tự."
    _raise(faults)
    ensure_is(find_decision(session, revocation.document_id, actor=actor), number=number, day=day)
    ensure_number_is_new(session, number, day)
    award.revoked_on, award.revoked_number, award.revoked_reason = day, number.strip(), reason.strip()
    award.to_recover = award.paid_amount or 0
    session.flush()
    log_event(
        session,
        actor,
        now,
        "award.revoke",
        award,
        {"number": number.strip(), "recover": award.to_recover},
        reason=reason,
    )
    return award


def recover(
    session: Session, *, actor: Viewer, now: datetime, today: date, award_id: str, day: date | None, amount: int | None
) -> Award:
    """Money of a revoked award came back, all of it or a part; each part is an event of the log."""
    award = _of_issued(session, actor, award_id)
    if award.revoked_on is None or not award.to_recover:
        raise Invalid("Không có tiền phải thu hồi của khen thưởng này.")
    before = award.recovered_amount or 0
    if before >= award.to_recover and award.recovered_on is not None:
        raise Invalid(f"Đã thu hồi đủ tiền ngày {award.recovered_on:%d/%m/%Y}.")
    faults = _day(award, day, today, "thu hồi tiền")
    if amount is None or not 0 < amount <= award.to_recover - before:
        faults["amount"] = "Hãy ghi số tiền vừa thu hồi, không quá số còn phải thu hồi."
    _raise(faults)
    award.recovered_on, award.recovered_amount = day, before + (amount or 0)
    session.flush()
    log_event(session, actor, now, "award.recover", award, {"day": _iso(day), "amount": amount})
    return award


def find_correction(session: Session, award_id: str) -> Award | None:
    """The line by which a later decision put this one right, with its decision."""
    return session.scalar(
        select(Award).where(Award.corrects_id == award_id).options(joinedload(Award.decision)).limit(1)
    )


def load_for_change(session: Session, actor: Viewer, award_id: str) -> Award:
    """An award of an issued decision that the actor looks after, neither revoked nor put right. Raises NotFound,
    Refused, Invalid with the decision that stands against it."""
    award = _of_issued(session, actor, award_id)
    _ensure_stands(session, award)
    return award


def _of_issued(session: Session, actor: Viewer, award_id: str) -> Award:
    # By a statement: an award that the session holds already comes with its decision all the same.
    award = session.scalar(select(Award).where(Award.id == award_id).options(joinedload(Award.decision)))
    if award is None or award.decision.state is not AwardDecisionState.ISSUED:
        raise NotFound(kind="award", key=award_id)
    ensure(actor, Permission.AWARD_DECISION_MANAGE, award.decision)
    return award


def _ensure_stands(session: Session, award: Award) -> None:
    if award.revoked_on is not None:
        raise Invalid(REVOKED.format(award.revoked_on, award.revoked_number))
    if (later := find_correction(session, award.id)) is not None:
        raise Invalid(CORRECTED.format(later.decision.number, later.decision.decided_on))


def _day(award: Award, day: date | None, today: date, what: str) -> dict[str, str]:
    fault = rules.day_fault(day, decided_on=award.decision.decided_on, today=today, what=what)
    return {"day": fault} if fault else {}


def _raise(faults: dict[str, str]) -> None:
    if faults:
        raise Invalid(faults)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
