"""Scores that are published go along when a unit's year is handed over; of others nothing does, nor of any meeting."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import meetings, scores
from tests.support.records import catalogue_of
from tests.support.ward import Ward, open_ward
from webapp.core.schema import migrate
from webapp.handover.export import export_house
from webapp.handover.importing import LABELS, read_bag, take_in
from webapp.models import UnitKind
from webapp.records.catalogue import BY_NAME
from webapp.scoring.rounds import closing

pytestmark = pytest.mark.either_database

SCORES = ("score_sheet", "score_result", "score_appeal", "score_entry", "score_change", "score_review")
KINDS = {"score_round", "score_sheet", "score_entry", "score_change", "score_review", "score_conflict", "rubric"}


def scored(ward: Ward) -> None:
    """C's scores are published, with a second opinion and an appeal; those of A and the others are closed."""
    scores.everything(ward)
    scores.rubric(ward, kinds=[UnitKind.OFFICE])
    round_id = scores.open_round(ward)
    for unit, clerk, head, appraiser in (
        ("A", "clerk.a", "head.a", "leader.1"),
        ("B", "clerk.b", "head.b", "deputy.1"),
        ("VH", "head.vh", "head.vh", "leader.1"),
    ):
        scores.settled(ward, unit, clerk, head, appraiser)
    scores.step(ward, closing.close_round, "office", round_id=round_id)
    meetings.finished(ward)
    ward.drain()


def kinds_in(bag: Path) -> set[str]:
    return {path.name.partition("-")[0] for path in (bag / "data/manifests").rglob("*.json")}


def opened_house(folder: Path) -> Ward:
    folder.mkdir()
    new = open_ward(folder, f"sqlite:///{folder / 'kho.sqlite3'}")
    migrate(new.db)
    return new


def test_published_scores_of_a_unit_come_back_in_an_empty_house(ward: Ward, tmp_path: Path) -> None:
    scored(ward)
    before = catalogue_of(ward.db)
    bag = tmp_path / "bag"
    export_house(ward.resources, bag, unit_id=ward.units["C"], year=2026)
    assert kinds_in(bag) >= KINDS - {"score_conflict"}
    assert not kinds_in(bag) & {"score_conflict", "meeting", "ballot"}
    new = opened_house(tmp_path / "new")
    assert take_in(new.resources, read_bag(bag)).conflicts == []
    after = catalogue_of(new.db)
    sheet = scores.sheet_of(ward, "C")
    others = [scores.sheet_of(ward, unit) for unit in ("A", "B", "VH")]
    rows = {row.id for row in scores.entries_of(ward, sheet).values()}
    assert [row for row in before["score_sheet"] if sheet.id in row] == after["score_sheet"] != []
    for name in ("score_result", "score_appeal", "score_entry", "score_review"):
        assert after[name] == [row for row in before[name] if sheet.id in row] != [], name
    assert after["score_change"] == [row for row in before["score_change"] if any(one in row for one in rows)] != []
    assert len(after["score_review_entry"]) == len(before["score_review_entry"]) == 4
    assert [row for row in before["rubric"] if sheet.rubric_id in row] == after["rubric"] != []
    assert [row for row in before["score_round"] if sheet.round_id in row] == after["score_round"] != []
    content = b"".join(path.read_bytes() for path in bag.rglob("*") if path.is_file())
    for other in others:
        assert other.id.encode() not in content and other.round_id.encode() not in content
    # The rest of the house follows from the whole.
    export_house(ward.resources, tmp_path / "whole")
    assert take_in(new.resources, read_bag(tmp_path / "whole")).conflicts == []
    whole = catalogue_of(new.db)
    assert {name: whole[name] for name in SCORES} == {name: before[name] for name in SCORES}
    new.resources.close()


def test_scores_that_are_not_published_stay_at_home(ward: Ward, tmp_path: Path) -> None:
    scored(ward)
    export_house(ward.resources, tmp_path / "a", unit_id=ward.units["A"], year=2026)
    assert not kinds_in(tmp_path / "a") & {*KINDS, "meeting", "ballot"}
    export_house(ward.resources, tmp_path / "year", year=2026)
    assert not kinds_in(tmp_path / "year") & {"score_conflict", "meeting", "ballot"}
    content = b"".join(path.read_bytes() for path in (tmp_path / "year/data/manifests").rglob("*.json"))
    assert scores.sheet_of(ward, "C").id.encode() in content
    for unit in ("A", "B", "VH"):
        assert scores.sheet_of(ward, unit).id.encode() not in content
    # Nor does a bag of single documents hold any.
    document = ward.document("clerk.c", "C", "một văn bản")
    ward.drain()
    export_house(ward.resources, tmp_path / "one", document_ids=(document.id,))
    assert not kinds_in(tmp_path / "one") & {*KINDS, "meeting", "ballot"}


def test_scores_corrected_after_publication_stay_at_home_until_published_again(ward: Ward, tmp_path: Path) -> None:
    round_id, _ = scores.everything(ward)
    ward.drain()
    scores.step(ward, closing.reopen_round, "office", round_id=round_id, reason="Sai số liệu")
    ward.drain()
    ward.document("clerk.c", "C", "một văn bản")
    export_house(ward.resources, tmp_path / "c", unit_id=ward.units["C"], year=2026)
    assert not kinds_in(tmp_path / "c") & KINDS


def test_every_kind_of_record_has_a_name_in_words() -> None:
    assert LABELS.keys() == BY_NAME.keys()
