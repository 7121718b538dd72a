"""Acts on many things of a list: said first, one by one, refusals told with reasons, undone where it can be."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.support import papers, voices
from tests.support.ward import Ward
from tests.support.web import client_for, tight
from webapp.models import Difficulty, DifficultyState, Document, DocumentKind, PaperState, Role, UnitPaper

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def keys_of(text: str) -> list[str]:
    return re.findall(r'name="key" value="([\w.]+)"', text)


def test_documents_across_pages_are_held_one_refusal_apart_and_released_again(ward: Ward) -> None:
    first = ward.document("office", None, title="Văn bản 0", kind=DocumentKind.GUIDANCE)
    for number in range(1, 53):
        ward.document("office", None, title=f"Văn bản {number}", kind=DocumentKind.GUIDANCE)
    client = client_for(ward).sign_in("office")
    page = client.get("/documents").text
    assert "Chọn cả 54 mục" in tight(page) and "Giữ lại…" in page and len(keys_of(page)) == 50
    asked = client.post("/documents/several", {"do": "hold", "all": "54"})
    assert asked.status_code == 200 and "Giữ lại 54 văn bản?" in tight(asked.text)
    shown = keys_of(asked.text)
    assert len(shown) == 54
    unsaid = client.post("/documents/several", {"do": "hold", "sure": "1", "key": shown})
    assert unsaid.status_code == 422 and held(ward) == 0
    # Meanwhile somebody else touched one of them.
    with ward.work() as session:
        session.get_one(Document, first.id).title = "Văn bản vừa sửa"
    done = client.post("/documents/several", {"do": "hold", "sure": "1", "key": shown, "reason": "Đoàn kiểm tra 12"})
    assert "xong 53, không làm được 1" in tight(done.text) and held(ward) == 53
    refusal = done.text.split("giữ nguyên như cũ")[1].split("</ul>")[0]
    assert refusal.count("<li>") == 1 and "Văn bản vừa sửa" in refusal
    undone = client.post("/documents/several", {"do": "release", "sure": "1", "key": keys_of(done.text)})
    assert "xong 53, không làm được 0" in tight(undone.text) and held(ward) == 0


def held(ward: Ward) -> int:
    with ward.db.reading() as session:
        return len(session.scalars(select(Document.id).where(Document.held_at.is_not(None))).all())


def test_reports_are_received_and_what_is_not_the_viewers_is_refused_by_name(ward: Ward) -> None:
    papers.make_duties(ward)
    ward.person("head.b", Role.HEAD, "B")
    waiting = []
    for unit in ("A", "B"):
        paper = papers.open_paper(ward, f"clerk.{unit.lower()}", unit)
        papers.write(ward, f"clerk.{unit.lower()}", paper, {0: "xong"})
        papers.submit(ward, f"head.{unit.lower()}", paper)
        waiting.append(paper)
    client = client_for(ward).sign_in("office")
    assert "Tiếp nhận…" in client.get("/papers").text
    asked = client.post("/papers/accept?year=2026", {"all": "2"})
    assert "Tiếp nhận 2 kế hoạch, báo cáo?" in tight(asked.text)
    papers.accept(ward, "office", waiting[0])
    done = client.post("/papers/accept?year=2026", {"sure": "1", "key": [*keys_of(asked.text), "unknown"]})
    assert "xong 1, không làm được 2" in tight(done.text) and "Văn bản đang ở trạng thái “Đã nhận”" in done.text
    with ward.db.reading() as session:
        states = session.scalars(select(UnitPaper.state).where(UnitPaper.submitted_at.is_not(None))).all()
    assert set(states) == {PaperState.ACCEPTED}
    for who in ("clerk.a", "leader.1", "auditor"):
        stranger = client_for(ward).sign_in(who)
        assert "Tiếp nhận…" not in stranger.get("/papers").text
        assert "xong 0" in tight(stranger.post("/papers/accept", {"sure": "1", "key": [waiting[1].id]}).text)


def test_difficulties_are_gathered_under_one_topic(ward: Ward) -> None:
    for text in ("Thiếu máy quét", "Thiếu đường truyền"):
        voices.raise_one(ward, state=DifficultyState.RAISED, text=text)
    client = client_for(ward).sign_in("office")
    asked = client.post("/difficulties/gather?year=2026", {"all": "2"})
    assert "Tổng hợp 2 khó khăn, đề nghị?" in tight(asked.text)
    client.post("/difficulties/gather?year=2026", {"sure": "1", "key": keys_of(asked.text), "topic": "Hạ tầng"})
    with ward.db.reading() as session:
        assert set(session.scalars(select(Difficulty.topic))) == {"Hạ tầng"}
    assert client.post("/difficulties/gather?year=2026", {}).status_code == 422


def test_an_error_leads_back_within_the_house_only(ward: Ward) -> None:
    client = client_for(ward).sign_in("office")
    for referrer, leads in (
        ("http://localhost/papers?state=submitted", True),
        ("http://localhost//evil.example/a", False),
        ("http://evil.example/papers", False),
        ("", False),
    ):
        answer = client.http.get("/papers/0000000000000", headers={"Referer": referrer})
        assert answer.status_code == 404 and ("Quay lại trang trước" in answer.text) is leads, referrer
        assert "evil.example" not in answer.text
