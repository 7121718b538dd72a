"""A cluster of four units scored through every stage, with a person in every role; what each stage holds, to be copied.

A: appraised by the cluster's leadership. B: appraised by a head of another member, with a second appraiser.
VH: the standing office's own. D: its members are scored across.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from tests.support import scores
from tests.support.scores import D, step, value
from tests.support.ward import Ward, open_ward
from webapp.models import ClusterPosition, ReviewKind, Role, ScoreAppeal, ScoreConflict, UnitKind
from webapp.models.score import AppealOutcome
from webapp.people import service as people
from webapp.permissions import SYSTEM
from webapp.records.opening import open_resources
from webapp.scoring.points.cluster_rules import RubricRules
from webapp.scoring.points.pooling import Pooling
from webapp.scoring.points.scheme import Entry, Node, NodeKind, Scheme
from webapp.scoring.rounds import appeals, arranging, closing, opening
from webapp.scoring.sheets import appraising, opinions, self_scoring

# Clerk and head of each unit.
CLERKS = {"A": "clerk.a", "B": "clerk.b", "VH": "clerk.vh", "D": "clerk.d"}
HEADS = {"A": "head.a", "B": "head.b", "VH": "head.vh", "D": "head.d"}
UNITS = tuple(CLERKS)
# Who in fact appraises which sheet in these houses.
APPRAISERS = {"A": "leader.1", "B": "head.vh", "VH": "deputy.1", "D": "leader.1"}
CONTROL = "control.d"

# Everybody who may look at a sheet of unit A, or may not.
PEOPLE = (
    "clerk.a",
    "head.a",
    "clerk.b",
    "head.b",
    "clerk.c",
    "clerk.d",
    "head.d",
    "clerk.vh",
    "head.vh",
    CONTROL,
    "leader.1",
    "deputy.1",
    "deputy.2",
    "two.roles",
    "leader.kin",
    "council",
    "council.1",
    "council.2",
    "council.a",
    "council.kin",
    "office",
    "chair",
    "inspector",
    "inspector.a",
    "auditor",
    "admin",
    "nobody",
    "lapsed",
)

STAGES = (
    "draft",
    "submitted",
    "weighed",
    "returned",
    "appraised",
    "overdue",
    "explained",
    "settled",
    "closed",
    "published",
    "appealed",
    "final",
    "excused",
)


def members_scheme() -> Scheme:
    """For units scored by the other members: two quantities."""
    children = (
        Node(code="A", title="Tuyên truyền", kind=NodeKind.QUANTITY, most=D(50), target=D(10), evidence=False),
        Node(code="B", title="Hội viên", kind=NodeKind.QUANTITY, most=D(50), target=D(100), evidence=False),
    )
    return Scheme(Node(code="T", title="Tổng điểm", kind=NodeKind.SUM, most=D(100), children=children))


def add_people(ward: Ward) -> None:
    """Unit D and whoever the usual ward lacks."""
    ward.unit("D", UnitKind.SERVICE)
    join(ward, "D", "K1")
    scores.add_heads(ward)
    ward.person("clerk.vh", Role.CLERK, "VH")
    ward.person("clerk.d", Role.CLERK, "D")
    ward.person("head.d", Role.HEAD, "D")
    ward.person(CONTROL, Role.CLERK, "D")
    ward.person("council.1", Role.COUNCIL, cluster="K1", year=2026)
    ward.person("council.a", Role.COUNCIL, "A")
    ward.person("council.kin", Role.COUNCIL)
    ward.person("leader.kin", Role.CLUSTER_LEADER, cluster="K1", year=2026)
    ward.person("two.roles", Role.HEAD, "B")
    ward.grant("two.roles", Role.CLUSTER_LEADER, cluster="K1", year=2026)
    ward.person("inspector.a")  # the other one belongs to A
    ward.grant("inspector.a", Role.INSPECTOR, "A")
    ward.person("lapsed")
    gone: dict[str, Any] = {"valid_until": date(2026, 11, 21)}
    ward.grant("lapsed", Role.CLUSTER_LEADER, cluster="K1", year=2026, **gone)
    ward.grant("lapsed", Role.STANDING_OFFICE, **gone)
    ward.grant("lapsed", Role.COUNCIL, **gone)
    ward.grant("lapsed", Role.HEAD, "A", **gone)
    for username in ("leader.kin", "council.kin"):
        step(
            ward,
            arranging.declare_conflict,
            username,
            person_id=ward.people[username],
            unit_id=ward.units["A"],
            year=2026,
            reason="Có người thân ở đơn vị.",
        )


def join(ward: Ward, unit: str, cluster: str) -> None:
    with ward.work() as session:
        people.place_unit(
            session,
            actor=SYSTEM,
            now=ward.now,
            cluster_id=ward.clusters[cluster],
            year=2026,
            unit_id=ward.units[unit],
            position=ClusterPosition.MEMBER,
        )


def move_unit(ward: Ward, unit: str, cluster: str) -> None:
    """Out of its cluster and into another one, as the administrator does it: one after the other."""
    with ward.work() as session:
        people.remove_from_cluster(
            session, actor=SYSTEM, now=ward.now, cluster_id=ward.clusters["K1"], year=2026, unit_id=ward.units[unit]
        )
    join(ward, unit, cluster)


def open_cluster(ward: Ward) -> str:
    """The round of cluster 1 with four drafts; everybody's sheet is written but not handed in."""
    add_people(ward)
    scores.rubric(ward, kinds=(UnitKind.OFFICE,), rules=RubricRules(control=34))
    pooled = RubricRules(pooling=Pooling.MEDIAN)
    kinds = (UnitKind.SERVICE, UnitKind.FRONT)
    scores.rubric(ward, kinds=kinds, scheme=members_scheme(), rules=pooled, name="Chấm chéo")
    round_id = scores.open_round(ward)
    for unit in ("A", "B", "VH"):
        scores.give_evidence(ward, CLERKS[unit], unit)
        scores.score_self(ward, CLERKS[unit], unit)
    scores.score_self(ward, CLERKS["D"], "D", {"A": value("8"), "B": value("90")})
    sheet = scores.sheet_of(ward, "B")
    step(ward, arranging.assign_appraiser, "office", sheet_id=sheet.id, person_id=ward.people[APPRAISERS["B"]])
    with ward.work() as session:  # the lot would choose anybody
        session.execute(
            text("UPDATE score_sheet SET control_id = :who WHERE id = :id"),
            {"who": ward.people[CONTROL], "id": sheet.id},
        )
    return round_id


def submit_all(ward: Ward) -> None:
    for unit in UNITS:
        scores.submit(ward, HEADS[unit], unit)


def opine(ward: Ward, username: str, unit: str, kind: ReviewKind, entries: dict[str, Entry], reason: str = "") -> None:
    sheet = scores.sheet_of(ward, unit)
    for code, row in scores.entries_of(ward, sheet).items():
        step(
            ward,
            opinions.save_opinion,
            username,
            kind=kind,
            word=scores.Word(sheet_id=sheet.id, entry_id=row.id, revision=0, entry=entries[code], text=reason),
        )


CROSS = {"clerk.a": (40, 41), "clerk.b": (30, 31), "clerk.vh": (20, 23)}


def give_opinions(ward: Ward, *, hand_in: bool = True) -> None:
    """The second appraiser's of B, and of D those of all other members."""
    opine(ward, CONTROL, "B", ReviewKind.CONTROL, scores.USUAL)
    for username, (first, second) in CROSS.items():
        entries = {"A": Entry(points=D(first)), "B": Entry(points=D(second))}
        opine(ward, username, "D", ReviewKind.CROSS, entries)
    if hand_in:
        _hand_in(ward)


def _hand_in(ward: Ward) -> None:
    for username, unit, kind in (
        (CONTROL, "B", ReviewKind.CONTROL),
        *((HEADS[unit], "D", ReviewKind.CROSS) for unit in ("A", "B", "VH")),
    ):
        step(ward, opinions.hand_in_opinion, username, kind=kind, sheet_id=scores.sheet_of(ward, unit).id)


LESS = {"B": (value("90"), "Thiếu mười hồ sơ.")}


def weigh_all(ward: Ward) -> None:
    """Everything appraised, nothing told yet."""
    for unit in ("A", "B", "VH"):
        scores.appraise(ward, APPRAISERS[unit], unit, LESS)


def deliver_all(ward: Ward) -> None:
    for unit in UNITS:
        scores.deliver(ward, APPRAISERS[unit], unit)


def explain_all(ward: Ward) -> None:
    """Each unit explains its item B, and the appraiser has answered it but not told."""
    for unit in UNITS:
        sheet = scores.sheet_of(ward, unit)
        row = scores.entries_of(ward, sheet)["B"]
        at = {"sheet_id": sheet.id, "entry_id": row.id, "revision": row.revision}
        step(ward, self_scoring.explain_entry, CLERKS[unit], **at, text="Hồ sơ ở kho giấy.")
        step(ward, self_scoring.answer_appraisal, HEADS[unit], sheet_id=sheet.id, agrees=False)
        row = scores.entries_of(ward, sheet)["B"]
        at = {"sheet_id": sheet.id, "entry_id": row.id, "revision": row.revision}
        step(
            ward,
            appraising.save_appraisal,
            APPRAISERS[unit],
            word=scores.Word(**at, entry=value("95"), text="Đã xem lại."),
        )


def settle_all(ward: Ward) -> None:
    for unit in UNITS:
        step(ward, appraising.settle_sheet, APPRAISERS[unit], sheet_id=scores.sheet_of(ward, unit).id)


@dataclass
class House:
    """One ward at one stage, opened from a copy: the sheets, the entry B of each, an appeal of A, a conflict with A."""

    ward: Ward
    round_id: str
    sheets: dict[str, str] = field(default_factory=dict)
    entries: dict[str, str] = field(default_factory=dict)
    appeal: str = ""
    conflict: str = ""

    def revision(self, entry_id: str) -> int:
        with self.ward.db.reading() as session:
            found = session.execute(text("SELECT revision FROM score_entry WHERE id = :id"), {"id": entry_id})
            return int(found.scalar_one())


def open_house(ward: Ward, round_id: str) -> House:
    house = House(ward, round_id)
    for unit in UNITS:
        sheet = scores.sheet_of(ward, unit)
        house.sheets[unit] = sheet.id
        house.entries[unit] = scores.entries_of(ward, sheet)["B"].id
    with ward.db.reading() as session:
        house.appeal = session.scalar(select(ScoreAppeal.id)) or "khong-co"
        kin = ScoreConflict.person_id == ward.people["leader.kin"]
        house.conflict = session.scalars(select(ScoreConflict.id).where(kin)).one()
    return house


def build_stages(ward: Ward, folder: Path) -> dict[str, tuple[Ward, str]]:
    """A ward on SQLite led through all stages; its folder is copied at each: (closed ward, round's id) by stage."""
    found: dict[str, tuple[Ward, str]] = {}
    round_id = ""

    def keep(stage: str, ward: Ward) -> Ward:
        ward.resources.close()
        data = ward.resources.settings.data
        shutil.copytree(data, folder / stage)
        found[stage] = (_reopened(ward, folder / stage, opened=False), round_id)
        ward.resources = open_resources(ward.resources.settings)
        return ward

    round_id = open_cluster(ward)
    keep("draft", ward)
    branch = _branch(found["draft"][0], folder / "x-excused")
    for unit, who in (("A", "office"), ("B", "office"), ("D", "office")):
        sheet_id = scores.sheet_of(branch, unit).id
        step(branch, arranging.excuse_sheet, who, sheet_id=sheet_id, reason="Mới thành lập.")
    keep("excused", branch)
    branch.resources.close()
    submit_all(ward)
    keep("submitted", ward)
    branch = _branch(found["submitted"][0], folder / "x-returned")
    for unit in ("A", "B", "VH", "D"):
        sheet_id = scores.sheet_of(branch, unit).id
        step(branch, appraising.return_sheet, APPRAISERS[unit], sheet_id=sheet_id, reason="Thiếu số liệu.")
    keep("returned", branch)
    branch.resources.close()
    weigh_all(ward)
    give_opinions(ward)
    keep("weighed", ward)
    deliver_all(ward)
    keep("appraised", ward)
    branch = _branch(found["appraised"][0], folder / "x-overdue")
    windows = {"explain": date(2026, 11, 21)}
    step(branch, opening.set_windows, "office", round_id=round_id, windows=windows, reason="")
    keep("overdue", branch)
    branch.resources.close()
    explain_all(ward)
    keep("explained", ward)
    settle_all(ward)
    keep("settled", ward)
    step(ward, closing.close_round, "leader.1", round_id=round_id)
    keep("closed", ward)
    step(ward, closing.publish_round, "chair", round_id=round_id)
    keep("published", ward)
    sheet_id = scores.sheet_of(ward, "A").id
    appeal = step(ward, appeals.raise_appeal, "head.a", sheet_id=sheet_id, code="B", text="Xin xem lại.")
    keep("appealed", ward)
    step(
        ward,
        appeals.answer_appeal,
        "council",
        appeal_id=appeal.id,
        outcome=AppealOutcome.DECLINED,
        answer="Giữ nguyên.",
    )
    over = {"appeal": date(2026, 11, 21)}
    step(ward, opening.set_windows, "office", round_id=round_id, windows=over, reason="Đã hết thời hạn kiến nghị")
    step(ward, closing.finalise_round, "chair", round_id=round_id)
    keep("final", ward)
    ward.resources.close()
    return found


def _reopened(ward: Ward, data: Path, *, opened: bool = True) -> Ward:
    copy = open_ward(data, f"sqlite:///{data / 'kho.sqlite3'}")
    copy.units, copy.clusters, copy.people = dict(ward.units), dict(ward.clusters), dict(ward.people)
    copy.movement_id, copy.now = ward.movement_id, ward.now
    if not opened:
        copy.resources.close()
    return copy


def _branch(ward: Ward, data: Path) -> Ward:
    shutil.copytree(ward.resources.settings.data, data)
    return _reopened(ward, data)


def open_stage(stages: dict[str, tuple[Ward, str]], stage: str, data: Path) -> House:
    ward, round_id = stages[stage]
    return open_house(_branch(ward, data), round_id)
