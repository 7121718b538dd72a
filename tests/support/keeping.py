"""Documents that are submitted, withdrawn, looked at again."""

from __future__ import annotations

from tests.support.ward import Ward
from webapp.documents import retention
from webapp.documents import service as documents
from webapp.models import (
    Document,
)

LETTER = """ỦY BAN NHÂN DÂN
Số: 31/BC-KT
Long Mỹ, ngày 02 tháng 11 năm 2026

BÁO CÁO

Căn cứ Nghị quyết số 57-NQ/TW ngày 22/12/2024 của Bộ Chính trị về đột phá phát triển khoa học;
Căn cứ Quyết định số 12/QĐ-UBND ngày 05/01/2026 của Ủy ban nhân dân phường;
Nội dung.
"""


def reload(ward: Ward, document_id: str) -> Document:
    with ward.db.reading() as session:
        return session.get_one(Document, document_id)


def submit(ward: Ward, document_id: str) -> Document:
    with ward.work() as session:
        return documents.submit_document(session, actor=ward.viewer("head.a"), now=ward.now, document_id=document_id)


def withdraw(ward: Ward, document: Document, username: str = "clerk.a", reason: str = "tải nhầm") -> Document:
    with ward.work() as session:
        return retention.withdraw_document(
            session,
            actor=ward.viewer(username),
            now=ward.now,
            document_id=document.id,
            reason=reason,
            revision=reload(ward, document.id).revision,
        )
