"""Web and worker as the processes they are: they start, fall over, are killed, and lose nothing that was acknowledged."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import func, select

from tests.support.commands import failed_with, kho, kho_here, went_well
from tests.support.house import Caller, House, children, exists, house, until
from tests.support.ward import Ward, open_ward, people_of_every_role
from tests.support.web import Client, client_for, tight
from webapp.core import db as database
from webapp.models import AuditEvent, Document, DocumentVersion, OutboxJob, TextReading, new_id

pytestmark = pytest.mark.long(100)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> tuple[Path, str]:
    """A ward ready to be served, and the id of unit A."""
    data = tmp_path_factory.mktemp("served") / "data"
    data.mkdir()
    shutil.copyfile(sqlite_template, data / "kho.sqlite3")
    ward = open_ward(data, f"sqlite:///{data / 'kho.sqlite3'}")
    people_of_every_role(ward)
    ward.drain()
    ward.resources.close()
    return data, ward.units["A"]


@pytest.fixture
def data(prepared: tuple[Path, str], tmp_path: Path) -> Path:
    return Path(shutil.copytree(prepared[0], tmp_path / "data"))


@pytest.fixture
def running(data: Path) -> Iterator[House]:
    with house(data) as served:
        until(lambda: Caller(served.address).get("/readyz").status == 200, "ready")
        yield served


@pytest.fixture(scope="module")
def standing(prepared: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for those who only look."""
    data = Path(shutil.copytree(prepared[0], tmp_path_factory.mktemp("standing") / "data"))
    with house(data) as served:
        until(lambda: Caller(served.address).get("/readyz").status == 200, "ready")
        yield served


@pytest.fixture
def unit(prepared: tuple[Path, str]) -> str:
    return prepared[1]


def send(caller: Caller, unit: str, *names: str) -> None:
    """Upload texts, each with a word of its own; every answer is an acknowledgement."""
    files = [(f"Báo cáo về {name} và chuyển đổi số.".encode(), f"{name}.txt") for name in names]
    answer = caller.upload(*files, kind="evidence", unit_id=unit, year="2026", batch=new_id())
    assert answer.status == 303, answer.text


def hits(caller: Caller, word: str) -> int:
    page = caller.get(f"/search?q={quote(chr(34) + word + chr(34))}").text
    return tight(page).count("<h2><a href=")


def rows(data: Path, *tables: type) -> list[int]:
    ward = open_ward(data, f"sqlite:///{data / 'kho.sqlite3'}")
    with ward.db.reading() as session:
        found = [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]
    ward.resources.close()
    return found


def test_it_says_when_it_is_ready_and_ends_cleanly(data: Path) -> None:
    with house(data) as running:
        caller = Caller(running.address)
        assert json.loads(caller.get("/healthz").body) == {"status": "ok"}
        until(lambda: caller.get("/readyz").status == 200, "ready")
        assert json.loads(caller.get("/readyz").body)["checks"] == dict.fromkeys(
            ("database", "schema", "archive", "index"), True
        )
        until(lambda: running.worker is not None, "a worker")
        family = children(running.process.pid)
        assert family
        assert running.end() == 0
        until(lambda: not any(exists(pid) for pid in family), "the end of all its processes")
        assert "Traceback" not in running.log()
    assert went_well(kho("verify", data=data)) == "Nguyên vẹn.\n"


def test_it_ends_cleanly_at_once_after_starting(data: Path) -> None:
    """The signal may come before the server's loop began."""
    with house(data) as running:
        assert running.end() == 0


def test_it_ends_cleanly_with_work_in_hand(running: House, unit: str) -> None:
    caller = Caller(running.address).sign_in("clerk.a")
    send(caller, unit, *(f"quả{number}" for number in range(6)))
    family = children(running.process.pid)
    assert running.end() == 0
    until(lambda: not any(exists(pid) for pid in family), "the end of all its processes")
    with house(running.data) as again:
        caller = Caller(again.address).sign_in("clerk.a")
        until(lambda: all(hits(caller, f"quả{number}") == 1 for number in range(6)), "what was left to do")


def test_a_killed_worker_is_replaced_and_every_upload_becomes_findable_once(running: House, unit: str) -> None:
    caller = Caller(running.address).sign_in("clerk.a")
    killed = []
    names = []
    for turn in range(3):
        batch = [f"xoài{turn}{letter}" for letter in "abcd"]
        send(caller, unit, *batch)
        names += batch
        until(lambda: running.worker not in (None, *killed), "a worker")
        worker = running.worker
        assert worker is not None
        os.kill(worker, signal.SIGKILL)
        killed.append(worker)
        until(lambda: running.worker not in (None, *killed), "another worker")
    for name in names:
        until(lambda name=name: hits(caller, name) == 1, name)  # type: ignore[misc]
    until(lambda: rows(running.data, OutboxJob) == [0], "an empty outbox")
    # The plan of the ward is one more of each.
    assert rows(running.data, Document, DocumentVersion, TextReading) == [len(names) + 1] * 3
    assert running.end() == 0
    assert went_well(kho("verify", data=running.data)) == "Nguyên vẹn.\n"


def test_a_killed_server_takes_its_worker_along_and_loses_nothing(running: House, unit: str) -> None:
    caller = Caller(running.address).sign_in("clerk.a")
    until(lambda: running.worker is not None, "a worker")
    send(caller, unit, "bưởi", "cam", "chanh")
    family = children(running.process.pid)
    running.process.kill()
    running.process.wait()
    until(lambda: not any(exists(pid) for pid in family), "the worker's own end")
    with house(running.data) as again:
        caller = Caller(again.address).sign_in("clerk.a")
        for name in ("bưởi", "cam", "chanh"):
            until(lambda name=name: hits(caller, name) == 1, name)  # type: ignore[misc]
        assert again.end() == 0
    assert went_well(kho("verify", data=running.data)) == "Nguyên vẹn.\n"


def test_a_second_worker_for_the_folder_is_refused(standing: House) -> None:
    until(lambda: standing.worker is not None, "a worker")
    until(lambda: '"worker.started"' in standing.log(), "the worker's start")
    failed_with(kho("worker", data=standing.data), "Đã có một tiến trình nền")


def test_a_taken_port_is_one_line(standing: House, data: Path) -> None:
    port = standing.address.rpartition(":")[2]
    failed_with(kho("serve", "--port", port, data=data), "Không mở được cổng")


def test_a_name_with_two_addresses_can_be_served(data: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with house(data, "--host", "localhost", port=port) as running:
        assert Caller(running.address).get("/healthz").status == 200
        assert running.end() == 0


def test_an_index_lost_under_a_running_house_comes_back_by_itself(running: House, unit: str) -> None:
    caller = Caller(running.address).sign_in("clerk.a")
    send(caller, unit, "mãngcầu")
    until(lambda: hits(caller, "mãngcầu") == 1, "the upload")
    shutil.rmtree(running.data / "index")
    until(
        lambda: caller.get("/search?q=m%C3%A3ngc%E1%BA%A7u").status == 200 and hits(caller, "mãngcầu") == 1, "it again"
    )


def test_every_kind_of_answer_carries_the_headers(standing: House, unit: str) -> None:
    caller = Caller(standing.address).sign_in("clerk.a")
    send(caller, unit, "đu đủ")
    found = re.search(r'href="/documents/([0-9a-z]{13})"', caller.get("/documents").text)
    assert found
    document = found.group(1)
    asked = {
        "page": caller.get("/"),
        "list": caller.get("/documents"),
        "download": caller.get(f"/documents/{document}/versions/1"),
        "block": caller.get("/search?q=x", HX_Request="true"),
        "not found": caller.get("/documents/none"),
        "no such page": caller.get(quote("/không-có")),
        "refused": caller.get("/admin/people"),
        "redirect": Caller(standing.address).get("/"),
        "sign in": Caller(standing.address).get("/sign-in"),
        "no token": caller.ask("POST", "/documents", b"a=b", Content_Type="application/x-www-form-urlencoded"),
        "wrong method": caller.ask("DELETE", "/documents"),
        "health": caller.get("/healthz"),
        "static": caller.get("/static/css/base.css"),
        "no static": caller.get("/static/../../wsgi.py"),
        "odd method": caller.ask("BREW", "/"),
    }
    wanted = [200, 200, 200, 200, 404, 404, 403, 303, 200, 400, 405, 200, 200, 404, 405]
    assert {name: answer.status for name, answer in asked.items()} == dict(zip(asked, wanted, strict=True))
    for name, answer in asked.items():
        headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff", name
        policy = headers["Content-Security-Policy"]
        assert "default-src" in policy or "sandbox" in policy, name
        assert "unsafe" not in policy and "http:" not in policy and "*" not in policy, name
        assert headers["Referrer-Policy"] == "same-origin" and headers["X-Request-Id"], name
        assert headers["Cache-Control"], name
        assert "Server" not in headers or "waitress" not in headers["Server"].lower(), name


def raw(running: House, *lines: str) -> str:
    """What the server answers to bytes that no well-behaved client would send."""
    host, _, port = running.address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        # The server may answer and hang up before all was sent; what it said is still read below.
        with suppress(OSError):
            connection.sendall("\r\n".join([*lines, "", ""]).encode())
            connection.shutdown(socket.SHUT_WR)
        received = b""
        with suppress(OSError):  # it need not read to the end what it refuses
            while part := connection.recv(65536):
                received += part
    return received.decode()


def test_a_declared_body_of_two_gigabytes_is_refused_in_vietnamese_before_it_is_sent(standing: House) -> None:
    before = rows(standing.data, Document, AuditEvent)
    said = raw(
        standing, "POST /documents HTTP/1.1", "Host: x", "Content-Type: text/plain", f"Content-Length: {2 * 2**30}"
    )
    head, _, body = said.partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 413") and "nosniff" in head and "Content-Security-Policy" in head
    assert 'lang="vi"' in body and "tối đa 200 MB" in body and "waitress" not in said.lower()
    assert rows(standing.data, Document, AuditEvent) == before


@pytest.mark.parametrize(
    "lines",
    [
        ("GET / HTTP/1.1", "Host: x", "Content-Length: zwei"),
        ("GET / HTTP/1.1", "Host: x", "A" * 300_000 + ": b"),
        ("POST / HTTP/1.1", "Host: x", "Transfer-Encoding: gzip"),
        ("nonsense",),
    ],
    ids=["length", "long head", "coding", "nonsense"],
)
def test_what_is_no_http_is_refused_without_english_or_a_crash(standing: House, lines: tuple[str, ...]) -> None:
    said = raw(standing, *lines)
    assert said == "" or said.split()[1][0] in "45" or said.startswith("HTTP/1.0 4"), said[:200]
    assert "waitress" not in said.lower() and "Traceback" not in said
    assert Caller(standing.address).get("/healthz").status == 200


HOLD_SQLITE = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""
HOLD_POSTGRESQL = """
import psycopg, sys
held = psycopg.connect(sys.argv[1])
held.execute("LOCK TABLE audit_head, audit_event, document IN EXCLUSIVE MODE")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def hurried(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """A house that waits for a locked database for a moment only."""
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 150)
    ward = open_ward(tmp_path / "data", database_url)
    people_of_every_role(ward)
    yield client_for(ward)
    ward.resources.close()


@pytest.fixture
def locked(hurried: Client, database_url: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the database until its input closes."""
    hurried.sign_in("clerk.a")
    url = hurried.ward.db.engine.url
    if hurried.ward.db.is_sqlite:
        words = [HOLD_SQLITE, str(url.database)]
    else:
        words = [HOLD_POSTGRESQL, f"host={url.query['host']} dbname={url.database} user=kho"]
    holder = subprocess.Popen([sys.executable, "-c", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdin is not None and holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    yield holder
    holder.stdin.close()
    holder.stdout.close()
    holder.wait()


def counts(ward: Ward) -> list[int]:
    with ward.db.reading() as session:
        tables = (Document, DocumentVersion, OutboxJob, AuditEvent, TextReading)
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def test_a_locked_database_gives_503_and_nothing_half_written(hurried: Client, locked: subprocess.Popen[str]) -> None:
    before = counts(hurried.ward)
    values = {"kind": "evidence", "unit_id": hurried.ward.units["A"], "year": "2026", "batch": new_id()}
    for _ in range(2):
        answer = hurried.post("/documents", {**values, "files": [(b"noi dung", "a.txt"), (b"khac", "b.txt")]})
        assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0
        assert "đang bận" in answer.text and "chưa được lưu" in answer.text
    assert hurried.get("/documents").status_code == 200
    assert counts(hurried.ward) == before
    assert locked.stdin is not None
    locked.stdin.close()
    locked.wait()
    answer = hurried.post("/documents", {**values, "files": [(b"noi dung", "a.txt"), (b"khac", "b.txt")]})
    assert answer.status_code == 303
    assert counts(hurried.ward)[:2] == [before[0] + 2, before[1] + 2]


def test_a_command_on_a_locked_database_is_one_line(hurried: Client, locked: subprocess.Popen[str]) -> None:
    assert locked.poll() is None
    settings = {"KHO_DATABASE_URL": hurried.ward.db.engine.url.render_as_string(hide_password=False)}
    paper = hurried.ward.resources.settings.data / "a.txt"
    paper.write_text("nội dung")
    done = kho_here(
        "put", paper, "--as", "clerk.a", "--unit", "A", data=hurried.ward.resources.settings.data, **settings
    )
    failed_with(done, "đang bận")
