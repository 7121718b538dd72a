"""Many documents of the list held for an inquiry or withdrawn at once, and that undone."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.core.errors import Invalid
from webapp.documents import queries, retention
from webapp.documents.listing_routes import wanted_here
from webapp.documents.retention_routes import blueprint
from webapp.models import Document
from webapp.permissions import Permission as P
from webapp.permissions import decide
from webapp.ui import bulk
from webapp.ui.auth import requires
from webapp.ui.request_state import now, reads, today, viewer

WHY = bulk.Ask("reason", "Lý do", "Ghi chung cho các văn bản này; ví dụ: phục vụ đoàn kiểm tra số 12.")
UNDONE = "Hoàn tác thao tác hàng loạt vừa làm."
ACTS = {
    "hold": (
        "Giữ lại",
        P.HOLD_SET,
        "Văn bản được giữ lại không rút được, dù hết thời hạn lưu trữ, cho đến khi thôi giữ.",
    ),
    "withdraw": (
        "Rút",
        P.DOCUMENT_WITHDRAW,
        "Văn bản ra khỏi mọi danh sách và tìm kiếm; tệp vẫn ở trong kho, khôi phục được.",
    ),
    "release": ("Thôi giữ", P.HOLD_SET, "Văn bản không còn được giữ lại."),
    "restore": ("Khôi phục", P.DOCUMENT_RESTORE, "Văn bản trở lại các danh sách và tìm kiếm."),
}
OPPOSITE = {"hold": "release", "withdraw": "restore"}


@blueprint.post("/documents/several", endpoint="documents_change")
@requires(P.DOCUMENT_READ, on_subject=True)
def documents_change() -> Response:
    """`do` is one of ACTS; a key is a document's id with the revision that its list showed."""
    step = request.form.get("do", "")
    if step not in ACTS:
        raise Invalid("Không rõ việc cần làm; hãy tải lại trang.")
    label, permission, says = ACTS[step]
    keys = bulk.chosen_keys(
        lambda: [
            key_of(one)
            for one in queries.list_wanted(reads(), viewer=viewer(), wanted=wanted_here(), most=bulk.MOST + 1)
        ]
    )
    ids = [key.partition(".")[0] for key in keys]
    known = queries.find_documents(reads(), ids, viewer=viewer(), withdrawn=step == "restore")
    items = [_item(key, known.get(key.partition(".")[0]), step, permission) for key in keys]
    question = bulk.Question(
        act=label,
        noun="văn bản",
        says=(says,),
        to=bulk.filtered("keeping.documents_change"),
        back=bulk.filtered("documents.document_list"),
        asks=(WHY,) if step in OPPOSITE else (),
        sent={"do": step},
    )
    undo = None
    if back := OPPOSITE.get(step):
        undo = bulk.Undo(bulk.filtered("keeping.documents_change"), f"Hoàn tác: {ACTS[back][0].lower()}", {"do": back})
    return bulk.bulk_view(question, items, lambda work, key, texts: _change(work, step, key, texts), undo=undo)


def key_of(document: Document) -> str:
    return f"{document.id}.{document.revision}"


def _item(key: str, document: Document | None, step: str, permission: P) -> bulk.Item:
    if document is None:
        return bulk.Item(key, "Văn bản", bulk.GONE)
    why_not = "" if step == "restore" else decide(viewer(), permission, document).reason
    if not why_not and step == "hold" and document.held_at is not None:
        why_not = "Văn bản này đang được giữ lại rồi."
    if not why_not and step == "withdraw":
        why_not = retention.withdrawal_fault(reads(), document, today=today()) or ""
    return bulk.Item(key, f"{document.number} · {document.title}" if document.number else document.title, why_not)


def _change(work: Session, step: str, key: str, texts: Mapping[str, str]) -> str:
    document_id, _, revision = key.partition(".")
    if step == "restore":
        return key_of(retention.restore_document(work, actor=viewer(), now=now(), document_id=document_id))
    act = {
        "hold": retention.hold_document,
        "withdraw": retention.withdraw_document,
        "release": retention.release_document,
    }[step]
    return key_of(
        act(
            work,
            actor=viewer(),
            now=now(),
            document_id=document_id,
            reason=texts.get("reason", UNDONE),
            revision=int(revision) if revision.isdecimal() and len(revision) < 10 else 0,
        )
    )
