"""Difficulties of units: every move by every role, who sees and finds them, two people writing, lists for the committee."""

from __future__ import annotations

import io
import itertools
from datetime import date

import pytest
from docx import Document as Docx
from openpyxl import load_workbook
from sqlalchemy import select

from tests.support import voices
from tests.support.ward import Ward, small_reading
from tests.support.web import client_for
from webapp.core.errors import Conflict, Invalid, NotFound, Refused
from webapp.difficulties import rules, service
from webapp.difficulties.service import Wording
from webapp.models import (
    AuditEvent,
    Difficulty,
    DifficultyKind,
    DifficultyState,
    Document,
    DocumentKind,
    Notice,
    PlanVersion,
)
from webapp.official import check_form

pytestmark = pytest.mark.either_database

PEOPLE = (
    "clerk.a",
    "head.a",
    "clerk.b",
    "leader.1",
    "deputy.2",
    "council",
    "office",
    "chair",
    "inspector",
    "auditor",
    "admin",
    "nobody",
)
MOVES = ("raise", "gather", "accept", "decline", "link")
ALLOWED = {"raise": {"head.a"}, "gather": {"office"}, "accept": {"office", "chair"}}
ALLOWED |= {"decline": ALLOWED["accept"], "link": ALLOWED["accept"]}
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def stored(ward: Ward, one: Difficulty) -> Difficulty:
    with ward.db.reading() as session:
        return session.get_one(Difficulty, one.id)


@pytest.mark.parametrize("state", list(DifficultyState))
def test_every_move_by_every_role(ward: Ward, state: DifficultyState) -> None:
    """The allowed ones work; the others are refused with a reason and change nothing."""
    one = voices.raise_one(ward, state=state)
    for move, username in itertools.product(MOVES, PEOPLE):
        before = stored(ward, one)
        if username in ALLOWED[move] and (state, move) in rules.MOVES:
            voices.step(ward, move, username, one)
            assert stored(ward, one).state is rules.MOVES[state, move]
            one = voices.raise_one(ward, state=state)
            continue
        with pytest.raises((Refused, NotFound, Invalid)) as fault:
            voices.step(ward, move, username, one)
        assert len(fault.value.sentence) > 20
        after = stored(ward, one)
        assert (after.state, after.revision) == (before.state, before.revision), (move, username)


@on_one_database
def test_the_office_does_not_decide_for_its_own_unit(ward: Ward) -> None:
    one = voices.raise_one(ward, "clerk.vh", "VH", state=DifficultyState.GATHERED)
    for move in ("accept", "decline"):
        with pytest.raises(Refused) as fault:
            voices.step(ward, move, "office", one)
        assert "đơn vị mình" in fault.value.sentence
    voices.step(ward, "accept", "chair", one)
    with pytest.raises(Refused):
        voices.step(ward, "link", "office", one)


@on_one_database
@pytest.mark.parametrize("state", list(DifficultyState))
def test_writing_is_the_units_while_it_is_a_draft(ward: Ward, state: DifficultyState) -> None:
    one = voices.raise_one(ward, state=state)
    for username in PEOPLE:

        def write(who: str = username) -> None:
            with ward.work() as session:
                service.write_difficulty(
                    session,
                    actor=ward.viewer(who),
                    now=ward.now,
                    difficulty_id=one.id,
                    revision=stored(ward, one).revision,
                    wording=Wording(DifficultyKind.DIFFICULTY, "III.1.d", f"do {who}"),
                )

        if username in ("clerk.a", "head.a") and state is DifficultyState.DRAFT:
            write()
            assert stored(ward, one).text == f"do {username}"
        else:
            with pytest.raises((Refused, NotFound)):
                write()
            assert stored(ward, one).text != f"do {username}"
        if username != "clerk.a" and username != "head.a":
            with pytest.raises((Refused, NotFound)), ward.work() as session:
                service.add_difficulty(
                    session,
                    actor=ward.viewer(username),
                    now=ward.now,
                    movement_id=ward.movement_id,
                    unit_id=ward.units["A"],
                    year=2026,
                    wording=Wording(DifficultyKind.DIFFICULTY, "III.1.d", "x"),
                )


@on_one_database
@pytest.mark.parametrize(
    ("wording", "field"),
    [
        (Wording(DifficultyKind.DIFFICULTY, "III.1.z", "x"), "point"),
        (Wording(DifficultyKind.DIFFICULTY, "", "x"), "point"),
        (Wording(DifficultyKind.DIFFICULTY, "III.1.đ", "  "), "text"),
        (Wording(DifficultyKind.AMENDMENT, "III.1.đ", "x"), "proposal"),
        (Wording(DifficultyKind.DIFFICULTY, "III.1.đ", "x" * 10_001), "text"),
    ],
)
def test_what_cannot_be_raised(ward: Ward, wording: Wording, field: str) -> None:
    with pytest.raises(Invalid) as fault, ward.work() as session:
        service.add_difficulty(
            session,
            actor=ward.viewer("clerk.a"),
            now=ward.now,
            movement_id=ward.movement_id,
            unit_id=ward.units["A"],
            year=2026,
            wording=wording,
        )
    assert field in fault.value.fields


def test_two_people_writing_one_draft_lose_nothing(ward: Ward) -> None:
    one = voices.raise_one(ward)
    client = client_for(ward).sign_in("clerk.a")
    client.get(f"/difficulties/{one.id}/edit")
    with ward.work() as session:
        service.write_difficulty(
            session,
            actor=ward.viewer("head.a"),
            now=ward.now,
            difficulty_id=one.id,
            revision=one.revision,
            wording=Wording(DifficultyKind.DIFFICULTY, "III.1.đ", "lãnh đạo viết"),
        )
    form = {"kind": "difficulty", "point": "III.1.đ", "text": "cán bộ viết", "revision": str(one.revision)}
    answer = client.post(f"/difficulties/{one.id}/edit", form)
    assert answer.status_code == 409 and "lãnh đạo viết" in answer.text and "cán bộ viết" in answer.text
    assert stored(ward, one).text == "lãnh đạo viết"
    with pytest.raises(Conflict), ward.work() as session:
        service.write_difficulty(
            session,
            actor=ward.viewer("clerk.a"),
            now=ward.now,
            difficulty_id=one.id,
            revision=one.revision,
            wording=Wording(DifficultyKind.DIFFICULTY, "III.1.đ", "khác"),
        )
    form["revision"] = str(stored(ward, one).revision)
    assert client.post(f"/difficulties/{one.id}/edit", form).status_code == 303
    assert stored(ward, one).text == "cán bộ viết"


@on_one_database
def test_seen_and_found_by_the_same_people(ward: Ward) -> None:
    draft = voices.raise_one(ward, text="Máy quét hỏng nặng")
    raised = voices.raise_one(ward, text="Đường truyền chập chờn", state=DifficultyState.RAISED)
    ward.drain()
    client = client_for(ward)
    readers = {"clerk.a", "head.a", "leader.1", "council", "office", "chair", "inspector", "auditor"}
    for username in PEOPLE:
        person = client.as_user(username)
        for one, words, may in (
            (draft, "máy quét hỏng nặng", username in ("clerk.a", "head.a")),
            (raised, "đường truyền chập chờn", username in readers),
        ):
            assert person.get(f"/difficulties/{one.id}").status_code == (200 if may else 404), username
            found = person.get("/search", query_string={"q": f'"{words}"'}).text
            assert (f"/difficulties/{one.id}" in found) is may, username
            assert (f"/difficulties/{one.id}" in person.get("/difficulties").text) is may, username
    filtered = client.as_user("office").get("/difficulties?state=gathered").text
    assert raised.id not in filtered


@on_one_database
def test_a_decision_names_only_papers_that_the_decider_sees(ward: Ward) -> None:
    one = voices.raise_one(ward, state=DifficultyState.GATHERED)
    hidden = ward.document("clerk.b", "B", "nháp của B")
    for document_id in (hidden.id, "khong-co"):
        with pytest.raises(Invalid) as fault:
            voices.step(ward, "accept", "chair", one, document_id=document_id)
        assert "document_id" in fault.value.fields
    with pytest.raises(Invalid):
        voices.step(ward, "decline", "chair", one, answer="  ")
    decision = ward.document("office", None, "quyết định", kind=DocumentKind.DECISION, title="Quyết định 12")
    client = client_for(ward).sign_in("office")
    assert "Quyết định 12" in client.get(f"/difficulties/{one.id}").text
    bad = client.post(f"/difficulties/{one.id}/decide", {"answer": "viết rồi"})
    assert bad.status_code == 422 and "viết rồi" in bad.text
    # The office enters what the committee decided: from a paper with number and day, or not at all.
    form = {"decision": "accept", "answer": "Đồng ý sửa"}
    for more, sentence in (({}, "phải chọn văn bản đã ký"), ({"document_id": decision.id}, "chưa ghi số, ngày")):
        bad = client.post(f"/difficulties/{one.id}/decide", form | more)
        assert bad.status_code == 422 and sentence in bad.text
    with ward.work() as session:
        row = session.get_one(Document, decision.id)
        row.number, row.issued_on = "12/QĐ-UBND", date(2026, 11, 20)
    form["document_id"] = decision.id
    assert client.post(f"/difficulties/{one.id}/decide", form).status_code == 303
    page = client.as_user("clerk.a").get(f"/difficulties/{one.id}").text
    assert "Đồng ý sửa" in page and "Quyết định 12" in page and "Được chấp thuận" in page


def test_the_unit_is_told_each_step_and_the_amended_plan_is_linked(ward: Ward) -> None:
    one = voices.raise_one(ward, kind=DifficultyKind.AMENDMENT, state=DifficultyState.ACCEPTED)
    ward.later(minutes=1)
    ward.plan(small_reading(signer="Trần Văn B"), movement_id=ward.movement_id)
    with ward.db.reading() as session:
        newest = session.scalars(select(PlanVersion).order_by(PlanVersion.no.desc())).first()
    assert newest is not None and newest.no == 2
    with pytest.raises(Invalid):
        voices.step(ward, "link", "office", one, plan_version_id="khong-co")
    voices.step(ward, "link", "office", one, plan_version_id=newest.id)
    with ward.db.reading() as session:
        actions = session.scalars(
            select(AuditEvent.action).where(AuditEvent.object_id == one.id).order_by(AuditEvent.seq)
        ).all()
        unit = session.scalars(select(Notice.text).where(Notice.person_id == ward.people["clerk.a"])).all()
        office = session.scalars(select(Notice.text).where(Notice.person_id == ward.people["office"])).all()
    assert actions == [f"difficulty.{move}" for move in ("add", "raise", "gather", "accept", "link")]
    assert len(unit) == 3 and any("đã tổng hợp" in text for text in unit)
    assert any("Đồng ý, làm trong quý I" in text for text in unit) and any("bản 2" in text for text in unit)
    assert len(office) == 2
    assert stored(ward, one).plan_version_id == newest.id


@on_one_database
def test_lists_for_the_committee(ward: Ward) -> None:
    voices.raise_one(ward, text="còn nháp")
    voices.raise_one(ward, state=DifficultyState.ACCEPTED, text="=Đường truyền")
    voices.raise_one(ward, "clerk.c", "C", state=DifficultyState.RAISED, kind=DifficultyKind.AMENDMENT, point="II.2.đ")
    client = client_for(ward).sign_in("office")
    data = client.get("/difficulties.docx?year=2026").data
    assert check_form(data) == []
    paper = Docx(io.BytesIO(data))
    cells = [[cell.text for cell in row.cells] for table in paper.tables for row in table.rows if len(row.cells) == 6]
    assert [row[1:3] for row in cells if row[0] != "STT"] == [["Đơn vị A", "III.1.đ"], ["Đơn vị C", "II.2.đ"]]
    assert not any("còn nháp" in cell for row in cells for cell in row)
    sheet = load_workbook(io.BytesIO(client.get("/difficulties.xlsx?kind=difficulty").data)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(min_row=4))
    assert [row[0].value for row in rows] == ["Đơn vị A"] and rows[0][4].data_type == "s"
    for username in ("clerk.a", "leader.1", "admin", "nobody"):
        assert client.as_user(username).get("/difficulties.xlsx").status_code == 403
    with ward.db.reading() as session:
        assert len(session.scalars(select(AuditEvent).where(AuditEvent.action == "difficulty.export")).all()) == 2


@on_one_database
def test_pages_ask_a_fixed_number_of_questions(ward: Ward) -> None:
    one = voices.raise_one(ward, state=DifficultyState.GATHERED)
    client = client_for(ward).sign_in("office")
    paths = ("/difficulties", f"/difficulties/{one.id}")
    client.get("/")
    few = [voices.statements_of(client, path) for path in paths]
    for unit in ("A", "B", "C", "VH"):
        voices.raise_one(ward, f"clerk.{unit.lower()}", unit, state=DifficultyState.GATHERED)
    assert [voices.statements_of(client, path) for path in paths] == few and max(few) <= 9


@on_one_database
def test_what_was_raised_is_in_the_offices_report(ward: Ward) -> None:
    voices.raise_one(ward, text="còn nháp")
    one = voices.raise_one(ward, state=DifficultyState.DECLINED, text="Thiếu máy quét")
    amendment = voices.raise_one(
        ward, "clerk.c", "C", kind=DifficultyKind.AMENDMENT, state=DifficultyState.RAISED, text="Bỏ điểm trùng"
    )
    found = voices.paragraphs_of(ward, synthesis := voices.make_synthesis(ward))
    assert "Thiếu máy quét" in found["difficulty", ""].text and "Chưa có kinh phí" in found["difficulty", ""].text
    assert [source["id"] for source in found["difficulty", ""].sources] == [one.id]
    assert [source["id"] for source in found["proposal", ""].sources] == [amendment.id]
    assert not any("còn nháp" in paragraph.text for paragraph in found.values())
    page = client_for(ward).sign_in("office").get(f"/syntheses/{synthesis.id}").text
    assert f"/difficulties/{one.id}" in page
