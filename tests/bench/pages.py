"""Pages of a unit's clerk in a house of 10,000 documents, most of them hidden from the clerk, against a bare page."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import event

from tests.bench.bare import bare_page
from tests.bench.big_ward import CLERK, UNITS, fill, small_ward
from tests.bench.measuring import ms, percentile, pss, say, table, timed, times
from tests.support.house import Caller, house, until
from tests.support.ward import Ward
from tests.support.web import Client, client_for

DOCUMENTS = 10_000
WARM, ASKED = 10, 150
QUESTIONS = (
    "chuyển đổi số",
    "chuyen doi so",
    "57-NQ/TW",
    "bình dân học vụ số",
    "dữ liệu đất đai",
    "hộ kinh doanh",
    "lừa đảo qua mạng",
    '"chữ ký số"',
    "tập huấn kỹ năng",
    "one cua",
    "hồ sơ trực tuyến -thuế",
    "kinh phí",
)


def spread(ask: Callable[[int], object]) -> list[float]:
    """Seconds of each of many requests, one after another."""
    for number in range(WARM):
        ask(number)
    return [timed(lambda number=number: ask(number)) for number in range(ASKED)]  # type: ignore[misc]


def addresses(client: Client | Caller) -> dict[str, Callable[[int], str]]:
    checklist = re.search(r'href="(/checklists/[0-9a-z]{13})', client.get("/checklists").text)
    assert checklist is not None
    own = checklist.group(1)
    return {
        "home": lambda _: "/",
        "checklist": lambda _: own,
        "document list": lambda _: "/documents",
        "document list, page 7": lambda _: "/documents?page=7",
        "search": lambda number: f"/search?q={quote(QUESTIONS[number % len(QUESTIONS)])}",
    }


def statements(ward: Ward) -> dict[str, int]:
    """SQL statements of each page, sign-in's check included."""
    client = client_for(ward).sign_in(CLERK)
    counted: list[str] = []
    event.listen(ward.db.engine, "before_cursor_execute", lambda *words: counted.append(str(words[2])))
    found = {}
    for name, address in addresses(client).items():
        client.get(address(0))
        counted.clear()
        assert client.get(address(0)).status_code == 200, name
        found[name] = len([one for one in counted if not one.startswith("BEGIN")])
    return found


def measure(folder: Path) -> None:
    say(f"filling a ward of {UNITS} units with {DOCUMENTS:,} documents …")
    ward = small_ward(folder / "data", UNITS)
    started = time.perf_counter()
    fill(ward, DOCUMENTS)
    ward.drain()
    say(f"filled and indexed in {time.perf_counter() - started:.1f} s")
    needed = statements(ward)
    ward.resources.close()
    with bare_page() as (bare_address, bare_pid):
        bare = Caller(bare_address)
        least = spread(lambda _: bare.get("/healthz"))
        base50, base95 = percentile(least, 50), percentile(least, 95)
        rows: list[tuple[object, ...]] = [("bare Flask page", ms(base50), ms(base95), "1.0 x", "1.0 x", 0, "-")]
        with house(folder / "data") as running:
            caller = Caller(running.address).sign_in(CLERK)
            until(lambda: caller.get("/readyz").status == 200 and running.worker is not None, "ready")
            for name, address in addresses(caller).items():
                sizes: list[int] = []

                def ask(number: int, address: Callable[[int], str] = address, sizes: list[int] = sizes) -> None:
                    answer = caller.get(address(number))
                    assert answer.status == 200
                    sizes.append(len(answer.body))

                values = spread(ask)
                p50, p95 = percentile(values, 50), percentile(values, 95)
                rows.append(
                    (
                        name,
                        ms(p50),
                        ms(p95),
                        times(p50, base50),
                        times(p95, base95),
                        needed[name],
                        f"{max(sizes) / 1024:.0f} kB",
                    )
                )
            worker = running.worker
            assert worker is not None
            web_mb, worker_mb, bare_mb = pss(running.process.pid), pss(worker), pss(bare_pid)
            assert running.end() == 0
    table(
        f"Pages of a clerk who may see 1 in {UNITS} of {DOCUMENTS:,} documents (HTTP on loopback, one after another)",
        ("", "p50", "p95", "p50 / bare", "p95 / bare", "SQL statements", "size"),
        rows,
    )
    table(
        "Resident memory after that (PSS)",
        ("", "MB", "ratio"),
        [
            ("bare Flask page", f"{bare_mb:.0f}", "1.0 x"),
            ("web process", f"{web_mb:.0f}", times(web_mb, bare_mb)),
            ("worker process", f"{worker_mb:.0f}", times(worker_mb, bare_mb)),
            ("both", f"{web_mb + worker_mb:.0f}", times(web_mb + worker_mb, bare_mb)),
        ],
    )


def measure_start(folder: Path) -> None:
    """From the command until /healthz answers."""
    ward = small_ward(folder / "data", 2)
    ward.drain()
    ward.resources.close()

    def bare_start() -> float:
        started = time.perf_counter()
        with bare_page() as (address, _):
            Caller(address).get("/healthz")
            return time.perf_counter() - started

    def start() -> float:
        started = time.perf_counter()
        with house(folder / "data") as running:
            assert Caller(running.address).get("/healthz").status == 200
            took = time.perf_counter() - started
            assert running.end() == 0
            return took

    least, took = sorted(bare_start() for _ in range(5))[2], sorted(start() for _ in range(5))[2]
    table(
        "Start until /healthz answers (median of 5)",
        ("", "time", "ratio"),
        [("bare Flask page", ms(least), "1.0 x"), ("kho serve", ms(took), times(took, least))],
    )
