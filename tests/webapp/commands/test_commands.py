"""The command line as the contract describes it, run as a process of its own over a folder of its own."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.support.commands import ROOT, environment, failed_with, kho, kho_here, table, went_well
from tests.support.sqlite import database_of
from tests.support.ward import open_ward
from webapp.models import AuditEvent, CriteriaGroup, Document, Movement, OutboxJob, Person, RoleGrant, Unit
from webapp.movement.reading import read_plan
from webapp.permissions import SYSTEM
from webapp.plans import service as movement

pytestmark = pytest.mark.long(35)

PASSWORD = "một câu dễ nhớ"
NOW = {"KHO_NOW": "2026-11-22T10:00:00+07:00"}
PEOPLE = table(
    ("loại", "mã", "tên", "loại đơn vị", "đơn vị", "vai trò"),
    ("đơn vị", "KT", "Phòng Kinh tế", "Cơ quan thuộc UBND", "", ""),
    ("đơn vị", "MT", "Ủy ban Mặt trận", "Mặt trận, đoàn thể, hội", "", ""),
    ("người", "ct.kt", "Người Kinh tế", "", "KT", "Cán bộ đơn vị"),
    ("người", "ct.mt", "Người Mặt trận", "", "MT", "Cán bộ đơn vị"),
)
PLAN = (ROOT / "webapp/demo/plan.txt").read_text(encoding="utf-8").format(y=2026, y1=2027, y2=2028, y4=2030)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder made with commands alone: an administrator, two units with a clerk each, a plan. Read only; copy it."""
    folder = tmp_path_factory.mktemp("commands")
    data = folder / "data"
    went_well(kho("init", "--admin", "QuanTri", "--password-stdin", data=data, stdin=PASSWORD + "\n", **NOW))
    (folder / "people.csv").write_text(PEOPLE, encoding="utf-8")
    went_well(kho("people", "import", folder / "people.csv", "--apply", data=data, **NOW))
    (folder / "plan.txt").write_text(PLAN, encoding="utf-8")
    went_well(kho("plan", "import", folder / "plan.txt", "--apply", data=data, **NOW))
    ward = open_ward(data, f"sqlite:///{data / 'kho.sqlite3'}")
    with ward.work() as session:
        groups = {group.code: group.id for group in session.scalars(select(CriteriaGroup))}
        units = {unit.code: unit.id for unit in session.scalars(select(Unit))}
        mapped = {units["KT"]: [groups["III.1"]], units["MT"]: [groups["III.2"]]}
        movement_id = session.scalars(select(Movement.id)).one()
        movement.map_units(session, actor=SYSTEM, now=ward.now, movement_id=movement_id, mapped=mapped)
    ward.resources.close()
    return data


@pytest.fixture
def data(house: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(house, tmp_path / "data"))


@pytest.fixture
def here(data: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    return partial(kho_here, data=data, **NOW)


def file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def rows(data: Path, *tables: type[Any]) -> list[int]:
    ward = open_ward(data, f"sqlite:///{data / 'kho.sqlite3'}")
    with ward.db.reading() as session:
        counts = [session.scalar(select(func.count()).select_from(one)) or 0 for one in tables]
    ward.resources.close()
    return counts


def test_init_twice_keeps_the_first_administrator(tmp_path: Path) -> None:
    data = tmp_path / "new" / "data"
    words = ("init", "--admin", "chi.huy", "--password-stdin")
    went_well(kho(*words, data=data, stdin=PASSWORD + "\n"))
    with database_of(data) as database:
        before = database.execute("SELECT id, username, password_hash FROM person").fetchall()
    assert "giữ nguyên" in went_well(kho(*words, data=data, stdin="một câu khác hẳn\n"))
    with database_of(data) as database:
        assert database.execute("SELECT id, username, password_hash FROM person").fetchall() == before
    assert [row[1] for row in before] == ["chi.huy"] and PASSWORD not in before[0][2]
    assert rows(data, Person, RoleGrant) == [1, 1]


def test_a_weak_password_leaves_no_account_behind(tmp_path: Path) -> None:
    data = tmp_path / "data"
    words = ("init", "--admin", "quantri", "--password-stdin")
    failed_with(kho(*words, data=data, stdin="ngắn\n"), "ít nhất 10 ký tự")
    assert rows(data, Person, AuditEvent) == [0, 0]
    failed_with(kho("init", "--admin", "quantri", data=data), "--password-stdin")


def test_put_gives_a_receipt_line_for_every_file(data: Path, tmp_path: Path) -> None:
    one, two = file(tmp_path, "báo cáo.txt", "chuyển đổi số ở chợ"), file(tmp_path, "hai.txt", "chuyển đổi số ở chợ")
    words = ("--as", "ct.kt", "--kind", "report", "--unit", "KT")
    done = kho("put", one, two, *words, data=data, **NOW)
    first, second = (json.loads(line) for line in went_well(done).splitlines())
    digest = hashlib.sha256(one.read_bytes()).hexdigest()
    assert (first["name"], first["sha256"], first["size"]) == ("báo cáo.txt", digest, len(one.read_bytes()))
    assert first["duplicate_of"] is None and second["duplicate_of"] == first["document_id"]
    assert first["document_id"] != second["document_id"]
    found = json.loads(went_well(kho("search", '"chuyen doi so o cho"', "--as", "ct.kt", "--json", data=data, **NOW)))
    assert found["total"] == 2 and found["remarks"] == []
    assert {hit["key"] for hit in found["hits"]} == {f"document:{row['document_id']}" for row in (first, second)}
    assert set(found["hits"][0]) >= {"key", "title", "snippet", "score"}


def test_put_says_nothing_of_the_same_bytes_where_they_may_not_be_seen(
    here: Callable[..., Any], tmp_path: Path
) -> None:
    paper = file(tmp_path, "chung.txt", "một nội dung")
    assert here("put", paper, "--as", "ct.kt", "--unit", "KT").returncode == 0
    done = here("put", paper, "--as", "ct.mt", "--unit", "MT")
    assert json.loads(done.stdout)["duplicate_of"] is None


def test_put_under_a_criterion_makes_evidence_found_by_it(here: Callable[..., Any], tmp_path: Path) -> None:
    paper = file(tmp_path, "minh-chung.txt", "chia sẻ dữ liệu liên thông")
    done = here("put", paper, "--as", "ct.kt", "--unit", "Phòng Kinh tế", "--criterion", "III.1.đ", "--year", "2026")
    key = f"document:{json.loads(done.stdout)['document_id']}"
    found = json.loads(here("search", "liên thông", "--as", "ct.kt", "--json", "--criterion", "III.1.đ").stdout)
    assert key in [hit["key"] for hit in found["hits"]]
    other = json.loads(here("search", "liên thông", "--as", "ct.kt", "--json", "--criterion", "III.1.a").stdout)
    assert key not in [hit["key"] for hit in other["hits"]]
    failed_with(here("put", paper, "--as", "ct.kt", "--unit", "KT", "--criterion", "III.2.a"), "1 trong 1 tệp")
    failed_with(here("put", paper, "--as", "ct.kt", "--unit", "KT", "--criterion", "IX.9.z"), "1 trong 1 tệp")


def test_put_refuses_what_the_person_could_not_do(here: Callable[..., Any], data: Path, tmp_path: Path) -> None:
    paper = file(tmp_path, "a.txt", "nội dung")
    before = rows(data, Document, OutboxJob)
    failed_with(here("put", paper, "--as", "ct.kt", "--unit", "MT"), "")
    failed_with(here("put", paper, "--as", "quantri", "--unit", "MT"), "")
    failed_with(here("put", paper, "--as", "ai.do", "--unit", "KT"), "ai.do")
    failed_with(here("put", paper, "--as", "ct.kt", "--unit", "XX"), "1 trong 1 tệp")
    failed_with(here("put", paper, "--as", "ct.kt", "--unit", "KT", "--kind", "poem"), "poem")
    failed_with(here("put", paper, "--as", "ct.kt", "--unit", "KT", "--year", "99"), "1 trong 1 tệp")
    assert rows(data, Document, OutboxJob) == before


def test_put_keeps_the_good_files_beside_bad_ones(here: Callable[..., Any], data: Path, tmp_path: Path) -> None:
    good, empty = file(tmp_path, "tốt.txt", "còn tốt"), file(tmp_path, "trống.txt", "")
    program = file(tmp_path, "chay.exe", "MZ")
    before = rows(data, Document)[0]
    done = here("put", tmp_path / "không có.txt", empty, program, good, "--as", "ct.kt", "--unit", "KT")
    failed_with(done, "3 trong 4 tệp")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert ["error" in line for line in lines] == [True, True, True, False]
    assert rows(data, Document)[0] == before + 1


def test_search_shows_each_person_only_what_they_may_see(here: Callable[..., Any], tmp_path: Path) -> None:
    here("put", file(tmp_path, "kt.txt", "trạm quan trắc xyzzy"), "--as", "ct.kt", "--unit", "KT")
    assert json.loads(here("search", "xyzzy", "--as", "ct.kt", "--json").stdout)["total"] == 1
    for stranger in ("ct.mt", "quantri"):
        done = here("search", "xyzzy", "--as", stranger, "--json")
        assert json.loads(done.stdout)["total"] == 0 and "quan trắc" not in done.stdout


@pytest.mark.parametrize(
    "odd", ["57-NQ/TW)", '"mở ngoặc', "số:", "AND OR NOT", "*", "\\", "đơn vị:", "a" * 5000, "🙂", " ", "%00;--"]
)
def test_any_text_is_a_question(here: Callable[..., Any], odd: str) -> None:
    done = here("search", odd, "--as", "ct.kt", "--json")
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout)) >= {"total", "hits", "remarks"}


def test_search_limits(here: Callable[..., Any]) -> None:
    for limit in ("0", "-1", "1001"):
        failed_with(here("search", "x", "--as", "ct.kt", "--limit", limit), "--limit")
    found = json.loads(here("search", "thi đua", "--as", "ct.kt", "--json", "--limit", "1").stdout)
    assert found["total"] > 1 and len(found["hits"]) == 1
    failed_with(here("search", "x", "--as", "ct.kt", "--unit", "không có"), "không có")
    assert "kết quả" in here("search", "thi đua", "--as", "ct.kt").stdout


def test_extract_gives_text_and_says_why_not(data: Path, tmp_path: Path) -> None:
    done = kho("extract", file(tmp_path, "a.txt", "Số: 12/BC-KT\nBáo cáo"), "--json", data=tmp_path / "none")
    answer = json.loads(went_well(done))
    assert answer["status"] == "ok" and "Báo cáo" in answer["text"] and answer["pages"] == 1
    assert answer["metadata"]["number"] == "12/BC-KT" and isinstance(answer["ms"], int)
    assert not (tmp_path / "none").exists()


def test_extract_of_what_cannot_be_read_ends_with_1(here: Callable[..., Any], tmp_path: Path) -> None:
    done = here("extract", file(tmp_path, "a.pdf", "%PDF-1.7 hỏng"), "--json")
    assert done.returncode == 1 and json.loads(done.stdout)["status"] == "corrupt"
    failed_with(here("extract", tmp_path / "không.pdf"), "không.pdf")
    failed_with(here("extract", tmp_path), str(tmp_path))


def test_people_import_shows_first_and_writes_only_when_told(here: Callable[..., Any], data: Path) -> None:
    more = file(data.parent, "p.csv", PEOPLE + table(("đơn vị", "CA", "Công an phường", "Quân sự, công an", "", "")))
    before = rows(data, Unit, Person, AuditEvent)
    done = here("people", "import", more)
    assert done.returncode == 0 and "Đọc thử" in done.stdout and "tạo mới" in done.stdout
    assert rows(data, Unit, Person, AuditEvent) == before
    assert "Đã ghi" in here("people", "import", more, "--apply").stdout
    assert rows(data, Unit, Person) == [before[0] + 1, before[1]]
    bad = file(data.parent, "bad.csv", PEOPLE + table(("người", "x.y", "X", "", "KHÔNG", "")))
    done = here("people", "import", bad, "--apply")
    failed_with(done, "chưa ghi gì")
    assert "dòng 6" in done.stdout and "LỖI" in done.stdout
    failed_with(here("people", "import", data.parent / "không.csv"), "Không có tệp", "không.csv")


def test_plan_import_shows_what_was_understood(here: Callable[..., Any], data: Path) -> None:
    if not read_plan(PLAN).criteria_groups:
        pytest.skip("the reader of plans returns no criteria yet")
    before = rows(data, Movement, Document, AuditEvent)
    done = here("plan", "import", file(data.parent, "kh.txt", PLAN), "--json")
    reading = json.loads(done.stdout)
    wanted = "number date place issuer kind abstract signer legal_bases phases themes criteria_groups deadlines"
    assert set(reading) >= {*wanted.split(), "milestones", "recipients", "doubts"}
    assert (reading["number"], reading["date"]) == ("18/KH-UBND", "2026-01-12")
    codes = [one["code"] for group in reading["criteria_groups"] for one in group["criteria"]]
    assert codes[:8] == [f"III.1.{letter}" for letter in "abcdđegh"]
    assert rows(data, Movement, Document, AuditEvent) == before
    assert "Chưa áp dụng" in here("plan", "import", data.parent / "kh.txt").stdout
    failed_with(here("plan", "import", file(data.parent, "thu.txt", "Kính gửi chị Lan")), "")


def test_reindex_makes_the_index_anew(here: Callable[..., Any], data: Path) -> None:
    before = here("search", "thi đua", "--as", "ct.kt", "--json").stdout
    shutil.rmtree(data / "index")
    assert "Đã lập lại chỉ mục" in here("reindex").stdout
    assert here("search", "thi đua", "--as", "ct.kt", "--json").stdout == before


def test_doctor_says_what_works_and_makes_nothing(here: Callable[..., Any], tmp_path: Path) -> None:
    checks = {row["name"]: row for row in json.loads(here("doctor", "--json").stdout)["checks"]}
    assert checks["database"]["ok"] and checks["index"]["ok"] and checks["queue"]["ok"] and checks["disk"]["ok"]
    assert checks["tesseract"]["install"].startswith("apt-get install")
    nowhere = tmp_path / "chưa có"
    checks = {row["name"]: row for row in json.loads(went_well(kho("doctor", "--json", data=nowhere)))["checks"]}
    assert not checks["database"]["ok"] and "kho init" in checks["database"]["use"]
    assert not nowhere.exists()


@pytest.mark.parametrize(
    "words",
    [(), ("không-có",), ("put",), ("search",), ("search", "x"), ("put", "a", "--as", "b", "--year", "năm"), ("audit",)],
)
def test_wrong_usage_ends_with_2(here: Callable[..., Any], words: tuple[str, ...]) -> None:
    done = here(*words)
    assert done.returncode == 2 and "Traceback" not in done.stderr and done.stdout == ""


def test_version_and_help_need_no_data(tmp_path: Path) -> None:
    assert went_well(kho("--version", data=tmp_path / "none")).strip()
    assert "search" in went_well(kho("--help", data=tmp_path / "none"))
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("words", [("verify",), ("search", "x", "--as", "a"), ("reindex",), ("audit", "export", "f")])
def test_a_mistyped_data_folder_is_named_and_not_created(words: tuple[str, ...], tmp_path: Path) -> None:
    failed_with(kho_here(*words, data=tmp_path / "nhầm"), "nhầm")
    assert not (tmp_path / "nhầm").exists()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("KHO_SEARCH", "postgresql", "KHO_SEARCH"),
        ("KHO_SEARCH", "google", "KHO_SEARCH"),
        ("KHO_TIMEZONE", "Sao/Hỏa", "KHO_TIMEZONE"),
        ("KHO_TIMEZONE", "../../etc/passwd", "KHO_TIMEZONE"),
        ("KHO_NOW", "hôm nay", "KHO_NOW"),
        ("KHO_MAX_UPLOAD_MB", "nhiều", "KHO_MAX_UPLOAD_MB"),
        ("KHO_QUEUE", "redis://x", "KHO_QUEUE"),
        ("KHO_OBJECT_STORE", "s3://bucket/prefix", "chưa được hỗ trợ"),
        ("KHO_DATABASE_URL", "nonsense", "Cơ sở dữ liệu"),
        ("KHO_DATABASE_URL", "postgresql+psycopg://kho@127.0.0.1:1/kho", "Cơ sở dữ liệu"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(data: Path, name: str, value: str, said: str) -> None:
    failed_with(kho_here("verify", data=data, **{name: value}), said)


def test_a_database_that_is_none_is_one_line(here: Callable[..., Any], data: Path) -> None:
    for name in ("kho.sqlite3-wal", "kho.sqlite3-shm"):
        (data / name).unlink(missing_ok=True)
    (data / "kho.sqlite3").write_bytes(b"this is no database at all, however long the text may be" * 40)
    failed_with(here("verify"), "Cơ sở dữ liệu")


def test_output_may_be_cut_off_by_its_reader(data: Path) -> None:
    command = f"{sys.executable} -m webapp search 'thi đua' --as ct.kt --limit 1000 | head -c 1 >/dev/null"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=ROOT,
        env=environment(data),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr and "BrokenPipe" not in done.stderr
