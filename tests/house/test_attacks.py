"""Every address with every role: nothing hidden is shown, what is hidden and what is not there get the same answer,
forms without their token and fields nobody offered change nothing."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date

import pytest
from sqlalchemy import select

from tests.support.hidden import OF_UNIT, SECRET, Hidden, add_hidden, addresses
from tests.support.prepared import prepared
from tests.support.shares import share
from tests.support.ward import PASSWORD, Ward, small_reading
from tests.support.web import Client
from webapp.checklists import service
from webapp.models import (
    AuditEvent,
    Checklist,
    ChecklistState,
    Document,
    DocumentKind,
    DocumentState,
    EvidenceLink,
    Role,
    UnitKind,
    new_id,
)
from webapp.people import service as people
from webapp.permissions import SYSTEM

pytestmark = [pytest.mark.long(70), pytest.mark.either_database]

ROLES = "clerk.a head.a clerk.b clerk.c leader.1 deputy.2 council council.2 office chair inspector auditor admin nobody".split()


# What the program itself decides is the same on both databases, so the long ones run on one.
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@prepared
def hidden(ward: Ward) -> Hidden:
    return add_hidden(ward)


OWN = {"people.session_end", "people.session_end_all", "people.password_change", "people.session_start"}


def is_shown_to_admin(role: str, endpoint: str) -> bool:
    """Administrators see that long work runs, and end it; nothing of what it is about."""
    return role == "admin" and endpoint in ("custody.task_view", "custody.task_cancel")


def also_known(role: str, endpoint: str) -> set[int]:
    """That a unit has a sheet in a round is known to who runs it: office and leadership arrange who appraises it and when, and the
    cluster's leader, and who declared a conflict, are told that it is not theirs to see."""
    slice_name, _, view = endpoint.partition(".")
    if slice_name not in ("scores", "appraising", "results"):
        return set()
    if role in ("leader.1", "council"):
        return {403}
    if view not in ("appraiser_assign", "sheet_arrange"):
        return set()
    return {"office": {200}, "chair": {200}, "auditor": {403}}.get(role, set())


@on_one_database
def test_no_role_reads_a_draft_of_another_unit_anywhere(client: Client, hidden: Hidden) -> None:
    everything = list(addresses(client.app, hidden))
    secret = [path for _, path, _ in everything if hidden.is_named(path)]
    assert len(secret) > 50
    gone = hidden.others["document_id"]
    for turn, role in enumerate(ROLES):
        person = client.as_user(role)
        # What names nothing of theirs is asked for by one role in so many, another address by the next one.
        step = share(6, 1)
        for number, (endpoint, path, methods) in enumerate(everything):
            if path not in secret and number % step != turn % step:
                continue
            for headers in ({}, {"HX-Request": "true"}) if path in secret else ({},):
                if "GET" in methods:
                    response = person.get(path, headers=headers)
                    assert response.status_code < 500, (role, path)
                    shown = response.data.decode(errors="replace")
                    if role != "clerk.b":
                        assert SECRET not in shown and "99/BC-B" not in shown, (role, path)
                        if path in secret and not is_shown_to_admin(role, endpoint):
                            wanted = {404, *also_known(role, endpoint)}
                            assert response.status_code in wanted, (role, path)
                    elif gone in path:
                        assert response.status_code == 404 and SECRET not in shown, path
        if role == "clerk.b":
            assert SECRET in person.get("/documents/withdrawn").text and SECRET in person.get("/search/saved").text
            assert SECRET in person.get(f"/tasks/{hidden.ids['task_id']}").text
            continue
        for endpoint, path, methods in everything:
            if "POST" in methods and path in secret and not is_shown_to_admin(role, endpoint):
                sent = {"reason": "x", "step": "hold", "names": "x", "files": [(b"x", "x.txt")]}
                known = also_known(role, endpoint)
                # The office may arrange who appraises: taken, or told what is missing.
                wanted = {303, 422} if 200 in known else {404, *known}
                assert person.post(path, sent).status_code in wanted, (role, path)
        for query in ("bí mật", "bi mat", "99/BC-B", SECRET):
            for at in ("/search", "/search/palette", "/search/suggestions"):
                page = person.get(at, query_string={"q": query}).text.replace(query, "")
                assert SECRET not in page and "99/BC-B" not in page, (role, at, query)
            sheet = person.get("/search/results.xlsx", query_string={"q": query}).data
            with zipfile.ZipFile(io.BytesIO(sheet)) as packed:
                cells = b"".join(map(packed.read, packed.namelist())).decode().replace(query, "")
            assert SECRET not in cells and "99/BC-B" not in cells, (role, query)
    with client.ward.db.reading() as session:
        assert session.get_one(Document, gone).withdrawn_at is not None


@on_one_database
def test_every_form_needs_its_token_and_its_role(client: Client, hidden: Hidden) -> None:
    """Without the token nothing is taken; with it everybody gets an answer, and only the entitled change something."""
    for role in ("clerk.a", "leader.1", "office", "auditor", "admin", "nobody"):
        person = client.as_user(role)
        for endpoint, path, methods in addresses(client.app, hidden):
            if "POST" in methods:
                refused = person.http.post(path, data={"reason": "x"}, buffered=True)
                assert refused.status_code in (400, 403), (role, path, refused.status_code)
                if endpoint in OWN or role == "admin":
                    continue
                answered = person.post(path, {})
                assert answered.status_code < 500, (role, path)
                if path.startswith("/admin") and not (role == "office" and re.search("cluster|letterhead", path)):
                    assert answered.status_code == 403 and "quản trị hệ thống" in answered.text, (role, path)


@on_one_database
def test_hidden_and_missing_are_the_same_page(client: Client, hidden: Hidden) -> None:
    """But for the number of the request and the token of the form."""

    def same(page: str) -> str:
        page = re.sub(r"mã yêu cầu \w+", "", page)
        return re.sub(r'(content|value)="[\w.-]{60,}"', "", page)

    for role in ("clerk.a", "office", "auditor", "admin", "nobody"):
        person = client.as_user(role)
        for endpoint, path, methods in addresses(client.app, hidden):
            if is_shown_to_admin(role, endpoint) or also_known(role, endpoint):
                continue
            for known in (found[name] for found in (hidden.ids, hidden.others) for name in OF_UNIT if name in found):
                if known in path:
                    missing = path.replace(known, new_id())
                    ask = person.get if "GET" in methods else person.post
                    there, gone = ask(path), ask(missing)
                    assert there.status_code == gone.status_code == 404, (role, path)
                    assert same(there.text) == same(gone.text), (role, path)
                    assert {*there.headers.keys()} == {*gone.headers.keys()}


def test_what_is_seen_but_not_allowed_is_refused_with_its_reason(client: Client, hidden: Hidden) -> None:
    ward = client.ward
    if "head.b" not in ward.people:
        ward.person("head.b", Role.HEAD, "B")
    with ward.work() as session:
        service.submit_checklist(
            session, actor=ward.viewer("head.b"), now=ward.now, checklist_id=hidden.ids["checklist_id"]
        )
    changing = re.compile(
        r"/(submit|return|describe|versions|retry|files|citations|existing|confirm|sub-items|links|keeping|stop-reading"
        r"|withdraw|relations|several|use|pages|correct|photograph)"
    )
    for role in ("leader.1", "council", "chair", "auditor"):
        person = client.as_user(role)
        for _, path, methods in addresses(client.app, hidden):
            if "POST" in methods and (hidden.item in path or hidden.document in path or "/checklists/" in path):
                sent = {"reason": "x", "files": [(b"x", "x.txt")], "state": "claimed", "revision": "1"}
                is_withdrawn = "/use/" in path and hidden.document not in path
                if is_withdrawn or path.endswith(("/restore", "/entries")):  # neither withdrawn nor an archive
                    assert person.post(path, sent).status_code == 404, (role, path)
                    continue
                assert changing.search(path) or path.endswith(hidden.item), path
                steps = ("extend", "hold", "release") if path.endswith("/keeping") else ("",)
                for step in steps:
                    refused = person.post(path, {**sent, "step": step, "for_ever": "1"})
                    assert refused.status_code == 403, (role, path, step, refused.status_code)
                    assert re.search(r'class="lead">(Chỉ|Bạn) ', refused.text), (role, path)


def test_fields_that_no_form_offers_are_ignored(client: Client, hidden: Hidden) -> None:
    ward = client.ward
    extra = {
        "state": "published",
        "created_by": ward.people["admin"],
        "id": new_id(),
        "current_no": "9",
        "return_reason": "x",
        "submitted_at": "2026-01-01",
        "is_system": "1",
        "movement_id": "x",
    }
    person = client.sign_in("clerk.a")
    values = {"kind": "report", "unit_id": ward.units["A"], "year": "2026", "files": [(b"x", "bao-cao.txt")]}
    assert person.post("/documents", {**values, **extra}).status_code == 303
    with ward.db.reading() as session:
        document = session.scalars(select(Document).where(Document.title == "bao cao")).one()
    assert (document.state, document.created_by, document.current_no) == (
        DocumentState.DRAFT,
        ward.people["clerk.a"],
        1,
    )
    described = {"title": "t", "revision": str(document.revision), "unit_id": ward.units["B"], "kind": "plan", **extra}
    assert person.post(f"/documents/{document.id}/describe", described).status_code == 303
    checklist = ward.checklist("clerk.a", "A")
    item = ward.item(checklist, "III.1.đ")
    answer = {**extra, "state": "claimed", "revision": "1", "checklist_id": hidden.ids["checklist_id"]}
    assert person.post(f"/checklists/items/{item.id}", answer).status_code == 303
    with ward.db.reading() as session:
        after = session.get_one(Document, document.id)
        assert (after.unit_id, after.kind, after.state) == (ward.units["A"], DocumentKind.REPORT, DocumentState.DRAFT)
        assert session.get_one(Checklist, checklist.id).state is ChecklistState.DRAFT
    admin = client.as_user("admin")
    assert (
        admin.post("/admin/people/new", {"username": "moi.nv", "name": "M", "must_change_password": ""}).status_code
        == 200
    )
    own = ward.people["clerk.a"]
    person.post(f"/admin/people/{own}/grants", {"role": "administrator"})
    assert not ward.viewer("clerk.a").has(Role.ADMINISTRATOR)


def test_ids_of_another_unit_in_the_body_are_refused(client: Client, hidden: Hidden) -> None:
    ward = client.ward
    own = ward.item(ward.checklist("clerk.a", "A"), "III.1.đ")
    mine = ward.attach("clerk.a", own)
    with ward.db.reading() as session:
        foreign = session.scalars(select(EvidenceLink).where(EvidenceLink.item_id == hidden.item)).first()
        link = session.scalars(select(EvidenceLink.id).where(EvidenceLink.item_id == own.id)).one()
    assert foreign is not None
    person = client.sign_in("clerk.a")
    base = f"/checklists/items/{own.id}"
    for choice in (f"document:{hidden.document}", f"evidence:{foreign.evidence_id}", f"evidence:{new_id()}"):
        refused = person.post(f"{base}/existing", {"choice": choice})
        assert refused.status_code == 422 and SECRET not in refused.text
    assert person.post(f"{base}/links/{foreign.id}", {}).status_code == 404
    other = ward.item(ward.checklist("clerk.a", "A"), "III.1.d")
    assert person.post(f"/checklists/items/{other.id}/links/{link}", {}).status_code == 404  # of another item
    group = {"unit_id": ward.units["B"], "group_id": "x", "year": "2026"}
    assert person.post("/checklists", group).status_code == 403
    # A receipt number that somebody else has used shows each their own files only.
    batch = hidden.ids["batch_id"]
    values = {"kind": "report", "unit_id": ward.units["A"], "batch": batch, "files": [(b"x", "cua-A.txt")]}
    assert person.post("/documents", values).status_code == 303
    page = person.get(f"/documents/receipts/{batch}").text
    assert "cua-A.txt" in page and SECRET not in page and "1 tệp" in page
    assert "cua-A" not in client.as_user("clerk.b").get(f"/documents/receipts/{batch}").text
    assert client.as_user("clerk.b").get(f"/documents/{mine}").status_code == 404
    # A grant is taken away under its own person only.
    admin = client.as_user("admin")
    path = f"/admin/people/{ward.people['clerk.a']}/grants/{hidden.ids['grant_id']}/revoke"
    assert admin.post(path, {}).status_code == 404 and ward.viewer("clerk.b").own_units


def test_the_log_shows_each_their_part(client: Client, hidden: Hidden) -> None:
    ward = client.ward
    ward.attach("clerk.a", ward.item(ward.checklist("clerk.a", "A"), "III.1.đ"), filename="cua-A.txt")
    client.as_user("office").get(f"/documents/{hidden.document}")
    unit = client.as_user("clerk.a").get("/ledger").text
    assert hidden.document not in unit and hidden.ids["checklist_id"] not in unit and "Đơn vị B" not in unit
    own = client.as_user("clerk.b").get("/ledger").text
    assert "Người office" in own and SECRET in own  # who tried to read it, and the title for those who may
    admin = client.as_user("admin").get("/ledger").text
    for word in (SECRET, "cua-A", hidden.document, hidden.ids["checklist_id"], "Minh chứng"):
        assert word not in admin, word
    auditor = client.as_user("auditor").get("/ledger").text
    assert hidden.document in auditor and SECRET not in auditor
    for role in ("office", "chair", "council", "nobody", "inspector"):
        assert client.as_user(role).get("/ledger").status_code == 403
    for path in (f"/ledger?object={hidden.document}", f"/ledger?object={hidden.ids['checklist_id']}"):
        assert "Chưa có lượt ghi nào" in client.as_user("clerk.a").get(path).text
        assert "Chưa có lượt ghi nào" in client.as_user("admin").get(path).text


def test_reading_through_a_fragment_is_an_event_too(client: Client, hidden: Hidden) -> None:
    person = client.sign_in("clerk.b")
    with client.ward.db.reading() as session:
        wanted = select(AuditEvent.seq).where(AuditEvent.action == "document.read")
        assert not session.scalars(wanted).all()
        assert SECRET in person.get(f"/documents/{hidden.document}", headers={"HX-Request": "true"}).text
        session.rollback()
        assert len(session.scalars(wanted).all()) == 1


def test_rights_end_in_the_middle_of_a_session(client: Client, hidden: Hidden) -> None:
    ward = client.ward
    ward.person("short")
    ward.grant("short", Role.CLERK, "B", valid_until=date(2026, 11, 22))
    person = client.as_user("short")
    assert person.get(f"/documents/{hidden.document}").status_code == 200
    for _ in range(30):  # a working day with the page open, until after midnight in the ward
        ward.later(minutes=29)
        last = person.get(f"/documents/{hidden.document}").status_code
    assert last == 404 and person.get("/documents").status_code == 200
    assert person.post("/documents", {"unit_id": ward.units["B"], "files": [(b"x", "x.txt")]}).status_code == 403


def test_a_dissolved_unit_opens_no_checklist_for_a_later_year(client: Client) -> None:
    ward = client.ward
    person = client.sign_in("clerk.a")
    page = person.get("/checklists?year=2027").text
    group = re.search(r'name="group_id" value="(\w+)"', page)
    assert group
    with ward.work() as session:
        people.save_unit(
            session,
            actor=SYSTEM,
            now=ward.now,
            unit_id=ward.units["A"],
            draft=people.UnitDraft(
                code="A",
                name="Đơn vị A",
                kind=UnitKind.OFFICE,
                dissolved_on=date(2026, 11, 1),
            ),
        )
    values = {"unit_id": ward.units["A"], "group_id": group.group(1), "year": "2027"}
    assert person.post("/checklists", values).status_code == 422
    assert person.post("/checklists", {**values, "year": "2026"}).status_code == 303


def test_a_clerk_of_two_units_sees_both_and_no_third(client: Client, hidden: Hidden) -> None:
    ward = client.ward
    ward.document("clerk.a", "A", "của a", title="văn bản của A")
    ward.document("clerk.c", "C", "của c", title="văn bản của C")
    ward.person("two", Role.CLERK, "A")
    ward.grant("two", Role.CLERK, "B")
    page = client.as_user("two").get("/documents").text
    assert "văn bản của A" in page and SECRET in page and "văn bản của C" not in page
    form = client.as_user("two").get("/documents/new").text
    assert "Đơn vị A" in form and "Đơn vị B" in form and "Đơn vị C" not in form


def test_an_office_for_one_movement_sees_that_movement_only(client: Client, hidden: Hidden) -> None:
    ward = client.ward
    first = ward.movement_id
    if "head.b" not in ward.people:
        ward.person("head.b", Role.HEAD, "B")
    with ward.work() as session:
        service.submit_checklist(
            session, actor=ward.viewer("head.b"), now=ward.now, checklist_id=hidden.ids["checklist_id"]
        )
    ward.drain()
    ward.later(minutes=1)
    ward.plan(small_reading(abstract="Phong trào “Xây dựng nông thôn mới” giai đoạn 2026-2030"))
    ward.person("office.2")
    ward.grant("office.2", Role.STANDING_OFFICE, movement_id=ward.movement_id)
    ward.person("office.1")
    ward.grant("office.1", Role.STANDING_OFFICE, movement_id=first)
    one, two = client.as_user("office.1"), client.as_user("office.2")
    assert one.get(f"/documents/{hidden.document}").status_code == 200
    assert one.get(f"/checklists/{hidden.ids['checklist_id']}").status_code == 200
    assert two.get(f"/documents/{hidden.document}").status_code == 404
    assert two.get(f"/checklists/{hidden.ids['checklist_id']}").status_code == 404
    assert SECRET in one.get("/documents").text and SECRET not in two.get("/documents").text
    assert SECRET not in two.get("/search", query_string={"q": "mật của"}).text
    assert two.post(f"/movements/{first}/coverage", {"unit": ward.units["C"]}).status_code == 403
    assert two.post(f"/movements/{ward.movement_id}/coverage", {"unit": ward.units["C"]}).status_code == 303


def test_cookies_that_were_tampered_with_sign_nobody_in(client: Client) -> None:
    client.sign_in("clerk.a")
    cookie = client.http.get_cookie("kho")
    assert cookie is not None
    for value in ("", "x", cookie.value[:-2], cookie.value + "x", cookie.value.replace(".", "..", 1), "=" * 3000):
        stranger = Client(client.app, client.ward)
        stranger.http.set_cookie("kho", value)
        assert stranger.get("/documents").status_code == 303, value
        assert stranger.get("/sign-in").status_code == 200, value
    assert PASSWORD not in cookie.value
