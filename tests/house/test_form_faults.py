"""What a form says when it cannot be taken: what was typed stays, every sentence leads to a field that is on the page,
and nothing too long slips in."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.support.ward import Ward, small_reading
from tests.support.web import Client
from webapp.checklists import service
from webapp.models import CriteriaGroup, Document, DocumentKind, Person, PlanImport, Role, Theme
from webapp.people.rules import password_fault

LONG = "dài " * 1400


def check(page: str, *kept: str) -> None:
    """The summary stands on the page, its links lead to fields, and the typed values are shown."""
    summary = re.search(r'<div class="error-summary".*?</div>', page, re.DOTALL)
    assert summary, page[:3000]
    links = re.findall(r'href="#([^"]+)"', summary.group())
    assert links, summary.group()
    for target in links:
        assert page.count(f'id="{target}"') == 1, (target, summary.group())
    for value in kept:
        assert value in page, value


def forms(ward: Ward) -> list[tuple[str, str, dict[str, object], tuple[str, ...]]]:
    """(who, address, values that cannot be taken, what must be kept)."""
    item = ward.item(ward.checklist("clerk.a", "A"), "III.1.đ")
    other = ward.checklist("clerk.b", "B")
    ward.person("head.b", Role.HEAD, "B")
    with ward.work() as session:
        service.submit_checklist(session, actor=ward.viewer("head.b"), now=ward.now, checklist_id=other.id)
    document = ward.document("clerk.a", "A").id
    at_item, person = f"/checklists/items/{item.id}", ward.people["clerk.a"]
    cluster = ward.clusters["K2"]
    kept = "chữ đã gõ"
    return [
        ("clerk.a", at_item, {"state": "x", "comment": kept}, (kept,)),
        ("clerk.a", at_item, {"state": "not_applicable", "comment": kept, "revision": "1"}, (kept,)),
        ("clerk.a", at_item, {"state": "claimed", "comment": kept + LONG}, (kept,)),
        ("clerk.a", f"{at_item}/sub-items", {"added": kept + LONG}, (kept,)),
        ("clerk.a", f"{at_item}/files", {"issued_on": "2026-01-02"}, ("2026-01-02",)),
        ("clerk.a", f"{at_item}/files", {"issued_on": "hôm qua", "files": [(b"x", "x.txt")]}, ()),
        ("clerk.a", f"{at_item}/citations", {"cited_issuer": kept, "cited_on": "2026-01-02"}, (kept, "2026-01-02")),
        (
            "clerk.a",
            f"{at_item}/citations",
            {"cited_number": "1/BC", "cited_abstract": "a", "cited_on": "32/13"},
            ("1/BC",),
        ),
        ("clerk.a", f"{at_item}/citations", {"cited_number": LONG, "cited_abstract": kept}, (kept,)),
        ("clerk.a", f"{at_item}/existing", {"choice": "evidence:x"}, ()),
        ("clerk.a", "/documents", {"unit_id": ward.units["A"], "kind": "report", "year": "2026"}, ()),
        ("clerk.a", "/documents", {"unit_id": ward.units["A"], "kind": "x", "files": [(b"x", "x.txt")]}, ()),
        ("clerk.a", "/documents", {"unit_id": ward.units["A"], "year": "1", "files": [(b"x", "x.txt")] * 2}, ()),
        ("clerk.a", "/documents", {"unit_id": ward.units["A"], "files": [(b"", "x.txt"), (b"", "y.txt")]}, ("y.txt",)),
        ("clerk.a", f"/documents/{document}/describe", {"title": "", "number": kept}, (kept,)),
        ("clerk.a", f"/documents/{document}/describe", {"title": kept, "number": LONG, "issuer": "b"}, (kept,)),
        ("clerk.a", f"/documents/{document}/describe", {"title": LONG}, ()),
        ("clerk.a", f"/documents/{document}/versions", {"reason": kept}, (kept,)),
        ("office", f"/checklists/{other.id}/return", {"reason": ""}, ()),
        ("office", f"/checklists/{other.id}/return", {"reason": kept + LONG}, (kept,)),
        ("office", "/movements/imports/new", {}, ()),
        ("admin", "/admin/units/new", {"code": "A", "name": kept, "kind": "office"}, (kept,)),
        ("admin", "/admin/units/new", {"code": "Q", "name": kept, "kind": "x", "founded_on": "x"}, (kept,)),
        ("admin", f"/admin/units/{ward.units['A']}", {"code": "A b", "name": kept, "kind": "office"}, (kept,)),
        ("admin", "/admin/clusters", {"code": "K1", "name": kept}, (kept, 'value="K1"')),
        (
            "admin",
            f"/admin/clusters/{cluster}/members",
            {"unit_id": ward.units["A"], "position": "deputy", "year": "2026"},
            (),
        ),
        ("admin", f"/admin/clusters/{cluster}/members", {"unit_id": "x", "position": "x"}, ()),
        ("admin", "/admin/people/new", {"username": "A B", "name": kept, "title": LONG, "email": "x"}, (kept,)),
        ("admin", f"/admin/people/{person}", {"name": "", "title": kept}, (kept,)),
        ("admin", f"/admin/people/{person}", {"name": "a", "title": kept, "email": "không phải thư"}, (kept,)),
        ("admin", f"/admin/people/{person}/grants", {"role": "head", "year": "1", "valid_from": "x"}, ()),
        ("admin", f"/admin/people/{person}/grants", {"role": "cluster_leader"}, ()),
        ("admin", "/admin/import", {"apply": "1"}, ()),
        ("clerk.a", "/account/password", {"old": "x"}, ()),
    ]


def test_every_form_says_what_is_wrong_where_it_is_wrong(client: Client) -> None:
    people = {name: client.as_user(name) for name in ("clerk.a", "office", "admin")}
    for who, path, values, kept in forms(client.ward):
        response = people[who].post(path, values)
        assert response.status_code == 422, (path, values, response.status_code)
        check(response.text, *kept)
    with client.ward.db.reading() as session:
        assert all(len(title) < 600 for title in session.scalars(select(Document.title)))


def test_a_fault_elsewhere_does_not_empty_what_the_unit_wrote(client: Client) -> None:
    ward = client.ward
    item = ward.item(ward.checklist("clerk.a", "A"), "III.1.đ")
    client.sign_in("clerk.a")
    client.post(f"/checklists/items/{item.id}", {"state": "claimed", "comment": "đã làm xong", "revision": "1"})
    page = client.post(f"/checklists/items/{item.id}/citations", {"cited_number": ""})
    assert page.status_code == 422 and ">đã làm xong</textarea>" in page.text


def test_a_fault_does_not_hide_that_somebody_else_wrote_meanwhile(client: Client) -> None:
    """The form that comes back with its faults still stands on the wording its writer saw."""
    ward = client.ward
    item = ward.item(ward.checklist("clerk.a", "A"), "III.1.đ")
    document = ward.document("clerk.a", "A")
    first, second = client.as_user("clerk.a"), client.as_user("head.a")
    for path, page, good, bad in (
        (f"/checklists/items/{item.id}", "", {"state": "claimed", "comment": "một"}, {"state": "not_applicable"}),
        (f"/documents/{document.id}", "/describe", {"title": "một"}, {"title": ""}),
    ):
        values = {"revision": "1" if not page else str(document.revision)}
        assert second.post(path + page, {**values, **good}).status_code == 303
        answer = first.post(path + page, {**values, **bad})
        shown = re.findall(r'name="revision" value="(\d+)"', answer.text)
        if answer.status_code == 422:
            assert set(shown) == {values["revision"]}
            assert first.post(path + page, {**values, **good, "revision": shown[0]}).status_code == 409
        else:
            assert answer.status_code == 409


def test_a_correction_of_a_plan_holds_no_nul_and_is_composed(client: Client) -> None:
    ward = client.ward
    client.sign_in("office")
    place = client.post("/movements/imports/new", {"movement_id": ward.movement_id, "file": [(b"ke hoach", "k.txt")]})
    import_id = place.location.rpartition("/")[2]
    with ward.work() as session:
        session.get_one(PlanImport, import_id).reading = small_reading().to_dict()
    ward.drain()
    values = {
        "revision": "2",
        "movement_id": ward.movement_id,
        "abstract": "Phong trào thử giai đoạn 2026-2030",
        "theme-0-code": "II.2.a",
        "theme-0-text": "\x00Dư\u0303 liê\u0323u",
        "group-0-code": "III.1",
        "group-0-title": "Nhóm",
        "criterion-0-group": "III.1",
        "criterion-0-code": "III.1.d",
        "criterion-0-text": "a\x00b",
        "phase-0-name": "1",
        "phase-0-first_year": "2026",
        "phase-0-last_year": "2030",
        "apply": "1",
    }
    assert client.post(f"/movements/imports/{import_id}", values).status_code == 303
    assert client.post(f"/movements/imports/{import_id}/apply", {}).status_code == 303
    with ward.db.reading() as session:
        assert "Dữ liệu" in session.scalars(select(Theme.text)).all()


def test_a_theme_of_another_movement_and_a_kind_not_offered_are_refused(client: Client) -> None:
    ward = client.ward
    first = ward.movement_id
    ward.later(minutes=1)
    other = ward.plan(small_reading(abstract="Kế hoạch phong trào “Xây dựng nông thôn mới” giai đoạn 2026-2030"))
    ward.movement_id = first
    with ward.db.reading() as session:
        foreign = session.scalars(select(Theme.id).where(Theme.movement_id == other)).first()
    client.sign_in("clerk.a")
    values = {"unit_id": ward.units["A"], "kind": "report", "year": "2026", "files": [(b"x", "x.txt")]}
    for changes in ({"theme_id": foreign}, {"kind": "plan"}, {"kind": "guidance"}):
        assert client.post("/documents", {**values, **changes}).status_code == 422, changes
    document = ward.document("clerk.a", "A")
    described = {"title": "t", "revision": str(document.revision), "theme_id": foreign}
    assert client.post(f"/documents/{document.id}/describe", described).status_code == 422
    office = client.as_user("office")
    assert office.post("/documents", {**values, "unit_id": "", "kind": "plan"}).status_code == 422
    with ward.db.reading() as session:
        kinds = session.scalars(select(Document.kind).where(Document.unit_id.is_not(None))).all()
        assert kinds == [DocumentKind.EVIDENCE]
        assert session.scalars(select(CriteriaGroup.id)).first()


@pytest.mark.parametrize("username", ["an", "na", "le"])
def test_short_names_may_stand_in_passwords(username: str) -> None:
    assert password_fault("chanh-na-le-1234", username=username) is None
    assert password_fault("lan.nt-la-toi-1", username="lan.nt") is not None


def test_the_first_password_is_always_taken(client: Client) -> None:
    client.sign_in("admin")
    for number, username in enumerate(("an", "na", "le", "am")):
        response = client.post("/admin/people/new", {"username": username, "name": f"Người {number}"})
        assert response.status_code == 200, response.text
    with client.ward.db.reading() as session:
        ids = session.scalars(select(Person.id).where(Person.username == "an")).all()
    assert all(client.post(f"/admin/people/{ids[0]}/password", {}).status_code == 200 for _ in range(5))
