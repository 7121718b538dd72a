"""Any order of uploads, versions, withdrawals, crashes, sweeps, restorings and rebuilds: nothing acknowledged is lost,
and the archive always tells the catalogue."""

from __future__ import annotations

import hashlib
import io
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from tests.support.records import catalogue_of
from tests.support.shares import share
from tests.support.ward import NOW, open_ward
from webapp.core.db import Database
from webapp.core.errors import Invalid
from webapp.core.schema import migrate
from webapp.documents import retention
from webapp.documents import service as documents
from webapp.models import Document, DocumentVersion, Role
from webapp.records.compare import differences
from webapp.records.keep import keep_all, settle
from webapp.records.rebuild import rebuild_catalogue

pytestmark = pytest.mark.long(45)

CONTENTS = st.integers(0, 5).map(lambda number: f"nội dung {number}".encode())
FAR = 4e9  # a sweep that spares nothing for its youth


class Crash(BaseException):
    """The process ends here."""


class House(RuleBasedStateMachine):
    """One unit's papers; `known` is what was acknowledged: document id to the digests of its versions."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="kho-machine-"))
        self.known: dict[str, list[str]] = {}
        self.withdrawn: set[str] = set()
        self.stray: set[str] = set()

    @initialize()
    def begin(self) -> None:
        (self.folder / "data").mkdir()
        url = f"sqlite:///{self.folder / 'data' / 'kho.sqlite3'}"
        db = Database(url)
        migrate(db)
        db.close()
        self.ward = open_ward(self.folder / "data", url)
        self.ward.unit("A")
        self.ward.person("clerk", Role.CLERK, "A")

    def teardown(self) -> None:
        if hasattr(self, "ward"):
            self.the_archive_alone_tells_the_catalogue()
            self.ward.resources.close()
        shutil.rmtree(self.folder)

    @rule(content=CONTENTS)
    def upload(self, content: bytes) -> None:
        document = self.ward.document("clerk", "A", content)
        self.known[document.id] = [hashlib.sha256(content).hexdigest()]

    @precondition(lambda self: self.known.keys() - self.withdrawn)
    @rule(content=CONTENTS, data=st.data())
    def revise(self, content: bytes, data: st.DataObject) -> None:
        document_id = data.draw(st.sampled_from(sorted(self.known.keys() - self.withdrawn)))
        receipt = self.ward.resources.store.put(io.BytesIO(content), filename="b.txt")
        try:
            with self.ward.work() as session:
                documents.add_version(
                    session,
                    actor=self.ward.viewer("clerk"),
                    now=NOW,
                    document_id=document_id,
                    receipt=receipt,
                    reason="sửa",
                    revision=session.get_one(Document, document_id).revision,
                )
        except Invalid:
            assert receipt.sha256 == self.known[document_id][-1]
            return
        self.known[document_id].append(receipt.sha256)

    @precondition(lambda self: self.known.keys() - self.withdrawn)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        document_id = data.draw(st.sampled_from(sorted(self.known.keys() - self.withdrawn)))
        with self.ward.work() as session:
            retention.withdraw_document(
                session,
                actor=self.ward.viewer("clerk"),
                now=NOW,
                document_id=document_id,
                reason="nhầm",
                revision=session.get_one(Document, document_id).revision,
            )
        self.withdrawn.add(document_id)

    @precondition(lambda self: self.withdrawn)
    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        document_id = data.draw(st.sampled_from(sorted(self.withdrawn)))
        with self.ward.work() as session:
            retention.restore_document(session, actor=self.ward.viewer("clerk"), now=NOW, document_id=document_id)
        self.withdrawn.discard(document_id)

    @rule(content=CONTENTS, kept=st.booleans())
    def crash(self, content: bytes, kept: bool) -> None:
        """The bytes are in the archive; the manifests perhaps; the transaction never."""
        receipt = self.ward.resources.store.put(io.BytesIO(content), filename="c.txt")
        with pytest.raises(Crash), self.ward.work() as session:
            for document_id in sorted(self.known.keys() - self.withdrawn)[:2]:
                session.get_one(Document, document_id).title = "không bao giờ"
            session.flush()
            if kept:
                assert self.ward.db.keeper is not None
                self.ward.db.keeper(session)
            raise Crash
        self.stray.add(receipt.sha256)

    @rule()
    def start_again(self) -> None:
        """What the worker does when it starts."""
        settle(self.ward.db, self.ward.resources.store, now=NOW)
        keep_all(self.ward.db, self.ward.resources.store, now=NOW)

    @rule()
    def sweep(self) -> None:
        """Only what no row names goes to the trash, and can come back from there."""
        with self.ward.db.reading() as session:
            named = set(session.scalars(select(DocumentVersion.sha256)))
        if named:
            moved = self.ward.resources.store.sweep(named, before=FAR, force=True)
            assert set(moved) <= self.stray and not set(moved) & named
            if moved:
                self.ward.resources.store.restore_from_trash(moved[0])
                self.stray = {moved[0]} | (self.stray - set(moved))

    @invariant()
    def everything_acknowledged_is_there(self) -> None:
        for digests in self.known.values():
            for digest in digests:
                with self.ward.resources.store.open(digest) as stream:
                    assert hashlib.sha256(stream.read()).hexdigest() == digest

    @rule()
    def the_archive_alone_tells_the_catalogue(self) -> None:
        self.start_again()
        with self.ward.db.reading() as session:
            assert list(differences(session, self.ward.resources.store)) == []
        assert list(self.ward.resources.store.verify()) == []
        path = self.folder / "again.sqlite3"
        path.unlink(missing_ok=True)
        again = Database(f"sqlite:///{path}")
        migrate(again)
        rebuild_catalogue(again, self.ward.resources.store, now=NOW)
        assert catalogue_of(again) == catalogue_of(self.ward.db)
        again.close()
        for left in self.folder.glob("again.sqlite3*"):
            left.unlink()


def test_any_order_of_events() -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        House,
        settings=settings(
            max_examples=share(5, 12), stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
