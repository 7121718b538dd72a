"""Who is told what of a nomination, and who must not learn of it: stakes, notices, home, the Chairman's word."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from tests.support import commendation
from tests.support.commendation import complete, get, moment, nominate, open_round, receive, submit
from tests.support.ward import Ward
from tests.support.web import Client, tight
from webapp.commendation.nominations import moving
from webapp.jobs.index import all_keys
from webapp.models import (
    AuditEvent,
    Nomination,
    NominationPaper,
    NominationState,
    Notice,
    Proposer,
    Role,
)

pytestmark = pytest.mark.either_database

on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
S = NominationState


def do(ward: Ward, act: Any, one: Nomination, by: str, **changes: Any) -> Any:
    with ward.work() as session:
        return act(session, actor=ward.viewer(by), moment=moment(ward), nomination_id=one.id, **changes)


def test_who_is_related_sees_nothing_from_the_next_request_on(client: Client) -> None:
    ward = client.ward
    one = submit(ward, complete(ward, nominate(ward, open_round(ward))))
    council = client.sign_in("council")
    assert council.get(f"/nominations/{one.id}").status_code == 200
    assert council.post(f"/nominations/{one.id}/declare", {"reason": ""}).status_code == 422
    assert council.post(f"/nominations/{one.id}/declare", {"reason": "Em ruột"}).status_code == 303
    assert council.get(f"/nominations/{one.id}").status_code == 404
    assert "Trần Thị Mẫu" not in council.get("/nominations").text
    assert 'data-label="Đề nghị">0<' in tight(council.get(f"/award-rounds/{one.round_id}").text)
    # What the relation is stands in the row for those who arrange the vote, not in the log.
    with ward.db.reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "nomination.declare")).one()
    assert "Em ruột" not in event.body


@on_one_database
def test_home_shows_what_waits_for_whom(client: Client) -> None:
    ward = client.ward
    round_ = open_round(ward)
    assert "chọn người, tập thể đề nghị" in client.sign_in("clerk.a").get("/").text
    one = complete(ward, nominate(ward, round_))
    assert "Hoàn thiện hồ sơ rồi trình" in client.as_user("head.a").get("/").text
    submit(ward, one)
    assert "chờ kiểm tra hồ sơ" in client.as_user("office").get("/").text
    for username in ("head.a", "clerk.b", "council", "chair"):
        assert "chờ kiểm tra hồ sơ" not in client.as_user(username).get("/").text
    receive(ward, one)
    assert "chờ Hội đồng bỏ phiếu" in client.as_user("office").get("/").text
    commendation.voted(ward, get(ward, one))
    commendation.propose(ward, round_, get(ward, one))
    assert "chờ Chủ tịch quyết định" in client.as_user("chair").get("/").text
    # Who declared to be related is not told of it, not even that there is one.
    with ward.work() as session:
        moving.declare_stake(session, actor=ward.viewer("chair"), now=ward.now, nomination_id=one.id, reason="Em ruột")
    assert "chờ Chủ tịch quyết định" not in client.as_user("chair").get("/").text


def test_the_chairmans_word_is_told_to_the_unit_with_the_decision(client: Client) -> None:
    ward = client.ward
    round_ = open_round(ward)
    struck, kept = (commendation.received(ward, round_, name=name) for name in ("Người Một", "Người Hai"))
    commendation.voted(ward, struck, kept)
    commendation.propose(ward, round_, struck, kept)
    commendation.judge(ward, get(ward, struck), approve=False, reason="Chờ xác minh")
    commendation.judge(ward, get(ward, kept))
    head = client.sign_in("head.a")
    for page in (f"/nominations/{struck.id}", f"/nominations/{kept.id}", "/nominations"):
        text = head.get(page).text
        # The list offers every state to filter by; what stands as a mark beside a name is what is told.
        marks = re.findall(r'class="tag tag-[a-z]+">([^<]+)<', text)
        assert "Chờ xác minh" not in text and set(marks) == {"Đã trình Chủ tịch"}, page
    assert "Chờ xác minh" in client.as_user("office").get(f"/nominations/{struck.id}").text
    commendation.issue(ward, commendation.draft(ward, round_))
    head = client.as_user("head.a")
    assert "Chờ xác minh" in head.get(f"/nominations/{struck.id}").text
    with ward.db.reading() as session:
        told = session.scalars(select(Notice.text).where(Notice.person_id == ward.people["clerk.a"])).all()
    assert any("Đã khen thưởng bà Người Hai" in one for one in told)
    assert any("Không khen thưởng bà Người Một: Chờ xác minh" in one for one in told)


def test_each_handing_in_is_told_to_the_office_until_it_is_looked_at(ward: Ward) -> None:
    one = submit(ward, complete(ward, nominate(ward, open_round(ward))))

    def unread() -> list[str]:
        mine = (Notice.person_id == ward.people["office"], Notice.read_at.is_(None))
        with ward.db.reading() as session:
            return list(session.scalars(select(Notice.key).where(*mine, Notice.key.startswith(f"nomination:{one.id}"))))

    assert unread() == [f"nomination:{one.id}:submit:1"]
    do(ward, moving.return_nomination, one, "office", submission=1, reason="Thiếu chữ ký.")
    assert unread() == []
    submit(ward, one)
    assert unread() == [f"nomination:{one.id}:submit:2"]


@on_one_database
def test_what_the_office_puts_into_a_dossier_is_hidden_from_its_related_colleague(client: Client) -> None:
    """In lists, on its own page, in search and its counts; who is not related finds it in the lists of the archive."""
    ward = client.ward
    ward.person("office.2", Role.STANDING_OFFICE, "VH")
    one = nominate(ward, open_round(ward), by="office", unit=None, proposer=Proposer.OFFICE, name="Kỹ sư Ngoài")
    one = submit(ward, complete(ward, one, by="office"), by="office")
    ward.drain()
    with ward.db.reading() as session:
        paper = session.scalars(select(NominationPaper.document_id)).one()
    assert client.sign_in("office").get(f"/documents/{paper}").status_code == 200
    assert client.as_user("office.2").get(f"/documents/{paper}").status_code == 200
    commendation.declare(ward, one, by="office.2")
    related = client.as_user("office.2")
    assert related.get(f"/documents/{paper}").status_code == 404
    assert paper not in related.get("/documents").text
    for name in ("office", "office.2"):
        assert paper not in client.as_user(name).get("/search?q=bien+ban").text
    with ward.db.reading() as session:
        assert f"document:{paper}" not in all_keys(session)


@on_one_database
def test_a_declaration_by_mistake_is_taken_back_with_a_reason(client: Client) -> None:
    ward = client.ward
    one = submit(ward, complete(ward, nominate(ward, open_round(ward))))
    stake = commendation.declare(ward, one, by="council")
    page = f"/nominations/{one.id}/stakes/{stake.id}"
    assert client.sign_in("council").get(page).status_code == 404
    office = client.as_user("office")
    assert "Người council" in office.get(f"/nominations/{one.id}").text
    assert office.post(page, {"reason": " "}).status_code == 422
    assert office.post(page, {"reason": "Khai nhầm người"}).status_code == 303
    assert office.get(page).status_code == 404
    assert client.as_user("council").get(f"/nominations/{one.id}").status_code == 200
