"""Bring the search index up to what the database says now. The index can always be thrown away and made again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

import search
from search import Record
from webapp.core.resources import IndexAway, Resources
from webapp.jobs.outbox import finish
from webapp.kinds import searched_kinds, split_key
from webapp.models import JobKind, OutboxJob

CHUNK = 500


def index_jobs(resources: Resources, jobs: Sequence[OutboxJob]) -> None:
    """Carry out INDEX jobs in one batch, then take them out of the outbox. A kill in between costs a repeat."""
    keys = list(dict.fromkeys(job.subject for job in jobs))
    with resources.db.reading() as session:
        records = {record.key: record for record in records_of(session, keys)}
    with resources.index.batch() as batch:
        for key in keys:
            if key in records:
                batch.add(records[key])
            else:
                batch.remove(key)
    with resources.db.unit_of_work() as session:
        finish(session, [job.id for job in jobs])


def rebuild_index(resources: Resources) -> int:
    """Make the index anew beside the old one and switch; returns how many records it holds."""
    with resources.db.reading() as session:
        settings = resources.settings
        count = search.rebuild(settings.index_path, all_records(session), engine=settings.search_engine)
    resources.forget_index()
    return count


def is_lost(resources: Resources) -> bool:
    """Whether the index is gone, unreadable, of another version, or empty while the catalogue is not. Quick."""
    if not resources.settings.index_path.is_dir():
        return True
    try:
        if resources.index.count():
            return False
    except (IndexAway, search.IndexBroken):
        return True
    with resources.db.reading() as session:
        return bool(all_keys(session) - keys_waiting(session))


def is_whole(resources: Resources) -> bool:
    """Whether the index holds exactly what it should, but for what waiting jobs will still change."""
    if is_lost(resources):
        return False
    present = set(resources.index.keys())
    with resources.db.reading() as session:
        return not ((all_keys(session) ^ present) - keys_waiting(session))


def keys_waiting(session: Session) -> set[str]:
    """Keys whose INDEX job is not done yet."""
    return set(session.scalars(select(OutboxJob.subject).where(OutboxJob.kind == JobKind.INDEX)))


def all_keys(session: Session) -> set[str]:
    """Every key the index should hold."""
    keys: set[str] = set()
    for kind in searched_kinds():
        assert kind.search is not None
        keys |= {kind.key(identity) for identity in session.scalars(select(kind.id).where(*kind.search.present))}
    return keys


def all_records(session: Session) -> Iterator[Record]:
    """Everything, a few hundred at a time."""
    keys = sorted(all_keys(session))
    for start in range(0, len(keys), CHUNK):
        yield from records_of(session, keys[start : start + CHUNK])
        session.expunge_all()


def records_of(session: Session, keys: Iterable[str]) -> Iterator[Record]:
    """Search records of those keys that still exist, in a fixed number of statements."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for key in keys:
        kind_name, identity = split_key(key)
        wanted[kind_name].add(identity)
    for kind in searched_kinds():
        assert kind.search is not None
        if wanted[kind.name]:
            yield from kind.search.records(session, wanted[kind.name])
