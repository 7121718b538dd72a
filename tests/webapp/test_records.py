"""The archive's manifests tell the catalogue whole: every change is kept, a crash leaves old or new, a rebuild equals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from archive.errors import StoreFull
from tests.support import meetings, papers, scores, voices
from tests.support.initiatives import add, bring_to
from tests.support.sqlite import database_of
from tests.support.ward import NOW, Ward
from webapp.audit.verify import verify_chain
from webapp.checklists import service as checklists
from webapp.core.db import Database
from webapp.core.errors import Invalid
from webapp.core.schema import migrate
from webapp.documents import keeping
from webapp.documents import service as documents
from webapp.initiatives import service as initiatives
from webapp.models import (
    AnnouncementState,
    Checklist,
    DifficultyState,
    Document,
    GroupUnit,
    InitiativeState,
    ItemState,
    JobKind,
    OutboxJob,
    Person,
    RecordManifest,
    TextReading,
)
from webapp.people import service as people
from webapp.permissions import SYSTEM
from webapp.records.catalogue import KINDS, table_of
from webapp.records.compare import differences
from webapp.records.keep import VOID, keep_all, settle
from webapp.records.rebuild import UNUSABLE, rebuild_catalogue
from webapp.scoring.rubrics import service as rubrics
from webapp.scoring.rubrics.examples import Example

# Its slice tests that it is rebuilt.
MAY_BE_EMPTY = {"document_relation"}


@pytest.fixture
def busy(ward: Ward) -> Ward:
    """A ward in which every kind of record exists, several of them changed more than once."""
    item = ward.item(ward.checklist("clerk.a", "A"), "III.1.đ")
    ward.attach(
        "clerk.a", item, "Số: 31/BC-KT\n\nCăn cứ Nghị quyết số 57-NQ/TW ngày 22/12/2024 của Bộ Chính trị;\nBÁO CÁO\n"
    )
    document = ward.document("clerk.a", "A", "bản một", title="Báo cáo quý")
    with ward.work() as session:
        row = session.get_one(Document, document.id)
        documents.describe_document(
            session,
            actor=ward.viewer("clerk.a"),
            now=ward.now,
            document_id=row.id,
            revision=row.revision,
            title="Báo cáo quý III",
            number="05/BC-A",
            issued_on=None,
            issuer="Đơn vị A",
            signer="Người ký",
            theme_id=None,
        )
    gone = ward.document("clerk.a", "A", "tải nhầm")
    with ward.work() as session:
        keeping.withdraw_document(
            session,
            actor=ward.viewer("clerk.a"),
            now=ward.now,
            document_id=gone.id,
            reason="nhầm",
            revision=gone.revision,
        )
    with ward.work() as session:
        checklist_id = session.scalars(select(Checklist.id).where(Checklist.unit_id == ward.units["A"])).one()
        head, office = ward.viewer("head.a"), ward.viewer("office")
        checklists.submit_checklist(session, actor=head, now=ward.now, checklist_id=checklist_id)
        checklists.return_checklist(session, actor=office, now=ward.now, checklist_id=checklist_id, reason="bổ sung")
        rubrics.make_rubric(
            session,
            actor=office,
            now=ward.now,
            movement_id=ward.movement_id,
            year=2026,
            new=rubrics.NewRubric(name="Thang điểm", unit_kinds=["office"], start=Example.HUNDRED),
        )
    papers.make_duties(ward)
    paper = papers.open_paper(ward, "clerk.a", "A")
    papers.write(ward, "clerk.a", paper, {0: "đã triển khai", "III.1.đ": "liên thông 3 cơ sở dữ liệu"})
    papers.submit(ward, "head.a", paper)
    papers.comment(ward, "office", paper, "thiếu số liệu")
    papers.give_back(ward, "office", paper)
    bring_to(ward, InitiativeState.HONOURED, secret="giữ kín")
    kept = add(ward)
    with ward.work() as session:
        initiatives.attach_existing(
            session, actor=ward.viewer("clerk.a"), now=ward.now, initiative_id=kept.id, document_id=document.id
        )
    synthesis = voices.make_synthesis(ward)
    voices.save(ward, synthesis, next(iter(voices.paragraphs_of(ward, synthesis).values())), "viết lại")
    voices.fix(ward, synthesis)
    voices.raise_one(ward, state=DifficultyState.ACCEPTED)
    announcement = voices.announce(ward, state=AnnouncementState.DRAFT)
    voices.attach(ward, announcement)
    voices.announcement_step(ward, "post", "office", announcement)
    voices.announcement_step(ward, "confirm", "clerk.a", announcement)
    meetings.finished(ward)
    scores.everything(ward)
    keep_all(ward.db, ward.resources.store, now=ward.now)
    ward.drain()
    return ward


@pytest.fixture
def second(tmp_path: Path) -> Iterator[Database]:
    """An empty migrated database."""
    db = Database(f"sqlite:///{tmp_path / 'second.sqlite3'}")
    migrate(db)
    yield db
    db.close()


def rows_of(db: Database, table_name: str, omitted: frozenset[str]) -> list[str]:
    from webapp.models import Base
    from webapp.records.snapshot import plain_row

    table = Base.metadata.tables[table_name]
    columns = [column for column in table.c if column.name not in omitted]
    with db.reading() as session:
        rows = session.execute(select(*columns)).mappings()
        return sorted(json.dumps(plain_row(dict(row)), ensure_ascii=False, sort_keys=True) for row in rows)


def catalogue_of(db: Database) -> dict[str, list[str]]:
    """Every row of every recorded table, but for what is never archived."""
    found = {}
    for kind in KINDS:
        found[kind.table.name] = rows_of(db, kind.table.name, kind.omitted)
        for part in kind.parts:
            found[part.table.name] = rows_of(db, part.table.name, frozenset())
    return found


def wrong(ward: Ward) -> list[object]:
    with ward.db.reading() as session:
        return list(differences(session, ward.resources.store))


def test_a_rebuild_equals_the_catalogue_row_by_row(busy: Ward, second: Database) -> None:
    before = catalogue_of(busy.db)
    assert {name for name, rows in before.items() if not rows} <= MAY_BE_EMPTY
    found = rebuild_catalogue(second, busy.resources.store, now=NOW)
    assert catalogue_of(second) == before
    assert (found.damaged, found.missing_rows, found.passed_over) == ([], [], 0)
    with second.reading() as session, busy.db.reading() as original:
        assert list(differences(session, busy.resources.store)) == []
        assert list(verify_chain(session)) == []
        listed = select(RecordManifest.record, RecordManifest.no, RecordManifest.rows_sha256)
        assert set(session.execute(listed)) == set(original.execute(listed))
        waiting = session.scalar(select(func.count()).select_from(TextReading))
        jobs = session.scalar(select(func.count()).where(OutboxJob.kind == JobKind.READ_TEXT))
        assert waiting == jobs == len(before["document_version"])


def test_no_password_ever_reaches_the_archive(busy: Ward, second: Database) -> None:
    with busy.db.reading() as session:
        hashes = set(session.scalars(select(Person.password_hash)))
    for manifest in busy.resources.store.manifests():
        text = json.dumps(manifest.data)
        assert "password" not in text and not any(one in text for one in hashes)
    rebuild_catalogue(second, busy.resources.store, now=NOW)
    with second.reading() as session:
        assert set(session.scalars(select(Person.password_hash))) == {UNUSABLE}


def test_a_rebuild_into_a_catalogue_that_has_rows_is_refused_and_changes_nothing(busy: Ward) -> None:
    before = catalogue_of(busy.db)
    with pytest.raises(Invalid, match="không trống"):
        rebuild_catalogue(busy.db, busy.resources.store, now=NOW)
    assert catalogue_of(busy.db) == before


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
        keeping.hold_document(
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


def unkept(ward: Ward) -> list[object]:
    return [one for one in wrong(ward) if one.kind == "unkept"]  # type: ignore[attr-defined]


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


def test_a_row_changed_behind_the_programs_back_is_named(busy: Ward) -> None:
    with busy.db.engine.begin() as connection:
        connection.execute(update(table_of(Document)).values(title="đã sửa lén"))
    kinds = {(one.kind, one.record.partition("-")[0]) for one in wrong(busy)}  # type: ignore[attr-defined]
    assert kinds == {("differs", "document")}


def test_a_manifest_or_a_record_that_is_gone_is_named(busy: Ward) -> None:
    with busy.db.reading() as session:
        record = session.scalars(select(RecordManifest.record).where(RecordManifest.record.like("evidence-%"))).one()
    for manifest in list(busy.resources.store.manifests()):
        if manifest.record_id == record:
            manifest.path.unlink()
    assert {(one.kind, one.record) for one in wrong(busy)} == {("no-manifest", record)}  # type: ignore[attr-defined]


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
    from webapp.checklists import service as checklists

    checklist = ward.checklist("clerk.a", "A")
    item = ward.item(checklist, "III.1.d")
    with ward.work() as session:
        checklists.set_sub_items(
            session,
            actor=ward.viewer("clerk.a"),
            now=ward.now,
            item_id=item.id,
            done=set(),
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


def test_a_catalogue_that_lost_its_last_part_is_named_and_nothing_is_voided(ward: Ward, tmp_path: Path) -> None:
    """An old copy of the database beside the newer archive: what it does not know was acknowledged all the same."""
    if not ward.db.is_sqlite:
        pytest.skip("the file is copied")
    keep_all(ward.db, ward.resources.store, now=ward.now)
    with database_of(ward.resources.settings.data) as database:
        database.execute(f"VACUUM INTO '{tmp_path / 'old.sqlite3'}'")
    ward.later(minutes=1)
    for number in range(3):
        ward.document("clerk.a", "A", f"sau bản sao {number}")
    old = Database(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    assert settle(old, ward.resources.store, now=NOW) == []
    with old.reading() as session:
        kinds = {one.kind for one in differences(session, ward.resources.store) if not one.is_harmless}
    assert kinds == {"unknown-manifest", "no-record"}
    assert not any(one.record_id.startswith(VOID) for one in ward.resources.store.manifests())
    old.close()
