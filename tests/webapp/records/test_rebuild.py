"""A rebuild from the manifests alone equals the catalogue; what does not equal it is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from tests.support import councils, honours, indicators, inspections, meetings, papers, points, scores, voices
from tests.support.initiatives import add, bring_to
from tests.support.prepared import prepared
from tests.support.records import catalogue_of, empty_database, wrong
from tests.support.sqlite import database_of
from tests.support.ward import NOW, Ward
from webapp.audit.verify import verify_chain
from webapp.checklists import service as checklists
from webapp.core.db import Database
from webapp.core.errors import Invalid
from webapp.documents import retention
from webapp.documents import service as documents
from webapp.find import short_forms
from webapp.initiatives import service as initiatives
from webapp.models import (
    AnnouncementState,
    Checklist,
    DifficultyState,
    Document,
    InitiativeState,
    JobKind,
    OutboxJob,
    Person,
    RecordManifest,
    TextReading,
)
from webapp.people import letterheads
from webapp.records.catalogue import table_of
from webapp.records.compare import differences
from webapp.records.keep import VOID, keep_all, settle
from webapp.records.rebuild import UNUSABLE, rebuild_catalogue
from webapp.scoring.rubrics import service as rubrics
from webapp.scoring.rubrics.examples import Example

# Its slice tests that it is rebuilt.
MAY_BE_EMPTY = {"document_relation", "typed_page"}


@pytest.fixture
def second(tmp_path: Path) -> Iterator[Database]:
    """An empty migrated database."""
    with empty_database(tmp_path / "second.sqlite3") as db:
        yield db


@prepared
def busy(ward: Ward) -> Ward:
    """A ward in which every kind of record exists, several of them changed more than once."""
    item = ward.item(ward.checklist("clerk.a", "A"), "III.1.đ")
    ward.attach(
        "clerk.a", item, "Số: 31/BC-KT\n\nCăn cứ Nghị quyết số 57-NQ/TW ngày 22/12/2024 của Bộ Chính trị;\nBÁO CÁO\n"
    )
    document = ward.document("clerk.a", "A", "bản một", title="Báo cáo quý")
    with ward.work() as session:
        short_forms.strike_short_form(
            session, actor=ward.viewer("office"), now=ward.now, short="UBND", full="ủy ban nhân dân"
        )
        head = dict.fromkeys((*letterheads.NEEDED, "superior", "authority"), "Ủy ban nhân dân phường Thử")
        office = ward.viewer("office")
        new = letterheads.Head(from_day=ward.now.date(), **head)
        letterheads.set_letterhead(session, actor=office, now=ward.now, head=new)
        row = session.get_one(Document, document.id)
        documents.describe_document(
            session,
            actor=ward.viewer("clerk.a"),
            now=ward.now,
            document_id=row.id,
            revision=row.revision,
            described=documents.Description(
                title="Báo cáo quý III",
                number="05/BC-A",
                issued_on=None,
                issuer="Đơn vị A",
                signer="Người ký",
                theme_id=None,
            ),
        )
    gone = ward.document("clerk.a", "A", "tải nhầm")
    with ward.work() as session:
        retention.withdraw_document(
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
        checklists.return_checklist(
            session,
            actor=office,
            now=ward.now,
            timezone=ward.resources.settings.timezone,
            checklist_id=checklist_id,
            reason="bổ sung",
        )
        rubrics.make_rubric(
            session,
            actor=office,
            now=ward.now,
            movement_id=ward.movement_id,
            year=2026,
            new=rubrics.NewRubric(name="Thang điểm", unit_kinds=["office"], start=Example.HUNDRED),
        )
    set_id = indicators.set_in_force(ward, verifier=ward.units["B"])
    indicators.assess(ward, indicators.sheet_of(ward, set_id, "A"), "clerk.a")
    papers.make_duties(ward)
    paper = papers.open_paper(ward, "clerk.a", "A")
    papers.write(ward, "clerk.a", paper, {0: "đã triển khai", "III.1.đ": "liên thông 3 cơ sở dữ liệu"})
    papers.submit(ward, "head.a", paper)
    papers.comment(ward, "office", paper, "thiếu số liệu")
    papers.give_back(ward, "office", paper)
    best = bring_to(ward, InitiativeState.HONOURED, secret="giữ kín")
    honours.furnish(ward, initiative=best)
    honours.keep_apart(ward)
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
    meetings.voted_by_a_rule(ward)
    councils.furnished(ward)
    inspections.everything(ward)
    points.confirm(ward)
    meetings.finished(ward)
    scores.everything(ward)
    keep_all(ward.db, ward.resources.store, now=ward.now)
    ward.drain()
    return ward


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
