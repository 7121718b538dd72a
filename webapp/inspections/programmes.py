"""The yearly programme: which units in which month, and the share of units that the council means to reach."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from webapp.audit import log_event
from webapp.core.errors import Invalid, NotFound
from webapp.inspections import rules
from webapp.models import InspectionProgramme, Movement, ProgrammeLine, ProgrammeState, Unit, new_id
from webapp.permissions import Permission, Subject, Viewer, ensure


def start_programme(
    session: Session, *, actor: Viewer, now: datetime, movement_id: str, year: int, goal: int | None
) -> InspectionProgramme:
    """The programme of a year, once. Raises Invalid by field."""
    ensure(actor, Permission.INSPECTION_PLAN, Subject(kind="inspection-programme", movement_id=movement_id))
    if session.get(Movement, movement_id) is None:
        raise NotFound(kind="movement", key=movement_id)
    if goal is None:
        raise Invalid({"goal": "Hãy ghi mục tiêu từ 1 đến 100 phần trăm số đơn vị."})
    if session.scalar(
        select(InspectionProgramme.id).where(
            InspectionProgramme.movement_id == movement_id, InspectionProgramme.year == year
        )
    ):
        raise Invalid(f"Năm {year} đã có chương trình kiểm tra.")
    made = InspectionProgramme(
        id=new_id(),
        movement_id=movement_id,
        year=year,
        goal=goal,
        state=ProgrammeState.DRAFT,
        created_by=actor.id,
        created_at=now,
    )
    session.add(made)
    session.flush()
    log_event(session, actor, now, "inspection-programme.start", made, {"goal": goal})
    return made


def add_line(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    programme_id: str,
    unit_id: str,
    month: int | None,
    area: str,
) -> ProgrammeLine:
    """A unit in a month; also after approval, when the log tells that it was added."""
    one = load_programme(session, actor, programme_id)
    faults = {}
    if not unit_id or session.get(Unit, unit_id) is None:
        faults["unit_id"] = "Hãy chọn đơn vị."
    elif any(line.unit_id == unit_id and line.month == month and line.struck_at is None for line in one.lines):
        faults["unit_id"] = "Đơn vị này đã có trong tháng ấy."
    if month is None:
        faults["month"] = "Hãy ghi tháng từ 1 đến 12."
    if len(area) > rules.LONGEST_NAME:
        faults["area"] = f"Nội dung dài tối đa {rules.LONGEST_NAME} ký tự."
    if faults or month is None:
        raise Invalid(faults)
    line = ProgrammeLine(programme_id=one.id, unit_id=unit_id, month=month, area=area.strip(), created_at=now)
    session.add(line)
    session.flush()
    log_event(session, actor, now, "inspection-programme.add", one, {"unit": unit_id, "month": month})
    return line


def strike_line(
    session: Session, *, actor: Viewer, now: datetime, programme_id: str, line_id: str, reason: str
) -> InspectionProgramme:
    """Taken out with a reason; it stays on record."""
    one = load_programme(session, actor, programme_id)
    line = next((line for line in one.lines if line.id == line_id and line.struck_at is None), None)
    if line is None:
        raise NotFound(kind="inspection-programme", key=line_id)
    if not reason.strip():
        raise Invalid({"reason": "Hãy ghi vì sao đưa đơn vị ra khỏi chương trình."})
    line.struck_at, line.struck_reason = now, reason.strip()[: rules.LONGEST_REASON]
    session.flush()
    details: dict[str, str | int | None] = {"unit": line.unit_id, "month": line.month}
    log_event(session, actor, now, "inspection-programme.strike", one, details, reason=line.struck_reason)
    return one


def approve_programme(
    session: Session, *, actor: Viewer, now: datetime, today: date, programme_id: str, number: str, on: date | None
) -> InspectionProgramme:
    """The council's decision on it is entered: everybody reads it from then on."""
    one = load_programme(session, actor, programme_id)
    if one.state is ProgrammeState.APPROVED:
        raise Invalid("Chương trình đã được phê duyệt.")
    faults = {}
    if not number.strip():
        faults["number"] = "Hãy ghi số của văn bản phê duyệt."
    if on is None:
        faults["approved_on"] = "Hãy ghi ngày phê duyệt."
    elif on > today:
        faults["approved_on"] = "Ngày phê duyệt không được ở tương lai."
    if not any(line.struck_at is None for line in one.lines):
        faults["lines"] = "Chương trình chưa có đơn vị nào."
    if faults:
        raise Invalid(faults)
    one.state, one.number, one.approved_on = ProgrammeState.APPROVED, number.strip(), on
    session.flush()
    log_event(session, actor, now, "inspection-programme.approve", one, {"number": one.number})
    return one


def load_programme(session: Session, actor: Viewer, programme_id: str) -> InspectionProgramme:
    """For who may change it, with its lines. Raises NotFound, Refused."""
    one = session.get(
        InspectionProgramme,
        programme_id,
        options=[selectinload(InspectionProgramme.lines)],
        populate_existing=True,
    )
    if one is None:
        raise NotFound(kind="inspection-programme", key=programme_id)
    ensure(actor, Permission.PROGRAMME_MANAGE, one)
    return one
