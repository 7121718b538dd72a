"""What goes into a bag: which documents are shown, and which records' manifests go with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from webapp.core.errors import Invalid
from webapp.jobs.read_text import INFECTED
from webapp.kinds import Along, Kind, all_kinds
from webapp.models import Base, Document, DocumentVersion, Evidence, ReadingStatus, TextReading
from webapp.permissions import Viewer
from webapp.permissions.inspection_scopes import files_of_teams
from webapp.permissions.scopes import readable_documents
from webapp.records.catalogue import BY_NAME, OWNER, record_name, table_of
from webapp.records.snapshot import snapshots

CHUNK = 200
_OWNERS = {table_of(model).name: owner for model, owner in OWNER.items()}


@dataclass(frozen=True, slots=True)
class Selection:
    """`documents` are those of the catalogue; `carried` are further ones whose bytes their records need. `records`
    None stands for every record there is. `viewer` is who may read it all; None for the house itself."""

    documents: frozenset[str]
    carried: frozenset[str] = frozenset()
    records: frozenset[str] | None = None
    viewer: Viewer | None = None

    @property
    def is_full(self) -> bool:
        return self.records is None and self.viewer is None


def select_all(session: Session) -> Selection:
    return Selection(frozenset(session.scalars(select(Document.id))))


def select_part(
    session: Session, *, unit_id: str | None, year: int | None, document_ids: Collection[str] = ()
) -> Selection:
    """Documents that are not withdrawn, with evidence, checklists and published scores, and every record these refer to.

    Raises Invalid when there is nothing, or when a named document is not there or withdrawn.
    """
    conditions: list[ColumnElement[bool]] = [Document.withdrawn_at.is_(None)]
    if document_ids:
        conditions.append(Document.id.in_(document_ids))
    if unit_id is not None:
        conditions.append(Document.unit_id == unit_id)
    if year is not None:
        conditions.append(Document.year == year)
    if not document_ids:
        # Got through the visit by those who read that: in no bag of a year.
        conditions.append(~files_of_teams())
    documents = frozenset(session.scalars(select(Document.id).where(*conditions)))
    if missing := sorted(set(document_ids) - documents):
        raise Invalid(f"Không có văn bản {missing[0]} trong phạm vi đã chọn, hoặc văn bản đã được rút.")
    roots: dict[str, set[str]] = defaultdict(set, document=set(documents))
    if document_ids:
        for part in _parts(documents):
            own = select(Evidence.id).join(Document, Evidence.document_id == Document.id)
            roots["evidence"] |= set(
                session.scalars(own.where(Document.id.in_(part), Document.unit_id == Evidence.unit_id))
            )
    else:
        for kind in all_kinds():
            if kind.bag is not None and not kind.bag.only_if_named:
                for record, ids in _of_unit_and_year(session, kind, unit_id=unit_id, year=year).items():
                    roots[record] |= ids
    if not any(roots.values()):
        raise Invalid("Không có hồ sơ nào trong phạm vi đã chọn.")
    records = with_what_they_need(session, roots)
    carried = frozenset(records["document"]) - documents
    names = frozenset(record_name(kind, identity) for kind, ids in records.items() for identity in ids)
    return Selection(documents, carried, names)


def _of_unit_and_year(session: Session, kind: Kind, *, unit_id: str | None, year: int | None) -> dict[str, set[str]]:
    """Ids by name of record: rows of a kind, with the records that go along with them."""
    assert kind.bag is not None
    wanted = [*kind.bag.where]
    wanted += [kind.model.unit_id == unit_id] if unit_id is not None else []  # type: ignore[attr-defined]
    wanted += [kind.model.year == year] if year is not None else []  # type: ignore[attr-defined]
    found: dict[str, set[str]] = defaultdict(set)
    found[kind.bag.record] |= set(session.scalars(select(kind.id).where(*wanted)))
    _add_along(session, kind.bag.along, found[kind.bag.record], found)
    return found


def _add_along(session: Session, along: Iterable[Along], ids: set[str], found: dict[str, set[str]]) -> None:
    for one in along:
        model = one.link.class_
        more = {
            identity for part in _parts(ids) for identity in session.scalars(select(model.id).where(one.link.in_(part)))
        }
        found[one.record] |= more
        _add_along(session, one.along, more, found)


def select_readable(
    session: Session, viewer: Viewer, *, unit_id: str | None, movement_id: str | None, year: int | None
) -> Selection:
    """Documents the viewer may read now, of one unit or of one movement.

    Manifests tell a record's whole past, drafts and links to others included: they go along only where the papers are
    the viewer's own.
    """
    scope = Document.unit_id == unit_id if unit_id is not None else Document.movement_id == movement_id
    conditions = [readable_documents(viewer), scope, Document.current_no > 0]
    if year is not None:
        conditions.append(Document.year == year)
    rows = list(session.execute(select(Document.id, Document.unit_id, Document.movement_id).where(*conditions)))
    infected = set(_infected(session))
    rows = [row for row in rows if row.id not in infected]
    run = viewer.run_movements
    own = {
        row.id
        for row in rows
        if (row.unit_id in viewer.own_units if row.unit_id is not None else None in run or row.movement_id in run)
    }
    return Selection(
        frozenset(row.id for row in rows),
        records=frozenset(record_name("document", identity) for identity in own),
        viewer=viewer,
    )


def _infected(session: Session) -> Iterator[str]:
    """Documents with a version that was found infected: their page does not give it out either."""
    unsafe = (
        select(DocumentVersion.document_id, TextReading.details)
        .join(TextReading, TextReading.version_id == DocumentVersion.id)
        .where(TextReading.status.in_((ReadingStatus.UNSAFE, ReadingStatus.WAITING)))
    )
    return (row.document_id for row in session.execute(unsafe) if INFECTED in row.details)


def with_what_they_need(session: Session, roots: dict[str, set[str]]) -> dict[str, set[str]]:
    """The records named by kind and id, and all that their rows refer to, near or far."""
    found: dict[str, set[str]] = defaultdict(set)
    waiting = {kind: set(ids) for kind, ids in roots.items()}
    while waiting:
        referred: dict[str, set[Any]] = defaultdict(set)
        for kind, ids in waiting.items():
            found[kind] |= ids
            for part in _parts(ids):
                for content in snapshots(session, BY_NAME[kind], part).values():
                    _note_references(content, referred)
        waiting = {}
        for kind, ids in _records_of(session, referred):
            if fresh := ids - found[kind]:
                waiting.setdefault(kind, set()).update(fresh)
    return found


def _note_references(content: dict[str, list[dict[str, Any]]], referred: dict[str, set[Any]]) -> None:
    for name, rows in content.items():
        for key in Base.metadata.tables[name].foreign_keys:
            # A column that came to its table later is not in the rows that have nothing there.
            values = {row.get(key.parent.name) for row in rows}
            referred[key.column.table.name] |= values - {None}


def _records_of(session: Session, referred: dict[str, set[Any]]) -> Iterator[tuple[str, set[str]]]:
    """Kind and ids of the records that hold the rows of these tables."""
    for name, ids in referred.items():
        if name not in _OWNERS:
            continue
        kind, part = _OWNERS[name]
        if part is None:
            yield kind.name, ids
            continue
        table = part.table
        for chunk in _parts(ids):
            yield kind.name, set(session.scalars(select(table.c[part.link]).where(table.c.id.in_(chunk))))


def _parts(ids: Iterable[str]) -> Iterator[list[str]]:
    listed = sorted(ids)
    for start in range(0, len(listed), CHUNK):
        yield listed[start : start + CHUNK]
