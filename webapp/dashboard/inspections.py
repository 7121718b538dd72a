"""What of inspections waits for whom: the unit's answers and remedies, the team's next step, the office's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.models import InspectionRemedy, InspectionVisit, RemedyState, VisitState
from webapp.permissions import Permission, Viewer, can
from webapp.permissions.inspection_scopes import readable_visits

# In these something waits for somebody.
WAITING = (
    VisitState.PLANNED,
    VisitState.NOTIFIED,
    VisitState.OPENED,
    VisitState.MINUTED,
    VisitState.SIGNED,
    VisitState.REPORTED,
)


@dataclass(frozen=True, slots=True)
class VisitTask:
    """A visit and what the viewer is awaited to do, by when if that is said."""

    visit: InspectionVisit
    words: str
    by: date | None = None


@dataclass(frozen=True, slots=True)
class RemedyTask:
    """A remedy of the viewer's unit that is open, or one answered that the viewer may confirm."""

    remedy: InspectionRemedy
    visit: InspectionVisit
    answers: bool


@dataclass(frozen=True, slots=True)
class InspectionTasks:
    visits: Sequence[VisitTask] = ()
    remedies: Sequence[RemedyTask] = ()

    def __bool__(self) -> bool:
        return bool(self.visits or self.remedies)


def find_tasks(session: Session, *, viewer: Viewer) -> InspectionTasks:
    """Two statements beside those for the teams; none for who has nothing to do with inspections."""
    if not (viewer.own_units or viewer.inspected or viewer.decided_movements):
        return InspectionTasks()
    visits = session.scalars(
        select(InspectionVisit)
        .where(InspectionVisit.state.in_(WAITING), readable_visits(viewer))
        .options(joinedload(InspectionVisit.unit))
        .order_by(InspectionVisit.visit_from, InspectionVisit.id)
    )
    tasks = [task for visit in visits if (task := _task(viewer, visit)) is not None]
    rows = session.execute(
        select(InspectionRemedy, InspectionVisit)
        .join(InspectionVisit, InspectionVisit.id == InspectionRemedy.visit_id)
        .where(InspectionRemedy.state != RemedyState.CLOSED, readable_visits(viewer))
        .options(joinedload(InspectionVisit.unit))
        .order_by(InspectionRemedy.due_on, InspectionRemedy.id)
    )
    remedies = []
    for remedy, visit in rows:
        answers = can(viewer, Permission.VISIT_ANSWER, visit)
        confirms = remedy.state is RemedyState.ANSWERED and can(viewer, Permission.REMEDY_CLOSE, visit)
        if confirms or (answers and remedy.state is RemedyState.OPEN):
            remedies.append(RemedyTask(remedy, visit, answers and not confirms))
    return InspectionTasks(tasks, remedies)


def _task(viewer: Viewer, visit: InspectionVisit) -> VisitTask | None:
    """What the viewer is awaited to do next in a visit, if anything."""
    state = visit.state
    if can(viewer, Permission.VISIT_ANSWER, visit):
        if state is VisitState.NOTIFIED and visit.self_reported_at is None:
            return VisitTask(visit, "Viết báo cáo tự kiểm tra", visit.self_report_by)
        if state is VisitState.OPENED:
            return VisitTask(visit, "Đoàn đang làm việc tại đơn vị")
        if state is VisitState.MINUTED:
            return VisitTask(visit, "Đọc biên bản, ghi ý kiến, ký")
        return None
    if can(viewer, Permission.VISIT_LEAD, visit):
        words = {
            VisitState.PLANNED: (
                "Bắt đầu kiểm tra" if visit.inspection.surprise else "Thông báo cho đơn vị",
                visit.visit_from,
            ),
            VisitState.NOTIFIED: ("Làm việc tại đơn vị", visit.visit_from),
            VisitState.OPENED: ("Ghi nhận kết quả, lập biên bản", visit.visit_until),
            VisitState.MINUTED: ("Ký biên bản", None),
            VisitState.SIGNED: ("Báo cáo kết quả", visit.report_by),
            VisitState.REPORTED: ("Ghi kết luận", visit.conclude_by),
        }
        return VisitTask(visit, *words[state])
    if can(viewer, Permission.VISIT_WRITE, visit):
        return VisitTask(visit, "Ghi nhận kết quả", visit.visit_until)
    if state is VisitState.SIGNED and can(viewer, Permission.VISIT_CONCLUDE, visit):
        # The team's days may be over before its report is due: then the office enters it.
        return VisitTask(visit, "Ghi báo cáo kết quả của đoàn", visit.report_by)
    if state is VisitState.REPORTED and can(viewer, Permission.VISIT_CONCLUDE, visit):
        return VisitTask(visit, "Ghi kết luận", visit.conclude_by)
    return None
