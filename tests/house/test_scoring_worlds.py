"""Two houses that differ only in what others were given, and in what of the own unit is not told yet, answer alike."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.house.test_scoring_policy import Stages
from tests.support import templates
from tests.support.scoring_rows import changed_columns, nothing_kept, rows_of
from tests.support.scoring_worlds import UNITS, House, build_stages, open_stage
from tests.support.shares import share
from tests.support.ward import Ward
from tests.support.web import Client, client_for
from webapp.models import (
    Rubric,
    ScoreChange,
    ScoreEntry,
    ScorePresence,
    ScoreResult,
    ScoreReview,
    ScoreReviewEntry,
    ScoreSheet,
    SheetState,
)

pytestmark = pytest.mark.long(50)

# Unit of each visitor: clerk and head of members; leader, office and deputy with a stake; a clerk of another cluster.
VISITORS = {"clerk.b": "B", "leader.1": "B", "office": "VH", "clerk.c": "", "head.a": "A", "deputy.1": "A"}
JUDGES = ("leader.1", "office", "deputy.1")
STAGES = ("submitted", "appraised", "explained", "settled", "closed", "weighed")
# The office with a stake, and who has no part in the cluster, are asked at two stages, unless all are.
PAIRS = [
    (stage, who)
    for stage in STAGES[: share(2, 6)]
    for who in tuple(VISITORS)[: share(4, 6)]
    if who in ("clerk.b", "leader.1") or stage in share(("submitted", "closed"), STAGES)
]

SELF = frozenset({"self", "explanation"})
SAID = frozenset({"appraisal", "second", "moderated"})
# What is said of a unit and not told to its own people yet.
UNTOLD = {
    "submitted": SAID,
    "weighed": SAID,
    "appraised": frozenset({"second", "moderated"}),
    "explained": frozenset({"second", "moderated"}),
    "settled": frozenset({"moderated"}),
    "closed": frozenset({"moderated"}),
}


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory, sqlite_ward: Ward) -> Stages:
    folder = tmp_path_factory.mktemp("stages")
    data = folder / "first"
    ward = templates.open_copy(sqlite_ward, data, f"sqlite:///{data / 'kho.sqlite3'}")
    return build_stages(ward, folder)


def hidden_from(who: str, stage: str) -> dict[str, frozenset[str]]:
    """Sides of each unit's sheet that this visitor may not learn of."""
    own = VISITORS[who]
    if who in JUDGES:
        return {own: SELF | SAID}
    found = {unit: SELF | SAID for unit in UNITS if unit != own}
    if own:
        found[own] = UNTOLD[stage]
        if stage in ("submitted", "weighed"):
            # The members score D, so they read what it says of itself.
            found["D"] = SAID
    return found


def any_value(luck: random.Random, code: str, side: str) -> dict[str, object] | None:
    if side in ("appraisal", "second", "moderated") and luck.random() < 0.3:
        return None
    plain: dict[str, object] = {"values": {}, "level": None, "applies": True, "points": None, "words": ""}
    if side == "moderated":
        return {**plain, "points": str(luck.randint(0, 10)), "words": "Hội đồng ấn định"}
    if luck.random() < 0.1:
        return {**plain, "applies": False}
    if code == "A":
        return {**plain, "level": luck.choice(["achieved", "partly", "not"])}
    return {**plain, "values": {"lần" if code == "E" else "value": str(luck.randint(0, 200))}}


@dataclass
class Disturbed:
    """Says other things in a house, behind the program's back."""

    house: House
    luck: random.Random
    who: str
    stage: str

    def all(self) -> None:
        ward = self.house.ward
        hidden = hidden_from(self.who, self.stage)
        # Not a unit of work, which would keep a record of all this.
        with Session(ward.db._writing) as session:
            for unit, sides in hidden.items():
                sheet = session.get_one(ScoreSheet, self.house.sheets[unit])
                for row in session.scalars(select(ScoreEntry).where(ScoreEntry.sheet_id == sheet.id)):
                    values = self.entry(row, sides, members=unit == "D")
                    session.execute(update(ScoreEntry).where(ScoreEntry.id == row.id).values(values))
                    changes = update(ScoreChange).where(ScoreChange.entry_id == row.id, ScoreChange.side.in_(sides))
                    session.execute(changes.values(text=self.words(), person_id=ward.people["council"]))
                if sides & SAID:
                    judge = ScorePresence(
                        sheet_id=sheet.id, person_id=ward.people["council"], side="judge", code="B", seen_at=ward.now
                    )
                    session.merge(judge)
            self.opinions(session, set(hidden))
            for result in session.scalars(select(ScoreResult)):
                values = {
                    "total": str(self.luck.randint(0, 100)),
                    "rank": self.luck.randint(1, 4),
                    "title": self.words(),
                }
                session.execute(update(ScoreResult).where(ScoreResult.id == result.id).values(values))
            session.commit()

    def entry(self, row: ScoreEntry, sides: frozenset[str], *, members: bool) -> dict[str, object]:
        code = "B" if members else row.code
        values: dict[str, object] = {}
        if "self" in sides:
            values |= {"self_entry": any_value(self.luck, code, "self"), "self_comment": self.words()}
        if "explanation" in sides:
            values["explanation"] = self.luck.choice(["", self.words()])
        for side in SAID & sides:
            values |= {side: any_value(self.luck, code, side), f"{side}_reason": self.words()}
            by = "appraised_by" if side == "appraisal" else f"{side}_by"
            values[by] = self.house.ward.people["council"]
        return values

    def opinions(self, session: Session, units: set[str]) -> None:
        own = self.house.ward.units.get(VISITORS[self.who], "")
        sheets = [self.house.sheets[unit] for unit in units]
        query = (
            select(ScoreReviewEntry.id, ScoreReviewEntry.code)
            .join(ScoreReview)
            .where(ScoreReview.sheet_id.in_(sheets), ScoreReview.giver != own)
        )
        for key, code in session.execute(query).all():
            values = {"value": any_value(self.luck, code, "self"), "reason": self.words()}
            session.execute(update(ScoreReviewEntry).where(ScoreReviewEntry.id == key).values(values))

    def words(self) -> str:
        return f"lời {self.luck.randint(10**6, 10**7)}"


def addresses(app: Flask, house: House) -> Iterator[str]:
    """Every page that takes no name, and every page of scores for each sheet, entry, round and rubric."""
    ward = house.ward
    with ward.db.reading() as session:
        rubrics = session.scalars(select(Rubric.id)).all()
    fixed = {"round_id": [house.round_id], "rubric_id": list(rubrics), "conflict_id": [house.conflict]}
    fixed |= {"kind": ["control", "cross"], "form": ["docx", "xlsx"], "appeal_id": [house.appeal]}
    fixed |= {"unit_id": list(ward.units.values())}
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static" or rule.endpoint.endswith(".static"):
            continue
        names = set(rule.arguments)
        if "sheet_id" not in names and not names <= set(fixed):
            continue
        for unit in UNITS if "sheet_id" in names else ("",):
            ids = {**fixed, "sheet_id": [house.sheets.get(unit, "")], "entry_id": [house.entries.get(unit, "")]}
            if not names <= set(ids):
                continue
            paths = [rule.rule]
            for name in names:
                paths = [re.sub(rf"<(?:\w+:)?{name}>", one, path) for path in paths for one in ids[name]]
            yield from paths
    yield from ("/scores?year=2026", "/search?q=phieu+diem", "/search?q=loi", "/ledger?page=2", "/khong-co-trang")


# What differs by nature: another moment, another random number; what tells of the process.
MOVING = ("/health", "/ready", "/metrics", "/sign-in", "/status")


def plain(answer: TestResponse) -> object:
    """A page without tokens and request ids; a packed file by its content, without when it was packed."""
    if answer.data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
            return {name: packed.read(name) for name in packed.namelist() if name != "docProps/core.xml"}
    if not (answer.mimetype or "").startswith("text/"):
        return answer.status_code, answer.data
    page = re.sub(r'name="csrf[-_]token" (content|value)="[^"]+"', "", answer.text)
    page = re.sub(r"mã yêu cầu \w+", "", page)
    page = re.sub(r'name="batch" value="\w+"|/receipts/\w+', "", page)
    return answer.status_code, re.sub(r"\d+,\d\d giây", "", page)


def visit(client: Client, paths: list[str]) -> dict[str, object]:
    return {path: plain(client.get(path)) for path in paths}


@pytest.mark.parametrize(("stage", "who"), PAIRS)
def test_what_is_not_told_changes_no_answer(stages: Stages, tmp_path: Path, stage: str, who: str) -> None:
    first, second = (open_stage(stages, stage, tmp_path / name) for name in ("first", "second"))
    clients = [client_for(house.ward).as_user(who) for house in (first, second)]
    paths = [path for path in addresses(clients[0].app, first) if not path.startswith(MOVING)]
    assert len(paths) > 80 and len(set(paths)) == len(paths)
    with nothing_kept(first.ward) as before:
        expected = visit(clients[0], paths)
    assert sum(isinstance(one, tuple) and one[0] == 200 for one in expected.values()) > 15
    for turn in range(share(1, 8)):
        Disturbed(second, random.Random(f"{stage} {who} {turn}"), who, stage).all()
        with second.ward.db.reading() as session:
            assert {"score_entry.appraisal", "score_change.text"} & changed_columns(before.before, rows_of(session))
        with nothing_kept(second.ward):
            found = visit(clients[1], paths)
        for path in paths:
            assert found[path] == expected[path], (turn, path)
    for house in (first, second):
        house.ward.resources.close()


def test_an_overseer_does_see_the_difference(stages: Stages, tmp_path: Path) -> None:
    """Else the pages above would be alike for want of anything to differ."""
    first, second = (open_stage(stages, "closed", tmp_path / name) for name in ("first", "second"))
    Disturbed(second, random.Random(1), "clerk.c", "closed").all()
    answers = []
    for house in (first, second):
        client = client_for(house.ward).as_user("chair")
        answers.append(visit(client, [path for path in addresses(client.app, house) if "/scores/" in path]))
    differing = {path for path in answers[0] if answers[0][path] != answers[1][path]}
    for part in (f"/scores/rounds/{first.round_id}", *(f"/scores/sheets/{key}" for key in first.sheets.values())):
        assert part in differing, part
    assert any(path.endswith(".xlsx") for path in differing) and any(path.endswith(".docx") for path in differing)
    with first.ward.db.reading() as session:
        assert session.scalars(select(ScoreSheet.state)).all() == [SheetState.CLOSED] * 4
    for house in (first, second):
        house.ward.resources.close()
