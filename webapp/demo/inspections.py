"""Inspections of the demonstration: one finished last year, a team at work this year."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.days import ward_day
from webapp.core.resources import Resources
from webapp.inspections import concluding, findings, minutes, programmes, remedies, rules, signing, teams, visits
from webapp.inspections.concluding import NewRemedy
from webapp.inspections.findings import Written
from webapp.inspections.rules import Moment, TeamDraft
from webapp.inspections.signing import Signed
from webapp.inspections.visits import Record
from webapp.models import (
    Criterion,
    FindingKind,
    Inspection,
    InspectionRemedy,
    InspectionVisit,
    Person,
    SignatureSide,
    TeamPost,
    new_id,
)
from webapp.permissions import Viewer, load_viewer

# Who is in a team; none belongs to a unit that is inspected.
TEAM = (("thanhtra", TeamPost.HEAD), ("kiemtoan", TeamPost.SECRETARY))
PROGRAMME = (("HPN", 10), ("KT", 11), ("TH1", 12), ("CUDV", 12))
FOUND = (
    (FindingKind.GOOD, "d", "Đã số hóa toàn bộ hồ sơ thuộc lĩnh vực, tra cứu được tại chỗ."),
    (FindingKind.LACKING, "đ", "Chưa có sổ theo dõi việc chia sẻ dữ liệu với các đơn vị."),
    (FindingKind.PROPOSAL, "h", "Đề nghị phân công người phụ trách an toàn thông tin bằng văn bản."),
)
STROKES = "[[60, 120, 120, 60, 180, 140, 240, 70], [260, 110, 380, 100, 470, 130]]"


@dataclass(frozen=True)
class DemoInspections:
    """`units` are ids by code, `office` and `head` give who acts for the office and a unit."""

    resources: Resources
    units: dict[str, str]
    office: Viewer
    head: Callable[[str], Viewer]
    movement_id: str

    def finished(self, year: int, unit: str) -> None:
        """Last year's: signed by both sides, concluded, put right."""
        first = date(year, 10, 12)
        visit = self._team(year, first, first + timedelta(days=10), (unit,))[0]
        self._work(visit, unit, first)
        at = self._moment(first + timedelta(days=1))
        self._sign(visit, unit, at)
        self._report(visit, unit, self._moment(first + timedelta(days=7)), self._moment(first + timedelta(days=20)))
        with self.resources.db.unit_of_work() as session:
            office: dict[str, Any] = {"actor": self.office, "moment": self._moment(first + timedelta(days=40))}
            team = session.get_one(InspectionVisit, visit).inspection_id
            teams.end_team(session, **office, inspection_id=team, move="end", reason="Đã xong việc theo quyết định.")

    def under_way(self, year: int, now: datetime) -> None:
        """This year's programme; a team that stands in one unit and will come to two more."""
        today = ward_day(now, self.resources.settings.timezone)
        with self.resources.db.unit_of_work() as session:
            kept: dict[str, Any] = {"actor": self.office, "now": now}
            made = programmes.start_programme(session, **kept, movement_id=self.movement_id, year=year, goal=rules.GOAL)
            for code, month in PROGRAMME:
                programmes.add_line(
                    session, **kept, programme_id=made.id, unit_id=self.units[code], month=month, area=""
                )
            programmes.approve_programme(
                session, **kept, today=today, programme_id=made.id, number="9/CTr-HĐTĐKT", on=today
            )
        first = today - timedelta(days=4)
        opened, *_ = self._team(year, first, today + timedelta(days=25), ("KT", "TH1", "CUDV"))
        self._work(opened, "KT", first, day=Moment(now, today, self.resources.settings.timezone), signs=False)

    def _moment(self, day: date) -> Moment:
        zone = self.resources.settings.timezone
        return Moment(datetime.combine(day, time(9), zone), day, zone)

    def _member(self, session: Session, username: str, moment: Moment) -> Viewer:
        person = session.scalars(select(Person).where(Person.username == username)).one()
        return load_viewer(session, person, now=moment.now, timezone=moment.timezone)

    def _team(self, year: int, first: date, last: date, codes: tuple[str, ...]) -> list[str]:
        """A team with its decision; ids of its visits, the first on the team's first day."""
        before = self._moment(first - timedelta(days=6))
        office: dict[str, Any] = {"actor": self.office, "now": before.now}
        with self.resources.db.unit_of_work() as session:
            one: Inspection = teams.draft_team(
                session,
                **office,
                movement_id=self.movement_id,
                year=year,
                new=TeamDraft(
                    name="Đoàn kiểm tra số 1",
                    surprise=False,
                    period_from=date(year, 1, 1),
                    period_until=min(date(year, 12, 31), first - timedelta(days=1)),
                    first_day=first,
                    last_day=last,
                    days=dict(rules.DAYS),
                ),
            )
            for username, post in TEAM:
                person = session.scalars(select(Person.id).where(Person.username == username)).one()
                teams.add_member(
                    session, actor=self.office, moment=before, inspection_id=one.id, person_id=person, post=post
                )
            made = []
            for place, code in enumerate(codes):
                day = first + timedelta(days=8 * place)
                visit = teams.add_unit(
                    session,
                    actor=self.office,
                    moment=before,
                    inspection_id=one.id,
                    unit_id=self.units[code],
                    visit_from=day,
                    visit_until=min(day + timedelta(days=4), last),
                )
                made.append(visit.id)
            decision = teams.Decision(number=f"7{year % 10}/QĐ-HĐTĐKT", decided_on=before.today)
            teams.issue_team(session, actor=self.office, moment=before, inspection_id=one.id, decision=decision)
        for visit_id in made:
            with self.resources.db.unit_of_work() as session:
                moment = self._moment(first)
                actor = self._member(session, "thanhtra", moment)
                visits.notify_unit(session, actor=actor, moment=moment, visit_id=visit_id)
        return made

    def _work(self, visit_id: str, unit: str, first: date, *, day: Moment | None = None, signs: bool = True) -> None:
        moment = day or self._moment(first)
        with self.resources.db.unit_of_work() as session:
            actor = self._member(session, "thanhtra", moment)
            visits.write_self_report(
                session,
                actor=self.head(unit),
                moment=moment,
                visit_id=visit_id,
                revision=session.get_one(InspectionVisit, visit_id).revision,
                text="Đơn vị đã số hóa hồ sơ, tổ chức tập huấn; còn thiếu sổ theo dõi chia sẻ dữ liệu.",
                send=True,
            )
            visits.open_visit(session, actor=actor, moment=moment, visit_id=visit_id)
            codes = select(Criterion.id, Criterion.code).where(Criterion.movement_id == self.movement_id)
            criteria = {code.rpartition(".")[2]: identity for identity, code in session.execute(codes)}
            for kind, letter, text in FOUND:
                findings.add_finding(
                    session,
                    actor=actor,
                    now=moment.now,
                    visit_id=visit_id,
                    client_key=new_id(),
                    written=Written(kind=kind, criterion_id=criteria.get(letter), text=text),
                )
            if not signs:
                return
            visits.write_record(
                session,
                actor=actor,
                now=moment.now,
                visit_id=visit_id,
                revision=session.get_one(InspectionVisit, visit_id).revision,
                record=Record(
                    place="Trụ sở đơn vị",
                    team_present="Huỳnh Ngọc Sơn, Trưởng đoàn",
                    unit_present="Lãnh đạo và cán bộ đầu mối của đơn vị",
                    papers_seen="Phiếu tự kiểm, báo cáo năm, sổ theo dõi",
                    copies=2,
                ),
            )
            visits.compose_minutes(session, actor=actor, moment=moment, visit_id=visit_id)

    def _sign(self, visit_id: str, unit: str, moment: Moment) -> None:
        for side in SignatureSide:
            with self.resources.db.unit_of_work() as session:
                team = side is SignatureSide.TEAM
                actor = self._member(session, "thanhtra", moment) if team else self.head(unit)
                words = minutes.words_of(signing.load_minutes(session, visits.load_visit(session, visit_id), moment))
                signed = Signed(
                    side=side,
                    name=actor.name,
                    post="Trưởng đoàn" if team else "Lãnh đạo đơn vị",
                    digest=rules.words_digest(words),
                    drawing=STROKES,
                )
                signing.sign_minutes(session, actor=actor, moment=moment, visit_id=visit_id, signed=signed)

    def _report(self, visit_id: str, unit: str, reported: Moment, done: Moment) -> None:
        with self.resources.db.unit_of_work() as session:
            concluding.report_visit(
                session,
                actor=self._member(session, "thanhtra", reported),
                moment=reported,
                visit_id=visit_id,
                revision=session.get_one(InspectionVisit, visit_id).revision,
                text="Đơn vị thực hiện nghiêm túc; còn thiếu sổ theo dõi chia sẻ dữ liệu.",
            )
            concluding.conclude_visit(
                session,
                actor=self.office,
                moment=reported,
                visit_id=visit_id,
                conclusion="Đơn vị thực hiện nghiêm túc phong trào; khắc phục việc thiếu sổ theo dõi.",
                number="12/KL-HĐTĐKT",
                concluded_on=reported.today,
                remedies=[NewRemedy(text="Lập sổ theo dõi việc chia sẻ dữ liệu", due_on=done.today)],
            )
            remedy = session.scalars(select(InspectionRemedy).where(InspectionRemedy.visit_id == visit_id)).one()
            remedies.answer_remedy(
                session,
                actor=self.head(unit),
                moment=done,
                remedy_id=remedy.id,
                revision=remedy.revision,
                text="Đã lập sổ và cập nhật từ đầu năm.",
            )
            remedies.close_remedy(
                session,
                actor=self.office,
                moment=done,
                remedy_id=remedy.id,
                revision=remedy.revision,
                closed=True,
                note="Đã xem sổ.",
            )
