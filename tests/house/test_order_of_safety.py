"""The order of system calls of the whole program: bytes, then manifests, then the transaction, then the answer."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.archive import store_order
from tests.support.commands import ROOT

pytestmark = pytest.mark.long(40)

# Words: the folder, how many rounds, what to leave out.
PROGRAM = """
import io, os, sys
from contextlib import contextmanager
from pathlib import Path
folder, rounds, left_out = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]

from sqlalchemy import select
from tests.support.ward import open_ward, people_of_every_role
from webapp.checklists import service as checklists
from webapp.core.db import Database
from webapp.core.schema import migrate
from webapp.documents import retention
from webapp.models import Document, EvidenceLink, ItemState, RecordManifest

(folder / "db").mkdir()
url = f"sqlite:///{folder}/db/kho.sqlite3"
db = Database(url); migrate(db); db.close()
ward = open_ward(folder / "db", url, KHO_OBJECT_STORE=str(folder / "kho"))
people_of_every_role(ward)
item = ward.item(ward.checklist("clerk.a", "A"), "III.1.đ")
store = ward.resources.store
if left_out == "synchronous":
    from sqlalchemy import event
    @event.listens_for(ward.db.engine, "connect")
    def relax(connection, _): connection.execute("PRAGMA synchronous=OFF")
    ward.db.engine.dispose()
elif left_out == "order":
    kept = ward.db.keeper
    def late(session):
        session.commit()
        session.begin()
        kept(session)
    ward.db.keeper = late

def say(*words):
    os.writev(2, [" ".join(["KHO", *words, ""]).encode()])

def manifests(session):
    rows = session.execute(select(RecordManifest.record, RecordManifest.no)).all()
    return {(row.record, row.no) for row in rows}

seen = None
@contextmanager
def calling(what):
    global seen
    with ward.db.reading() as session:
        seen = manifests(session)
    say("BEGIN", what)
    yield
    with ward.db.reading() as session:
        new = sorted(manifests(session) - seen)
    for record, no in new:
        say("ACK", store.manifest(record, no).path.relative_to(folder / "kho").as_posix())
    say("COMMITTED")

for number in range(rounds):
    with calling("upload"):
        document = ward.document("clerk.a", "A", f"content {number}")
    with calling("claim"):
        ward.attach("clerk.a", item, f"evidence {number}")
    with calling("answer"), ward.work() as session:
        checklists.answer_item(session, actor=ward.viewer("clerk.a"), now=ward.now, item_id=item.id,
            revision=session.get_one(type(item), item.id).revision, state=ItemState.CLAIMED, reason="", comment=str(number))
    with calling("withdraw"), ward.work() as session:
        row = session.get_one(Document, document.id)
        retention.withdraw_document(session, actor=ward.viewer("clerk.a"), now=ward.now, document_id=row.id,
            reason="x", revision=row.revision)
say("END")
"""


@dataclass
class House(store_order.Disk):
    """The disk of archive and database: a commit may only be written when all that it promises is safe."""

    commits: int = 0
    pending: set[str] = field(default_factory=set)
    began: bool = False
    committing: bool = False

    def apply(self, call: store_order.Call) -> None:
        path = call.paths[0] if call.paths else ""
        if path.endswith("kho.sqlite3-wal") and call.name in ("write", "pwrite64"):
            if not self.pending and self.began:
                unsafe = [name for name in self.unsafe_names if re.search(r"/(cas|manifests)/", name)]
                if unsafe or self.lines_pending:
                    self.faults.append(f"committed before the archive was safe: {sorted(unsafe)[:2]}")
            self.pending.add(path)
            self.committing = self.began
        elif path.endswith("kho.sqlite3-wal") and call.name in ("fsync", "fdatasync"):
            self.commits += bool(self.pending)
            self.pending.clear()
        elif call.name in ("write", "pwrite64") and "/db/" in path:
            pass
        else:
            super().apply(call)

    def _linked(self, draft: str, target: str) -> None:
        super()._linked(draft, target)
        if self.committing and "/manifests/" in target:
            self.faults.append(f"committed before its manifest was written: {target}")

    def _said(self, words: list[str]) -> None:
        self.began = True
        if words[0] == "BEGIN":
            self.committing = False
        if words[0] == "COMMITTED":
            if self.pending:
                self.faults.append("answered before the database's log was fsynced")
            return
        super()._said(words)


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="kho-order-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    yield made
    shutil.rmtree(made)


def watched(folder: Path, rounds: int, left_out: str = "") -> House:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    log = folder / "log"
    strace = ["strace", "-f", "-y", "-s", "2000", "-o", str(log), "-e", f"trace={store_order.WATCHED}"]
    words = [sys.executable, "-c", PROGRAM, str(folder), str(rounds), left_out]
    done = subprocess.run([*strace, *words], capture_output=True, cwd=ROOT, text=True, check=False)
    if "ptrace" in done.stderr:
        pytest.skip("strace may not trace here")
    assert done.returncode == 0, done.stderr[-3000:]
    disk = House(str((folder / "kho").resolve()))
    for call in store_order.calls(log.read_text().splitlines()):
        disk.apply(call)
    return disk


def test_uploads_claims_answers_and_withdrawals_are_safe_before_they_are_answered(folder: Path) -> None:
    disk = watched(folder, 40)
    assert disk.faults == []
    # Upload: a document. Claim: document and evidence. Answer: the checklist. Withdrawal: the document.
    assert disk.acknowledged >= 40 * 5
    assert disk.commits >= 40 * 4


@pytest.mark.parametrize(
    ("left_out", "said"),
    [("synchronous", "before the database's log"), ("order", "committed before|acknowledged")],
)
def test_the_check_notices_a_database_that_does_not_sync_and_a_commit_that_comes_first(
    folder: Path, left_out: str, said: str
) -> None:
    disk = watched(folder, 2, left_out)
    assert any(re.search(said, fault) for fault in disk.faults), disk.faults[:5]
