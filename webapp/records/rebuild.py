"""Make the catalogue anew from the archive's manifests alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Table, func, insert, select
from sqlalchemy.orm import Session

import archive
from webapp.audit import Thing, log_event
from webapp.core.db import Database
from webapp.core.errors import Invalid
from webapp.models import (
    Base,
    DocumentVersion,
    JobKind,
    OutboxJob,
    ReadingStatus,
    RecordManifest,
    TextReading,
    new_id,
)
from webapp.permissions import SYSTEM
from webapp.records.catalogue import BY_NAME, KINDS
from webapp.records.keep import FORMAT, VOID, change_of, keep_by_hand
from webapp.records.snapshot import Rows, digest_of, value_of

CHUNK = 500
# How somebody signs in is not in the archive: whoever comes back needs a new password.
UNUSABLE = "!"
_FILLED: dict[str, dict[str, Any]] = {
    "person": {"password_hash": UNUSABLE, "must_change_password": True, "failed_sign_ins": 0}
}
Told = Callable[[int, int], None]


@dataclass
class Found:
    """What manifests say: the newest version of every record, and the list of all versions that count.

    `passed_over` are manifests of changes that were never committed; `damaged` files that cannot be read; `foreign`
    those that only a later version of this program understands.
    """

    newest: dict[str, archive.Manifest] = field(default_factory=dict)
    listed: list[dict[str, Any]] = field(default_factory=list)
    passed_over: int = 0
    damaged: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    missing_rows: list[str] = field(default_factory=list)


def read_manifests(manifests: Iterable[archive.Manifest], damaged: Iterable[object] = ()) -> Found:
    """Sort out manifests: a change counts when all its manifests are there and it was not declared void."""
    found = Found()
    void: set[str] = set()
    sizes: dict[str, int] = {}
    members: dict[str, int] = defaultdict(int)
    ours: list[tuple[archive.Manifest, str]] = []
    for manifest in manifests:
        if manifest.record_id.startswith(VOID):
            void.add(manifest.record_id.removeprefix(VOID))
            continue
        change = change_of(manifest)
        if change is None or manifest.data.get("kind") not in BY_NAME:
            if str(manifest.data.get("format", "")).startswith(FORMAT.rpartition("/")[0]):
                found.foreign.append(manifest.record_id)
            continue
        if not _is_sound(manifest):
            found.damaged.append(str(manifest.path))
            continue
        sizes[change["id"]] = int(change["records"])
        members[change["id"]] += 1
        ours.append((manifest, change["id"]))
    for manifest, change_id in ours:
        if change_id in void or members[change_id] < sizes[change_id]:
            found.passed_over += 1
            continue
        data = manifest.data
        found.listed.append(
            {
                "record": manifest.record_id,
                "no": manifest.version,
                "rows_sha256": digest_of(data["rows"]),
                "change_id": change_id,
                "written_at": datetime.fromisoformat(data["change"]["at"]),
            }
        )
        known = found.newest.get(manifest.record_id)
        if known is None or known.version < manifest.version:
            found.newest[manifest.record_id] = manifest
    found.damaged += [str(path) for path in damaged]
    return found


def _is_sound(manifest: archive.Manifest) -> bool:
    """Whether it says what it must, in the form it must; what the rows hold is the database's to judge."""
    change, rows = manifest.data["change"], manifest.data.get("rows")
    try:
        datetime.fromisoformat(change["at"])
        if not isinstance(change["records"], int) or not isinstance(rows, dict):
            return False
        return all(isinstance(row, dict) for content in rows.values() for row in content)
    except (KeyError, TypeError, ValueError, AttributeError):
        return False


def rebuild_catalogue(
    db: Database, store: archive.Store, *, now: datetime, told: Told = lambda done, total: None
) -> Found:
    """Fill an empty database from the archive, in one transaction. Raises Invalid when the catalogue is not empty."""
    damaged: list[Any] = []
    found = read_manifests(store.manifests(damaged))
    found.damaged += [str(path) for path in damaged]
    if found.foreign:
        raise Invalid(
            f"Kho có {len(found.foreign)} bản kê do phiên bản mới hơn của chương trình ghi (đầu tiên: "
            f"{min(found.foreign)}). Hãy dùng phiên bản đó để dựng lại."
        )
    keeper, db.keeper = db.keeper, None  # what comes from the manifests is not written to them again
    try:
        with db.unit_of_work() as session:
            if not is_empty(session):
                raise Invalid("Danh mục không trống. Chỉ dựng lại vào một cơ sở dữ liệu trống.")
            keep_by_hand(session)
            insert_records(session, found, told=told)
            session.execute(sa.delete(RecordManifest))
            for start in range(0, len(found.listed), CHUNK):
                session.execute(insert(RecordManifest), found.listed[start : start + CHUNK])
            ask_for_reading(session, now=now)
            log_event(
                session,
                SYSTEM,
                now,
                "catalogue.rebuild",
                Thing("system", "catalogue"),
                {"records": len(found.newest), "passed_over": found.passed_over},
            )
    finally:
        db.keeper = keeper
    return found


def is_empty(session: Session) -> bool:
    """Whether no record is there but what a new database starts with."""
    return not any(
        session.scalar(select(func.count()).select_from(kind.table)) for kind in KINDS if kind.name != "retention"
    )


def insert_records(session: Session, found: Found, *, told: Told = lambda done, total: None) -> None:
    """Insert the newest rows of all records, parents first. A row that points at nothing is left out and named."""
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for name in sorted(found.newest):
        manifest = found.newest[name]
        kind = BY_NAME.get(str(manifest.data.get("kind")))
        if kind is None:
            continue
        content: Rows = manifest.data["rows"]
        for name_of_table, its_rows in content.items():
            rows[name_of_table] += its_rows
    total = sum(map(len, rows.values()))
    done = 0
    present: dict[str, set[Any]] = {}
    for table in Base.metadata.sorted_tables:
        entries = rows.get(table.name)
        if not entries:
            continue
        values = [dict(_values(table, entry)) for entry in entries]
        if table.name == "retention_class":
            # What a new database starts with stays where nobody decided otherwise.
            session.execute(sa.delete(table).where(table.c.kind.in_([entry["kind"] for entry in values])))
        values = [entry for entry in values if _has_its_parents(session, table, entry, present, found)]
        for start in range(0, len(values), CHUNK):
            session.execute(insert(table), values[start : start + CHUNK])
            done += len(values[start : start + CHUNK])
            told(done, total)
        (key, *more) = table.primary_key.columns
        if not more:
            present[table.name] = {entry[key.name] for entry in values}


def _values(table: Table, entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row's values by type; columns this version does not know are dropped, those never archived get a stand-in."""
    known = {name: value_of(table.c[name], value) for name, value in entry.items() if name in table.c}
    for column in table.c:
        if column.name not in known:
            default = column.default
            stand_in = default.arg if isinstance(default, sa.ColumnDefault) and default.is_scalar else None
            known[column.name] = _FILLED.get(table.name, {}).get(column.name, stand_in)
    return known


def _has_its_parents(
    session: Session, table: Table, entry: dict[str, Any], present: dict[str, set[Any]], found: Found
) -> bool:
    for key in table.foreign_keys:
        name, column = key.parent.name, key.column
        value = entry.get(name)
        if value is None or column.table is table:
            continue
        known = present.setdefault(column.table.name, set())
        if value in known:
            continue
        if session.scalar(select(column).where(column == value).limit(1)) is not None:
            known.add(value)
            continue
        found.missing_rows.append(f"{table.name}.{name} = {value}")
        if not key.parent.nullable:
            return False
        entry[name] = None
    return True


def ask_for_reading(session: Session, *, now: datetime) -> None:
    """Text is derived: every version without it is read again by the worker."""
    ids = session.scalars(
        select(DocumentVersion.id)
        .outerjoin(TextReading, TextReading.version_id == DocumentVersion.id)
        .where(TextReading.version_id.is_(None))
    ).all()
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        session.execute(
            insert(TextReading),
            [
                {
                    "version_id": identity,
                    "status": ReadingStatus.WAITING,
                    "sentence": "",
                    "text": "",
                    "pages": 0,
                    "done_pages": 0,
                    "details": {},
                }
                for identity in part
            ],
        )
        session.execute(
            insert(OutboxJob),
            [
                {
                    "id": new_id(),
                    "kind": JobKind.READ_TEXT,
                    "subject": identity,
                    "created_at": now,
                    "due_at": now,
                    "attempts": 0,
                    "last_error": "",
                }
                for identity in part
            ],
        )
