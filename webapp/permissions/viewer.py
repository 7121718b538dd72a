"""Who is looking, with everything the policy needs to know about them at this moment."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, CompoundSelect, Date, String, bindparam, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased, joinedload

from webapp.core.days import ward_day
from webapp.models import ClusterMember, Movement, Person, Role, RoleGrant, ScoreConflict, ScoreSheet, SheetState


@dataclass(frozen=True, slots=True)
class Grant:
    """A live grant: a role and where it holds. None means: not limited in that respect."""

    role: Role
    unit_id: str | None = None
    cluster_id: str | None = None
    movement_id: str | None = None
    year: int | None = None
    inspection_id: str | None = None


@dataclass(frozen=True, slots=True)
class StandIn:
    """In whose place somebody acts: words that follow the name, and the person who is away (None: a unit without a
    head); `viewer` is who acts, with no other role than the own ones and those of this place."""

    words: str
    person_id: str | None
    viewer: Viewer


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person at one moment. Built by `load_viewer`; grants that lapsed, are revoked or incomplete are not in it.

       `led` holds (unit id, year) of every member of a cluster that the person leads, or follows as council member; `judged`
       those followed as council member, `crossed` those that the own unit scores as a member of the same cluster, `scored`
       these and those that the person was asked to score, `conflicts` those that the person declared not to judge.
    In movements
       that `ended` nothing is handed in any more.

       Of somebody who acts in another's place `itself` is the same person without what is held so, and `stand_ins` are the
       places. What was allowed only in such a place is noted in `acted` by `ensure`, and from there in the log. The own
       unit, works and conflicts count as ever: nobody judges in another's place what they may not judge.
    """

    id: str | None
    name: str
    unit_id: str | None = None
    grants: frozenset[Grant] = frozenset()
    led: frozenset[tuple[str, int]] = frozenset()
    judged: frozenset[tuple[str, int]] = frozenset()
    crossed: frozenset[tuple[str, int]] = frozenset()
    scored: frozenset[tuple[str, int]] = frozenset()
    conflicts: frozenset[tuple[str, int]] = frozenset()
    ended: frozenset[str] = frozenset()
    is_system: bool = False
    itself: Viewer | None = field(default=None, compare=False, repr=False)
    stand_ins: tuple[StandIn, ...] = field(default=(), compare=False, repr=False)
    acted: list[StandIn] = field(default_factory=list, compare=False, repr=False)

    def has(self, *roles: Role) -> bool:
        return any(grant.role in roles for grant in self.grants)

    def units(self, *roles: Role) -> frozenset[str]:
        """Units in which the person holds one of these roles."""
        return frozenset(g.unit_id for g in self.grants if g.role in roles and g.unit_id is not None)

    @property
    def own_units(self) -> frozenset[str]:
        """Units whose papers are the person's own work."""
        return self.units(Role.CLERK, Role.HEAD)

    @property
    def inspected(self) -> frozenset[str]:
        return self.units(Role.INSPECTOR)

    @property
    def inspecting(self) -> frozenset[tuple[str, str]]:
        """(team, unit) of the teams of inspectors whose days these are."""
        return frozenset(
            (g.inspection_id, g.unit_id) for g in self.grants if g.inspection_id is not None and g.unit_id is not None
        )

    @property
    def overseen_movements(self) -> frozenset[str | None]:
        """Movements whose submitted papers the person reads; None stands for all of them."""
        return frozenset(
            g.movement_id
            for g in self.grants
            if g.role in OVERSEERS or (g.role is Role.COUNCIL and g.cluster_id is None)
        )

    @property
    def judged_movements(self) -> frozenset[str | None]:
        """Movements in which the person judges initiatives of all units; None stands for all of them."""
        council = frozenset(g.movement_id for g in self.grants if g.role is Role.COUNCIL and g.cluster_id is None)
        return council | self.run_movements

    @property
    def decided_movements(self) -> frozenset[str | None]:
        """Movements in which the person decides on initiatives; None stands for all of them."""
        return frozenset(g.movement_id for g in self.grants if g.role in (Role.STANDING_OFFICE, Role.LEADERSHIP))

    @property
    def run_movements(self) -> frozenset[str | None]:
        """Movements the person runs as standing office; None stands for all of them."""
        return frozenset(g.movement_id for g in self.grants if g.role is Role.STANDING_OFFICE)

    @property
    def may_judge(self) -> bool:
        """Whether the person has, or may come to have, a word on another unit's scores."""
        judges = (Role.STANDING_OFFICE, Role.LEADERSHIP, Role.COUNCIL, Role.CLUSTER_LEADER, Role.CLUSTER_DEPUTY)
        return bool(self.led or self.judged or self.scored) or self.has(*judges)

    @property
    def on_behalf(self) -> str:
        """In whose place the viewer acted, in words that follow the name; empty for acts of one's own."""
        return ", ".join(dict.fromkeys(one.words for one in self.acted))

    @property
    def role_labels(self) -> str:
        """The person's roles in words, for the audit log."""
        if self.is_system:
            return "hệ thống"
        return ", ".join(sorted({grant.role.label for grant in self.grants}))


# Why somebody has to do with the scores of a unit, beyond roles; and which movements are over.
ASKED, CROSS, CONFLICT, ENDED = "asked", "cross", "conflict", "ended"

BEING_SCORED = (SheetState.SUBMITTED, SheetState.APPRAISED, SheetState.EXPLAINED)

OVERSEERS = frozenset({Role.STANDING_OFFICE, Role.LEADERSHIP, Role.AUDITOR})

SYSTEM = Viewer(id=None, name="Hệ thống", is_system=True)


def is_live(grant: RoleGrant, *, now: datetime, today: date) -> bool:
    """Whether a grant holds now: not revoked, and `today` (in the ward) within its dates."""
    if grant.revoked_at is not None and grant.revoked_at <= now:
        return False
    if grant.valid_from is not None and today < grant.valid_from:
        return False
    return grant.valid_until is None or today <= grant.valid_until


def is_complete(grant: Grant) -> bool:
    """Whether a grant names the scope its role needs. An incomplete one gives nothing."""
    if grant.role in (Role.CLERK, Role.HEAD, Role.INSPECTOR):
        return grant.unit_id is not None
    if grant.role in (Role.CLUSTER_LEADER, Role.CLUSTER_DEPUTY):
        return grant.cluster_id is not None and grant.year is not None
    return True


UNHEADED = "được giao trình khi đơn vị chưa có lãnh đạo"


def words_of(grant: RoleGrant) -> str:
    """In whose place a role is held, to follow the name of who holds it; needs `acting_for` loaded. Empty for one's own."""
    if grant.acting_for is not None:
        return f"thay {grant.acting_for.name}"
    return f"{UNHEADED} ({grant.basis})" if grant.basis is not None else ""


def _with_stand_ins(
    whole: Viewer, rows: Sequence[RoleGrant], compose: Callable[[Sequence[RoleGrant]], Viewer]
) -> Viewer:
    """`whole` with the same person as themselves and in each place in which they act."""
    own = [row for row in rows if row.basis is None]
    places: dict[tuple[str, str | None], list[RoleGrant]] = {}
    for row in rows:
        if row.basis is not None:
            places.setdefault((words_of(row), row.acting_for_id), []).append(row)
    stand_ins = tuple(StandIn(words, away, compose([*own, *held])) for (words, away), held in places.items())
    return replace(whole, itself=compose(own), stand_ins=stand_ins)


def viewer_of(
    person: Person,
    rows: Iterable[RoleGrant],
    members: Iterable[tuple[str, int, str]],
    *,
    now: datetime,
    timezone: ZoneInfo,
    scoring: Iterable[tuple[str, str, int]] = (),
) -> Viewer:
    """Compose a viewer from rows; `members` are (cluster id, year, unit id), `scoring` (why, unit id, year) of what
    `_scoring` finds. A disabled person has no grants, and without grants nobody scores.
    """
    today = ward_day(now, timezone)
    grants = frozenset(
        grant
        for row in rows
        if person.disabled_at is None and is_live(row, now=now, today=today)
        for grant in [Grant(row.role, row.unit_id, row.cluster_id, row.movement_id, row.year, row.inspection_id)]
        if is_complete(grant)
    )
    followed = [
        (grant.cluster_id, grant.year)
        for grant in grants
        if grant.role in (Role.CLUSTER_LEADER, Role.CLUSTER_DEPUTY, Role.COUNCIL) and grant.cluster_id
    ]
    heard = [(grant.cluster_id, grant.year) for grant in grants if grant.role is Role.COUNCIL and grant.cluster_id]

    def units_of(clusters: list[tuple[str, int | None]]) -> frozenset[tuple[str, int]]:
        return frozenset(
            (unit_id, year)
            for cluster_id, year, unit_id in members
            for followed_cluster, followed_year in clusters
            if cluster_id == followed_cluster and followed_year in (None, year)
        )

    told: dict[str, set[tuple[str, int]]] = {}
    for why, unit_id, year in scoring:
        told.setdefault(why, set()).add((unit_id, year))
    conflicts = frozenset(told.get(CONFLICT, ()))
    own = {grant.unit_id for grant in grants if grant.role in (Role.CLERK, Role.HEAD)} | {person.unit_id}

    def without_a_stake(why: str) -> frozenset[tuple[str, int]]:
        found = told.get(why, set()) if grants else set()
        return frozenset(one for one in found if one not in conflicts and one[0] not in own)

    crossed = without_a_stake(CROSS)
    return Viewer(
        id=person.id,
        name=person.name,
        unit_id=person.unit_id,
        grants=grants,
        led=units_of(followed),
        judged=units_of(heard),
        crossed=crossed,
        scored=crossed | without_a_stake(ASKED),
        conflicts=conflicts,
        ended=frozenset(movement_id for movement_id, _ in told.get(ENDED, ())),
    )


@functools.cache
def _scoring_select(with_units: bool) -> CompoundSelect[str, str, int]:
    """What `_scoring` asks, for parameters `person`, `units` and `today`.

    Every request asks it: to build its tree anew took two fifths of the time of a clerk's list.
    """
    person, units = bindparam("person", type_=String), bindparam("units", type_=String, expanding=True)
    mine, theirs = aliased(ScoreSheet), aliased(ScoreSheet)
    found = [
        select(literal(CONFLICT), ScoreConflict.unit_id, ScoreConflict.year).where(
            ScoreConflict.person_id == person, ScoreConflict.lifted_at.is_(None)
        ),
        select(literal(ASKED), ScoreSheet.unit_id, ScoreSheet.year).where(
            or_(ScoreSheet.appraiser_id == person, ScoreSheet.control_id == person),
            ScoreSheet.state.in_(BEING_SCORED),
        ),
        select(literal(ENDED), Movement.id, Movement.last_year).where(is_over(bindparam("today", type_=Date))),
    ]
    if with_units:
        found.append(
            select(literal(CROSS), theirs.unit_id, theirs.year)
            .join(mine, mine.round_id == theirs.round_id)
            .where(
                mine.unit_id.in_(units),
                mine.state != SheetState.EXCUSED,
                theirs.unit_id.not_in(units),
                theirs.cross.is_(True),
                theirs.state == SheetState.SUBMITTED,
            )
        )
    return union_all(*found)


def is_over(today: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Condition on Movement: it ended before this day, or was withdrawn."""
    return or_(Movement.ended_on < today, Movement.withdrawn_on.is_not(None))


def _scoring(session: Session, person: Person, units: set[str], today: date) -> list[tuple[str, str, int]]:
    """(why, unit id, year): sheets the person was asked to score, members that the own unit scores, conflicts; and
    (why, movement id, its last year) of the movements that are over."""
    values: dict[str, object] = {"person": person.id, "today": today}
    if units:
        values["units"] = sorted(units)
    return [(why, unit_id, year) for why, unit_id, year in session.execute(_scoring_select(bool(units)), values)]


def load_viewer(session: Session, person: Person, *, now: datetime, timezone: ZoneInfo) -> Viewer:
    """The viewer for a person, in three statements at most."""
    rows = session.scalars(
        select(RoleGrant)
        .where(RoleGrant.person_id == person.id, RoleGrant.revoked_at.is_(None))
        .options(joinedload(RoleGrant.acting_for))
    ).all()
    clusters = {row.cluster_id for row in rows if row.cluster_id is not None}
    members: list[tuple[str, int, str]] = []
    if clusters:
        members = [
            (cluster_id, year, unit_id)
            for cluster_id, year, unit_id in session.execute(
                select(ClusterMember.cluster_id, ClusterMember.year, ClusterMember.unit_id).where(
                    ClusterMember.cluster_id.in_(clusters)
                )
            )
        ]
    today = ward_day(now, timezone)
    units = {
        row.unit_id
        for row in rows
        if row.unit_id is not None and row.role in (Role.CLERK, Role.HEAD) and is_live(row, now=now, today=today)
    }
    scoring = _scoring(session, person, units, today)

    def compose(held: Sequence[RoleGrant]) -> Viewer:
        return viewer_of(person, held, members, now=now, timezone=timezone, scoring=scoring)

    whole = compose(rows)
    live = [row for row in rows if is_live(row, now=now, today=today)]
    return _with_stand_ins(whole, live, compose) if any(row.basis is not None for row in live) else whole
