"""Who owes what by when: days, lateness, lifetimes of units, extensions, what is open of last year."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.support import papers
from tests.support.ward import Ward
from tests.support.web import client_for
from webapp.core.clock import Clock
from webapp.core.errors import Invalid, NotFound, Refused
from webapp.duties import queries, rules, service
from webapp.duties.routine import keep_duties
from webapp.models import AuditEvent, Duty, Notice, PaperKind, Unit, UnitKind
from webapp.people import service as people
from webapp.permissions import SYSTEM

HERE = ZoneInfo("Asia/Ho_Chi_Minh")


def at(text: str) -> datetime:
    """An instant by the ward's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=HERE)


@pytest.mark.parametrize(
    ("month", "day", "exclusive", "year", "last"),
    [
        (12, 5, True, 2026, "2026-12-04"),
        (12, 5, False, 2026, "2026-12-05"),
        (1, 1, True, 2027, "2026-12-31"),
        (12, 31, False, 2026, "2026-12-31"),
        (2, 29, False, 2028, "2028-02-29"),
        (2, 29, False, 2027, "2027-02-28"),
        (2, 29, True, 2027, "2027-02-28"),
        (2, 29, True, 2028, "2028-02-28"),
        (3, 1, True, 2028, "2028-02-29"),
        (3, 1, True, 2027, "2027-02-28"),
    ],
)
def test_the_last_day_in_time(month: int, day: int, exclusive: bool, year: int, last: str) -> None:
    assert rules.last_day_in_time(year, month, day, exclusive=exclusive).isoformat() == last


@pytest.mark.parametrize(
    ("handed_in", "late"),
    [
        ("2026-12-04T23:59:59", 0),
        ("2026-12-05T00:00:00", 1),
        ("2026-12-05T23:59:59", 1),
        ("2026-12-06T00:00:00", 2),
        ("2026-11-01T08:00:00", 0),
        ("2027-01-04T00:00:00", 31),
    ],
)
def test_late_by_the_wards_clock(handed_in: str, late: int) -> None:
    found = rules.days_late(at(handed_in), date(2026, 12, 4), now=at("2027-06-01T00:00:00"), timezone=HERE)
    assert found == late


def test_not_handed_in_counts_until_now() -> None:
    day = date(2026, 12, 4)
    assert rules.days_late(None, day, now=at("2026-12-04T23:59:59"), timezone=HERE) == 0
    assert rules.days_late(None, day, now=at("2026-12-07T00:00:00"), timezone=HERE) == 3


@given(st.dates(date(2026, 1, 1), date(2031, 1, 1)), st.integers(-60, 60))
def test_a_reminder_is_the_latest_one_passed(last_day: date, left: int) -> None:
    step = rules.reminder_due(last_day, last_day - timedelta(days=left))
    if left > 14 or left < rules.GIVE_UP:
        assert step is None
    else:
        assert step in rules.REMINDERS and step >= left
        assert not any(left <= other < step for other in rules.REMINDERS)


@pytest.mark.parametrize(
    ("founded", "dissolved", "owed"),
    [
        (None, None, True),
        (date(2026, 7, 1), None, True),
        (date(2026, 12, 4), None, True),
        (date(2026, 12, 5), None, False),
        (None, date(2026, 12, 4), False),
        (None, date(2026, 12, 5), True),
        (None, date(2026, 6, 30), False),
    ],
)
def test_a_units_lifetime_decides(founded: date | None, dissolved: date | None, owed: bool) -> None:
    found = rules.is_there(founded_on=founded, dissolved_on=dissolved, due_on=date(2026, 12, 4), year=2026)
    assert found is owed


@pytest.mark.parametrize(
    ("included", "excluded", "named"), [((), (), True), ((), ("u",), False), (("u",), ("u",), False)]
)
def test_a_rule_names_units_by_kind_or_by_name(
    included: tuple[str, ...], excluded: tuple[str, ...], named: bool
) -> None:
    kinds = ("office",)
    assert rules.is_named(UnitKind.OFFICE, "u", unit_kinds=kinds, included=included, excluded=excluded) is named
    assert not rules.is_named(UnitKind.ENTERPRISE, "v", unit_kinds=kinds, included=included, excluded=excluded)


def listed(
    ward: Ward, username: str, year: int = 2026, paper: PaperKind | None = PaperKind.ANNUAL
) -> dict[str, object]:
    with ward.db.reading() as session:
        rows = queries.list_duties(
            session, viewer=ward.viewer(username), year=year, now=ward.now, timezone=HERE, paper=paper
        )
        return {row.duty.unit.code: row for row in rows}


def test_the_plan_gives_the_first_rules(ward: Ward) -> None:
    assert papers.make_duties(ward) > 0 and papers.make_duties(ward) == 0
    duty = papers.duty_of(ward, "A")
    assert duty.due_on == date(2026, 12, 4) and duty.last_day == duty.due_on
    with ward.db.reading() as session:
        kinds = {kind for (kind,) in session.execute(select(Duty.paper).where(Duty.year == 2026))}
    assert kinds == {PaperKind.UNIT_PLAN, PaperKind.ANNUAL, PaperKind.CHECKLIST}
    papers.make_duties(ward, 2027)
    papers.make_duties(ward, 2030)
    with ward.db.reading() as session:
        by_year = {year: set(session.scalars(select(Duty.paper).where(Duty.year == year))) for year in (2027, 2030)}
    assert PaperKind.INTERIM in by_year[2027] and PaperKind.FINAL not in by_year[2027]
    assert PaperKind.FINAL in by_year[2030] and PaperKind.INTERIM not in by_year[2030]


def test_enterprises_owe_nothing_unless_named(ward: Ward) -> None:
    ward.unit("DN", UnitKind.ENTERPRISE)
    papers.make_duties(ward)
    with ward.db.reading() as session:
        assert not session.scalars(select(Duty).where(Duty.unit_id == ward.units["DN"])).all()
        rule = next(
            rule
            for rule in queries.list_rules(session, viewer=ward.viewer("office"), movement_id=ward.movement_id)
            if rule.paper is PaperKind.ANNUAL
        )
    save_rule(ward, "office", rule.id, included=[ward.units["DN"]], excluded=[ward.units["A"]])
    papers.make_duties(ward)
    assert papers.duty_of(ward, "DN").cancelled_at is None
    assert papers.duty_of(ward, "A").cancelled_at is not None
    assert "A" not in listed(ward, "office") and "DN" in listed(ward, "office")


def save_rule(ward: Ward, username: str, rule_id: str | None, **changes: object) -> None:
    values: dict[str, object] = {
        "paper": PaperKind.ANNUAL,
        "what": "",
        "point": "V.5",
        "first_year": 2026,
        "last_year": 2030,
        "month": 12,
        "day": 5,
        "exclusive": True,
        "years_after": 0,
        "unit_kinds": list(rules.REPORTING_KINDS),
        "included": [],
        "excluded": [],
    }
    with ward.work() as session:
        service.save_rule(
            session,
            actor=ward.viewer(username),
            now=ward.now,
            movement_id=ward.movement_id,
            rule_id=rule_id,
            draft=service.RuleDraft(**{**values, **changes}),  # type: ignore[arg-type]
        )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"month": 2, "day": 30}, "day"),
        ({"month": 4, "day": 31}, "day"),
        ({"first_year": 2028, "last_year": 2027}, "first_year"),
        ({"first_year": 2025}, "first_year"),
        ({"unit_kinds": [], "included": []}, "unit_kinds"),
        ({"unit_kinds": ["ma"], "included": ["khong-co"]}, "unit_kinds"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(ward: Ward, changes: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as fault:
        save_rule(ward, "office", None, **changes)
    assert field in fault.value.fields


def test_a_dissolved_unit_is_asked_for_nothing_more_but_what_it_handed_in_stays(ward: Ward) -> None:
    papers.make_duties(ward)
    paper = papers.open_paper(ward, "clerk.a", "A")
    papers.write(ward, "clerk.a", paper, {0: "xong sớm"})
    papers.submit(ward, "head.a", paper)
    with ward.work() as session:
        for code in ("A", "B"):
            unit = session.get_one(Unit, ward.units[code])
            people.save_unit(
                session,
                actor=SYSTEM,
                now=ward.now,
                unit_id=unit.id,
                draft=people.UnitDraft(
                    code=unit.code,
                    name=unit.name,
                    kind=unit.kind,
                    dissolved_on=date(2026, 11, 30),
                ),
            )
    papers.make_duties(ward)
    assert papers.duty_of(ward, "B").cancelled_at is not None
    assert papers.duty_of(ward, "A").cancelled_at is None
    assert papers.duty_of(ward, "A", PaperKind.UNIT_PLAN).cancelled_at is not None


def test_lateness_is_that_of_the_first_submission_and_nothing_is_refused(ward: Ward) -> None:
    papers.make_duties(ward)
    ward.now = at("2026-12-05T00:00:00")
    late = papers.open_paper(ward, "clerk.a", "A")
    papers.write(ward, "clerk.a", late, {0: "muộn"})
    papers.submit(ward, "head.a", late)
    rows = listed(ward, "office")
    assert rows["A"].late == 1 and not rows["A"].is_missing and not rows["A"].is_open
    assert rows["B"].is_missing and rows["B"].late == 1
    ward.now = at("2026-12-20T00:00:00")
    papers.give_back(ward, "office", late)
    papers.submit(ward, "head.a", late)
    assert listed(ward, "office")["A"].late == 1


def test_an_extension_needs_a_reason_and_a_later_day_and_is_not_for_ones_own_unit(ward: Ward) -> None:
    papers.make_duties(ward)
    duty = papers.duty_of(ward, "A")

    def extend(username: str, until: date, reason: str, of: Duty = duty) -> None:
        with ward.work() as session:
            service.extend_duty(
                session,
                actor=ward.viewer(username),
                now=ward.now,
                timezone=HERE,
                duty_id=of.id,
                until=until,
                reason=reason,
            )

    for until, reason in ((date(2026, 12, 4), "bão"), (date(2026, 12, 10), " "), (date(2028, 12, 10), "bão")):
        with pytest.raises(Invalid):
            extend("office", until, reason)
    for username in ("clerk.a", "head.a", "leader.1", "auditor", "admin"):
        with pytest.raises((Refused, NotFound)):
            extend(username, date(2026, 12, 10), "bão")
    with pytest.raises(Refused):
        extend("office", date(2026, 12, 10), "bão", papers.duty_of(ward, "VH"))
    extend("office", date(2026, 12, 10), "mất điện vì bão")
    assert papers.duty_of(ward, "A").last_day == date(2026, 12, 10)
    ward.now = at("2026-12-11T00:00:00")
    assert listed(ward, "office")["A"].late == 1 and listed(ward, "office")["B"].late == 7
    with ward.db.reading() as session:
        told = session.scalars(select(Notice.text).where(Notice.person_id == ward.people["clerk.a"])).all()
        assert any("mất điện vì bão" in text for text in told)
        assert session.scalars(select(AuditEvent).where(AuditEvent.action == "duty.extend")).one().reason


def test_each_sees_what_concerns_them(ward: Ward) -> None:
    papers.make_duties(ward)
    assert set(listed(ward, "clerk.a")) == {"A"}
    assert set(listed(ward, "clerk.c")) == {"C"}
    assert set(listed(ward, "leader.1")) == {"A", "B", "VH"}
    assert set(listed(ward, "office")) == set(listed(ward, "auditor")) == {"A", "B", "C", "VH"}
    assert set(listed(ward, "nobody")) == set(listed(ward, "admin")) == set()
    draft = papers.open_paper(ward, "clerk.b", "B")
    assert listed(ward, "clerk.b")["B"].paper_id == draft.id
    assert listed(ward, "office")["B"].paper_id is None and listed(ward, "office")["B"].state is None


def test_the_worker_makes_duties_and_reminds(ward: Ward) -> None:
    with ward.work() as session:
        service.start_rules(session, actor=ward.viewer("office"), now=ward.now, movement_id=ward.movement_id)
    keep_duties(ward.resources, ward.now)
    keep_duties(ward.resources, ward.now)
    with ward.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Duty)) == 3 * 4
        texts = session.scalars(select(Notice.text).where(Notice.person_id == ward.people["clerk.a"])).all()
    assert sorted("Báo cáo năm" in text for text in texts) == [False, True]


def test_without_rules_nothing_is_owed_any_more(ward: Ward) -> None:
    papers.make_duties(ward)
    with ward.db.reading() as session:
        rule_ids = session.scalars(select(Duty.rule_id).distinct()).all()
    with ward.work() as session:
        for rule in queries.list_rules(session, viewer=ward.viewer("office"), movement_id=ward.movement_id):
            service.retire_rule(
                session, actor=ward.viewer("office"), now=ward.now, movement_id=ward.movement_id, rule_id=rule.id
            )
    keep_duties(ward.resources, ward.now)
    assert rule_ids and not listed(ward, "office", paper=None)
    with ward.db.reading() as session:
        assert not session.scalars(select(Notice)).all()


def test_what_is_open_of_last_year_is_not_forgotten_in_the_new_one(ward: Ward) -> None:
    papers.make_duties(ward)
    ward.now = at("2027-01-05T08:00:00")
    ward.resources.clock = Clock(ward.now)
    client = client_for(ward).sign_in("clerk.a")
    page = client.get("/").text
    assert "Báo cáo năm 2026" in page and "quá hạn 32 ngày" in page
    assert "việc các đơn vị chưa nộp" in client.as_user("office").get("/").text


def test_the_cluster_of_the_year_is_shown(ward: Ward) -> None:
    """A unit is in one cluster a year; moved in mid-year, it is listed under the new one."""
    papers.make_duties(ward)
    assert listed(ward, "office")["A"].cluster == "Cụm K1"
    with ward.work() as session:
        people.remove_from_cluster(
            session,
            actor=SYSTEM,
            now=ward.now,
            cluster_id=ward.clusters["K1"],
            year=2026,
            unit_id=ward.units["A"],
        )
    assert listed(ward, "office")["A"].cluster == "" and "A" not in listed(ward, "leader.1")
