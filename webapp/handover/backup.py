"""Everything in one file, while people work: the tables as one snapshot shows them, and every file that it names.

Rows come first, files after: files never change and are never removed while a row names them, so a snapshot of the
rows stays true of the files for as long as copying takes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

import archive
from archive.errors import NotStored
from webapp import __version__
from webapp.audit import Thing, log_event
from webapp.core.errors import Invalid
from webapp.core.resources import Resources
from webapp.handover import container
from webapp.handover.container import Told
from webapp.handover.places import new_file
from webapp.handover.tables import count_rows, dump, revision_of, snapshot, tables_of
from webapp.models import AuditHead, DocumentVersion, RecordManifest
from webapp.permissions import SYSTEM
from webapp.records.keep import VOID

FORMAT = "khothidua-backup/1"
# Layout of the archive that the backup is taken from and given back to.
STORE_VERSION = 1
# Shows the progress of a part of the work that has this name.
Teller = Callable[[str], Told]


def silent(_what: str) -> Told:
    return lambda done, total: None


@dataclass(frozen=True, slots=True)
class Backup:
    """What was written; `digest` is that of the list of members and stands for all of it."""

    path: Path
    size: int
    rows: int
    objects: int
    manifests: int
    digest: str


def make_backup(resources: Resources, target: Path, *, tell: Teller = silent) -> Backup:
    """Write a backup to a new file and read it back. Raises Invalid, and the archive's and system's errors; then
    there is no file. Its last event is the asking for it."""
    now = resources.clock.now()
    with new_file(target) as file:
        with resources.db.unit_of_work() as session:
            log_event(session, SYSTEM, now, "backup.make", Thing("system", "backup"))
        written = _write(resources, file, now=now, told=tell("Đang sao lưu"))
        file.flush()
        os.fsync(file.fileno())
        size = file.tell()
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)  # so that what is read back comes from the disk
        container.check(file, size, tell("Đang đọc lại bản sao lưu"))
    rows, objects, manifests, digest = written
    return Backup(target, size, rows, objects, manifests, digest)


def _write(resources: Resources, file: BinaryIO, *, now: datetime, told: Told) -> tuple[int, int, int, str]:
    writer = container.Writer(file)
    rows: dict[str, int] = {}
    with snapshot(resources.db) as session:
        tables = tables_of(session.connection())
        sizes = session.execute(select(DocumentVersion.sha256, DocumentVersion.size))
        expected = {row.sha256: row.size for row in sizes}
        names = session.execute(select(RecordManifest.record, RecordManifest.no))
        listed = {(row.record, row.no) for row in names}
        total = count_rows(session, tables) + len(expected) + len(listed)
        writer.add(container.HEAD, _head(session, [table.name for table in tables], now=now))
        for table in tables:
            rows[table.name] = 0
            for number, (count, lines) in enumerate(dump(session, table), start=1):
                writer.add(f"tables/{table.name}/{number:06d}.jsonl", lines)
                rows[table.name] += count
                told(min(sum(rows.values()), total), total)
    done = sum(rows.values())
    for sha256, size in sorted(expected.items()):
        _add_object(writer, resources.store, sha256, size)
        done += 1
        told(min(done, total), total)
    manifests = 0
    for path, content in _manifests(resources.store, listed):
        writer.add(f"manifests/{path}", content)
        manifests += 1
        told(min(done + manifests, total), total)
    digest = writer.close({"rows": rows, "objects": len(expected), "manifests": manifests})
    told(total, total)
    return sum(rows.values()), len(expected), manifests, digest


def _head(session: Session, tables: list[str], *, now: datetime) -> bytes:
    head = session.execute(select(AuditHead.seq, AuditHead.hash)).one()
    said: dict[str, Any] = {
        "format": FORMAT,
        "program": __version__,
        "revision": revision_of(session.connection()),
        "store": STORE_VERSION,
        "tables": tables,
        "made_at": now.isoformat(),
        "audit_head": {"seq": head.seq, "hash": head.hash},
    }
    return (json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _add_object(writer: container.Writer, store: archive.Store, sha256: str, size: int) -> None:
    try:
        stream = store.open(sha256)
    except NotStored as error:
        raise Invalid(f"Kho thiếu tệp {sha256}. Hãy chạy “kho verify” và bổ sung trước khi sao lưu.") from error
    with stream:
        if writer.add_stream(f"objects/{sha256[:2]}/{sha256}", stream, size) != sha256:
            raise Invalid(f"Tệp {sha256} trong kho đã bị thay đổi. Hãy chạy “kho verify” trước khi sao lưu.")


def _manifests(store: archive.Store, listed: set[tuple[str, int]]) -> Iterator[tuple[str, bytes]]:
    """(place, content) of every manifest the snapshot lists, and of those that declare a change void, in order."""
    missing = set(listed)
    for manifest in store.manifests(damaged=[]):
        key = (manifest.record_id, manifest.version)
        if key in listed or manifest.record_id.startswith(VOID):
            missing.discard(key)
            yield "/".join(manifest.path.parts[-3:]), manifest.path.read_bytes()
    if missing:
        name, no = min(missing)
        raise Invalid(f"Kho thiếu hoặc hỏng bản kê {name} số {no}. Hãy chạy “kho verify” trước khi sao lưu.")
