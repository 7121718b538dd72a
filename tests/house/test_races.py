"""Two people at the same moment, each in a request of their own, on both databases: nothing lost, nothing twice, no 500."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.support.ward import Ward
from tests.support.web import Client
from webapp.models import (
    AuditEvent,
    Checklist,
    ChecklistItem,
    Cluster,
    CriteriaGroup,
    Document,
    DocumentVersion,
    Evidence,
    EvidenceLink,
    GroupUnit,
    Person,
    Task,
    TaskState,
    Unit,
)


def at_once(*calls: Callable[[], TestResponse]) -> list[int]:
    """The statuses of requests sent together from threads of their own."""
    gate = threading.Barrier(len(calls))
    statuses = [0] * len(calls)

    def run(place: int, call: Callable[[], TestResponse]) -> None:
        gate.wait()
        statuses[place] = call().status_code

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def count(ward: Ward, table: type, *conditions: object) -> int:
    with ward.db.reading() as session:
        return session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0  # type: ignore[arg-type]


@pytest.fixture
def pair(client: Client) -> tuple[Client, Client]:
    """Clerk and head of one unit, and what each posts comes from a browser of their own."""
    return client.as_user("clerk.a"), client.as_user("head.a")


def test_files_attached_together_all_arrive_with_codes_of_their_own(client: Client) -> None:
    ward = client.ward
    item = ward.item(ward.checklist("clerk.a", "A"), "III.1.đ")
    people = [client.as_user(name) for name in ("clerk.a", "head.a", "clerk.a", "head.a")]
    calls = [
        lambda person=person, number=number: person.post(  # type: ignore[misc]
            f"/checklists/items/{item.id}/files", {"files": [(f"tệp {number}".encode(), f"{number}.txt")]}
        )
        for number, person in enumerate(people)
    ]
    assert at_once(*calls) == [303] * 4
    with ward.db.reading() as session:
        codes = session.scalars(select(Evidence.code)).all()
    assert sorted(codes) == [f"III.1.đ-2026-00{number}" for number in range(1, 5)]


def test_the_same_bytes_uploaded_together_are_two_documents(pair: tuple[Client, Client]) -> None:
    values = {"kind": "report", "unit_id": pair[0].ward.units["A"], "year": "2026"}
    calls = [
        lambda person=person: person.post("/documents", {**values, "files": [(b"nhu nhau", "a.txt")]})  # type: ignore[misc]
        for person in pair
    ]
    assert at_once(*calls) == [303, 303]
    assert count(pair[0].ward, Document, Document.title == "a") == 2


def test_a_checklist_opened_twice_at_once_is_one(pair: tuple[Client, Client]) -> None:
    ward = pair[0].ward
    with ward.db.reading() as session:
        group = session.scalars(select(CriteriaGroup.id).where(CriteriaGroup.code == "III.1")).one()
    values = {"unit_id": ward.units["A"], "group_id": group, "year": "2026"}
    calls = [lambda person=person: person.post("/checklists", values) for person in pair]  # type: ignore[misc]
    assert at_once(*calls) == [303, 303]
    assert count(ward, Checklist) == 1 and count(ward, ChecklistItem) == 3


def test_of_two_answers_or_descriptions_one_wins_and_the_other_is_told(pair: tuple[Client, Client]) -> None:
    ward = pair[0].ward
    item = ward.item(ward.checklist("clerk.a", "A"), "III.1.đ")
    document = ward.document("clerk.a", "A")
    for path, values in (
        (f"/checklists/items/{item.id}", {"state": "claimed", "revision": str(item.revision)}),
        (f"/documents/{document.id}/describe", {"title": "mới", "revision": str(document.revision)}),
    ):
        calls = [
            lambda place=place, person=person, path=path, values=values: person.post(  # type: ignore[misc]
                path, {**values, "comment": f"người {place}", "number": f"{place}/BC"}
            )
            for place, person in enumerate(pair)
        ]
        assert sorted(at_once(*calls)) == [303, 409], path


def test_a_form_sent_twice_changes_once(pair: tuple[Client, Client]) -> None:
    ward = pair[0].ward
    item = ward.item(ward.checklist("clerk.a", "A"), "III.1.đ")
    document = ward.document("clerk.a", "A")
    calls = [
        lambda person=person: person.post(
            f"/checklists/items/{item.id}/existing", {"choice": f"document:{document.id}"}
        )  # type: ignore[misc]
        for person in pair
    ]
    assert sorted(at_once(*calls)) == [303, 422]
    assert count(ward, EvidenceLink) == 1 and count(ward, Evidence) == 1
    version = {"revision": str(document.revision), "reason": "ký", "file": [(b"ban hai", "b.txt")]}
    calls = [lambda person=person: person.post(f"/documents/{document.id}/versions", dict(version)) for person in pair]  # type: ignore[misc]
    assert sorted(at_once(*calls)) == [303, 409]
    assert count(ward, DocumentVersion, DocumentVersion.document_id == document.id) == 2


def test_administrators_saving_together_get_an_answer(client: Client) -> None:
    ward = client.ward
    admins = [client.as_user("admin"), client.as_user("admin")]
    office = [client.as_user("office"), client.as_user("office")]
    with ward.db.reading() as session:
        group = session.scalars(select(CriteriaGroup.id).where(CriteriaGroup.code == "III.2")).one()
    unit = ward.unit("M")
    posts: list[tuple[list[Client], str, dict[str, object], list[int], type]] = [
        (admins, "/admin/units/new", {"code": "MOI", "name": "Đơn vị mới", "kind": "office"}, [303, 422], Unit),
        (admins, "/admin/people/new", {"username": "moi.nv", "name": "Người mới"}, [200, 422], Person),
        (admins, "/admin/clusters", {"code": "KM", "name": "Cụm mới"}, [303, 422], Cluster),
        (
            office,
            f"/movements/{ward.movement_id}/coverage",
            {"unit": unit, f"groups-{unit}": group},
            [303, 303],
            GroupUnit,
        ),
    ]
    for people, path, values, expected, table in posts:
        before = count(ward, table)
        calls = [lambda person=person, path=path, values=values: person.post(path, values) for person in people]  # type: ignore[misc]
        assert sorted(at_once(*calls)) == expected, path
        assert count(ward, table) == before + 1, path
    place = f"/admin/clusters/{ward.clusters['K1']}/members"
    values = {"unit_id": unit, "position": "member", "year": "2026"}
    calls = [lambda person=person: person.post(place, values) for person in admins]  # type: ignore[misc]
    assert at_once(*calls) == [303, 303]


def withdrawal(ward: Ward, document: str) -> dict[str, str]:
    with ward.db.reading() as session:
        return {"reason": "nhầm", "revision": str(session.get_one(Document, document).revision)}


def is_withdrawn(ward: Ward, document: str) -> bool:
    return bool(count(ward, Document, Document.id == document, Document.withdrawn_at.is_not(None)))


def test_a_withdrawal_meets_another_a_use_and_a_new_version(pair: tuple[Client, Client]) -> None:
    ward = pair[0].ward
    item = ward.item(ward.checklist("clerk.a", "A"), "III.1.đ")
    for _ in range(3):
        twice, used, revised = (ward.document("clerk.a", "A").id for _ in range(3))
        leave, use, revise = (withdrawal(ward, one) for one in (twice, used, revised))
        statuses = at_once(*(partial(one.post, f"/documents/{twice}/withdraw", leave) for one in pair))
        assert sorted(statuses) in ([303, 404], [303, 409]) and is_withdrawn(ward, twice)
        said = [AuditEvent.object_id == twice, AuditEvent.action == "document.withdraw", AuditEvent.outcome == "done"]
        assert count(ward, AuditEvent, *said) == 1

        statuses = at_once(
            partial(pair[0].post, f"/documents/{used}/withdraw", use),
            partial(pair[1].post, f"/checklists/items/{item.id}/existing", {"choice": f"document:{used}"}),
        )
        live = select(EvidenceLink.id).join(Evidence).where(Evidence.document_id == used)
        with ward.db.reading() as session:
            links = len(session.scalars(live).all())
        assert (statuses, is_withdrawn(ward, used), links) in (
            ([303, 422], True, 0),
            ([422, 303], False, 1),
        )

        values = {**revise, "reason": "ký", "file": [(b"ban hai", "b.txt")]}
        statuses = at_once(
            partial(pair[0].post, f"/documents/{revised}/withdraw", revise),
            partial(pair[1].post, f"/documents/{revised}/versions", values),
        )
        versions = count(ward, DocumentVersion, DocumentVersion.document_id == revised)
        if is_withdrawn(ward, revised):
            assert statuses[0] == 303 and statuses[1] in (404, 409) and versions == 1
        else:
            assert statuses == [409, 303] and versions == 2


def test_long_work_that_is_stopped_as_it_ends_is_either(client: Client) -> None:
    ward = client.ward
    ward.document("clerk.a", "A")
    person = client.as_user("clerk.a")
    for _ in range(4):
        made = person.post("/exports", {"scope": f"unit:{ward.units['A']}", "year": "2026"})
        worker = threading.Thread(target=ward.drain)
        worker.start()
        assert person.post(f"{made.location}/cancel", {}).status_code == 303
        worker.join()
        with ward.db.reading() as session:
            task = session.get_one(Task, made.location.rpartition("/")[2])
        assert task.state in (TaskState.DONE, TaskState.CANCELLED) and task.finished_at is not None
        taken = person.get(f"{made.location}/export").status_code
        assert taken == (200 if task.state is TaskState.DONE else 404), task.state
