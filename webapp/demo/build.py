"""Put the demonstration together, once; a second run finds it and adds nothing."""

from __future__ import annotations

import io
import random
import sys
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.resources import files

from sqlalchemy import select

from webapp.checklists import evidence
from webapp.checklists import service as checklists
from webapp.checklists.evidence import Dates
from webapp.core.days import ward_day
from webapp.core.resources import Resources
from webapp.demo.initiatives import add_initiatives
from webapp.demo.meetings import add_meetings
from webapp.demo.papers import WRITERS, Paper, pick_format
from webapp.demo.scores import DemoScores
from webapp.demo.voices import add_voices
from webapp.demo.ward import CLUSTERS, GROUPS, PASSWORD, PEOPLE, UNITS
from webapp.demo.words import TOPICS, paragraphs
from webapp.demo.year import DemoYear
from webapp.documents import service as documents
from webapp.models import (
    Checklist,
    ChecklistItem,
    Cluster,
    ClusterPosition,
    CriteriaGroup,
    DocumentKind,
    ItemState,
    Movement,
    Person,
    Role,
    Theme,
    Unit,
    new_id,
)
from webapp.people import service as people
from webapp.people.passwords import hash_password
from webapp.permissions import SYSTEM, Viewer, load_viewer
from webapp.plans import service
from webapp.plans.intake import take_in_plan

SEED = 20260112
PAPERS = 200


def build_demo(resources: Resources) -> None:
    """Units, people, plan, coverage, some 200 papers in several states; says who can sign in."""
    with resources.db.reading() as session:
        done = session.scalar(select(Movement.id)) is not None and session.scalar(select(Checklist.id)) is not None
    if not done:
        _Builder(resources).build()
    sys.stdout.write("Tài khoản trình diễn (mật khẩu chung: " + PASSWORD + "):\n")
    for username, name, title, unit, grants in PEOPLE:
        roles = ", ".join(role.label for role, _ in grants)
        sys.stdout.write(f"  {username:<10} {name}, {title}{' · ' + unit if unit else ''} — {roles}\n")
    sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class _Job:
    """One paper to make: for which unit, by whom, when, under which item (None: a plan or report)."""

    at: datetime
    unit: str
    actor: Viewer
    theme: str
    item: ChecklistItem | None
    kind: DocumentKind


class _Builder:
    def __init__(self, resources: Resources) -> None:
        self.resources = resources
        self.random = random.Random(SEED)  # noqa: S311  generated papers, not secrets
        self.now = resources.clock.now()
        self.timezone = resources.settings.timezone
        self.year = self.now.astimezone(self.timezone).year
        self.start = self.now - timedelta(days=70)
        self.units: dict[str, str] = {}
        self.clerks: dict[str, Viewer] = {}
        self.names = {code: name for code, name, _ in UNITS}

    def build(self) -> None:
        self._people()
        movement_id = self._plan()
        self._map(movement_id)
        self._viewers()
        self._papers(movement_id)
        self._states()
        self._year(movement_id)
        self._initiatives()
        add_voices(
            self.resources.db,
            self.units,
            self._person,
            now=self.now,
            timezone=self.timezone,
            movement_id=movement_id,
            year=self.year,
        )
        DemoScores(
            db=self.resources.db,
            units=self.units,
            heads=self._heads(),
            office=self._person("vhxh"),
            leader=self._person("tam"),
            now=self.now,
            timezone=self.timezone,
            year=self.year,
            movement_id=movement_id,
        ).build()
        add_meetings(self.resources, self._person, now=self.now, movement_id=movement_id, year=self.year)

    def _people(self) -> None:
        hashed = hash_password(PASSWORD)
        with self.resources.db.unit_of_work() as session:
            at = self.start
            for code, name, kind in UNITS:
                found = session.scalar(select(Unit.id).where(Unit.code == code))
                self.units[code] = (
                    found
                    or people.save_unit(
                        session,
                        actor=SYSTEM,
                        now=at,
                        unit_id=None,
                        draft=people.UnitDraft(
                            code=code,
                            name=name,
                            kind=kind,
                        ),
                    ).id
                )
            clusters = {}
            for code, name, leader, deputy, members in CLUSTERS:
                found = session.scalar(select(Cluster.id).where(Cluster.code == code))
                clusters[code] = (
                    found
                    or people.save_cluster(session, actor=SYSTEM, now=at, cluster_id=None, code=code, name=name).id
                )
                for unit in (leader, deputy, *members):
                    position = {leader: ClusterPosition.LEADER, deputy: ClusterPosition.DEPUTY}.get(
                        unit, ClusterPosition.MEMBER
                    )
                    people.place_unit(
                        session,
                        actor=SYSTEM,
                        now=at,
                        cluster_id=clusters[code],
                        year=self.year,
                        unit_id=self.units[unit],
                        position=position,
                    )
            for username, name, title, unit, grants in PEOPLE:
                if session.scalar(select(Person.id).where(Person.username == username)):
                    continue
                person = people.create_person(
                    session,
                    actor=SYSTEM,
                    now=at,
                    password="",
                    password_hash=hashed,
                    new=people.NewPerson(
                        username=username,
                        name=name,
                        title=title,
                        unit_id=self.units.get(unit),
                        must_change_password=False,
                    ),
                )
                for role, scope in grants:
                    in_cluster = role in (Role.CLUSTER_LEADER, Role.CLUSTER_DEPUTY)
                    people.grant_role(
                        session,
                        actor=SYSTEM,
                        now=at,
                        person_id=person.id,
                        grant=people.NewGrant(
                            role=role,
                            unit_id=None if in_cluster else self.units.get(scope),
                            cluster_id=clusters[scope] if in_cluster else None,
                            year=self.year if in_cluster else None,
                            valid_until=date(self.year, 12, 31) if role is Role.INSPECTOR else None,
                        ),
                    )

    def _plan(self) -> str:
        """Read the ward's plan in as the standing office would."""
        text = files("webapp.demo").joinpath("plan.txt").read_text(encoding="utf-8")
        years = {"y": self.year, "y1": self.year + 1, "y2": self.year + 2, "y4": self.year + 4}
        at = self.start + timedelta(hours=1)
        name = "Ke-hoach-18-KH-UBND.txt"
        with self.resources.db.reading() as session:
            found: str | None = session.scalar(select(Movement.id))
        if found is not None:
            return found
        stream = io.BytesIO(text.format(**years).encode())
        return take_in_plan(self.resources, actor=SYSTEM, now=at, stream=stream, filename=name)[0]

    def _map(self, movement_id: str) -> None:
        with self.resources.db.unit_of_work() as session:
            groups = {
                group.code: group.id
                for group in session.scalars(select(CriteriaGroup).where(CriteriaGroup.movement_id == movement_id))
            }
            mapped = {self.units[unit]: [groups[code]] for unit, code in GROUPS.items()}
            service.map_units(
                session, actor=SYSTEM, now=self.start + timedelta(hours=2), movement_id=movement_id, mapped=mapped
            )

    def _viewers(self) -> None:
        with self.resources.db.reading() as session:
            for person in session.scalars(select(Person)):
                viewer = load_viewer(session, person, now=self.now, timezone=self.timezone)
                for code, unit_id in self.units.items():
                    if unit_id in viewer.own_units and code not in self.clerks:
                        self.clerks[code] = viewer

    def _papers(self, movement_id: str) -> None:
        items: dict[str, list[ChecklistItem]] = {}
        for unit, viewer in sorted(self.clerks.items()):
            items[unit] = self._checklist(movement_id, unit, viewer)
        span = (self.now - self.start - timedelta(days=2)).total_seconds()
        moments = sorted(self.random.uniform(0, span) for _ in range(PAPERS))
        with self.resources.db.reading() as session:
            themes = {
                theme.code: theme.id for theme in session.scalars(select(Theme).where(Theme.movement_id == movement_id))
            }
        for number, seconds in enumerate(moments, start=1):
            unit = self.random.choice(sorted(self.clerks))
            chance = self.random.random()
            kind = (
                DocumentKind.EVIDENCE
                if chance < 0.75
                else self.random.choice((DocumentKind.REPORT, DocumentKind.UNIT_PLAN, DocumentKind.MINUTES))
            )
            job = _Job(
                at=self.start + timedelta(days=1, seconds=seconds),
                unit=unit,
                actor=self.clerks[unit],
                theme=self.random.choice(sorted(TOPICS)),
                item=self.random.choice(items[unit]) if kind is DocumentKind.EVIDENCE and items[unit] else None,
                kind=kind,
            )
            self._paper(number, job, movement_id, themes)

    def _checklist(self, movement_id: str, unit: str, viewer: Viewer) -> list[ChecklistItem]:
        with self.resources.db.unit_of_work() as session:
            group_id = session.scalar(
                select(CriteriaGroup.id).where(
                    CriteriaGroup.movement_id == movement_id, CriteriaGroup.code == GROUPS[unit]
                )
            )
            assert group_id is not None
            checklist = checklists.open_checklist(
                session,
                actor=viewer,
                now=self.start + timedelta(days=1),
                unit_id=self.units[unit],
                group_id=group_id,
                year=self.year,
            )
            return list(session.scalars(select(ChecklistItem).where(ChecklistItem.checklist_id == checklist.id)))

    def _paper(self, number: int, job: _Job, movement_id: str, themes: dict[str, str]) -> None:
        kinds = {
            DocumentKind.REPORT: ("Báo cáo", "BC"),
            DocumentKind.UNIT_PLAN: ("Kế hoạch", "KH"),
            DocumentKind.MINUTES: ("Biên bản", "BB"),
        }
        kind, short = kinds.get(job.kind, ("Báo cáo", "BC"))
        day = ward_day(job.at, self.timezone)
        title = self.random.choice(TOPICS[job.theme][0])
        paper = Paper(
            unit=self.names[job.unit],
            number=f"{number}/{short}-{job.unit}",
            day=day,
            kind=kind,
            title=f"{title} {'quý ' + str((day.month - 1) // 3 + 1) if job.kind is DocumentKind.EVIDENCE else 'năm ' + str(self.year)}",
            body=paragraphs(self.random, job.theme, self.random.randint(4, 14)),
            signer=job.actor.name,
        )
        ending = pick_format(self.random)
        filename = f"{number:03d}-{short}-{job.unit}.{ending}"
        receipt = self.resources.store.put(io.BytesIO(WRITERS[ending](paper)), filename=filename)
        with self.resources.db.unit_of_work() as session:
            if job.item is not None:
                evidence.attach_file(
                    session,
                    actor=job.actor,
                    now=job.at,
                    timezone=self.timezone,
                    item_id=job.item.id,
                    file=evidence.StoredFile(receipt, new_id()),
                    dates=Dates(issued_on=day),
                    title=paper.title,
                )
            else:
                documents.add_document(
                    session,
                    actor=job.actor,
                    now=job.at,
                    new=documents.NewDocument(
                        receipt=receipt,
                        kind=job.kind,
                        unit_id=self.units[job.unit],
                        movement_id=movement_id,
                        year=self.year,
                        batch_id=new_id(),
                        title=paper.title,
                        theme_id=themes.get(job.theme),
                    ),
                )

    def _states(self) -> None:
        """Items answered; the checklists of two units handed in, one of them returned."""
        at = self.now - timedelta(days=1)
        with self.resources.db.unit_of_work() as session:
            rows = session.scalars(select(ChecklistItem).join(Checklist).order_by(Checklist.id, ChecklistItem.position))
            for place, item in enumerate(rows.all()):
                checklist = session.get_one(Checklist, item.checklist_id)
                viewer = next(v for v in self.clerks.values() if checklist.unit_id in v.own_units)
                state = (ItemState.CLAIMED, ItemState.CLAIMED, ItemState.IN_PROGRESS, ItemState.NOT_STARTED)[place % 4]
                if place % 11 == 10:
                    state = ItemState.NOT_APPLICABLE
                if state is ItemState.NOT_STARTED and item.state is ItemState.IN_PROGRESS:
                    state = ItemState.IN_PROGRESS  # it has evidence already
                checklists.answer_item(
                    session,
                    actor=viewer,
                    now=at,
                    item_id=item.id,
                    revision=item.revision,
                    state=state,
                    reason="Đơn vị không có bộ phận một cửa." if state is ItemState.NOT_APPLICABLE else "",
                    comment="Đã có kết quả, xem minh chứng kèm theo." if state is ItemState.CLAIMED else "",
                )
        heads = {code: viewer for code, viewer in self._heads().items() if code in ("HND", "HPN", "DNGN")}
        for code, viewer in sorted(heads.items()):
            with self.resources.db.unit_of_work() as session:
                checklist = session.scalars(select(Checklist).where(Checklist.unit_id == self.units[code])).one()
                checklists.submit_checklist(session, actor=viewer, now=at, checklist_id=checklist.id)
        with self.resources.db.unit_of_work() as session:
            office = session.scalars(select(Person).where(Person.username == "vhxh")).one()
            checklist = session.scalars(select(Checklist).where(Checklist.unit_id == self.units["DNGN"])).one()
            checklists.return_checklist(
                session,
                actor=load_viewer(session, office, now=self.now, timezone=self.timezone),
                now=at + timedelta(hours=1),
                checklist_id=checklist.id,
                reason="Mục III.3.b chưa có minh chứng về đào tạo nhân lực; đề nghị bổ sung.",
            )

    def _person(self, username: str) -> Viewer:
        with self.resources.db.reading() as session:
            found = session.scalars(select(Person).where(Person.username == username)).one()
            return load_viewer(session, found, now=self.now, timezone=self.timezone)

    def _year(self, movement_id: str) -> None:
        DemoYear(
            db=self.resources.db,
            units=self.units,
            clerks=self.clerks,
            heads=self._heads(),
            office=self._person("vhxh"),
            now=self.now,
            timezone=self.timezone,
            year=self.year,
            movement_id=movement_id,
        ).build()

    def _initiatives(self) -> None:
        add_initiatives(
            self.resources.db,
            self.units,
            self._heads(),
            self._person,
            now=self.now,
            today=ward_day(self.now, self.timezone),
            year=self.year,
        )

    def _heads(self) -> dict[str, Viewer]:
        found = {}
        with self.resources.db.reading() as session:
            for person in session.scalars(select(Person)):
                viewer = load_viewer(session, person, now=self.now, timezone=self.timezone)
                for code, unit_id in self.units.items():
                    if unit_id in viewer.units(Role.HEAD):
                        found[code] = viewer
        return found
