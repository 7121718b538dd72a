"""Read the text of a version in a limited child process, keep it, fill in what the paper says of itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from archive.errors import ExtractionStopped
from archive.extract import Extraction, Status, extract
from webapp.audit import log_event
from webapp.core.errors import Busy
from webapp.core.resources import Resources
from webapp.core.settings import Settings
from webapp.jobs.outbox import enqueue, finish
from webapp.jobs.preview import ask_for_pages, wants_preview
from webapp.jobs.scan import Scanner, ScannerAway, TooLarge
from webapp.kinds import search_key
from webapp.models import (
    CitationRelation,
    Document,
    DocumentCitation,
    DocumentVersion,
    Evidence,
    JobKind,
    OutboxJob,
    ReadingStatus,
    TextReading,
    number_key,
)
from webapp.permissions import SYSTEM
from webapp.records.keep import touch

# What a reading's details call the scanner's name for what it found.
INFECTED = "infected"
# What a waiting reading's details hold once somebody asked to stop it.
STOP_ASKED = "stop_asked"
STOPPED = "Việc đọc chữ đã được dừng theo yêu cầu; tệp vẫn được giữ nguyên vẹn và có thể đọc lại bất cứ lúc nào."


def read_text(
    resources: Resources, job: OutboxJob, *, stop: Callable[[], bool] | None = None, unscanned: bool = False
) -> None:
    """Carry out one READ_TEXT job; what was read meanwhile is not read again. Repeating it is harmless.

    Where a virus scanner is set, the file is given to it first; ScannerAway passes through unless `unscanned` allows
    reading without it. `stop` as in `archive.extract.extract`, whose ExtractionStopped passes through.
    """
    with resources.db.reading() as session:
        row = session.execute(
            select(DocumentVersion.sha256, DocumentVersion.filename, TextReading.status, TextReading.details)
            .outerjoin(TextReading, TextReading.version_id == DocumentVersion.id)
            .where(DocumentVersion.id == job.subject)
        ).first()
    result = None
    if row is not None and row.status in (None, ReadingStatus.WAITING):
        known = (row.details or {}).get(INFECTED)
        warnings, result = _scan(resources, row.sha256, known=known, unscanned=unscanned)
        asked = _StopAsked(resources, job.subject)
        try:
            result = result or extract(
                resources.store.path(row.sha256),
                filename=row.filename,
                stop=lambda: (stop is not None and stop()) or asked(),
                progress=lambda done, total: _note_progress(resources, job.subject, done, total),
                trust=list_trusted(resources.settings),
            )
        except ExtractionStopped:
            if not asked.seen:
                raise
            result = Extraction(Status.TIMEOUT, STOPPED, "", (), {"media_type": None})
        result.metadata["warnings"] = [*_codes(result.metadata), *warnings]
    with resources.db.unit_of_work() as session:
        now = resources.clock.now()
        version = session.get(DocumentVersion, job.subject)
        if version is not None and result is not None:
            keep_text(session, version, result, now=now)
        elif version is not None:
            _ask_for_index(session, version, now=now)
        finish(session, [job.id])


class _StopAsked:
    """Whether somebody asked on the page to stop reading this version; looks at most once a second."""

    def __init__(self, resources: Resources, version_id: str) -> None:
        self._resources, self._version_id = resources, version_id
        self._looked = float("-inf")
        self.seen = False

    def __call__(self) -> bool:
        if not self.seen and time.monotonic() - self._looked >= 1:
            self._looked = time.monotonic()
            with self._resources.db.reading() as session:
                details = session.scalar(select(TextReading.details).where(TextReading.version_id == self._version_id))
            self.seen = bool(details and details.get(STOP_ASKED))
        return self.seen


def _scan(
    resources: Resources, sha256: str, *, known: str | None, unscanned: bool
) -> tuple[list[str], Extraction | None]:
    """Warnings to add, and the answer itself when the file is not to be opened at all. What was `known` to be in it
    is believed until the scanner has looked again and found nothing."""
    if not resources.settings.clamd:
        return [], _unsafe(known)
    try:
        with resources.store.open(sha256) as stream:
            found = Scanner(resources.settings.clamd).find(stream)
    except TooLarge:
        return ["not_scanned"], _unsafe(known)
    except ScannerAway:
        if not unscanned:
            raise
        return ["not_scanned"], _unsafe(known)
    return [], _unsafe(found)


def _unsafe(found: str | None) -> Extraction | None:
    if found is None:
        return None
    sentence = f"Phần mềm diệt virus báo tệp có mã độc ({found}) nên tệp không được mở; bản gốc vẫn nằm trong kho."
    return Extraction(Status.UNSAFE, sentence, "", (), {"media_type": None, INFECTED: found})


def list_trusted(settings: Settings) -> list[Path]:
    """Files of root certificates an administrator has put down."""
    folder = settings.trust_path
    return sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []


def _codes(metadata: Mapping[str, Any]) -> list[str]:
    return list(metadata.get("warnings") or [])


def _note_progress(resources: Resources, version_id: str, done: int, total: int) -> None:
    """So that the page can say how far recognition has come. Not worth failing for."""
    with suppress(Busy), resources.db.unit_of_work() as session:
        reading = session.get(TextReading, version_id)
        if reading is not None:
            reading.done_pages, reading.pages = done, total


def keep_text(session: Session, version: DocumentVersion, result: Extraction, *, now: datetime) -> None:
    """Store an extraction, and ask for the document to be indexed anew."""
    row = session.get(TextReading, version.id) or TextReading(version_id=version.id)
    first = row.read_at is None
    row.status = ReadingStatus(result.status)
    row.sentence = result.sentence
    # PostgreSQL takes no NUL in text; no reader means one.
    row.text = "\f".join(page.replace("\x00", " ").replace("\f", "\n") for page in result.pages)
    row.pages = row.done_pages = len(result.pages)
    row.details = {**result.metadata, "ms": result.ms}
    row.read_at = now
    session.add(row)
    session.flush()
    document = session.get_one(Document, version.document_id)
    if document.current_no == version.no:
        if first or document.described_at is None:
            # At a later reading, what a person left empty was left empty on purpose.
            fill_in(session, document, result.metadata, now=now)
        keep_citations(session, document, result.metadata)
    _ask_for_index(session, version, now=now)
    if wants_preview(row):
        ask_for_pages(session, version.id, 1, now=now)


def _ask_for_index(session: Session, version: DocumentVersion, *, now: datetime) -> None:
    enqueue(session, JobKind.INDEX, [search_key("document", version.document_id)], now=now)


def fill_in(session: Session, document: Document, metadata: Mapping[str, Any], *, now: datetime) -> None:
    """Number, date and place are reliable enough to be filled in where nobody gave them; all else stays a suggestion."""
    filled: list[str] = []
    number, day, place = metadata.get("number"), metadata.get("date"), metadata.get("place")
    if document.number is None and isinstance(number, str) and number:
        document.number = number[:60]
        filled.append("number")
    if document.place is None and isinstance(place, str) and place:
        document.place = place[:100]
        filled.append("place")
    if document.issued_on is None and isinstance(day, str) and day:
        document.issued_on = date.fromisoformat(day)
        filled.append("issued_on")
        for evidence in session.scalars(
            select(Evidence).where(Evidence.document_id == document.id, Evidence.issued_on.is_(None))
        ):
            evidence.issued_on = document.issued_on
    if filled:
        session.flush()
        log_event(session, SYSTEM, now, "document.fill-in", document, {"fields": ", ".join(filled)})


def keep_citations(session: Session, document: Document, metadata: Mapping[str, Any]) -> None:
    """Replace the citations found in an earlier text by those of this one; what a person confirmed or dismissed stays."""
    touch(session, document)
    session.execute(
        delete(DocumentCitation).where(
            DocumentCitation.document_id == document.id,
            DocumentCitation.confirmed_at.is_(None),
            DocumentCitation.dismissed_at.is_(None),
        )
    )
    known = set(session.scalars(select(DocumentCitation.number_key).where(DocumentCitation.document_id == document.id)))
    known.add(document.number_key or "")
    last = session.scalar(
        select(func.max(DocumentCitation.position)).where(DocumentCitation.document_id == document.id)
    )
    position = 0 if last is None else last + 1
    for citation in metadata.get("citations") or []:
        key = number_key(citation.get("number"))
        if key is None or key in known:
            continue
        known.add(key)
        day = citation.get("date")
        session.add(
            DocumentCitation(
                document_id=document.id,
                position=position,
                number=citation["number"][:60],
                number_key=key[:60],
                form=citation.get("kind"),
                issued_on=date.fromisoformat(day) if day else None,
                issuer=citation.get("issuer"),
                title=citation.get("title"),
                relation=CitationRelation(citation.get("relation", "mention")),
                page=citation.get("page"),
            )
        )
        position += 1
    session.flush()
