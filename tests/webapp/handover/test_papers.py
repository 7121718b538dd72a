"""Plans, reports and duties go along when a unit's year is handed over, and come back whole."""

from __future__ import annotations

from pathlib import Path

from tests.support import papers
from tests.support.records import catalogue_of
from tests.support.ward import Ward, open_ward
from webapp.core.schema import migrate
from webapp.handover.export import export_house
from webapp.handover.importing import read_bag, take_in

OURS = ("unit_paper", "paper_part", "paper_version", "paper_comment", "duty", "duty_rule", "checklist_version")


def test_a_units_year_is_handed_over_with_its_papers(ward: Ward, tmp_path: Path) -> None:
    papers.make_duties(ward)
    paper = papers.open_paper(ward, "clerk.a", "A")
    papers.write(ward, "clerk.a", paper, {0: "Đã triển khai", "III.1.đ": "Liên thông"})
    papers.submit(ward, "head.a", paper)
    papers.comment(ward, "office", paper, "xem lại")
    theirs = papers.open_paper(ward, "clerk.b", "B")
    papers.write(ward, "clerk.b", theirs, {0: "của B"})
    ward.attach("clerk.a", ward.item(ward.checklist("clerk.a", "A"), "III.1.d"), "minh chứng")
    ward.drain()
    before = catalogue_of(ward.db)
    export_house(ward.resources, tmp_path / "bag", unit_id=ward.units["A"], year=2026)
    data = tmp_path / "new"
    data.mkdir()
    new = open_ward(data, f"sqlite:///{data / 'kho.sqlite3'}")
    migrate(new.db)
    assert take_in(new.resources, read_bag(tmp_path / "bag")).conflicts == []
    after = catalogue_of(new.db)
    mine = {name: [row for row in before[name] if paper.id in row] for name in OURS[:4]}
    assert all(mine.values()) and {name: after[name] for name in mine} == mine
    assert after["duty"] == [row for row in before["duty"] if ward.units["A"] in row]
    assert after["duty_rule"] == before["duty_rule"]
    # And the rest of the house follows.
    export_house(ward.resources, tmp_path / "whole")
    assert take_in(new.resources, read_bag(tmp_path / "whole")).conflicts == []
    whole = catalogue_of(new.db)
    assert {name: whole[name] for name in OURS} == {name: before[name] for name in OURS}
    new.resources.close()
