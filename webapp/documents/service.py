"""Adding documents and versions, describing and submitting them.

Bytes are put into the archive before (`archive.Store.put`); here are the rows that make them known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import Receipt
from webapp.audit import log_event
from webapp.core.errors import Conflict, Invalid
from webapp.core.revisions import ensure_fresh
from webapp.documents import rules
from webapp.documents.loading import document_named
from webapp.documents.retention import begin_term
from webapp.jobs.outbox import enqueue
from webapp.jobs.read_text import INFECTED, STOP_ASKED
from webapp.kinds import search_key
from webapp.models import (
    ChecklistItem,
    Document,
    DocumentKind,
    DocumentVersion,
    Evidence,
    EvidenceLink,
    ItemState,
    JobKind,
    Movement,
    ReadingStatus,
    TextReading,
    Theme,
    Unit,
    UnitPaper,
    new_id,
)
from webapp.permissions import Permission, Subject, Viewer, ensure

NO_SUCH_THEME = "Phong trào không có nội dung thi đua này."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """What a document begins with. Its bytes (`receipt`) are in the archive already; `batch_id` is that of its upload."""

    receipt: Receipt
    kind: DocumentKind
    unit_id: str | None
    movement_id: str | None
    year: int
    batch_id: str
    title: str = ""
    theme_id: str | None = None


def add_document(session: Session, *, actor: Viewer, now: datetime, new: NewDocument) -> Document:
    """A new document with its first version. The bytes must be in the archive already."""
    ensure(actor, Permission.DOCUMENT_ADD, Subject(kind="document", unit_id=new.unit_id, movement_id=new.movement_id))
    return keep_document(session, actor=actor, now=now, new=new)


def keep_document(session: Session, *, actor: Viewer, now: datetime, new: NewDocument) -> Document:
    """The same for a caller that asked the policy itself: a paper that belongs to another record, as a photograph does to
    a finding of inspectors. Raises Invalid by field."""
    faults = {}
    if new.unit_id is not None and session.get(Unit, new.unit_id) is None:
        faults["unit_id"] = "Không có đơn vị này."
    if new.unit_id is None and new.kind in (DocumentKind.EVIDENCE, DocumentKind.REPORT, DocumentKind.UNIT_PLAN):
        faults["kind"] = "Loại văn bản này phải thuộc một đơn vị."
    if new.unit_id is not None and new.kind is DocumentKind.PLAN:
        faults["kind"] = "Kế hoạch của phường không thuộc riêng một đơn vị."
    if new.movement_id is not None and session.get(Movement, new.movement_id) is None:
        faults["movement_id"] = "Không có phong trào này."
    if new.theme_id is not None and not _is_theme_of(session, new.theme_id, new.movement_id):
        faults["theme_id"] = NO_SUCH_THEME
    if not 2000 <= new.year <= 2100:
        faults["year"] = "Năm phải từ 2000 đến 2100."
    if faults:
        raise Invalid(faults)
    document = Document(
        id=new_id(),
        kind=new.kind,
        state=rules.first_state(new.kind, of_unit=new.unit_id is not None),
        unit_id=new.unit_id,
        movement_id=new.movement_id,
        theme_id=new.theme_id,
        year=new.year,
        title=new.title.strip()[:500] or rules.title_from(new.receipt.filename),
        created_by=actor.id,
        created_at=now,
        current_no=0,
    )
    begin_term(session, document)
    session.add(document)
    session.flush()
    _add_version(session, document, actor=actor, now=now, receipt=new.receipt, reason="", batch_id=new.batch_id)
    return document


def add_version(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    document_id: str,
    receipt: Receipt,
    reason: str,
    revision: int,
) -> Document:
    """A further version; the earlier ones stay. Items that rest on the document are marked as changed."""
    document = document_named(session, document_id)
    ensure(actor, Permission.DOCUMENT_REVISE, document)
    ensure_fresh(
        document,
        revision,
        Conflict("Văn bản vừa có thay đổi khác. Phiên bản bạn gửi chưa được thêm; hãy xem lại rồi gửi."),
    )
    if current_version(session, document).sha256 == receipt.sha256:
        raise Invalid({"file": "Tệp này giống hệt phiên bản đang có, nên không thêm phiên bản mới."})
    if not reason.strip():
        raise Invalid({"reason": "Hãy ghi ngắn gọn vì sao có phiên bản mới."})
    _add_version(session, document, actor=actor, now=now, receipt=receipt, reason=reason.strip(), batch_id=new_id())
    for item in session.scalars(
        select(ChecklistItem)
        .join(EvidenceLink, EvidenceLink.item_id == ChecklistItem.id)
        .join(Evidence, Evidence.id == EvidenceLink.evidence_id)
        .where(
            Evidence.document_id == document.id,
            EvidenceLink.removed_at.is_(None),
            ChecklistItem.state == ItemState.CLAIMED,
        )
    ):
        item.evidence_changed_at = now
    session.flush()
    return document


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What is said of a document by hand. `form` is the name of its type, `place` where it was issued."""

    title: str
    number: str | None
    issued_on: date | None
    issuer: str | None
    signer: str | None
    theme_id: str | None
    form: str | None = None
    place: str | None = None
    recipients: str = ""
    received_on: date | None = None


def describe_document(
    session: Session, *, actor: Viewer, now: datetime, document_id: str, revision: int, described: Description
) -> Document:
    """Set what the document says of itself. Raises Conflict with both values when it changed meanwhile."""
    document = document_named(session, document_id)
    ensure(actor, Permission.DOCUMENT_REVISE, document)
    if not described.title.strip():
        raise Invalid({"title": "Hãy ghi trích yếu hoặc tên văn bản."})
    if described.theme_id is not None and not _is_theme_of(session, described.theme_id, document.movement_id):
        raise Invalid({"theme_id": NO_SUCH_THEME})
    new = {
        "title": described.title.strip(),
        "number": described.number,
        "issued_on": described.issued_on,
        "issuer": described.issuer,
        "signer": described.signer,
        "theme_id": described.theme_id,
        "form": described.form,
        "place": described.place,
        "recipients": described.recipients,
        "received_on": described.received_on,
    }
    if document.revision != revision:
        labels = {
            "title": "Trích yếu",
            "number": "Số, ký hiệu",
            "issued_on": "Ngày ban hành",
            "issuer": "Cơ quan ban hành",
            "signer": "Người ký",
            "form": "Tên loại",
            "place": "Địa danh",
            "recipients": "Nơi nhận",
            "received_on": "Ngày nhận",
        }
        raise Conflict(
            theirs={label: str(getattr(document, name) or "") for name, label in labels.items()},
            mine={label: str(new[name] or "") for name, label in labels.items()},
        )
    changed = [name for name, value in new.items() if getattr(document, name) != value]
    for name in changed:
        setattr(document, name, new[name])
    document.described_at = document.described_at or now
    begin_term(session, document)
    session.flush()
    if changed:
        log_event(session, actor, now, "document.describe", document, {"fields": ", ".join(changed)})
        enqueue(session, JobKind.INDEX, [search_key("document", document.id)], now=now)
    return document


def submit_document(session: Session, *, actor: Viewer, now: datetime, document_id: str) -> Document:
    """The head hands the document in; from then on the cluster's leaders, council, office and auditors see it."""
    document = document_named(session, document_id)
    ensure(actor, Permission.DOCUMENT_SUBMIT, document)
    paper = session.scalars(select(UnitPaper).where(UnitPaper.document_id == document.id)).first()
    if paper is not None:
        raise Invalid(f"Tệp này đi cùng {paper.name}; hãy trình văn bản đó, tệp được trình theo.")
    document.state = rules.SUBMITTING[document.state]
    begin_term(session, document)
    session.flush()
    log_event(session, actor, now, "document.submit", document, {"version": document.current_no})
    enqueue(session, JobKind.INDEX, [search_key("document", document.id)], now=now)
    return document


def retry_reading(session: Session, *, actor: Viewer, now: datetime, document_id: str) -> None:
    """Read the text of the current version once more."""
    document = document_named(session, document_id)
    ensure(actor, Permission.READING_RETRY, document)
    version = current_version(session, document)
    log_event(session, actor, now, "document.retry-reading", document, {"sha256": version.sha256})
    reading = session.get(TextReading, version.id)
    if reading is not None:
        # What the scanner found holds until it has looked again.
        infected = {name: value for name, value in reading.details.items() if name == INFECTED}
        reading.sentence = reading.sentence if infected else ""
        reading.status, reading.details, reading.done_pages = ReadingStatus.WAITING, infected, 0
    enqueue(session, JobKind.READ_TEXT, [version.id], now=now)


def stop_reading(session: Session, *, actor: Viewer, now: datetime, document_id: str) -> None:
    """Have the reading of the current version end at its next step; it can be asked for again."""
    document = document_named(session, document_id)
    ensure(actor, Permission.READING_RETRY, document)
    reading = session.get(TextReading, current_version(session, document).id)
    if reading is not None and reading.status is ReadingStatus.WAITING:
        reading.details = {**reading.details, STOP_ASKED: True}
        session.flush()
        log_event(session, actor, now, "document.stop-reading", document, {"version": document.current_no})


def current_version(session: Session, document: Document) -> DocumentVersion:
    """The newest version of a document that has one."""
    return session.scalars(
        select(DocumentVersion).where(
            DocumentVersion.document_id == document.id, DocumentVersion.no == document.current_no
        )
    ).one()


def note_access(
    session: Session, *, actor: Viewer, now: datetime, document: Document, action: str, version: int
) -> None:
    """Reads and downloads are events."""
    log_event(session, actor, now, action, document, {"version": version})


def _add_version(
    session: Session,
    document: Document,
    *,
    actor: Viewer,
    now: datetime,
    receipt: Receipt,
    reason: str,
    batch_id: str,
) -> None:
    document.current_no += 1
    details: Mapping[str, str | int | None] = {
        "version": document.current_no,
        "sha256": receipt.sha256,
        "size": receipt.size,
        "kind": document.kind.value,
    }
    # First the event: it makes concurrent writers wait for each other, so what follows sees their rows.
    log_event(session, actor, now, "document.upload", document, details, reason=reason)
    version = DocumentVersion(
        id=new_id(),
        document_id=document.id,
        no=document.current_no,
        sha256=receipt.sha256,
        size=receipt.size,
        filename=receipt.filename,
        reason=reason,
        batch_id=batch_id,
        uploaded_by=actor.id,
        uploaded_at=now,
    )
    session.add(version)
    session.flush()
    session.add(TextReading(version_id=version.id, status=ReadingStatus.WAITING))
    session.flush()
    # Whoever uploads a plan waits on the page for its text.
    enqueue(session, JobKind.READ_TEXT, [version.id], now=now, ahead=document.kind is DocumentKind.PLAN)
    enqueue(session, JobKind.INDEX, [search_key("document", document.id)], now=now)


def _is_theme_of(session: Session, theme_id: str, movement_id: str | None) -> bool:
    theme = session.get(Theme, theme_id)
    return theme is not None and theme.movement_id == movement_id
