"""A form sent after its session has ended: sign in, then the same form with what was typed, for the same person only."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.support import papers
from tests.support.ward import PASSWORD, Ward
from tests.support.web import Client, tight
from webapp.models import AuditEvent, ChecklistItem, ItemState
from webapp.ui.kept_forms import AGAIN, KeptForm, seal, unseal

pytestmark = pytest.mark.either_database
KEY = "k" * 40


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the page's own form."""
    form = page[page.index("<main") :]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


def sign_in_with(client: Client, page: str, username: str) -> str:
    values = hidden(page) | {"username": username, "password": PASSWORD}
    return client.post("/sign-in", values).text


def again(client: Client, page: str) -> str:
    address = re.search(r'<form method="post" action="([^"]+)" data-send-now', page).group(1)  # type: ignore[union-attr]
    response = client.post(address, hidden(page))
    assert response.status_code in (409, 422)
    return response.text


def test_what_was_typed_comes_back_after_signing_in(client: Client) -> None:
    item = client.ward.item(client.ward.checklist("clerk.a", "A"), "III.1.đ")
    client.sign_in("clerk.a")
    client.ward.later(hours=1)
    typed = {"state": "claimed", "comment": "Đã nối bốn cơ sở dữ liệu của phường", "revision": str(item.revision)}
    asked = client.post(f"/checklists/items/{item.id}", typed)
    assert asked.status_code == 401 and "chưa được lưu, nhưng vẫn còn nguyên" in asked.text
    assert typed["comment"] not in asked.text  # whoever passes by reads nothing
    wrong = client.post("/sign-in", hidden(asked.text) | {"username": "clerk.a", "password": "sai"})
    shown = again(client, sign_in_with(client, wrong.text, "clerk.a"))
    assert f">{typed['comment']}</textarea>" in shown and "Bạn vừa đăng nhập lại" in shown
    with client.ward.db.reading() as session:
        kept = session.get_one(ChecklistItem, item.id)
        assert (kept.state, kept.comment) == (ItemState.NOT_STARTED, "")
    assert client.post(f"/checklists/items/{item.id}", typed).status_code == 303


def test_it_is_opened_for_nobody_else(client: Client) -> None:
    item = client.ward.item(client.ward.checklist("clerk.a", "A"), "III.1.đ")
    client.sign_in("clerk.a")
    client.ward.later(hours=1)
    asked = client.post(f"/checklists/items/{item.id}", {"state": "claimed", "comment": "của lan"}).text
    answer = client.post("/sign-in", hidden(asked) | {"username": "clerk.b", "password": PASSWORD})
    assert answer.status_code == 303 and "của lan" not in client.get("/").text
    sealed = seal(KeptForm("/x", (("a", "b"),), False), person_id="p1", key=KEY)
    assert unseal(sealed, person_id="p1", key=KEY) == KeptForm("/x", (("a", "b"),), False)
    for text, person, key in ((sealed, "p2", KEY), (sealed, "p1", "other"), ("x", "p1", KEY), ("", "p1", KEY)):
        assert unseal(text, person_id=person, key=key) is None


def test_pages_of_many_fields_give_all_of_them_back_and_save_none(client: Client) -> None:
    ward: Ward = client.ward
    paper = papers.open_paper(ward, "clerk.a", "A")
    client.sign_in("clerk.a")
    fields = dict(
        re.findall(r'name="((?:revision)-[^"]+)" value="(\d+)"', tight(client.get(f"/papers/{paper.id}").text))
    )
    texts = {name.replace("revision", "text"): f"nội dung thứ {place}" for place, name in enumerate(fields)}
    assert len(texts) > 3
    ward.later(hours=1)
    asked = client.post(f"/papers/{paper.id}", fields | texts)
    shown = again(client, sign_in_with(client, asked.text, "clerk.a"))
    assert all(f">{text}</textarea>" in shown for text in texts.values())
    with ward.db.reading() as session:
        saved = session.scalars(select(AuditEvent.action).where(AuditEvent.action.like("paper.%"))).all()
    assert "paper.save" not in saved


def test_a_form_of_an_earlier_sign_in_is_shown_again(client: Client) -> None:
    """Signed in again in another window: the token of the form is no longer good, its words are."""
    item = client.ward.item(client.ward.checklist("clerk.a", "A"), "III.1.đ")
    client.sign_in("clerk.a")
    client.get("/account")
    typed = {"state": "claimed", "comment": "viết ở cửa sổ thứ nhất", "revision": str(item.revision)}
    stale = typed | {"csrf_token": "x" + client.token}
    here = {"Sec-Fetch-Site": "same-origin"}
    page = client.post(f"/checklists/items/{item.id}", stale, headers=here)
    assert page.status_code == 400
    assert ">viết ở cửa sổ thứ nhất</textarea>" in again(client, page.text)
    foreign = client.post(f"/checklists/items/{item.id}", stale, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 400 and "cửa sổ thứ nhất" not in foreign.text


def test_every_kind_of_form_gives_its_words_back(client: Client) -> None:
    ward: Ward = client.ward
    item = ward.item(ward.checklist("clerk.a", "A"), "III.1.đ")
    document = ward.document("clerk.a", "A")
    words = "những lời đã gõ rất lâu và không muốn phải gõ lại lần nữa"
    unit = {"unit_id": ward.units["A"], "year": "2026", "movement_id": ward.movement_id}
    sent = {
        "clerk.a": {
            f"/checklists/items/{item.id}/sub-items": {"added": words},
            f"/checklists/items/{item.id}/citations": {"cited_number": "1/BC", "cited_abstract": words},
            f"/documents/{document.id}/describe": {"title": words, "revision": str(document.revision)},
            f"/documents/{document.id}/pages/1": {"text": words},
            "/difficulties/new": unit | {"kind": "difficulty", "title": "Khó", "text": words},
            "/initiatives/new": unit | {"title": "Sáng kiến", "problem": words},
        },
        "office": {"/announcements/new": {"kind": "guidance", "title": "Hướng dẫn", "text": words, "audience": "all"}},
        "admin": {
            "/admin/units/new": {"code": "Q", "name": words, "kind": "office"},
            "/admin/people/new": {"username": "moi", "name": words},
        },
    }
    for who, forms in sent.items():
        person = client.as_user(who)
        for path, values in forms.items():
            shown = person.post(path, values | {AGAIN: "1"})
            assert shown.status_code == 422 and words in shown.text, path
            assert "chưa được lưu" in shown.text, path


def test_who_signs_in_over_a_page_whose_session_has_ended_gets_in(client: Client) -> None:
    """The cookie still holds the dead session's token: it is looked for before the new session is there."""
    client.sign_in("clerk.a")
    client.ward.later(hours=1)
    client.get("/sign-in")
    assert client.post("/sign-in", {"username": "clerk.a", "password": PASSWORD}).status_code == 303
    assert client.get("/account").status_code == 200


def test_a_kept_form_outlives_signing_in_elsewhere_and_a_button_is_not_kept(client: Client) -> None:
    item = client.ward.item(client.ward.checklist("clerk.a", "A"), "III.1.đ")
    client.sign_in("clerk.a")
    client.ward.later(hours=1)
    asked = client.post(f"/checklists/items/{item.id}", {"state": "claimed", "comment": "viết từ sáng"}).text
    client.sign_in("clerk.a")  # in another window
    shown = again(client, client.post("/sign-in", hidden(asked) | {"csrf_token": client.token}).text)
    assert ">viết từ sáng</textarea>" in shown
    client.ward.later(hours=1)
    signed_out = client.post("/sign-out")
    assert signed_out.status_code == 303 and "/sign-in" in signed_out.location
