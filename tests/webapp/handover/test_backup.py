"""Backup and restore: everything, from either database to either, while people work; nothing half."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, func, insert, select
from sqlalchemy.orm import Session

from tests.support.backups import small_backup, target
from tests.support.commands import failed_with, kho, kho_here, went_well
from tests.support.prepared import prepared
from tests.support.ward import Ward, open_ward, settings_for
from webapp.audit.verify import verify_chain
from webapp.core.db import Database
from webapp.core.schema import is_current, migrate
from webapp.documents import retention
from webapp.handover import backup as backing
from webapp.handover import container, restore
from webapp.handover.backup import make_backup
from webapp.handover.restore import restore_backup
from webapp.handover.tables import dump, tables_of
from webapp.jobs.index import is_whole
from webapp.models import AuditEvent, Document, DocumentVersion, SignIn, Unit
from webapp.records.compare import differences
from webapp.records.keep import keep_all

pytestmark = pytest.mark.long(45)


@pytest.fixture(params=["sqlite", "postgresql"])
def target_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a backup is restored to."""
    with target(request, tmp_path) as url:
        yield url


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """A backup of a small house. Read only; copy it."""
    return small_backup(tmp_path_factory.mktemp("small"), sqlite_template)


@prepared
def busy(ward: Ward) -> Ward:
    """Every sort of row that a house has, one document withdrawn, one with an empty file."""
    item = ward.item(ward.checklist("clerk.a", "A"), "III.1.đ")
    ward.attach("clerk.a", item, "Số: 31/BC-KT\n\nCăn cứ Nghị quyết số 57-NQ/TW ngày 22/12/2024 của Bộ Chính trị;\n")
    gone = ward.document("clerk.a", "A", "tải nhầm")
    ward.document("clerk.a", "A", b"", title="Tệp trống “ ” '; --")
    with ward.work() as session:
        retention.withdraw_document(
            session,
            actor=ward.viewer("clerk.a"),
            now=ward.now,
            document_id=gone.id,
            reason="nhầm",
            revision=gone.revision,
        )
    keep_all(ward.db, ward.resources.store, now=ward.now)
    ward.drain()
    ward.document("clerk.b", "B", "đang chờ đọc")
    return ward


def all_rows(db: Database) -> dict[str, list[bytes]]:
    with db.reading() as session:
        tables = tables_of(session.connection())
        return {
            table.name: [line for _, lines in dump(session, table) for line in lines.splitlines()] for table in tables
        }


def sound(ward: Ward) -> None:
    """What `kho verify` looks at."""
    with ward.db.reading() as session:
        expected = set(session.scalars(select(DocumentVersion.sha256)))
        assert list(ward.resources.store.verify(expected)) == []
        assert [one for one in differences(session, ward.resources.store) if one.kind != "unkept"] == []
        assert list(verify_chain(session)) == []
    assert is_whole(ward.resources)


def test_what_is_restored_equals_what_was_backed_up(busy: Ward, target_url: str, tmp_path: Path) -> None:
    file = tmp_path / "kho.tar"
    made = make_backup(busy.resources, file)
    assert file.stat().st_mode & 0o777 == 0o600 and file.stat().st_size == made.size
    before = all_rows(busy.db)
    restored = restore_backup(settings_for(tmp_path / "new", target_url), file)
    assert restored.faults == [] and (restored.rows, restored.objects) == (made.rows, made.objects)
    new = open_ward(tmp_path / "new", target_url)
    after = all_rows(new.db)
    # The restoring is an event itself.
    last = json.loads(after["audit_event"].pop())
    assert last["action"] == "backup.restore" and last["details"]["sha256"] == made.digest
    assert after.pop("audit_head") != before.pop("audit_head")
    assert after == before and sum(map(len, before.values())) > 150
    assert sorted(new.resources.store.digests()) == sorted(busy.resources.store.digests())
    old_files = {one.path.name: one.path.read_bytes() for one in busy.resources.store.manifests()}
    assert {one.path.name: one.path.read_bytes() for one in new.resources.store.manifests()} == old_files
    sound(new)
    new.drain()
    sound(new)
    new.resources.close()


def test_a_backup_while_twenty_people_upload_is_whole(ward: Ward, tmp_path: Path, target_url: str) -> None:
    """It holds whatever was acknowledged before it began, and what came later either whole or not at all."""
    stop = threading.Event()
    acknowledged: list[str] = []
    faults: list[BaseException] = []

    def upload(number: int) -> None:
        try:
            while not stop.is_set():
                acknowledged.append(ward.document("clerk.a", "A", f"{number} {os.urandom(8).hex()}" * 50).id)
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=upload, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    try:
        while len(acknowledged) < 25 and not faults:
            stop.wait(0.02)
        before = set(acknowledged)
        make_backup(ward.resources, tmp_path / "kho.tar")
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert faults == []
    restored = restore_backup(settings_for(tmp_path / "new", target_url), tmp_path / "kho.tar")
    assert restored.faults == []
    new = open_ward(tmp_path / "new", target_url)
    with new.db.reading() as session:
        there = set(session.scalars(select(Document.id)))
    assert before <= there and len(before) >= 25
    sound(new)
    new.resources.close()


def test_the_commands_say_what_they_did_and_the_house_verifies(tmp_path: Path) -> None:
    data, file, new = tmp_path / "data", tmp_path / "kho.tar", tmp_path / "deep" / "new"
    went_well(kho("init", "--admin", "quantri", "--password-stdin", data=data, stdin="một câu dễ nhớ\n"))
    said = went_well(kho("backup", file, data=data))
    assert "đã đọc lại" in said and "khóa ký" in said
    said = went_well(kho("restore", file, data=new))
    assert "Đã khôi phục" in said and "chỉ mục" in said
    assert "Nguyên vẹn" in went_well(kho("verify", data=new))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "deep", "kho.tar"]
    assert [path.name for path in new.parent.iterdir()] == ["new"]


def test_a_stranger_can_read_it_with_tar_and_sha256sum(busy: Ward, tmp_path: Path) -> None:
    make_backup(busy.resources, tmp_path / "kho.tar")
    folder = tmp_path / "out"
    folder.mkdir()
    subprocess.run(["tar", "xf", tmp_path / "kho.tar", "-C", folder], check=True)
    subprocess.run(["sha256sum", "--quiet", "--strict", "-c", "SHA256SUMS"], cwd=folder, check=True)
    assert len(list((folder / "objects").glob("*/*"))) == len(list(busy.resources.store.digests()))


def test_no_key_and_no_session_is_in_it(client: Any, tmp_path: Path) -> None:
    ward: Ward = client.ward
    client.sign_in("clerk.a")
    (ward.resources.settings.data / "secret-key").write_text("ab" * 32)
    with ward.db.reading() as session:
        (digest,) = session.scalars(select(SignIn.token_digest))
    make_backup(ward.resources, tmp_path / "kho.tar")
    content = (tmp_path / "kho.tar").read_bytes()
    assert b"sign_in/" not in content and digest.encode() not in content and b"ab" * 32 not in content


# Interrupted


def test_an_interrupted_backup_leaves_no_file(ward: Ward, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(backing, "_add_object", stop)
    ward.document("clerk.a", "A")
    with pytest.raises(KeyboardInterrupt):
        make_backup(ward.resources, tmp_path / "kho.tar")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("kho.tar")] == []


def test_an_interrupted_restore_leaves_nothing_that_looks_whole(
    small: Path, target_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(tmp_path / "new", target_url)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    for step in ("_restore_rows", "_check_files"):
        with monkeypatch.context() as patch:
            patch.setattr(restore, step, stop)
            with pytest.raises(KeyboardInterrupt):
                restore_backup(settings, small)
        assert list(tmp_path.glob("new*")) == []
    (tmp_path / "new.restoring").mkdir()
    (tmp_path / "new.restoring" / "kho.sqlite3").write_text("of one that was killed")
    assert restore_backup(settings, small).faults == []
    assert [path.name for path in tmp_path.glob("new*")] == ["new"]


def test_faults_the_house_had_before_are_said_and_brought_back(ward: Ward, tmp_path: Path) -> None:
    """A backup of a house in which somebody changed a row is worth having, but not passed off as sound."""
    document = ward.document("clerk.a", "A")
    with ward.db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE document SET title = 'sửa lén'")
    make_backup(ward.resources, tmp_path / "kho.tar")
    done = kho_here("restore", tmp_path / "kho.tar", data=tmp_path / "new")
    failed_with(done, "Đã khôi phục", "từ trước")
    assert f"document-{document.id}" in done.stdout and (tmp_path / "new").is_dir()


def test_a_backup_of_an_older_schema_is_brought_up_to_date(tmp_path: Path, target_url: str) -> None:
    old = Database(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    migrate(old)
    migrate(old, "0002")
    with old.engine.begin() as connection:
        metadata = MetaData()
        metadata.reflect(connection)
        unit = {"id": "u", "code": "A", "name": "Đơn vị", "kind": "office", "founded_on": None, "dissolved_on": None}
        connection.execute(insert(metadata.tables["unit"]), [unit])
        tables = tables_of(connection)
        with (tmp_path / "kho.tar").open("wb") as file, Session(connection) as session:
            writer = container.Writer(file)
            head = {"format": backing.FORMAT, "store": 1, "revision": "0002", "program": "0.0.1"}
            head["tables"] = [table.name for table in tables]
            writer.add("BACKUP.json", json.dumps(head).encode())
            rows = {}
            for table in tables:
                rows[table.name] = 0
                for number, (count, lines) in enumerate(dump(session, table), 1):
                    writer.add(f"tables/{table.name}/{number:06d}.jsonl", lines)
                    rows[table.name] += count
            writer.close({"rows": rows, "objects": 0, "manifests": 0})
    old.close()
    settings = settings_for(tmp_path / "new", target_url)
    assert restore_backup(settings, tmp_path / "kho.tar").faults == []
    db = Database(target_url)
    with db.reading() as session:
        assert session.scalars(select(Unit.name)).all() == ["Đơn vị"]
        assert session.scalar(select(func.count()).select_from(AuditEvent)) == 1
    assert is_current(db)
    db.close()
