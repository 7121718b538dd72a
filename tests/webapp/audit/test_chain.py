"""The log: one unbroken chain, only ever appended to, in the same transaction as what it tells."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Sequence

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from tests.support.ward import Ward
from tests.support.web import Client
from webapp.audit import Thing, log_event
from webapp.audit.chain import FIRST_HASH, link
from webapp.audit.verify import verify_chain
from webapp.core.db import Database
from webapp.models import AuditEvent, AuditHead, Document, Unit, UnitKind
from webapp.people import service
from webapp.permissions import SYSTEM, Viewer

THREADS, EACH = 8, 15


def events(ward: Ward) -> Sequence[AuditEvent]:
    with ward.db.reading() as session:
        return session.scalars(select(AuditEvent).order_by(AuditEvent.seq)).all()


def faults(ward: Ward) -> list[str]:
    with ward.db.reading() as session:
        return list(verify_chain(session))


def note(ward: Ward, **changes: object) -> None:
    values = {"action": "test.note", "thing": Thing("system", "x"), **changes}
    with ward.work() as session:
        log_event(session, SYSTEM, ward.now, **values)  # type: ignore[arg-type]


def test_the_chain_of_a_ward_is_whole(ward: Ward) -> None:
    rows = events(ward)
    assert len(rows) > 30 and faults(ward) == []
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    previous = FIRST_HASH
    for row in rows:
        assert row.prev_hash == previous and row.hash == link(previous, row.body)
        previous = row.hash
    with ward.db.reading() as session:
        head = session.scalars(select(AuditHead)).one()
    assert (head.seq, head.hash) == (len(rows), previous)


def refused(db: Database, statement: str) -> None:
    with pytest.raises(DBAPIError, match=r"stay|follow"), db.unit_of_work() as session:
        session.execute(text(statement))


COPY = (
    "INTO audit_event (seq, at, actor_id, actor_name, action, outcome, object_kind, object_id, object_unit_id, reason,"
    " details, body, prev_hash, hash) SELECT {seq}, at, actor_id, actor_name, action, outcome, object_kind, object_id,"
    " object_unit_id, reason, details, body, {prev}, hash FROM audit_event WHERE seq = 1"
)


def test_rows_cannot_be_changed_removed_or_slipped_in(ward: Ward) -> None:
    before = [(row.seq, row.hash) for row in events(ward)]
    last = len(before)
    head = f"'{before[-1][1]}'"
    statements = [
        "UPDATE audit_event SET actor_name = 'khác' WHERE seq = 1",
        "UPDATE audit_event SET actor_name = actor_name",
        f"DELETE FROM audit_event WHERE seq = {last}",
        "DELETE FROM audit_event",
        "INSERT " + COPY.format(seq=last + 2, prev=head),
        "INSERT " + COPY.format(seq=0, prev=head),
        "INSERT " + COPY.format(seq=last + 1, prev="prev_hash"),
    ]
    if ward.db.is_sqlite:
        statements += [
            "INSERT OR REPLACE " + COPY.format(seq=2, prev=head),
            "REPLACE " + COPY.format(seq=last, prev=head),
            "UPDATE OR REPLACE audit_event SET seq = 1 WHERE seq = 2",
            "DELETE FROM audit_head",
        ]
    else:
        statements += [
            "TRUNCATE audit_event",
            "TRUNCATE audit_event CASCADE",
            "INSERT " + COPY.format(seq=2, prev=head) + " ON CONFLICT (seq) DO UPDATE SET reason = 'khác'",
        ]
        # As replication or a restore would: ordinary triggers sleep then, these do not.
        statements += ["SET LOCAL session_replication_role = replica; DELETE FROM audit_event"]
    for statement in statements:
        refused(ward.db, statement)
    assert [(row.seq, row.hash) for row in events(ward)] == before and faults(ward) == []


def test_versions_of_documents_stay_as_well(ward: Ward) -> None:
    ward.document("clerk.a", "A")
    refused(ward.db, "UPDATE document_version SET filename = 'khác'")
    refused(ward.db, "DELETE FROM document_version")


def test_eight_writers_at_once_give_one_chain(empty_ward: Ward) -> None:
    start = threading.Barrier(THREADS)
    failures: list[BaseException] = []

    def write(number: int) -> None:
        try:
            start.wait()
            for turn in range(EACH):
                note(empty_ward, thing=Thing("system", f"{number}-{turn}"))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == [] and faults(empty_ward) == []
    written = [row.object_id for row in events(empty_ward)]
    assert sorted(written) == sorted(f"{number}-{turn}" for number in range(THREADS) for turn in range(EACH))
    for number in range(THREADS):
        own = [name for name in written if name.startswith(f"{number}-")]
        assert own == [f"{number}-{turn}" for turn in range(EACH)]


def test_verifying_while_others_write_raises_no_false_alarm(empty_ward: Ward) -> None:
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            note(empty_ward)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        said = [fault for _ in range(20) for fault in faults(empty_ward)]
    finally:
        stop.set()
        writer.join()
    assert said == []


def test_an_event_stands_or_falls_with_its_change(empty_ward: Ward) -> None:
    def save(code: str) -> None:
        with empty_ward.work() as session:
            service.save_unit(
                session,
                actor=SYSTEM,
                now=empty_ward.now,
                unit_id=None,
                draft=service.UnitDraft(
                    code=code,
                    name=code,
                    kind=UnitKind.OFFICE,
                ),
            )
            if code == "B":
                raise ZeroDivisionError

    save("A")
    with pytest.raises(ZeroDivisionError):
        save("B")
    save("C")
    assert [row.details["code"] for row in events(empty_ward)] == ["A", "C"] and faults(empty_ward) == []
    with empty_ward.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Unit)) == 2


def test_letters_typed_apart_make_no_false_alarm(empty_ward: Ward) -> None:
    apart = unicodedata.normalize("NFD", "Nguyễn Đình Chiểu")
    actor = Viewer(id=None, name=apart, is_system=True)
    with empty_ward.work() as session:
        log_event(
            session,
            actor,
            empty_ward.now,
            "test.note",
            Thing("page", apart),
            reason=f"lý do {apart}\x00",
            details={"query": f"{apart}\x00\ud800", "count": 3, "nothing": None},
        )
    assert faults(empty_ward) == []
    (event,) = events(empty_ward)
    assert event.object_id == "Nguyễn Đình Chiểu" and set(event.details) == {"query", "count"}


@pytest.mark.parametrize("odd", ["%00", "e%CC%82", "%F0%9F%99%82", "%ED%A0%80", "%FF", "a" * 300, "..%2f..%2fx"])
def test_an_odd_address_is_not_found_and_leaves_the_chain_whole(client: Client, odd: str) -> None:
    client.sign_in("clerk.a")
    assert client.get(f"/documents/{odd}").status_code == 404
    assert faults(client.ward) == []


def test_the_log_never_holds_titles_or_texts_of_documents(client: Client) -> None:
    ward = client.ward
    secret = "Khiển trách đồng chí Xyz"
    document = ward.document("clerk.a", "A", f"{secret} trong nội dung", title=secret, filename=f"{secret}.txt")
    ward.drain()
    client.sign_in("clerk.a")
    client.get(f"/documents/{document.id}")
    client.get(f"/documents/{document.id}/versions/1")
    page = f"/documents/{document.id}"
    with ward.db.reading() as session:
        revision = str(session.get_one(Document, document.id).revision)
    assert client.post(f"{page}/describe", {"title": secret + " lần hai", "revision": revision}).status_code == 303
    assert client.as_user("head.a").post(f"{page}/submit").status_code == 303
    client.as_user("clerk.b").get(page)
    bodies = "\n".join(f"{row.body}{row.details}{row.reason}" for row in events(ward))
    assert document.id in bodies and "Xyz" not in bodies and "Khiển trách" not in bodies
