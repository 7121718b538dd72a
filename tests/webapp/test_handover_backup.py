"""Backup and restore: everything, from either database to either, while people work; nothing tampered with, nothing half."""

from __future__ import annotations

import io
import itertools
import json
import os
import random
import re
import shutil
import subprocess
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, func, insert, select
from sqlalchemy.orm import Session

from tests.support import postgresql
from tests.support.commands import failed_with, kho, kho_here, went_well
from tests.support.ward import Ward, open_ward, settings_for
from webapp.audit.verify import verify_chain
from webapp.core.db import Database
from webapp.core.errors import Invalid
from webapp.core.schema import is_current, migrate
from webapp.documents import keeping
from webapp.handover import backup as backing
from webapp.handover import container, restore
from webapp.handover.backup import make_backup
from webapp.handover.restore import restore_backup
from webapp.handover.tables import dump, tables_of
from webapp.jobs.index import is_whole
from webapp.models import AuditEvent, Document, DocumentVersion, Role, SignIn, Unit
from webapp.records.compare import differences
from webapp.records.keep import keep_all

_numbers = itertools.count()


@pytest.fixture(params=["sqlite", "postgresql"])
def target_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a backup is restored to: a file that is not there yet, or a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new' / 'kho.sqlite3'}"
        return
    server = request.getfixturevalue("postgresql_server")
    name = f"kho_back_{os.getpid()}_{next(_numbers)}"
    postgresql.execute(server, f"CREATE DATABASE {name}")
    yield postgresql.url_of(server, name)
    postgresql.execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def busy(ward: Ward) -> Ward:
    """Every sort of row that a house has, one document withdrawn, one with an empty file."""
    item = ward.item(ward.checklist("clerk.a", "A"), "III.1.đ")
    ward.attach("clerk.a", item, "Số: 31/BC-KT\n\nCăn cứ Nghị quyết số 57-NQ/TW ngày 22/12/2024 của Bộ Chính trị;\n")
    gone = ward.document("clerk.a", "A", "tải nhầm")
    ward.document("clerk.a", "A", b"", title="Tệp trống “ ” '; --")
    with ward.work() as session:
        keeping.withdraw_document(
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


# What is refused


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """A backup of a small house. Read only; copy it."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "data").mkdir()
    shutil.copyfile(sqlite_template, folder / "data" / "kho.sqlite3")
    ward = open_ward(folder / "data", f"sqlite:///{folder / 'data' / 'kho.sqlite3'}")
    ward.unit("A")
    ward.person("clerk.a", Role.CLERK, "A")
    for number in range(3):
        ward.document("clerk.a", "A", f"nội dung {number} " * 40)
    make_backup(ward.resources, folder / "kho.tar")
    ward.resources.close()
    return folder / "kho.tar"


def refused(file: Path, *parts: str) -> None:
    """One clear line; nothing at the new place nor beside it."""
    new = file.parent / "place" / "new"
    failed_with(kho_here("restore", file, data=new), *parts)
    assert not new.parent.exists() or list(new.parent.iterdir()) == []


def rewritten(small: Path, file: Path, change: Callable[[list[tuple[tarfile.TarInfo, bytes]]], None]) -> Path:
    """The backup with other members, as somebody with `tar` could make it."""
    with tarfile.open(small) as old:
        entries = [(one, (old.extractfile(one) or io.BytesIO()).read()) for one in old.getmembers()]
    change(entries)
    with tarfile.open(file, "w", format=tarfile.USTAR_FORMAT) as new:
        for info, content in entries:
            info.size = len(content)
            new.addfile(info, io.BytesIO(content))
    return file


def place_of(entries: list[tuple[tarfile.TarInfo, bytes]], start: str) -> int:
    return next(number for number, (info, _) in enumerate(entries) if info.name.startswith(start))


def drop(start: str) -> Callable[[list[Any]], None]:
    return lambda entries: entries.pop(place_of(entries, start))


def alter(start: str) -> Callable[[list[Any]], None]:
    def change(entries: list[Any]) -> None:
        number = place_of(entries, start)
        info, content = entries[number]
        entries[number] = (info, content.replace(b"n", b"m", 1) if b"n" in content else content + b" ")

    return change


def twice(start: str) -> Callable[[list[Any]], None]:
    return lambda entries: entries.insert(place_of(entries, start), entries[place_of(entries, start)])


def with_link(entries: list[Any]) -> None:
    info = tarfile.TarInfo(entries[place_of(entries, "objects/")][0].name)
    info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
    entries[place_of(entries, "objects/")] = (info, b"")


def with_name(name: str) -> Callable[[list[Any]], None]:
    def change(entries: list[Any]) -> None:
        entries.insert(place_of(entries, "SHA256SUMS"), (tarfile.TarInfo(name), b"x"))

    return change


CHANGES: dict[str, Callable[[list[Any]], None]] = {
    "an object is missing": drop("objects/"),
    "a manifest is missing": drop("manifests/"),
    "a table is missing": drop("tables/document_version"),
    "the head is missing": drop("BACKUP"),
    "the list is missing": drop("SHA256SUMS"),
    "the end is missing": drop("END"),
    "an object is changed": alter("objects/"),
    "a row is changed": alter("tables/person"),
    "a manifest is changed": alter("manifests/"),
    "the list is changed": alter("SHA256SUMS"),
    "the end is changed": alter("END"),
    "an object is there twice": twice("objects/"),
    "a link": with_link,
    "a name outside": with_name("objects/../../etc/x"),
    "an absolute name": with_name("/etc/x"),
    "another file": with_name("readme.txt"),
    "another object": with_name(f"objects/ff/{'f' * 64}"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_backup_with_other_members_is_refused(small: Path, tmp_path: Path, what: str) -> None:
    refused(rewritten(small, tmp_path / "kho.tar", CHANGES[what]), "Bản sao lưu không nguyên vẹn")


def test_any_byte_changed_or_cut_off_is_noticed(small: Path, tmp_path: Path) -> None:
    content = small.read_bytes()
    chance = random.Random(7)
    for _ in range(1000):
        place, bit = chance.randrange(len(content)), 1 << chance.randrange(8)
        changed = bytearray(content)
        changed[place] ^= bit
        with pytest.raises(Invalid):
            container.check(io.BytesIO(bytes(changed)), len(content))
    for _ in range(200):
        with pytest.raises(Invalid):
            container.check(io.BytesIO(content[: chance.randrange(len(content))]), len(content))
    with pytest.raises(Invalid):
        container.check(io.BytesIO(content + bytes(512)), len(content))
    assert container.check(io.BytesIO(content), len(content)).end["objects"] == 3
    (tmp_path / "cut.tar").write_bytes(content[:-2000])
    refused(tmp_path / "cut.tar", "không nguyên vẹn")
    (tmp_path / "none.tar").write_bytes(b"")
    refused(tmp_path / "none.tar", "cắt cụt")


def forged(small: Path, file: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    """One member changed and everything counted and hashed anew, as only this program does it."""
    with small.open("rb") as old, file.open("wb") as new:
        writer = container.Writer(new)
        for member in container.members(old):
            content = member.read()
            if member.kind == "end":
                end = json.loads(content)
            elif member.kind != "list":
                writer.add(member.name, change(content) if member.name.startswith(name) else content)
        writer.close({key: end[key] for key in ("rows", "objects", "manifests")})
    return file


def test_other_versions_are_refused_by_name(small: Path, tmp_path: Path) -> None:
    def revision(content: bytes) -> bytes:
        return re.sub(rb'"revision": "\w+"', b'"revision": "9999"', content)

    def form(content: bytes) -> bytes:
        return content.replace(b"khothidua-backup/1", b"khothidua-backup/2")

    refused(forged(small, tmp_path / "a.tar", "BACKUP", revision), "9999", "mới hơn")
    refused(forged(small, tmp_path / "b.tar", "BACKUP", form), "phiên bản khác")


def test_rows_that_break_the_log_or_the_tables_are_refused(small: Path, tmp_path: Path) -> None:
    def of_log(content: bytes) -> bytes:
        lines = content.splitlines(keepends=True)
        return b"".join([lines[0], lines[2], lines[1], *lines[3:]])

    refused(forged(small, tmp_path / "a.tar", "tables/audit_event", of_log), "audit rows follow each other")
    refused(
        forged(small, tmp_path / "b.tar", "tables/unit", lambda content: content.replace(b'"name"', b'"nome"')),
        "không đọc được",
    )
    refused(
        forged(small, tmp_path / "c.tar", "tables/unit", lambda content: content.replace(b'"office"', b'"x"')),
        "không nhận",
    )


def test_a_backup_never_replaces_a_file(small: Path, tmp_path: Path) -> None:
    data = tmp_path / "new"
    went_well(kho_here("restore", small, data=data))
    file = tmp_path / "kho.tar"
    file.write_text("của người khác")
    failed_with(kho_here("backup", file, data=data), "Đã có")
    assert file.read_text() == "của người khác"
    failed_with(kho_here("backup", tmp_path / "no" / "kho.tar", data=data), "Không có tệp hoặc thư mục")
    (tmp_path / "two.tar.part").write_text("của một lượt bị ngắt" * 10_000)
    went_well(kho_here("backup", tmp_path / "two.tar", data=data))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kho.tar", "new", "two.tar"]


def test_a_house_that_is_there_is_never_restored_over(small: Path, tmp_path: Path) -> None:
    data = tmp_path / "new"
    went_well(kho_here("restore", small, data=data))
    before = (data / "kho.sqlite3").read_bytes()
    failed_with(kho_here("restore", small, data=data), "không trống")
    assert (data / "kho.sqlite3").read_bytes() == before
    outside = f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}"
    failed_with(kho_here("restore", small, data=tmp_path / "x", KHO_DATABASE_URL=outside), "nằm trong thư mục dữ liệu")
    failed_with(kho_here("restore", tmp_path / "no.tar", data=tmp_path / "x"), "Không có tệp")
    assert not (tmp_path / "x").exists()


def test_a_postgresql_database_with_rows_is_never_restored_over(
    small: Path, tmp_path: Path, postgresql_server: str
) -> None:
    name = f"kho_full_{os.getpid()}_{next(_numbers)}"
    postgresql.execute(postgresql_server, f"CREATE DATABASE {name} TEMPLATE template_kho")
    url = postgresql.url_of(postgresql_server, name)
    went_well(kho_here("restore", small, data=tmp_path / "one", KHO_DATABASE_URL=url))
    failed_with(kho_here("restore", small, data=tmp_path / "two", KHO_DATABASE_URL=url), "không trống")
    assert not (tmp_path / "two").exists()
    assert "Nguyên vẹn" in went_well(kho_here("verify", data=tmp_path / "one", KHO_DATABASE_URL=url))
    postgresql.execute(postgresql_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize("how", ["missing", "changed", "longer"])
def test_an_archive_that_is_damaged_is_not_backed_up_as_if_whole(ward: Ward, tmp_path: Path, how: str) -> None:
    document = ward.document("clerk.a", "A", "nội dung")
    with ward.db.reading() as session:
        digest = session.scalars(select(DocumentVersion.sha256).where(DocumentVersion.document_id == document.id)).one()
    path = ward.resources.store.path(digest)
    content = path.read_bytes()
    path.unlink()
    if how != "missing":
        path.write_bytes(content[::-1] if how == "changed" else content + b"x")
    with pytest.raises(Invalid, match=f"{digest}.*kho verify"):
        make_backup(ward.resources, tmp_path / "kho.tar")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("kho.tar")] == []


def test_a_missing_manifest_is_named(ward: Ward, tmp_path: Path) -> None:
    document = ward.document("clerk.a", "A")
    ward.resources.store.manifest(f"document-{document.id}", 1).path.unlink()
    with pytest.raises(Invalid, match=f"document-{document.id}"):
        make_backup(ward.resources, tmp_path / "kho.tar")


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
