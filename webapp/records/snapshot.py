"""The rows of records as plain values, in one canonical order, and back again."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, select
from sqlalchemy.orm import Session

from webapp.models.base import UTCDateTime
from webapp.records.catalogue import Part, RecordKind

# Table name to rows; every row maps column names to what JSON can hold.
Rows = dict[str, list[dict[str, Any]]]


def snapshots(session: Session, kind: RecordKind, ids: Collection[str]) -> dict[str, Rows]:
    """The rows of the named records as they are now, by id; one statement per table. Absent records are left out."""
    found: dict[str, Rows] = {}
    if not ids:
        return found
    columns = [column for column in kind.table.c if column.name not in kind.omitted]
    for row in session.execute(select(*columns).where(kind.key.in_(ids))).mappings():
        found[row[kind.key.name]] = {kind.table.name: [_kept(kind.table, dict(row))]}
    for part in kind.parts:
        table, link = part.table, _link(part)
        statement = select(table, link.label("record_of")).where(link.in_(ids)).order_by(*table.primary_key.columns)
        if part.via is not None:
            parent = part.via.table
            statement = statement.join(parent, table.c[part.link] == parent.c.id)
        rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in session.execute(statement).mappings():
            rows[row["record_of"]].append(_kept(table, {column.name: row[column.name] for column in table.c}))
        for identity, content in found.items():
            content[table.name] = rows[identity]
    return found


def _kept(table: sa.Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as manifests hold it. A column that came to its table later (`info={"later": True}`) is left out while it is
    empty, so that manifests written before it still say what the catalogue says."""
    empty = {column.name for column in table.c if column.info.get("later") and row.get(column.name) is None}
    return plain_row({name: value for name, value in row.items() if name not in empty})


def _link(part: Part) -> Column[Any]:
    """The column that holds the record's id."""
    return part.table.c[part.link] if part.via is None else _link(part.via)


def digest_of(rows: Rows) -> str:
    """SHA-256 of the rows, whatever order the database gave them in and however their text is composed: manifests
    hold it as NFC, the database as it came."""
    text = _text_of(rows)
    if not unicodedata.is_normalized("NFC", text):
        text = _text_of(_composed(rows))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _text_of(rows: Rows) -> str:
    return json.dumps(
        {name: sorted(content, key=_order) for name, content in rows.items()}, ensure_ascii=False, sort_keys=True
    )


def _composed(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        return {_composed(name): _composed(item) for name, item in value.items()}
    return [_composed(item) for item in value] if isinstance(value, list) else value


def _order(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, sort_keys=True)


def plain_row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {str(name): plain(value) for name, value in row.items()}


def plain(value: Any) -> Any:
    """A column's value as JSON holds it: instants in UTC with microseconds, dates in ISO form, names of enums."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, date):
        return value.isoformat()
    return value


def value_of(column: Column[Any], plain_value: Any) -> Any:
    """The inverse of `plain` for one column."""
    if plain_value is None:
        return None
    kind = column.type
    if isinstance(kind, UTCDateTime):
        return datetime.fromisoformat(plain_value)
    if isinstance(kind, sa.Date):
        return date.fromisoformat(plain_value)
    if isinstance(kind, sa.Enum) and kind.enum_class is not None:
        return kind.enum_class(plain_value)
    return plain_value
