"""What follows the signed minutes: the team's report, the conclusion with what the unit has to put right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.audit import log_event
from webapp.core.errors import Conflict, Invalid
from webapp.core.revisions import ensure_fresh
from webapp.inspections.rules import Moment
from webapp.inspections.visits import moving, tell_people, tell_unit
from webapp.jobs.outbox import enqueue
from webapp.kinds import search_key
from webapp.models import InspectionFinding, InspectionRemedy, InspectionVisit, JobKind, RemedyState, Role, VisitState
from webapp.movement.working_days import load_working_days
from webapp.notices.service import people_of_units, people_with
from webapp.permissions import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRemedy:
    """What the unit shall put right by when, and the finding it follows from."""

    text: str
    due_on: date | None
    finding_id: str | None = None


def report_visit(
    session: Session, *, actor: Viewer, moment: Moment, visit_id: str, revision: int, text: str
) -> InspectionVisit:
    """The team's report after the minutes were signed; the office is told."""
    visit = moving(session, actor, visit_id, "report")
    ensure_fresh(visit, revision, Conflict(theirs={"Báo cáo": visit.report}, mine={"Báo cáo": text}))
    if not text.strip():
        raise Invalid({"report": "Báo cáo còn trống."})
    visit.report, visit.reported_on, visit.state = text.strip(), moment.today, VisitState.REPORTED
    visit.conclude_by = load_working_days(session).after(moment.today, visit.inspection.days["conclusion"])
    session.flush()
    log_event(session, actor, moment.now, "inspection-visit.report", visit)
    office = people_with(
        session, Role.STANDING_OFFICE, movement_id=visit.movement_id, now=moment.now, today=moment.today
    )
    insiders = people_of_units(
        session, [visit.unit_id], roles=(Role.CLERK, Role.HEAD), now=moment.now, today=moment.today
    )[visit.unit_id]
    text = f"Đã có báo cáo kiểm tra {visit.unit.name}; kết luận chậm nhất hết ngày {visit.conclude_by:%d/%m/%Y}."
    tell_people(session, moment, visit, office - insiders - {actor.id or ""}, "report", text)
    return visit


def conclude_visit(
    session: Session,
    *,
    actor: Viewer,
    moment: Moment,
    visit_id: str,
    conclusion: str,
    number: str,
    concluded_on: date | None,
    remedies: list[NewRemedy],
) -> InspectionVisit:
    """The conclusion with what the unit has to put right by when. Without any the visit is closed at once."""
    visit = moving(session, actor, visit_id, "conclude")
    faults = {}
    if not conclusion.strip():
        faults["conclusion"] = "Hãy ghi nội dung kết luận."
    if not number.strip():
        faults["number"] = "Hãy ghi số của văn bản kết luận."
    if concluded_on is None:
        faults["concluded_on"] = "Hãy ghi ngày của văn bản kết luận."
    elif concluded_on > moment.today:
        faults["concluded_on"] = "Ngày của kết luận không được ở tương lai."
    elif visit.reported_on is not None and concluded_on < visit.reported_on:
        faults["concluded_on"] = f"Kết luận không thể trước báo cáo của đoàn ({visit.reported_on:%d/%m/%Y})."
    for place, one in enumerate(remedies):
        if one.text.strip() and one.due_on is None:
            faults[f"due-{place}"] = f"Việc {place + 1}: hãy ghi hạn khắc phục."
        elif not one.text.strip() and one.due_on is not None:
            faults[f"remedy-{place}"] = f"Việc {place + 1}: hãy ghi việc phải khắc phục."
        elif one.due_on is not None and concluded_on is not None and one.due_on < concluded_on:
            faults[f"due-{place}"] = f"Việc {place + 1}: hạn phải từ ngày kết luận trở đi."
    if faults or concluded_on is None:
        raise Invalid(faults)
    visit.conclusion, visit.conclusion_number = conclusion.strip(), number.strip()
    visit.concluded_on, visit.state = concluded_on, VisitState.CONCLUDED
    wanted = [one for one in remedies if one.text.strip() and one.due_on is not None]
    findings = set(session.scalars(select(InspectionFinding.id).where(InspectionFinding.visit_id == visit.id)))
    for one in wanted:
        assert one.due_on is not None
        session.add(
            InspectionRemedy(
                visit_id=visit.id,
                finding_id=one.finding_id if one.finding_id in findings else None,
                text=one.text.strip(),
                due_on=one.due_on,
                state=RemedyState.OPEN,
                created_at=moment.now,
            )
        )
    session.flush()
    log_event(
        session,
        actor,
        moment.now,
        "inspection-visit.conclude",
        visit,
        {"number": visit.conclusion_number, "count": len(wanted)},
    )
    enqueue(session, JobKind.INDEX, [search_key("inspection-visit", visit.id)], now=moment.now)
    if wanted:
        first = min(one.due_on for one in wanted if one.due_on)
        text = f"Đã có kết luận kiểm tra; đơn vị có {len(wanted)} việc phải khắc phục, sớm nhất {first:%d/%m/%Y}."
    else:
        visit.state = VisitState.CLOSED
        session.flush()
        text = "Đã có kết luận kiểm tra; đơn vị không phải khắc phục việc nào."
    tell_unit(session, moment, visit, "conclude", text)
    return visit
