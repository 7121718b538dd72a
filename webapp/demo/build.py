"""Put the demonstration together, once; a second run finds it and adds nothing.

A ward whose movement began last year: that year is finished and published, this one is under way.
"""

from __future__ import annotations

import io
import random
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from importlib.resources import files

from sqlalchemy import select

from webapp.commendation.catalogue.service import start_catalogue
from webapp.core.days import ward_day
from webapp.core.resources import Resources
from webapp.demo import initiatives
from webapp.demo.checklists import NAMES, DemoChecklists
from webapp.demo.council import add_council
from webapp.demo.honours import DemoHonours
from webapp.demo.indicators import DemoIndex
from webapp.demo.inspections import DemoInspections
from webapp.demo.meetings import add_meetings
from webapp.demo.papers import Paper, as_scan
from webapp.demo.people import DemoPeople, add_people
from webapp.demo.points import add_points
from webapp.demo.scores import DemoScores
from webapp.demo.voices import add_voices
from webapp.demo.ward import CLUSTERS, GROUPS, HEADS, PASSWORD, PEOPLE
from webapp.demo.year import OVERVIEW, DemoYear
from webapp.meetings.vote_rules import start_rules
from webapp.models import Checklist, CriteriaGroup, Movement, PaperKind, Person, Role
from webapp.notices.service import mark_read
from webapp.permissions import SYSTEM, Viewer, load_viewer
from webapp.permissions.viewer import Grant
from webapp.plans import service
from webapp.plans.intake import take_in_plan
from webapp.synthesis import service as syntheses

SEED = 20260112
# Papers and photographs of this year, and of the one before.
THIS_YEAR, LAST_YEAR = (190, 18), (70, 10)
# How far the plans, reports, checklists and sheets of this year are; the others have not begun.
REPORTS = {
    "HPN": "accepted",
    "HND": "accepted",
    "TH1": "accepted",
    "CUDV": "accepted",
    "MTTQ": "submitted",
    "VPUB": "submitted",
    "CA": "submitted",
    "DTN": "returned",
    "KT": "half",
    "TYT": "half",
}
CHECKLISTS = ("HND", "HPN", "DNGN", "TH1", "CUDV", "LDLD")
SHEETS = {
    "HND": "begun",
    "HPN": "submitted",
    "MTTQ": "submitted",
    "DTN": "appraised",
    "HCCB": "settled",
    "LDLD": "settled",
}
# Sheets of the digital index: handed in, the first of them verified; begun.
INDEX_HANDED = ("HND", "DTN", "CA")
INDEX_BEGUN = ("VPUB", "KT", "TH1")
LATE = frozenset({"BXDD", "DNVT"})


def build_demo(resources: Resources) -> None:
    """Units, people, plan, two years of papers, scores and voices; says who can sign in."""
    with resources.db.reading() as session:
        done = session.scalar(select(Movement.id)) is not None and session.scalar(select(Checklist.id)) is not None
    if not done:
        now, zone = resources.clock.now(), resources.settings.timezone
        year = ward_day(now, zone).year
        with resources.db.unit_of_work() as session:
            begun = datetime.combine(date(year - 1, 7, 1), time(8), zone).astimezone(UTC)
            ward = add_people(session, now=begun, years=(year - 1, year))
            start_catalogue(session, actor=SYSTEM, now=begun)
            start_rules(session, actor=SYSTEM, now=begun)
        _Builder(resources, ward, now, year).build()
    sys.stdout.write("Tài khoản trình diễn (mật khẩu chung: " + PASSWORD + "):\n")
    for username, name, title, unit, grants in PEOPLE:
        roles = ", ".join(role.label for role, _ in grants)
        sys.stdout.write(f"  {username:<10} {name}, {title}{' · ' + unit if unit else ''} — {roles}\n")
    sys.stdout.write("  và lãnh đạo các đơn vị khác: " + ", ".join(username for username, *_ in HEADS) + "\n")
    sys.stdout.flush()


@dataclass(frozen=True)
class _Builder:
    resources: Resources
    ward: DemoPeople
    now: datetime
    year: int

    def _last_year(self, month: int, day: int) -> datetime:
        """Eight in the morning of a day of last year, in the ward."""
        zone = self.resources.settings.timezone
        return datetime.combine(date(self.year - 1, month, day), time(8), zone).astimezone(UTC)

    def build(self) -> None:
        movement_id = self._plan()
        self._map(movement_id)
        self._finished_year(movement_id)
        self._running_year(movement_id)

    def _plan(self) -> str:
        """Read the ward's plan in as the standing office would."""
        with self.resources.db.reading() as session:
            found: str | None = session.scalar(select(Movement.id))
        if found is not None:
            return found
        text = files("webapp.demo").joinpath("plan.txt").read_text(encoding="utf-8")
        first = self.year - 1
        text = text.format(y=first, y1=first + 2, y2=first + 3, y4=first + 5)
        text = text.replace("ngày 12 tháng 01", "ngày 15 tháng 7")  # the year's middle, when the ward was founded
        stream = io.BytesIO(text.encode())
        at = self._last_year(7, 15)
        return take_in_plan(self.resources, actor=SYSTEM, now=at, stream=stream, filename="Ke-hoach-18-KH-UBND.txt")[0]

    def _map(self, movement_id: str) -> None:
        with self.resources.db.unit_of_work() as session:
            groups = {
                group.code: group.id
                for group in session.scalars(select(CriteriaGroup).where(CriteriaGroup.movement_id == movement_id))
            }
            mapped = {self.ward.units[unit]: [groups[code]] for unit, code in GROUPS.items()}
            at = self._last_year(7, 16)
            service.map_units(session, actor=SYSTEM, now=at, movement_id=movement_id, mapped=mapped)

    def _finished_year(self, movement_id: str) -> None:
        """Everybody handed in, all clusters are scored, the office has reported."""
        office, able = self._person("vhxh"), sorted(set(GROUPS) & set(self._viewers))
        year = self._papers(movement_id, self.year - 1)
        year.make_duties(at=self._last_year(7, 20), first=True)
        for place, code in enumerate(sorted(self._viewers)):
            year.hand_in(code, PaperKind.UNIT_PLAN, at=self._last_year(8, 3 + place % 20), to="accepted")
            at = self._last_year(12, 7) if code in LATE else self._last_year(11, 20 + place % 10)
            year.hand_in(code, PaperKind.ANNUAL, at=at, to="accepted")
        for code in sorted(set(self.ward.units) - set(self._viewers)):
            scan = as_scan(self._on_paper(code))
            year.enter_on_paper(self.resources.store, code, PaperKind.ANNUAL, at=self._last_year(12, 2), scan=scan)
        lists = self._checklists(
            movement_id, self.year - 1, able, start=self._last_year(8, 1), end=self._last_year(11, 28)
        )
        lists.build(papers=LAST_YEAR[0], photographs=LAST_YEAR[1])
        lists.answer(at=self._last_year(11, 28), finished=able)
        lists.hand_in(able, at=self._last_year(11, 29))
        scores = self._scores(movement_id, self.year - 1, self._last_year(12, 20))
        scores.put_rubrics_in_force()
        final = self._last_year(12, 29)
        for code, *_ in CLUSTERS:
            scores.finish(code, final_at=final)
        index = self._index(movement_id, self.year - 1)
        set_id = index.open(at=self._last_year(9, 1), due=self._last_year(12, 10))
        assessed = index.able(set_id, able)
        index.assess(set_id, assessed, at=self._last_year(12, 3))
        index.submit(set_id, assessed, at=self._last_year(12, 8))
        index.verify(set_id, assessed, at=self._last_year(12, 18))
        index.publish(set_id, assessed, at=self._last_year(12, 22))
        self._initiatives(self.year - 1, self._last_year(12, 10), initiatives.LAST_YEAR)
        with self.resources.db.unit_of_work() as session:
            made = syntheses.make_synthesis(
                session,
                actor=office,
                now=self._last_year(12, 12),
                timezone=self.resources.settings.timezone,
                movement_id=movement_id,
                kind=PaperKind.ANNUAL,
                year=self.year - 1,
            )
            syntheses.fix_version(session, actor=office, now=self._last_year(12, 14), synthesis_id=made.id)
        self._honours(movement_id).finished(self.year - 1, at=self._last_year(12, 30))
        self._inspections(movement_id).finished(self.year - 1, "HPN")

    def _running_year(self, movement_id: str) -> None:
        """The last weeks of the year: most units have begun, some are done."""
        self._read_notices()
        year, able = self._papers(movement_id, self.year), sorted(set(GROUPS) & set(self._viewers))
        start = min(self.now - timedelta(days=70), self._last_year(12, 31) + timedelta(days=20))
        year.make_duties(at=start, first=False)
        spring = datetime.combine(date(self.year, 3, 12), time(8), self.resources.settings.timezone).astimezone(UTC)
        planned = min(spring, self.now - timedelta(days=60))
        for place, code in enumerate(able):
            if place % 5 != 2:
                at = planned + timedelta(days=place % 18 + (9 if code in LATE else 0))
                year.hand_in(code, PaperKind.UNIT_PLAN, at=at, to="accepted")
        for place, code in enumerate(REPORTS):
            year.hand_in(code, PaperKind.ANNUAL, at=self.now - timedelta(days=6 + place % 3), to=REPORTS[code])
        lists = self._checklists(movement_id, self.year, able, start=start, end=self.now)
        lists.build(papers=THIS_YEAR[0], photographs=THIS_YEAR[1])
        yesterday = self.now - timedelta(days=1)
        lists.answer(at=yesterday, finished=CHECKLISTS)
        lists.hand_in(CHECKLISTS, at=yesterday)
        lists.give_back(
            "DNGN",
            office=self._person("vhxh"),
            at=yesterday + timedelta(hours=1),
            reason="Mục III.3.b chưa có minh chứng về đào tạo nhân lực; đề nghị bổ sung.",
        )
        index = self._index(movement_id, self.year)
        set_id = index.open(at=start, due=self.now + timedelta(days=12))
        index.assess(set_id, INDEX_BEGUN, at=yesterday, part=60)
        index.assess(set_id, INDEX_HANDED, at=yesterday)
        index.submit(set_id, INDEX_HANDED, at=yesterday)
        index.verify(set_id, INDEX_HANDED[:1], at=yesterday)
        self._initiatives(self.year, self.now, initiatives.THIS_YEAR)
        add_voices(
            self.resources.db,
            self.ward.units,
            self._person,
            now=self.now,
            timezone=self.resources.settings.timezone,
            movement_id=movement_id,
            year=self.year,
        )
        scores = self._scores(movement_id, self.year, self.now)
        scores.put_rubrics_in_force()
        scores.run("C2", SHEETS)
        scores.finish("K4")
        add_council(self.resources, self._person, now=self.now, movement_id=movement_id, year=self.year)
        add_meetings(self.resources, self._person, now=self.now, movement_id=movement_id, year=self.year)
        add_points(self.resources, self._person("vhxh"), now=yesterday, movement_id=movement_id)
        self._honours(movement_id).under_way(self.year, now=self.now, units=("KT", "TH1", "CUDV"))
        self._inspections(movement_id).under_way(self.year, self.now)

    def _index(self, movement_id: str, year: int) -> DemoIndex:
        return DemoIndex(
            db=self.resources.db,
            units=self.ward.units,
            writer=self._writer,
            head=self._head,
            office=self._person("vhxh"),
            chair=self._person("chutich"),
            timezone=self.resources.settings.timezone,
            movement_id=movement_id,
            year=year,
        )

    def _honours(self, movement_id: str) -> DemoHonours:
        begun = self._last_year(7, 1)
        return DemoHonours(self.resources, self._person, self.ward.units, self._head, movement_id, begun)

    def _inspections(self, movement_id: str) -> DemoInspections:
        return DemoInspections(self.resources, self.ward.units, self._person("vhxh"), self._head, movement_id)

    def _read_notices(self) -> None:
        """What last year told people has been read."""
        with self.resources.db.unit_of_work() as session:
            for person in session.scalars(select(Person)).all():
                viewer = load_viewer(session, person, now=self.now, timezone=self.resources.settings.timezone)
                mark_read(session, actor=viewer, now=self._last_year(12, 30), until=self._last_year(12, 30))

    def _papers(self, movement_id: str, year: int) -> DemoYear:
        return DemoYear(
            db=self.resources.db,
            units=self.ward.units,
            writer=self._writer,
            head=self._head,
            receiver=lambda code: self._person("chutich" if code == "VHXH" else "vhxh"),
            timezone=self.resources.settings.timezone,
            year=year,
            movement_id=movement_id,
        )

    def _checklists(
        self, movement_id: str, year: int, codes: list[str], *, start: datetime, end: datetime
    ) -> DemoChecklists:
        return DemoChecklists(
            resources=self.resources,
            units=self.ward.units,
            writer=self._writer,
            head=self._head,
            codes=codes,
            movement_id=movement_id,
            year=year,
            start=start,
            end=end,
            random=random.Random(SEED + year),  # noqa: S311  generated papers, not secrets
        )

    def _scores(self, movement_id: str, year: int, now: datetime) -> DemoScores:
        return DemoScores(
            db=self.resources.db,
            units=self.ward.units,
            head=self._head,
            judge=self._judge,
            office=self._person("vhxh"),
            now=now,
            timezone=self.resources.settings.timezone,
            year=year,
            movement_id=movement_id,
        )

    def _initiatives(self, year: int, now: datetime, made: tuple[initiatives.Made, ...]) -> None:
        initiatives.add_initiatives(
            self.resources.db,
            self.ward.units,
            self._head,
            self._person,
            made=made,
            now=now,
            today=ward_day(now, self.resources.settings.timezone),
            year=year,
        )

    def _on_paper(self, code: str) -> Paper:
        return Paper(
            unit=NAMES[code],
            number=f"12/BC-{code}",
            day=date(self.year - 1, 12, 1),
            kind="Báo cáo",
            title=f"Kết quả thực hiện Phong trào năm {self.year - 1}",
            body=[OVERVIEW, "Đơn vị gửi báo cáo bằng giấy vì chưa có tài khoản."],
            signer="Thủ trưởng đơn vị",
        )

    @cached_property
    def _viewers(self) -> dict[str, tuple[Viewer, Viewer]]:
        """Who writes and who answers, for each unit that has an account."""
        writers: dict[str, Viewer] = {}
        heads: dict[str, Viewer] = {}
        zone = self.resources.settings.timezone
        with self.resources.db.reading() as session:
            for person in session.scalars(select(Person).order_by(Person.username)):
                viewer = load_viewer(session, person, now=self.now, timezone=zone)
                for code, unit_id in self.ward.units.items():
                    if unit_id in viewer.units(Role.HEAD):
                        heads[code] = viewer
                    if unit_id in viewer.units(Role.CLERK):
                        writers[code] = viewer
        return {code: (writers.get(code, head), head) for code, head in heads.items()}

    def _writer(self, code: str) -> Viewer:
        return self._viewers[code][0] if code in self._viewers else self._head(code)

    def _head(self, code: str) -> Viewer:
        """The unit's head; where it has no account, the office types what came on paper."""
        if code in self._viewers:
            return self._viewers[code][1]
        grant = Grant(Role.HEAD, unit_id=self.ward.units[code])
        return Viewer(id=self._person("vhxh").id, name=f"Lãnh đạo {NAMES[code]}", grants=frozenset({grant}))

    def _judge(self, cluster: str, code: str) -> Viewer:
        """The cluster's leader; its deputy for the leader's own unit."""
        leader = next(lead for one, _, lead, _, _ in CLUSTERS if one == cluster)
        role = Role.CLUSTER_DEPUTY if code == leader else Role.CLUSTER_LEADER
        username = next(username for username, *_, grants in (*PEOPLE, *HEADS) if (role, cluster) in grants)
        return self._person(username)

    def _person(self, username: str) -> Viewer:
        with self.resources.db.reading() as session:
            found = session.scalars(select(Person).where(Person.username == username)).one()
            return load_viewer(session, found, now=self.now, timezone=self.resources.settings.timezone)
