"""Steps of a visit: notice, self-report, work in the unit, minutes, report, conclusion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.audit import log_event
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.revisions import ensure_fresh
from webapp.inspections import rules
from webapp.inspections.rules import Moment
from webapp.models import (
    InspectionFinding,
    InspectionSignature,
    InspectionState,
    InspectionVisit,
    Role,
    SignatureSide,
    VisitState,
)
from webapp.movement.working_days import load_working_days
from webapp.notices.service import people_of_units, settle, tell
from webapp.permissions import Permission, Viewer, ensure


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the minutes say beside the findings."""

    place: str
    team_present: str
    unit_present: str
    papers_seen: str
    copies: int | None


def notify_unit(session: Session, *, actor: Viewer, moment: Moment, visit_id: str) -> InspectionVisit:
    """The unit learns of the visit, and by when its self-report is awaited. Not for a surprise."""
    visit = moving(session, actor, visit_id, "notify")
    ensure_runs(actor, visit.movement_id)
    if visit.inspection.surprise:
        raise Invalid("Kiểm tra đột xuất thì không thông báo trước.")
    days = visit.inspection.days
    calendar = load_working_days(session)
    visit.notified_on = moment.today
    visit.self_report_by = max(calendar.before(visit.visit_from, days["self_report"]), moment.today)
    visit.state = VisitState.NOTIFIED
    session.flush()
    log_event(session, actor, moment.now, "inspection-visit.notify", visit)
    text = (
        f"{visit.inspection.name} làm việc tại đơn vị ngày {visit.visit_from:%d/%m/%Y}; "
        f"gửi báo cáo tự kiểm tra chậm nhất hết ngày {visit.self_report_by:%d/%m/%Y}."
    )
    tell_unit(session, moment, visit, "notify", text)
    return visit


def write_self_report(
    session: Session, *, actor: Viewer, moment: Moment, visit_id: str, revision: int, text: str, send: bool
) -> InspectionVisit:
    """The unit's own account before the visit; with `send` the team is told. Raises Conflict with both texts."""
    visit = load_visit(session, visit_id)
    ensure(actor, Permission.VISIT_ANSWER, visit)
    if visit.state not in (VisitState.NOTIFIED, VisitState.OPENED):
        raise Invalid("Biên bản đã lập; không sửa báo cáo tự kiểm tra nữa.")
    text = text.strip()
    ensure_fresh(visit, revision, Conflict(theirs={"Báo cáo": visit.self_report}, mine={"Báo cáo": text}))
    # What the team has got is not changed under it: a text once sent is sent anew.
    send = send or visit.self_reported_at is not None
    if send and not text:
        raise Invalid({"self_report": "Báo cáo còn trống."})
    visit.self_report = text
    if send:
        visit.self_reported_at = moment.now
        settle(session, now=moment.now, causes=[f"visit:{visit.id}:notify"])
    session.flush()
    log_event(session, actor, moment.now, f"inspection-visit.{'self-report' if send else 'write-self-report'}", visit)
    if send:
        tell_team(session, moment, visit, "self-report", f"{visit.unit.name} đã gửi báo cáo tự kiểm tra.")
    return visit


def open_visit(session: Session, *, actor: Viewer, moment: Moment, visit_id: str) -> InspectionVisit:
    """The team stands at the door: its decision is announced. Without notice only where it is a surprise."""
    visit = moving(session, actor, visit_id, "open")
    ensure_runs(actor, visit.movement_id)
    if visit.state is VisitState.PLANNED and not visit.inspection.surprise:
        raise Invalid("Hãy thông báo cho đơn vị trước; chỉ kiểm tra đột xuất mới không cần.")
    if moment.today < visit.visit_from:
        raise Invalid(f"Ngày làm việc là {visit.visit_from:%d/%m/%Y}; chưa đến ngày.")
    visit.state, visit.opened_at = VisitState.OPENED, moment.now
    session.flush()
    settle(session, now=moment.now, causes=[f"visit:{visit.id}:notify"])
    log_event(session, actor, moment.now, "inspection-visit.open", visit)
    tell_unit(session, moment, visit, "open", f"{visit.inspection.name} bắt đầu làm việc tại đơn vị.")
    return visit


def write_record(
    session: Session, *, actor: Viewer, now: datetime, visit_id: str, revision: int, record: Record
) -> InspectionVisit:
    """Place, people, papers seen. Raises Conflict with both values when somebody else of the team wrote meanwhile."""
    visit = load_visit(session, visit_id)
    ensure(actor, Permission.VISIT_WRITE, visit)
    labels = {
        "place": "Địa điểm",
        "team_present": "Đoàn kiểm tra",
        "unit_present": "Đơn vị",
        "papers_seen": "Hồ sơ đã xem",
    }
    theirs = {label: str(getattr(visit, name)) for name, label in labels.items()}
    mine = {label: str(getattr(record, name)) for name, label in labels.items()}
    ensure_fresh(visit, revision, Conflict(theirs=theirs, mine=mine))
    if record.copies is None or not 1 <= record.copies <= 20:
        raise Invalid({"copies": "Số bản từ 1 đến 20."})
    for name in labels:
        setattr(visit, name, getattr(record, name).strip())
    visit.copies = record.copies
    session.flush()
    log_event(session, actor, now, "inspection-visit.prepare", visit)
    return visit


def compose_minutes(session: Session, *, actor: Viewer, moment: Moment, visit_id: str) -> InspectionVisit:
    """The unit reads what was found, to say what it thinks and sign. Raises Invalid with all that is missing."""
    visit = moving(session, actor, visit_id, "minute")
    missing = rules.minutes_missing(
        count_findings(session, visit.id),
        place=visit.place,
        team_present=visit.team_present,
        unit_present=visit.unit_present,
    )
    if missing:
        raise Invalid(" ".join(missing))
    visit.state, visit.minuted_at, visit.unit_name = VisitState.MINUTED, moment.now, visit.unit.name
    session.flush()
    log_event(session, actor, moment.now, "inspection-visit.minute", visit)
    text = "Biên bản kiểm tra đã lập: hãy đọc, ghi ý kiến của đơn vị rồi ký."
    tell_unit(session, moment, visit, f"minute:{visit.minuted_at:%Y%m%d%H%M%S}", text)
    return visit


def reopen_minutes(session: Session, *, actor: Viewer, now: datetime, visit_id: str, reason: str) -> InspectionVisit:
    """Back to the findings; what was signed is void and stays on record."""
    visit = moving(session, actor, visit_id, "reopen")
    if not reason.strip():
        raise Invalid({"reason": "Hãy ghi vì sao sửa biên bản."})
    _void_signatures(session, visit, now)
    # What the unit said was said of other words.
    visit.state, visit.minuted_at, visit.opinion, visit.reservations = VisitState.OPENED, None, "", ""
    session.flush()
    settle(session, now=now, causes=[f"visit:{visit.id}:minute"])
    log_event(session, actor, now, "inspection-visit.reopen", visit, reason=reason.strip()[: rules.LONGEST_REASON])
    return visit


def write_opinion(
    session: Session, *, actor: Viewer, now: datetime, visit_id: str, revision: int, opinion: str, reservations: str
) -> InspectionVisit:
    """What the unit says to the minutes, before anybody signed them."""
    visit = load_visit(session, visit_id)
    ensure(actor, Permission.VISIT_ANSWER, visit)
    if visit.state is not VisitState.MINUTED:
        raise Invalid("Chỉ ghi ý kiến khi biên bản đã lập và chưa ký xong.")
    mine = {"Ý kiến": opinion.strip(), "Nội dung bảo lưu": reservations.strip()}
    theirs = {"Ý kiến": visit.opinion, "Nội dung bảo lưu": visit.reservations}
    ensure_fresh(visit, revision, Conflict(theirs=theirs, mine=mine))
    if SignatureSide.UNIT in signed_sides(session, visit.id):
        raise Invalid("Đơn vị đã ký biên bản. Muốn sửa ý kiến, hãy đề nghị đoàn mở lại biên bản.")
    visit.opinion, visit.reservations = opinion.strip(), reservations.strip()
    # The team signed other words: it reads these and signs again.
    voided = _void_signatures(session, visit, now)
    session.flush()
    log_event(session, actor, now, "inspection-visit.opinion", visit, {"voided": voided or None})
    return visit


def _void_signatures(session: Session, visit: InspectionVisit, now: datetime) -> int:
    """They stay on record; returns how many stood."""
    standing = session.scalars(
        select(InspectionSignature).where(
            InspectionSignature.visit_id == visit.id, InspectionSignature.void_at.is_(None)
        )
    ).all()
    for one in standing:
        one.void_at = now
    return len(standing)


def cancel_visit(session: Session, *, actor: Viewer, moment: Moment, visit_id: str, reason: str) -> InspectionVisit:
    """A visit that has not begun takes place no more; the unit is told where it knew of it."""
    visit = load_visit(session, visit_id)
    ensure(actor, Permission.INSPECTION_MANAGE, visit.inspection)
    _state(visit, "cancel")
    if not reason.strip():
        raise Invalid({"reason": "Hãy ghi vì sao hủy."})
    call_off(session, actor=actor, moment=moment, visit=visit, reason=reason.strip()[: rules.LONGEST_REASON])
    return visit


def call_off(session: Session, *, actor: Viewer, moment: Moment, visit: InspectionVisit, reason: str) -> None:
    """A visit that has not begun takes place no more; the unit is told where it knew of it. The caller asked the policy."""
    known = visit.state is VisitState.NOTIFIED
    visit.state, visit.cancel_reason = VisitState.CANCELLED, reason
    session.flush()
    # The unit's own log tells of what the unit knew.
    action = "inspection-visit.cancel" if known else "inspection-visit.call-off"
    log_event(session, actor, moment.now, action, visit, reason=visit.cancel_reason)
    settle(session, now=moment.now, causes=[f"visit:{visit.id}:notify"])
    if known:
        tell_unit(session, moment, visit, "cancel", f"{visit.inspection.name} không đến đơn vị nữa: {reason}", link="/")


def ensure_runs(actor: Viewer, movement_id: str) -> None:
    """In a movement that ended nothing new begins; what began is brought to its end. Raises Invalid."""
    if movement_id in actor.ended:
        raise Invalid("Phong trào đã kết thúc: không lập đoàn, không bắt đầu kiểm tra thêm nữa.")


def count_findings(session: Session, visit_id: str) -> int:
    """Those that stand."""
    return (
        session.scalar(
            select(func.count())
            .select_from(InspectionFinding)
            .where(InspectionFinding.visit_id == visit_id, InspectionFinding.removed_at.is_(None))
        )
        or 0
    )


def signed_sides(session: Session, visit_id: str) -> set[SignatureSide]:
    """Whose signatures under the present minutes stand."""
    return set(
        session.scalars(
            select(InspectionSignature.side).where(
                InspectionSignature.visit_id == visit_id, InspectionSignature.void_at.is_(None)
            )
        )
    )


def load_visit(session: Session, visit_id: str) -> InspectionVisit:
    """With its team and unit. Raises NotFound; what may be done with it is the caller's to ask."""
    # Held until the commit: nobody of the team, the unit or the office changes it meanwhile.
    visit = session.get(InspectionVisit, visit_id, populate_existing=True, with_for_update={"of": InspectionVisit})
    if visit is None:
        raise NotFound(kind="inspection-visit", key=visit_id)
    session.refresh(visit, ["unit"])
    return visit


def moving(session: Session, actor: Viewer, visit_id: str, move: str) -> InspectionVisit:
    visit = load_visit(session, visit_id)
    ensure(actor, rules.NEEDED[move], visit)
    _state(visit, move)
    if visit.inspection.state is InspectionState.DRAFT:
        raise Invalid("Đoàn chưa có quyết định.")
    return visit


def _state(visit: InspectionVisit, move: str) -> VisitState:
    state = rules.MOVES.get((visit.state, move))
    if state is None:
        raise Invalid(f"Cuộc kiểm tra đang ở trạng thái “{visit.state.label}” nên không làm được việc này.")
    return state


def tell_unit(
    session: Session, moment: Moment, visit: InspectionVisit, cause: str, text: str, link: str | None = None
) -> None:
    people = people_of_units(
        session, [visit.unit_id], roles=(Role.CLERK, Role.HEAD), now=moment.now, today=moment.today
    )[visit.unit_id]
    tell_people(session, moment, visit, people, cause, text, link)


def tell_team(session: Session, moment: Moment, visit: InspectionVisit, cause: str, text: str) -> None:
    tell_people(session, moment, visit, visit.inspection.team, cause, text)


def tell_people(
    session: Session,
    moment: Moment,
    visit: InspectionVisit,
    people: set[str] | frozenset[str],
    cause: str,
    text: str,
    link: str | None = None,
) -> None:
    tell(
        session,
        now=moment.now,
        timezone=moment.timezone,
        people=people,
        key=f"visit:{visit.id}:{cause}",
        text=text,
        link=link or f"/visits/{visit.id}",
    )


def note_download(session: Session, *, actor: Viewer, now: datetime, visit_id: str, sha256: str) -> None:
    """Somebody got a file of the visit."""
    visit = load_visit(session, visit_id)
    ensure(actor, Permission.VISIT_READ, visit)
    log_event(session, actor, now, "inspection-visit.download", visit, {"sha256": sha256})


def note_minutes(session: Session, *, actor: Viewer, now: datetime, visit_id: str) -> None:
    """Somebody got the minutes as a paper."""
    visit = load_visit(session, visit_id)
    ensure(actor, Permission.VISIT_READ_FINDINGS, visit)
    log_event(session, actor, now, "inspection-visit.export", visit)
