"""Forms with more in them than the page has, old forms, files: only the field of that page changes, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.house.test_scoring_policy import Stages
from tests.house.test_scoring_ways import (
    ATTACHED,
    EXPLAINED,
    FIRST,
    LAST,
    OPINION,
    SELF,
)
from tests.support import scores, templates
from tests.support.scores import sheet_of
from tests.support.scoring_rows import changed_columns, changed_rows, nothing_kept, rows_of
from tests.support.scoring_worlds import CONTROL, House, build_stages, open_stage
from tests.support.ward import Ward
from tests.support.web import Client, client_for
from webapp.models import Rubric, ScoreEntry, ScoreResult, ScoreSheet
from webapp.models.base import Base
from webapp.scoring.points.cluster_rules import rules_from_plain
from webapp.scoring.points.scheme import Scheme
from webapp.scoring.rubrics.queries import scheme_of
from webapp.scoring.rubrics.workbook import rubric_sheet


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory, sqlite_ward: Ward) -> Stages:
    folder = tmp_path_factory.mktemp("stages")
    data = folder / "first"
    ward = templates.open_copy(sqlite_ward, data, f"sqlite:///{data / 'kho.sqlite3'}")
    return build_stages(ward, folder)


class Houses:
    """Opens stages and closes them again."""

    def __init__(self, stages: Stages, folder: Path) -> None:
        self.stages, self.folder = stages, folder
        self.open: list[House] = []

    def __call__(self, stage: str) -> House:
        house = open_stage(self.stages, stage, self.folder / f"{stage}-{len(self.open)}")
        self.open.append(house)
        return house


@pytest.fixture
def house_at(stages: Stages, tmp_path: Path) -> Iterator[Houses]:
    houses = Houses(stages, tmp_path)
    yield houses
    for house in houses.open:
        house.ward.resources.close()


COLUMNS = {
    column.name
    for table in (ScoreEntry, ScoreSheet, ScoreResult)
    for column in Base.metadata.tables[table.__tablename__].c
}


def stuffed(house: House, unit: str, revision: int | str | None = None) -> dict[str, str]:
    """Fields for entry B of a unit, one named like every column, bare and with the entry's id, and with those of the
    entries of every other unit."""
    mine = house.entries[unit]
    fields: dict[str, str] = {}
    for name in COLUMNS:
        fields[name] = "final" if name == "state" else "1"
        for key in house.entries.values():
            fields[f"{name}-{key}"] = "1"
    for key in house.entries.values():
        fields |= {f"value-{key}-0": "55", f"points-{key}": "5", f"reason-{key}": "Thêm.", f"comment-{key}": "Thêm."}
        fields |= {f"explanation-{key}": "Thêm.", f"revision-{key}": str(house.revision(key)), f"order-{key}": "1"}
    fields |= {
        "sheet_id": house.sheets["B"],
        "entry_id": house.entries["B"],
        "unit_id": house.ward.units["B"],
        "person_id": house.ward.people["clerk.a"],
        "appraiser_id": house.ward.people["clerk.a"],
        "control_id": house.ward.people["clerk.a"],
        "giver": house.ward.units["A"],
        "side": "appraisal",
        "kind": "control",
        "no": "1",
        "reason": "Thêm.",
        "points": "5",
        "cell": "55",
        "revision": str(house.revision(mine) if revision is None else revision),
    }
    del fields["evidence"]  # the page of evidence has that one itself
    if revision is not None:
        fields[f"revision-{mine}"] = str(revision)
    return fields


@pytest.mark.parametrize(
    ("stage", "who", "unit", "path", "columns"),
    [
        ("draft", "clerk.a", "A", "/scores/sheets/SHEET", SELF),
        ("draft", "clerk.a", "A", "/scores/sheets/SHEET/entries/ENTRY", SELF),
        ("returned", "head.a", "A", "/scores/sheets/SHEET/entries/ENTRY", SELF),
        ("draft", "clerk.a", "A", "/scores/sheets/SHEET/entries/ENTRY/evidence", ATTACHED),
        ("appraised", "clerk.a", "A", "/scores/sheets/SHEET", EXPLAINED),
        ("appraised", "head.a", "A", "/scores/sheets/SHEET/entries/ENTRY", EXPLAINED),
        ("submitted", "leader.1", "A", "/scores/sheets/SHEET/appraise/ENTRY", FIRST),
        ("explained", "leader.1", "A", "/scores/sheets/SHEET/appraise/ENTRY", LAST),
        ("submitted", "head.vh", "B", "/scores/sheets/SHEET/cells/ENTRY", FIRST),
    ],
)
def test_fields_the_page_has_not_change_nothing(
    house_at: Houses, stage: str, who: str, unit: str, path: str, columns: set[str]
) -> None:
    house = house_at(stage)
    client = client_for(house.ward).as_user(who)
    address = path.replace("SHEET", house.sheets[unit]).replace("ENTRY", house.entries[unit])
    with nothing_kept(house.ward) as seen:
        answer = client.post(address, stuffed(house, unit))
        assert answer.status_code in (200, 303), answer.text[-400:]
        assert changed_columns(seen.before, seen.last) <= columns
        touched = {
            key for table, key in changed_rows(seen.before, seen.last) if table in ("score_entry", "score_sheet")
        }
        assert touched <= {house.entries[unit]}
        assert touched or path.endswith("evidence")
        for (table, _), row in seen.last.items():
            if table == "score_change" and (table, row["id"]) not in seen.before:
                assert row["entry_id"] == house.entries[unit] and row["person_id"] == house.ward.people[who]


def test_an_opinion_is_given_in_the_own_name_whatever_the_form_says(house_at: Houses) -> None:
    house = house_at("submitted")
    for who, unit, kind, giver in (
        (CONTROL, "B", "control", house.ward.people[CONTROL]),
        ("clerk.vh", "D", "cross", house.ward.units["VH"]),
    ):
        client = client_for(house.ward).as_user(who)
        with nothing_kept(house.ward) as seen:
            client.post(f"/scores/sheets/{house.sheets[unit]}/opinion/{kind}", stuffed(house, unit, 0))
            assert changed_columns(seen.before, seen.last) == OPINION
            new = [row for key, row in seen.last.items() if key not in seen.before]
            assert {row["giver"] for row in new if "giver" in row} == {giver}
            assert {row["sheet_id"] for row in new if "giver" in row} == {house.sheets[unit]}


@pytest.mark.parametrize(
    ("stage", "who", "owner", "path"),
    [
        ("draft", "clerk.a", "A", "/scores/sheets/SHEET/entries/OTHER"),
        ("draft", "clerk.a", "A", "/scores/sheets/SHEET/entries/OTHER/undo"),
        ("draft", "clerk.a", "A", "/scores/sheets/SHEET/entries/OTHER/evidence"),
        ("submitted", "leader.1", "A", "/scores/sheets/SHEET/appraise/OTHER"),
        ("submitted", "leader.1", "A", "/scores/sheets/SHEET/cells/OTHER"),
        ("closed", "council", "A", "/scores/sheets/SHEET/moderate/OTHER"),
    ],
)
def test_an_entry_of_another_sheet_is_not_found(house_at: Houses, stage: str, who: str, owner: str, path: str) -> None:
    house = house_at(stage)
    client = client_for(house.ward).as_user(who)
    with nothing_kept(house.ward) as seen:
        for other in ("B", "VH", "D"):
            address = path.replace("SHEET", house.sheets[owner]).replace("OTHER", house.entries[other])
            assert client.post(address, stuffed(house, other)).status_code == 404, (other, address)
            assert not changed_rows(seen.before, seen.last)


def test_a_sheet_of_another_round_is_not_found_under_this_one(house_at: Houses) -> None:
    house = house_at("draft")
    other = scores.open_round(house.ward, "K2")
    client = client_for(house.ward).as_user("office")
    for tail, fields in (("appraiser", {"lot": "1"}), ("time", {"what": "excuse", "reason": "x"})):
        with nothing_kept(house.ward) as seen:
            address = f"/scores/rounds/{other}/sheets/{house.sheets['A']}/{tail}"
            assert client.post(address, fields).status_code == 404
            assert not changed_rows(seen.before, seen.last)


# --- old forms ---------------------------------------------------------------------------------------------------------

WRONG = ("before", "after", "", "-1", "9" * 30, "1.0", "một", "0")
# (stage, who, unit, address, the value that is there, in words)
STALE = [
    ("draft", "clerk.a", "A", "/scores/sheets/SHEET/entries/ENTRY", "120"),
    ("draft", "clerk.a", "A", "/scores/sheets/SHEET", "120"),
    ("weighed", "leader.1", "A", "/scores/sheets/SHEET/appraise/ENTRY", "90"),
    ("weighed", "leader.1", "A", "/scores/sheets/SHEET/cells/ENTRY", "90"),
    ("explained", "leader.1", "A", "/scores/sheets/SHEET/appraise/ENTRY", "95"),
    ("closed", "council", "A", "/scores/sheets/SHEET/moderate/ENTRY", "chưa chấm"),
]


@pytest.mark.parametrize(("stage", "who", "unit", "path", "there"), STALE)
def test_a_form_of_another_revision_changes_nothing_and_shows_both(
    house_at: Houses, stage: str, who: str, unit: str, path: str, there: str
) -> None:
    house = house_at(stage)
    client = client_for(house.ward).as_user(who)
    key = house.entries[unit]
    address = path.replace("SHEET", house.sheets[unit]).replace("ENTRY", key)
    now = house.revision(key)
    with nothing_kept(house.ward) as seen:
        for wrong in WRONG:
            sent = {"before": str(now - 1), "after": str(now + 1)}.get(wrong, wrong)
            fields = {f"value-{key}-0": "17", "cell": "17", "points": "17", f"reason-{key}": "Khác.", "reason": "Khác."}
            fields |= {"decision": "Quyết định số 9/QĐ-HĐTĐKT", "decided_on": "20/11/2026"}
            answer = client.post(address, {**fields, "revision": sent, f"revision-{key}": sent})
            assert answer.status_code in (409, 422), (wrong, answer.status_code)
            assert not changed_rows(seen.before, seen.last), wrong
            assert "17" in answer.text, wrong
            if wrong in ("before", "after"):
                assert answer.status_code == 409 and there in answer.text, wrong
        # The same fields at the right revision do change it.
        fields |= {"revision": str(now), f"revision-{key}": str(now)}
        headers = {"HX-Request": "true"} if "/cells/" in path else {}
        taken = client.post(address, fields, headers=headers)
        # A cell answers alone, and says that it was saved; refused ones did not.
        assert taken.status_code in (200, 303) and ("đã lưu" in taken.text) is ("/cells/" in path)
        assert changed_rows(seen.before, seen.last)


def test_an_old_form_of_all_criteria_saves_the_others(house_at: Houses) -> None:
    """Somebody else changed B meanwhile: B stays theirs, C is saved, both values of B are shown."""
    house = house_at("draft")
    ward, sheet = house.ward, sheet_of(house.ward, "A")
    rows = scores.entries_of(ward, sheet)
    client = client_for(ward).as_user("clerk.a")
    scores.score_self(ward, "head.a", "A", {"B": scores.value("111")}, "Lãnh đạo sửa.")
    fields: dict[str, str] = {}
    for code, typed in (("B", "99"), ("C", "2")):
        fields |= {f"revision-{rows[code].id}": str(rows[code].revision), f"value-{rows[code].id}-0": typed}
    answer = client.post(f"/scores/sheets/{sheet.id}", fields)
    assert answer.status_code == 409 and "111" in answer.text and "99" in answer.text
    after = scores.entries_of(ward, sheet)
    assert after["B"].self_entry == {**(rows["B"].self_entry or {}), "values": {"value": "111"}}
    assert after["B"].self_comment == "Lãnh đạo sửa."
    assert after["C"].self_entry is not None and after["C"].self_entry["values"] == {"value": "2"}


def test_an_old_form_of_a_rubric_file_does_not_reach_sheets(house_at: Houses) -> None:
    """A rubric in force takes no file, a draft beside it takes one, and no sheet moves by either."""
    house = house_at("draft")
    ward = house.ward
    with ward.db.reading() as session:
        rubric = session.scalars(select(Rubric).where(Rubric.name == "Thang điểm")).one()
        before, revision = rows_of(session), rubric.revision
        scheme, rules = scheme_of(rubric), rules_from_plain(rubric.rules)
    root = scores.small_scheme().root
    changed = Scheme(replace(root, children=root.children[:2]), 0)
    file = rubric_sheet(changed, rules, title="Khác")
    draft = scores.rubric(ward, in_force=False, name="Nháp")
    client = client_for(ward).as_user("office")
    for rubric_id, expected in ((rubric.id, (409, 422)), (draft, (303,))):
        fields = {"revision": str(revision), "decimals": "0", "file": [(file, "thang-diem.xlsx")]}
        with ward.db.reading() as session:
            fields["revision"] = str(session.get_one(Rubric, rubric_id).revision)
        assert client.post(f"/rubrics/{rubric_id}/sheet", fields).status_code in expected
    with ward.db.reading() as session:
        assert rows_of(session) == before
        assert scheme_of(session.get_one(Rubric, rubric.id)) == scheme
        assert len(scheme_of(session.get_one(Rubric, draft)).root.children) == 2


def test_a_form_without_revisions_is_not_said_to_be_saved(house_at: Houses) -> None:
    house = house_at("draft")
    client: Client = client_for(house.ward).as_user("clerk.a")
    key = house.entries["A"]
    answer = client.post(f"/scores/sheets/{house.sheets['A']}", {f"value-{key}-0": "17"})
    assert answer.status_code == 409 and "17" in answer.text and "120" in answer.text


@pytest.mark.parametrize(
    ("stage", "who", "unit", "path"),
    [
        ("draft", "clerk.a", "A", "/scores/sheets/SHEET/entries/ENTRY"),
        ("submitted", "leader.1", "A", "/scores/sheets/SHEET/appraise/ENTRY"),
        ("submitted", "head.vh", "B", "/scores/sheets/SHEET/cells/ENTRY"),
    ],
)
def test_thousands_are_kept_whole_and_said_in_words(
    house_at: Houses, stage: str, who: str, unit: str, path: str
) -> None:
    house = house_at(stage)
    key = house.entries[unit]
    address = path.replace("SHEET", house.sheets[unit]).replace("ENTRY", key)
    at = {"revision": str(house.revision(key)), f"revision-{key}": str(house.revision(key)), f"reason-{key}": "Đúng."}
    client = client_for(house.ward).as_user(who)
    fields = {**at, "cell": "1.200", f"value-{key}-0": "1.200"}
    answer = client.post(address, fields, headers={"HX-Request": "true"})
    assert "“1.200” được hiểu là 1 200 (một nghìn hai trăm). Nếu là 1,2 thì hãy gõ 1,2." in answer.text
    with house.ward.db.reading() as session:
        row = session.get_one(ScoreEntry, key)
        kept = row.self_entry if stage == "draft" else row.appraisal
        assert kept is not None and kept["values"] == {"value": "1200"}
