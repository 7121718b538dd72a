"""What is published is worked out again: whatever was changed behind the program's back is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.house.test_scoring_policy import Stages
from tests.support import templates
from tests.support.commands import failed_with, kho, kho_here, went_well
from tests.support.scoring_worlds import House, build_stages, open_stage
from tests.support.shares import share
from tests.support.sqlite import database_of
from tests.support.ward import Ward
from webapp.scoring.rounds.verifying import count_published, verify_scores

pytestmark = pytest.mark.long(30)


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory, sqlite_ward: Ward) -> Stages:
    folder = tmp_path_factory.mktemp("stages")
    data = folder / "first"
    ward = templates.open_copy(sqlite_ward, data, f"sqlite:///{data / 'kho.sqlite3'}")
    return build_stages(ward, folder)


def changed_lines(house: House) -> str:
    with house.ward.db.reading() as session:
        query = text("SELECT lines FROM score_result WHERE sheet_id = :id")
        lines = json.loads(session.execute(query, {"id": house.sheets["A"]}).scalar_one())
    return json.dumps([{**line, "points": "1"} if line["code"] == "C" else line for line in lines])


OTHER = json.dumps({"values": {"value": "99"}, "level": None, "applies": True, "points": None, "words": ""})
FIXED = json.dumps({"values": {}, "level": None, "applies": True, "points": "30", "words": "Hội đồng ấn định"})


@pytest.mark.parametrize(
    ("what", "value", "named"),
    [
        ("score_result.total", "99", "công bố 99, tính lại từ các mục"),
        ("score_result.rank", 9, "công bố hạng 9, tính lại hạng"),
        ("score_result.title", "Xuất sắc nhất", "công bố “Xuất sắc nhất”, tính lại"),
        ("score_result.lines", "", "mục C: công bố 1, tính lại 5"),
        ("score_result.best", "{}", "tốt nhất của cụm"),
        ("score_entry.self_entry", OTHER, "mục B: giá trị không khớp với lịch sử sửa"),
        ("score_entry.appraisal", OTHER, "mục B: giá trị không khớp với lịch sử sửa"),
        ("score_entry.second", OTHER, "mục B: giá trị không khớp với lịch sử sửa"),
        ("score_entry.moderated", FIXED, "mục B: giá trị không khớp với lịch sử sửa"),
    ],
)
@pytest.mark.parametrize("stage", share(["final"], ["published", "final"]))
def test_what_was_changed_is_named(
    stages: Stages, tmp_path: Path, stage: str, what: str, value: str | int, named: str
) -> None:
    house = open_stage(stages, stage, tmp_path / "data")
    table, column = what.split(".")
    key = house.entries["A"] if table == "score_entry" else house.sheets["A"]
    where = "id" if table == "score_entry" else "sheet_id"
    with house.ward.db.reading() as session:
        assert verify_scores(session) == [] and count_published(session) == 4
    value = value or changed_lines(house)
    with database_of(house.ward.resources.settings.data) as database:
        assert database.execute(f"UPDATE {table} SET {column} = ? WHERE {where} = ?", (value, key)).rowcount == 1
    with house.ward.db.reading() as session:
        found = verify_scores(session)
    assert any("Đơn vị A" in one and named in one for one in found), found
    assert all("Cụm K1, năm 2026" in one for one in found)
    house.ward.resources.close()


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("DELETE FROM score_result WHERE sheet_id = :a", "Đơn vị A không có kết quả được lưu."),
        (
            "UPDATE score_sheet SET state = 'excused' WHERE id = :a",
            "Đơn vị A có kết quả được lưu nhưng không được xếp hạng.",
        ),
        ("UPDATE score_entry SET moderated = NULL, second = NULL WHERE id = :b", "giá trị không khớp với lịch sử sửa"),
    ],
)
def test_what_is_missing_is_named(stages: Stages, tmp_path: Path, statement: str, named: str) -> None:
    house = open_stage(stages, "published", tmp_path / "data")
    with database_of(house.ward.resources.settings.data) as database:
        ids = {"a": house.sheets["A"], "b": house.entries["A"]}
        assert database.execute(statement, {name: one for name, one in ids.items() if f":{name}" in statement}).rowcount
    with house.ward.db.reading() as session:
        assert any(named in one for one in verify_scores(session)), verify_scores(session)
    house.ward.resources.close()


def test_the_command_ends_1_and_names_each_difference(stages: Stages, tmp_path: Path) -> None:
    data = tmp_path / "data"
    house = open_stage(stages, "final", data)
    house.ward.resources.close()
    url = f"sqlite:///{data / 'kho.sqlite3'}"
    assert went_well(kho("scores", "verify", data=data, KHO_DATABASE_URL=url)).startswith("Đã tính lại 4 kết quả")
    with database_of(data) as database:
        database.execute("UPDATE score_result SET total = '99', title = 'x' WHERE sheet_id = ?", (house.sheets["A"],))
    done = kho_here("scores", "verify", data=data, KHO_DATABASE_URL=url)
    failed_with(done, "2 chỗ không khớp", "Đơn vị A: công bố 99")
    assert len(done.stdout.splitlines()) == 2 and "công bố “x”" in done.stdout


def test_before_it_is_published_there_is_nothing_to_compare(stages: Stages, tmp_path: Path) -> None:
    house = open_stage(stages, "closed", tmp_path / "data")
    with house.ward.db.reading() as session:
        assert verify_scores(session) == [] and count_published(session) == 0
    house.ward.resources.close()
