"""A backup becomes a house again: read whole and checked first, built beside its place, named last."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Table, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

import archive
from archive.manifest import canonical, parse_name
from webapp.audit import Thing, log_event
from webapp.audit.verify import verify_chain
from webapp.core.errors import Invalid
from webapp.core.resources import Resources
from webapp.core.schema import is_current, migrate
from webapp.core.settings import Settings
from webapp.handover import container
from webapp.handover.backup import FORMAT, STORE_VERSION, Teller, silent
from webapp.handover.container import Contents, Told
from webapp.handover.places import new_folder
from webapp.handover.tables import load, make_room, revision_of, tables_of
from webapp.jobs.index import rebuild_index
from webapp.models import DocumentVersion
from webapp.permissions import SYSTEM
from webapp.records.compare import differences
from webapp.records.opening import open_resources

ENDING = ".restoring"
AT_ONCE = 200


@dataclass
class Restored:
    """What was brought back. `faults` were in the house when it was backed up, and still are."""

    rows: int = 0
    objects: int = 0
    manifests: int = 0
    indexed: int = 0
    faults: list[str] = field(default_factory=list)


def restore_backup(settings: Settings, source: Path, *, tell: Teller = silent) -> Restored:
    """Make the house of `settings` from a backup. Raises Invalid, and the archive's and system's errors.

    Its folder must be absent or empty, and appears only when all is done; a PostgreSQL database must be empty, and is
    filled in one transaction. One that was filled before the last step failed has to be emptied by hand.
    """
    with source.open("rb") as file:
        file.seek(0, 2)
        contents = container.check(file, file.tell(), tell("Đang kiểm tra bản sao lưu"))
        _check_head(contents)
        with _building(settings) as new:
            resources = open_resources(new)
            try:
                return _fill(resources, file, contents, tell)
            finally:
                resources.close()


def _check_head(contents: Contents) -> None:
    head = contents.head
    if head.get("format") != FORMAT or head.get("store") != STORE_VERSION:
        raise Invalid(
            f"Bản sao lưu do phiên bản khác của chương trình tạo ra ({head.get('program', '?')}); "
            "xin dùng đúng phiên bản để khôi phục."
        )
    revision = str(head.get("revision"))
    if revision not in _revisions():
        raise Invalid(
            f"Cấu trúc dữ liệu {revision} của bản sao lưu mới hơn chương trình này hoặc không có trong chương trình; "
            f"xin dùng phiên bản {head.get('program', '?')} trở lên."
        )


def _revisions() -> set[str]:
    with as_file(files("migrations")) as folder:
        try:
            return {script.revision for script in ScriptDirectory(str(folder)).walk_revisions()}
        except CommandError as error:
            raise Invalid("Chương trình thiếu các bước chuyển đổi cấu trúc dữ liệu.") from error


@contextmanager
def _building(settings: Settings) -> Iterator[Settings]:
    """Settings of the house that is being built, beside its place; moved there when the block ends well."""
    url = sa.make_url(settings.database_url)
    database = Path(url.database or "").absolute() if url.get_backend_name() == "sqlite" else None
    if database is not None and not database.is_relative_to(settings.data):
        raise Invalid("Chỉ khôi phục được khi tệp cơ sở dữ liệu SQLite nằm trong thư mục dữ liệu.")
    if Path(settings.object_store).absolute() != settings.data:
        raise Invalid("Chỉ khôi phục được khi kho tệp nằm trong thư mục dữ liệu; hãy bỏ KHO_OBJECT_STORE rồi chạy lại.")
    if settings.data.is_mount():
        raise Invalid(f"{settings.data} là nơi gắn ổ đĩa; hãy đặt KHO_DATA là một thư mục nằm trong đó.")
    settings.data.parent.mkdir(parents=True, exist_ok=True)
    with new_folder(settings.data, ending=ENDING) as part:
        if database is not None:
            moved = part / database.relative_to(settings.data)
            moved.parent.mkdir(parents=True, exist_ok=True)
            url = url.set(database=str(moved))
        yield replace(
            settings, data=part, object_store=str(part), database_url=url.render_as_string(hide_password=False)
        )


def _fill(resources: Resources, file: BinaryIO, contents: Contents, tell: Teller) -> Restored:
    db, restored = resources.db, Restored()
    revision = str(contents.head["revision"])
    # Files before rows: a database outside of the folder is filled last.
    _restore_files(resources.store, file, contents.end, restored, tell("Đang khôi phục tệp"))
    if not is_current(db):
        migrate(db)
    with db.engine.connect() as connection:
        here = revision_of(connection)
    if here != revision:
        with db.reading() as session:
            make_room(session, tables_of(session.connection()))
        migrate(db, revision)
    try:
        with db.unit_of_work() as session:
            tables = {table.name: table for table in tables_of(session.connection())}
            if set(tables) != set(contents.end["rows"]):
                raise Invalid("Bản sao lưu không có đúng các bảng của cấu trúc dữ liệu mà nó ghi.")
            make_room(session, list(tables.values()))
            _restore_rows(session, tables, file, contents.end, restored, tell("Đang khôi phục danh mục"))
            # A database outside of the folder takes nothing that is not whole.
            _check_files(session, resources.store)
    except DBAPIError as error:
        said = str(error.orig or error).strip().splitlines()[0]
        raise Invalid(f"Cơ sở dữ liệu không nhận các dòng của bản sao lưu: {said}") from error
    if here != revision:
        migrate(db)
    with db.reading() as session:
        restored.faults += verify_chain(session)
        restored.faults += [
            f"{one.record}: {one.detail}" for one in differences(session, resources.store) if one.kind != "unkept"
        ]
    restored.indexed = rebuild_index(resources)
    with db.unit_of_work() as session:
        log_event(
            session,
            SYSTEM,
            resources.clock.now(),
            "backup.restore",
            Thing("system", "backup"),
            {"sha256": str(contents.end["list_sha256"]), "made_at": str(contents.head.get("made_at"))},
        )
    return restored


def _restore_files(store: archive.Store, file: BinaryIO, end: dict[str, Any], restored: Restored, told: Told) -> None:
    total = int(end["objects"]) + int(end["manifests"])
    waiting: list[tuple[str, int, dict[str, Any]]] = []
    month = ""

    def put() -> None:
        if waiting:
            year, number = month.split("/")
            store.put_manifests(waiting, datetime(int(year), int(number), 1, tzinfo=UTC))
            restored.manifests += len(waiting)
            waiting.clear()

    for member in container.members(file):
        if member.kind == "object":
            if store.put(member).sha256 != member.digest:
                raise container.NoBackup(f"nội dung của {member.name} đã bị thay đổi")
            restored.objects += 1
        elif member.kind == "manifest":
            _, year, number, name = member.name.split("/")
            if month != f"{year}/{number}" or len(waiting) >= AT_ONCE:
                put()
                month = f"{year}/{number}"
            waiting.append(manifest_of(name, month, member.read()))
        told(restored.objects + restored.manifests, total)
    put()
    told(total, total)


def manifest_of(name: str, month: str, content: bytes) -> tuple[str, int, dict[str, Any]]:
    """(record, version, data) of a manifest's file. Raises Invalid unless writing the data gives the same bytes."""
    parsed = parse_name(name)
    try:
        data = json.loads(content)
        same = isinstance(data, dict) and canonical(data) == content
        year, _, number = month.partition("/")
        datetime(int(year), int(number), 1, tzinfo=UTC)
    except (ValueError, RecursionError):
        same = False
    if parsed is None or not same:
        raise Invalid(f"Bản kê {name} không đúng dạng.")
    return (*parsed, data)


def _restore_rows(
    session: Session,
    tables: dict[str, Table],
    file: BinaryIO,
    end: dict[str, Any],
    restored: Restored,
    told: Told,
) -> None:
    total = sum(end["rows"].values())
    for member in container.members(file):
        if member.kind != "table":
            continue
        restored.rows += load(session, tables[member.table], member.read())
        told(min(restored.rows, total), total)


def _check_files(session: Session, store: archive.Store) -> None:
    expected = set(session.scalars(select(DocumentVersion.sha256)))
    for problem in store.verify(expected):
        raise container.NoBackup(f"thiếu hoặc hỏng tệp {problem.sha256}")
    if extra := set(store.digests()) - expected:
        raise container.NoBackup(f"có tệp không văn bản nào dùng {min(extra)}")


__all__ = ["Restored", "manifest_of", "restore_backup"]
