"""What happens to an award after its decision: handed over, paid, revoked, recovered. The line and its number stay."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session, joinedload

from webapp.audit import log_event
from webapp.commendation.decisions import rules
from webapp.core.errors import Invalid, NotFound
from webapp.models import Award, AwardDecisionState
from webapp.permissions import Permission, Viewer, ensure

LONGEST = 500
REVOKED = "Khen thưởng này đã bị thu hồi ngày {:%d/%m/%Y} theo Quyết định số {}."


def hand_over(
    session: Session, *, actor: Viewer, now: datetime, today: date, award_id: str, day: date | None, to: str
) -> Award:
    """The certificate was given: when, to whom."""
    award = _of_issued(session, actor, award_id)
    _ensure_stands(award)
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


def pay(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    today: date,
    award_id: str,
    day: date | None,
    amount: int | None,
    note: str,
) -> Award:
    """The reward was paid. Another amount than the one worked out needs a note why."""
    award = _of_issued(session, actor, award_id)
    _ensure_stands(award)
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


def revoke(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    today: date,
    award_id: str,
    day: date | None,
    number: str,
    reason: str,
) -> Award:
    """Taken back by a decision, for a reason: the line stays, its number stays, what was paid is to be recovered."""
    award = _of_issued(session, actor, award_id)
    _ensure_stands(award)
    faults = _day(award, day, today, "thu hồi")
    if not number.strip() or len(number) > 60:
        faults["number"] = "Hãy ghi số, ký hiệu của quyết định thu hồi."
    if not reason.strip() or len(reason) > LONGEST:
        faults["reason"] = f"Hãy ghi lý do thu hồi, tối đa {LONGEST} ký tự."
    _raise(faults)
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
    """The money of a revoked award came back."""
    award = _of_issued(session, actor, award_id)
    if award.revoked_on is None or not award.to_recover:
        raise Invalid("Không có tiền phải thu hồi của khen thưởng này.")
    if award.recovered_on is not None:
        raise Invalid(f"Đã ghi thu hồi tiền ngày {award.recovered_on:%d/%m/%Y}.")
    faults = _day(award, day, today, "thu hồi tiền")
    if amount is None or not 0 < amount <= award.to_recover:
        faults["amount"] = "Hãy ghi số tiền đã thu hồi, không quá số phải thu hồi."
    _raise(faults)
    award.recovered_on, award.recovered_amount = day, amount
    session.flush()
    log_event(session, actor, now, "award.recover", award, {"day": _iso(day), "amount": amount})
    return award


def _of_issued(session: Session, actor: Viewer, award_id: str) -> Award:
    award = session.get(Award, award_id, options=[joinedload(Award.decision)])
    if award is None or award.decision.state is not AwardDecisionState.ISSUED:
        raise NotFound(kind="award", key=award_id)
    ensure(actor, Permission.AWARD_DECISION_MANAGE, award.decision)
    return award


def _ensure_stands(award: Award) -> None:
    if award.revoked_on is not None:
        raise Invalid(REVOKED.format(award.revoked_on, award.revoked_number))


def _day(award: Award, day: date | None, today: date, what: str) -> dict[str, str]:
    fault = rules.day_fault(day, decided_on=award.decision.decided_on, today=today, what=what)
    return {"day": fault} if fault else {}


def _raise(faults: dict[str, str]) -> None:
    if faults:
        raise Invalid(faults)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
