"""`kho serve` with its worker as real processes, and somebody who talks HTTP to it."""

from __future__ import annotations

import http.client
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from tests.support.commands import ROOT, environment
from tests.support.ward import PASSWORD

PATIENCE = 60.0


def until(said: Callable[[], bool], what: str) -> None:
    """Wait for something that must come; how long it takes is not what is tested.

    Asked more and more seldom: an answer is often a whole page, and takes from the very work that is waited for.
    """
    give_up, pause = time.monotonic() + PATIENCE, 0.05
    while not said():
        assert time.monotonic() < give_up, f"did not come: {what}"
        time.sleep(pause)
        pause = min(pause * 1.4, 0.5)


def exists(pid: int) -> bool:
    """Whether a process runs; one that ended and was not yet collected does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def children(pid: int) -> list[int]:
    """Processes started by this one, with theirs."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            own = [int(one) for one in task.read_text().split()]
        except OSError:
            continue
        for child in own:
            found += [child, *children(child)]
    return found


@dataclass
class House:
    """A running server over a folder."""

    data: Path
    process: subprocess.Popen[str]
    address: str

    @property
    def worker(self) -> int | None:
        """The worker's process id, when one runs."""
        for pid in children(self.process.pid):
            try:
                words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if b"worker" in words and exists(pid):
                return pid
        return None

    def log(self) -> str:
        return (self.data / "serve.log").read_text()

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE)


@contextmanager
def house(data: Path, *words: str, port: int = 0, **changes: str) -> Iterator[House]:
    """Start it and wait for the line that says where it is; whatever is left at the end is killed."""
    with (data / "serve.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "webapp", "serve", "--port", str(port), *words],
            env=environment(data, **changes),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    assert process.stdout is not None
    family: list[int] = []
    try:
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found, (data / "serve.log").read_text()
        yield House(data, process, found.group())
    finally:
        family = children(process.pid)
        if process.poll() is None:
            process.kill()
            process.wait()
        for pid in family:
            if exists(pid):
                os.kill(pid, signal.SIGKILL)
        process.stdout.close()


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Caller:
    """One person's session over real HTTP."""

    address: str
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        parts = urlsplit(self.address)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        if found := re.search(rb'name="csrf-token" content="([^"]+)"', answer.body):
            self.token = found.group(1).decode()
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def post(self, path: str, **fields: str) -> Answer:
        body = urlencode({"csrf_token": self.token, **fields}).encode()
        return self.ask("POST", path, body, Content_Type="application/x-www-form-urlencoded")

    def sign_in(self, username: str, password: str = PASSWORD) -> Caller:
        self.get("/sign-in")
        assert self.post("/sign-in", username=username, password=password).status == 303
        self.get("/account")
        return self

    def upload(self, *files: tuple[bytes, str], **fields: str) -> Answer:
        """As the page's form sends it."""
        boundary = secrets.token_hex(16)
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in {"csrf_token": self.token, **fields}.items()
        ]
        for content, name in files:
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
            parts.append(head.encode() + content + b"\r\n")
        body = b"".join(parts) + f"--{boundary}--\r\n".encode()
        return self.ask("POST", "/documents", body, Content_Type=f"multipart/form-data; boundary={boundary}")
