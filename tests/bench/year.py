"""Pages of a ward of 300 units in its fifth year, as a unit's clerk, as a cluster's leader and as the standing office.

The server's time alone: the application called in this process, against a bare Flask application called likewise.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from tests.bench.measuring import ms, percentile, say, table, times
from tests.bench.year_ward import CLERK, LEADER, OFFICE, year_ward
from tests.support import postgresql
from tests.support.ward import Ward
from tests.support.web import Client, client_for
from webapp.core.memory import keep_for_good
from webapp.models import (
    Checklist,
    ChecklistItem,
    ChecklistState,
    CriteriaGroup,
    Document,
    Duty,
    Evidence,
    Unit,
    UnitPaper,
)

FEW, MANY = 30, 300
WARM, ASKED = 5, 50
GOAL = 0.150
PAGES = {
    "home": "/",
    "heat map": "/overview",
    "missing list": "/duties",
    "papers": "/papers",
    "checklists": "/checklists",
    "one checklist": "",
}
Took = tuple[list[float], list[float]]


def spread(ask: Callable[[], object]) -> Took:
    """Seconds on the wall and of this process's CPU, for each of many requests."""
    for _ in range(WARM):
        ask()
    wall, cpu = [], []
    for _ in range(ASKED):
        began, worked = time.perf_counter(), time.process_time()
        ask()
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - worked)
    return wall, cpu


def bare() -> Took:
    app = Flask("bare")
    app.add_url_rule("/", "page", lambda: "<!doctype html><title>bare</title><p>bare</p>")
    http = app.test_client()
    return spread(lambda: http.get("/"))


def _asking(client: Client, address: str) -> Callable[[], bytes]:
    def ask() -> bytes:
        answer = client.http.get(address, buffered=True)
        assert answer.status_code == 200, address
        return answer.data

    return ask


def _checklist_of(ward: Ward, user: str) -> str:
    """One of the largest group that this person reads: the clerk's own, a submitted one of the cluster, of any unit."""
    reach = {CLERK: ["U000"], LEADER: ["U001", "U011", "U021"], OFFICE: list(ward.units)}[user]
    query = (
        select(Checklist.id)
        .join(CriteriaGroup, CriteriaGroup.id == Checklist.group_id)
        .where(Checklist.unit_id.in_([ward.units[code] for code in reach]), CriteriaGroup.code == "III.1")
        .where(Checklist.year == ward.now.year)
    )
    if user != CLERK:
        query = query.where(Checklist.state == ChecklistState.SUBMITTED)
    with ward.db.reading() as session:
        return f"/checklists/{session.scalars(query).first()}"


def _pages(ward: Ward, user: str) -> Iterator[tuple[str, str]]:
    for name, address in PAGES.items():
        yield name, address or _checklist_of(ward, user)


def statements(ward: Ward) -> dict[tuple[str, str], int]:
    """SQL statements of each person's page, sign-in's check included."""
    counted: list[str] = []
    event.listen(ward.db.engine, "before_cursor_execute", lambda *words: counted.append(str(words[2])))
    found = {}
    for user in (CLERK, LEADER, OFFICE):
        client = client_for(ward).sign_in(user)
        for name, address in _pages(ward, user):
            ask = _asking(client, address)
            ask()
            counted.clear()
            ask()
            found[user, name] = sum(not one.startswith("BEGIN") for one in counted)
    return found


def _sizes(ward: Ward) -> str:
    with ward.db.reading() as session:
        counts = {
            one.__tablename__: session.scalar(select(func.count()).select_from(one))
            for one in (Unit, Checklist, ChecklistItem, Evidence, Document, Duty, UnitPaper)
        }
    return ", ".join(f"{count:,} {name}" for name, count in counts.items())


def _measure(folder: Path, kind: str, url: Callable[[str], str]) -> None:
    small = year_ward(folder / f"{kind}-few", url("few"), FEW)
    few = statements(small)
    small.resources.close()
    began = time.perf_counter()
    ward = year_ward(folder / f"{kind}-many", url("many"), MANY)
    if kind == "PostgreSQL":
        with ward.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
    say(f"\n{kind}, filled in {time.perf_counter() - began:.0f} s: {_sizes(ward)}")
    many = statements(ward)
    keep_for_good()  # as the server does
    least = bare()
    base50, base95 = percentile(least[0], 50), percentile(least[0], 95)
    rows: list[tuple[object, ...]] = [
        ("bare Flask page", ms(base50), ms(base95), ms(percentile(least[1], 95)), "1.0 x", "1.0 x", 0, "-")
    ]
    missed = []
    for user in (CLERK, LEADER, OFFICE):
        client = client_for(ward).sign_in(user)
        for name, address in _pages(ward, user):
            ask = _asking(client, address)
            wall, cpu = spread(ask)
            p50, p95 = percentile(wall, 50), percentile(wall, 95)
            asked = (
                str(many[user, name])
                if few[user, name] == many[user, name]
                else f"{few[user, name]} → {many[user, name]}"
            )
            rows.append(
                (
                    f"{name}, {user}",
                    ms(p50),
                    ms(p95),
                    ms(percentile(cpu, 95)),
                    times(p50, base50),
                    times(p95, base95),
                    asked,
                    f"{len(ask()) / 1024:.0f} kB",
                )
            )
            if p95 > GOAL and name in ("home", "heat map", "missing list"):
                missed.append(f"{name} ({user}) {ms(p95)}")
    ward.resources.close()
    heads = ("", "p50", "p95", "CPU p95", "p50 / bare", "p95 / bare", "SQL statements", "size")
    table(f"{kind}: {MANY} units in their fifth year (called in process, one after another)", heads, rows)
    grown = [f"{name} ({user})" for (user, name), count in many.items() if count != few[user, name]]
    say(
        f"  statements with {FEW} and {MANY} units: "
        + (f"NOT the same for {', '.join(grown)}" if grown else "the same")
    )
    say(f"  goal of p95 ≤ {ms(GOAL)}: " + (f"not met by {', '.join(missed)}" if missed else "met"))


@contextmanager
def _server() -> Iterator[str | None]:
    try:
        with postgresql.running_server() as server:
            yield server
    except pytest.skip.Exception:
        yield None


def measure(folder: Path) -> None:
    _measure(folder, "SQLite", lambda name: f"sqlite:///{folder / name}.sqlite3")
    with _server() as server:
        if server is None:
            say("PostgreSQL is not installed")
            return

        def url(name: str) -> str:
            postgresql.execute(server, f"CREATE DATABASE {name}")
            return postgresql.url_of(server, name)

        _measure(folder, "PostgreSQL", url)
