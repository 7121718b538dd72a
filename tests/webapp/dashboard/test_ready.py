"""A clerk tells the head that something is finished; it waits on the head's home until it is handed in."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.support import commendation, initiatives, papers, scores, voices
from tests.support.ward import Ward
from tests.support.web import Client
from webapp.dashboard.ready import KINDS
from webapp.models import AuditEvent, Notice

pytestmark = pytest.mark.either_database


def test_what_is_finished_waits_for_the_head_until_it_is_handed_in(client: Client) -> None:
    ward: Ward = client.ward
    paper, checklist = papers.open_paper(ward, "clerk.a", "A"), ward.checklist("clerk.a", "A")
    papers.write(ward, "clerk.a", paper, {0: "Đã làm"})
    clerk, head = client.as_user("clerk.a"), client.as_user("head.a")
    for kind, key, address in (("paper", paper.id, "papers"), ("checklist", checklist.id, "checklists")):
        assert "Báo lãnh đạo đã xong" in clerk.get(f"/{address}/{key}").text
        for _ in range(2):  # once while it waits
            told = clerk.post(f"/ready/{kind}/{key}")
            assert told.status_code == 303 and told.location.endswith(f"/{address}/{key}")
        page = clerk.get(f"/{address}/{key}").text
        assert "Đã báo lãnh đạo lúc" in page and "Báo lãnh đạo đã xong" not in page
        home = head.get("/").text
        assert "Chờ bạn xem và trình" in home and f'href="/{address}/{key}/submit"' in home
        assert head.post(f"/{address}/{key}/submit").status_code == 303
        assert "Chờ bạn xem và trình" not in head.get("/").text
    with ward.db.reading() as session:
        assert len(session.scalars(select(Notice).where(Notice.key.contains(":ready:"))).all()) == 2
        assert session.scalars(select(AuditEvent.action).where(AuditEvent.action == "notices.ready")).all()


def test_who_may_not_write_tells_nobody(client: Client) -> None:
    ward: Ward = client.ward
    checklist = ward.checklist("clerk.a", "A")
    own = ward.checklist("clerk.b", "B")
    for name, status in (("clerk.b", 404), ("office", 404), ("nobody", 404)):
        assert client.as_user(name).post(f"/ready/checklist/{checklist.id}").status_code == status, name
    clerk = client.as_user("clerk.b")
    assert clerk.post(f"/ready/khong-co/{own.id}").status_code == 404
    alone = clerk.post(f"/ready/checklist/{own.id}")
    assert alone.status_code == 422 and "chưa có lãnh đạo có tài khoản" in alone.text
    client.as_user("head.a").post(f"/checklists/{checklist.id}/submit")
    assert client.as_user("clerk.a").post(f"/ready/checklist/{checklist.id}").status_code == 403


def test_every_kind_of_thing_can_be_told_of(client: Client) -> None:
    ward: Ward = client.ward
    scores.add_heads(ward)
    scores.rubric(ward)
    scores.open_round(ward)
    things = {
        "paper": papers.open_paper(ward, "clerk.a", "A").id,
        "checklist": ward.checklist("clerk.a", "A").id,
        "score": scores.sheet_of(ward, "A").id,
        "initiative": initiatives.add(ward).id,
        "difficulty": voices.raise_one(ward, "clerk.a").id,
        "nomination": commendation.nominate(ward, commendation.open_round(ward)).id,
    }
    clerk, head = client.as_user("clerk.a"), client.as_user("head.a")
    for what, key in things.items():
        assert clerk.post(f"/ready/{what}/{key}").status_code == 303, what
    home = head.get("/").text
    assert home.count("báo đã xong") == len(KINDS) == len(things)
    for address in re.findall(r'href="(/[^"]+)">[^<]*báo đã xong', home):
        assert head.get(address).status_code == 200, address
    assert head.get("/").text.count("báo đã xong") == len(things)  # looked at, and still waiting
