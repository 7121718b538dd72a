"""Write a manifest for every record that a transaction changed, before it is committed.

The order: rows are flushed; their records are read back whole; manifests go to the archive and are durable; the rows
that say so join the transaction; it is committed. A crash in between leaves manifests of a change that never was:
they carry the change's id, the catalogue does not know it, and `settle` marks it void, so that a rebuild passes over it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, select
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

import archive
from archive.errors import ManifestExists, NotStored
from webapp.core.clock import Clock
from webapp.core.db import Database, WritingSession
from webapp.core.logs import logger
from webapp.models import AuditEvent, AuditHead, Base, RecordManifest, new_id
from webapp.records.catalogue import BY_NAME, KINDS, OWNER, Part, RecordKind, record_name, table_of
from webapp.records.snapshot import Rows, digest_of, snapshots

FORMAT = "khothidua-record/1"
VOID = "void-"
CHUNK = 200

_TOUCHED = "records.touched"
_EVENTS = "records.events"
_BY_HAND = "records.by-hand"
_KIND_OF_TABLE = {table_of(model).name: kind.name for model, (kind, _) in OWNER.items()}


def touch(session: Session, row: Base) -> None:
    """Say that a row's record changes by a statement that goes past the row objects (bulk update or delete)."""
    _note(session, row)


@event.listens_for(WritingSession, "after_flush")
def _collect(session: Session, _context: UOWTransaction) -> None:
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, AuditEvent):
            session.info.setdefault(_EVENTS, []).append(row)
        elif type(row) in OWNER:
            _note(session, row)


def keep_by_hand(session: Session) -> None:
    """Say that whoever writes in this session sees to the manifests: what is written comes from them."""
    session.info[_BY_HAND] = True


@event.listens_for(WritingSession, "do_orm_execute")
def _guard(state: ORMExecuteState) -> None:
    """A bulk statement on recorded rows must have said which record it changes."""
    statement = state.statement
    if not isinstance(statement, sa.Insert | sa.Update | sa.Delete) or state.session.info.get(_BY_HAND):
        return
    kind = _KIND_OF_TABLE.get(statement.table.name) if isinstance(statement.table, sa.Table) else None
    if kind is not None and not any(name == kind for name, _, _ in state.session.info.get(_TOUCHED, ())):
        raise RuntimeError(f"touch() the {kind} before a bulk statement on {statement.table}")


def _note(session: Session, row: Base) -> None:
    kind, part = OWNER[type(row)]
    if part is None:
        link = getattr(row, kind.key.name)
    else:
        link = getattr(row, part.link)
    session.info.setdefault(_TOUCHED, set()).add((kind.name, part, link))


class Keeper:
    """Called by the unit of work just before its commit; see `Database.keeper`."""

    def __init__(self, store: archive.Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def __call__(self, session: Session) -> None:
        """Write what is to be written. Raises the archive's errors; nothing is committed then."""
        session.flush()
        touched = session.info.pop(_TOUCHED, None)
        # What a savepoint took back is not in the session any more.
        events = [one for one in session.info.pop(_EVENTS, ()) if one in session]
        if touched:
            keep(session, self._store, _roots(session, touched), now=self._clock.now(), events=events)


def install(db: Database, store: archive.Store, clock: Clock) -> None:
    """From now on every unit of work of `db` keeps its records in `store`."""
    db.keeper = Keeper(store, clock)


def _roots(session: Session, touched: set[tuple[str, Part | None, str]]) -> dict[str, set[str]]:
    """Ids of the touched records by kind; parts that name their record through another row are looked up."""
    roots: dict[str, set[str]] = defaultdict(set)
    indirect: dict[tuple[str, Part], set[str]] = defaultdict(set)
    for name, part, link in touched:
        if part is not None and part.via is not None:
            indirect[name, part.via].add(link)
        else:
            roots[name].add(link)
    for (name, via), links in indirect.items():
        table = via.table
        for some in _parts(links):
            roots[name] |= set(session.scalars(select(table.c[via.link]).where(table.c.id.in_(some))))
    return roots


def _parts(ids: Iterable[str]) -> Iterator[list[str]]:
    """Few enough at a time for one statement."""
    listed = sorted(ids)
    for start in range(0, len(listed), CHUNK):
        yield listed[start : start + CHUNK]


def keep(
    session: Session,
    store: archive.Store,
    roots: dict[str, set[str]],
    *,
    now: datetime,
    events: Iterable[AuditEvent] = (),
) -> int:
    """Write manifests of those named records whose rows differ from their last manifest; returns how many."""
    contents: list[tuple[str, RecordKind, Rows, str]] = []
    for name, ids in sorted(roots.items()):
        kind = BY_NAME[name]
        for part in _parts(ids):
            for identity, rows in sorted(snapshots(session, kind, part).items()):
                contents.append((record_name(name, identity), kind, rows, digest_of(rows)))
    last = last_manifests(session, [record for record, *_ in contents])
    changed = [one for one in contents if one[0] not in last or last[one[0]].rows_sha256 != one[3]]
    if not changed:
        return 0
    change: dict[str, Any] = {
        "id": new_id(),
        "records": len(changed),
        "at": now.isoformat(),
        "events": [_event(one) for one in events],
    }
    numbers = {record: last[record].no + 1 if record in last else 1 for record, *_ in changed}
    while True:
        try:
            store.put_manifests(
                [(record, numbers[record], _manifest(record, kind, rows, change)) for record, kind, rows, _ in changed],
                now,
            )
        except ManifestExists:
            # Numbers that a change took which was never committed; its other manifests count for nothing.
            change = {**change, "id": new_id()}
            numbers = {record: _free_number(store, record, number) for record, number in numbers.items()}
        else:
            break
    session.add_all(
        RecordManifest(record=record, no=numbers[record], rows_sha256=sha256, change_id=change["id"], written_at=now)
        for record, _, _, sha256 in changed
    )
    session.flush()
    return len(changed)


def last_manifests(session: Session, records: Iterable[str]) -> dict[str, RecordManifest]:
    """The newest manifest of each named record that has one."""
    wanted = list(records)
    found: dict[str, RecordManifest] = {}
    for start in range(0, len(wanted), CHUNK):
        newest = (
            select(RecordManifest.record, sa.func.max(RecordManifest.no).label("no"))
            .where(RecordManifest.record.in_(wanted[start : start + CHUNK]))
            .group_by(RecordManifest.record)
            .subquery()
        )
        for row in session.scalars(
            select(RecordManifest).join(
                newest, (newest.c.record == RecordManifest.record) & (newest.c.no == RecordManifest.no)
            )
        ):
            found[row.record] = row
    return found


def _manifest(record: str, kind: RecordKind, rows: Rows, change: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {"format": FORMAT, "record": record, "kind": kind.name, "change": change, "rows": rows}
    if kind.name == "document":
        # For somebody who has the archive but not this program.
        content["files"] = [
            {"no": row["no"], "name": row["filename"], "sha256": row["sha256"], "size": row["size"]}
            for row in rows["document_version"]
        ]
        content["withdrawn"] = rows["document"][0]["withdrawn_at"] is not None
    return content


def _event(one: AuditEvent) -> dict[str, Any]:
    return {
        "seq": one.seq,
        "action": one.action,
        "actor": one.actor_id or "",
        "actor_name": one.actor_name,
        "reason": one.reason,
    }


def _free_number(store: archive.Store, record: str, number: int) -> int:
    while True:
        try:
            store.manifest(record, number)
        except NotStored:
            return number
        number += 1


def keep_all(db: Database, store: archive.Store, *, now: datetime) -> int:
    """Write manifests of records that have none yet (a house that was there before manifests were); returns how many."""
    count = 0
    for kind in KINDS:
        has_one = sa.exists().where(RecordManifest.record == sa.literal(f"{kind.name}-").concat(kind.key))
        while True:
            with db.unit_of_work() as session:
                ids = set(session.scalars(select(kind.key).where(~has_one).limit(CHUNK)))
                if not ids:
                    break
                count += keep(session, store, {kind.name: ids}, now=now)
    return count


def settle(db: Database, store: archive.Store, *, now: datetime) -> list[str]:
    """Mark changes void whose manifests were written but whose transaction was not; returns their ids.

    Writers wait meanwhile, so that no change is under way. Nothing is marked when the archive knows changes from after
    the log's end: then not they but the catalogue's last part was lost (an old copy, say).
    """
    with db.unit_of_work() as session:
        session.execute(select(AuditHead.seq).where(AuditHead.id == 1).with_for_update())
        end = log_end(session)
        known = set(session.scalars(select(RecordManifest.change_id).distinct()))
        unknown: dict[str, dict[str, Any]] = {}
        void = set()
        for manifest in store.manifests(damaged=[]):
            if manifest.record_id.startswith(VOID):
                void.add(manifest.record_id.removeprefix(VOID))
            elif (change := change_of(manifest)) and change["id"] not in known:
                unknown[change["id"]] = change
        gone = sorted(unknown.keys() - void)
        if behind := [change_id for change_id in gone if not may_be_uncommitted(unknown[change_id], end)]:
            logger().error("records.catalogue-behind", changes=len(behind), log_ends_at=end[0])
            return []
        store.put_manifests(
            [(VOID + change_id, 1, {"format": FORMAT, "void": change_id, "at": now.isoformat()}) for change_id in gone],
            now,
        )
    return gone


def log_end(session: Session) -> tuple[int, datetime | None]:
    """Place and time of the last event of the log."""
    last = session.execute(select(AuditEvent.seq, AuditEvent.at).order_by(AuditEvent.seq.desc()).limit(1)).first()
    return (last.seq, datetime.fromisoformat(last.at)) if last else (0, None)


def may_be_uncommitted(change: dict[str, Any], end: tuple[int, datetime | None]) -> bool:
    """Whether a change unknown to a log with this end can be one whose transaction never came.

    Writers wait for each other at the log's end: one that was killed was writing the next event, no later one. What was
    brought from another house and not finished has events of that house's log, from before this one's end.
    """
    seq, at = end
    first = min((int(one["seq"]) for one in change.get("events") or []), default=0)
    return first <= seq + 1 or at is None or datetime.fromisoformat(change["at"]) <= at


def change_of(manifest: archive.Manifest) -> dict[str, Any] | None:
    """The change a manifest belongs to; None when it is none of ours."""
    change = manifest.data.get("change")
    if manifest.data.get("format") != FORMAT or not isinstance(change, dict) or not isinstance(change.get("id"), str):
        return None
    return change
