"""The calendar holds what has a day and may be seen, no more and no less; its file gives every reader the same instants."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from sqlalchemy import text

from tests.support import commendation, indicators, inspections, meetings, papers, scores
from tests.support.prepared import prepared
from tests.support.ward import Ward
from tests.support.web import Client
from webapp.calendar.sources import Asked, list_entries
from webapp.commendation.rounds import service as rounds
from webapp.permissions import SYSTEM

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
pytestmark = pytest.mark.either_database


@prepared
def dated(ward: Ward) -> Ward:
    """Duties of every unit, a cluster's meeting before seven in the morning, rounds, a day off and one in lieu."""
    papers.make_duties(ward)
    commendation.add_round(ward)
    commendation.open_round(ward, title="Khen thưởng cuối năm")
    scores.rubric(ward)
    scores.open_round(ward, self=date(2026, 12, 11), appraise=date(2026, 12, 21))
    inspections.concluded(ward)
    indicators.set_in_force(ward)
    meetings.add_meeting(ward, *meetings.MEMBERS, meets_at=datetime(2026, 12, 13, 23, 30, tzinfo=UTC))
    with ward.work() as session:
        for day, works in ((date(2026, 12, 24), False), (date(2026, 12, 26), True)):
            rounds.set_holiday(
                session, actor=ward.viewer("office"), now=ward.now, day=day, name="Nghỉ", works=works, citation="CV 1"
            )
    return ward


def keys(ward: Ward, username: str, **changes: object) -> set[str]:
    values = {"first": date(2026, 1, 1), "last": date(2026, 12, 31), "now": ward.now, "timezone": HERE}
    asked = Asked(viewer=ward.viewer(username), **{**values, **changes})  # type: ignore[arg-type]
    with ward.db.reading() as session:
        return {f"{one.key} {one.day}" for one in list_entries(session, asked)}


def stored(ward: Ward, units: frozenset[str] | None, *, drafts: bool) -> set[str]:
    """The same by SQL; duties of these units, or of all."""
    found: set[str] = set()
    with ward.db.reading() as session:
        for identity, unit, day in session.execute(
            text("SELECT id, unit_id, COALESCE(extended_until, due_on) FROM duty WHERE cancelled_at IS NULL")
        ):
            if (units is None or unit in units) and str(day) <= "2026-12-31":
                found.add(f"duty-{identity} {day}")
        for identity, opens, closes, state in session.execute(
            text("SELECT id, opens_on, closes_on, state FROM award_round")
        ):
            if drafts or state != "draft":
                ends = (("opens", opens), ("closes", closes))
                found |= {f"award-{identity}-{name} {day}" for name, day in ends if str(day) <= "2026-12-31"}
        for identity, unit, day in session.execute(text("SELECT id, unit_id, visit_from FROM inspection_visit")):
            found |= {f"visit-{identity} {day}"} if units is None or unit in units else set()
        for identity, unit, day in session.execute(
            text("SELECT r.id, unit_id, due_on FROM inspection_remedy r JOIN inspection_visit v ON v.id = visit_id")
        ):
            found |= {f"remedy-{identity} {day}"} if units is None or unit in units else set()
        for identity, day in session.execute(text("SELECT id, due_on FROM indicator_set WHERE due_on IS NOT NULL")):
            found.add(f"index-{identity} {day}")
        for identity, day in session.execute(text("SELECT id, day FROM holiday")):
            found |= {f"holiday-{identity} {day}"} if str(day)[:4] == "2026" else set()
    return found


def test_the_calendar_equals_what_is_stored_for_each_who_may_see_it(dated: Ward) -> None:
    with dated.db.reading() as session:
        score_round = session.execute(text("SELECT id FROM score_round")).scalar_one()
        meeting = session.execute(text("SELECT id FROM meeting")).scalar_one()
    scored = {f"score-{score_round}-self 2026-12-11", f"score-{score_round}-appraise 2026-12-21"}
    # 23:30 by Greenwich is the next morning in the ward.
    met = {f"meeting-{meeting} 2026-12-14"}
    every, own = stored(dated, None, drafts=True), stored(dated, frozenset({dated.units["A"]}), drafts=False)
    assert len(every) > len(own) > 6
    assert keys(dated, "office") == every | scored | met
    with dated.db.reading() as session:
        visit, by = session.execute(text("SELECT id, self_report_by FROM inspection_visit")).one()
    assert keys(dated, "clerk.a") == own | scored | met | {f"self-report-{visit} {by}"}
    # In no cluster's round and at no meeting, without a unit: what everybody reads.
    assert keys(dated, "nobody") == stored(dated, frozenset(), drafts=False)
    day = {"first": date(2026, 12, 14), "last": date(2026, 12, 14)}
    assert keys(dated, "clerk.a", **day) == met
    assert keys(dated, "clerk.a", first=date(2026, 12, 13), last=date(2026, 12, 13)) == set()
    with dated.db.reading() as session:
        nobody = Asked(viewer=SYSTEM, first=date(2026, 1, 1), last=date(2026, 12, 31), now=dated.now, timezone=HERE)
        assert list_entries(session, nobody) == []


def test_pages_show_what_the_address_asks_for_and_name_working_days(dated: Ward, client: Client) -> None:
    client.sign_in("clerk.a")
    month = client.get("/calendar?year=2026&month=12").text
    assert "Báo cáo năm 2026" in month and "06:30" in month and "Hạn tự chấm năm 2026" in month
    assert "Đơn vị B" not in month
    # 23 weekdays, one of them off, a Saturday in lieu.
    assert "Tháng này có 23 ngày làm việc" in month
    filtered = client.get("/calendar?year=2026&month=12&kind=meeting&view=list").text
    assert "06:30" in filtered and "Báo cáo năm 2026" not in filtered
    assert client.get("/calendar?year=2026&view=year").status_code == 200
    office = client.as_user("office").get("/calendar?year=2026&month=12").text
    assert re.search(r"Báo cáo năm 2026</a>\s*<span class=\"soft\">0/\d", office)


def plain_events(data: bytes) -> Iterator[dict[str, str]]:
    """Events by RFC 5545 alone: lines unfolded, names with their parameters, nothing else understood."""
    lines = re.sub(r"\r\n[ \t]", "", data.decode("utf-8")).split("\r\n")
    event: dict[str, str] = {}
    inner = ""
    for line in lines:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            event, inner = {}, ""
        elif line == "END:VEVENT":
            yield event
        elif name in ("BEGIN", "END"):
            inner = f"{value}/" if name == "BEGIN" else ""
        else:
            event[inner + name.upper()] = value


def instant(value: str) -> datetime:
    return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def test_two_readers_find_the_same_instants_and_nothing_rings_at_midnight(dated: Ward, client: Client) -> None:
    client.sign_in("clerk.a")
    data = client.get("/calendar/entries.ics?year=2026").data
    one = {}
    for event in Calendar.from_ical(data).walk("VEVENT"):
        alarms = [alarm["trigger"].dt for alarm in event.walk("VALARM")]
        one[str(event["uid"])] = (event["dtstart"].dt, alarms)
    other = {}
    for found in plain_events(data):
        whole = found.get("DTSTART;VALUE=DATE")
        start = date(int(whole[:4]), int(whole[4:6]), int(whole[6:])) if whole else instant(found["DTSTART"])
        rings = found.get("VALARM/TRIGGER;VALUE=DATE-TIME")
        other[found["UID"]] = (start, [instant(rings)] if rings else [])
    assert one == other and len(one) == len(keys(dated, "clerk.a"))
    ringing = [(start, rings) for start, alarms in one.values() for rings in alarms]
    assert ringing and all(rings.astimezone(HERE).strftime("%H:%M") == "08:00" for _, rings in ringing)
    meeting = next(start for uid, (start, _) in one.items() if uid.startswith("meeting-"))
    assert meeting == datetime(2026, 12, 13, 23, 30, tzinfo=UTC)
    report = {start: rings for start, rings in ringing if start == date(2026, 12, 4)}
    assert report[date(2026, 12, 4)] == datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
