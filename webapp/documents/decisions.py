"""Signed papers on which somebody else's decision is entered: in the archive, with number and day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.errors import Invalid
from webapp.models import Document, DocumentKind, Role
from webapp.permissions import Viewer
from webapp.permissions.scopes import readable_documents

MOST = 200
NEEDED = (
    "Chỉ lãnh đạo phường tự quyết định được; người khác ghi thay phải chọn văn bản đã ký, có số và ngày, trong kho."
)


def list_decisions(session: Session, *, viewer: Viewer) -> Sequence[Document]:
    """Decisions and plans of the archive that the viewer may see, the newest first."""
    return session.scalars(
        select(Document)
        .where(
            Document.kind.in_((DocumentKind.DECISION, DocumentKind.PLAN, DocumentKind.GUIDANCE)),
            Document.current_no > 0,
            readable_documents(viewer),
        )
        .order_by(Document.created_at.desc(), Document.id)
        .limit(MOST)
    ).all()


def find_decision(session: Session, document_id: str | None, *, actor: Viewer) -> Document | None:
    """The paper on which a decision is entered; the ward's leadership may decide without one.

    Raises Invalid for `document_id`: none named by who may not decide alone, not to be seen, without number or day.
    """
    decides = actor.is_system or actor.has(Role.LEADERSHIP)
    if not document_id:
        if decides:
            return None
        raise Invalid({"document_id": NEEDED})
    document = session.scalar(select(Document).where(Document.id == document_id, readable_documents(actor)))
    if document is None:
        raise Invalid({"document_id": "Không có văn bản này trong kho, hoặc bạn không được xem."})
    if not decides and not (document.number and document.issued_on):
        raise Invalid({"document_id": "Văn bản này chưa ghi số, ngày; hãy bổ sung ở trang của văn bản."})
    return document


def ensure_is(paper: Document | None, *, number: str, day: date | None) -> None:
    """What is typed is what stands on the signed paper. Raises Invalid naming both."""
    if paper is None:
        return
    if paper.kind is not DocumentKind.DECISION:
        raise Invalid({"document_id": f"Văn bản đã chọn là “{paper.kind.label}”, không phải quyết định."})
    same = "".join((paper.number or "").casefold().split()) == "".join(number.casefold().split())
    if not same or paper.issued_on != day:
        said = f"số {paper.number} ngày {paper.issued_on:%d/%m/%Y}" if paper.issued_on else f"số {paper.number}"
        raise Invalid({"document_id": f"Văn bản đã chọn ghi {said}, khác với số, ngày đã nhập."})
