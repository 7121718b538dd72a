"""Read the text of stored bytes in a limited child process, keep it by digest, fill in what the paper says of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.extract import Extraction, extract
from webapp.audit import record
from webapp.core.resources import Resources
from webapp.jobs.keys import document_key
from webapp.jobs.outbox import enqueue, finish
from webapp.models import (
    Document,
    DocumentVersion,
    Evidence,
    JobKind,
    OutboxJob,
    ReadingStatus,
    TextReading,
)
from webapp.permissions import SYSTEM


def read_text(resources: Resources, job: OutboxJob, *, stop: Callable[[], bool] | None = None) -> None:
    """Carry out one READ_TEXT job; bytes that were read meanwhile are not read again. Repeating it is harmless.

    `stop` as in `archive.extract.extract`, whose ExtractionStopped passes through.
    """
    sha256 = job.subject
    with resources.db.reading() as session:
        filename = session.scalar(select(DocumentVersion.filename).where(DocumentVersion.sha256 == sha256).limit(1))
        known = session.scalar(select(TextReading.status).where(TextReading.sha256 == sha256))
    result = None
    if filename is not None and known in (None, ReadingStatus.WAITING):
        result = extract(resources.store.path(sha256), filename=filename, stop=stop)
    with resources.db.unit_of_work() as session:
        now = resources.clock.now()
        if result is not None:
            keep_text(session, sha256, result, now=now)
        elif (row := session.get(TextReading, sha256)) is not None:
            _pass_on(session, sha256, row.details, now=now)
        finish(session, [job.id])


def keep_text(session: Session, sha256: str, result: Extraction, *, now: datetime) -> None:
    """Store an extraction and ask for the documents that have these bytes to be indexed again."""
    row = session.get(TextReading, sha256) or TextReading(sha256=sha256)
    row.status = ReadingStatus(result.status)
    row.sentence = result.sentence
    # PostgreSQL takes no NUL in text; no reader means one.
    row.text = "\f".join(page.replace("\x00", " ").replace("\f", "\n") for page in result.pages)
    row.pages = len(result.pages)
    row.details = {**result.metadata, "ms": result.ms}
    row.read_at = now
    session.add(row)
    session.flush()
    _pass_on(session, sha256, result.metadata, now=now)


def _pass_on(session: Session, sha256: str, metadata: Mapping[str, object], *, now: datetime) -> None:
    """Let every document whose current version has these bytes know what was read."""
    documents = session.scalars(
        select(Document)
        .join(
            DocumentVersion, (DocumentVersion.document_id == Document.id) & (DocumentVersion.no == Document.current_no)
        )
        .where(DocumentVersion.sha256 == sha256)
    ).all()
    for document in documents:
        fill_in(session, document, metadata, now=now)
    enqueue(session, JobKind.INDEX, [document_key(document.id) for document in documents], now=now)


def fill_in(session: Session, document: Document, metadata: Mapping[str, object], *, now: datetime) -> None:
    """Number and date are reliable enough to be filled in where nobody gave them; all else stays a suggestion."""
    filled: list[str] = []
    number, day = metadata.get("number"), metadata.get("date")
    if document.number is None and isinstance(number, str) and number:
        document.number = number
        filled.append("number")
    if document.issued_on is None and isinstance(day, str) and day:
        document.issued_on = date.fromisoformat(day)
        filled.append("issued_on")
        for evidence in session.scalars(
            select(Evidence).where(Evidence.document_id == document.id, Evidence.issued_on.is_(None))
        ):
            evidence.issued_on = document.issued_on
    if filled:
        session.flush()
        record(
            session,
            actor=SYSTEM,
            now=now,
            action="document.fill-in",
            object_kind="document",
            object_id=document.id,
            object_unit_id=document.unit_id,
            details={"fields": ", ".join(filled)},
        )
