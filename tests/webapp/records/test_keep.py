"""The archive's manifests tell every change of a record, and a crash leaves old or new."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from archive.errors import StoreFull
from tests.support import papers
from tests.support.records import catalogue_of, empty_database, unkept, wrong
from tests.support.ward import NOW, Ward
from webapp.checklists import service as checklists
from webapp.core.db import Database
from webapp.documents import retention
from webapp.documents import service as documents
from webapp.models import (
    Checklist,
    Document,
    GroupUnit,
    ItemState,
    PaperVersion,
    Person,
    Role,
)
from webapp.people import service as people
from webapp.permissions import SYSTEM
from webapp.records.catalogue import BY_NAME
from webapp.records.keep import VOID, keep_all, settle
from webapp.records.rebuild import rebuild_catalogue
from webapp.records.snapshot import snapshots


@pytest.fixture
def second(tmp_path: Path) -> Iterator[Database]:
    """An empty migrated database."""
    with empty_database(tmp_path / "second.sqlite3") as db:
        yield db


def test_every_change_of_a_record_is_a_version_and_nothing_else_is(ward: Ward) -> None:
    document = ward.document("clerk.a", "A")
    store = ward.resources.store

    def versions() -> list[int]:
        return [one.version for one in store.manifests() if one.record_id == f"document-{document.id}"]

    assert versions() == [1]
    with ward.work() as session:
        documents.note_access(
            session, actor=ward.viewer("clerk.a"), now=ward.now, document=document, action="document.read", version=1
        )
    assert versions() == [1]
    with ward.work() as session:
        retention.hold_document(
            session,
            actor=ward.viewer("head.a"),
            now=ward.now,
            document_id=document.id,
            reason="đơn thư",
            revision=1 + 1,
        )
    assert versions() == [1, 2]
    last = store.manifest(f"document-{document.id}", 2).data
    (event,) = last["change"]["events"]
    assert (event["action"], event["reason"], event["actor_name"]) == ("document.hold", "đơn thư", "Người head.a")
    assert last["files"][0]["name"] == "van-ban.txt" and last["withdrawn"] is False


def test_a_failed_sign_in_writes_no_manifest(ward: Ward) -> None:
    before = len(list(ward.resources.store.manifests()))
    with ward.work() as session:
        session.get_one(Person, ward.people["clerk.a"]).failed_sign_ins += 1
    assert len(list(ward.resources.store.manifests())) == before


def test_when_the_archive_takes_no_manifest_nothing_is_committed(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise StoreFull("no space")

    before = catalogue_of(ward.db)
    monkeypatch.setattr(type(ward.resources.store), "put_manifests", full)
    with pytest.raises(StoreFull):
        ward.unit("MOI")
    monkeypatch.undo()
    assert catalogue_of(ward.db) == before
    ward.unit("MOI")
    assert wrong(ward) == unkept(ward)


def test_a_crash_between_manifest_and_commit_leaves_a_void_change(ward: Ward, second: Database) -> None:
    """The change was never acknowledged; the next writer of the same record gets a number of its own."""
    document = ward.document("clerk.a", "A")
    record = f"document-{document.id}"

    def retitle(title: str, *, crash: bool) -> None:
        with ward.work() as session:
            session.get_one(Document, document.id).title = title
            session.get_one(Person, ward.people["clerk.a"]).title = title
            if crash:
                ward.db.keeper(session)  # type: ignore[misc]
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        retitle("không bao giờ", crash=True)
    assert ward.resources.store.manifest(record, 2).data["rows"]["document"][0]["title"] == "không bao giờ"
    retitle("thật", crash=False)
    assert ward.resources.store.manifest(record, 3).data["rows"]["document"][0]["title"] == "thật"
    assert "unsettled" in {one.kind for one in wrong(ward)}  # type: ignore[attr-defined]
    assert [one for one in wrong(ward) if not one.is_harmless] == []  # type: ignore[attr-defined]
    assert len(settle(ward.db, ward.resources.store, now=ward.now)) == 1
    assert settle(ward.db, ward.resources.store, now=ward.now) == []
    assert wrong(ward) == unkept(ward)
    assert sum(one.record_id.startswith(VOID) for one in ward.resources.store.manifests()) == 1
    keep_all(ward.db, ward.resources.store, now=ward.now)
    found = rebuild_catalogue(second, ward.resources.store, now=NOW)
    assert found.passed_over == 2 and catalogue_of(second) == catalogue_of(ward.db)


def test_a_change_of_which_a_manifest_is_missing_does_not_count(ward: Ward, second: Database) -> None:
    """Of two records changed together, never only one: mixed is worse than old."""
    document = ward.document("clerk.a", "A", title="cũ")
    keep_all(ward.db, ward.resources.store, now=ward.now)
    with pytest.raises(KeyboardInterrupt), ward.work() as session:
        session.get_one(Document, document.id).title = "mới"
        session.get_one(Person, ward.people["clerk.a"]).title = "mới"
        ward.db.keeper(session)  # type: ignore[misc]
        raise KeyboardInterrupt
    manifest = ward.resources.store.manifest(f"document-{document.id}", 2)
    manifest.path.unlink()  # as if the power had gone before it was written
    rebuild_catalogue(second, ward.resources.store, now=NOW)
    with second.reading() as session:
        assert session.get_one(Document, document.id).title == "cũ"
        assert session.get_one(Person, ward.people["clerk.a"]).title == ""


def test_records_of_a_house_older_than_its_manifests_are_kept_later(ward: Ward, second: Database) -> None:
    keeper, ward.db.keeper = ward.db.keeper, None
    document = ward.document("clerk.a", "A")
    ward.db.keeper = keeper
    assert f"document-{document.id}" in {one.record for one in wrong(ward)}  # type: ignore[attr-defined]
    assert keep_all(ward.db, ward.resources.store, now=ward.now) >= 1
    assert keep_all(ward.db, ward.resources.store, now=ward.now) == 0
    assert wrong(ward) == []
    rebuild_catalogue(second, ward.resources.store, now=NOW)
    assert catalogue_of(second) == catalogue_of(ward.db)


def test_a_bulk_statement_must_say_which_record_it_changes(ward: Ward) -> None:
    with pytest.raises(RuntimeError, match="touch"), ward.work() as session:
        session.execute(delete(GroupUnit))
    with pytest.raises(RuntimeError, match="touch"), ward.work() as session:
        session.execute(update(Document).values(title="x"))


def test_moving_the_leader_keeps_the_whole_cluster(ward: Ward) -> None:
    """One member's position changes by a bulk statement; the manifest must show both."""
    from webapp.models import ClusterPosition

    with ward.work() as session:
        people.place_unit(
            session,
            actor=SYSTEM,
            now=ward.now,
            cluster_id=ward.clusters["K1"],
            year=2026,
            unit_id=ward.units["A"],
            position=ClusterPosition.LEADER,
        )
    newest = max(
        (one for one in ward.resources.store.manifests() if one.record_id == f"cluster-{ward.clusters['K1']}"),
        key=lambda one: one.version,
    )
    leaders = [row["unit_id"] for row in newest.data["rows"]["cluster_member"] if row["position"] == "leader"]
    assert leaders == [ward.units["A"]]


def test_a_sub_item_and_a_group_are_part_of_their_records(ward: Ward, second: Database) -> None:

    checklist = ward.checklist("clerk.a", "A")
    item = ward.item(checklist, "III.1.d")
    with ward.work() as session:
        checklists.set_sub_items(
            session,
            actor=ward.viewer("clerk.a"),
            now=ward.now,
            item_id=item.id,
            ticks=checklists.Ticks(frozenset(), frozenset()),
            added="việc con",
            removed=set(),
        )
    with ward.work() as session:
        checklists.answer_item(
            session,
            actor=ward.viewer("clerk.a"),
            now=ward.now,
            item_id=item.id,
            state=ItemState.NOT_APPLICABLE,
            reason="không có",
            comment="",
            revision=ward.item(checklist, "III.1.d").revision,
        )
    ward.map_units(A="III.1", B="III.1", VH="III.2", C="III.2")
    keep_all(ward.db, ward.resources.store, now=ward.now)
    assert wrong(ward) == []
    rebuild_catalogue(second, ward.resources.store, now=NOW)
    assert catalogue_of(second) == catalogue_of(ward.db)
    with second.reading() as session:
        assert session.scalar(select(func.count()).select_from(Checklist)) == 1


def test_a_column_that_came_later_leaves_earlier_manifests_true(ward: Ward) -> None:
    """A house of an earlier build has manifests without it; only a row that uses it says more."""
    paper = papers.open_paper(ward, "clerk.a", "A")
    papers.write(ward, "clerk.a", paper, {0: "Đã làm"})
    ward.grant("clerk.a", Role.HEAD, "A")
    papers.submit(ward, "clerk.a", paper)
    kind = BY_NAME["paper"]
    with ward.db.reading() as session:
        rows = snapshots(session, kind, [paper.id])[paper.id]["paper_version"]
        assert [("received_on" in row, "submitted_at" in row) for row in rows] == [(False, True)]
    with ward.work() as session:
        session.scalars(select(PaperVersion)).one().received_on = date(2026, 11, 20)
    with ward.db.reading() as session:
        rows = snapshots(session, kind, [paper.id])[paper.id]["paper_version"]
        assert rows[0]["received_on"] == "2026-11-20"
