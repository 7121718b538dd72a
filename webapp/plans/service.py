"""Starting an import, correcting the reading, applying it, mapping units to groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.audit import Thing, log_event
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.revisions import ensure_fresh
from webapp.documents.retention import begin_term
from webapp.jobs.outbox import enqueue
from webapp.kinds import search_key
from webapp.models import (
    CriteriaGroup,
    Criterion,
    Deadline,
    Document,
    DocumentKind,
    DocumentState,
    GroupUnit,
    JobKind,
    Movement,
    Phase,
    PlanImport,
    PlanPoint,
    PlanState,
    PlanVersion,
    Theme,
    Unit,
)
from webapp.movement import rules
from webapp.movement.reading import PlanReading
from webapp.movement.stored import parse_stored
from webapp.permissions import Permission, Subject, Viewer, ensure
from webapp.records.keep import touch


def start_import(
    session: Session, *, actor: Viewer, now: datetime, document: Document, movement_id: str | None
) -> PlanImport:
    """Begin to read in an uploaded plan; `movement_id` names the movement it amends, None a new one."""
    ensure(actor, Permission.PLAN_IMPORT, Subject(kind="movement", movement_id=movement_id))
    if document.kind is not DocumentKind.PLAN:
        raise Invalid({"file": "Chỉ văn bản loại kế hoạch của phường mới nhập thành phong trào được."})
    if movement_id is not None and session.get(Movement, movement_id) is None:
        raise Invalid({"movement_id": "Không có phong trào này."})
    plan_import = PlanImport(document_id=document.id, movement_id=movement_id, created_at=now)
    session.add(plan_import)
    session.flush()
    log_event(session, actor, now, "plan.start-import", Thing("plan-import", plan_import.id), {"document": document.id})
    return plan_import


def correct_import(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    import_id: str,
    reading: PlanReading,
    movement_id: str | None,
    revision: int,
) -> PlanImport:
    """Keep a corrected reading. Raises Conflict when somebody else corrected it meanwhile."""
    plan_import = _open_import(session, actor, import_id)
    ensure_fresh(
        plan_import,
        revision,
        Conflict("Người khác vừa sửa phần đọc được của kế hoạch này. Phần bạn gửi chưa được lưu."),
    )
    ensure(actor, Permission.PLAN_IMPORT, Subject(kind="movement", movement_id=movement_id))
    if movement_id is not None and session.get(Movement, movement_id) is None:
        raise Invalid({"movement_id": "Không có phong trào này."})
    if faults := rules.reading_faults(reading):
        raise Invalid(faults)
    plan_import.reading = reading.to_dict()
    plan_import.movement_id = movement_id
    session.flush()
    log_event(
        session,
        actor,
        now,
        "plan.correct-import",
        Thing("plan-import", plan_import.id),
        {"revision": plan_import.revision},
    )
    return plan_import


def apply_import(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    import_id: str,
    reading: PlanReading,
    text: str,
    note: str = "",
    revision: int | None = None,
) -> PlanVersion:
    """Make the reading the movement's plan: a new version, with points, phases, themes, groups, criteria, deadlines.

    Themes, groups and criteria are matched by code, so what units attached to them stays; those that the new plan no
    longer has are retired, not removed. Raises Conflict when the reading is no longer that of `revision`.
    """
    plan_import = _open_import(session, actor, import_id)
    if revision is not None and plan_import.revision != revision:
        raise Conflict("Người khác vừa sửa phần đọc được của kế hoạch này. Kế hoạch chưa được áp dụng; hãy xem lại.")
    if faults := rules.reading_faults(reading):
        raise Invalid(faults)
    if _document(session, plan_import.document_id).withdrawn_at is not None:
        raise Invalid("Văn bản của kế hoạch này đã được rút; hãy khôi phục văn bản, hoặc nhập lại kế hoạch.")
    movement = _movement_for(session, plan_import.movement_id, reading, now)
    if find_same_version(session, movement.id, reading) is not None:
        raise Invalid("Kế hoạch này giống hệt bản đang dùng, nên không tạo bản mới.")
    issued_on = date.fromisoformat(reading.date) if reading.date else None
    for older in session.scalars(select(PlanVersion).where(PlanVersion.movement_id == movement.id)):
        older.state = PlanState.REPLACED
    movement.plan_no += 1
    version = PlanVersion(
        movement_id=movement.id,
        no=movement.plan_no,
        document_id=plan_import.document_id,
        state=rules.plan_state(reading, no=movement.plan_no),
        number=reading.number,
        issued_on=issued_on,
        text=text,
        reading=reading.to_dict(),
        note=note,
        applied_at=now,
    )
    session.add(version)
    plan_import.applied_at = now
    plan_import.reading = reading.to_dict()
    session.flush()
    document = _document(session, plan_import.document_id)
    document.movement_id = movement.id
    document.state = DocumentState.PUBLISHED
    begin_term(session, document)
    document.number, document.issued_on = reading.number, issued_on
    document.issuer, document.signer = reading.issuer, reading.signer
    document.title = reading.abstract or document.title
    gone = _replace_points(session, movement, reading)
    _replace_rows(session, movement, reading)
    _match_coded(session, movement, reading, now)
    session.flush()
    points = session.scalars(select(PlanPoint.id).where(PlanPoint.movement_id == movement.id)).all()
    keys = [
        search_key("document", document.id),
        *(search_key("point", identity) for identity in points),
        *(search_key("point", identity) for identity in gone),
    ]
    enqueue(session, JobKind.INDEX, keys, now=now)
    details: dict[str, str | int | None] = {
        "movement": movement.id,
        "version": version.no,
        "criteria": len(rules.criteria_of(reading)),
    }
    log_event(session, actor, now, "plan.apply", movement, details)
    return version


def find_same_version(session: Session, movement_id: str, reading: PlanReading) -> PlanVersion | None:
    """The movement's present plan version when it says exactly what `reading` says."""
    version = session.scalar(
        select(PlanVersion)
        .join(Movement, (Movement.id == PlanVersion.movement_id) & (Movement.plan_no == PlanVersion.no))
        .where(Movement.id == movement_id)
    )
    same = version is not None and parse_stored(version.reading) == reading
    return version if same else None


def map_units(
    session: Session, *, actor: Viewer, now: datetime, movement_id: str, mapped: Mapping[str, Iterable[str]]
) -> int:
    """Set the groups of the named units (unit id to group ids); returns how many units changed."""
    movement = session.get(Movement, movement_id)
    if movement is None:
        raise NotFound(kind="movement", key=movement_id)
    ensure(actor, Permission.COVERAGE_MANAGE, movement)
    known = set(
        session.scalars(
            select(CriteriaGroup.id).where(CriteriaGroup.movement_id == movement_id, CriteriaGroup.retired_at.is_(None))
        )
    )
    units = set(session.scalars(select(Unit.id)))
    changed = 0
    for unit_id, group_ids in mapped.items():
        wanted = set(group_ids)
        if unit_id not in units or not wanted <= known:
            raise Invalid("Đơn vị hoặc nhóm tiêu chí trong biểu mẫu không còn nữa; hãy tải lại trang.")
        present = set(
            session.scalars(
                select(GroupUnit.group_id).where(GroupUnit.unit_id == unit_id, GroupUnit.group_id.in_(known))
            )
        )
        if wanted == present:
            continue
        changed += 1
        touch(session, movement)
        session.execute(delete(GroupUnit).where(GroupUnit.unit_id == unit_id, GroupUnit.group_id.in_(present - wanted)))
        session.add_all(GroupUnit(group_id=group_id, unit_id=unit_id) for group_id in sorted(wanted - present))
        session.flush()
        details = {"movement": movement_id, "groups": " ".join(sorted(wanted))}
        log_event(session, actor, now, "coverage.map", Thing("unit", unit_id), details)
    return changed


def _open_import(session: Session, actor: Viewer, import_id: str) -> PlanImport:
    plan_import = session.get(PlanImport, import_id)
    subject = Subject(kind="movement", movement_id=plan_import.movement_id if plan_import else None)
    ensure(actor, Permission.PLAN_IMPORT, subject)
    if plan_import is None:
        raise NotFound(kind="plan-import", key=import_id)
    if plan_import.applied_at is not None:
        raise Invalid("Kế hoạch này đã được áp dụng; hãy nhập bản mới nếu cần sửa đổi.")
    return plan_import


def _document(session: Session, document_id: str) -> Document:
    document = session.get(Document, document_id)
    if document is None:
        raise NotFound(kind="document", key=document_id)
    return document


def _movement_for(session: Session, movement_id: str | None, reading: PlanReading, now: datetime) -> Movement:
    name = rules.movement_name(reading)
    first_year, last_year = rules.movement_years(reading)
    if movement_id is None:
        if session.scalar(select(Movement.id).where(Movement.name == name)):
            raise Invalid(
                {"movement_id": f"Đã có phong trào “{name}”. Hãy chọn phong trào đó để nhập thành bản sửa đổi."}
            )
        movement = Movement(name=name, first_year=first_year, last_year=last_year, created_at=now, plan_no=0)
        session.add(movement)
        session.flush()
        return movement
    movement = session.get_one(Movement, movement_id)
    if movement.withdrawn_on is not None:
        raise Invalid({"movement_id": "Phong trào này đã được rút; hãy nhập kế hoạch thành phong trào mới."})
    movement.first_year, movement.last_year = first_year, last_year
    # What is amended goes on.
    movement.ended_on = movement.end_basis = None
    return movement


def _replace_points(session: Session, movement: Movement, reading: PlanReading) -> list[str]:
    """Points follow the present text alone; those whose code stays keep their id. Returns ids of points gone."""
    present = {
        point.code: point for point in session.scalars(select(PlanPoint).where(PlanPoint.movement_id == movement.id))
    }
    for position, point in enumerate(reading.points):
        row = present.pop(point.code, None) or PlanPoint(movement_id=movement.id, code=point.code)
        row.position, row.text = position, point.text
        session.add(row)
    for row in present.values():
        session.delete(row)
    return [row.id for row in present.values()]


def _replace_rows(session: Session, movement: Movement, reading: PlanReading) -> None:
    touch(session, movement)
    session.execute(delete(Phase).where(Phase.movement_id == movement.id))
    session.execute(delete(Deadline).where(Deadline.movement_id == movement.id))
    session.add_all(
        Phase(
            movement_id=movement.id,
            position=position,
            name=phase.name,
            first_year=phase.first_year,
            last_year=phase.last_year,
        )
        for position, phase in enumerate(reading.phases)
    )
    session.add_all(
        Deadline(
            movement_id=movement.id,
            point=deadline.point,
            what=deadline.what,
            month=deadline.month,
            day=deadline.day,
            exclusive=deadline.exclusive,
        )
        for deadline in reading.deadlines
    )


def _match_coded(session: Session, movement: Movement, reading: PlanReading, now: datetime) -> None:
    themes = {row.code: row for row in session.scalars(select(Theme).where(Theme.movement_id == movement.id))}
    groups = {
        row.code: row for row in session.scalars(select(CriteriaGroup).where(CriteriaGroup.movement_id == movement.id))
    }
    criteria = {row.code: row for row in session.scalars(select(Criterion).where(Criterion.movement_id == movement.id))}
    for position, theme in enumerate(reading.themes):
        row = themes.pop(theme.code, None) or Theme(movement_id=movement.id, code=theme.code)
        row.position, row.text, row.retired_at = position, theme.text, None
        session.add(row)
    place = 0
    for position, group in enumerate(reading.criteria_groups):
        group_row = groups.pop(group.code, None) or CriteriaGroup(movement_id=movement.id, code=group.code)
        group_row.position, group_row.title, group_row.retired_at = position, group.title, None
        session.add(group_row)
        session.flush()
        for criterion in group.criteria:
            found = criteria.pop(criterion.code, None) or Criterion(movement_id=movement.id, code=criterion.code)
            found.group_id, found.position = group_row.id, place
            found.text, found.retired_at = criterion.text, None
            session.add(found)
            place += 1
    gone: list[Theme | CriteriaGroup | Criterion] = [*themes.values(), *groups.values(), *criteria.values()]
    for left in gone:
        left.retired_at = left.retired_at or now
