"""Signing in and out, locking, idle sessions, first passwords, revoked grants."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.support.ward import PASSWORD, Ward
from tests.support.web import Client, tight
from webapp.models import AuditEvent, Person, SignIn
from webapp.people.rules import after_failure, password_fault


def try_in(client: Client, username: str, password: str) -> str:
    response = client.post("/sign-in", {"username": username, "password": password})
    return response.text if response.status_code == 422 else ""


def test_pages_ask_to_sign_in_and_come_back_afterwards(client: Client) -> None:
    response = client.get("/documents?year=2026")
    assert response.status_code == 303
    back = client.post(response.location, {"username": "clerk.a", "password": PASSWORD})
    assert back.location == "/documents?year=2026"


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nb"]
)
def test_one_is_never_sent_to_another_site(client: Client, target: str) -> None:
    response = client.post("/sign-in", {"username": "clerk.a", "password": PASSWORD, "next": target})
    assert response.status_code == 303 and response.location == "/"


def test_wrong_name_and_wrong_password_get_the_same_words(client: Client) -> None:
    unknown, wrong = try_in(client, "khong.co", "x" * 12), try_in(client, "clerk.a", "x" * 12)
    assert "Tên đăng nhập hoặc mật khẩu không đúng." in unknown
    assert "Tên đăng nhập hoặc mật khẩu không đúng." in wrong


def test_five_failures_lock_one_account_for_a_while_and_no_other(client: Client) -> None:
    ward = client.ward
    for _ in range(4):
        assert "không đúng" in try_in(client, "clerk.a", "x" * 12)
    assert "tạm khóa" in try_in(client, "clerk.a", "x" * 12)
    assert "tạm khóa" in try_in(client, "clerk.a", PASSWORD)
    client.as_user("clerk.b")
    ward.later(minutes=15, seconds=1)
    client.as_user("clerk.a")


def test_failures_far_apart_do_not_lock(ward: Ward) -> None:
    from datetime import timedelta

    failures, first, locked = 0, None, None
    now = ward.now
    for _ in range(12):
        failures, first, locked = after_failure(failures, first, now=now)
        assert locked is None
        now += timedelta(minutes=16)


@pytest.mark.parametrize(("username", "minutes"), [("clerk.a", 30), ("admin", 15)])
def test_an_idle_session_ends(client: Client, username: str, minutes: int) -> None:
    client.sign_in(username)
    client.ward.later(minutes=minutes - 1)
    assert client.get("/account").status_code == 200
    client.ward.later(minutes=minutes - 1)
    assert client.get("/account").status_code == 200, "every use counts"
    client.ward.later(minutes=minutes + 1)
    response = client.get("/account")
    assert response.status_code == 303 and "expired=1" in response.location


def test_signing_out_ends_the_session_on_the_server(client: Client) -> None:
    client.sign_in("clerk.a")
    stolen = client.http.get_cookie("kho")
    client.post("/sign-out")
    assert stolen is not None
    client.http.set_cookie("kho", stolen.value)
    assert client.get("/account").status_code == 303


def test_signing_out_everywhere_ends_all_sessions_of_one_person(client: Client) -> None:
    client.sign_in("clerk.a")
    phone, other = client.as_user("clerk.a"), client.as_user("clerk.b")
    assert tight(phone.get("/account").text).count("<tr>") == 3
    client.post("/account/sign-out-everywhere")
    assert client.get("/account").status_code == 303
    assert phone.get("/account").status_code == 303
    assert other.get("/account").status_code == 200


def test_the_database_keeps_no_token_and_no_password(client: Client) -> None:
    client.sign_in("clerk.a")
    with client.ward.db.reading() as session:
        person = session.scalars(select(Person).where(Person.username == "clerk.a")).one()
        assert person.password_hash.startswith("$argon2id$") and PASSWORD not in person.password_hash
        digests = session.scalars(select(SignIn.token_digest)).all()
        bodies = " ".join(session.scalars(select(AuditEvent.body)).all())
    with client.http.session_transaction() as cookie:
        token = cookie["_user_id"]
    assert token not in digests and token not in bodies and PASSWORD not in bodies


def test_the_first_password_must_be_changed_before_anything_else(client: Client) -> None:
    client.sign_in("admin")
    page = client.post("/admin/people/new", {"username": "moi", "name": "Người mới", "unit_id": client.ward.units["A"]})
    import re

    first = re.search(r'<dt>Mật khẩu</dt><dd class="mono">([^<]+)', tight(page.text)).group(1)  # type: ignore[union-attr]
    newcomer = Client(client.app, client.ward)
    newcomer.get("/sign-in")
    assert newcomer.post("/sign-in", {"username": "moi", "password": first}).status_code == 303
    for path in ("/", "/documents", "/search?q=x", "/account"):
        assert newcomer.get(path).location == "/account/password", path
    newcomer.get("/account/password")
    change = {"old": first, "new": "câu mới của tôi", "repeat": "câu mới của tôi"}
    for field, value, sentence in (
        ("old", "sai", "hiện tại không đúng"),
        ("new", "ngắn", "ít nhất 10 ký tự"),
        ("repeat", "khác", "không giống nhau"),
    ):
        response = newcomer.post("/account/password", {**change, field: value})
        assert response.status_code == 422 and sentence in response.text, field
    assert newcomer.post("/account/password", change).status_code == 303
    again = Client(client.app, client.ward).sign_in("moi", "câu mới của tôi")
    assert again.get("/").status_code == 200


@pytest.mark.parametrize("password", ["ngắn", "aaaaaaaaaaaaa", "lan.nt-2026-x", "x" * 300])
def test_weak_passwords_get_a_reason(password: str) -> None:
    assert password_fault(password, username="lan.nt")


def test_a_revoked_grant_stops_counting_at_the_next_request(client: Client) -> None:
    ward = client.ward
    document = ward.document("clerk.a", "A")
    clerk = client.as_user("clerk.a")
    assert clerk.get(f"/documents/{document.id}").status_code == 200
    admin = client.as_user("admin")
    person = ward.people["clerk.a"]
    page = admin.get(f"/admin/people/{person}").text
    import re

    address = re.search(rf'action="(/admin/people/{person}/grants/\w+/revoke)"', page).group(1)  # type: ignore[union-attr]
    assert admin.post(address).status_code == 303
    assert clerk.get(f"/documents/{document.id}").status_code == 404
    assert "chưa được giao vai trò" in clerk.get("/").text


def test_a_closed_account_is_out_at_once(client: Client) -> None:
    clerk = client.as_user("clerk.a")
    admin = client.as_user("admin")
    address = f"/admin/people/{client.ward.people['clerk.a']}/close"
    assert "Khóa tài khoản" in admin.get(address).text
    assert admin.post(address).status_code == 303
    assert clerk.get("/account").status_code == 303
    assert "không đúng" in try_in(client, "clerk.a", PASSWORD)


def test_administrators_cannot_lock_themselves_out(client: Client) -> None:
    import re

    client.sign_in("admin")
    person = client.ward.people["admin"]
    assert client.post(f"/admin/people/{person}/close").status_code == 422
    page = client.get(f"/admin/people/{person}").text
    address = re.search(rf'action="(/admin/people/{person}/grants/\w+/revoke)"', page).group(1)  # type: ignore[union-attr]
    assert client.post(address).status_code == 422
    assert client.get("/admin").status_code == 200


ADMIN_PAGES = ["/admin/units", "/admin/units/new", "/admin/people", "/admin/people/new", "/admin/import", "/admin/jobs"]


@pytest.mark.parametrize("username", ["clerk.a", "head.a", "leader.1", "office", "chair", "auditor", "nobody"])
def test_only_administrators_administer(client: Client, username: str) -> None:
    client.sign_in(username)
    for path in ADMIN_PAGES:
        response = client.get(path)
        assert response.status_code == 403 and "quản trị hệ thống" in response.text, path
    person = client.ward.people["nobody"]
    for path in (f"/admin/people/{person}", f"/admin/people/{person}/grants", f"/admin/people/{person}/password"):
        assert client.post(path, {"role": "auditor", "name": "x"}).status_code == 403, path


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"role": "clerk"}, "hãy chọn đơn vị"),
        ({"role": "cluster_leader"}, "hãy chọn cụm, khối và ghi năm"),
        ({"role": "inspector", "grant_unit_id": "A"}, "được giao theo đoàn"),
        ({"role": "auditor", "grant_unit_id": "A"}, "không gắn với một đơn vị"),
        ({"role": "auditor", "valid_from": "2026-12-02", "valid_until": "2026-12-01"}, "phải sau ngày bắt đầu"),
        ({"role": "king"}, "không có trong danh sách"),
        ({}, "Hãy chọn vai trò"),
        ({"role": "auditor", "year": "hai nghìn"}, "Hãy nhập một số"),
    ],
)
def test_a_grant_without_its_scope_is_refused(client: Client, values: dict[str, str], sentence: str) -> None:
    client.sign_in("admin")
    person = client.ward.people["nobody"]
    if "grant_unit_id" in values:
        values = {**values, "grant_unit_id": client.ward.units["A"]}
    response = client.post(f"/admin/people/{person}/grants", values)
    assert response.status_code == 422 and sentence in response.text
    assert not client.ward.viewer("nobody").grants


def test_units_and_clusters_are_kept_through_pages(client: Client) -> None:
    client.sign_in("admin")
    taken = client.post("/admin/units/new", {"code": "a", "name": "Khác", "kind": "office"})
    assert taken.status_code == 422 and "Đã có đơn vị khác" in taken.text and "Khác" in taken.text
    odd = client.post("/admin/units/new", {"code": "Đ Ơ", "name": "", "kind": "office", "founded_on": "x"})
    assert odd.status_code == 422
    made = client.post("/admin/units/new", {"code": "moi", "name": "Đơn vị mới", "kind": "service"})
    assert made.status_code == 303 and "MOI" in client.get("/admin/units").text
    assert client.post("/admin/clusters", {"code": "K1", "name": "Trùng"}).status_code == 422
    cluster = client.ward.clusters["K2"]
    values = {"unit_id": client.ward.units["A"], "position": "leader", "year": "2026"}
    elsewhere = client.post(f"/admin/clusters/{cluster}/members", values)
    assert elsewhere.status_code == 422 and "thuộc một cụm, khối khác" in elsewhere.text
    assert client.post(f"/admin/clusters/{cluster}/members", {**values, "year": "2027"}).status_code == 303
    assert "Cụm trưởng" in client.get("/admin/clusters?year=2027").text
    removed = client.post(f"/admin/clusters/{cluster}/members/{client.ward.units['A']}/remove", {"year": "2027"})
    assert removed.status_code == 303


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36 Edg/131.0",
            "Edge trên Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile Safari/604.1",
            "Safari trên iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36",
            "Chrome trên điện thoại Android",
        ),
        ("curl/8.5", "Trình duyệt khác trên thiết bị khác"),
    ],
)
def test_a_device_is_named_as_people_call_it(agent: str, device: str) -> None:
    assert SignIn(agent=agent).device == device
