"""Scoring: rubrics of a year, rounds under way, published and final."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from webapp.core.days import ward_day
from webapp.core.db import Database
from webapp.models import (
    Cluster,
    ClusterMember,
    CriteriaGroup,
    Evidence,
    Rubric,
    ScoreEntry,
    ScoreSheet,
    UnitKind,
)
from webapp.permissions import Viewer
from webapp.scoring.points.scheme import Entry, Level, Node, NodeKind, Scheme, inputs_of
from webapp.scoring.rounds import closing, opening
from webapp.scoring.rubrics import service as rubrics
from webapp.scoring.rubrics.examples import Example
from webapp.scoring.rubrics.queries import scheme_of
from webapp.scoring.sheets import accepting, appraising, self_scoring
from webapp.scoring.sheets.entries import Word
from webapp.scoring.sheets.evidence import list_proofs, proofs_of

# kinds of units, the plan's group, the rubric's name
RUBRICS = (
    ((UnitKind.FRONT,), "III.2", "Thang điểm của Mặt trận, đoàn thể, hội"),
    ((UnitKind.OFFICE, UnitKind.PARTY, UnitKind.ARMED, UnitKind.SERVICE), "III.1", "Thang điểm của cơ quan, đơn vị"),
    ((UnitKind.ENTERPRISE,), "III.3", "Thang điểm của doanh nghiệp"),
)
STAGES = ("self", "appraise", "explain", "second", "appeal")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoScores:
    """Rubrics in force, rounds under way and finished; through the services as people do it.

    `head` gives who answers for a unit by its code, `judge` the leader of a cluster, or its deputy for the leader's
    own unit. `now` is the day to which a year has come.
    """

    db: Database
    units: Mapping[str, str]
    head: Callable[[str], Viewer]
    judge: Callable[[str, str], Viewer]
    office: Viewer
    now: datetime
    timezone: ZoneInfo
    year: int
    movement_id: str

    def put_rubrics_in_force(self) -> None:
        """One for each kind of units."""
        for kinds, group, name in RUBRICS:
            with self.db.unit_of_work() as session:
                group_id = session.scalars(
                    select(CriteriaGroup.id).where(
                        CriteriaGroup.code == group, CriteriaGroup.movement_id == self.movement_id
                    )
                ).one()
                made = rubrics.make_rubric(
                    session,
                    actor=self.office,
                    now=self.now - timedelta(days=30),
                    movement_id=self.movement_id,
                    year=self.year,
                    new=rubrics.NewRubric(
                        name=name,
                        unit_kinds=[kind.value for kind in kinds],
                        start=Example.HUNDRED,
                        group_ids=[group_id],
                    ),
                )
                if UnitKind.ENTERPRISE in kinds:
                    scheme = scheme_of(made)
                    rubrics.replace_tree(
                        session,
                        actor=self.office,
                        now=self.now - timedelta(days=29),
                        rubric_id=made.id,
                        revision=made.revision,
                        scheme=Scheme(_without_evidence(scheme.root), scheme.decimals),
                    )
                rubrics.put_in_force(session, actor=self.office, now=self.now - timedelta(days=28), rubric_id=made.id)

    def run(self, cluster: str, states: Mapping[str, str]) -> None:
        """A round under way: each unit as far as `states` says, the others have not begun."""
        today = ward_day(self.now, self.timezone)
        self._open(cluster, {stage: today + timedelta(days=10 + 5 * place) for place, stage in enumerate(STAGES)})
        for code in self._members(cluster):
            self._bring(code, states.get(code, ""), cluster)

    def finish(self, cluster: str, *, final_at: datetime | None = None) -> None:
        """A round published; with `final_at` its time for appeals is over and the result stands."""
        today = ward_day(self.now, self.timezone)
        windows = {stage: today + timedelta(days=place + 1) for place, stage in enumerate(STAGES)}
        round_id = self._open(cluster, windows if final_at else {})
        for code in self._members(cluster):
            self._bring(code, "settled", cluster)
        common: Any = {"actor": self.office, "timezone": self.timezone, "round_id": round_id}
        with self.db.unit_of_work() as session:
            closing.close_round(session, now=self.now, **common)
        with self.db.unit_of_work() as session:
            closing.publish_round(session, now=self.now, **common)
        if final_at is not None:
            with self.db.unit_of_work() as session:
                closing.finalise_round(session, now=final_at, **common)

    def _cluster(self, code: str) -> str:
        with self.db.reading() as session:
            return session.scalars(select(Cluster.id).where(Cluster.code == code)).one()

    def _members(self, cluster: str) -> list[str]:
        codes = {unit_id: code for code, unit_id in self.units.items()}
        cluster_id = self._cluster(cluster)
        with self.db.reading() as session:
            query = select(ClusterMember.unit_id).where(
                ClusterMember.cluster_id == cluster_id, ClusterMember.year == self.year
            )
            return [codes[unit_id] for unit_id in session.scalars(query)]

    def _open(self, cluster: str, windows: Mapping[str, date]) -> str:
        with self.db.unit_of_work() as session:
            return opening.open_round(
                session,
                actor=self.office,
                now=self.now - timedelta(days=20),
                movement_id=self.movement_id,
                cluster_id=self._cluster(cluster),
                year=self.year,
                windows=windows,
            ).id

    def _sheet(self, code: str) -> ScoreSheet:
        with self.db.reading() as session:
            query = select(ScoreSheet).where(ScoreSheet.unit_id == self.units[code], ScoreSheet.year == self.year)
            return session.scalars(query).one()

    def _bring(self, code: str, state: str, cluster: str) -> None:
        """Score a unit as far as `state`; nothing for an empty one."""
        if not state:
            return
        sheet_id, head = self._sheet(code).id, self.head(code)
        self._score(sheet_id, head, part=state == "begun")
        common: Any = {"now": self.now - timedelta(days=3), "timezone": self.timezone, "sheet_id": sheet_id}
        if state == "begun":
            return
        with self.db.unit_of_work() as session:
            self_scoring.submit_sheet(session, actor=head, **common)
        if state == "submitted":
            return
        judge = self.judge(cluster, code)
        if state == "appraised":
            self._differ(sheet_id, judge)
        with self.db.unit_of_work() as session:
            accepting.accept_own_scores(session, actor=judge, **common)
            appraising.deliver_appraisal(session, actor=judge, **common)
            if state == "settled":
                self_scoring.answer_appraisal(session, actor=head, agrees=True, **common)

    def _score(self, sheet_id: str, head: Viewer, *, part: bool) -> None:
        """Claim what there is evidence for."""
        with self.db.unit_of_work() as session:
            sheet = session.get_one(ScoreSheet, sheet_id)
            rows = session.scalars(select(ScoreEntry).where(ScoreEntry.sheet_id == sheet_id)).all()
            nodes = {leaf.code: leaf for leaf in scheme_of(session.get_one(Rubric, sheet.rubric_id)).leaves()}
            proofs = list_proofs(session, [sheet], rows, viewer=None)[sheet_id]
            spare = session.scalars(
                select(Evidence.id).where(Evidence.unit_id == sheet.unit_id, Evidence.year == sheet.year)
            ).first()
            for place, row in enumerate(sorted(rows, key=lambda one: one.position)):
                if part and place > len(rows) // 2:
                    break
                node = nodes[row.code]
                common: Any = {"actor": head, "now": self.now - timedelta(days=5)}
                if node.kind is NodeKind.OCCURRENCE and spare is not None:
                    self_scoring.choose_evidence(
                        session,
                        **common,
                        timezone=self.timezone,
                        sheet_id=sheet_id,
                        entry_id=row.id,
                        before=row.attached,
                        evidence_ids=[spare],
                    )
                shown = bool(proofs_of(proofs, node.criterion, row.id)) or bool(row.attached)
                self_scoring.save_self(
                    session,
                    **common,
                    timezone=self.timezone,
                    word=Word(
                        sheet_id=sheet_id,
                        entry_id=row.id,
                        revision=row.revision,
                        entry=_entry(node, shown, place, sorted(self.units.values()).index(sheet.unit_id)),
                        text="Có minh chứng kèm theo." if shown else "",
                    ),
                )

    def _differ(self, sheet_id: str, judge: Viewer) -> None:
        """One item appraised lower, with a reason."""
        with self.db.unit_of_work() as session:
            row = session.scalars(
                select(ScoreEntry).where(ScoreEntry.sheet_id == sheet_id).order_by(ScoreEntry.position)
            ).first()
            if row is None or row.self_entry is None or row.self_entry["level"] is None:
                return
            lower = Level.NOT if row.self_entry["level"] == Level.PARTLY.value else Level.PARTLY
            appraising.save_appraisal(
                session,
                actor=judge,
                now=self.now - timedelta(days=3),
                timezone=self.timezone,
                word=Word(
                    sheet_id=sheet_id,
                    entry_id=row.id,
                    revision=row.revision,
                    entry=Entry(level=lower),
                    text="Danh sách người tham gia chưa có chữ ký xác nhận.",
                ),
            )


def _without_evidence(node: Node) -> Node:
    """Enterprises hand their papers in at the office; their own rubric asks for none here."""
    return replace(node, evidence=False, children=tuple(_without_evidence(child) for child in node.children))


def _entry(node: Node, shown: bool, place: int, number: int) -> Entry:
    """Where no evidence is asked for, units differ by their number."""
    if not node.evidence and node.kind is NodeKind.LEVEL:
        return Entry(level=(Level.ACHIEVED, Level.PARTLY, Level.ACHIEVED, Level.NOT)[(place + number) % 4])
    if not node.evidence and node.kind is NodeKind.OCCURRENCE:
        return Entry(values={"value": Decimal(number % 3)})
    if node.kind is NodeKind.LEVEL:
        return Entry(level=(Level.PARTLY if place % 3 == 1 else Level.ACHIEVED) if shown else Level.NOT)
    if node.kind is NodeKind.EXPRESSION:
        return Entry(values=dict.fromkeys(inputs_of(node), Decimal(0)))
    return Entry(values={"value": Decimal(1 if shown else 0)})
