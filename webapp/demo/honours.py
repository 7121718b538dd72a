"""Commendation of the demonstration: last year's round from the nominations to certificates and money, this year's under
way."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from webapp.commendation.catalogue.queries import list_values
from webapp.commendation.catalogue.service import add_value
from webapp.commendation.decisions import afterwards
from webapp.commendation.decisions import service as decisions
from webapp.commendation.decisions.afterwards import Payment
from webapp.commendation.decisions.service import DecisionDraft
from webapp.commendation.nominations import checking, moving, reporting, suggesting
from webapp.commendation.nominations import service as nominations
from webapp.commendation.nominations.moving import Moment
from webapp.commendation.nominations.service import NewNomination, Wording
from webapp.commendation.rounds import service as rounds
from webapp.commendation.rounds.rules import LineDraft, RoundDraft
from webapp.core.days import ward_day
from webapp.core.resources import Resources
from webapp.demo.checklists import NAMES
from webapp.demo.honoured import HOUSEHOLD, OUTSIDER, WORKERS
from webapp.demo.papers import Paper, as_scan
from webapp.meetings import ballots, ending, service
from webapp.meetings import nominations as votes
from webapp.meetings.salts import HouseKey
from webapp.meetings.service import Attendance, Plan
from webapp.meetings.stakes import electors_of
from webapp.models import (
    Award,
    AwardManner,
    AwardRound,
    AwardRoundKind,
    AwardSubject,
    AwardTitle,
    Ballot,
    DossierPaper,
    Meeting,
    Nomination,
    Proposer,
    new_id,
)
from webapp.permissions import Viewer

S = AwardSubject
QUOTAS = {S.COLLECTIVE: 4, S.HOUSEHOLD: 1, S.PERSON: 3}
# Who is in the council's meeting; the office's own people do not vote on their unit's.
COUNCIL = ("chutich", "vhxh2", "vhxh", "hoidong", "nga")


@dataclass(frozen=True)
class DemoHonours:
    """`people` gives a viewer by user name, `head_of` the user name of a unit's head by its code."""

    resources: Resources
    people: Callable[[str], Viewer]
    units: dict[str, str]
    head_of: Callable[[str], Viewer]
    movement_id: str
    begun: datetime

    def finished(self, year: int, *, at: datetime) -> None:
        """The round of a year that is over: eight put forward, the Chairman strikes one, the others are honoured."""
        self._keep_catalogue(self._day(at + timedelta(days=30)))
        round_ = self._round(year, at=at, closes=at + timedelta(days=10))
        found = [self._put_forward(round_, *one, at=at + timedelta(days=2)) for one in self._wanted(round_, at)]
        ready = [self._bring_in(one, at=at + timedelta(days=5)) for one in found]
        self._vote(ready, year, at=at + timedelta(days=9))
        self._decide(round_, ready, at=at + timedelta(days=14))
        with self.resources.db.unit_of_work() as session:
            rounds.close_round(
                session, **self._office(at + timedelta(days=30)), round_id=round_.id, reason="Đã trao xong."
            )

    def under_way(self, year: int, *, now: datetime, units: Sequence[str]) -> None:
        """Nominations of the first unit are still a draft, of the second handed in, of the others received."""
        start = now - timedelta(days=12)
        self._keep_catalogue(self._day(now + timedelta(days=30)))
        round_ = self._round(year, at=start, closes=now + timedelta(days=14))
        for place, code in enumerate(units):
            wording = Wording(
                name=WORKERS[place][0],
                honorific=WORKERS[place][1],
                post=WORKERS[place][2],
                workplace=NAMES[code],
                leads=False,
                reason=WORKERS[place][3],
                achievement=WORKERS[place][4],
            )
            one = self._open(round_, self.head_of(code), self.units[code], S.PERSON, wording, at=start)
            if place == 0:
                continue
            self._complete(one, self.head_of(code), at=start + timedelta(days=2))
            self._submit(one, self.head_of(code), at=start + timedelta(days=3))
            if place > 1:
                self._receive(one, at=start + timedelta(days=5))

    def _keep_catalogue(self, on: date) -> None:
        """The demonstration runs in any year: what the ready-made catalogue says only until a day before holds on."""
        with self.resources.db.unit_of_work() as session:
            values = list_values(session)
            for one in values:
                later = any(other.is_about(one.name, one.title, one.subject) and other.holds(on) for other in values)
                newer = [
                    v for v in values if v.is_about(one.name, one.title, one.subject) and v.valid_from > one.valid_from
                ]
                if one.valid_until is None or one.valid_until >= on or later or newer:
                    continue
                again = replace(
                    one,
                    valid_from=one.valid_until + timedelta(days=1),
                    valid_until=None,
                    citation=f"{one.citation} (trình diễn: chưa có quy định mới)",
                    verified=False,
                )
                add_value(session, actor=self.people("vhxh"), now=self.begun, new=again)

    def _round(self, year: int, *, at: datetime, closes: datetime) -> AwardRound:
        with self.resources.db.unit_of_work() as session:
            title = session.scalars(select(AwardTitle.id).where(AwardTitle.code == "giay-khen")).one()
            draft = RoundDraft(
                title=f"Khen thưởng phong trào thi đua năm {year}",
                kind=AwardRoundKind.YEARLY,
                manner=AwardManner.TOPIC,
                year=year,
                period_from=date(year, 1, 1),
                period_to=date(year, 12, 31),
                opens_on=self._day(at),
                closes_on=self._day(closes),
                proposers=(Proposer.UNIT, Proposer.CLUSTER, Proposer.OFFICE),
                vote_rule="giay-khen",
                lines=tuple(LineDraft(title, subject, quota=quota) for subject, quota in QUOTAS.items()),
                reserve=1,
                guidance="Ưu tiên người trực tiếp lao động, công tác; sáng kiến đã được nhân rộng.\n"
                "Mỗi thành tích chỉ đề nghị một lần.",
            )
            office = self._office(at)
            made = rounds.open_round(session, **office, movement_id=self.movement_id, draft=draft)
            return rounds.apply_round(session, **office, round_id=made.id)

    def _wanted(self, round_: AwardRound, at: datetime) -> list[tuple[Any, ...]]:
        """The best of each cluster and authors of initiatives from results, a household and an outsider by hand."""
        with self.resources.db.reading() as session:
            there = session.get_one(AwardRound, round_.id)
            found = suggesting.list_suggestions(session, there, viewer=self.people("vhxh"), proposer=Proposer.OFFICE)
        collectives = [one for one in found if one.subject is S.COLLECTIVE and self._is_best(one)][:4]
        authors = [one for one in found if one.subject is S.PERSON][:2]
        rows: list[tuple[Any, ...]] = [
            (one.subject, one.unit_id, one.person_id, self._worded(one), one.grounds)
            for one in (*collectives, *authors)
        ]
        rows += [(S.HOUSEHOLD, self.units["HND"], None, HOUSEHOLD, ()), (S.PERSON, None, None, OUTSIDER, ())]
        return rows

    def _is_best(self, one: suggesting.Suggestion) -> bool:
        """First of its cluster; the office does not put its own unit before the council itself."""
        return "thứ 1/" in one.reason and one.unit_id != self.units["VHXH"]

    def _worded(self, one: suggesting.Suggestion) -> Wording:
        person = one.subject is S.PERSON
        return Wording(
            name=one.name,
            honorific=("Bà" if " Thị " in one.name else "Ông") if person else "",
            workplace=one.workplace,
            leads=False if person else None,
            reason=one.reason,
            achievement=one.achievement,
        )

    def _put_forward(
        self, round_: AwardRound, subject: S, unit: str | None, person: str | None, wording: Wording, grounds: Any,
        *, at: datetime,
    ) -> Nomination:  # fmt: skip
        office = self.people("vhxh")
        one = self._open(
            round_, office, unit, subject, wording, at=at, by=Proposer.OFFICE, person=person, grounds=grounds
        )
        self._complete(one, office, at=at + timedelta(hours=3))
        return one

    def _open(
        self, round_: AwardRound, actor: Viewer, unit: str | None, subject: S, wording: Wording, *, at: datetime,
        by: Proposer = Proposer.UNIT, person: str | None = None, grounds: Any = (),
    ) -> Nomination:  # fmt: skip
        new = NewNomination(
            round_id=round_.id,
            title_id=round_.lines[0].title_id,
            subject=subject,
            proposer=by,
            unit_id=unit,
            person_id=person,
            wording=wording,
            grounds=tuple(grounds),
        )
        with self.resources.db.unit_of_work() as session:
            one = nominations.open_nomination(session, actor=actor, now=at, today=self._day(at), new=new)
            reporting.compose_report(session, actor=actor, now=at, nomination_id=one.id)
            return one

    def _complete(self, one: Nomination, actor: Viewer, *, at: datetime) -> None:
        """The minutes of the meeting that chose whom to put forward, on paper."""
        paper = Paper(
            unit="Hội nghị bình xét",
            number="07/BB",
            day=self._day(at),
            kind="Biên bản",
            title="Bình xét khen thưởng",
            body=[f"Hội nghị bỏ phiếu kín về {one.called}: có mặt 9/9, đồng ý 9/9 phiếu (100%)."],
            signer="Chủ trì, thư ký cùng ký",
        )
        receipt = self.resources.store.put(io.BytesIO(as_scan(paper)), filename="bien-ban-binh-xet.png")
        with self.resources.db.unit_of_work() as session:
            nominations.attach_paper(
                session,
                actor=actor,
                now=at,
                nomination_id=one.id,
                paper=DossierPaper.MINUTES,
                receipt=receipt,
                batch_id=new_id(),
            )

    def _bring_in(self, one: Nomination, *, at: datetime) -> Nomination:
        self._submit(one, self.people("vhxh"), at=at)
        self._receive(one, at=at + timedelta(days=1))
        return one

    def _submit(self, one: Nomination, actor: Viewer, *, at: datetime) -> None:
        with self.resources.db.unit_of_work() as session:
            moving.submit_nomination(session, actor=actor, moment=self._moment(at), nomination_id=one.id)

    def _receive(self, one: Nomination, *, at: datetime) -> None:
        """By the leadership, who have no stake in the office's own unit."""
        chair = self.people("chutich")
        with self.resources.db.unit_of_work() as session:
            row = session.get_one(Nomination, one.id)
            for found in checking.list_findings(session, row, viewer=chair):
                if found.needs_word and not found.accepted:
                    moving.accept_finding(
                        session, actor=chair, now=at, nomination_id=one.id, key=found.key, reason="Hai việc khác nhau."
                    )
            moving.receive_nomination(
                session, actor=chair, moment=self._moment(at), nomination_id=one.id, submission=row.submissions
            )

    def _vote(self, rows: Sequence[Nomination], year: int, *, at: datetime) -> None:
        """A meeting of the council: everybody there, each dossier voted on by those without a stake."""
        chair, zone = self.people("chutich"), self.resources.settings.timezone
        runs: dict[str, Any] = {"actor": chair, "now": at}
        house: dict[str, Any] = {
            "now": at + timedelta(minutes=30),
            "timezone": zone,
            "key": HouseKey(self.resources.settings.secret_key, self.resources.settings.data / "ballots"),
        }
        with self.resources.db.unit_of_work() as session:
            meeting = service.plan_meeting(
                session,
                actor=self.people("vhxh"),
                now=at - timedelta(days=4),
                timezone=zone,
                movement_id=self.movement_id,
                year=year,
                cluster_id=None,
                plan=Plan(
                    title=f"Xét khen thưởng phong trào thi đua năm {year}",
                    meets_at=at,
                    place="Phòng họp số 1, trụ sở Ủy ban nhân dân phường",
                    chair_id=chair.id or "",
                    secretary_id=self.people("vhxh").id,
                    agenda="Nghe báo cáo hồ sơ đề nghị\nBỏ phiếu kín từng trường hợp",
                    people=frozenset(self.people(name).id or "" for name in COUNCIL),
                ),
            )
            service.open_meeting(session, **runs, meeting_id=meeting.id)
            there = {self.people(name).id or "": Attendance(True) for name in COUNCIL}
            revision = session.get_one(Meeting, meeting.id).revision
            service.mark_attendance(session, **runs, meeting_id=meeting.id, revision=revision, attendance=there)
            made = votes.prepare_for(
                session, **runs, timezone=zone, meeting_id=meeting.id, chosen=[one.id for one in rows]
            )
        for ballot in made:
            with self.resources.db.unit_of_work() as session:
                ballots.open_ballot(session, actor=chair, ballot_id=ballot.id, **house)
            for place, name in enumerate(COUNCIL):
                self._cast(ballot.id, name, 1 if ballot.position == len(made) and place > 1 else 0, house)
            with self.resources.db.unit_of_work() as session:
                ballots.close_ballot(session, actor=chair, ballot_id=ballot.id, **house)
        with self.resources.db.unit_of_work() as session:
            service.write_minutes(
                session,
                **runs,
                meeting_id=meeting.id,
                revision=session.get_one(Meeting, meeting.id).revision,
                discussion="Hội đồng nghe cơ quan thường trực báo cáo từng hồ sơ.",
                conclusion="Trình Chủ tịch Ủy ban nhân dân phường quyết định theo kết quả bỏ phiếu.",
            )
            ending.close_meeting(session, actor=chair, now=at + timedelta(hours=2), meeting_id=meeting.id)

    def _cast(self, ballot_id: str, name: str, choice: int, house: dict[str, Any]) -> None:
        """Whoever has a stake in it is refused, and does not vote."""
        with self.resources.db.unit_of_work() as session:
            electors = electors_of(
                session, session.get_one(Ballot, ballot_id), now=house["now"], timezone=house["timezone"]
            )
            if (self.people(name).id or "") in electors:
                ballots.cast_vote(session, actor=self.people(name), ballot_id=ballot_id, choice=choice, **house)

    def _decide(self, round_: AwardRound, rows: Sequence[Nomination], *, at: datetime) -> None:
        """The one that the council did not vote for is struck; the others are honoured, handed over, paid."""
        chair = self.people("chutich")
        with self.resources.db.unit_of_work() as session:
            decisions.make_proposal(
                session,
                actor=self.people("vhxh"),
                now=at,
                round_id=round_.id,
                nomination_ids=[one.id for one in rows],
                number="128/TTr-VHXH",
                signed_on=self._day(at),
            )
        at += timedelta(days=2)
        for one in rows:
            with self.resources.db.unit_of_work() as session:
                approve = bool(session.get_one(Nomination, one.id).voted_for)
                reason = "" if approve else "Thống nhất với kết quả bỏ phiếu của Hội đồng."
                decisions.give_verdict(
                    session, actor=chair, now=at, nomination_id=one.id, approve=approve, reason=reason
                )
        with self.resources.db.unit_of_work() as session:
            draft = DecisionDraft(
                decided_on=self._day(at),
                signer_name="Phan Thị Bích Thủy",
                signer_post="Chủ tịch",
                money_source="Quỹ thi đua, khen thưởng của phường",
            )
            made = decisions.draft_decision(session, actor=chair, now=at, round_id=round_.id, draft=draft)
            decisions.issue_decision(
                session,
                actor=chair,
                now=at,
                today=self._day(at),
                decision_id=made.id,
                number=f"{self._day(at):%m}9/QĐ-UBND",
                document_id=None,
            )
            awards = session.scalars(select(Award).where(Award.decision_id == made.id).order_by(Award.ordinal)).all()
            day = self._day(at + timedelta(days=7))
            done: dict[str, Any] = {"actor": chair, "now": at + timedelta(days=7), "today": day}
            for award in awards:
                afterwards.hand_over(session, **done, award_id=award.id, day=day, to=award.called)
                if award.amount is not None:
                    afterwards.pay(session, **done, award_id=award.id, payment=Payment(day, award.amount))

    def _office(self, at: datetime) -> dict[str, Any]:
        return {"actor": self.people("vhxh"), "now": at}

    def _moment(self, at: datetime) -> Moment:
        return Moment(at, self._day(at), self.resources.settings.timezone)

    def _day(self, at: datetime) -> date:
        return ward_day(at, self.resources.settings.timezone)
