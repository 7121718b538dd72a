"""Teams, visits, findings and remedies of inspection, made through the real services."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from tests.support.ward import Ward
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
    InspectionFinding,
    InspectionRemedy,
    InspectionVisit,
    SignatureSide,
    TeamPost,
    new_id,
)

TODAY = date(2026, 11, 22)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000 1f15c4890000000d49444154789c6360f8cf500f0003860180"
    "5a347d6b0000000049454e44ae426082".replace(" ", "")
)


def moment(ward: Ward) -> Moment:
    zone = ward.resources.settings.timezone
    return Moment(ward.now, ward.now.astimezone(zone).date(), zone)


def team_draft(**changes: Any) -> TeamDraft:
    values: dict[str, Any] = {
        "name": "Đoàn kiểm tra số 1",
        "surprise": False,
        "period_from": date(2026, 1, 1),
        "period_until": date(2026, 10, 31),
        "first_day": TODAY,
        "last_day": TODAY + timedelta(days=9),
        "days": dict(rules.DAYS),
    }
    return TeamDraft(**{**values, **changes})


def draft(ward: Ward, *, by: str = "office", **changes: Any) -> Inspection:
    with ward.work() as session:
        return teams.draft_team(
            session,
            actor=ward.viewer(by),
            now=ward.now,
            movement_id=ward.movement_id,
            year=2026,
            new=team_draft(**changes),
        )


def member(ward: Ward, one: Inspection, username: str, post: TeamPost = TeamPost.MEMBER, *, by: str = "office") -> None:
    with ward.work() as session:
        teams.add_member(
            session,
            actor=ward.viewer(by),
            moment=moment(ward),
            inspection_id=one.id,
            person_id=ward.people[username],
            post=post,
        )


def visit(ward: Ward, one: Inspection, unit: str, *, by: str = "office", **days: Any) -> InspectionVisit:
    values = {"visit_from": one.first_day, "visit_until": min(one.first_day + timedelta(days=1), one.last_day), **days}
    with ward.work() as session:
        return teams.add_unit(
            session,
            actor=ward.viewer(by),
            moment=moment(ward),
            inspection_id=one.id,
            unit_id=ward.units[unit],
            **values,
        )


def issue(ward: Ward, one: Inspection, *, by: str = "office") -> Inspection:
    with ward.work() as session:
        return teams.issue_team(
            session,
            actor=ward.viewer(by),
            moment=moment(ward),
            inspection_id=one.id,
            decision=teams.Decision(number="31/QĐ-HĐTĐKT", decided_on=TODAY - timedelta(days=2)),
        )


def at_work(
    ward: Ward,
    unit: str = "A",
    *,
    people: Sequence[tuple[str, TeamPost]] = (("outsider", TeamPost.HEAD),),
    **changes: Any,
) -> InspectionVisit:
    """A team with its decision and one unit; `outsider` belongs to no unit and has no other role."""
    for username, _ in people:
        if username not in ward.people:
            ward.person(username)
    one = draft(ward, **changes)
    for username, post in people:
        member(ward, one, username, post)
    made = visit(ward, one, unit)
    issue(ward, one)
    return made


def step(ward: Ward, act: Any, one: InspectionVisit, by: str, **named: Any) -> Any:
    with ward.work() as session:
        return act(session, actor=ward.viewer(by), moment=moment(ward), visit_id=one.id, **named)


def opened(ward: Ward, unit: str = "A", **changes: Any) -> InspectionVisit:
    """The team stands in the unit."""
    one = at_work(ward, unit, **changes)
    if not changes.get("surprise"):
        step(ward, visits.notify_unit, one, "outsider")
    return step(ward, visits.open_visit, one, "outsider")


def written(text: str = "Chưa có sổ theo dõi.", kind: FindingKind = FindingKind.LACKING, **changes: Any) -> Written:
    return Written(**{"kind": kind, "criterion_id": None, "text": text, **changes})


def find(
    ward: Ward,
    one: InspectionVisit,
    by: str = "outsider",
    *,
    key: str = "",
    photographs: Sequence[bytes] = (),
    **said: Any,
) -> InspectionFinding:
    receipts = [ward.resources.store.put(io.BytesIO(data), filename="anh.png") for data in photographs]
    with ward.work() as session:
        return findings.add_finding(
            session,
            actor=ward.viewer(by),
            now=ward.now,
            visit_id=one.id,
            client_key=key or new_id(),
            written=written(**said),
            photographs=receipts,
        )


def minuted(ward: Ward, one: InspectionVisit | None = None) -> InspectionVisit:
    """Minutes composed, waiting for both signatures."""
    one = one or opened(ward)
    find(ward, one)
    record = Record(
        place="Trụ sở Đơn vị A", team_present="Người outsider", unit_present="Người head.a", papers_seen="", copies=2
    )
    with ward.work() as session:
        fresh = session.get_one(InspectionVisit, one.id)
        visits.write_record(
            session,
            actor=ward.viewer("outsider"),
            now=ward.now,
            visit_id=one.id,
            revision=fresh.revision,
            record=record,
        )
    return step(ward, visits.compose_minutes, one, "outsider")


def digest_of(ward: Ward, one: InspectionVisit) -> str:
    with ward.work() as session:
        shown = signing.load_minutes(session, visits.load_visit(session, one.id), moment(ward))
        return rules.words_digest(minutes.words_of(shown))


def sign(ward: Ward, one: InspectionVisit, by: str, side: SignatureSide, **changes: Any) -> Any:
    values: dict[str, Any] = {
        "side": side,
        "name": f"Người {by}",
        "post": "Trưởng đoàn",
        "digest": digest_of(ward, one),
        "drawing": "[[10, 20, 30, 40]]",
    }
    return step(ward, signing.sign_minutes, one, by, signed=Signed(**{**values, **changes}))


def signed(ward: Ward, one: InspectionVisit | None = None) -> InspectionVisit:
    one = minuted(ward, one)
    sign(ward, one, "outsider", SignatureSide.TEAM)
    sign(ward, one, "head.a", SignatureSide.UNIT)
    return one


def concluded(ward: Ward, one: InspectionVisit | None = None) -> InspectionVisit:
    """With one remedy, due in ten days."""
    one = signed(ward, one)
    with ward.work() as session:
        revision = session.get_one(InspectionVisit, one.id).revision
    step(ward, concluding.report_visit, one, "outsider", revision=revision, text="Đơn vị làm tốt.")
    new = [NewRemedy(text="Lập sổ theo dõi", due_on=moment(ward).today + timedelta(days=10))]
    return step(
        ward,
        concluding.conclude_visit,
        one,
        "office",
        conclusion="Đơn vị thực hiện nghiêm túc.",
        number="5/KL-HĐTĐKT",
        concluded_on=moment(ward).today,
        remedies=new,
    )


def remedy_of(ward: Ward, one: InspectionVisit) -> InspectionRemedy:
    with ward.db.reading() as session:
        return session.scalars(select(InspectionRemedy).where(InspectionRemedy.visit_id == one.id)).one()


def answer(ward: Ward, one: InspectionRemedy, *, by: str = "clerk.a", text: str = "Đã lập sổ.") -> InspectionRemedy:
    with ward.work() as session:
        return remedies.answer_remedy(
            session,
            actor=ward.viewer(by),
            moment=moment(ward),
            remedy_id=one.id,
            revision=session.get_one(InspectionRemedy, one.id).revision,
            text=text,
        )


def close(ward: Ward, one: InspectionRemedy, *, by: str = "office", closed: bool = True, note: str = "") -> Any:
    with ward.work() as session:
        return remedies.close_remedy(
            session,
            actor=ward.viewer(by),
            moment=moment(ward),
            remedy_id=one.id,
            revision=session.get_one(InspectionRemedy, one.id).revision,
            closed=closed,
            note=note,
        )


def criterion_of(ward: Ward, code: str) -> str:
    with ward.db.reading() as session:
        return session.scalars(
            select(Criterion.id).where(Criterion.movement_id == ward.movement_id, Criterion.code == code)
        ).one()


def programme(ward: Ward) -> tuple[str, str]:
    """A draft of the office with one unit: its id, the line's."""
    with ward.work() as session:
        kept: dict[str, Any] = {"actor": ward.viewer("office"), "now": ward.now}
        made = programmes.start_programme(session, **kept, movement_id=ward.movement_id, year=2026, goal=50)
        line = programmes.add_line(
            session, **kept, programme_id=made.id, unit_id=ward.units["B"], month=11, area="Chuyển đổi số"
        )
        return made.id, line.id


def everything(ward: Ward) -> None:
    """Rows of every kind: a programme with a struck line, a concluded visit with photograph, answer and a struck finding."""
    programme_id, line_id = programme(ward)
    with ward.work() as session:
        programmes.strike_line(
            session,
            actor=ward.viewer("office"),
            now=ward.now,
            programme_id=programme_id,
            line_id=line_id,
            reason="đã được kiểm toán",
        )
    one = opened(ward)
    struck = find(ward, one, photographs=[PNG])
    with ward.work() as session:
        findings.drop_finding(
            session, actor=ward.viewer("outsider"), now=ward.now, finding_id=struck.id, reason="ghi nhầm đơn vị"
        )
    concluded(ward, one)
    answer(ward, remedy_of(ward, one))


def furnish(ward: Ward) -> dict[str, str]:
    """Visits in the states that have pages of their own, a draft of a team, a programme: ids by name. `outsider` leads."""
    programme_id, line_id = programme(ward)
    told, minutes_wait, waits, answered, reported = (at_work(ward) for _ in range(5))
    for one in (told, minutes_wait, waits, answered, reported):
        step(ward, visits.notify_unit, one, "outsider")
    for one in (minutes_wait, waits, answered, reported):
        step(ward, visits.open_visit, one, "outsider")
    minuted(ward, minutes_wait)
    remedy = remedy_of(ward, concluded(ward, waits))
    done = answer(ward, remedy_of(ward, concluded(ward, answered)))
    signed(ward, reported)
    with ward.work() as session:
        revision = session.get_one(InspectionVisit, reported.id).revision
    step(ward, concluding.report_visit, reported, "outsider", revision=revision, text="Đơn vị làm tốt.")
    at_door = opened(ward, "B")
    return {
        "programme": programme_id,
        "programme_line": line_id,
        "team_draft": draft(ward).id,
        "team": at_door.inspection_id,
        "visit_told": told.id,
        "visit_minuted": minutes_wait.id,
        "visit_reported": reported.id,
        "visit_opened": at_door.id,
        "finding": find(ward, at_door, photographs=[PNG]).id,
        "remedy_open": remedy.id,
        "remedy_answered": done.id,
    }
