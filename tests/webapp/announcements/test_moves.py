"""Announcements: every move by every role, whom they reach, receipts, files, withdrawal instead of deletion."""

from __future__ import annotations

import itertools
import re

import pytest
from sqlalchemy import func, select

from tests.support import voices
from tests.support.ward import Ward
from tests.support.web import client_for
from webapp.announcements import queries, rules, service
from webapp.announcements.rules import Selection, resolve
from webapp.core.errors import Conflict, Invalid, NotFound, Refused
from webapp.models import (
    Announcement,
    AnnouncementKind,
    AnnouncementReading,
    AnnouncementState,
    AnnouncementUnit,
    AuditEvent,
    Document,
    DocumentState,
    Notice,
    UnitKind,
)

pytestmark = pytest.mark.either_database

PEOPLE = (
    "clerk.a",
    "head.a",
    "clerk.b",
    "clerk.c",
    "leader.1",
    "council",
    "council.2",
    "office",
    "chair",
    "inspector",
    "auditor",
    "admin",
    "nobody",
)
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def stored(ward: Ward, one: Announcement) -> Announcement:
    with ward.db.reading() as session:
        return session.get_one(Announcement, one.id)


@pytest.mark.parametrize("state", list(AnnouncementState))
def test_every_move_by_every_role(ward: Ward, state: AnnouncementState) -> None:
    """The allowed ones work; the others are refused with a reason and change nothing."""
    one = voices.announce(ward, state=state)
    allowed = {"post": {"office"}, "withdraw": {"office"}, "confirm": {"clerk.a", "head.a"}}
    for move, username in itertools.product(("post", "withdraw", "confirm"), PEOPLE):
        before = stored(ward, one)
        possible = state is AnnouncementState.POSTED if move == "confirm" else (state, move) in rules.MOVES
        if username in allowed[move] and possible:
            voices.announcement_step(ward, move, username, one)
            if move != "confirm":
                assert stored(ward, one).state is rules.MOVES[state, move]
                one = voices.announce(ward, state=state)
            continue
        with pytest.raises((Refused, NotFound, Invalid)) as fault:
            voices.announcement_step(ward, move, username, one)
        assert len(fault.value.sentence) > 20
        after = stored(ward, one)
        assert (after.state, after.revision) == (before.state, before.revision), (move, username)


@on_one_database
def test_only_the_office_writes_and_only_drafts(ward: Ward) -> None:
    wording = service.Wording(
        kind=AnnouncementKind.PRAISE, title="t", text="x", confirm=False, selection=Selection(everyone=True)
    )
    for username in set(PEOPLE) - {"office"}:
        with pytest.raises((Refused, NotFound)), ward.work() as session:
            service.add_announcement(
                session,
                actor=ward.viewer(username),
                now=ward.now,
                movement_id=ward.movement_id,
                year=2026,
                wording=wording,
            )
    for state in AnnouncementState:
        one = stored(ward, voices.announce(ward, state=state))
        for username in PEOPLE:
            may = username == "office" and state is AnnouncementState.DRAFT
            if may:
                with ward.work() as session:
                    service.write_announcement(
                        session,
                        actor=ward.viewer(username),
                        now=ward.now,
                        announcement_id=one.id,
                        revision=one.revision,
                        wording=wording,
                    )
                assert stored(ward, one).title == "t"
                continue
            with pytest.raises((Refused, NotFound, Invalid)), ward.work() as session:
                service.write_announcement(
                    session,
                    actor=ward.viewer(username),
                    now=ward.now,
                    announcement_id=one.id,
                    revision=one.revision,
                    wording=wording,
                )


@on_one_database
@pytest.mark.parametrize(
    ("title", "text", "selection", "field"),
    [
        ("", "x", {"everyone": True}, "title"),
        ("t", " ", {"everyone": True}, "text"),
        ("t", "x", {"unit_ids": ()}, "audience"),
        ("t", "x", {"unit_ids": ("khong-co",)}, "audience"),
        ("t", "x", {"cluster_ids": ("khong-co",)}, "audience"),
        ("t", "x", {"unit_kinds": ("khong-co",)}, "audience"),
    ],
)
def test_what_cannot_be_announced(ward: Ward, title: str, text: str, selection: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as fault:
        voices.announce(ward, title=title, text=text, **selection)
    assert field in fault.value.fields


def test_the_audience_is_resolved_from_kinds_clusters_and_units() -> None:
    units = [("a", UnitKind.OFFICE), ("b", UnitKind.FRONT), ("c", UnitKind.ENTERPRISE)]
    members = [("k1", "a"), ("k1", "gone"), ("k2", "b")]
    for selection, meant in (
        (Selection(everyone=True), "abc"),
        (Selection(unit_kinds=("front",)), "b"),
        (Selection(cluster_ids=("k1",)), "a"),
        (Selection(unit_ids=("c", "gone")), "c"),
        (Selection(unit_kinds=("front",), cluster_ids=("k1",)), "ab"),
    ):
        assert resolve(selection, units, members) == set(meant)


@on_one_database
def test_whom_it_reaches_sees_and_finds_it(ward: Ward) -> None:
    """By page, list and search alike; units are those of the moment of posting."""
    made = {
        "một đơn vị": (voices.announce(ward, title="Chỉ dẫn một"), {"clerk.a", "head.a"}),
        "cụm": (
            voices.announce(ward, title="Chỉ dẫn hai", cluster_ids=(ward.clusters["K1"],)),
            {"clerk.a", "head.a", "clerk.b"},
        ),
        "loại": (voices.announce(ward, title="Chỉ dẫn ba", unit_kinds=("front",)), {"clerk.c"}),
        "mọi người": (voices.announce(ward, title="Chỉ dẫn bốn", everyone=True), set(PEOPLE)),
        "nháp": (voices.announce(ward, title="Chỉ dẫn năm", state=AnnouncementState.DRAFT), {"office"}),
    }
    ward.unit("M", UnitKind.FRONT)
    from webapp.models import Role

    ward.person("clerk.m", Role.CLERK, "M")
    ward.drain()
    client = client_for(ward)
    for username in (*PEOPLE, "clerk.m"):
        person = client.as_user(username)
        listed = person.get("/announcements").text
        for name, (one, readers) in made.items():
            may = username in readers or name == "mọi người"
            if name != "nháp":
                may |= username in ("office", "chair", "council", "auditor")
            where = (username, name)
            assert person.get(f"/announcements/{one.id}").status_code == (200 if may else 404), where
            assert (one.id in listed) is may, where
            found = person.get("/search", query_string={"q": f'"{one.title}"'}).text
            assert (f"/announcements/{one.id}" in found) is may, where
    with ward.db.reading() as session:
        kinds = session.scalars(
            select(AnnouncementUnit.unit_id).where(AnnouncementUnit.announcement_id == made["loại"][0].id)
        ).all()
    assert kinds == [ward.units["C"]]


def test_receipts_say_who_has_read_and_who_confirmed(ward: Ward) -> None:
    one = voices.announce(ward, cluster_ids=(ward.clusters["K1"],))
    client = client_for(ward)
    for username in ("clerk.a", "clerk.a", "clerk.b", "auditor", "chair"):
        assert client.as_user(username).get(f"/announcements/{one.id}").status_code == 200
    clerk = client.as_user("clerk.a")
    clerk.get(f"/announcements/{one.id}")
    for _ in range(2):
        assert clerk.post(f"/announcements/{one.id}/confirm").status_code == 303
    assert client.as_user("auditor").post(f"/announcements/{one.id}/confirm").status_code == 403
    with ward.db.reading() as session:
        rows = session.scalar(select(func.count()).select_from(AnnouncementReading))
        receipts = queries.list_receipts(
            session, stored(ward, one), viewer=ward.viewer("office"), now=ward.now, today=ward.now.date()
        )
        confirmed = session.scalars(select(AuditEvent.seq).where(AuditEvent.action == "announcement.confirm")).all()
    assert rows == 2 and len(confirmed) == 1
    assert {one.unit: (len(one.readers), one.read, one.confirmed) for one in receipts} == {
        "Đơn vị A": (2, 1, 1),
        "Đơn vị B": (1, 1, 0),
        "Đơn vị VH": (0, 0, 0),
    }
    page = client.as_user("office").get(f"/announcements/{one.id}/receipts").text
    assert "2/3 người đã đọc, 1 người đã xác nhận" in page and "Người head.a: chưa đọc" in page
    for username in ("clerk.a", "chair", "auditor"):
        assert client.as_user(username).get(f"/announcements/{one.id}/receipts").status_code == 403
    assert client.as_user("clerk.c").get(f"/announcements/{one.id}/receipts").status_code == 404


@on_one_database
def test_people_are_told_and_home_says_so(ward: Ward) -> None:
    one = voices.announce(ward, title="Ký số trước 05/12")
    client = client_for(ward).sign_in("clerk.a")
    home = client.get("/").text
    assert "Ký số trước 05/12" in home and f"/announcements/{one.id}" in home
    voices.announcement_step(ward, "withdraw", "office", one)
    with ward.db.reading() as session:
        told = session.execute(select(Notice.person_id, Notice.text).order_by(Notice.created_at)).all()
    assert {person for person, _ in told} == {ward.people["clerk.a"], ward.people["head.a"]} and len(told) == 4
    assert sum("ghi nhầm hạn" in text for _, text in told) == 2


@on_one_database
def test_a_withdrawn_one_says_why_and_no_more(ward: Ward) -> None:
    one = voices.announce(ward, state=AnnouncementState.DRAFT, text="Nộp trước ngày ba mươi")
    file = voices.attach(ward, one)
    voices.announcement_step(ward, "post", "office", one)
    with pytest.raises(Invalid):
        voices.announcement_step(ward, "withdraw", "office", one, reason=" ")
    client = client_for(ward).sign_in("clerk.a")
    assert "ngày ba mươi" in client.get(f"/announcements/{one.id}").text
    assert client.get(f"/announcements/{one.id}/files/{file.id}").data == b"mau bieu"
    voices.announcement_step(ward, "withdraw", "office", one)
    ward.drain()
    page = client.get(f"/announcements/{one.id}").text
    assert "ghi nhầm hạn" in page and "ngày ba mươi" not in page and "mau.txt" not in page
    assert client.get(f"/announcements/{one.id}/files/{file.id}").status_code == 403
    assert one.id not in client.get("/search", query_string={"q": '"ngày ba mươi"'}).text
    office = client.as_user("office")
    assert "ngày ba mươi" in office.get(f"/announcements/{one.id}").text
    assert office.get(f"/announcements/{one.id}/files/{file.id}").status_code == 200


def test_files_reach_the_audience_and_nobody_else(ward: Ward) -> None:
    narrow, wide = (
        voices.announce(ward, state=AnnouncementState.DRAFT, **selection)
        for selection in ({"unit_ids": (ward.units["A"],)}, {"everyone": True})
    )
    files = {one.id: voices.attach(ward, one, f"mau {one.id}".encode()) for one in (narrow, wide)}
    dropped = voices.attach(ward, narrow, b"bo di", "bo.txt")
    office = client_for(ward).sign_in("office")
    office.get(f"/announcements/{narrow.id}")
    assert office.post(f"/announcements/{narrow.id}/files/{dropped.id}/remove").status_code == 303
    for one in (narrow, wide):
        voices.announcement_step(ward, "post", "office", one)
    with ward.db.reading() as session:
        states = {key: session.get_one(Document, file.document_id).state for key, file in files.items()}
    assert states == {narrow.id: DocumentState.DRAFT, wide.id: DocumentState.PUBLISHED}
    for username, allowed in (("clerk.a", True), ("clerk.b", False), ("auditor", True), ("nobody", False)):
        person = office.as_user(username)
        address = f"/announcements/{narrow.id}/files/{files[narrow.id].id}"
        assert person.get(address).status_code == (200 if allowed else 404), username
        assert person.get(f"/documents/{files[narrow.id].document_id}").status_code == 404
        assert person.get(f"/announcements/{wide.id}/files/{files[wide.id].id}").status_code == 200
        # A file is got under its own announcement only.
        assert person.get(f"/announcements/{wide.id}/files/{files[narrow.id].id}").status_code == 404
        assert person.get(f"/announcements/{narrow.id}/files/{dropped.id}").status_code == 404
    answer = office.post(f"/announcements/{wide.id}/files", {"file": [(b"x", "x.txt")]})
    assert answer.status_code == 422
    with ward.db.reading() as session:
        actions = session.scalars(select(AuditEvent.action).where(AuditEvent.object_id == narrow.id)).all()
    assert {"announcement.attach", "announcement.detach", "announcement.download"} <= set(actions)


@on_one_database
def test_two_people_writing_one_draft_lose_nothing(ward: Ward) -> None:
    client = client_for(ward).sign_in("office")
    client.get("/announcements/new")
    form = {"kind": "praise", "title": "Biểu dương", "text": "bản đầu", "unit_ids": [ward.units["A"]], "confirm": "1"}
    made = client.post("/announcements/new", form)
    assert made.status_code == 303
    with ward.db.reading() as session:
        one = session.scalars(select(Announcement)).one()
    assert one.confirm and one.unit_ids == [ward.units["A"]] and one.kind is AnnouncementKind.PRAISE
    page = client.get(f"/announcements/{one.id}/edit").text
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision
    assert (
        client.post(f"/announcements/{one.id}/edit", {**form, "text": "người kia", "revision": "1"}).status_code == 303
    )
    stale = client.post(f"/announcements/{one.id}/edit", {**form, "text": "của tôi", "revision": revision.group(1)})
    assert stale.status_code == 409 and "người kia" in stale.text and "của tôi" in stale.text
    assert stored(ward, one).text == "người kia"
    with pytest.raises(Conflict), ward.work() as session:
        wording = service.Wording(kind=one.kind, title="t", text="x", confirm=False, selection=Selection(everyone=True))
        service.write_announcement(
            session, actor=ward.viewer("office"), now=ward.now, announcement_id=one.id, revision=1, wording=wording
        )


@on_one_database
def test_pages_ask_a_fixed_number_of_questions(ward: Ward) -> None:
    one = voices.announce(ward)
    client = client_for(ward).sign_in("office")
    paths = ("/announcements", f"/announcements/{one.id}", f"/announcements/{one.id}/receipts")
    client.get("/")
    few = [voices.statements_of(client, path) for path in paths]
    wide = voices.announce(ward, everyone=True)
    for _ in range(3):
        voices.announce(ward, everyone=True)
    paths = ("/announcements", f"/announcements/{wide.id}", f"/announcements/{wide.id}/receipts")
    assert [voices.statements_of(client, path) for path in paths] == few and max(few) <= 10


def test_a_file_open_to_all_is_taken_back_with_its_announcement(ward: Ward) -> None:
    """Unless another announcement still gives it out; drafted last year, it is of the year in which it is posted."""
    first, second = (voices.announce(ward, state=AnnouncementState.DRAFT, everyone=True) for _ in range(2))
    file = voices.attach(ward, first, b"mau cho moi nguoi")
    voices.announcement_step(ward, "post", "office", first)
    address = f"/documents/{file.document_id}"
    clerk = client_for(ward).sign_in("clerk.a")
    assert clerk.get(address).status_code == 200
    voices.announcement_step(ward, "withdraw", "office", first)
    assert clerk.get(address).status_code == 404 and clerk.as_user("office").get(address).status_code == 200
    ward.later(days=60)
    voices.announcement_step(ward, "post", "office", second)
    with ward.db.reading() as session:
        assert session.get_one(Announcement, second.id).year == 2027
