"""Teams: drafted, founded by a decision, changed, ended. Roles of their members follow at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.audit import log_event
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.revisions import ensure_fresh
from webapp.documents.decisions import ensure_is, find_decision
from webapp.inspections import rules
from webapp.inspections.rules import Moment, TeamDraft
from webapp.inspections.visits import call_off, ensure_runs
from webapp.models import (
    Inspection,
    InspectionMember,
    InspectionState,
    InspectionVisit,
    Movement,
    Person,
    Role,
    TeamPost,
    Unit,
    VisitState,
    new_id,
)
from webapp.notices.service import people_of_units, tell
from webapp.people.team_access import end_access, set_access
from webapp.permissions import Permission, Subject, Viewer, ensure


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The decision that founds a team: its number and day, and the signed paper where it is in the archive."""

    number: str
    decided_on: date | None
    document_id: str | None = None


def draft_team(
    session: Session, *, actor: Viewer, now: datetime, movement_id: str, year: int, new: TeamDraft
) -> Inspection:
    """A team still without people, units and decision. Raises Invalid by field."""
    ensure(actor, Permission.INSPECTION_PLAN, Subject(kind="inspection", movement_id=movement_id))
    ensure_runs(actor, movement_id)
    if session.get(Movement, movement_id) is None:
        raise NotFound(kind="movement", key=movement_id)
    if faults := rules.team_faults(new):
        raise Invalid(faults)
    assert new.period_from and new.period_until and new.first_day and new.last_day
    made = Inspection(
        id=new_id(),
        movement_id=movement_id,
        year=year,
        name=new.name.strip(),
        surprise=new.surprise,
        period_from=new.period_from,
        period_until=new.period_until,
        first_day=new.first_day,
        last_day=new.last_day,
        days={key: days for key in rules.DAYS if (days := new.days.get(key)) is not None},
        state=InspectionState.DRAFT,
        members=[],
        visits=[],
        created_by=actor.id,
        created_at=now,
    )
    session.add(made)
    session.flush()
    log_event(session, actor, now, "inspection.draft", made)
    return made


def write_team(
    session: Session, *, actor: Viewer, now: datetime, inspection_id: str, revision: int, new: TeamDraft
) -> Inspection:
    """Change a draft. A team that works already is only prolonged or shortened (`move_last_day`)."""
    one = load_team(session, actor, inspection_id)
    if one.state is not InspectionState.DRAFT:
        raise Invalid("Đoàn đã có quyết định; chỉ thay đổi được ngày cuối, thành viên và đơn vị.")
    ensure_fresh(one, revision, Conflict("Đoàn vừa được sửa ở nơi khác; hãy xem lại rồi sửa."))
    faults = rules.team_faults(new)
    if not faults and new.first_day and new.last_day:
        outside = [v for v in one.visits if v.visit_from < new.first_day or v.visit_until > new.last_day]
        if outside:
            faults["last_day"] = "Có đơn vị hẹn làm việc ngoài những ngày này; hãy sửa ngày hẹn trước."
    if faults:
        raise Invalid(faults)
    assert new.period_from and new.period_until and new.first_day and new.last_day
    one.name, one.surprise = new.name.strip(), new.surprise
    one.period_from, one.period_until = new.period_from, new.period_until
    one.first_day, one.last_day = new.first_day, new.last_day
    one.days = {key: days for key in rules.DAYS if (days := new.days.get(key)) is not None}
    session.flush()
    log_event(session, actor, now, "inspection.write", one)
    return one


def add_member(
    session: Session, *, actor: Viewer, moment: Moment, inspection_id: str, person_id: str, post: TeamPost | None
) -> Inspection:
    """Nobody inspects the own unit; one head at most. Raises Invalid by field."""
    one, now = _working(session, actor, inspection_id), moment.now
    faults = {}
    person = session.get(Person, person_id) if person_id else None
    if person is None or person.disabled_at is not None:
        faults["person_id"] = "Hãy chọn một người trong danh sách."
    elif person.id in one.team:
        faults["person_id"] = f"{person.name} đã ở trong đoàn."
    elif any(person.id in people for people in _insiders(session, moment, _units(one)).values()):
        faults["person_id"] = f"{person.name} thuộc một đơn vị được kiểm tra; không ai kiểm tra đơn vị mình."
    if post is None:
        faults["post"] = "Hãy chọn nhiệm vụ trong đoàn."
    elif post is TeamPost.HEAD and any(m.post is post for m in one.members if m.removed_at is None):
        faults["post"] = "Đoàn đã có trưởng đoàn; hãy cho người ấy thôi nhiệm vụ trước."
    if len(one.team) >= rules.MOST_MEMBERS:
        faults["person_id"] = f"Một đoàn có nhiều nhất {rules.MOST_MEMBERS} người."
    if faults or person is None or post is None:
        raise Invalid(faults)
    member = InspectionMember(
        id=new_id(), inspection_id=one.id, person_id=person.id, name=person.name, post=post, added_at=now
    )
    session.add(member)
    session.flush()
    session.refresh(one, ["members"])
    log_event(session, actor, now, "inspection.add-member", one, {"person": person.id, "post": post.value})
    _follow(session, actor, now, one)
    return one


def remove_member(
    session: Session, *, actor: Viewer, moment: Moment, inspection_id: str, member_id: str, reason: str
) -> Inspection:
    """What they read in the team's name ends at once."""
    one, now = _working(session, actor, inspection_id), moment.now
    member = next((m for m in one.members if m.id == member_id and m.removed_at is None), None)
    if member is None:
        raise NotFound(kind="inspection", key=member_id)
    member.removed_at, member.removed_reason = now, _reason(reason, "Hãy ghi vì sao thôi nhiệm vụ.")
    session.flush()
    log_event(
        session, actor, now, "inspection.remove-member", one, {"person": member.person_id}, reason=member.removed_reason
    )
    _follow(session, actor, now, one)
    text = f"Bạn thôi nhiệm vụ trong {one.name}: {member.removed_reason}"
    _tell(session, moment, one, [member.person_id], f"leave:{member.id}", text)
    return one


def add_unit(
    session: Session,
    *,
    actor: Viewer,
    moment: Moment,
    inspection_id: str,
    unit_id: str,
    visit_from: date | None,
    visit_until: date | None,
) -> InspectionVisit:
    """A unit that the team visits on these days. Raises Invalid by field."""
    one, now = _working(session, actor, inspection_id), moment.now
    faults = rules.visit_faults(visit_from, visit_until, first=one.first_day, last=one.last_day)
    unit = session.get(Unit, unit_id) if unit_id else None
    if unit is None:
        faults["unit_id"] = "Hãy chọn đơn vị."
    elif unit.id in {v.unit_id for v in one.visits}:
        faults["unit_id"] = "Đoàn này đã có đơn vị ấy."
    elif theirs := _insiders(session, moment, [unit.id])[unit.id] & one.team:
        names = ", ".join(sorted(m.name for m in one.members if m.person_id in theirs))
        faults["unit_id"] = f"Trong đoàn có người của đơn vị này ({names}); không ai kiểm tra đơn vị mình."
    if len(one.visits) >= rules.MOST_UNITS:
        faults["unit_id"] = f"Một đoàn đến nhiều nhất {rules.MOST_UNITS} đơn vị."
    if faults or unit is None or visit_from is None or visit_until is None:
        raise Invalid(faults)
    visit = InspectionVisit(
        id=new_id(),
        inspection_id=one.id,
        movement_id=one.movement_id,
        year=one.year,
        unit_id=unit.id,
        visit_from=visit_from,
        visit_until=visit_until,
        state=VisitState.PLANNED,
        created_at=now,
        inspection=one,
    )
    session.add(visit)
    session.flush()
    log_event(session, actor, now, "inspection-visit.plan", visit)
    _follow(session, actor, now, one)
    return visit


def issue_team(
    session: Session, *, actor: Viewer, moment: Moment, inspection_id: str, decision: Decision
) -> Inspection:
    """The decision is entered; roles begin with the team's first day. Raises Invalid with all that is missing."""
    one, now = load_team(session, actor, inspection_id), moment.now
    ensure_runs(actor, one.movement_id)
    state = _next(one, "issue")
    faults = {}
    if not decision.number.strip():
        faults["number"] = "Hãy ghi số của quyết định."
    if decision.decided_on is None:
        faults["decided_on"] = "Hãy ghi ngày của quyết định."
    elif decision.decided_on > moment.today:
        faults["decided_on"] = "Ngày của quyết định không được ở tương lai."
    elif decision.decided_on > one.first_day:
        faults["decided_on"] = "Đoàn không làm việc trước ngày có quyết định; hãy sửa ngày đầu tiên của đoàn."
    if not any(m.post is TeamPost.HEAD for m in one.members if m.removed_at is None):
        faults["members"] = "Đoàn chưa có trưởng đoàn."
    if not _units(one):
        faults["units"] = "Đoàn chưa có đơn vị nào để kiểm tra."
    if faults:
        raise Invalid(faults)
    paper = find_decision(session, decision.document_id, actor=actor) if decision.document_id else None
    ensure_is(paper, number=decision.number, day=decision.decided_on)
    one.state, one.number, one.decided_on = state, decision.number.strip(), decision.decided_on
    one.decision_document_id = paper.id if paper else None
    session.flush()
    log_event(session, actor, now, "inspection.issue", one, {"number": one.number, "until": one.last_day.isoformat()})
    _follow(session, actor, now, one)
    text = f"Bạn ở trong {one.name}, làm việc từ {one.first_day:%d/%m/%Y} đến {one.last_day:%d/%m/%Y}."
    _tell(session, moment, one, one.team - {actor.id or ""}, "issue", text)
    return one


def _tell(session: Session, moment: Moment, one: Inspection, people: Collection[str], cause: str, text: str) -> None:
    """Members learn what changed; of a draft nobody is told anything."""
    if one.state is InspectionState.DRAFT:
        return
    tell(
        session,
        now=moment.now,
        timezone=moment.timezone,
        people=people,
        key=f"inspection:{one.id}:{cause}",
        text=text,
        link=f"/inspections/{one.id}",
    )


def move_last_day(
    session: Session,
    *,
    actor: Viewer,
    moment: Moment,
    inspection_id: str,
    last_day: date | None,
    reason: str,
) -> Inspection:
    """Prolong or shorten a team that works; what its members read ends with the new day."""
    one, now = load_team(session, actor, inspection_id), moment.now
    if one.state is not InspectionState.IN_FORCE:
        raise Invalid("Chỉ thay đổi được ngày cuối của đoàn đang làm việc.")
    faults = {}
    if last_day is None:
        faults["last_day"] = "Hãy ghi ngày cuối mới."
    elif last_day < one.first_day:
        faults["last_day"] = f"Ngày cuối phải từ {one.first_day:%d/%m/%Y} trở đi."
    elif (last_day - one.first_day).days > rules.LONGEST_TEAM:
        faults["last_day"] = "Một đoàn làm việc không quá một năm."
    if not reason.strip():
        faults["reason"] = "Hãy ghi vì sao thay đổi."
    if faults or last_day is None:
        raise Invalid(faults)
    before, one.last_day = one.last_day, last_day
    session.flush()
    details = {"before": before.isoformat(), "until": last_day.isoformat()}
    log_event(session, actor, now, "inspection.move", one, details, reason=reason.strip()[: rules.LONGEST_REASON])
    _follow(session, actor, now, one)
    text = f"{one.name} nay làm việc đến hết ngày {last_day:%d/%m/%Y}."
    _tell(session, moment, one, one.team, f"move:{one.revision}", text)
    return one


def end_team(
    session: Session, *, actor: Viewer, moment: Moment, inspection_id: str, move: str, reason: str
) -> Inspection:
    """`end` when its work is done, `cancel` with a reason; its members read nothing more from this moment on."""
    one, now = load_team(session, actor, inspection_id), moment.now
    state = _next(one, move)
    if move == "cancel":
        one.end_reason = _reason(reason, "Hãy ghi vì sao hủy đoàn.")
        begun = [
            v for v in one.visits if (v.state, "cancel") not in rules.MOVES and v.state is not VisitState.CANCELLED
        ]
        if begun:
            raise Invalid("Đoàn đã làm việc tại đơn vị nên không hủy được; hãy kết thúc đoàn.")
        for visit in one.visits:
            if visit.state is not VisitState.CANCELLED:
                call_off(session, actor=actor, moment=moment, visit=visit, reason=one.end_reason)
    elif waiting := [v for v in one.visits if v.state in rules.UNSIGNED]:
        raise Invalid(f"Còn {len(waiting)} đơn vị chưa ký xong biên bản; hãy hủy cuộc kiểm tra ở đơn vị không đến nữa.")
    else:
        one.end_reason = reason.strip()[: rules.LONGEST_REASON]
    one.state, one.ended_at = state, now
    session.flush()
    log_event(session, actor, now, f"inspection.{move}", one, reason=one.end_reason)
    end_access(session, actor=actor, now=now, inspection=one)
    text = f"{one.name} {'đã kết thúc' if move == 'end' else f'không làm việc nữa: {one.end_reason}'}."
    _tell(session, moment, one, one.team, move, text)
    return one


def load_team(session: Session, actor: Viewer, inspection_id: str) -> Inspection:
    """For who may change it. Raises NotFound, Refused."""
    # Held until the commit: a team has one head, a unit stands in it once.
    one = session.get(Inspection, inspection_id, populate_existing=True, with_for_update={"of": Inspection})
    if one is None:
        raise NotFound(kind="inspection", key=inspection_id)
    ensure(actor, Permission.INSPECTION_MANAGE, one)
    return one


def _working(session: Session, actor: Viewer, inspection_id: str) -> Inspection:
    one = load_team(session, actor, inspection_id)
    if one.state not in (InspectionState.DRAFT, InspectionState.IN_FORCE):
        raise Invalid("Đoàn đã kết thúc hoặc đã hủy, không thay đổi được nữa.")
    return one


def _units(one: Inspection) -> set[str]:
    return {visit.unit_id for visit in one.visits if visit.state is not VisitState.CANCELLED}


def _insiders(session: Session, moment: Moment, unit_ids: Collection[str]) -> dict[str, set[str]]:
    """Unit id -> accounts of its people and of those who do its work."""
    found = people_of_units(session, unit_ids, roles=(Role.CLERK, Role.HEAD), now=moment.now, today=moment.today)
    for person_id, unit_id in session.execute(select(Person.id, Person.unit_id).where(Person.unit_id.in_(unit_ids))):
        if unit_id is not None:
            found[unit_id].add(person_id)
    return found


def _follow(session: Session, actor: Viewer, now: datetime, one: Inspection) -> None:
    """Roles of a team that works are those of its people and units as they are now."""
    if one.state is InspectionState.IN_FORCE:
        session.refresh(one, ["members", "visits"])
        set_access(session, actor=actor, now=now, inspection=one, units=_units(one))


def _next(one: Inspection, move: str) -> InspectionState:
    state = rules.TEAM_MOVES.get((one.state, move))
    if state is None:
        raise Invalid(f"Đoàn đang ở trạng thái “{one.state.label}” nên không làm được việc này.")
    return state


def _reason(text: str, empty: str) -> str:
    text = text.strip()
    if not text:
        raise Invalid({"reason": empty})
    if len(text) > rules.LONGEST_REASON:
        raise Invalid({"reason": f"Lý do dài tối đa {rules.LONGEST_REASON} ký tự."})
    return text
