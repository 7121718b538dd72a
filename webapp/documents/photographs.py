"""What a person confirms of a photograph: when and where it was taken, and that the faces in it were thought of."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from webapp.audit import log_event
from webapp.core.days import ward_day
from webapp.core.db import zone_of
from webapp.core.errors import Conflict, Invalid
from webapp.core.revisions import ensure_fresh
from webapp.documents.loading import document_named
from webapp.documents.retention import begin_term
from webapp.jobs.outbox import enqueue
from webapp.kinds import search_key
from webapp.models import Document, JobKind, TextReading
from webapp.permissions import Permission, Viewer, ensure


def suggested_day(document: Document, reading: TextReading | None) -> date | None:
    """The day already confirmed, else the one that the camera wrote into the file."""
    if document.issued_on is not None or reading is None:
        return document.issued_on
    try:
        return date.fromisoformat(str(reading.details.get("taken_on")))
    except ValueError:
        return None


def confirm_photograph(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    document_id: str,
    revision: int,
    taken_on: date | None,
    place: str,
    faces_considered: bool,
) -> Document:
    """Raises Conflict when the document changed meanwhile, Invalid by field."""
    document = document_named(session, document_id)
    ensure(actor, Permission.DOCUMENT_REVISE, document)
    faults = {}
    if taken_on is None:
        faults["taken_on"] = "Hãy ghi ngày chụp."
    elif taken_on > ward_day(now, zone_of(session)):
        faults["taken_on"] = "Ngày chụp không thể sau hôm nay."
    if not place.strip():
        faults["place"] = "Hãy ghi nơi chụp, ví dụ: Nhà văn hóa khu vực 3."
    if not faces_considered:
        faults["faces"] = "Hãy xem lại người có trong ảnh rồi đánh dấu."
    if faults:
        raise Invalid(faults)
    day = taken_on.strftime("%d/%m/%Y") if taken_on else ""
    theirs = document.issued_on.strftime("%d/%m/%Y") if document.issued_on else ""
    ensure_fresh(
        document,
        revision,
        Conflict(
            theirs={"Ngày chụp": theirs, "Nơi chụp": document.place or ""},
            mine={"Ngày chụp": day, "Nơi chụp": place.strip()},
        ),
    )
    document.issued_on, document.place, document.described_at = taken_on, place.strip(), document.described_at or now
    begin_term(session, document)
    session.flush()
    log_event(session, actor, now, "document.photograph", document, {"fields": "issued_on, place"})
    enqueue(session, JobKind.INDEX, [search_key("document", document.id)], now=now)
    return document
