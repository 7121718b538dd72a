"""One fault at the k-th system call of its kind, made by strace, and what must hold afterwards, for every k until none is left.

A child opens the store, strace takes hold of it, and it does `what` while the k-th call fails (or the child is killed
there). Then the store is opened afresh: everything is as before or as after, nothing in between, and what was
acknowledged is readable.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import archive

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
OLD = b"old content"
OLD_DIGEST = hashlib.sha256(OLD).hexdigest()
SWEPT = b"swept long ago"
# Each with its names on other machines; strace passes over those it does not know.
CALLS = {
    "openat": "openat",
    "write": "write",
    "fsync": "fsync",
    "close": "close",
    "link": "?link,linkat",
    "chmod": "?chmod,fchmodat",
    "unlink": "?unlink,unlinkat",
    "mkdir": "?mkdir,mkdirat",
    "rename": "?rename,renameat,renameat2",
}
FAULTS = {name: f"error={name}" for name in ("EIO", "ENOSPC", "EINTR", "EROFS", "EDQUOT")} | {"KILL": "signal=KILL"}

# Words: the store's folder, a number that makes contents new, what to do. Acknowledgements go out by writev, which is
# never made to fail, and everything is done once beside, so that nothing is loaded under strace.
PROGRAM = """
import ctypes, io, os, sys, tempfile
from datetime import UTC, datetime
import archive
from archive import errors
root, number, what = sys.argv[1:4]
now = datetime(2026, int(number) % 12 + 1, 22, tzinfo=UTC)

def answer(word):
    os.writev(1, [word.encode() + b"\\n"])

def work(store, say):
    if what == "open":
        store = archive.open(root + "-new-" + number)
    def put(content):
        say("cas " + store.put(io.BytesIO(content)).sha256)
    def manifests(*entries):
        store.put_manifests(entries, now)
        for record, version, data in entries:
            say(f"manifest {record} {data['n']}")
    for step in (
        lambda: put(f"one {number}".encode() * 500),
        lambda: put(b"old content"),
        lambda: manifests(*((f"many-{number}-{part}", 1, {"n": part}) for part in range(3))),
        lambda: manifests((f"single-{number}", 1, {"n": 0})),
        lambda: store.restore_from_trash(swept) and say("cas " + swept),
        lambda: os.utime(store.path(swept), (1, 1)) or say("trash " + "".join(store.sweep(["0" * 64], before=2))),
    )[{"sweep": slice(4, 6), "heal": slice(1, 2)}.get(what, slice(0, 4))]:
        try:
            step()
        except errors.StoreFailed:
            try:
                store.put(io.BytesIO(b"after a failure"))
            except errors.StoreFailed:
                continue
            say("WRITTEN AFTER A FAILURE")
        except (errors.ArchiveError, OSError):
            pass

swept = "SWEPT"
with tempfile.TemporaryDirectory(dir=os.path.dirname(root)) as other:
    root, given = other + "/kho", root
    scratch = archive.open(root)
    path = scratch.path(scratch.put(io.BytesIO(b"old content")).sha256)
    path.chmod(0o640)
    path.write_bytes(b"rot")
    work(scratch, lambda word: None)
    root = given
store = archive.open(root)
try:
    ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1), 0, 0, 0)
finally:
    answer("ready")
os.read(0, 1)
try:
    work(store, answer)
except (errors.ArchiveError, OSError):
    pass
answer("ended")
os._exit(0)
""".replace("SWEPT", hashlib.sha256(SWEPT).hexdigest())


class CannotInject(Exception):
    """strace is missing, too old, or may not take hold of a process here."""


@dataclass
class Turn:
    """What one child acknowledged before it ended or was killed, and whether the fault happened."""

    said: list[str]
    killed: bool
    happened: bool


def run(root: Path, number: int, what: str, call: str, fault: str, when: str) -> Turn:
    """One child with the fault at its `when`-th call ("3"; "3+" for that and all later ones)."""
    if shutil.which("strace") is None:
        raise CannotInject("strace is not installed")
    words = [sys.executable, "-c", PROGRAM, str(root), str(number), what]
    log = root.parent / f"strace-{number}"
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as child:
        assert child.stdin is not None and child.stdout is not None and child.stderr is not None
        assert child.stdout.readline() == b"ready\n", child.stderr.read()
        calls = CALLS[call]
        tracing = ["-e", f"trace={calls}", "-e", f"inject={calls}:{FAULTS[fault]}:when={when}"]
        strace = subprocess.Popen(
            ["strace", "-f", "-o", str(log), *tracing, "-p", str(child.pid)], stderr=subprocess.PIPE, text=True
        )
        assert strace.stderr is not None
        said = strace.stderr.readline()
        if "attached" not in said:
            child.kill()
            strace.wait()
            strace.stderr.close()
            raise CannotInject(said)
        out, err = child.communicate(b"g")
        strace.wait()
        strace.stderr.close()
    lines = out.decode().split("\n")[:-1]
    killed = child.returncode == -signal.SIGKILL
    assert killed or (child.returncode == 0 and lines[-1:] == ["ended"]), (child.returncode, err.decode()[-2000:])
    text = log.read_text()
    log.unlink()
    return Turn([line for line in lines if line != "ended"], killed, "INJECTED" in text or killed)


class Sweep:
    """All k for one kind of call and fault, over one store; `turns` counts the faults that happened."""

    def __init__(self, folder: Path, what: str, call: str, fault: str, *, lasting: bool = False) -> None:
        self.root, self.what, self.call, self.fault = folder / "kho", what, call, fault
        self.plus = "+" if lasting else ""
        self.turns = 0
        self.acknowledged: set[str] = set()
        self.swept = hashlib.sha256(SWEPT).hexdigest()
        store = archive.open(self.root)
        store.put(io.BytesIO(OLD))
        store.put_manifest("old", 1, {"n": 0}, NOW)

    def all(self, step: int = 1, *, coarse: range = range(1, 2000)) -> int:
        """In steps within `coarse`, where the calls are all alike; one after the other elsewhere."""
        k = 1
        while self.once(k):
            k += step if k in coarse else 1
            assert k < 2000, "the fault never stops happening"
        return self.turns

    def once(self, k: int) -> bool:
        if self.what == "sweep":
            self._into_the_trash()
        if self.what == "heal":
            path = self.root / "cas" / OLD_DIGEST[:2] / OLD_DIGEST
            path.chmod(0o640)
            path.write_bytes(b"rot")
        turn = run(self.root, k, self.what, self.call, self.fault, f"{k}{self.plus}")
        self.turns += turn.happened
        where = f"{self.what}, {self.call} {self.fault} at {k}: {turn.said}"
        self._check(k, turn.said, where)
        if not turn.happened:
            assert len(turn.said) == {"open": 6, "put": 6, "sweep": 2, "heal": 1}[self.what], where
        return turn.happened

    def _into_the_trash(self) -> None:
        store = archive.open(self.root)
        digest = store.put(io.BytesIO(SWEPT)).sha256
        os.utime(store.path(digest), (1, 1))
        assert store.sweep(["0" * 64], before=2) == [digest]

    def _check(self, k: int, said: list[str], where: str) -> None:
        root = Path(f"{self.root}-new-{k}") if self.what == "open" else self.root
        store = archive.open(root)
        assert "WRITTEN AFTER A FAILURE" not in said, where
        problems = list(store.verify())
        if self.what == "heal" and not said and problems:
            # Damaged as before, but in its place.
            assert [(problem.kind, problem.sha256) for problem in problems] == [("changed", OLD_DIGEST)], where
            store.put(io.BytesIO(OLD))
            problems = list(store.verify())
        assert problems == [], (where, problems)
        if self.what != "open":
            assert store.path(OLD_DIGEST).read_bytes() == OLD, where
            assert store.manifest("old", 1).data == {"n": 0}
        for word in said:
            kind, _, name = word.partition(" ")
            if kind == "cas" and name != self.swept:  # that one may be swept again by now
                with store.open(name) as stream:
                    assert hashlib.sha256(stream.read()).hexdigest() == name, where
                if self.what != "open":
                    self.acknowledged.add(name)
            elif kind == "manifest":
                record, value = name.split(" ")
                assert store.manifest(record, 1).data == {"n": int(value)}, where
        # Nothing is listed that is not there, nor half there: names in place are whole, whether acknowledged or not.
        for digest in store.digests():
            assert re.fullmatch(r"[0-9a-f]{64}", digest)
        if self.what == "sweep":
            assert store.has(self.swept) or (store.layout.trash / self.swept).read_bytes() == SWEPT, where
        else:
            assert all(store.has(digest) for digest in self.acknowledged), where
        self._leftovers_go(store)
        self._goes_on(k, root, where)

    def _leftovers_go(self, store: archive.Store) -> None:
        for draft in store.layout.tmp.iterdir():
            os.utime(draft, (1, 1))
        archive.open(store.layout.root)
        assert list(store.layout.tmp.iterdir()) == []

    def _goes_on(self, k: int, root: Path, where: str) -> None:
        """What was not acknowledged is completed by doing it again."""
        store = archive.open(root)
        receipt = store.put(io.BytesIO(f"one {k}".encode() * 500))
        month = datetime(2026, k % 12 + 1, 22, tzinfo=UTC)
        store.put_manifests([(f"many-{k}-{part}", 1, {"n": part}) for part in range(3)], month)
        assert receipt.sha256 in store.layout.inventory.read_text()
        assert list(store.verify([receipt.sha256])) == [], where
        if root != self.root:
            shutil.rmtree(root)
