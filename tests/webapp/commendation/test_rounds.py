"""Rounds of commendation: their rules, draft to closed, working days; on their pages."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import commendation
from tests.support.ward import Ward
from tests.support.web import Client
from webapp.commendation.rounds import rules, service
from webapp.commendation.rounds.rules import LineDraft
from webapp.core.days import WorkingDays
from webapp.core.errors import Conflict, Invalid, Refused
from webapp.models import AwardRound, AwardRoundKind, AwardRoundState, AwardSubject, RefusalReason
from webapp.movement.working_days import load_working_days

on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


def form(ward: Ward, **changes: Any) -> dict[str, Any]:
    key = f"{commendation.titles_of(ward)['giay-khen']}|person"
    values = {
        "year": "2026",
        "title": "Khen thưởng đợt thử",
        "kind": "yearly",
        "manner": "topic",
        "period_from": "01/01/2026",
        "period_to": "31/12/2026",
        "opens_on": "01/11/2026",
        "closes_on": "15/12/2026",
        "proposers": ["unit", "office"],
        "line": [key],
        f"quota-{key}": "2",
        f"papers-{key}": ["minutes"],
        "vote_rule": "giay-khen",
        "answer_days": "20",
        "complete_days": "5",
        "refuse_days": "5",
    }
    return {**values, **changes}


@on_one_database
def test_the_office_makes_a_round_which_everybody_reads_once_it_is_in_force(client: Client) -> None:
    ward = client.ward
    office = client.sign_in("office")
    wrong = office.post("/award-rounds/new", form(ward, closes_on="31/10/2026", line=[]))
    assert wrong.status_code == 422 and "Khen thưởng đợt thử" in wrong.text
    assert "Ngày cuối nhận đề nghị" in wrong.text and "ít nhất một danh hiệu" in wrong.text
    made = office.post("/award-rounds/new", form(ward))
    assert made.status_code == 303, made.text
    page = office.get(made.location).text
    assert "nhiều nhất 2" in page and "Biên bản bình xét" in page and "Đang soạn" in page
    assert client.as_user("clerk.a").get(made.location).status_code == 404
    assert office.post(f"{made.location}/apply").status_code == 303
    page = client.as_user("clerk.a").get(made.location).text
    assert "Đang nhận đề nghị" in page and "Đề nghị khen thưởng (đơn vị)" in page
    assert client.as_user("clerk.a").post(f"{made.location}/close").status_code == 403
    guidance = office.get(f"/announcements/new?round={made.location.rsplit('/', 1)[-1]}").text
    assert "Hướng dẫn: Khen thưởng đợt thử" in guidance


def test_what_a_round_may_not_be(ward: Ward) -> None:
    titles = commendation.titles_of(ward)
    person = LineDraft(titles["giay-khen"], AwardSubject.PERSON)
    cases: tuple[tuple[str, dict[str, Any]], ...] = (
        ("title", {"title": " "}),
        ("period_to", {"period_to": date(2025, 1, 1)}),
        ("closes_on", {"closes_on": None}),
        ("proposers", {"proposers": ()}),
        ("manner", {"kind": AwardRoundKind.AT_ONCE}),
        ("answer_days", {"answer_days": 0}),
        ("lines", {"lines": ()}),
        ("lines", {"lines": (person, person)}),
        ("lines", {"lines": (LineDraft(titles["lao-dong-tien-tien"], AwardSubject.HOUSEHOLD),)}),
        ("year", {"year": 2040}),
        # The catalogue does not say who decided then: nothing is assumed.
        ("lines", {"opens_on": date(2010, 1, 1), "closes_on": date(2010, 2, 1)}),
    )
    for field, changes in cases:
        with pytest.raises(Invalid) as fault:
            commendation.add_round(ward, **changes)
        assert field in fault.value.fields, (field, fault.value.fields)
    with pytest.raises(Refused):
        commendation.add_round(ward, by="head.a")


def test_a_round_in_force_gives_more_time_and_takes_none(ward: Ward) -> None:
    round_ = commendation.open_round(ward)

    def extend(**changes: Any) -> AwardRound:
        values = {"revision": round_.revision, "closes_on": round_.closes_on, "guidance": "", **changes}
        with ward.work() as session:
            return service.extend_round(
                session, actor=ward.viewer("office"), now=ward.now, round_id=round_.id, **values
            )

    for wrong in (round_.closes_on - timedelta(days=1), None):
        with pytest.raises(Invalid):
            extend(closes_on=wrong)
    later = extend(closes_on=round_.closes_on + timedelta(days=3), guidance=" Nộp sớm. ")
    assert (later.guidance, later.closes_on) == ("Nộp sớm.", round_.closes_on + timedelta(days=3))
    with pytest.raises(Conflict):
        extend(guidance="Cũ")
    draft = rules.RoundDraft(
        **{name: getattr(round_, name) for name in service.PLAIN},
        proposers=(commendation.Proposer.UNIT,),
        lines=tuple(LineDraft(line.title_id, line.subject) for line in round_.lines),
    )
    with pytest.raises(Invalid, match="không sửa được nữa"), ward.work() as session:
        service.write_round(
            session,
            actor=ward.viewer("office"),
            now=ward.now,
            round_id=round_.id,
            revision=later.revision,
            draft=draft,
        )


def test_a_round_ends_when_nothing_waits_for_a_word(ward: Ward) -> None:
    round_ = commendation.open_round(ward)
    one = commendation.submit(ward, commendation.complete(ward, commendation.nominate(ward, round_)))

    def close() -> AwardRound:
        with ward.work() as session:
            return service.close_round(
                session, actor=ward.viewer("office"), now=ward.now, round_id=round_.id, reason="Hết đợt"
            )

    with pytest.raises(Invalid, match="Còn 1 đề nghị"):
        close()
    with ward.work() as session:
        commendation.moving.refuse_nomination(
            session,
            actor=ward.viewer("office"),
            moment=commendation.moment(ward),
            nomination_id=one.id,
            why=RefusalReason.LATE,
            note="Nộp muộn.",
        )
    assert close().state is AwardRoundState.CLOSED
    with pytest.raises(Invalid):
        commendation.nominate(ward, round_)


@given(DAYS, st.integers(0, 40), st.frozensets(DAYS, max_size=8), st.frozensets(DAYS, max_size=4))
def test_working_days_leave_out_weekends_and_days_off(
    start: date, days: int, off: frozenset[date], works: frozenset[date]
) -> None:
    calendar = WorkingDays(off, works)
    last = calendar.after(start, days)
    counted = [start + timedelta(days=n) for n in range(1, (last - start).days + 1)]
    working = [day for day in counted if day in works or (day.weekday() < 5 and day not in off)]
    assert len(working) == days and (not days or working[-1] == last)
    assert calendar.between(start, last) == days


@pytest.mark.parametrize(
    ("quota", "share", "nominated", "expected"),
    [(None, None, 9, None), (3, None, 9, 3), (None, 50, 9, 4), (3, 50, 9, 3), (9, 30, 9, 2), (None, 10, 9, 0)],
)
def test_room_is_the_smaller_bound_and_shares_are_rounded_down(
    quota: int | None, share: int | None, nominated: int, expected: int | None
) -> None:
    assert rules.room(quota, share, nominated) == expected


@on_one_database
def test_days_off_are_data_that_the_office_keeps(client: Client) -> None:
    office = client.sign_in("office")
    day = {"day": "01/01/2027", "name": "Tết Dương lịch", "citation": "Điều 112 Bộ luật Lao động"}
    assert office.post("/holidays?year=2027", day).status_code == 303
    assert "Tết Dương lịch" in client.as_user("clerk.a").get("/holidays?year=2027").text
    assert client.as_user("clerk.a").post("/holidays", day).status_code == 403
    for wrong, said in (
        ({**day, "works": "1"}, "Làm bù chỉ vào thứ Bảy"),
        ({**day, "day": "02/01/2027"}, "vốn không phải ngày làm việc"),
        ({**day, "citation": ""}, "Hãy ghi căn cứ"),
        ({**day, "day": ""}, "Hãy ghi ngày"),
    ):
        answer = client.as_user("office").post("/holidays", wrong)
        assert answer.status_code == 422 and said in answer.text


def test_a_new_house_knows_the_days_off_of_the_year(ward: Ward) -> None:
    """Before and after the holidays of September 2026, with their Saturday in lieu."""
    commendation.titles_of(ward)
    with ward.db.reading() as session:
        days = load_working_days(session)
    assert days.after(date(2026, 8, 21), 1) == date(2026, 8, 22) and days.after(date(2026, 8, 28), 1) == date(
        2026, 9, 3
    )
