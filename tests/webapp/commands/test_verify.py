"""`kho verify` names every damage; an exported log can be checked by whoever has Python and nothing else."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import search
from tests.support.commands import failed_with, kho, kho_here, went_well
from tests.support.sqlite import database_of
from tests.support.ward import NOW, open_ward, people_of_every_role

SETTINGS = {"KHO_NOW": NOW.isoformat()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """A small ward with papers, all of them read and indexed. Copy it before damaging it."""
    data = tmp_path_factory.mktemp("verify") / "data"
    data.mkdir()
    shutil.copyfile(sqlite_template, data / "kho.sqlite3")
    ward = open_ward(data, f"sqlite:///{data / 'kho.sqlite3'}")
    people_of_every_role(ward)
    for number in range(3):
        ward.document("clerk.a", "A", f"nội dung số {number}", title=f"Văn bản mật số {number}")
    ward.drain()
    ward.resources.close()
    return data


@pytest.fixture
def data(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "data"))


def verify(data: Path) -> tuple[int, list[dict[str, str]]]:
    done = kho_here("verify", "--json", data=data, **SETTINGS)
    assert "Traceback" not in done.stderr, done.stderr
    answer = json.loads(done.stdout)
    assert answer["ok"] == (done.returncode == 0)
    return done.returncode, answer["problems"]


def an_object(data: Path) -> Path:
    with database_of(data) as database:
        row = database.execute("SELECT sha256 FROM document_version WHERE filename = 'van-ban.txt' LIMIT 1").fetchone()
    return data / "cas" / row[0][:2] / row[0]


def tamper(data: Path, *statements: str) -> None:
    """As somebody would who owns the file: without the triggers."""
    with database_of(data) as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in names:
            database.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            assert database.execute(statement).rowcount == 1, statement


def test_a_whole_house_verifies(data: Path) -> None:
    assert verify(data) == (0, [])
    assert went_well(kho("verify", data=data, **SETTINGS)) == "Nguyên vẹn.\n"


def test_a_flipped_bit_is_named(data: Path) -> None:
    path = an_object(data)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o640)
    path.write_bytes(content)
    code, problems = verify(data)
    assert code == 1 and [(row["where"], row["kind"], row["key"]) for row in problems] == [
        ("archive", "changed", path.name)
    ]
    done = kho("verify", data=data, **SETTINGS)
    assert done.returncode == 1 and path.name in done.stdout and "1 điều không đúng" in done.stdout


def test_a_lost_and_a_stray_file_are_named(data: Path) -> None:
    path = an_object(data)
    path.unlink()
    (data / "cas" / "00" / "ghi-chú.txt").write_text("của ai")
    code, problems = verify(data)
    assert code == 1
    assert {(row["kind"], row["key"]) for row in problems} == {("missing", path.name), ("extra", "")}


def test_an_unreferenced_file_is_told_but_is_no_fault(data: Path) -> None:
    ward = open_ward(data, f"sqlite:///{data / 'kho.sqlite3'}")
    with (data / "tam.txt").open("w+b") as file:
        file.write(b"chua ai dung")
        file.seek(0)
        receipt = ward.resources.store.put(file, filename="tam.txt")
    ward.resources.close()
    (data / "tam.txt").unlink()
    assert verify(data) == (
        0,
        [
            {
                "where": "catalogue",
                "kind": "unreferenced",
                "key": receipt.sha256,
                "detail": "Tệp có trong kho nhưng không có văn bản nào dùng.",
            }
        ],
    )


def test_a_key_missing_from_the_index_and_one_too_many_are_named(data: Path) -> None:
    with database_of(data) as database:
        (identity,) = database.execute("SELECT id FROM document WHERE title LIKE '%số 1'").fetchone()
    with search.open(data / "index").batch() as batch:
        batch.remove(f"document:{identity}")
        batch.add(search.Record(key="document:ghost", kind="report", title="ma", body=""))
    code, problems = verify(data)
    assert code == 1
    assert [(row["kind"], row["key"]) for row in problems] == [
        ("missing", f"document:{identity}"),
        ("extra", "document:ghost"),
    ]
    went_well(kho_here("reindex", data=data, **SETTINGS))
    assert verify(data) == (0, [])


def test_work_that_waits_for_the_worker_is_no_fault(data: Path) -> None:
    with database_of(data) as database:
        (identity,) = database.execute("SELECT id FROM document WHERE title LIKE '%số 1'").fetchone()
        database.execute(
            "INSERT INTO outbox_job (id, kind, subject, created_at, due_at, attempts, last_error)"
            " VALUES ('j', 'index', ?, '2026-11-22', '2026-11-22', 0, '')",
            (f"document:{identity}",),
        )
    with search.open(data / "index").batch() as batch:
        batch.remove(f"document:{identity}")
    code, problems = verify(data)
    assert code == 0 and [row["kind"] for row in problems] == ["waiting"]


@pytest.mark.parametrize("damage", ["torn", "other version"])
def test_an_unusable_index_does_not_hide_the_other_checks(data: Path, damage: str) -> None:
    meta = data / "index" / "meta.json"
    if damage == "torn":
        meta.write_text("{")
    else:
        meta.write_text(json.dumps({**json.loads(meta.read_text()), "schema": 0}))
    tamper(data, "UPDATE audit_event SET reason = 'khác' WHERE seq = 2")
    code, problems = verify(data)
    assert code == 1 and {(row["where"], row["kind"]) for row in problems} == {("index", "broken"), ("audit", "broken")}
    failed_with(kho_here("search", "x", "--as", "clerk.a", data=data, **SETTINGS), "Chỉ mục")
    doctor = json.loads(went_well(kho_here("doctor", "--json", data=data, **SETTINGS)))
    assert [row["ok"] for row in doctor["checks"] if row["name"] == "index"] == [False]


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (["UPDATE audit_event SET actor_name = 'Kẻ khác' WHERE seq = 3"], "Lượt ghi số 3 khác nội dung đã băm."),
        (["UPDATE audit_event SET body = replace(body, 'Hệ thống', 'Kẻ khác') WHERE seq = 3"], "Lượt ghi số 3 không"),
        (["UPDATE audit_event SET body = 'không phải JSON' WHERE seq = 3"], "Lượt ghi số 3 không khớp"),
        (["UPDATE audit_event SET body = '[]' WHERE seq = 3"], "Lượt ghi số 3 không khớp"),
        (["UPDATE audit_event SET prev_hash = 'zz', hash = 'zz' WHERE seq = 3"], "Lượt ghi số 3 không khớp"),
        (["DELETE FROM audit_event WHERE seq = 3"], "Thiếu lượt ghi số 3."),
        (["DELETE FROM audit_event WHERE seq = (SELECT max(seq) FROM audit_event)"], "Đầu chuỗi"),
        (["UPDATE audit_head SET seq = seq - 1"], "Đầu chuỗi"),
        (["DELETE FROM audit_head"], "Đầu chuỗi"),
    ],
)
def test_a_changed_log_is_noticed(data: Path, statements: list[str], said: str) -> None:
    tamper(data, *statements)
    done = kho_here("verify", data=data)
    assert done.returncode == 1 and said in done.stdout


@pytest.fixture(scope="module")
def export(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    data = shutil.copytree(whole, folder / "data")
    (folder / "out").mkdir()
    assert "đầu chuỗi" in went_well(kho("audit", "export", folder / "out" / "log.jsonl", data=data, **SETTINGS))
    return folder / "out"


@pytest.fixture
def exported(export: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(export, tmp_path / "out")) / "log.jsonl"


def check(path: Path, *head: str) -> subprocess.CompletedProcess[str]:
    """The checker that was written beside the log, with the standard library alone."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(path.parent / "audit_verify.py"), str(path), *head],
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
    )


def test_an_export_checks_out_with_the_standard_library_alone(exported: Path) -> None:
    done = check(exported)
    assert (done.returncode, done.stderr) == (0, "") and "Nguyên vẹn" in done.stdout
    lines = [json.loads(line) for line in exported.read_text().splitlines()]
    assert lines[-1]["head"]["seq"] == len(lines) - 1
    assert check(exported, lines[-1]["head"]["hash"].upper()).returncode == 0
    assert check(exported, "0" * 64).returncode == 1
    assert "Văn bản mật" not in exported.read_text() and "nội dung số" not in exported.read_text()
    assert check(exported.with_name("không.jsonl")).returncode == 1


def forget_a_line(lines: list[bytes]) -> list[bytes]:
    return lines[:2] + lines[3:]


def cut_the_end(lines: list[bytes]) -> list[bytes]:
    return lines[:-2]


def tear_the_last(lines: list[bytes]) -> list[bytes]:
    return [*lines[:-1], lines[-1][:20]]


def swap(lines: list[bytes]) -> list[bytes]:
    return [lines[1], lines[0], *lines[2:]]


def change_a_word(lines: list[bytes]) -> list[bytes]:
    return [lines[0].replace(b"unit.save", b"unit.lose"), *lines[1:]]


def break_the_letters(lines: list[bytes]) -> list[bytes]:
    return [lines[0].replace(b"unit.save", b"unit\xff\xfesav"), *lines[1:]]


def lone_surrogate(lines: list[bytes]) -> list[bytes]:
    return [lines[0].replace(b"unit.save", b"\\ud800"), *lines[1:]]


def no_json(lines: list[bytes]) -> list[bytes]:
    return [lines[0], b"[" * 100_000 + b"\n", *lines[1:]]


def other_hash(lines: list[bytes]) -> list[bytes]:
    return [lines[0].replace(b'"hash": "', b'"hash": "z'), *lines[1:]]


@pytest.mark.parametrize(
    "damage",
    [
        forget_a_line,
        cut_the_end,
        tear_the_last,
        swap,
        change_a_word,
        break_the_letters,
        lone_surrogate,
        no_json,
        other_hash,
    ],
    ids=lambda damage: damage.__name__,
)
def test_a_damaged_export_is_refused_without_a_traceback(
    exported: Path, damage: Callable[[list[bytes]], list[bytes]]
) -> None:
    lines = exported.read_bytes().splitlines(keepends=True)
    damaged = damage(lines)
    assert damaged != lines
    exported.write_bytes(b"".join(damaged))
    done = check(exported)
    assert done.returncode == 1 and done.stderr.strip() and "Traceback" not in done.stderr
    assert "Nguyên vẹn" not in done.stdout


def test_events_cut_off_the_database_are_missed_in_the_export(data: Path, tmp_path: Path) -> None:
    tamper(data, "DELETE FROM audit_event WHERE seq = (SELECT max(seq) FROM audit_event)")
    ward = open_ward(data, f"sqlite:///{data / 'kho.sqlite3'}")
    from webapp.audit.verify import export_chain

    with ward.db.reading() as session:
        export_chain(session, tmp_path / "log.jsonl")
    ward.resources.close()
    assert check(tmp_path / "log.jsonl").returncode == 1


def test_an_export_to_a_folder_that_is_not_there_is_one_line(data: Path, tmp_path: Path) -> None:
    failed_with(
        kho_here("audit", "export", tmp_path / "không" / "log", data=data, **SETTINGS), "Không có tệp hoặc thư mục"
    )
