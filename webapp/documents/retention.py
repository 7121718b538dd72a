"""How long documents are kept: terms, holds, withdrawal and restoring. Nothing here removes a byte."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.audit import Thing, log_event
from webapp.core.days import ward_day
from webapp.core.db import zone_of
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.revisions import ensure_fresh
from webapp.documents.loading import document_named
from webapp.documents.rules import last_day_kept
from webapp.jobs.outbox import enqueue
from webapp.kinds import search_key
from webapp.models import (
    FOR_EVER,
    Document,
    DocumentKind,
    DocumentState,
    Evidence,
    EvidenceLink,
    JobKind,
    PlanVersion,
    RetentionClass,
)
from webapp.permissions import Permission, Viewer, ensure


def begin_term(session: Session, document: Document) -> None:
    """Once a document has left its draft its term runs, as long as its kind's class says: from the end of the paper's own
    year, where its day is known (a decision of 28/12 that was scanned on 04/01), else of the year it was filed under. A
    day of another time altogether was misread, or is that of a paper cited: it counts for nothing here."""
    if document.state is DocumentState.DRAFT:
        return
    kept = session.get(RetentionClass, document.kind)
    until = last_day_kept(_own_year(document), kept.years) if kept is not None else None
    if until is not None and (document.retained_until is None or document.retained_until < until):
        document.retained_until = until


def _own_year(document: Document) -> int:
    issued = document.issued_on.year if document.issued_on is not None else document.year
    return issued if abs(issued - document.year) <= 1 else document.year


def extend_term(
    session: Session, *, actor: Viewer, now: datetime, document_id: str, until: date, reason: str, revision: int
) -> Document:
    """Keep a document longer. A term is never shortened."""
    document = _document(session, actor, Permission.RETENTION_EXTEND, document_id, revision)
    if not reason.strip():
        raise Invalid({"reason": "Hãy ghi lý do kéo dài thời hạn lưu trữ."})
    if until < ward_day(now, zone_of(session)):
        raise Invalid({"until": "Ngày này đã qua; hãy chọn một ngày sau hôm nay."})
    if document.retained_until is not None and until <= document.retained_until:
        raise Invalid({"until": "Thời hạn lưu trữ chỉ được kéo dài, không được rút ngắn."})
    document.retained_until = until
    session.flush()
    log_event(session, actor, now, "document.extend", document, {"until": _shown(until)}, reason=reason)
    return document


def hold_document(
    session: Session, *, actor: Viewer, now: datetime, document_id: str, reason: str, revision: int
) -> Document:
    """Until it is released, a held document cannot be withdrawn, whatever its term."""
    document = _document(session, actor, Permission.HOLD_SET, document_id, revision)
    if not reason.strip():
        raise Invalid({"reason": "Hãy ghi lý do giữ lại văn bản (cuộc kiểm tra, đơn thư nào)."})
    if document.held_at is not None:
        raise Invalid("Văn bản này đang được giữ lại rồi.")
    document.held_at, document.held_by, document.hold_reason = now, actor.id, reason.strip()
    session.flush()
    log_event(session, actor, now, "document.hold", document, {}, reason=reason)
    return document


def release_document(
    session: Session, *, actor: Viewer, now: datetime, document_id: str, reason: str, revision: int
) -> Document:
    document = _document(session, actor, Permission.HOLD_SET, document_id, revision)
    if document.held_at is None:
        raise Invalid("Văn bản này không bị giữ lại.")
    if not reason.strip():
        raise Invalid({"reason": "Hãy ghi lý do thôi giữ văn bản."})
    document.held_at, document.held_by, document.hold_reason = None, None, ""
    session.flush()
    log_event(session, actor, now, "document.release", document, {}, reason=reason)
    return document


def withdraw_document(
    session: Session, *, actor: Viewer, now: datetime, document_id: str, reason: str, revision: int
) -> Document:
    """Take a document out of every list and search. Its bytes and its record stay, and it can be restored."""
    document = _document(session, actor, Permission.DOCUMENT_WITHDRAW, document_id, revision)
    if not reason.strip():
        raise Invalid({"reason": "Hãy ghi lý do rút văn bản."})
    if fault := withdrawal_fault(session, document, today=ward_day(now, zone_of(session))):
        raise Invalid(fault)
    document.withdrawn_at, document.withdrawn_by, document.withdrawal_reason = now, actor.id, reason.strip()
    session.flush()
    log_event(session, actor, now, "document.withdraw", document, {"version": document.current_no}, reason=reason)
    enqueue(session, JobKind.INDEX, [search_key("document", document.id)], now=now)
    return document


def withdrawal_fault(session: Session, document: Document, *, today: date) -> str | None:
    """Why a document cannot be withdrawn now, or None."""
    if document.held_at is not None:
        return "Văn bản đang được giữ lại để phục vụ kiểm tra nên không rút được."
    if document.retained_until is not None and document.retained_until >= today:
        return f"Văn bản đang trong thời hạn lưu trữ ({_shown(document.retained_until)}) nên không rút được."
    serves = session.scalar(
        select(EvidenceLink.id)
        .join(Evidence, Evidence.id == EvidenceLink.evidence_id)
        .where(Evidence.document_id == document.id, EvidenceLink.removed_at.is_(None))
        .limit(1)
    )
    if serves is not None:
        return "Văn bản đang là minh chứng trong phiếu tự kiểm; hãy gỡ khỏi phiếu trước khi rút."
    if session.scalar(select(PlanVersion.id).where(PlanVersion.document_id == document.id).limit(1)) is not None:
        return "Đây là kế hoạch đã áp dụng của phong trào nên không rút được."
    return None


def restore_document(session: Session, *, actor: Viewer, now: datetime, document_id: str) -> Document:
    """Put a withdrawn document back where it was."""
    document = session.get(Document, document_id)
    if document is None or document.withdrawn_at is None:
        raise NotFound(kind="document", key=document_id)
    ensure(actor, Permission.DOCUMENT_RESTORE, document)
    document.withdrawn_at, document.withdrawn_by, document.withdrawal_reason = None, None, ""
    session.flush()
    log_event(session, actor, now, "document.restore", document, {"version": document.current_no})
    enqueue(session, JobKind.INDEX, [search_key("document", document.id)], now=now)
    return document


def set_retention_class(
    session: Session, *, actor: Viewer, now: datetime, kind: DocumentKind, years: int | None
) -> int:
    """Change how long papers of a kind are kept; running terms are extended, never shortened. Returns how many were."""
    ensure(actor, Permission.RETENTION_MANAGE)
    if years is not None and not 1 <= years <= 100:
        raise Invalid({"years": "Thời hạn phải từ 1 đến 100 năm, hoặc vĩnh viễn."})
    row = session.get(RetentionClass, kind) or RetentionClass(kind=kind)
    if row.years == years and row in session:
        return 0
    row.years = years
    session.add(row)
    session.flush()
    extended = 0
    for document in session.scalars(
        select(Document).where(Document.kind == kind, Document.state != DocumentState.DRAFT)
    ):
        before = document.retained_until
        begin_term(session, document)
        extended += document.retained_until != before
    session.flush()
    log_event(
        session,
        actor,
        now,
        "retention.set",
        Thing("retention", kind.value),
        {"years": years if years is not None else "vĩnh viễn", "extended": extended},
    )
    return extended


def _shown(day: date) -> str:
    return "vĩnh viễn" if day == FOR_EVER else f"đến hết ngày {day:%d/%m/%Y}"


def _document(session: Session, actor: Viewer, permission: Permission, document_id: str, revision: int) -> Document:
    """The document, when the actor may do this to it: that it changed meanwhile is told to nobody else."""
    document = document_named(session, document_id)
    ensure(actor, permission, document)
    ensure_fresh(
        document,
        revision,
        Conflict("Văn bản vừa có thay đổi khác. Việc bạn yêu cầu chưa được làm; hãy xem lại rồi gửi."),
    )
    return document
