"""Manifests at their edges: text composed otherwise, statements that go past the rows, savepoints, very many at once,
manifests of another version, and what a rebuild leaves alone."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from tests.support.ward import Ward
from webapp.core.db import Database
from webapp.core.errors import Invalid
from webapp.core.schema import migrate
from webapp.custody.queries import list_retention
from webapp.documents import retention
from webapp.handover.container import NoBackup, check, header
from webapp.models import Document, DocumentKind, DocumentRelation, Person, RecordManifest, UnitKind, new_id
from webapp.people import service as people
from webapp.permissions import SYSTEM
from webapp.records.catalogue import table_of
from webapp.records.compare import differences
from webapp.records.keep import keep_all, touch
from webapp.records.rebuild import rebuild_catalogue

NFD = unicodedata.normalize("NFD", "Ủy ban nhân dân phường Thử")


def wrong(ward: Ward, db: Database | None = None) -> list[tuple[str, str]]:
    with (db or ward.db).reading() as session:
        return [(one.kind, one.record) for one in differences(session, ward.resources.store) if one.kind != "unkept"]


def rebuilt(ward: Ward, folder: Path) -> Database:
    db = Database(f"sqlite:///{folder}/anew.sqlite3")
    migrate(db)
    rebuild_catalogue(db, ward.resources.store, now=ward.now)
    return db


def manifests(ward: Ward, record: str) -> int:
    with ward.db.reading() as session:
        return len(session.scalars(select(RecordManifest.no).where(RecordManifest.record == record)).all())


def test_text_composed_otherwise_is_the_same_text(ward: Ward, tmp_path: Path) -> None:
    """Combining marks, also at the beginning of a field, where they must not join what stands before it."""
    unit = ward.unit("NFD", UnitKind.OFFICE, name=NFD)
    document = ward.document("clerk.a", "A", title="\u0301" + NFD).id
    odd = ward.document("clerk.a", "A", title="tab\there\u2028\ufeff\x7f\u202e\U0001f600 a\x00b").id
    with ward.work() as session:
        for reason in (NFD, "\u0323x"):
            revision = session.get_one(Document, document).revision
            retention.hold_document(
                session,
                actor=ward.viewer("head.a"),
                now=ward.now,
                document_id=document,
                reason=reason,
                revision=revision,
            )
            retention.release_document(
                session,
                actor=ward.viewer("head.a"),
                now=ward.now,
                document_id=document,
                reason=reason,
                revision=session.get_one(Document, document).revision,
            )
    assert wrong(ward) == []
    before = manifests(ward, f"unit-{unit}")
    with ward.work() as session:
        touch(session, session.get_one(Document, odd))
    assert manifests(ward, f"unit-{unit}") == before == 1 and manifests(ward, f"document-{odd}") == 1
    db = rebuilt(ward, tmp_path)
    assert wrong(ward, db) == []
    with db.reading() as session:
        assert session.get_one(Document, document).title == unicodedata.normalize("NFC", "\u0301" + NFD)
    db.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_statement_goes_past_the_manifests(ward: Ward) -> None:
    table = table_of(DocumentRelation)
    row = {
        "id": new_id(),
        "document_id": ward.document("clerk.a", "A").id,
        "other_id": ward.document("clerk.a", "A").id,
        "kind": "related",
        "created_at": ward.now,
    }
    for statement in (
        insert(DocumentRelation).values(row),
        insert(table).values(row),
        update(DocumentRelation).values(removed_at=ward.now),
        sa.update(table).values(removed_at=ward.now),
        delete(DocumentRelation),
        sa.delete(table),
    ):
        with pytest.raises(RuntimeError, match="touch"), ward.work() as session:
            session.execute(statement)
    with ward.work() as session:
        touch(session, session.get_one(Document, row["document_id"]))
        session.execute(insert(table).values(row))
    assert wrong(ward) == []


def test_what_a_savepoint_took_back_is_in_no_manifest(ward: Ward) -> None:
    def unit(session: Session, code: str) -> str:
        saved = people.save_unit(
            session,
            actor=SYSTEM,
            now=ward.now,
            unit_id=None,
            draft=people.UnitDraft(
                code=code,
                name=f"Đơn vị {code}",
                kind=UnitKind.OFFICE,
            ),
        )
        return saved.id

    with ward.work() as session:
        kept = unit(session, "GIU")
        with pytest.raises(Invalid), session.begin_nested():
            gone = unit(session, "BO")
            raise Invalid("thôi")
    assert manifests(ward, f"unit-{gone}") == 0 and manifests(ward, f"unit-{kept}") == 1
    told = ward.resources.store.manifest(f"unit-{kept}", 1).data["change"]
    assert told["records"] == 1 and [one["action"] for one in told["events"]] == ["unit.save"]
    with ward.db.reading() as session:
        head = session.execute(sa.text("SELECT seq FROM audit_head")).scalar_one()
    assert told["events"][0]["seq"] == head
    assert wrong(ward) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_very_many_records_change_at_once(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than one statement can name: SQLite takes some thirty thousand values, so the parts are made small here."""
    from webapp.records import keep

    monkeypatch.setattr(keep, "CHUNK", 7)
    with ward.work() as session:
        for number in range(60):
            people.create_person(
                session,
                actor=SYSTEM,
                now=ward.now,
                password="",
                password_hash="x",
                new=people.NewPerson(
                    username=f"nhieu.{number:03}",
                    name=f"Người {number}",
                    must_change_password=True,
                    unit_id=ward.units["A"],
                ),
            )
    with ward.db.reading() as session:
        ids = session.scalars(select(Person.id).where(Person.username.startswith("nhieu."))).all()
        changes = session.scalars(
            select(RecordManifest.change_id).where(RecordManifest.record.in_([f"person-{one}" for one in ids]))
        ).all()
    assert len(changes) == 60 and len(set(changes)) == 1 and wrong(ward) == []


def test_a_rebuild_leaves_the_terms_that_nobody_changed(ward: Ward, tmp_path: Path) -> None:
    """Only one class has a manifest: the worker has not come to the others yet."""
    with ward.work() as session:
        retention.set_retention_class(
            session, actor=ward.viewer("office"), now=ward.now, kind=DocumentKind.MINUTES, years=42
        )
        before = list_retention(session)
    assert manifests(ward, "retention-minutes") == 1 and manifests(ward, "retention-report") == 0
    db = rebuilt(ward, tmp_path)
    with db.reading() as session:
        assert list_retention(session) == before and dict(before)[DocumentKind.MINUTES] == 42
    db.close()
    keep_all(ward.db, ward.resources.store, now=ward.now)
    (tmp_path / "again").mkdir()
    db = rebuilt(ward, tmp_path / "again")
    with db.reading() as session:
        assert list_retention(session) == before
    db.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("change", [{"format": "khothidua-record/2"}, {"kind": "giấy khen"}])
def test_what_a_later_version_wrote_is_not_passed_over_in_silence(
    ward: Ward, tmp_path: Path, change: dict[str, str]
) -> None:
    document = ward.document("clerk.a", "A").id
    store = ward.resources.store
    data = json.loads(store.manifest(f"document-{document}", 1).path.read_bytes())
    store.put_manifests([(f"document-{document}", 2, {**data, **change})], ward.now)
    assert wrong(ward) == [("unknown-manifest", f"document-{document}")]
    with pytest.raises(Invalid, match="mới hơn"):
        rebuilt(ward, tmp_path)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_manifest_that_says_nonsense_counts_as_damaged(ward: Ward, tmp_path: Path) -> None:
    document = ward.document("clerk.a", "A").id
    store = ward.resources.store
    data = json.loads(store.manifest(f"document-{document}", 1).path.read_bytes())
    for no, odd in enumerate(
        (
            {**data, "rows": ["x"]},
            {**data, "rows": {"document": [7]}},
            {name: value for name, value in data.items() if name != "rows"},
            {**data, "change": {"id": "x", "records": "hai", "at": "hôm qua"}},
            {**data, "change": {"id": "x"}},
        ),
        start=2,
    ):
        store.put_manifests([(f"document-{document}", no, odd)], ward.now)
    db = Database(f"sqlite:///{tmp_path}/anew.sqlite3")
    migrate(db)
    found = rebuild_catalogue(db, store, now=ward.now)
    assert len(found.damaged) == 5 and found.newest[f"document-{document}"].version == 1
    db.close()


@pytest.mark.parametrize("name", ["BACKUP.json", "END.json", "tables/person/000001.jsonl"])
def test_a_backup_that_would_fill_the_memory_is_refused(name: str, tmp_path: Path) -> None:
    """A sparse file of gigabytes that takes no room on the disk."""
    size = 3 * 2**30
    content = b"" if name == "BACKUP.json" else header("BACKUP.json", 2) + b"{}" + bytes(510)
    with (tmp_path / "backup.tar").open("w+b") as file:
        file.write(content + header(name, size))
        file.truncate(len(content) + 512 + size)
        with pytest.raises(NoBackup, match="lớn bất thường"):
            check(file, file.seek(0, 2))
