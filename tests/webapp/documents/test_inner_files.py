"""Files within letters become papers of their own; one list says what is taken, on forms and at the gate."""

from __future__ import annotations

import re
from email.message import EmailMessage

from sqlalchemy import select

from archive.extract import ACCEPTED
from tests.support.web import Client
from webapp.documents import unpacking
from webapp.documents.rules import file_fault
from webapp.documents.service import current_version
from webapp.models import Document, DocumentRelation
from webapp.models.document import file_type_of


def letter() -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "a@x.vn", "b@x.vn", "Gửi báo cáo"
    made.set_content("Kính gửi báo cáo kèm theo.")
    made.add_attachment("Số liệu phụ lục".encode(), maintype="text", subtype="plain", filename="Phụ lục.txt")
    made.add_attachment(b"MZ\0", maintype="application", subtype="octet-stream", filename="ma.exe")
    return made.as_bytes()


def test_what_hangs_on_a_letter_can_be_stored_by_itself(client: Client) -> None:
    ward = client.ward
    document = ward.document("clerk.a", "A", letter(), filename="thu.eml", title="Thư gửi báo cáo")
    ward.drain()
    client.sign_in("clerk.a")
    page = client.get(f"/documents/{document.id}").text
    assert "Xem các tệp bên trong" in page and "chữ trong đó được đọc cùng" in page
    assert "Phụ lục.txt" in client.get(f"/documents/{document.id}/entries").text
    with ward.work() as session:
        names = [
            row["name"]
            for row in unpacking.list_entries(session, current_version(session, session.get_one(Document, document.id)))
        ]
        assert names == ["Phụ lục.txt", "ma.exe"]
        unpacking.request_unpacking(
            session, actor=ward.viewer("clerk.a"), now=ward.now, document_id=document.id, names=names
        )
    ward.drain()
    with ward.work() as session:
        stored = session.scalars(
            select(Document)
            .join(DocumentRelation, DocumentRelation.document_id == Document.id)
            .where(DocumentRelation.other_id == document.id)
        ).all()
        assert [one.title for one in stored] == ["Phụ lục"]


def test_forms_offer_what_the_gate_takes(client: Client) -> None:
    page = client.sign_in("clerk.a").get("/documents/new").text
    match = re.search(r'id="f-files"[^>]*accept="([^"]+)"', page)
    assert match is not None
    offered = {one.strip().lstrip(".") for one in match[1].split(",")} - {"image/*"}
    assert offered == ACCEPTED
    wanted = (
        "jfif xlsm docm pps ppsx heic heif avif mht mhtml msg 7z rar eml zip pdf doc docx xls xlsx odt mp4 p7s xml json"
    )
    assert set(wanted.split()) <= offered and not {"exe", "js", "svg", "bat", "lnk"} & offered
    for ending in offered:
        assert file_fault(f"a.{ending}", 1) is None
    assert "Không nhận tệp loại .exe" in (file_fault("a.exe", 1) or "")
    sorts = [
        file_type_of(f"a.{ending}") for ending in ("docm", "xlsm", "ppsx", "heif", "7z", "rar", "mht", "msg", "mov")
    ]
    assert sorts == ["text", "sheet", "slides", "picture", "archive", "archive", "text", "other", "recording"]
