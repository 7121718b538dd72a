"""Uploading, seeing, downloading and revising documents, through the pages."""

from __future__ import annotations

import hashlib
import io
import json
import unicodedata

import pytest
from sqlalchemy import func, select

from tests.support.ward import Ward
from tests.support.web import Client
from webapp.models import AuditEvent, Document, DocumentKind, DocumentState, DocumentVersion, OutboxJob, new_id

pytestmark = pytest.mark.either_database


def upload(client: Client, *files: tuple[bytes, str], **fields: str) -> object:
    values = {"kind": "evidence", "unit_id": client.ward.units["A"], "year": "2026", "batch": new_id(), **fields}
    return client.post("/documents", {**values, "files": list(files)})


def documents(ward: Ward) -> list[Document]:
    with ward.db.reading() as session:
        return list(session.scalars(select(Document).where(Document.kind != "plan").order_by(Document.created_at)))


def counts(ward: Ward) -> tuple[int, int, int, int]:
    """Documents, versions, stored objects, waiting jobs."""
    with ward.db.reading() as session:
        rows = [
            session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Document, DocumentVersion, OutboxJob)
        ]
    return rows[0], rows[1], len(list(ward.resources.store.digests())), rows[2]


def test_several_files_at_once_give_one_receipt(client: Client) -> None:
    client.sign_in("clerk.a")
    data = "Báo cáo số hóa".encode()
    response = upload(client, (data, "Báo cáo.txt"), (b"khac", "khac.txt"))
    assert response.status_code == 303
    receipt = client.get(response.location).text
    assert "Báo cáo.txt" in receipt and "khac.txt" in receipt
    assert hashlib.sha256(data).hexdigest() in receipt
    assert len(documents(client.ward)) == 2
    with client.ward.resources.store.open(hashlib.sha256(data).hexdigest()) as file:
        assert file.read() == data


@pytest.mark.parametrize("harm", ["lost", "changed"])
def test_there_is_no_receipt_for_what_cannot_be_read_back(client: Client, harm: str) -> None:
    client.sign_in("clerk.a")
    address = upload(client, (b"mot", "mot.txt"), (b"hai", "hai.txt")).location
    assert "đã đọc lại từng tệp" in client.get(address).text
    path = client.ward.resources.store.path(hashlib.sha256(b"hai").hexdigest())
    path.chmod(0o600)
    if harm == "lost":
        path.unlink()
    else:
        path.write_bytes(b"ha!")
    for page in (address, f"{address}/sha256"):
        answer = client.get(page)
        assert answer.status_code >= 400 and "không lập biên nhận" in answer.text and "mot.txt" not in answer.text


def test_another_persons_receipt_is_not_found(client: Client) -> None:
    client.sign_in("clerk.a")
    address = upload(client, (b"mot", "mot.txt")).location
    assert client.as_user("clerk.b").get(address).status_code == 404
    assert client.as_user("head.a").get(address).status_code == 404


def test_the_uploading_script_gets_json(client: Client) -> None:
    client.sign_in("clerk.a")
    values = {
        "kind": "evidence",
        "unit_id": client.ward.units["A"],
        "year": "2026",
        "batch": new_id(),
        "csrf_token": client.token,
        "files": (io.BytesIO(b"mot"), "mot.txt"),
    }
    response = client.http.post("/documents", data=values, headers={"Accept": "application/json"})
    assert response.status_code == 201
    assert client.get(json.loads(response.text)["receipt"]).status_code == 200
    values["files"] = (io.BytesIO(b"mot"), "mot-lan-nua.txt")
    again = client.http.post("/documents", data=values, headers={"Accept": "application/json"})
    assert "giống hệt “mot” đã có trong kho" in json.loads(again.text)["sentence"]
    values["files"] = (io.BytesIO(b""), "rong.txt")
    response = client.http.post("/documents", data=values, headers={"Accept": "application/json"})
    assert response.status_code == 422 and "trống" in json.loads(response.text)["sentence"]


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("rong.pdf", b"", "trống (0 byte)"),
        ("may-tinh.exe", b"MZ", "Không nhận tệp loại .exe"),
        ("khong-duoi", b"x", "không có phần đuôi"),
        ("tep.html.js", b"alert(1)", "Không nhận tệp loại .js"),
    ],
)
def test_what_is_not_taken_is_said_and_leaves_nothing(client: Client, name: str, data: bytes, sentence: str) -> None:
    client.sign_in("clerk.a")
    before = counts(client.ward)
    response = upload(client, (data, name))
    assert response.status_code == 422 and sentence in response.text
    assert counts(client.ward) == before


def test_one_bad_file_among_good_ones_is_named_and_the_good_are_kept(client: Client) -> None:
    client.sign_in("clerk.a")
    response = upload(client, (b"tot", "tot.txt"), (b"", "rong.txt"))
    assert response.status_code == 422
    assert "Đã lưu 1 tệp" in response.text and "rong.txt" in response.text
    assert len(documents(client.ward)) == 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../x.txt", "x.txt"),
        ("bao\u202etxt.exe.txt", "baotxt.exe.txt"),
        (unicodedata.normalize("NFD", "Kế hoạch.txt"), "Kế hoạch.txt"),
    ],
)
def test_file_names_are_shown_clean_and_never_used_as_paths(client: Client, given: str, kept: str) -> None:
    client.sign_in("clerk.a")
    assert upload(client, (given.encode(), given)).status_code == 303
    with client.ward.db.reading() as session:
        names = session.scalars(select(DocumentVersion.filename)).all()
    assert kept in names


def test_a_name_of_255_bytes_is_kept(client: Client) -> None:
    client.sign_in("clerk.a")
    name = "ế" * 83 + ".txt"
    assert upload(client, (b"dai", name)).status_code == 303
    document = documents(client.ward)[0]
    response = client.get(f"/documents/{document.id}/versions/1")
    assert response.status_code == 200 and response.data == b"dai"


def test_a_declared_size_beyond_the_limit_is_refused_before_reading(client: Client) -> None:
    client.sign_in("clerk.a")
    response = client.http.post(
        "/documents",
        environ_overrides={"CONTENT_LENGTH": str(2 * 2**30), "CONTENT_TYPE": "multipart/form-data; boundary=x"},
    )
    assert response.status_code == 413 and "tối đa 200 MB" in response.text


def test_nobody_adds_for_another_unit(client: Client) -> None:
    client.sign_in("clerk.b")
    before = counts(client.ward)
    assert upload(client, (b"x", "x.txt")).status_code == 403
    assert counts(client.ward) == before
    for name in ("auditor", "chair", "leader.1", "admin", "nobody", "inspector", "council"):
        other = client.as_user(name)
        assert upload(other, (b"x", "x.txt")).status_code == 403, name
    assert counts(client.ward)[:3] == before[:3]


def test_the_office_adds_papers_of_the_movement_for_everyone(client: Client) -> None:
    client.sign_in("office")
    response = upload(client, (b"huong dan", "huong-dan.txt"), kind="guidance", unit_id="")
    assert response.status_code == 303
    document = documents(client.ward)[0]
    assert document.state is DocumentState.PUBLISHED and document.unit_id is None
    assert client.as_user("nobody").get(f"/documents/{document.id}").status_code == 200


def test_a_duplicate_is_named_only_where_it_may_be_seen(client: Client) -> None:
    """The same bytes lie in unit A's drafts: B's receipt must not tell."""
    client.sign_in("clerk.a")
    upload(client, (b"chung mot noi dung", "cua-a.txt"))
    again = upload(client, (b"chung mot noi dung", "lan-hai.txt"))
    assert "Trùng nội dung với" in client.get(again.location).text
    other = client.as_user("clerk.b")
    receipt = upload(other, (b"chung mot noi dung", "cua-b.txt"), unit_id=client.ward.units["B"])
    page = other.get(receipt.location).text
    assert "Trùng nội dung" not in page and "cua-a" not in page


def test_every_address_of_a_hidden_document_is_not_found(client: Client) -> None:
    document = client.ward.document("clerk.a", "A")
    stranger = client.as_user("clerk.b")
    for path in (
        f"/documents/{document.id}",
        f"/documents/{document.id}/versions/1",
        f"/documents/{document.id}/submit",
    ):
        assert stranger.get(path).status_code == 404, path
        missing = path.replace(document.id, new_id())
        hidden_page, missing_page = stranger.get(path).text, stranger.get(missing).text
        strip = lambda page: [line for line in page.splitlines() if "mã yêu cầu" not in line and "csrf" not in line]  # noqa: E731
        assert strip(hidden_page) == strip(missing_page)
    for path in ("describe", "versions", "retry", "submit"):
        assert stranger.post(f"/documents/{document.id}/{path}").status_code == 404, path


def test_a_download_is_never_run_by_a_browser(client: Client) -> None:
    document = client.ward.document("clerk.a", "A", b"<script>alert(1)</script>", filename='tep "la" ế.html')
    client.sign_in("clerk.a")
    response = client.get(f"/documents/{document.id}/versions/1")
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert response.mimetype == "application/octet-stream"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.data == b"<script>alert(1)</script>"


def test_versions_are_added_and_never_overwritten(client: Client) -> None:
    document = client.ward.document("clerk.a", "A", b"ban mot", filename="bc.txt")
    client.sign_in("clerk.a")
    page = f"/documents/{document.id}"
    values = {"reason": "bổ sung chữ ký", "revision": "1", "file": [(b"ban hai", "bc-2.txt")]}
    client.ward.drain()
    with client.ward.db.reading() as session:
        values["revision"] = str(session.get_one(Document, document.id).revision)
    assert client.post(f"{page}/versions", values).status_code == 303
    assert client.get(f"{page}/versions/1").data == b"ban mot"
    assert client.get(f"{page}/versions/2").data == b"ban hai"
    assert "bổ sung chữ ký" in client.get(page).text
    stale = client.post(f"{page}/versions", {**values, "file": [(b"ban ba", "bc-3.txt")]})
    assert stale.status_code == 409
    assert client.get(f"{page}/versions/3").status_code == 404


def test_a_version_needs_a_reason_and_other_bytes(client: Client) -> None:
    document = client.ward.document("clerk.a", "A", b"ban mot", filename="bc.txt")
    client.sign_in("clerk.a")
    page = f"/documents/{document.id}/versions"
    revision = str(document.revision)
    without = client.post(page, {"reason": " ", "revision": revision, "file": [(b"ban hai", "b.txt")]})
    assert without.status_code == 422 and "vì sao có phiên bản mới" in without.text
    same = client.post(page, {"reason": "x", "revision": revision, "file": [(b"ban mot", "b.txt")]})
    assert same.status_code == 422 and "giống hệt" in same.text


def test_two_people_describing_one_document_lose_nothing(client: Client) -> None:
    document = client.ward.document("clerk.a", "A", title="cũ")
    revision = str(document.revision)
    page = f"/documents/{document.id}/describe"
    client.sign_in("clerk.a")
    assert client.post(page, {"title": "của cán bộ", "revision": revision}).status_code == 303
    late = client.as_user("head.a").post(page, {"title": "của lãnh đạo", "revision": revision})
    assert late.status_code == 409
    assert "của cán bộ" in late.text and "của lãnh đạo" in late.text
    assert documents(client.ward)[0].title == "của cán bộ"


def test_a_bad_date_keeps_what_was_typed(client: Client) -> None:
    document = client.ward.document("clerk.a", "A")
    client.sign_in("clerk.a")
    response = client.post(
        f"/documents/{document.id}/describe",
        {"title": "Tên mới rất dài", "issued_on": "31/02/2026", "revision": str(document.revision)},
    )
    assert response.status_code == 422
    assert "không phải là ngày" in response.text and "Tên mới rất dài" in response.text


def test_only_the_head_submits_and_then_readers_see_it(client: Client) -> None:
    document = client.ward.document("clerk.a", "A", kind=DocumentKind.REPORT)
    page = f"/documents/{document.id}"
    assert client.as_user("auditor").get(page).status_code == 404
    assert client.as_user("clerk.a").post(f"{page}/submit").status_code == 403
    assert client.as_user("head.a").post(f"{page}/submit").status_code == 303
    for name in ("auditor", "leader.1", "council", "office", "chair", "inspector"):
        assert client.as_user(name).get(page).status_code == 200, name
    for name in ("clerk.b", "deputy.2", "council.2", "admin", "nobody"):
        assert client.as_user(name).get(page).status_code == 404, name
    assert client.as_user("clerk.a").post(f"{page}/describe", {"title": "x"}).status_code == 403


def test_text_number_and_date_are_read_by_the_worker(client: Client) -> None:
    text = "UBND PHƯỜNG THỬ\nPHÒNG KINH TẾ\nSố: 31/BC-KT\nPhường Thử, ngày 02 tháng 11 năm 2026\nBÁO CÁO\nKết quả"
    document = client.ward.document("clerk.a", "A", text)
    client.sign_in("clerk.a")
    assert "Đang đọc chữ" in client.get(f"/documents/{document.id}").text
    client.ward.drain()
    page = client.get(f"/documents/{document.id}").text
    assert "31/BC-KT" in page and "02/11/2026" in page and "Đã đọc được chữ" in page


def test_unreadable_files_are_kept_and_say_so(client: Client) -> None:
    document = client.ward.document("clerk.a", "A", b"%PDF-1.7 hong", filename="hong.pdf")
    client.ward.drain()
    client.sign_in("clerk.a")
    page = client.get(f"/documents/{document.id}").text
    assert "chưa đọc được chữ" in page and "Đọc lại" in page
    assert "Cần xem lại" in client.get("/").text
    assert client.get(f"/documents/{document.id}/versions/1").data == b"%PDF-1.7 hong"
    assert client.post(f"/documents/{document.id}/retry").status_code == 303
    assert counts(client.ward)[3] >= 1


def test_reads_and_downloads_are_events(client: Client) -> None:
    document = client.ward.document("clerk.a", "A")
    client.sign_in("clerk.a")
    client.get(f"/documents/{document.id}")
    client.get(f"/documents/{document.id}/versions/1")
    client.as_user("clerk.b").get(f"/documents/{document.id}")
    with client.ward.db.reading() as session:
        events = session.execute(
            select(AuditEvent.action, AuditEvent.actor_name, AuditEvent.outcome)
            .where(AuditEvent.object_id == document.id)
            .order_by(AuditEvent.seq)
        ).all()
    assert [tuple(row) for row in events] == [
        ("document.upload", "Người clerk.a", "done"),
        ("document.read", "Người clerk.a", "done"),
        ("document.download", "Người clerk.a", "done"),
        ("document:read", "Người clerk.b", "refused"),
    ]


def test_lists_show_only_what_may_be_seen_and_filter(client: Client) -> None:
    ward = client.ward
    ward.document("clerk.a", "A", "a", title="Của đơn vị A")
    ward.document("clerk.b", "B", "b", title="Của đơn vị B", year=2025)
    client.sign_in("clerk.a")
    page = client.get("/documents").text
    assert "Của đơn vị A" in page and "Của đơn vị B" not in page
    assert "Của đơn vị A" not in client.get("/documents?year=2025").text
    assert "Không có văn bản nào khớp" in client.get("/documents?kind=report").text
    for odd in ("?year=abc", "?kind=xyz", "?page=-1", "?page=99999999", "?unit=%00"):
        assert client.get(f"/documents{odd}").status_code == 200, odd


def test_an_encrypted_pdf_is_kept_and_says_so(client: Client) -> None:
    from fpdf import FPDF

    pdf = FPDF()
    pdf.set_encryption(owner_password="chu", user_password="mat khau")
    pdf.add_page()
    client.sign_in("clerk.a")
    receipt = upload(client, (bytes(pdf.output()), "mat.pdf")).location
    client.ward.drain()
    assert "có mật khẩu nên chưa đọc được chữ" in client.get(receipt).text


def test_the_page_loads_anew_when_reading_ends_while_it_is_open(client: Client) -> None:
    document = client.ward.document("clerk.a", "A", "Số: 31/BC-KT\nBÁO CÁO")
    client.sign_in("clerk.a")
    address, htmx = f"/documents/{document.id}", {"HX-Request": "true"}
    assert "HX-Refresh" not in client.get(address, headers=htmx).headers
    client.ward.drain()
    assert client.get(address, headers=htmx).headers["HX-Refresh"] == "true"
