"""Every person x every stage x every sheet of a cluster: who reads and who may do what, written down by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from tests.support import templates
from tests.support.scoring_worlds import CONTROL, PEOPLE, STAGES, UNITS, build_stages, open_stage
from tests.support.ward import Ward
from webapp.models import ScoreSheet
from webapp.permissions import Permission as P
from webapp.permissions import can
from webapp.permissions.scopes import readable_appraisals, readable_sheets

Stages = dict[str, tuple[Ward, str]]
Sets = dict[str, frozenset[str]]

ALL = frozenset(PEOPLE)
NONE: frozenset[str] = frozenset()


def of(*names: str) -> frozenset[str]:
    assert ALL.issuperset(names)
    return frozenset(names)


LEADERS = of("leader.1", "deputy.1", "two.roles", "leader.kin")
COUNCILS = of("council", "council.1", "council.a", "council.kin")

# Clerks and heads of the unit; `two.roles` is head of B and leader of the cluster.
OWN: Sets = {
    "A": of("clerk.a", "head.a"),
    "B": of("clerk.b", "head.b", "two.roles"),
    "VH": of("clerk.vh", "head.vh"),
    "D": of("clerk.d", "head.d", CONTROL),
}
HEADS: Sets = {"A": of("head.a"), "B": of("head.b", "two.roles"), "VH": of("head.vh"), "D": of("head.d")}
# B has somebody asked by name, so its cluster's leadership does not appraise it. The leader belongs to B, the deputy to A.
APPRAISE: Sets = {"A": of("leader.1", "two.roles"), "B": of("head.vh"), "VH": LEADERS, "D": LEADERS}
# The standing office belongs to VH; there the ward's leadership does it.
ASSIGN: Sets = {
    "A": of("office", "chair", "leader.1", "two.roles"),
    "B": of("office", "chair", "deputy.1", "leader.kin"),
    "VH": LEADERS | {"chair"},
    "D": LEADERS | {"office", "chair"},
}
EXTEND: Sets = {"A": of("office", "chair"), "B": of("office", "chair"), "VH": of("chair"), "D": of("office", "chair")}
MODERATE: Sets = {"A": of("council", "council.1"), "B": COUNCILS, "VH": COUNCILS, "D": COUNCILS}
SECOND: Sets = {"A": NONE, "B": of(CONTROL), "VH": NONE, "D": NONE}
ACROSS: Sets = {"A": NONE, "B": NONE, "VH": NONE, "D": OWN["A"] | OWN["B"] | OWN["VH"]}
# Who reads all that is said of a sheet that was handed in, without a stake in it.
JUDGE: Sets = {
    "A": of("leader.1", "two.roles", "council", "council.1", "office", "chair", "auditor"),
    "B": of("deputy.1", "leader.kin", "head.vh", "office", "chair", "auditor") | COUNCILS,
    "VH": LEADERS | COUNCILS | of("chair", "auditor"),
    "D": LEADERS | COUNCILS | of("office", "chair", "auditor"),
}
# `inspector` inspects A and belongs to it.
INSPECT: Sets = {"A": of("inspector.a"), "B": NONE, "VH": NONE, "D": NONE}

OPEN = ("draft", "returned")
WAITING = ("submitted", "weighed")
PUBLISHED = ("published", "appealed", "final")
DELIVERED = ("appraised", "overdue", "explained", "settled", "closed", *PUBLISHED)
SHOWN = (*WAITING, "returned", *DELIVERED)

# Who may, and in which stages.
TABLE: dict[P, tuple[Sets, tuple[str, ...]]] = {
    P.SHEET_WRITE: (OWN, OPEN),
    P.SHEET_SUBMIT: (HEADS, OPEN),
    P.SHEET_RETURN: (APPRAISE, (*WAITING, "explained")),
    P.SHEET_APPRAISE: (APPRAISE, (*WAITING, "explained")),
    P.SHEET_EXPLAIN: (OWN, DELIVERED),
    P.SHEET_ANSWER: (HEADS, DELIVERED),
    P.SHEET_SECOND_OPINION: (SECOND, SHOWN),
    P.SHEET_CROSS: (ACROSS, WAITING),
    P.SHEET_ASSIGN: (ASSIGN, STAGES),
    P.SHEET_EXTEND: (EXTEND, STAGES),
    P.SHEET_MODERATE: (MODERATE, ("closed",)),
    P.SHEET_APPEAL: (HEADS, PUBLISHED),
    P.APPEAL_HEAR: (MODERATE, PUBLISHED),
}


def stage_of(unit: str, stage: str) -> str:
    """The office excuses everybody but its own unit."""
    return "draft" if (unit, stage) == ("VH", "excused") else stage


def reads(who: str, unit: str, stage: str) -> bool:
    stage = stage_of(unit, stage)
    if stage in PUBLISHED or who in OWN[unit]:
        return True
    if stage in WAITING and who in ACROSS[unit]:
        return True
    return stage in SHOWN and who in JUDGE[unit] | INSPECT[unit] | SECOND[unit]


def reads_appraisal(who: str, unit: str, stage: str) -> bool:
    stage = stage_of(unit, stage)
    if stage in PUBLISHED or (who in OWN[unit] and stage in DELIVERED):
        return True
    return stage in SHOWN and who in JUDGE[unit]


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory, sqlite_ward: Ward) -> Stages:
    """A closed ward for each stage, to copy."""
    folder = tmp_path_factory.mktemp("stages")
    data = folder / "first"
    ward = templates.open_copy(sqlite_ward, data, f"sqlite:///{data / 'kho.sqlite3'}")
    return build_stages(ward, folder)


def test_who_reads_and_who_may_is_as_written_down(stages: Stages, tmp_path: Path) -> None:
    cells = 0
    for stage in STAGES:
        house = open_stage(stages, stage, tmp_path / stage)
        ward = house.ward
        with ward.db.reading() as session:
            sheets = {unit: session.get_one(ScoreSheet, house.sheets[unit]) for unit in UNITS}
            for who in PEOPLE:
                viewer = ward.viewer(who)
                in_sql = set(session.scalars(select(ScoreSheet.id).where(readable_sheets(viewer))))
                said_in_sql = set(session.scalars(select(ScoreSheet.id).where(readable_appraisals(viewer))))
                for unit, sheet in sheets.items():
                    where = (who, unit, stage)
                    assert can(viewer, P.SHEET_READ, sheet) is reads(*where), where
                    assert (sheet.id in in_sql) is reads(*where), where
                    assert can(viewer, P.SHEET_READ_APPRAISAL, sheet) is reads_appraisal(*where), where
                    assert (sheet.id in said_in_sql) is reads_appraisal(*where), where
                    for permission, (people, when) in TABLE.items():
                        expected = who in people[unit] and stage_of(unit, stage) in when
                        assert can(viewer, permission, sheet) is expected, (*where, permission)
                    cells += 2 + len(TABLE)
        ward.resources.close()
    assert cells == len(STAGES) * len(PEOPLE) * len(UNITS) * 15 == 21_840
