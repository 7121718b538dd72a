"""What happens after a commit: the outbox, reading text once, and an index that can always be lost."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

import search
from tests.support.ward import Ward
from tests.support.web import Client
from webapp.core.errors import Busy
from webapp.core.resources import IndexAway
from webapp.documents import service as documents
from webapp.jobs import outbox, read_text
from webapp.jobs import worker as worker_module
from webapp.jobs.index import all_keys, index_jobs, is_whole
from webapp.jobs.worker import Worker, WorkerRunning, only_worker
from webapp.kinds import search_key
from webapp.models import (
    AuditEvent,
    Document,
    DocumentVersion,
    JobKind,
    Movement,
    OutboxJob,
    PlanPoint,
    ReadingStatus,
    TextReading,
    Theme,
    new_id,
)
from webapp.permissions.scopes import viewer_keys
from webapp.records.opening import open_resources

LETTER = "UBND PHƯỜNG THỬ\nSố: 31/BC-KT\nPhường Thử, ngày 02 tháng 11 năm 2026\nBÁO CÁO\nKết quả chuyển đổi số"


def jobs(ward: Ward) -> Sequence[OutboxJob]:
    with ward.db.reading() as session:
        return session.scalars(select(OutboxJob).order_by(OutboxJob.kind, OutboxJob.subject)).all()


def reload(ward: Ward, document: Document) -> Document:
    with ward.db.reading() as session:
        return session.get_one(Document, document.id)


def found(ward: Ward, text: str, username: str = "clerk.a") -> set[str]:
    page = ward.resources.index.search(f'"{text}"', viewer_keys=viewer_keys(ward.viewer(username)), limit=100)
    return {hit.key for hit in page.hits}


def indexed(ward: Ward) -> set[str]:
    return set(ward.resources.index.keys())


def catalogue(ward: Ward) -> set[str]:
    with ward.db.reading() as session:
        return all_keys(session)


def test_an_upload_leaves_its_work_in_the_same_transaction(ward: Ward) -> None:
    ward.drain()
    document = ward.document("clerk.a", "A", LETTER)
    assert [(job.kind, job.attempts) for job in jobs(ward)] == [(JobKind.INDEX, 0), (JobKind.READ_TEXT, 0)]
    assert jobs(ward)[0].subject == search_key("document", document.id)


def test_a_change_that_is_rolled_back_leaves_no_work(ward: Ward) -> None:
    ward.drain()
    with pytest.raises(ZeroDivisionError), ward.work() as session:
        outbox.enqueue(session, JobKind.INDEX, ["document:x"], now=ward.now)
        raise ZeroDivisionError
    document = ward.document("clerk.a", "A", LETTER)
    ward.drain()
    with pytest.raises(ZeroDivisionError), ward.work() as session:
        actor = ward.viewer("head.a")
        documents.submit_document(session, actor=actor, now=ward.now, document_id=document.id)
        raise ZeroDivisionError
    assert jobs(ward) == []


def test_asking_twice_does_no_harm(ward: Ward) -> None:
    document = ward.document("clerk.a", "A", LETTER)
    ward.drain()
    before = indexed(ward)
    with ward.work() as session:
        for _ in range(3):
            outbox.enqueue(session, JobKind.INDEX, [search_key("document", document.id), "document:gone"], now=ward.now)
            outbox.enqueue(session, JobKind.READ_TEXT, ["0" * 64], now=ward.now)
    ward.drain()
    assert jobs(ward) == [] and indexed(ward) == before == catalogue(ward)
    assert found(ward, "kết quả chuyển đổi số") == {search_key("document", document.id)}


def test_work_done_but_not_crossed_off_is_repeated_without_harm(ward: Ward) -> None:
    """As after a kill between the index's commit and the database's."""
    ward.document("clerk.a", "A", LETTER)
    ward.drain()
    before = indexed(ward)
    repeated = [OutboxJob(id=new_id(), kind=JobKind.INDEX, subject=key) for key in sorted(before)]
    index_jobs(ward.resources, repeated)
    index_jobs(ward.resources, repeated)
    assert indexed(ward) == before and ward.resources.index.count() == len(before)


def test_waits_grow_until_a_job_is_given_up_and_a_person_can_retry(ward: Ward) -> None:
    ward.drain()
    with ward.work() as session:
        outbox.enqueue(session, JobKind.INDEX, ["document:x"], now=ward.now)
    (job,) = jobs(ward)
    waits = []
    for _ in range(outbox.MAX_ATTEMPTS):
        with ward.work() as session:
            assert [one.id for one in outbox.due(session, JobKind.INDEX, now=ward.now, limit=10)] == [job.id]
            outbox.postpone(session, [job.id], now=ward.now, error="x" * 9999)
        (job,) = jobs(ward)
        waits.append(job.due_at - ward.now)
        with ward.db.reading() as session:
            assert outbox.due(session, JobKind.INDEX, now=ward.now, limit=10) == []
        ward.later(seconds=waits[-1].total_seconds())
    assert waits == [timedelta(seconds=2**power) for power in range(8)]
    assert len(job.last_error) <= 500
    ward.later(days=365)
    with ward.db.reading() as session:
        assert outbox.due(session, JobKind.INDEX, now=ward.now, limit=10) == []
        assert [one.id for one in outbox.given_up(session)] == [job.id]
    with ward.work() as session:
        assert outbox.retry_given_up(session, now=ward.now) == 1
    with ward.db.reading() as session:
        assert [one.id for one in outbox.due(session, JobKind.INDEX, now=ward.now, limit=10)] == [job.id]
        assert outbox.given_up(session) == []


def test_waiting_for_a_busy_index_uses_up_no_attempts(ward: Ward) -> None:
    ward.document("clerk.a", "A", LETTER)
    with ward.resources.index.batch():
        ward.drain(patience=0)
    left = [job for job in jobs(ward) if job.kind is JobKind.INDEX]
    assert left and all(job.attempts == 0 and "WriterBusy" in job.last_error for job in left)
    with ward.work() as session:
        session.execute(update(OutboxJob).values(due_at=ward.now))
    ward.drain()
    assert jobs(ward) == [] and indexed(ward) == catalogue(ward)


def test_one_record_that_cannot_be_indexed_does_not_hold_up_the_others(ward: Ward) -> None:
    document = ward.document("clerk.a", "A", LETTER)
    with ward.work() as session:
        movement_id = session.scalars(select(Movement.id)).one()
        bad = PlanPoint(movement_id=movement_id, position=999, code="X" * 5000, text="quá dài để làm khóa")
        session.add(bad)
        session.flush()
        # A theme of the same code makes the code a facet, and none may be that long.
        session.add(Theme(movement_id=movement_id, position=999, code=bad.code, text="x"))
        outbox.enqueue(session, JobKind.INDEX, [f"point:{bad.id}"], now=ward.now)
    ward.drain()
    assert search_key("document", document.id) in indexed(ward)
    # Tried once, or again where the machine was slow enough for its second turn to come.
    assert [(job.subject, job.attempts >= 1) for job in jobs(ward)] == [(f"point:{bad.id}", True)]


def test_each_document_is_read_for_itself_even_when_its_bytes_are_known(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Text that is there at once would tell a person that somebody else holds the very same file."""
    calls: list[str] = []
    extract = read_text.extract

    def counted(*words: object, **options: object) -> object:
        calls.append(str(options["filename"]))
        return extract(*words, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(read_text, "extract", counted)
    ward.drain()
    calls.clear()
    first = ward.document("clerk.a", "A", LETTER, filename="một.txt")
    ward.drain()
    second = ward.document("clerk.b", "B", LETTER, filename="hai.txt")
    assert reload(ward, second).number is None
    with ward.db.reading() as session:
        waiting = session.scalars(
            select(DocumentVersion.document_id)
            .join(TextReading, TextReading.version_id == DocumentVersion.id)
            .where(TextReading.status == ReadingStatus.WAITING)
        ).all()
    assert waiting == [second.id]
    ward.drain()
    assert calls == ["một.txt", "hai.txt"]
    for document in (first, second):
        assert reload(ward, document).number == "31/BC-KT"
    assert found(ward, "kết quả chuyển đổi số") == {search_key("document", first.id)}
    assert found(ward, "kết quả chuyển đổi số", "clerk.b") == {search_key("document", second.id)}


def test_what_a_person_wrote_is_never_overwritten(ward: Ward) -> None:
    document = ward.document("clerk.a", "A", LETTER)
    with ward.work() as session:
        documents.describe_document(
            session,
            actor=ward.viewer("clerk.a"),
            now=ward.now,
            document_id=document.id,
            revision=document.revision,
            described=documents.Description(
                title="Của tôi",
                number="99/BC",
                issued_on=None,
                issuer=None,
                signer=None,
                theme_id=None,
            ),
        )
    ward.drain()
    row = reload(ward, document)
    assert (row.title, row.number, row.issued_on) == ("Của tôi", "99/BC", date(2026, 11, 2))
    revision = row.revision
    with ward.work() as session:
        documents.retry_reading(session, actor=ward.viewer("clerk.a"), now=ward.now, document_id=document.id)
    ward.drain()
    row = reload(ward, document)
    assert (row.number, row.revision) == ("99/BC", revision)
    with ward.db.reading() as session:
        filled = session.scalars(select(AuditEvent.details).where(AuditEvent.action == "document.fill-in")).all()
    assert filled == [{"fields": "place, issued_on"}]


def test_a_reading_that_is_asked_for_again_is_done_again(ward: Ward) -> None:
    document = ward.document("clerk.a", "A", LETTER)
    ward.drain()
    with ward.work() as session:
        session.execute(update(TextReading).values(text="hỏng"))
        documents.retry_reading(session, actor=ward.viewer("clerk.a"), now=ward.now, document_id=document.id)
    ward.drain()
    assert found(ward, "kết quả chuyển đổi số") == {search_key("document", document.id)}
    with ward.db.reading() as session:
        assert session.scalar(select(func.count()).where(TextReading.status == ReadingStatus.WAITING)) == 0


def test_bytes_that_vanished_are_tried_again_and_do_not_end_the_worker(ward: Ward) -> None:
    ward.drain()
    ward.document("clerk.a", "A", LETTER)
    version_id = next(job.subject for job in jobs(ward) if job.kind is JobKind.READ_TEXT)
    with ward.db.reading() as session:
        sha256 = session.get_one(DocumentVersion, version_id).sha256
    path = ward.resources.store.path(sha256)
    content = path.read_bytes()
    path.unlink()
    ward.drain()
    (job,) = jobs(ward)
    assert (job.kind, job.attempts) == (JobKind.READ_TEXT, 1) and job.last_error
    path.write_bytes(content)
    with ward.work() as session:
        session.execute(update(OutboxJob).values(due_at=ward.now))
    ward.drain()
    assert jobs(ward) == []


def lose(index: Path) -> None:
    shutil.rmtree(index)


def empty(index: Path) -> None:
    shutil.rmtree(index)
    search.open(index)


def outdate(index: Path) -> None:
    meta = index / "meta.json"
    meta.write_text(json.dumps({**json.loads(meta.read_text()), "analyser": 0}))


def tear(index: Path) -> None:
    (index / "meta.json").write_text("{")


def unmark(index: Path) -> None:
    (index / "meta.json").unlink()


@pytest.mark.parametrize("damage", [lose, empty, outdate, tear, unmark], ids=lambda damage: damage.__name__)
def test_an_index_that_is_lost_is_made_anew_when_the_worker_starts(ward: Ward, damage: object) -> None:
    document = ward.document("clerk.a", "A", LETTER)
    ward.drain()
    before = indexed(ward)
    ward.resources.forget_index()
    assert callable(damage)
    damage(ward.resources.settings.index_path)
    resources = open_resources(ward.resources.settings)
    Worker(resources).mend_index(thorough=True)
    assert set(resources.index.keys()) == before == catalogue(ward)
    assert found(ward, "kết quả chuyển đổi số") == {search_key("document", document.id)}
    resources.close()


def test_an_index_that_lacks_something_no_job_explains_is_made_anew(ward: Ward) -> None:
    ward.document("clerk.a", "A", LETTER)
    ward.drain()
    with ward.resources.index.batch() as batch:
        batch.remove(sorted(indexed(ward))[0])
        batch.add(search.Record(key="document:ghost", kind="report", title="ma", body=""))
    assert not is_whole(ward.resources)
    Worker(ward.resources).mend_index(thorough=True)
    assert is_whole(ward.resources) and indexed(ward) == catalogue(ward)


def test_work_still_waiting_is_no_reason_to_make_the_index_anew(ward: Ward) -> None:
    ward.drain()
    ward.document("clerk.a", "A", LETTER)
    assert indexed(ward) != catalogue(ward) and is_whole(ward.resources)


@pytest.mark.parametrize("damage", [lose, outdate, tear], ids=lambda damage: damage.__name__)
def test_losing_the_index_under_a_running_worker_loses_nothing(ward: Ward, damage: object) -> None:
    first = ward.document("clerk.a", "A", LETTER)
    worker = Worker(ward.resources)
    worker.drain()
    assert callable(damage)
    damage(ward.resources.settings.index_path)
    second = ward.document("clerk.a", "A", LETTER + " lần hai")
    worker.drain()
    worker.mend_index()
    worker.drain()
    assert jobs(ward) == [] and indexed(ward) == catalogue(ward)
    assert found(ward, "kết quả chuyển đổi số") == {search_key("document", first.id), search_key("document", second.id)}


def test_pages_say_that_the_index_is_being_made_and_never_pretend_to_find_nothing(client: Client) -> None:
    ward = client.ward
    ward.document("clerk.a", "A", LETTER, title="Báo cáo tháng")
    ward.drain()
    client.sign_in("clerk.a")
    ward.resources.makes_index = False
    lose(ward.resources.settings.index_path)
    ward.resources.forget_index()
    answer = client.get("/search?q=kết+quả")
    assert answer.status_code == 503 and "lập lại" in answer.text and answer.headers["Retry-After"]
    assert client.get("/readyz").status_code == 503 and client.get("/readyz").is_json
    assert "Báo cáo tháng" in client.get("/documents").text
    assert not ward.resources.settings.index_path.exists()
    with pytest.raises(IndexAway):
        _ = ward.resources.index
    Worker(ward.resources).mend_index(thorough=True)
    assert "Báo cáo tháng" in client.get("/search?q=kết+quả").text
    assert client.get("/readyz").status_code == 200


def test_points_of_the_plan_do_not_crowd_out_documents(ward: Ward) -> None:
    """Every point belongs to the movement; its name must not make each of them answer to the movement's words."""
    document = ward.document("clerk.a", "A", LETTER, title="Báo cáo tháng")
    ward.drain()
    keys = found(ward, "đổi mới sáng tạo")
    assert not [key for key in keys if key.startswith("point:")]
    assert search_key("document", document.id) in found(ward, "chuyển đổi số")
    assert [key for key in found(ward, "trí tuệ nhân tạo") if key.startswith("point:")]


def test_two_workers_never_share_a_folder(tmp_path: Path) -> None:
    with only_worker(tmp_path), pytest.raises(WorkerRunning), only_worker(tmp_path):
        pass
    with only_worker(tmp_path):
        pass


def test_work_held_up_by_a_lock_is_not_left_behind(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was put off because the database was locked is still done before `drain` ends."""
    document = ward.document("clerk.a", "A", "chữ", filename="a.txt")
    index_jobs, calls = worker_module.index_jobs, []

    def locked_once(*given: Any) -> None:
        calls.append(given)
        if len(calls) == 1:
            raise Busy
        index_jobs(*given)

    monkeypatch.setattr(outbox, "UNCOUNTED_WAIT", timedelta(seconds=0.05))
    monkeypatch.setattr(worker_module, "index_jobs", locked_once)
    ward.drain()
    assert not jobs(ward) and len(calls) > 1
    assert search_key("document", document.id) in set(ward.resources.index.keys())
