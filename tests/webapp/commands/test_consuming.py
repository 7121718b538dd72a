"""Files that come in bulk: a scanner's folder, entries of a zip archive, receipts to compare."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.support.commands import failed_with, kho_here, went_well
from tests.support.ward import NOW, Ward
from tests.support.web import Client
from webapp.commands.consuming import IN_HAND, REFUSED, TAKEN
from webapp.models import Document, DocumentVersion, ReadingStatus, Task, TaskState, TextReading

pytestmark = pytest.mark.either_database

SETTINGS = {"KHO_NOW": NOW.isoformat()}


def settings_of(ward: Ward) -> dict[str, str]:
    return {**SETTINGS, "KHO_DATABASE_URL": ward.db.url}


def consume(ward: Ward, folder: Path, *words: str, user: str = "clerk.a") -> subprocess.CompletedProcess[str]:
    return kho_here(
        "consume", folder, "--as", user, "--once", "--settle", "0", *words,
        data=ward.resources.settings.data, **settings_of(ward),
    )  # fmt: skip


def documents_of(ward: Ward) -> list[tuple[str, str]]:
    """(file name, unit) of everything but the plan, by name."""
    by_id = {identity: code for code, identity in ward.units.items()}
    with ward.db.reading() as session:
        rows = session.execute(
            select(DocumentVersion.filename, Document.unit_id)
            .join(Document, Document.id == DocumentVersion.document_id)
            .where(Document.unit_id.is_not(None))
        )
        return sorted((name, by_id[unit]) for name, unit in rows)


def drop(folder: Path, name: str, content: str = "nội dung quét") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def test_a_drop_folder_is_taken_in_by_unit_and_files_are_moved_not_deleted(ward: Ward, tmp_path: Path) -> None:
    folder = tmp_path / "scan"
    drop(folder, "A/bien-ban.txt", "biên bản")
    drop(folder, "a/sâu/ảnh chụp.txt", "ảnh")
    lines = [json.loads(line) for line in went_well(consume(ward, folder)).splitlines()]
    assert {line["name"] for line in lines} == {"bien-ban.txt", "ảnh chụp.txt"}
    assert documents_of(ward) == [("bien-ban.txt", "A"), ("ảnh chụp.txt", "A")]
    for line in lines:
        moved = Path(line["moved_to"])
        assert moved.is_relative_to(folder / TAKEN / "2026-11-22")
        assert hashlib.sha256(moved.read_bytes()).hexdigest() == line["sha256"]
    assert went_well(consume(ward, folder)) == ""
    assert len(documents_of(ward)) == 2


def test_what_is_refused_is_kept_with_the_reason(ward: Ward, tmp_path: Path) -> None:
    folder = tmp_path / "scan"
    drop(folder, "lac-loai.txt")
    drop(folder, "B/cua-don-vi-khac.txt")
    drop(folder, "KHONGCO/a.txt")
    drop(folder, "A/chay.exe")
    (folder / "A" / "lien-ket.txt").symlink_to("/etc/passwd")
    drop(folder, "A/tot.txt")
    done = consume(ward, folder)
    failed_with(done, "5 tệp không nhận được")
    assert documents_of(ward) == [("tot.txt", "A")]
    reasons = {
        path.name.removesuffix(".ly-do.txt"): path.read_text("utf-8")
        for path in (folder / REFUSED).rglob("*.ly-do.txt")
    }
    assert len(reasons) == 5
    assert "thư mục con" in reasons["lac-loai.txt"] and "KHONGCO" in reasons["a.txt"]
    assert ".exe" in reasons["chay.exe"] and "liên kết" in reasons["lien-ket.txt"]
    assert (folder / REFUSED / "B" / "cua-don-vi-khac.txt").read_text("utf-8") == "nội dung quét"


def test_a_file_that_is_still_growing_is_left_alone(ward: Ward, tmp_path: Path) -> None:
    folder = tmp_path / "scan"
    growing = drop(folder, "A/to.txt", "đầu")
    drop(folder, "A/do-dang.part")
    environment = {
        **os.environ,
        **settings_of(ward),
        "KHO_DATA": str(ward.resources.settings.data),
        "PYTHONUNBUFFERED": "1",
    }
    words = [sys.executable, "-m", "webapp", "consume", str(folder), "--as", "clerk.a", "--settle", "1.5"]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        for step in range(8):
            with growing.open("a", encoding="utf-8") as stream:
                stream.write(f" thêm {step}")
            time.sleep(0.25)
        whole = growing.read_bytes()
        line = json.loads(process.stdout.readline())
        process.terminate()
    assert line["sha256"] == hashlib.sha256(whole).hexdigest()
    assert documents_of(ward) == [("to.txt", "A")]
    assert (folder / "A" / "do-dang.part").exists()


def test_a_run_that_was_killed_in_between_stores_nothing_twice(ward: Ward, tmp_path: Path) -> None:
    """One file was stored but not yet moved, the other was only in hand."""
    folder = tmp_path / "scan"
    drop(folder, "A/da-luu.txt", "đã lưu")
    went_well(consume(ward, folder))
    (moved,) = (folder / TAKEN).rglob("da-luu.txt")
    (folder / IN_HAND / "A").mkdir(parents=True, exist_ok=True)
    moved.rename(folder / IN_HAND / "A" / "da-luu.txt")
    drop(folder, f"{IN_HAND}/A/chua-luu.txt", "chưa lưu")
    went_well(consume(ward, folder))
    assert documents_of(ward) == [("chua-luu.txt", "A"), ("da-luu.txt", "A")]
    assert not any(path.is_file() for path in (folder / IN_HAND).rglob("*"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--kind", "lạ"), "Không có loại"),
        (("--settle", "-1"), "--settle"),
    ],
)
def test_wrong_words_are_refused(ward: Ward, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    failed_with(consume(ward, tmp_path, *words), said)


def test_unknown_folders_and_people_are_refused(ward: Ward, tmp_path: Path) -> None:
    failed_with(consume(ward, tmp_path / "khong-co"), "Không có thư mục")
    failed_with(consume(ward, tmp_path, user="ai.do"), "Không có tài khoản")


# Entries of an archive


def zipped(**files: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/") + ".txt", content)
    return stream.getvalue()


def test_chosen_entries_become_documents_after_their_list_was_seen(client: Client) -> None:
    ward = client.ward
    document = ward.document(
        "clerk.a", "A", zipped(một="chữ thứ nhất", hai="chữ thứ hai", thư_mục__ba="chữ thứ ba"), filename="mc.zip"
    )
    ward.drain()
    client.sign_in("clerk.a")
    assert f"/documents/{document.id}/entries" in client.get(f"/documents/{document.id}").text
    page = client.get(f"/documents/{document.id}/entries").text
    assert all(name in page for name in ("một.txt", "hai.txt", "thư_mục/ba.txt"))
    answer = client.post(f"/documents/{document.id}/entries", {"names": ["một.txt", "thư_mục/ba.txt"]})
    assert answer.status_code == 303 and answer.location.startswith("/tasks/")
    assert "Đang chờ" in client.get(answer.location).text
    ward.drain()
    told = client.get(answer.location).text
    assert "Đã lưu 2 tệp" in told
    assert [name for name, _ in documents_of(ward)] == ["ba.txt", "mc.zip", "một.txt"]
    ward.drain()
    client.app.extensions["kho"].forget_index()
    assert "thứ ba" in client.get("/search?q=chữ+thứ+ba").text
    assert "Có văn bản kèm theo" in client.get(f"/documents/{document.id}").text


def test_entries_of_a_paper_one_may_not_add_to_are_refused(client: Client) -> None:
    ward = client.ward
    document = ward.document("clerk.a", "A", zipped(a="x"), filename="mc.zip")
    plain = ward.document("clerk.a", "A", "không nén")
    ward.drain()
    client.sign_in("clerk.b")
    assert client.get(f"/documents/{document.id}/entries").status_code == 404
    assert client.post(f"/documents/{document.id}/entries", {"names": ["a.txt"]}).status_code == 404
    client = client.as_user("clerk.a")
    assert client.get(f"/documents/{plain.id}/entries").status_code == 404
    for names in ([], ["../../etc/passwd"], ["a.txt", "b.txt"]):
        assert client.post(f"/documents/{document.id}/entries", {"names": names}).status_code == 422
    with ward.db.reading() as session:
        assert session.scalars(select(Task)).all() == []


def test_a_task_is_seen_and_stopped_by_whoever_asked_and_nobody_else(client: Client) -> None:
    ward = client.ward
    document = ward.document("clerk.a", "A", zipped(a="x", b="y"), filename="mc.zip")
    ward.drain()
    client.sign_in("clerk.a")
    address = client.post(f"/documents/{document.id}/entries", {"names": ["a.txt"]}).location
    other = client.as_user("head.a")
    assert other.get(address).status_code == 404
    assert other.post(f"{address}/cancel", {}).status_code == 404
    assert client.post(f"{address}/cancel", {}).status_code == 303
    ward.drain()
    assert "Đã dừng theo yêu cầu" in client.get(address).text
    assert [name for name, _ in documents_of(ward)] == ["mc.zip"]
    with ward.db.reading() as session:
        assert session.scalars(select(Task.state)).all() == [TaskState.CANCELLED]


def test_a_grant_that_ended_meanwhile_stops_the_unpacking(client: Client) -> None:
    from webapp.models import RoleGrant
    from webapp.people.service import revoke_grant
    from webapp.permissions import SYSTEM

    ward = client.ward
    document = ward.document("clerk.a", "A", zipped(a="x"), filename="mc.zip")
    ward.drain()
    client.sign_in("clerk.a")
    client.post(f"/documents/{document.id}/entries", {"names": ["a.txt"]})
    with ward.work() as session:
        grant = session.scalars(select(RoleGrant).where(RoleGrant.person_id == ward.people["clerk.a"])).one()
        revoke_grant(session, actor=SYSTEM, now=ward.now, grant_id=grant.id)
    ward.drain()
    with ward.db.reading() as session:
        task = session.scalars(select(Task)).one()
    assert task.state is TaskState.FAILED and task.sentence
    assert [name for name, _ in documents_of(ward)] == ["mc.zip"]


def test_a_whole_check_of_the_archive_runs_as_a_task(client: Client) -> None:
    ward = client.ward
    document = ward.document("clerk.a", "A", "bị hỏng về sau")
    ward.drain()
    client.sign_in("admin")
    first = client.post("/archive/check", {}).location
    ward.drain()
    assert "tất cả nguyên vẹn" in client.get(first).text
    with ward.db.reading() as session:
        sha256 = session.scalars(select(DocumentVersion.sha256).where(DocumentVersion.document_id == document.id)).one()
    path = ward.resources.store.path(sha256)
    path.chmod(0o600)
    path.write_bytes(b"x" + path.read_bytes()[1:])
    second = client.post("/archive/check", {}).location
    ward.drain()
    assert "Bị thay đổi" in client.get(second).text
    page = client.get("/archive").text
    assert "1 điều không đúng" in page and sha256 in page
    assert client.as_user("clerk.a").get("/archive").status_code == 403
    assert client.as_user("office").post("/archive/check", {}).status_code == 403


# Receipts, reading again


def test_a_receipt_can_be_compared_with_the_files_at_home(client: Client, tmp_path: Path) -> None:
    client.sign_in("clerk.a")
    files = {f"tệp {number}.txt": f"nội dung {number}".encode() for number in range(5)}
    client.get("/documents/new")
    answer = client.post(
        "/documents",
        {
            "kind": "evidence",
            "year": 2026,
            "unit_id": client.ward.units["A"],
            "files": [(body, name) for name, body in files.items()],
        },
    )
    for name, body in files.items():
        (tmp_path / name).write_bytes(body)
    digests = client.get(f"{answer.location}/sha256")
    (tmp_path / "list.sha256").write_bytes(digests.data)
    checked = subprocess.run(
        ["sha256sum", "-c", "list.sha256"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0 and checked.stdout.count("OK") == 5
    assert client.as_user("head.a").get(f"{answer.location}/sha256").status_code == 404


def test_reading_can_be_stopped_and_asked_for_again(client: Client) -> None:
    ward = client.ward
    ward.drain()
    document = ward.document("clerk.a", "A", "chữ sẽ đọc sau")
    other = client.as_user("clerk.b")
    assert other.post(f"/documents/{document.id}/stop-reading", {}).status_code == 404
    client.sign_in("clerk.a")
    assert "Dừng đọc chữ" in client.get(f"/documents/{document.id}").text
    assert client.post(f"/documents/{document.id}/stop-reading", {}).status_code == 303
    ward.drain()
    page = client.get(f"/documents/{document.id}").text
    assert "đã được dừng theo yêu cầu" in page and "Đọc lại" in page
    assert client.post(f"/documents/{document.id}/retry", {}).status_code == 303
    ward.drain()
    assert "chữ sẽ đọc sau" in client.get(f"/documents/{document.id}").text
    assert client.post(f"/documents/{document.id}/stop-reading", {}).status_code == 303
    assert "chữ sẽ đọc sau" in client.get(f"/documents/{document.id}").text


def test_what_nobody_refers_to_is_swept_only_when_told_and_can_come_back(ward: Ward) -> None:
    import os

    data = ward.resources.settings.data
    document = ward.document("clerk.a", "A", "được dùng")
    stray = ward.resources.store.put(io.BytesIO(b"khong ai dung"), filename="x.txt").sha256
    young = ward.resources.store.put(io.BytesIO(b"vua moi den"), filename="y.txt").sha256
    for sha256 in ward.resources.store.digests():
        if sha256 != young:
            os.utime(ward.resources.store.path(sha256), (1, 1))
    said = went_well(kho_here("sweep", data=data, **settings_of(ward)))
    assert said.splitlines()[0] == stray and ward.resources.store.has(stray)
    went_well(kho_here("sweep", "--apply", data=data, **settings_of(ward)))
    assert not ward.resources.store.has(stray) and ward.resources.store.has(young)
    with ward.db.reading() as session:
        kept = session.scalars(select(DocumentVersion.sha256).where(DocumentVersion.document_id == document.id)).one()
    assert ward.resources.store.has(kept)
    went_well(kho_here("sweep", "--restore", stray, data=data, **settings_of(ward)))
    assert ward.resources.store.has(stray)
    failed_with(kho_here("sweep", "--days", "0", data=data, **settings_of(ward)), "--days")
    failed_with(kho_here("sweep", "--restore", "0" * 64, data=data, **settings_of(ward)), "Không tìm thấy")


def test_failed_readings_are_tried_again_by_command(ward: Ward) -> None:
    broken = ward.document("clerk.a", "A", b"%PDF-1.4 khong phai", filename="hong.pdf")
    fine = ward.document("clerk.a", "A", "đọc được")
    ward.drain()

    def status_of(document: Document) -> tuple[ReadingStatus, object]:
        with ward.db.reading() as session:
            row = session.scalars(
                select(TextReading).join(DocumentVersion).where(DocumentVersion.document_id == document.id)
            ).one()
            return row.status, row.read_at

    before = status_of(broken), status_of(fine)
    assert before[0][0] not in (ReadingStatus.OK, ReadingStatus.WAITING)
    ward.later(minutes=5)
    changes = {**settings_of(ward), "KHO_NOW": ward.now.isoformat()}
    said = went_well(kho_here("extract", "--again", "failed", data=ward.resources.settings.data, **changes))
    assert "1 văn bản" in said
    after = status_of(broken), status_of(fine)
    assert after[0][1] != before[0][1] and after[1] == before[1]
    went_well(kho_here("extract", "--again", fine.id, data=ward.resources.settings.data, **changes))
    assert status_of(fine)[1] != before[1][1]
    failed_with(
        kho_here("extract", "--again", "khong-co", data=ward.resources.settings.data, **changes), "Không có văn bản"
    )
    failed_with(kho_here("extract", data=ward.resources.settings.data, **changes), "--again")
