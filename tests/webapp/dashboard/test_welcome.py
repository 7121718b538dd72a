"""Three sentences for whoever is new in a role, until they are put away; each empty list names a next step."""

from __future__ import annotations

import re

from tests.support.ward import Ward
from tests.support.web import client_for, tight
from webapp.dashboard.welcome import SENTENCES
from webapp.models import Role


def test_every_role_is_told_what_to_do_first() -> None:
    assert set(SENTENCES) == set(Role) and all(len(three) == 3 for three in SENTENCES.values())


def test_it_stays_until_put_away_and_comes_once_for_each_role(ward: Ward) -> None:
    client = client_for(ward).sign_in("clerk.a")
    assert "Bắt đầu: cán bộ đơn vị" in client.get("/").text and "Bắt đầu: cán bộ đơn vị" in client.get("/").text
    for role in ("clerk", "clerk", "administrator", "x"):
        assert client.post("/welcome", {"role": role}).status_code == 303
    assert "Bắt đầu" not in client.get("/").text
    assert SENTENCES[Role.CLERK][0] in tight(client.get("/notices").text)
    assert "chưa đọc" not in client.get("/").text
    ward.grant("clerk.a", Role.COUNCIL)
    assert "Bắt đầu: thành viên hội đồng" in client.get("/").text
    assert "Bắt đầu" not in client_for(ward).sign_in("nobody").get("/").text


def test_an_empty_list_names_a_next_step(ward: Ward) -> None:
    client = client_for(ward).sign_in("chair")
    for path in ("/meetings", "/papers", "/syntheses", "/scores?year=2029", "/announcements"):
        empty = re.search(r'<div class="empty">.*?</div>', client.get(path).text, re.DOTALL)
        assert empty and "<a " in empty.group(), path
