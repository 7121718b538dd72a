"""A unit's work goes from one clerk to the next in one step: what there is, counted, before anything changes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from webapp.audit import log_event
from webapp.core.errors import Invalid
from webapp.models import (
    Announcement,
    AnnouncementUnit,
    Base,
    Checklist,
    ChecklistState,
    Difficulty,
    DifficultyState,
    Document,
    DocumentState,
    Duty,
    Initiative,
    InitiativeState,
    Notice,
    PaperKind,
    PaperState,
    Person,
    Role,
    RoleGrant,
    ScoreSheet,
    Unit,
    UnitPaper,
)
from webapp.people.acting import colleagues, find_absent
from webapp.people.service import NewGrant, grant_role
from webapp.permissions import SYSTEM, Permission, Viewer, ensure
from webapp.permissions.viewer import BEING_SCORED

# What notices are about, by how their keys begin: those about the unit's own things go on to the new clerk.
_ABOUT: dict[str, type[Base]] = {
    "paper": UnitPaper,
    "duty": Duty,
    "checklist": Checklist,
    "initiative": Initiative,
    "difficulty": Difficulty,
    "score": ScoreSheet,
    "announcement": Announcement,
}


@dataclass(frozen=True, slots=True)
class Work:
    """What a clerk leaves: (what, how many) that stays with the unit and is the next clerk's, the notices not read yet,
    the roles that end, and what was given to the person and must be given anew."""

    of_unit: tuple[tuple[str, int], ...]
    notices: tuple[Notice, ...]
    grants: tuple[RoleGrant, ...]
    personal: tuple[tuple[str, int], ...]


def find_work(session: Session, *, viewer: Viewer, person: Person, unit: Unit, today: date) -> Work:
    """Everything that `person` has in hand as clerk of `unit`."""
    ensure(viewer, Permission.ACTING_SET, unit)

    def count(model: type[Base], *conditions: object) -> int:
        return session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0  # type: ignore[arg-type]

    of_unit = (
        ("việc phải nộp chưa nộp", count(Duty, *_owed(unit.id, today))),
        (
            "phiếu tự kiểm đang làm hoặc bị trả lại",
            count(Checklist, Checklist.unit_id == unit.id, Checklist.state != ChecklistState.SUBMITTED),
        ),
        (
            "kế hoạch, báo cáo đang viết hoặc bị trả lại",
            count(
                UnitPaper, UnitPaper.unit_id == unit.id, UnitPaper.state.in_((PaperState.DRAFT, PaperState.RETURNED))
            ),
        ),
        (
            "sáng kiến đang viết hoặc bị trả lại",
            count(
                Initiative,
                Initiative.unit_id == unit.id,
                Initiative.state.in_((InitiativeState.DRAFT, InitiativeState.RETURNED)),
            ),
        ),
        (
            "khó khăn, vướng mắc chưa gửi",
            count(Difficulty, Difficulty.unit_id == unit.id, Difficulty.state == DifficultyState.DRAFT),
        ),
        (
            "văn bản chưa trình",
            count(
                Document,
                Document.unit_id == unit.id,
                Document.state == DocumentState.DRAFT,
                Document.withdrawn_at.is_(None),
            ),
        ),
    )
    asked = or_(ScoreSheet.appraiser_id == person.id, ScoreSheet.control_id == person.id)
    personal = (
        ("phiếu điểm được phân công thẩm định", count(ScoreSheet, asked, ScoreSheet.state.in_(BEING_SCORED))),
        (
            "vai trò khác",
            count(
                RoleGrant,
                RoleGrant.person_id == person.id,
                RoleGrant.revoked_at.is_(None),
                or_(RoleGrant.unit_id.is_(None), RoleGrant.unit_id != unit.id, RoleGrant.role != Role.CLERK),
                or_(RoleGrant.valid_until.is_(None), RoleGrant.valid_until >= today),
            ),
        ),
    )
    return Work(of_unit, tuple(_notices(session, person.id, unit.id)), tuple(_clerks(session, person, unit)), personal)


def hand_over(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    today: date,
    person_id: str,
    unit_id: str,
    to: str,
    from_day: date | None,
) -> Person:
    """From this day on `to` is the unit's clerk in the place of `person_id`, whose role ends with the day before; unread
    notices of the unit go along. Raises Invalid by field; returns who is the clerk now."""
    person = find_absent(session, person_id, viewer=actor)
    unit = session.get_one(Unit, unit_id)
    work = find_work(session, viewer=actor, person=person, unit=unit, today=today)
    faults = {}
    if not work.grants:
        raise Invalid("Người này không phải cán bộ đầu mối của đơn vị.")
    if to == person.id or to not in {
        one.id for one in new_clerks(session, unit.id, viewer=actor, now=now, today=today)
    }:
        faults["to"] = "Hãy chọn người nhận việc."
    if from_day is None:
        faults["from_day"] = "Hãy ghi ngày người mới bắt đầu."
    elif from_day < today:
        faults["from_day"] = "Ngày bắt đầu không thể ở trước hôm nay."
    if faults or from_day is None:
        raise Invalid(faults)
    last = from_day - timedelta(days=1)
    for grant in work.grants:
        if grant.valid_from is not None and grant.valid_from > last:
            grant.revoked_at = now  # it would have begun no earlier than the new one
        else:
            grant.valid_until = last
    new = session.get_one(Person, to)
    if not _clerks(session, new, unit):
        # Who may hand over may also say who takes it; giving roles otherwise is the administrator's.
        role = NewGrant(role=Role.CLERK, unit_id=unit.id, valid_from=from_day)
        grant_role(session, actor=SYSTEM, now=now, person_id=new.id, grant=role)
    _pass_on(session, work.notices, new.id, now=now, at_once=from_day <= today)
    session.flush()
    details: dict[str, str | int | None] = {
        "person": new.id,
        "valid_from": from_day.isoformat(),
        "total": len(work.notices),
    }
    log_event(session, actor, now, "grant.hand-over", person, {**details, "unit": unit.id})
    return new


def new_clerks(session: Session, unit_id: str, *, viewer: Viewer, now: datetime, today: date) -> list[Person]:
    """Who can take over: people of the unit; for an administrator also those who have neither unit nor role yet."""
    found = colleagues(session, unit_id, now=now, today=today)
    if viewer.has(Role.ADMINISTRATOR) or viewer.is_system:
        busy = select(RoleGrant.person_id).where(RoleGrant.revoked_at.is_(None))
        free = (
            select(Person)
            .where(Person.unit_id.is_(None), Person.disabled_at.is_(None), Person.id.not_in(busy))
            .order_by(Person.name)
        )
        found += [one for one in session.scalars(free) if one.id not in {other.id for other in found}]
    return found


def _clerks(session: Session, person: Person, unit: Unit) -> list[RoleGrant]:
    rows = session.scalars(
        select(RoleGrant).where(
            RoleGrant.person_id == person.id,
            RoleGrant.unit_id == unit.id,
            RoleGrant.role == Role.CLERK,
            RoleGrant.basis.is_(None),
            RoleGrant.revoked_at.is_(None),
        )
    )
    return [row for row in rows if row.valid_until is None]


def _owed(unit_id: str, today: date) -> tuple[object, ...]:
    """Conditions on Duty: owed until this year and never handed in."""
    paper = exists().where(
        UnitPaper.unit_id == Duty.unit_id,
        UnitPaper.movement_id == Duty.movement_id,
        UnitPaper.kind == Duty.paper,
        UnitPaper.year == Duty.year,
        UnitPaper.first_submitted_at.is_not(None),
    )
    checklist = exists().where(
        Checklist.unit_id == Duty.unit_id,
        Checklist.movement_id == Duty.movement_id,
        Checklist.year == Duty.year,
        Checklist.first_submitted_at.is_not(None),
    )
    handed_in = or_(paper, and_(Duty.paper == PaperKind.CHECKLIST, checklist))
    return (Duty.unit_id == unit_id, Duty.cancelled_at.is_(None), Duty.year <= today.year, ~handed_in)


def _notices(session: Session, person_id: str, unit_id: str) -> list[Notice]:
    """Not read yet, about things of the unit or told to all units."""
    unread = session.scalars(
        select(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None)).order_by(Notice.created_at)
    ).all()
    named: dict[str, set[str]] = {}
    for notice in unread:
        kind, _, rest = notice.key.partition(":")
        named.setdefault(kind, set()).add(rest.partition(":")[0])
    of_unit = {
        (kind, identity)
        for kind, ids in named.items()
        if kind in _ABOUT
        for identity in _of_unit(session, _ABOUT[kind], ids, unit_id)
    }
    return [one for one in unread if tuple(one.key.split(":")[:2]) in of_unit]


def _of_unit(session: Session, model: type[Base], ids: Collection[str], unit_id: str) -> set[str]:
    table = model.__table__.c
    query = select(table.id).where(table.id.in_(ids))
    if "unit_id" in table:
        query = query.where(table.unit_id == unit_id)
    elif model is Announcement:
        # Told to another unit of the old clerk's, it is none of the new one's business.
        told = exists().where(AnnouncementUnit.announcement_id == table.id, AnnouncementUnit.unit_id == unit_id)
        query = query.where(or_(Announcement.everyone.is_(True), told))
    return set(session.scalars(query))


def _pass_on(session: Session, notices: Collection[Notice], to: str, *, now: datetime, at_once: bool) -> None:
    """The new clerk finds them among the notices; no letter is sent of what was sent before."""
    told = set(session.scalars(select(Notice.key).where(Notice.person_id == to)))
    session.add_all(
        Notice(person_id=to, key=one.key, text=one.text, link=one.link, created_at=one.created_at, mailed_at=now)
        for one in notices
        if one.key not in told
    )
    if at_once:
        for one in notices:
            one.read_at = now
