"""Reads what strace saw of a store and says where something was promised before it was safe.

The traced program (`PROGRAM`) says before each call what it begins and after it what was acknowledged. `violations` replays
the system calls on a model of a disk that keeps only what was fsynced: a name is safe once its folder, and every new
folder above it, was fsynced after it was made; content once its file was.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WATCHED = (
    "write,writev,pwrite64,fsync,fdatasync,ftruncate,openat,"
    "?open,?creat,?chmod,fchmod,fchmodat,?link,linkat,?unlink,unlinkat,?mkdir,mkdirat,?rename,renameat,renameat2"
)

# Words: the store's folder, how many rounds, the fsync to leave out ("" for none).
PROGRAM = """
import io, os, sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
root, rounds, left_out = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
phase, real, late = "open", os.fsync, []

def place(path):
    name = Path(path).relative_to(root.parent).as_posix()
    if name.startswith("kho/tmp/"):
        return phase + " file"
    if name in ("kho/trash", "kho/quarantine"):
        return name[4:]
    if name.startswith("kho/cas/"):
        return "object folder"
    return {".": "above the store", "kho": "root", "kho/cas": "cas", "kho/manifests": "years",
            "kho/inventory.sha256": "inventory"}.get(name) or ("months" if name.count("/") == 2 else "month folder")

def fsync(handle):
    path = os.readlink(f"/proc/self/fd/{handle}")
    if not path.startswith(str(root.parent)) or place(path) != left_out:
        real(handle)

os.fsync = fsync
if left_out == "chmod":
    Path.chmod = lambda self, mode: None
import archive
import archive.writing
if left_out == "order":
    # The line in the inventory before the folder's fsync.
    import archive.local
    kept = archive.writing.enlist
    def sync_folder(path): late.append(path)
    def enlist(layout, stored):
        kept(layout, stored)
        while late: archive.layout.sync_folder(late.pop())
    archive.local.sync_folder, archive.writing.enlist = sync_folder, enlist

def say(*words):
    os.writev(2, [" ".join(["KHO", *words, ""]).encode()])

def acknowledge(*paths):
    for path in paths:
        say("ACK", path.relative_to(root).as_posix())

@contextmanager
def calling(what):
    global phase
    phase = what
    say("BEGIN")
    yield

with calling("open"):
    store = archive.open(root)
    say("OPENED")
for number in range(rounds):
    contents = [f"{number}-{part}".encode() * 50 for part in range(6)]
    for content in [*contents, contents[0], contents[1]]:
        with calling("put"):
            acknowledge(store.path(store.put(io.BytesIO(content)).sha256))
    now = datetime(2026 + number % 3, 1 + number % 12, 1, tzinfo=UTC)
    with calling("manifest"):
        acknowledge(store.put_manifest(f"single-{number}", 1, {"n": number}, now))
    batch = [(f"document-{number}-{part}", 1, {"n": part}) for part in range(5)]
    with calling("manifest"):
        acknowledge(*store.put_manifests(batch, now))
    with calling("manifest"):
        acknowledge(*store.put_manifests([*batch[:2], (f"more-{number}", 1, {})], now))
    swept = store.put(io.BytesIO(contents[2])).sha256
    os.utime(store.path(swept), (1, 1))
    with calling("sweep"):
        assert store.sweep(["0" * 64], before=2) == [swept]
        acknowledge(store.layout.trash / swept)
    with calling("restore"):
        acknowledge(store.restore_from_trash(swept))
    os.chmod(store.path(swept), 0o640)
    os.truncate(store.path(swept), 1)
    with calling("put"):
        acknowledge(store.path(store.put(io.BytesIO(contents[2])).sha256))
say("END")
"""
FSYNCS = (
    "put file,object folder,inventory,manifest file,month folder,months,years,cas,root,open file,above the store,trash,"
    "quarantine"
)
LEFT_OUT = [*FSYNCS.split(","), "chmod", "order"]


class CannotTrace(Exception):
    """strace is missing or may not trace here."""


@dataclass(frozen=True)
class Call:
    """One system call that succeeded: paths are absolute; `text` is what was written."""

    name: str
    paths: tuple[str, ...]
    text: str
    line: str


def run(folder: Path, rounds: int, left_out: str = "") -> list[str]:
    """The lines strace wrote about PROGRAM making a store `folder`/kho and using it."""
    if shutil.which("strace") is None:
        raise CannotTrace("strace is not installed")
    log = folder / "log"
    strace = ["strace", "-f", "-y", "-s", "100000", "-o", str(log), "-e", f"trace={WATCHED}"]
    words = [sys.executable, "-c", PROGRAM, str(folder / "kho"), str(rounds), left_out]
    ended = subprocess.run([*strace, *words], capture_output=True, cwd=ROOT)
    if ended.returncode != 0:
        raise CannotTrace(ended.stderr.decode()[-2000:])
    return log.read_text().splitlines()


def calls(lines: Iterable[str]) -> Iterator[Call]:
    """Successful calls in the order in which they ended; of a call cut in two the parts are joined."""
    begun: dict[str, str] = {}
    for line in lines:
        pid, _, rest = line.partition(" ")
        rest = rest.strip()
        if rest.endswith("<unfinished ...>"):
            begun[pid] = rest.removesuffix("<unfinished ...>").rstrip()
            continue
        if resumed := re.match(r"<\.\.\. \w+ resumed>\s?", rest):
            rest = begun.pop(pid, "") + rest[resumed.end() :]
        match = re.match(r"(\w+)\((.*)\)\s+= (-?\d+)", rest)
        if match is None or match.group(3).startswith("-"):
            continue
        name, arguments = match.group(1), match.group(2)
        quoted = re.findall(r'"((?:[^"\\]|\\.)*)"', arguments)
        opened = re.findall(r"^\d+<([^>]*)>", arguments)
        writes = name in ("write", "writev", "pwrite64")
        text = quoted[0].encode().decode("unicode_escape") if writes and quoted else ""
        paths = tuple(opened) if opened else tuple(quoted)
        yield Call(name.removesuffix("at2").removesuffix("at"), paths, text, rest)


@dataclass
class Disk:
    """What would be left after a power cut, as far as promises need it."""

    root: str
    unsafe_content: set[str] = field(default_factory=set)
    unsafe_names: set[str] = field(default_factory=set)
    writable: set[str] = field(default_factory=set)
    listed: set[str] = field(default_factory=set)
    lines_pending: set[str] = field(default_factory=set)
    synced: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    acknowledged: int = 0

    def unsafe(self, path: str) -> str | None:
        """The first name on the way to `path` that a power cut might take away."""
        for name in (*[str(parent) for parent in reversed(Path(path).parents)], path):
            if name in self.unsafe_names:
                return name
        return None

    def apply(self, call: Call) -> None:
        if call.name in ("write", "pwrite64") and call.paths:
            self._wrote(call.paths[0], call)
        elif call.name == "writev" and call.text.startswith("KHO "):
            self._said(call.text.split()[1:])
        elif call.name in ("fsync", "fdatasync"):
            self._synced(call.paths[0])
        elif call.name in ("mkdir", "mkdirat"):
            self.unsafe_names.add(call.paths[-1])
        elif call.name in ("open", "creat") and "O_CREAT" in call.line:
            path = re.findall(r"= \d+<([^>]*)>", call.line)[-1]
            if path.startswith(self.root):
                self.unsafe_names.add(path)
                self.writable.add(path)
        elif call.name in ("chmod", "fchmod"):
            if re.search(r"\b0440\b", call.line):
                self.writable.discard(call.paths[0])
        elif call.name == "link":
            self._linked(call.paths[0], call.paths[-1])
        elif call.name == "rename":
            self._renamed(*call.paths[-2:], call)

    def _wrote(self, path: str, call: Call) -> None:
        if path == f"{self.root}/inventory.sha256":
            for line in call.text.splitlines():
                name = line.partition("  ")[2]
                if bad := self.unsafe(f"{self.root}/{name}"):
                    self.faults.append(f"listed before its folder was fsynced: {name} ({bad})")
                self.lines_pending.add(name)
        elif path.startswith(self.root):
            self.unsafe_content.add(path)
            if not path.startswith(f"{self.root}/tmp/"):
                self.faults.append(f"written in place: {call.line[:200]}")

    def _synced(self, path: str) -> None:
        self.unsafe_content.discard(path)
        self.synced.add(path)
        self.unsafe_names = {name for name in self.unsafe_names if str(Path(name).parent) != path}
        if path == f"{self.root}/inventory.sha256":
            self.listed |= self.lines_pending
            self.lines_pending = set()

    def _linked(self, draft: str, target: str) -> None:
        if draft in self.unsafe_content:
            self.faults.append(f"linked before its content was fsynced: {target}")
        if draft in self.writable and not target.endswith("/STORE.json"):
            self.faults.append(f"linked before it was read-only: {target}")
        if bad := self.unsafe(str(Path(target).parent)):
            self.faults.append(f"linked into a folder that is not safe: {target} ({bad})")
        self.unsafe_names.add(target)

    def _renamed(self, old: str, new: str, call: Call) -> None:
        """Only into the trash, or in place of a damaged object that is kept, safely, in quarantine."""
        moved = (Path(old).relative_to(self.root).parts[0], Path(new).relative_to(self.root).parts[0])
        if moved == ("tmp", "cas"):
            self._linked(old, new)
            if any(name.startswith(f"{self.root}/quarantine/") for name in self.unsafe_names):
                self.faults.append(f"replaced before the damaged one was safe: {new}")
        elif moved != ("cas", "trash"):
            self.faults.append(f"renamed: {call.line}")
        self.unsafe_names.add(new)

    def _said(self, words: list[str]) -> None:
        if words[0] == "BEGIN":
            self.synced, self.listed = set(), set()
            return
        if words[0] == "END":
            return
        names = [words[1]] if words[0] == "ACK" else self._layout()
        for name in names:
            path = f"{self.root}/{name}"
            if bad := self.unsafe(path):
                self.faults.append(f"acknowledged before a fsync of the folder of {bad}")
            if words[0] == "ACK":
                if str(Path(path).parent) not in self.synced:
                    self.faults.append(f"acknowledged without a fsync of its folder: {name}")
                if name not in self.listed and not name.startswith("trash/"):
                    self.faults.append(f"acknowledged without its line in the inventory: {name}")
        self.acknowledged += words[0] == "ACK"

    def _layout(self) -> list[str]:
        names = ["STORE.json", "inventory.sha256", "manifests", "tmp", "quarantine", "trash", "cas"]
        return names + [f"cas/{shard:02x}" for shard in range(256)]


def replay(folder: Path, lines: Iterable[str]) -> Disk:
    """The disk after all calls, with what was promised too early in `faults`."""
    disk = Disk(os.path.realpath(folder / "kho"))
    for call in calls(lines):
        disk.apply(call)
    return disk
