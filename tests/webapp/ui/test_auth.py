"""Who is signed in: Flask-Login over the house's own rows of sessions."""

from __future__ import annotations

from flask import g
from flask_login import current_user
from flask_login.utils import encode_cookie
from sqlalchemy import select

from tests.support.web import Client
from webapp.models import SignIn
from webapp.ui.auth import TOKEN, Nobody, SignedIn
from webapp.ui.request_state import ANONYMOUS, viewer

HTMX = {"HX-Request": "true"}


def token_of(client: Client) -> str:
    with client.http.session_transaction() as cookie:
        return str(cookie[TOKEN])


def test_the_current_user_is_the_session_of_a_person_and_nobody_before(client: Client) -> None:
    with client.app.test_request_context():
        assert isinstance(current_user._get_current_object(), Nobody)
        assert not current_user.is_authenticated and current_user.viewer is ANONYMOUS and viewer() is ANONYMOUS
    client.sign_in("clerk.a")
    with client.http as http:
        http.get("/account")
        user = current_user._get_current_object()
        assert isinstance(user, SignedIn) and user.is_authenticated
        assert user.viewer is viewer() and user.viewer.id == client.ward.people["clerk.a"]
        assert user.get_id() == token_of(client) != user.digest


def test_the_rows_of_sessions_decide_not_the_cookie(client: Client) -> None:
    client.sign_in("clerk.a")
    with client.ward.work() as session:
        for row in session.scalars(select(SignIn)):
            row.ended_at = client.ward.now
    answer = client.get("/account")
    assert answer.status_code == 303 and "expired=1" in answer.location
    # The dead token is taken out of the cookie: the next page does not say again that a session ended.
    assert "expired" not in client.get("/account").location


def test_scripts_are_told_that_the_session_has_ended(client: Client) -> None:
    client.sign_in("clerk.a")
    client.ward.later(hours=1)
    # A redirect would be followed by the browser and the sign-in page put into the middle of this one.
    for headers in (HTMX, {"Accept": "application/json"}):
        for answer in (client.get("/account", headers=headers), client.post("/account/password", {}, headers=headers)):
            said = answer.get_json()["sentence"] if answer.is_json else answer.text
            assert answer.status_code == 401 and "phiên làm việc đã hết" in said and "<html" not in said


def test_no_remember_cookie_signs_anybody_in(client: Client) -> None:
    """The extension's second cookie is off: not even one signed with the house's own key counts."""
    client.sign_in("clerk.a")
    with client.app.app_context():
        forged = encode_cookie(token_of(client))
    stranger = Client(client.app, client.ward)
    for value in (forged, "x|y", "không|dấu", "|", ""):
        stranger.http.set_cookie("remember_token", value)
        answer = stranger.get("/account")
        assert answer.status_code == 303 and answer.location.startswith("/sign-in"), value
    client.post("/sign-out")
    assert client.http.get_cookie("remember_token") is None


def test_another_address_or_browser_ends_no_session(client: Client) -> None:
    """Telephones change both all day; the extension's guess by them is off."""
    client.sign_in("clerk.a")
    answer = client.get("/account", headers={"User-Agent": "khác", "X-Forwarded-For": "10.9.8.7"})
    assert answer.status_code == 200


def test_who_cannot_be_loaded_is_nobody_on_the_error_page(client: Client) -> None:
    """When the database fails while the session is looked up, the page that says so does not look it up again."""
    client.sign_in("clerk.a")
    client.ward.db.engine.dispose()
    original = client.app.extensions["kho"].db.engine
    try:
        client.app.extensions["kho"].db.engine = type("Broken", (), {"__getattr__": lambda self, name: 1 / 0})()
        answer = client.http.get("/account")
        assert answer.status_code == 500 and "Chương trình gặp lỗi" in answer.text
    finally:
        client.app.extensions["kho"].db.engine = original


def test_signing_in_twice_gives_a_new_cookie(client: Client) -> None:
    client.sign_in("clerk.a")
    first = token_of(client)
    client.post("/sign-out")
    client.sign_in("clerk.b")
    assert token_of(client) != first
    with client.http as http:
        http.get("/account")
        assert g.viewer.id == client.ward.people["clerk.b"]
