"""A ward in the fifth year of its movement: rows written directly for speed, states mixed as years leave them."""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Table, insert, select

from tests.support.commands import ROOT
from tests.support.ward import Ward, open_ward
from webapp.core.db import Database
from webapp.core.schema import migrate
from webapp.duties import service as duties
from webapp.models import (
    Base,
    ChecklistState,
    Cluster,
    ClusterPosition,
    CriteriaGroup,
    Criterion,
    DocumentKind,
    DocumentState,
    DutyRule,
    ItemState,
    PaperKind,
    PaperState,
    PartKind,
    PlanForm,
    ReadingStatus,
    Role,
    UnitKind,
    new_id,
)
from webapp.movement.reading import read_plan
from webapp.permissions import SYSTEM
from webapp.records.keep import keep_by_hand

FIRST_YEAR, YEARS, CLUSTERS = 2026, 5, 10
NOW = datetime(FIRST_YEAR + YEARS - 1, 12, 10, 3, 0, tzinfo=UTC)
EVIDENCES = 40  # of a unit in a year
PARTS = 14
SEED = 11
CLERK, LEADER, OFFICE = "clerk", "leader", "office"

Rows = dict[str, list[dict[str, object]]]


def year_ward(data: Path, url: str, units: int) -> Ward:
    """`units` units in 10 clusters, every one under all four groups of the plan, five years long; three people."""
    data.mkdir(parents=True, exist_ok=True)
    db = Database(url)
    migrate(db)
    db.close()
    ward = open_ward(data, url, KHO_NOW=NOW.isoformat())
    ward.now = NOW
    text = (ROOT / "webapp/demo/plan.txt").read_text(encoding="utf-8")
    y = FIRST_YEAR
    ward.plan(read_plan(text.format(y=y, y1=y + 1, y2=y + 2, y4=y + 4)))
    with ward.work() as session:
        duties.start_rules(session, actor=SYSTEM, now=NOW, movement_id=ward.movement_id)
    rows: Rows = defaultdict(list)
    _place(ward, rows, units)
    _write(ward, rows)
    ward.person(CLERK, Role.CLERK, "U000")
    ward.person(LEADER, Role.CLUSTER_LEADER, "U001", cluster="K1", year=NOW.year)
    ward.person(OFFICE, Role.STANDING_OFFICE, "U002")
    rows = defaultdict(list)
    with ward.db.reading() as session:
        rules = session.scalars(select(DutyRule)).all()
        criteria: dict[str, list[Criterion]] = defaultdict(list)
        for one in session.scalars(select(Criterion).order_by(Criterion.position)):
            criteria[one.group_id].append(one)
    chance = random.Random(SEED)
    for unit in ward.units.values():
        for year in range(FIRST_YEAR, FIRST_YEAR + YEARS):
            items = _checklists(ward, rows, chance, unit, year, criteria)
            _evidences(ward, rows, chance, unit, year, items)
            _papers(ward, rows, chance, unit, year, rules)
    _write(ward, rows)
    return ward


def _write(ward: Ward, rows: Rows) -> None:
    with ward.work() as session:
        keep_by_hand(session)
        for table in Base.metadata.sorted_tables:
            if found := rows.get(table.name):
                assert isinstance(table, Table)
                session.execute(insert(table), found)


def _place(ward: Ward, rows: Rows, units: int) -> None:
    """Units in clusters for all years and under all groups."""
    kinds = [kind for kind in UnitKind if kind is not UnitKind.ENTERPRISE]
    with ward.db.reading() as session:
        groups = session.scalars(select(CriteriaGroup.id)).all()
    for number in range(CLUSTERS):
        code = f"K{number}"
        ward.clusters[code] = new_id()
        rows[Cluster.__tablename__].append({"id": ward.clusters[code], "code": code, "name": f"Cụm số {number}"})
    for number in range(units):
        code = f"U{number:03}"
        unit = ward.units[code] = new_id()
        rows["unit"].append(
            {"id": unit, "code": code, "name": f"Đơn vị số {number:03}", "kind": kinds[number % len(kinds)]}
        )
        rows["group_unit"] += [{"group_id": group, "unit_id": unit} for group in groups]
        cluster = number % CLUSTERS
        position = ClusterPosition.LEADER if number < CLUSTERS else ClusterPosition.MEMBER
        rows["cluster_member"] += [
            {"cluster_id": ward.clusters[f"K{cluster}"], "year": year, "unit_id": unit, "position": position}
            for year in range(FIRST_YEAR, FIRST_YEAR + YEARS)
        ]


def _moment(chance: random.Random, year: int) -> datetime:
    return datetime(year, 1, 5, 2, tzinfo=UTC) + timedelta(hours=chance.randrange(24 * 336))


def _checklists(
    ward: Ward, rows: Rows, chance: random.Random, unit: str, year: int, criteria: dict[str, list[Criterion]]
) -> list[tuple[str, str]]:
    """One a group; gives (item, criterion's code)."""
    items = []
    for group, members in criteria.items():
        checklist, made = new_id(), _moment(chance, year)
        old = year < NOW.year
        state = chance.choices(list(ChecklistState), (1, 8, 1) if old else (4, 4, 2))[0]
        sent = None if state is ChecklistState.DRAFT else min(made + timedelta(days=20), NOW)
        rows["checklist"].append(
            {
                "id": checklist,
                "movement_id": ward.movement_id,
                "unit_id": unit,
                "group_id": group,
                "year": year,
                "state": state,
                "return_reason": "Bổ sung minh chứng" if state is ChecklistState.RETURNED else "",
                "first_submitted_at": sent,
                "submitted_at": sent,
                "created_at": made,
                "revision": 1,
            }
        )
        for criterion in members:
            item = new_id()
            answer = chance.choices(list(ItemState), (2, 3, 6, 1))[0]
            items.append((item, criterion.code))
            rows["checklist_item"].append(
                {
                    "id": item,
                    "checklist_id": checklist,
                    "criterion_id": criterion.id,
                    "position": criterion.position,
                    "state": answer,
                    "reason": "Không có việc này" if answer is ItemState.NOT_APPLICABLE else "",
                    "comment": "",
                    "evidence_changed_at": made if chance.random() < 0.05 else None,
                    "revision": 1,
                }
            )
    return items


def _evidences(
    ward: Ward, rows: Rows, chance: random.Random, unit: str, year: int, items: list[tuple[str, str]]
) -> None:
    """Two in three are documents, the rest citations; each under one item."""
    for number in range(EVIDENCES):
        evidence, at = new_id(), min(_moment(chance, year), NOW)
        document = _document(ward, rows, chance, unit, year, at) if number % 3 else None
        item, code = chance.choice(items)
        rows["evidence"].append(
            {
                "id": evidence,
                "unit_id": unit,
                "year": year,
                "code": f"{code}-{year}-{number:03}",
                "document_id": document,
                "cited_number": None if document else f"{number}/KH-UBND",
                "received_on": at.date(),
                "created_at": at,
            }
        )
        rows["evidence_link"].append({"id": new_id(), "item_id": item, "evidence_id": evidence, "linked_at": at})


def _document(ward: Ward, rows: Rows, chance: random.Random, unit: str, year: int, at: datetime) -> str:
    document, version = new_id(), new_id()
    rows["document"].append(
        {
            "id": document,
            "kind": DocumentKind.EVIDENCE,
            "state": chance.choice([DocumentState.DRAFT, DocumentState.SUBMITTED]),
            "unit_id": unit,
            "movement_id": ward.movement_id,
            "year": year,
            "title": f"Báo cáo kết quả tập huấn kỹ năng số đợt {len(rows['document'])}",
            "number": f"{len(rows['document'])}/BC",
            "issued_on": date(year, 1, 1) + timedelta(days=chance.randrange(330)),
            "current_no": 1,
            "created_at": at,
            "revision": 1,
        }
    )
    rows["document_version"].append(
        {
            "id": version,
            "document_id": document,
            "no": 1,
            "sha256": hashlib.sha256(version.encode()).hexdigest(),
            "size": 1000,
            "filename": "bao-cao.pdf",
            "reason": "",
            "batch_id": new_id(),
            "uploaded_at": at,
        }
    )
    rows["text_reading"].append(
        {
            "version_id": version,
            "status": ReadingStatus.OK,
            "sentence": "",
            "text": "kết quả tập huấn kỹ năng số",
            "pages": 1,
            "done_pages": 1,
            "details": {},
            "read_at": at,
        }
    )
    return document


def _papers(ward: Ward, rows: Rows, chance: random.Random, unit: str, year: int, rules: list[DutyRule]) -> None:
    """What the unit owes that year, and the papers it wrote: one in eight not begun."""
    for rule in rules:
        if not rule.first_year <= year <= rule.last_year:
            continue
        rows["duty"].append(
            {
                "id": new_id(),
                "rule_id": rule.id,
                "movement_id": ward.movement_id,
                "unit_id": unit,
                "paper": rule.paper,
                "year": year,
                "due_on": date(year + rule.years_after, rule.month, rule.day) - timedelta(days=rule.exclusive),
                "extension_reason": "",
                "created_at": NOW,
            }
        )
        if rule.paper is PaperKind.CHECKLIST or chance.random() < 1 / 8:
            continue
        paper, at = new_id(), _moment(chance, year)
        state = chance.choices(list(PaperState), (1, 1, 1, 9) if year < NOW.year else (3, 3, 1, 3))[0]
        sent = None if state is PaperState.DRAFT else at
        rows["unit_paper"].append(
            {
                "id": paper,
                "movement_id": ward.movement_id,
                "unit_id": unit,
                "kind": rule.paper,
                "year": year,
                "form": PlanForm.SEPARATE,
                "state": state,
                "return_reason": "Thiếu số liệu" if state is PaperState.RETURNED else "",
                "version_no": 0 if sent is None else 1,
                "first_submitted_at": sent,
                "submitted_at": sent,
                "created_at": at,
                "revision": 1,
            }
        )
        rows["paper_part"] += [
            {
                "id": new_id(),
                "paper_id": paper,
                "position": place,
                "kind": PartKind.CRITERION,
                "code": f"III.{place}",
                "title": "Tiêu chí",
                "text": "Đã làm." if place % 3 else "",
                "revision": 1,
            }
            for place in range(PARTS)
        ]
