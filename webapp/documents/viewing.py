"""What a page shows of a version beside its text: page images, signatures, whether the original may open in the browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from webapp.jobs.preview import find_drawn, find_thumbnail, wants_preview
from webapp.jobs.read_text import INFECTED
from webapp.models import Document, DocumentVersion, ReadingStatus, TextReading

# What a browser shows by itself and cannot run anything in; decided by the content, never by the name.
INLINE = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"})


class Stage(Enum):
    """How far the image of a page has come."""

    DRAWN = "drawn"
    WAITING = "waiting"
    FAILED = "failed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class PageView:
    """One page of a version. `pages` is how many there are (0: not known)."""

    version: DocumentVersion
    number: int
    pages: int
    stage: Stage
    size: tuple[int, int] = (0, 0)
    sentence: str = ""


def view_page(previews: Path, version: DocumentVersion, reading: TextReading | None, number: int) -> PageView:
    """The page asked for, or the last one there is. WAITING means that somebody must ask for it to be drawn."""
    if reading is None or not wants_preview(reading):
        return PageView(version, 1, 0, Stage.NONE)
    drawn = find_drawn(previews, version.id)
    if drawn is None:
        return PageView(version, number, 0, Stage.WAITING)
    if drawn.pages == 0:
        return PageView(version, 1, 0, Stage.NONE, sentence=drawn.sentence)
    number = max(1, min(number, drawn.pages))
    if number in drawn.sizes:
        return PageView(version, number, drawn.pages, Stage.DRAWN, drawn.sizes[number])
    stage = Stage.FAILED if number in drawn.failed else Stage.WAITING
    return PageView(version, number, drawn.pages, stage)


def list_thumbnails(session: Session, previews: Path, documents: Sequence[Document]) -> dict[str, int]:
    """Documents (got within the viewer's scope) that have a thumbnail: id -> number of the version it is of."""
    if not documents:
        return {}
    current = [
        and_(DocumentVersion.document_id == document.id, DocumentVersion.no == document.current_no)
        for document in documents
    ]
    rows = session.execute(
        select(DocumentVersion.document_id, DocumentVersion.no, DocumentVersion.id).where(or_(*current))
    )
    return {document_id: no for document_id, no, version_id in rows if find_thumbnail(previews, version_id)}


def opens_inline(reading: TextReading | None) -> str | None:
    """The media type to show the original with in the browser, or None when it may only be saved.

    A PDF that could not be read to its end was not looked through for commands either.
    """
    if reading is None or reading.status not in (ReadingStatus.OK, ReadingStatus.NO_TEXT):
        return None
    if "active_content" in (reading.details.get("warnings") or []):
        return None  # the browser's viewer would run it
    media_type = reading.details.get("media_type")
    return media_type if media_type in INLINE else None


def is_infected(reading: TextReading | None) -> bool:
    """Whether the virus scanner found something in it, also while it is being looked at again."""
    return reading is not None and INFECTED in reading.details


@dataclass(frozen=True, slots=True)
class Signature:
    """One digital signature as it is shown."""

    signer: str
    signed_at: datetime | None
    good: bool
    sentence: str


def list_signatures(reading: TextReading | None) -> list[Signature]:
    found = reading.details.get("signatures") or [] if reading is not None else []
    return [
        Signature(
            one["signer"],
            datetime.fromisoformat(one["signed_at"]) if one["signed_at"] else None,
            one["state"] in ("valid", "covered"),
            one["sentence"],
        )
        for one in found
    ]
