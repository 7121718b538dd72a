"""What a seat looks after in a year: given by a decision or without, ended, never overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.audit import log_event
from webapp.core.errors import Invalid, NotFound
from webapp.council import rules
from webapp.council.service import seat_for_change
from webapp.models import (
    Cluster,
    CouncilAssignment,
    CouncilSeat,
    CriteriaGroup,
    Movement,
    Theme,
    new_id,
)
from webapp.permissions import Viewer

NOTHING = "Hãy chọn ít nhất một nội dung, nhóm tiêu chí hoặc cụm, hoặc ghi lĩnh vực."


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What is given: ids of themes, groups and clusters, a field in words; `decision` in words, may be empty."""

    year: int
    themes: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    clusters: frozenset[str] = frozenset()
    field: str = ""
    decision: str = ""
    from_day: date | None = None
    until_day: date | None = None


def assign(session: Session, *, actor: Viewer, now: datetime, seat_id: str, given: Given) -> list[CouncilAssignment]:
    """One row for each; what the seat has already in those days is passed over. Raises Invalid by field."""
    seat = seat_for_change(session, actor, seat_id)
    wanted = _wanted(session, seat, given)
    assert given.from_day is not None
    made = []
    for theme_id, group_id, cluster_id, field in wanted:
        about = (theme_id, group_id, cluster_id, field)
        same = [one for one in seat.assignments if one.about == about and one.year == given.year]
        if not rules.any_overlaps(same, given.from_day, given.until_day):
            made.append(
                CouncilAssignment(
                    id=new_id(),
                    seat_id=seat.id,
                    year=given.year,
                    theme_id=theme_id,
                    group_id=group_id,
                    cluster_id=cluster_id,
                    field=field,
                    decision=given.decision.strip(),
                    from_day=given.from_day,
                    until_day=given.until_day,
                    created_by=actor.id,
                    created_at=now,
                )
            )
    if not made:
        raise Invalid("Thành viên này đã được phân công những nội dung đó.")
    session.add_all(made)
    session.flush()
    log_event(session, actor, now, "council.assign", seat.council, {"person": seat.person_id, "total": len(made)})
    return made


def end_assignment(
    session: Session, *, actor: Viewer, now: datetime, assignment_id: str, until_day: date | None
) -> CouncilAssignment:
    """`until_day` is its last day."""
    found = session.get(CouncilAssignment, assignment_id)
    if found is None:
        raise NotFound(kind="council", key=assignment_id)
    seat = seat_for_change(session, actor, found.seat_id)
    if until_day is None or until_day < found.from_day:
        raise Invalid({"until_day": f"Hãy ghi ngày cuối, từ {found.from_day:%d/%m/%Y} trở đi."})
    if found.until_day is not None and until_day > found.until_day:
        raise Invalid({"until_day": f"Phân công này đã kết thúc ngày {found.until_day:%d/%m/%Y}."})
    found.until_day = until_day
    session.flush()
    log_event(session, actor, now, "council.unassign", seat.council, {"person": seat.person_id})
    return found


def _wanted(session: Session, seat: CouncilSeat, given: Given) -> list[tuple[str | None, str | None, str | None, str]]:
    council = seat.council
    movement = session.get_one(Movement, council.movement_id)
    faults = rules.day_faults(given.from_day, given.until_day, within=(seat.from_day, seat.until_day))
    if not movement.first_year <= given.year <= movement.last_year:
        faults["year"] = f"Phong trào kéo dài từ {movement.first_year} đến {movement.last_year}."
    field = " ".join(given.field.split())
    if not (given.themes or given.groups or given.clusters or field):
        faults["themes"] = NOTHING
    if len(field) > rules.LONGEST or len(given.decision) > rules.LONGEST:
        faults["field"] = f"Mục này dài tối đa {rules.LONGEST} ký tự."
    themes = select(Theme.id).where(Theme.id.in_(given.themes), Theme.movement_id == movement.id)
    groups = select(CriteriaGroup.id).where(
        CriteriaGroup.id.in_(given.groups), CriteriaGroup.movement_id == movement.id
    )
    clusters = select(Cluster.id).where(Cluster.id.in_(given.clusters))
    for name, query, wanted in (
        ("themes", themes, given.themes),
        ("groups", groups, given.groups),
        ("clusters", clusters, given.clusters),
    ):
        if set(session.scalars(query)) != wanted:
            faults[name] = "Có nội dung không thuộc phong trào này; hãy chọn lại."
    if faults:
        raise Invalid(faults)
    return [
        *((one, None, None, "") for one in sorted(given.themes)),
        *((None, one, None, "") for one in sorted(given.groups)),
        *((None, None, one, "") for one in sorted(given.clusters)),
        *([(None, None, None, field)] if field else []),
    ]
