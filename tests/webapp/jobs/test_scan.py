"""A virus scanner beside the house: what it finds is not opened, and it may be away, wrong or absent."""

from __future__ import annotations

import os
import shutil
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.support.ward import Ward, open_ward, people_of_every_role
from tests.support.web import client_for
from webapp.core.settings import Settings, SettingsError
from webapp.jobs import worker
from webapp.jobs.scan import Scanner, ScannerAway, TooLarge
from webapp.models import JobKind, OutboxJob, ReadingStatus, TextReading

# In two parts, so that no scanner takes this file itself for the test virus.
EICAR = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*").encode()
Answer = Callable[[socket.socket], None]


def received(connection: socket.socket) -> bytes:
    """What a client streams, as clamd takes it."""
    stream = connection.makefile("rb")
    command = stream.read(10)
    assert command == b"zINSTREAM\0", command
    content = b""
    while length := struct.unpack("!I", stream.read(4))[0]:
        content += stream.read(length)
    return content


@contextmanager
def scanner(answer: Answer) -> Iterator[Scanner]:
    """A real server that treats every connection so."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                with connection:
                    connection.settimeout(10)
                    with suppress(OSError, struct.error, AssertionError):
                        answer(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield Scanner(f"tcp:127.0.0.1:{server.getsockname()[1]}", seconds=3)
        finally:
            ended.set()
            thread.join()


def says(words: bytes) -> Answer:
    def answer(connection: socket.socket) -> None:
        received(connection)
        connection.sendall(words)

    return answer


def finds_eicar(connection: socket.socket) -> None:
    found = EICAR in received(connection)
    connection.sendall(b"stream: Eicar-Test FOUND\0" if found else b"stream: OK\0")


def test_files_are_streamed_whole() -> None:
    seen: list[bytes] = []

    def answer(connection: socket.socket) -> None:
        seen.append(received(connection))
        connection.sendall(b"stream: OK\0")

    content = os.urandom(300_000)
    with scanner(answer) as one:
        assert one.find(BytesIO(content)) is None
        assert one.find(BytesIO(b"")) is None
    assert seen == [content, b""]


def test_what_is_found_has_a_name() -> None:
    with scanner(says(b"stream: Win.Test.EICAR_HDB-1 FOUND\0")) as one:
        assert one.find(BytesIO(b"x")) == "Win.Test.EICAR_HDB-1"
    with scanner(says("stream: <b>\u202ex\n FOUND".encode())) as one, pytest.raises(ScannerAway):
        one.find(BytesIO(b"x"))
    with scanner(says(b"stream: <b>evil</b> FOUND\0")) as one:
        assert one.find(BytesIO(b"x")) == "?b?evil??b?"


def hangs_up(connection: socket.socket) -> None:
    connection.recv(5)


def stays_silent(connection: socket.socket) -> None:
    received(connection)
    time.sleep(4)


def refuses_early(connection: socket.socket) -> None:
    connection.recv(2000)
    connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")


@pytest.mark.parametrize(
    "answer",
    [
        says(b""),
        says(b"\xff\xfe garbage" * 400),
        says(b"stream: OKAY\0"),
        says(b"stream: Can't allocate memory ERROR\0"),
        says(b"HTTP/1.1 200 OK\r\n\r\n"),
        hangs_up,
        stays_silent,
    ],
)
def test_a_scanner_that_does_not_answer_as_it_should_is_away(answer: Answer) -> None:
    with scanner(answer) as one, pytest.raises(ScannerAway):
        one.find(BytesIO(b"x" * 1_000_000))


def test_a_file_too_large_for_the_scanner_is_told_apart() -> None:
    with scanner(refuses_early) as one, pytest.raises(TooLarge):
        one.find(BytesIO(b"x" * 1000))


def test_nobody_there(tmp_path: Path) -> None:
    for address in ("tcp:127.0.0.1:1", f"unix:{tmp_path / 'gone'}", "tcp:[::1]:1"):
        with pytest.raises(ScannerAway):
            Scanner(address, seconds=2).find(BytesIO(b"x"))


@pytest.mark.parametrize("text", ["/run/clamd", "unix:clamd", "tcp:host", "tcp:host:port", "http://x:1", "tcp::1"])
def test_addresses_are_checked_at_the_start(text: str) -> None:
    with pytest.raises(SettingsError, match="KHO_CLAMD"):
        Settings.from_environment({"KHO_CLAMD": text})
    assert Settings.from_environment({"KHO_CLAMD": "tcp:[::1]:3310"}).clamd and not Settings.from_environment({}).clamd


@contextmanager
def scanned_ward(tmp_path: Path, template: Path, address: str) -> Iterator[Ward]:
    data = tmp_path / "data"
    data.mkdir()
    shutil.copyfile(template, data / "kho.sqlite3")
    ward = open_ward(data, f"sqlite:///{data / 'kho.sqlite3'}", KHO_CLAMD=address)
    people_of_every_role(ward)
    yield ward
    ward.resources.close()


def readings(ward: Ward) -> dict[str, TextReading]:
    with ward.db.reading() as session:
        rows = session.scalars(select(TextReading)).all()
        return {row.version_id: row for row in rows if row.status is not ReadingStatus.WAITING}


def test_a_found_file_is_kept_and_handed_to_nobody(tmp_path: Path, sqlite_template: Path) -> None:
    with scanner(finds_eicar) as one, scanned_ward(tmp_path, sqlite_template, one.address) as ward:
        bad = ward.document("clerk.a", "A", b"%PDF-1.4 " + EICAR, filename="bad.pdf")
        good = ward.document("clerk.a", "A", "chữ lành", filename="good.txt")
        ward.drain()
        for person in ("clerk.a", "head.a"):
            client = client_for(ward).sign_in(person)
            page = client.get(f"/documents/{bad.id}").text
            assert "diệt virus báo tệp có mã độc (Eicar-Test)" in page and "Tải bản gốc" not in page
            answer = client.get(f"/documents/{bad.id}/versions/1")
            assert answer.status_code == 403 and "mã độc" in answer.text and EICAR not in answer.data
            for rest in ("inline", "thumb.webp", "pages/1.webp"):
                assert client.get(f"/documents/{bad.id}/versions/1/{rest}").status_code == 404
            assert client.get(f"/documents/{good.id}/versions/1").status_code == 200
            assert "chữ lành" in client.get(f"/documents/{good.id}").text
        with ward.db.reading() as session:
            assert not session.scalars(select(OutboxJob)).all()


def test_an_absent_scanner_is_waited_for_and_then_done_without(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scanned_ward(tmp_path, sqlite_template, "tcp:127.0.0.1:1") as ward:
        document = ward.document("clerk.a", "A", "chữ", filename="a.txt")
        one = worker.Worker(ward.resources)
        one.drain()
        before = len(readings(ward))
        with ward.db.reading() as session:
            job = session.scalars(select(OutboxJob).where(OutboxJob.kind == JobKind.READ_TEXT)).first()
        assert job is not None and job.attempts == 0 and "ScannerAway" in job.last_error
        monkeypatch.setattr(worker, "SCANNER_SECONDS", 0.0)
        with ward.work() as session:
            for job in session.scalars(select(OutboxJob)):
                job.due_at = ward.now
        one.drain()
        ward.resources.forget_index()
        assert len(readings(ward)) > before
        page = client_for(ward).sign_in("clerk.a").get(f"/documents/{document.id}").text
        assert "chưa được kiểm tra mã độc" in page and "chữ" in page


def test_a_file_too_large_is_read_with_a_warning(tmp_path: Path, sqlite_template: Path) -> None:
    with scanner(refuses_early) as one, scanned_ward(tmp_path, sqlite_template, one.address) as ward:
        document = ward.document("clerk.a", "A", "chữ", filename="a.txt")
        ward.drain()
        assert "chưa được kiểm tra mã độc" in client_for(ward).sign_in("clerk.a").get(f"/documents/{document.id}").text


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scanner]:
    """A real clamd that knows one signature, ours: the real ones are 200 MB from elsewhere."""
    program = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")
    if program is None:
        pytest.skip("clamd is not installed (apt-get install clamav-daemon)")
    folder = tmp_path_factory.mktemp("clamd")
    folder.chmod(0o755)
    (folder / "db").mkdir()
    (folder / "db/kho.ndb").write_text(f"Kho.Test.EICAR:0:*:{EICAR.hex()}\n")
    (folder / "clamd.conf").write_text(
        f"LocalSocket {folder}/clamd.sock\nDatabaseDirectory {folder}/db\nForeground yes\nStreamMaxLength 1M\n"
        f"LogFile {folder}/log\nOfficialDatabaseOnly no\nMaxThreads 2\nConcurrentDatabaseReload no\n"
    )
    process = subprocess.Popen(
        [program, "-c", str(folder / "clamd.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    one = Scanner(f"unix:{folder}/clamd.sock", seconds=20)
    try:
        for _ in range(300):
            try:
                one.version()
                break
            except ScannerAway:
                assert process.poll() is None, (folder / "log").read_text()
                time.sleep(0.1)
        yield one
    finally:
        process.terminate()
        process.wait(20)


def test_a_real_clamd(clamd: Scanner) -> None:
    assert clamd.version().startswith("ClamAV")
    assert clamd.find(BytesIO("chữ lành".encode())) is None
    assert clamd.find(BytesIO(EICAR)) == "Kho.Test.EICAR.UNOFFICIAL"
    assert clamd.find(BytesIO(b"x" * 500_000 + EICAR)) == "Kho.Test.EICAR.UNOFFICIAL"
    with pytest.raises(TooLarge):
        clamd.find(BytesIO(b"x" * 3_000_000))


def test_a_house_with_a_real_clamd(clamd: Scanner, tmp_path: Path, sqlite_template: Path) -> None:
    with scanned_ward(tmp_path, sqlite_template, clamd.address) as ward:
        bad = ward.document("clerk.a", "A", EICAR, filename="a.txt")
        good = ward.document("clerk.a", "A", "chữ lành", filename="b.txt")
        ward.drain()
        client = client_for(ward).sign_in("clerk.a")
        assert "(Kho.Test.EICAR.UNOFFICIAL)" in client.get(f"/documents/{bad.id}").text
        assert client.get(f"/documents/{bad.id}/versions/1").status_code == 403
        assert "chữ lành" in client.get(f"/documents/{good.id}").text


def test_what_was_found_is_believed_until_the_scanner_has_looked_again(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asking to read it again, or to stop that, or a scanner that is away by then, does not hand it out."""
    monkeypatch.setattr(worker, "SCANNER_SECONDS", 0.0)
    with scanner(finds_eicar) as one, scanned_ward(tmp_path, sqlite_template, one.address) as ward:
        bad = ward.document("clerk.a", "A", b"%PDF-1.4 " + EICAR, filename="bad.pdf")
        ward.drain()
        client = client_for(ward).sign_in("clerk.a")

        def is_kept_back() -> bool:
            page, download = client.get(f"/documents/{bad.id}"), client.get(f"/documents/{bad.id}/versions/1")
            inline = client.get(f"/documents/{bad.id}/versions/1/inline")
            return (page.status_code, download.status_code, inline.status_code) == (200, 403, 404) and (
                "Tải bản gốc" not in page.text and "mã độc" in download.text
            )

        assert is_kept_back()
        for step in ("retry", "stop-reading"):
            assert client.post(f"/documents/{bad.id}/{step}", {}).status_code == 303
            assert is_kept_back(), step
        monkeypatch.setattr(ward.resources, "settings", replace(ward.resources.settings, clamd="tcp:127.0.0.1:1"))
        again = worker.Worker(ward.resources)
        for _ in range(2):  # the first time it is only noted that the scanner is away
            with ward.work() as session:
                for job in session.scalars(select(OutboxJob)):
                    job.due_at = ward.now
            again.drain()
        assert len(readings(ward)) == 2 and is_kept_back()
        monkeypatch.setattr(ward.resources, "settings", replace(ward.resources.settings, clamd=""))
        client.post(f"/documents/{bad.id}/retry", {})
        ward.drain()
        assert is_kept_back()
    with scanner(says(b"stream: OK\0")) as clean:
        monkeypatch.setattr(ward.resources, "settings", replace(ward.resources.settings, clamd=clean.address))
        client.post(f"/documents/{bad.id}/retry", {})
        ward.drain()
        assert client.get(f"/documents/{bad.id}/versions/1").status_code == 200
