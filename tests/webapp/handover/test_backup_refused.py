"""Backups that were tampered with, places that are not empty, archives that are damaged: refused by one clear line."""

from __future__ import annotations

import io
import itertools
import json
import os
import random
import re
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.support import postgresql
from tests.support.backups import small_backup
from tests.support.commands import failed_with, kho_here, went_well
from tests.support.ward import Ward
from webapp.core.errors import Invalid
from webapp.handover import container
from webapp.handover.backup import make_backup
from webapp.models import DocumentVersion

_numbers = itertools.count()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """A backup of a small house. Read only; copy it."""
    return small_backup(tmp_path_factory.mktemp("small"), sqlite_template)


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
