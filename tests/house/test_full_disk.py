"""A disk that is full or takes no writes: 507 with a sentence, nothing partial, reading goes on, and no restart is needed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.support.ward import Ward, open_ward, people_of_every_role
from tests.support.web import Client, client_for
from webapp.models import Document

ROOM = "24m"


def mount(folder: Path) -> bool:
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(folder)]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path, sqlite_template: Path) -> Iterator[Ward]:
    """A ward on a disk of its own that is soon full."""
    disk = tmp_path / "disk"
    if os.geteuid() != 0 or not mount(disk):
        pytest.skip("only root may mount a small disk here")
    try:
        shutil.copyfile(sqlite_template, disk / "kho.sqlite3")
        ward = open_ward(disk, f"sqlite:///{disk / 'kho.sqlite3'}")
        people_of_every_role(ward)
        ward.document("clerk.a", "A", "đã có từ trước", title="Đã có từ trước")
        ward.drain()
        yield ward
        ward.resources.close()
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def fill(folder: Path) -> Path:
    """Take all the room that is left, to the last byte."""
    path = folder / "filler"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT)
    for size in (65536, 1024, 1):
        with suppress(OSError):
            while True:
                os.write(handle, b"x" * size)
    os.close(handle)
    return path


def upload(client: Client, content: bytes) -> int:
    client.get("/documents/new")
    values = {"kind": "evidence", "year": 2026, "unit_id": client.ward.units["A"], "files": [(content, "moi.txt")]}
    return client.post("/documents", values, headers={"Accept": "application/json"}).status_code


def count(ward: Ward) -> int:
    with ward.db.reading() as session:
        return session.scalar(select(func.count()).select_from(Document)) or 0


def test_a_full_disk_is_said_reading_goes_on_and_room_is_enough_to_go_on(small_disk: Ward) -> None:
    ward = small_disk
    client = client_for(ward).sign_in("clerk.a")
    with ward.db.reading() as session:
        document = session.scalars(select(Document).where(Document.title == "Đã có từ trước")).one()
    before = count(ward)
    filler = fill(ward.resources.settings.data)
    for _ in range(3):
        assert upload(client, b"x" * 300_000) == 507
    assert upload(client, b"nho") in (201, 507)
    for _ in range(40):  # the last pages of the database's own room are used up by notes of reading
        assert client.get(f"/documents/{document.id}").status_code == 200
        assert client.get(f"/documents/{document.id}/versions/1").data == "đã có từ trước".encode()
    assert client.get("/documents").status_code == 200
    assert client.get("/documents/khong-co").status_code == 404
    refused = client.post(f"/documents/{document.id}/describe", {"title": "y" * 400, "revision": document.revision})
    assert refused.status_code in (303, 507)
    if refused.status_code == 507:
        assert "hết dung lượng" in refused.text
    filler.unlink()
    assert upload(client, b"x" * 300_000) == 201
    assert count(ward) in (before + 1, before + 2)
    assert list(ward.resources.store.verify()) == []


def test_a_read_only_archive_is_said_and_reading_goes_on(tmp_path: Path, sqlite_template: Path) -> None:
    disk = tmp_path / "disk"
    if os.geteuid() != 0 or not mount(disk):
        pytest.skip("only root may mount a small disk here")
    try:
        (tmp_path / "data").mkdir()
        shutil.copyfile(sqlite_template, tmp_path / "data" / "kho.sqlite3")
        url = f"sqlite:///{tmp_path / 'data' / 'kho.sqlite3'}"
        ward = open_ward(tmp_path / "data", url, KHO_OBJECT_STORE=str(disk))
        people_of_every_role(ward)
        document = ward.document("clerk.a", "A", "đã có", title="Đã có từ trước")
        client = client_for(ward).sign_in("clerk.a")
        before = count(ward)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        assert upload(client, b"moi") == 507
        changed = client.post(f"/documents/{document.id}/describe", {"title": "Tên mới", "revision": document.revision})
        assert changed.status_code == 507 and "chỉ đọc" in changed.text
        assert client.get(f"/documents/{document.id}/versions/1").data == "đã có".encode()
        assert "Đã có từ trước" in client.get("/documents").text
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        assert upload(client, b"moi") == 201
        assert count(ward) == before + 1
        ward.resources.close()
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)
