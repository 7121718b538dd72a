"""The search page through HTTP: a clerk of 10 among 200 units, in a house as large as the largest of KHO_BENCH_SIZES."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from tests.bench.bare import bare_page
from tests.bench.big_ward import fill, small_ward
from tests.bench.measuring import ms, percentile, pss, say, table, timed, times
from tests.bench.search_speed import OWN, SIZES, UNITS, questions, records, stock
from tests.support.commands import ROOT, environment
from tests.support.house import Caller, until
from webapp.models import Role

CLERK = "clerk.u00"
SEED = 13


def measure(folder: Path) -> None:
    size = max(SIZES)
    sentences = stock()
    say(f"filling a ward of {UNITS} units with {size:,} documents of 5 KB …")
    ward = small_ward(folder / "data", UNITS)
    for number in range(1, OWN):
        ward.grant(CLERK, Role.CLERK, f"U{number:02}")
    took = timed(lambda: fill(ward, size, (record.body for record in records(size, sentences))))
    say(f"filled and indexed in {took:.0f} s")
    ward.drain()
    ward.resources.close()
    with bare_page() as (address, _):
        bare = Caller(address)
        base = [timed(lambda: bare.get("/healthz")) for _ in range(120)]
    with _web_alone(folder / "data") as (address, process):
        caller = Caller(address).sign_in(CLERK)
        rows = [_row(caller, name, texts, path, base) for name, texts, path in _asked(sentences)]
        memory = pss(process.pid)
    table(
        f"Search through HTTP, {size:,} documents, a clerk of {OWN} of {UNITS} units (facets, 10 hits with passages)",
        ("", "p50", "p95", "p50 / bare", "p95 / bare"),
        [("bare Flask page", ms(percentile(base, 50)), ms(percentile(base, 95)), "1.0 x", "1.0 x"), *rows],
    )
    say(f"  memory of the web process {memory:.0f} MB")


def _asked(sentences: list[str]) -> Iterator[tuple[str, list[str], str]]:
    asked = questions(sentences, random.Random(SEED))
    for name, texts in asked.items():
        yield name, texts, "/search?q="
    yield "three terms, filters", asked["three terms"], "/search?year=2026&kind=report&q="
    yield "palette while typing", asked["prefix while typing"], "/search/palette?q="
    yield "suggestions", asked["prefix while typing"], "/search/suggestions?q="


def _row(caller: Caller, name: str, texts: list[str], path: str, base: list[float]) -> tuple[object, ...]:
    def ask(text: str) -> None:
        assert caller.get(path + quote(text)).status == 200

    for text in texts[:5]:
        ask(text)
    values = [timed(_asking(ask, text)) for text in texts]
    p50, p95 = percentile(values, 50), percentile(values, 95)
    return name, ms(p50), ms(p95), times(p50, percentile(base, 50)), times(p95, percentile(base, 95))


def _asking(ask: Callable[[str], None], text: str) -> Callable[[], None]:
    return lambda: ask(text)


@contextmanager
def _web_alone(data: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The web process without the worker, which would write the manifests this house was filled without."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{port}", "wsgi:app"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment(data)}, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        until(lambda: _answers(port), "the web process")
        yield address, process
    finally:
        process.terminate()
        process.wait()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
