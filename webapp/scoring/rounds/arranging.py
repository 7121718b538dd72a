"""Fairness and time: who appraises by name or by lot, the sample for second appraisers, conflicts, extensions, units left
out, the order of equals."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.audit import Thing, log_event
from webapp.core.errors import Invalid, NotFound
from webapp.models import Person, RoundState, ScoreConflict, ScoreReview, ScoreSheet, SheetState, Unit, new_id
from webapp.models.score import ReviewKind
from webapp.permissions import Permission, Subject, Viewer, ensure
from webapp.scoring.rounds.loading import load_round
from webapp.scoring.rounds.results import equals_of, store_results
from webapp.scoring.rubrics.queries import rules_of
from webapp.scoring.sheets import rules as sheet_rules
from webapp.scoring.sheets.appraisers import draw, leaders_of, list_candidates
from webapp.scoring.sheets.entries import change, list_entries, load_sheet, log, move, take_back

# Until the appraisal has ended somebody else may have to go on with it.
ASSIGNABLE = (
    SheetState.DRAFT,
    SheetState.RETURNED,
    SheetState.SUBMITTED,
    SheetState.APPRAISED,
    SheetState.EXPLAINED,
)
SAMPLED = (SheetState.DRAFT, SheetState.RETURNED, SheetState.SUBMITTED)


def assign_appraiser(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    timezone: ZoneInfo,
    sheet_id: str,
    person_id: str,
    by_lot: bool = False,
    reason: str = "",
) -> ScoreSheet:
    """Somebody of another member appraises, named or drawn by lot; an empty name gives it back to the leadership. Changing
    who was asked, or who goes on with an appraisal that has begun, needs a reason: a lot is not drawn until it pleases."""
    sheet = load_sheet(session, sheet_id)
    ensure(actor, Permission.SHEET_ASSIGN, sheet)
    if sheet.state not in ASSIGNABLE:
        raise Invalid(f"Phiếu đang ở trạng thái “{sheet.state.label}” nên không đổi người thẩm định được nữa.")
    if (sheet.appraiser_id is not None or sheet.state not in SAMPLED) and not reason.strip():
        raise Invalid({"reason": "Hãy ghi lý do thay đổi người thẩm định."})
    candidates = [
        one for one in list_candidates(session, sheet, now=now, timezone=timezone) if one.id != sheet.control_id
    ]
    seed = ""
    if by_lot:
        if not candidates:
            raise Invalid("Cụm không có ai khác đủ điều kiện thẩm định đơn vị này.")
        seed = secrets.token_hex(16)
        chosen: Person | None = draw(candidates, seed, sheet.id)
    else:
        chosen = next((one for one in candidates if one.id == person_id), None)
        if person_id and chosen is None:
            raise Invalid(
                {"person_id": "Người này không thẩm định được đơn vị này: không thuộc cụm, hoặc có liên quan."}
            )
    sheet.appraiser_id = chosen.id if chosen is not None else None
    sheet.appraiser_by = "lot" if by_lot else "name" if chosen is not None else ""
    session.flush()
    details: dict[str, str | int | None] = {"person": sheet.appraiser_id or "", "how": sheet.appraiser_by}
    if seed:
        details |= {"seed": seed, "total": len(candidates), "candidates": _in_order(candidates)}
    log(session, actor, now, "score.assign", sheet, details, reason.strip()[:1000], of_unit=False)
    return sheet


def draw_sample(session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, round_id: str) -> int:
    """Second appraisers by lot for the share of sheets that the rubrics name; sheets drawn before stay. Returns how many
    sheets have one."""
    round_ = load_round(session, round_id)
    ensure(actor, Permission.ROUND_MANAGE, round_)
    if round_.state is not RoundState.OPEN:
        raise Invalid(f"Kỳ chấm đang ở trạng thái “{round_.state.label}” nên không thực hiện được thao tác này.")
    sheets = [load_sheet(session, one.id) for one in round_.sheets if one.state in SAMPLED and not one.cross]
    drawn = 0
    seed = secrets.token_hex(16)
    for rubric_id in sorted({sheet.rubric_id for sheet in sheets}):
        of_rubric = sorted((one for one in sheets if one.rubric_id == rubric_id), key=lambda one: one.id)
        share = rules_of(of_rubric[0].rubric).control
        # Rounded up: a sample that is asked for is at least one sheet.
        wanted = -(-len(of_rubric) * share // 100)
        order = sorted(of_rubric, key=lambda one: (one.control_id is None, draw_number(seed, one.id)))
        for sheet in order[:wanted]:
            if sheet.control_id is None:
                # The cluster's leadership reads the first appraisal while it is made: no second opinion comes from there.
                barred = {sheet.appraiser_id, *leaders_of(session, sheet, now=now, timezone=timezone)}
                candidates = [
                    one for one in list_candidates(session, sheet, now=now, timezone=timezone) if one.id not in barred
                ]
                if not candidates:
                    continue
                sheet.control_id = draw(candidates, seed, sheet.id).id
                session.flush()
                details = {"person": sheet.control_id, "seed": seed, "candidates": _in_order(candidates)}
                log(session, actor, now, "score.draw-control", sheet, details, of_unit=False)
            drawn += 1
    log_event(session, actor, now, "round.sample", round_, {"seed": seed, "total": drawn})
    return drawn


def _in_order(candidates: Sequence[Person]) -> str:
    """As they were drawn among."""
    return " ".join(sorted(one.id for one in candidates))


def draw_number(seed: str, key: str) -> bytes:
    return hashlib.sha256(f"{seed}/{key}".encode()).digest()


def drop_second_appraiser(session: Session, *, actor: Viewer, now: datetime, sheet_id: str, reason: str) -> ScoreSheet:
    """A second appraiser who cannot do it is let go with a reason; a result handed in stays."""
    sheet = load_sheet(session, sheet_id)
    ensure(actor, Permission.SHEET_EXTEND, sheet)
    if not reason.strip():
        raise Invalid({"reason": "Hãy ghi lý do bỏ thẩm định đối chứng."})
    done = session.scalar(
        select(ScoreReview.id).where(
            ScoreReview.sheet_id == sheet_id,
            ScoreReview.kind == ReviewKind.CONTROL,
            ScoreReview.handed_in_at.is_not(None),
        )
    )
    if done is not None:
        raise Invalid("Kết quả đối chứng đã gửi nên phải được giữ.")
    sheet.control_id = None
    session.flush()
    log(session, actor, now, "score.drop-control", sheet, {}, reason.strip(), of_unit=False)
    return sheet


def declare_conflict(
    session: Session, *, actor: Viewer, now: datetime, person_id: str, unit_id: str, year: int, reason: str
) -> ScoreConflict:
    """The person judges nothing of that unit in that year. One's own, or the office's for somebody."""
    ensure(actor, Permission.CONFLICT_DECLARE, Subject(kind="conflict", person_id=person_id))
    if not reason.strip():
        raise Invalid({"reason": "Hãy ghi lý do, ví dụ: có người thân làm việc ở đơn vị."})
    if session.get(Person, person_id) is None or session.get(Unit, unit_id) is None:
        raise NotFound(kind="conflict", key=unit_id)
    row = session.scalar(
        select(ScoreConflict).where(
            ScoreConflict.person_id == person_id,
            ScoreConflict.unit_id == unit_id,
            ScoreConflict.year == year,
            ScoreConflict.lifted_at.is_(None),
        )
    )
    if row is not None:
        return row
    row = ScoreConflict(
        person_id=person_id,
        unit_id=unit_id,
        year=year,
        reason=reason.strip()[:1000],
        declared_by=actor.id,
        declared_at=now,
    )
    session.add(row)
    session.flush()
    for sheet in session.scalars(
        select(ScoreSheet).where(ScoreSheet.unit_id == unit_id, ScoreSheet.year == year)
    ).all():
        # Who was asked to appraise and declares a stake gives it back; what was said stays, with the name.
        if sheet.appraiser_id == person_id:
            sheet.appraiser_id, sheet.appraiser_by = None, ""
        if sheet.control_id == person_id:
            sheet.control_id = None
        _take_back_of(session, actor, now, sheet, person_id)
    session.flush()
    _log_conflict(session, actor, now, "conflict.declare", row, row.reason)
    return row


def _take_back_of(session: Session, actor: Viewer, now: datetime, sheet: ScoreSheet, person_id: str) -> None:
    """What the person gave and the unit does not know yet is given anew by somebody else."""
    if sheet.state not in (SheetState.SUBMITTED, SheetState.EXPLAINED):
        return
    sheet = load_sheet(session, sheet.id)
    for row in list_entries(session, sheet):
        if sheet.state is SheetState.SUBMITTED and row.appraised_by == person_id:
            take_back(session, actor, now, sheet, row, "Người thẩm định khai báo xung đột lợi ích.")
        elif row.second_by == person_id:
            row.second, row.second_reason, row.second_by = None, "", None
            change(session, actor, now, sheet, row, "second", None, "Người thẩm định khai báo xung đột lợi ích.")


def lift_conflict(session: Session, *, actor: Viewer, now: datetime, conflict_id: str, reason: str) -> ScoreConflict:
    """The office takes a declared conflict back, with a reason; never one about its own unit or its own person."""
    row = session.get(ScoreConflict, conflict_id)
    if row is None or row.lifted_at is not None:
        raise NotFound(kind="conflict", key=conflict_id)
    ensure(actor, Permission.CONFLICT_LIFT, Subject(kind="conflict", person_id=row.person_id))
    if row.person_id == actor.id or row.unit_id in {actor.unit_id, *actor.own_units}:
        raise Invalid("Có liên quan: không tự bỏ khai báo của mình hoặc về đơn vị mình.")
    if not reason.strip():
        raise Invalid({"reason": "Hãy ghi lý do bỏ khai báo."})
    row.lifted_at, row.lifted_reason = now, reason.strip()[:1000]
    session.flush()
    _log_conflict(session, actor, now, "conflict.lift", row, row.lifted_reason)
    return row


def extend_stage(
    session: Session, *, actor: Viewer, now: datetime, sheet_id: str, stage: str, until: date, reason: str
) -> ScoreSheet:
    """More time for one unit in one stage."""
    sheet = load_sheet(session, sheet_id)
    ensure(actor, Permission.SHEET_EXTEND, sheet)
    if stage not in sheet_rules.STAGES:
        raise Invalid({"stage": "Không có công đoạn này."})
    if not reason.strip():
        raise Invalid({"reason": "Hãy ghi lý do gia hạn."})
    last = sheet_rules.last_day(stage, sheet.round.windows, sheet.extensions)
    if last is None:
        raise Invalid({"stage": "Công đoạn này chưa đặt thời hạn nên không cần gia hạn."})
    if until <= last:
        raise Invalid({"until": f"Ngày mới phải sau ngày {last:%d/%m/%Y}."})
    sheet.extensions = {**sheet.extensions, stage: until.isoformat()}
    session.flush()
    log(session, actor, now, "score.extend", sheet, {"stage": stage, "until": until.isoformat()}, reason.strip())
    return sheet


def excuse_sheet(
    session: Session, *, actor: Viewer, now: datetime, sheet_id: str, reason: str, readmit: bool = False
) -> ScoreSheet:
    """A unit that takes no part this year, with a reason; or that takes part after all."""
    sheet = load_sheet(session, sheet_id)
    ensure(actor, Permission.SHEET_EXTEND, sheet)
    if not reason.strip():
        raise Invalid({"reason": "Hãy ghi lý do."})
    if sheet.round.state is not RoundState.OPEN:
        raise Invalid(f"Kỳ chấm đang ở trạng thái “{sheet.round.state.label}” nên không thực hiện được thao tác này.")
    sheet.state = move(sheet, "readmit" if readmit else "excuse")
    sheet.state_reason = reason.strip()[:4000]
    session.flush()
    log(session, actor, now, "score.readmit" if readmit else "score.excuse", sheet, {}, reason.strip()[:4000])
    return sheet


def order_equals(
    session: Session, *, actor: Viewer, now: datetime, round_id: str, order: list[str], reason: str
) -> None:
    """The council decides between units of equal rank, best first, with a reason (a vote, a lot)."""
    round_ = load_round(session, round_id)
    sheets = {sheet.id: sheet for sheet in round_.sheets}
    if not reason.strip():
        raise Invalid({"reason": "Hãy ghi căn cứ xếp thứ tự, ví dụ: biểu quyết tại phiên họp ngày …"})
    if len(order) < 2 or len(set(order)) != len(order) or not set(order) <= set(sheets):
        raise Invalid({"order": "Hãy xếp thứ tự của ít nhất hai đơn vị đồng hạng, mỗi đơn vị một thứ tự."})
    for sheet_id in order:
        ensure(actor, Permission.SHEET_MODERATE, sheets[sheet_id])
    if set(order) not in equals_of(session, round_):
        raise Invalid({"order": "Chỉ xếp thứ tự trọn một nhóm đơn vị bằng điểm nhau; hãy ghi thứ tự cho đủ nhóm."})
    mark = new_id()
    for place, sheet_id in enumerate(order, start=1):
        sheet = sheets[sheet_id]
        sheet.tie_order, sheet.tie_reason, sheet.tie_mark = place, reason.strip()[:1000], mark
    session.flush()
    store_results(session, round_, now=now)
    log_event(session, actor, now, "round.order", round_, {"total": len(order)}, reason=reason.strip()[:1000])


def _log_conflict(session: Session, actor: Viewer, now: datetime, action: str, row: ScoreConflict, reason: str) -> None:
    log_event(
        session,
        actor,
        now,
        action,
        Thing("conflict", row.id),
        {"year": row.year, "person": row.person_id, "unit": row.unit_id},
        reason=reason,
    )
