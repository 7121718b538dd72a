"""A real house, people uploading from several places at once, and all of its processes killed at random moments.

An upload is acknowledged when its answer (303) has arrived. After each kill every acknowledged file must be in the archive,
byte for byte, and in the catalogue; now and then, and at the end, `kho verify` must find nothing wrong.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

import archive
from tests.bench.big_ward import small_ward
from tests.support.commands import kho
from tests.support.house import Answer, Caller, House, children, exists, house, until
from webapp.core.db import Database
from webapp.models import DocumentVersion, new_id

CLIENTS = 4
VERIFY_EVERY = 20


@dataclass
class Score:
    """What happened so far; `acknowledged` are digests, the rest are counts and sentences about what is wrong."""

    kills: int = 0
    sent: int = 0
    cut_off: int = 0
    busy: int = 0
    verified: int = 0
    acknowledged: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.sent} files sent, {len(self.acknowledged)} acknowledged, {self.cut_off} requests "
            f"cut off, {self.busy} told to come back, {self.verified} times verified, {len(self.wrong)} wrong"
        )


class Client(threading.Thread):
    """One clerk uploading one batch after the other until told to stop or cut off."""

    def __init__(self, caller: Caller, unit: str, year: str, score: Score, chance: random.Random, lock: threading.Lock):
        super().__init__(daemon=True)
        self.caller, self.unit, self.year = caller, unit, year
        self.score, self.chance, self.lock = score, chance, lock
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            files = [self._file() for _ in range(self.chance.randint(1, 3))]
            try:
                answer = self._send(files)
            except (OSError, http.client.HTTPException):
                with self.lock:
                    self.score.cut_off += 1
                return
            with self.lock:
                self.score.sent += len(files)
                if answer.status == 303:
                    self.score.acknowledged |= {hashlib.sha256(content).hexdigest() for content, _ in files}
                elif answer.status == 503:
                    self.score.busy += 1
                else:
                    self.score.wrong.append(f"answered {answer.status}: {answer.text[:300]}")
                    return

    def _send(self, files: list[tuple[bytes, str]]) -> Answer:
        return self.caller.upload(*files, kind="evidence", unit_id=self.unit, year=self.year, batch=new_id())

    def _file(self) -> tuple[bytes, str]:
        """Mostly new bytes, sometimes what others send as well."""
        if self.chance.random() < 0.1:
            content = f"Chuyển đổi số {self.chance.randrange(20)}".encode()
        else:
            content = (self.chance.randbytes(8).hex() + " báo cáo chuyển đổi số ").encode() * self.chance.randint(
                1, 1500
            )
        return content, f"bao-cao-{self.chance.randrange(10**9)}.txt"


def kill_all(running: House) -> None:
    """SIGKILL to the server and everything it started, as a power cut would end them."""
    family = children(running.process.pid)
    running.process.kill()
    # Asked again: the worker may have started a child of its own meanwhile.
    family += [child for parent in family for child in children(parent)]
    for pid in family:
        if exists(pid):
            os.kill(pid, signal.SIGKILL)
    running.process.wait()
    until(lambda: not any(exists(pid) for pid in family), "the end of all processes")


def check(data: Path, score: Score) -> None:
    """What was acknowledged is in archive and catalogue."""
    database = Database(f"sqlite:///{data / 'kho.sqlite3'}")
    with database.reading() as session:
        listed = set(session.scalars(select(DocumentVersion.sha256)))
    database.close()
    if lost := score.acknowledged - listed:
        score.wrong.append(f"acknowledged and not in the catalogue: {sorted(lost)[:3]}")
    store = archive.open(next(path.parent for path in sorted(data.rglob("STORE.json"))))
    for digest in listed | score.acknowledged:
        if not store.has(digest):
            score.wrong.append(f"not in the archive: {digest}")


def verify(data: Path, score: Score) -> None:
    done = kho("verify", data=data)
    score.verified += 1
    if done.returncode != 0 or not done.stdout.endswith("Nguyên vẹn.\n"):
        score.wrong.append(f"kho verify: {done.stdout[-600:]} {done.stderr[-600:]}")


def torture(folder: Path, kills: int, seed: int, say: Callable[[str], None] = lambda _: None) -> Score:
    """Ends early at the first thing that is wrong, so that the folder can be looked at."""
    chance = random.Random(seed)
    data = folder / "data"
    ward = small_ward(data, CLIENTS)
    units, year = [ward.units[f"U{number:02d}"] for number in range(CLIENTS)], str(ward.now.year)
    ward.drain()
    ward.resources.close()
    score, lock = Score(), threading.Lock()
    callers = [Caller("") for _ in range(CLIENTS)]
    for turn in range(kills + 1):
        with house(data) as running:
            for number, caller in enumerate(callers):
                caller.address = running.address
                if not caller.cookies:
                    caller.sign_in(f"clerk.u{number:02d}")
            clients = [
                Client(caller, unit, year, score, random.Random(chance.random()), lock)
                for caller, unit in zip(callers, units, strict=True)
            ]
            for client in clients:
                client.start()
            # Also right after the start, when the worker opens everything.
            time.sleep(chance.choice([chance.uniform(0.02, 0.3), chance.uniform(0.3, 3)]))
            if turn < kills:
                kill_all(running)
                score.kills += 1
            for client in clients:
                client.stopping.set()
            for client in clients:
                client.join()
            if turn == kills and running.end() != 0:
                score.wrong.append("did not end cleanly")
        check(data, score)
        if turn == kills or (turn + 1) % VERIFY_EVERY == 0:
            verify(data, score)
            say(str(score))
        if score.wrong:
            break
    return score
