"""A ward of 30 units with 10,000 documents: rows written directly for speed, the index made as the program makes it."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import insert, select

from tests.support.commands import ROOT
from tests.support.ward import Ward, open_ward
from webapp.core.clock import Clock
from webapp.core.db import Database
from webapp.core.schema import migrate
from webapp.demo.words import TOPICS, paragraphs
from webapp.jobs.index import rebuild_index
from webapp.models import (
    Checklist,
    ChecklistItem,
    Document,
    DocumentKind,
    DocumentState,
    DocumentVersion,
    Evidence,
    EvidenceLink,
    ReadingStatus,
    Role,
    TextReading,
    new_id,
)
from webapp.movement.reading import read_plan
from webapp.records.keep import keep_by_hand

UNITS = 30
CLERK = "clerk.u00"
SEED = 7


@dataclass
class Bulk:
    """Rows by table, to be written at once."""

    documents: list[dict[str, object]]
    versions: list[dict[str, object]]
    readings: list[dict[str, object]]
    evidence: list[dict[str, object]]
    links: list[dict[str, object]]


def small_ward(data: Path, units: int) -> Ward:
    """Units with a clerk each, the demonstration's plan, a checklist for every unit."""
    data.mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{data / 'kho.sqlite3'}"
    db = Database(url)
    migrate(db)
    db.close()
    ward = open_ward(data, url)
    ward.resources.clock = Clock()
    ward.now = Clock().now()
    for number in range(units):
        ward.unit(f"U{number:02}", name=f"Đơn vị số {number}")
    year = ward.now.year
    text = (ROOT / "webapp/demo/plan.txt").read_text(encoding="utf-8")
    ward.plan(read_plan(text.format(y=year, y1=year + 1, y2=year + 2, y4=year + 4)))
    ward.map_units(**dict.fromkeys(ward.units, "III.1"))
    for number in range(units):
        ward.person(f"clerk.u{number:02}", Role.CLERK, f"U{number:02}")
        ward.checklist(f"clerk.u{number:02}", f"U{number:02}", year=year)
    return ward


def fill(ward: Ward, count: int, texts: Iterator[str] | None = None) -> None:
    """`count` documents spread over the units, two in five handed in, a tenth of them evidence on checklists.

    Their texts are the demonstration's where none are given. Without manifests: reading pages needs none.
    """
    chance = random.Random(SEED)
    with ward.db.reading() as session:
        checklists = {row.unit_id: row for row in session.scalars(select(Checklist))}
        items: dict[str, list[str]] = {}
        for item in session.scalars(select(ChecklistItem)):
            items.setdefault(item.checklist_id, []).append(item.id)
    units = sorted(ward.units.values())
    bulk = Bulk([], [], [], [], [])
    for number in range(count):
        unit = units[number % len(units)]
        theme = chance.choice(sorted(TOPICS))
        text = next(texts) if texts else "\n".join(paragraphs(chance, theme, 8))
        _document(bulk, chance, ward, number, unit, items[checklists[unit].id], text)
    with ward.work() as session:
        keep_by_hand(session)
        for table, rows in (
            (Document, bulk.documents),
            (DocumentVersion, bulk.versions),
            (TextReading, bulk.readings),
            (Evidence, bulk.evidence),
            (EvidenceLink, bulk.links),
        ):
            session.execute(insert(table), rows)
    rebuild_index(ward.resources)


def _document(
    bulk: Bulk, chance: random.Random, ward: Ward, number: int, unit: str, items: list[str], text: str
) -> None:
    sha256 = hashlib.sha256(f"{number}".encode()).hexdigest()
    at = ward.now - timedelta(minutes=7 * number)
    identity, version, year = new_id(), new_id(), ward.now.year
    state = DocumentState.SUBMITTED if chance.random() < 0.4 else DocumentState.DRAFT
    day = date(year, 1, 1) + timedelta(days=number % 200)
    bulk.readings.append(
        {
            "version_id": version,
            "status": ReadingStatus.OK,
            "sentence": "",
            "text": text,
            "pages": 1,
            "done_pages": 1,
            "details": {},
            "read_at": at,
        }
    )
    bulk.documents.append(
        {
            "id": identity,
            "kind": chance.choice([DocumentKind.EVIDENCE, DocumentKind.REPORT, DocumentKind.DECISION]),
            "state": state,
            "unit_id": unit,
            "movement_id": ward.movement_id,
            "year": year,
            "title": f"Văn bản số {number}: {text[:80]}",
            "number": f"{number}/BC-KT",
            "issued_on": day,
            "current_no": 1,
            "created_at": at,
            "revision": 1,
        }
    )
    bulk.versions.append(
        {
            "id": version,
            "document_id": identity,
            "no": 1,
            "sha256": sha256,
            "size": len(text),
            "filename": f"van-ban-{number}.pdf",
            "reason": "",
            "batch_id": new_id(),
            "uploaded_at": at,
        }
    )
    if number % 10 < 1:
        evidence = new_id()
        bulk.evidence.append(
            {
                "id": evidence,
                "unit_id": unit,
                "year": year,
                "code": f"III.1-{year}-{number:05}",
                "document_id": identity,
                "issued_on": day,
                "received_on": at.date(),
                "created_at": at,
            }
        )
        bulk.links.append(
            {
                "id": new_id(),
                "item_id": chance.choice(items),
                "evidence_id": evidence,
                "sha256": sha256,
                "linked_at": at,
            }
        )
