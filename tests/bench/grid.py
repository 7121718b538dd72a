"""The grid of a cluster in a real browser: from the key that leaves a cell until the saved cell is back on the page.

A leader types into 60 criteria of 30 units, all handed in. The peer is a bare Flask page asked for by the same browser.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.bench.bare import bare_page
from tests.bench.measuring import ms, percentile, say, table, timed, times
from tests.support import scores
from tests.support.browser import Visitor, running_browser, running_house
from tests.support.ward import NOW, PASSWORD, open_ward, small_reading
from webapp.core.db import Database
from webapp.core.schema import migrate
from webapp.models import Role
from webapp.scoring.points.scheme import Node, NodeKind, Scheme

UNITS, CRITERIA = 30, 60
TYPED = 120
LIMIT = 0.200

# From the key to the cell that came back; then the next cell has the focus.
TYPE = """async ([row, column, text]) => {
  const cell = document.querySelectorAll('[data-grid] tbody tr')[row].children[column];
  const input = cell.querySelector('input'), id = cell.id;
  input.focus();
  input.value = text;
  const began = performance.now();
  return await new Promise((resolve) => {
    const watch = new MutationObserver(() => {
      const now = document.getElementById(id);
      if (now && now !== cell) { watch.disconnect(); resolve(performance.now() - began); }
    });
    watch.observe(document.querySelector('[data-grid]'), { childList: true, subtree: true });
    input.dispatchEvent(new Event('change', { bubbles: true }));
  });
}"""
BARE = """async (address) => {
  const began = performance.now();
  await (await fetch(address, { mode: 'no-cors', cache: 'no-store' })).text();
  return performance.now() - began;
}"""


def _fill(data: Path) -> str:
    """A cluster of 30 units and the leader's own, each with 60 quantities scored by itself and handed in."""
    url = f"sqlite:///{data / 'kho.sqlite3'}"
    data.mkdir()
    db = Database(url)
    migrate(db)
    db.close()
    ward = open_ward(data, url)
    codes = [f"U{number:02}" for number in range(UNITS + 1)]
    ward.unit("VH")
    for code in codes:
        ward.unit(code)
    ward.cluster("K1", *codes, leader="U00")
    ward.plan(small_reading())
    ward.person("office", Role.STANDING_OFFICE, "VH")
    ward.person("leader", Role.CLUSTER_LEADER, "U00", cluster="K1", year=2026)
    ward.person("head", Role.HEAD, "U01")
    for code in codes[2:]:
        ward.grant("head", Role.HEAD, code)
    leaves = tuple(
        Node(
            code=f"{number:02}",
            title=f"Tiêu chí {number}",
            kind=NodeKind.QUANTITY,
            most=Decimal(1),
            target=Decimal(10),
            evidence=False,
        )
        for number in range(1, CRITERIA + 1)
    )
    root = Node(code="T", title="Tổng điểm", kind=NodeKind.SUM, most=Decimal(CRITERIA), children=leaves)
    scores.rubric(ward, scheme=Scheme(root))
    round_id: str = scores.open_round(ward)
    for code in codes[1:]:
        scores.score_self(ward, "head", code, {leaf.code: scores.value("8") for leaf in leaves})
        scores.submit(ward, "head", code)
    ward.resources.close()
    return round_id


def measure(folder: Path) -> None:
    data = folder / "data"
    say(f"filling a cluster of {UNITS} units with {CRITERIA} criteria each …")
    round_id = _fill(data)
    with (
        bare_page() as (bare, _),
        running_house(data, KHO_NOW=NOW.isoformat()) as address,
        running_browser() as browser,
    ):
        page = Visitor(browser, address).sign_in("leader", PASSWORD).page
        opened = timed(lambda: page.goto(f"/scores/rounds/{round_id}/grid", wait_until="load"))
        typed = []
        for number in range(TYPED):
            place = [1 + number % CRITERIA, 1 + (number * 7) % UNITS, str(number % 11)]
            typed.append(page.evaluate(TYPE, place) / 1000)
        other = browser.new_page()
        other.goto(f"{bare}/healthz")
        base = [other.evaluate(BARE, f"{bare}/healthz") / 1000 for _ in range(TYPED)]
    p50, p95 = percentile(typed, 50), percentile(typed, 95)
    table(
        f"Grid of {CRITERIA} criteria x {UNITS} units in the browser, one cell saved (limit {ms(LIMIT)})",
        ("", "p50", "p95", "p95 / bare", "p95 / limit"),
        [
            ("bare Flask page, fetched", ms(percentile(base, 50)), ms(percentile(base, 95)), "1.0 x", "-"),
            ("a cell saved", ms(p50), ms(p95), times(p95, percentile(base, 95)), times(p95, LIMIT)),
        ],
    )
    say(f"  the grid's page is there after {ms(opened)}")
