"""Eight people write twenty cells at once: nothing acknowledged is lost, and who comes second is shown both values."""

from __future__ import annotations

import random
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support import scores
from tests.support.scores import D, step
from tests.support.shares import share
from tests.support.ward import Ward
from tests.support.web import Client, client_for
from webapp.core.errors import Busy, Conflict
from webapp.models import AuditHead, Role, ScoreChange, ScoreEntry
from webapp.scoring.points.scheme import Node, NodeKind, Scheme
from webapp.scoring.sheets import appraising, self_scoring

pytestmark = pytest.mark.long(30)

CELLS = 10  # on each of two sheets
WRITERS = {
    "clerk.a": "self",
    "head.a": "self",
    "clerk.a2": "self",
    "head.a2": "self",
    "deputy.1": "appraisal",
    "deputy.x": "appraisal",
    "leader.x": "appraisal",
    "leader.y": "appraisal",
}
EDITS = share(60, 500)
REQUESTS = share(20, 60)


def scheme() -> Scheme:
    leaves = tuple(
        Node(code=f"C{n}", title=f"Mục {n}", kind=NodeKind.QUANTITY, most=D(10), target=D(10**6), evidence=False)
        for n in range(CELLS)
    )
    return Scheme(Node(code="T", title="Tổng", kind=NodeKind.SUM, most=D(10 * CELLS), children=leaves))


@pytest.fixture
def writing(ward: Ward) -> Ward:
    """A scores itself, B was handed in and is appraised; four people at each."""
    scores.add_heads(ward)
    ward.person("clerk.a2", Role.CLERK, "A")
    ward.person("head.a2", Role.HEAD, "A")
    for username in ("deputy.x", "leader.x", "leader.y"):
        role = Role.CLUSTER_DEPUTY if username.startswith("deputy") else Role.CLUSTER_LEADER
        ward.person(username, role, cluster="K1", year=2026)
    scores.rubric(ward, scheme=scheme())
    scores.open_round(ward)
    scores.score_self(ward, "clerk.b", "B", {f"C{n}": scores.value("5") for n in range(CELLS)})
    scores.submit(ward, "head.b", "B")
    return ward


@dataclass
class Told:
    """What came of all edits: acknowledged (cell, revision afterwards, value), conflicts (value, theirs, mine)."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    done: list[tuple[str, int, str]] = field(default_factory=list)
    refused: list[tuple[str, str, str]] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)


@contextmanager
def transaction(ward: Ward) -> Iterator[Session]:
    """As every request writes: waiting at the head of the log from the start."""
    with ward.work() as session:
        session.execute(select(AuditHead.seq).where(AuditHead.id == 1).with_for_update())
        yield session


def at_once(run: Callable[[int, str], None], told: Told) -> None:
    gate = threading.Barrier(len(WRITERS))

    def body(place: int, username: str) -> None:
        gate.wait()
        try:
            run(place, username)
        except BaseException as fault:
            with told.lock:
                told.odd.append(f"{username}: {fault!r}")
            raise

    threads = [threading.Thread(target=body, args=pair) for pair in enumerate(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not told.odd


def revisions(ward: Ward, keys: list[str]) -> dict[str, int]:
    with ward.db.reading() as session:
        rows = session.execute(select(ScoreEntry.id, ScoreEntry.revision).where(ScoreEntry.id.in_(keys)))
        return {row[0]: row[1] for row in rows}


def nothing_is_lost(ward: Ward, told: Told, sides: dict[str, str], edits: int) -> None:
    assert len(told.done) + len(told.refused) == edits * len(WRITERS)
    assert len(told.done) >= edits and told.refused, (len(told.done), len(told.refused))
    by_cell: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for key, revision, value in told.done:
        by_cell[key].append((revision, value))
    with ward.db.reading() as session:
        for key, written in by_cell.items():
            side = sides[key]
            query = select(ScoreChange).where(ScoreChange.entry_id == key, ScoreChange.side == side)
            kept = session.scalars(query.order_by(ScoreChange.no)).all()
            values = [one.value["values"]["value"] for one in kept if one.value is not None]
            mine = [value for _, value in sorted(written)]
            # In the order of revisions, and every one of them, besides what was there before.
            assert values[-len(mine) :] == mine, key
            row = session.get_one(ScoreEntry, key)
            stored = row.self_entry if side == "self" else row.appraisal
            assert stored is not None and stored["values"]["value"] == mine[-1], key
            assert len({revision for revision, _ in written}) == len(written)
    everything = {value for _, _, value in told.done} | {"chưa chấm", ""}
    for sent, *said in told.refused:
        theirs, shown = (words.replace(".", "") for words in said)  # 5.001: groups of three, as people read them
        assert shown == sent and theirs in everything and theirs != sent


def cells(ward: Ward) -> dict[str, dict[str, str]]:
    """Entry ids by side, with the sheet of each."""
    found = {}
    for unit, side in (("A", "self"), ("B", "appraisal")):
        sheet = scores.sheet_of(ward, unit)
        found[side] = {row.id: sheet.id for row in scores.entries_of(ward, sheet).values()}
    return found


def test_eight_writers_lose_nothing(writing: Ward) -> None:
    ward, told, found = writing, Told(), cells(writing)
    zone = ward.resources.settings.timezone
    assert sum(len(keys) for keys in found.values()) == 20

    def run(place: int, username: str) -> None:
        luck = random.Random(place)
        side, viewer = WRITERS[username], ward.viewer(username)
        keys = list(found[side])
        known = revisions(ward, keys)
        verb: Any = self_scoring.save_self if side == "self" else appraising.save_appraisal
        waiting = list(range(EDITS))
        while waiting:
            key, value = luck.choice(keys), str(1000 * (place + 1) + waiting[0])
            at: dict[str, Any] = {"sheet_id": found[side][key], "entry_id": key, "revision": known[key]}
            try:
                with transaction(ward) as session:
                    row = verb(
                        session,
                        actor=viewer,
                        now=ward.now,
                        timezone=zone,
                        word=scores.Word(**at, entry=scores.value(value), text="x"),
                    )
                known[key] = row.revision
                with told.lock:
                    told.done.append((key, row.revision, value))
            except Conflict as fault:
                with told.lock:
                    told.refused.append((value, fault.theirs["Kết quả"], fault.mine["Kết quả"]))
                known |= revisions(ward, [key])
            except Busy:  # told to try again
                continue
            waiting.pop(0)

    at_once(run, told)
    sides = {key: side for side, keys in found.items() for key in keys}
    nothing_is_lost(ward, told, sides, EDITS)


def test_eight_browsers_lose_nothing(writing: Ward) -> None:
    ward, told, found = writing, Told(), cells(writing)
    start = client_for(ward)
    clients: dict[str, Client] = {username: start.as_user(username) for username in WRITERS}

    def run(place: int, username: str) -> None:
        luck = random.Random(100 + place)
        side, client = WRITERS[username], clients[username]
        keys = list(found[side])
        known = revisions(ward, keys)
        waiting = list(range(REQUESTS))
        while waiting:
            key, value = luck.choice(keys), str(1000 * (place + 1) + waiting[0])
            sheet = found[side][key]
            if side == "self":
                path, name = f"/scores/sheets/{sheet}/entries/{key}", f"value-{key}-0"
            else:
                path, name = f"/scores/sheets/{sheet}/cells/{key}", "cell"
            form = {f"revision-{key}": str(known[key]), "revision": str(known[key]), name: value}
            answer = client.post(path, form)
            if answer.status_code == 503:  # told to try again
                continue
            waiting.pop(0)
            assert answer.status_code in (200, 409), answer.text[-300:]
            # Each save raises the revision by one, so the number after it is known.
            with told.lock:
                if answer.status_code == 200:
                    told.done.append((key, known[key] + 1, value))
                else:
                    assert value in answer.text.replace(".", "")  # 5.001
                    told.refused.append((value, "", value))
            known |= {key: known[key] + 1} if answer.status_code == 200 else revisions(ward, [key])

    at_once(run, told)
    sides = {key: side for side, keys in found.items() for key in keys}
    nothing_is_lost(ward, told, sides, REQUESTS)


def test_who_writes_after_a_sheet_was_returned_changes_nothing(writing: Ward) -> None:
    ward, found = writing, cells(writing)
    key, sheet = next(iter(found["appraisal"].items()))
    step(ward, appraising.return_sheet, "deputy.1", sheet_id=sheet, reason="Thiếu.")
    client = client_for(ward).as_user("leader.x")
    before = revisions(ward, [key])
    answer = client.post(f"/scores/sheets/{sheet}/cells/{key}", {"revision": str(before[key]), "cell": "7"})
    assert answer.status_code == 409 and "Phiếu đã được trả lại cho đơn vị" in answer.text
    assert revisions(ward, [key]) == before
