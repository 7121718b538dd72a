"""Lists of a large ward: a page at a time, each row once, counted over all; as many statements for many as for few."""

from __future__ import annotations

import gc
import re
from functools import partial

import pytest
from sqlalchemy import event, insert

from tests.support import papers
from tests.support.ward import Ward
from tests.support.web import Client, tight
from webapp.core.memory import keep_for_good
from webapp.core.paging import page_among, page_of
from webapp.models import (
    Checklist,
    ChecklistItem,
    ChecklistState,
    ClusterMember,
    ClusterPosition,
    CriteriaGroup,
    Criterion,
    Duty,
    PaperState,
    Role,
    Unit,
    UnitKind,
    UnitPaper,
    new_id,
)
from webapp.records.keep import keep_by_hand

pytestmark = pytest.mark.either_database

PAGES = ("/", "/overview", "/duties", "/papers", "/checklists")


def more_units(ward: Ward, count: int, first: int = 0) -> None:
    """Units of the first cluster that handed in their checklist and their report, and owe something."""
    with ward.work() as session:
        keep_by_hand(session)
        group = session.query(CriteriaGroup).filter_by(code="III.1", movement_id=ward.movement_id).one()
        criterion = session.query(Criterion).filter_by(group_id=group.id).first()
        rule = session.query(Duty).first()
        assert criterion is not None and rule is not None
        for number in range(first, first + count):
            unit, checklist = new_id(), new_id()
            same = {"unit_id": unit, "movement_id": ward.movement_id, "year": 2026, "created_at": ward.now}
            sent = {"first_submitted_at": ward.now, "submitted_at": ward.now, "revision": 1}
            rows: list[tuple[type, dict[str, object]]] = [
                (Unit, {"id": unit, "code": f"N{number}", "name": f"Nhóm {number:02}", "kind": UnitKind.OFFICE}),
                (
                    Checklist,
                    {"id": checklist, "group_id": group.id, "state": ChecklistState.SUBMITTED, **same, **sent},
                ),
                (ChecklistItem, {"checklist_id": checklist, "criterion_id": criterion.id, "position": 0}),
                (
                    ClusterMember,
                    {
                        "cluster_id": ward.clusters["K1"],
                        "year": 2026,
                        "unit_id": unit,
                        "position": ClusterPosition.MEMBER,
                    },
                ),
                (UnitPaper, {"kind": "annual", "state": PaperState.SUBMITTED, "version_no": 1, **same, **sent}),
                (
                    Duty,
                    {"rule_id": rule.rule_id, "paper": rule.paper, "due_on": rule.due_on, **same},
                ),
            ]
            for table, row in rows:
                session.execute(insert(table), [row])


@pytest.fixture
def office(ward: Ward, client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The standing office in a ward of two rows a page."""
    papers.make_duties(ward)
    monkeypatch.setattr("webapp.duties.routes.PER_PAGE", 2)
    monkeypatch.setattr("webapp.duties.progress.PER_PAGE", 2)
    monkeypatch.setattr("webapp.submissions.queries.page_of", partial(page_of, per_page=2))
    return client.sign_in("office")


def names(text: str) -> list[str]:
    return re.findall(r'<t(?:d|h scope="row")>(?:<[^>]+>)*\s*(Nhóm \d\d)', text)


@pytest.mark.parametrize("address", ["/papers?year=2026", "/checklists?year=2026", "/duties?show=all&year=2026"])
def test_pages_hold_every_row_once_and_keep_what_was_chosen(office: Client, ward: Ward, address: str) -> None:
    more_units(ward, 5)
    seen: list[str] = []
    path, pages = address, 0
    while path:
        text = tight(office.get(path).text)
        listed = text.rpartition("<caption>")[2]
        assert 1 <= len(re.findall(r'<tr><t(?:d|h scope="row")(?: data-label="Chọn")?>', listed)) <= 2
        seen += names(text)
        pages += 1
        found = re.search(r'rel="next" href="([^"]+)"', text)
        path = found.group(1).replace("&amp;", "&") if found else ""
        assert not path or ("year=2026" in path and ("show=all" in path) == ("show=all" in address))
    assert sorted(seen) == [f"Nhóm {number:02}" for number in range(5)] and pages >= 3


def test_the_sums_are_those_of_all_pages(office: Client, ward: Ward) -> None:
    before = tight(office.get("/duties?show=all").text)
    more_units(ward, 5)
    after = tight(office.get("/duties?show=all").text)
    for pattern in (r"<p>(\d+) việc:", r"(\d+) đơn vị</caption>"):
        few, many = re.search(pattern, before), re.search(pattern, after)
        assert few and many and int(many.group(1)) == int(few.group(1)) + 5
    assert "5 phiếu bạn được xem" in office.get("/checklists").text
    assert "5 văn bản bạn được xem" in office.get("/papers").text
    assert "2 văn bản bạn được xem" not in office.get("/papers").text


def test_own_checklists_and_papers_are_not_pushed_off_by_others(ward: Ward, office: Client) -> None:
    """What the viewer writes stands on every page of what others handed in."""
    ward.grant("office", Role.CLERK, "VH")
    paper = papers.open_paper(ward, "office", "VH")
    more_units(ward, 5)
    for number in (1, 2, 3):
        assert f"/papers/{paper.id}" in office.get(f"/papers?page={number}").text


def test_after_the_last_page_comes_the_last() -> None:
    assert page_among("abcde", 9, per_page=2).rows == "e" and page_among("abcde", 9, per_page=2).number == 3
    assert page_among("abcde", 2, per_page=2).rows == "cd" and page_among("", 4).number == 1


@pytest.mark.parametrize("user", ["clerk.a", "leader.1", "office"])
def test_many_units_need_no_more_statements_than_few(ward: Ward, client: Client, user: str) -> None:
    papers.make_duties(ward)
    ward.checklist("clerk.a", "A")
    more_units(ward, 3)
    here = client.sign_in(user)
    counted: list[str] = []
    event.listen(ward.db.engine, "before_cursor_execute", lambda *words: counted.append(str(words[2])))

    def needed(path: str) -> int:
        here.get(path)
        counted.clear()
        assert here.get(path).status_code == 200
        return sum(not one.startswith("BEGIN") for one in counted)

    few = {path: needed(path) for path in PAGES}
    more_units(ward, 12, first=3)
    assert {path: needed(path) for path in PAGES} == few


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_group_of_a_year_is_found_by_an_index(ward: Ward) -> None:
    """Without it the overview of a large ward read every evidence of all years. PostgreSQL plans by what tables hold."""
    with ward.db.engine.connect() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT count(*) FROM evidence_link JOIN checklist_item ON checklist_item.id = item_id "
            "JOIN checklist ON checklist.id = checklist_id WHERE checklist.year = 1 AND checklist.group_id = 'x'"
        ).all()
    assert "ix_checklist_year_group_id" in plan[0][3], plan


def test_what_is_loaded_is_not_looked_through_again() -> None:
    gc.unfreeze()
    keep_for_good()
    try:
        assert gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()
