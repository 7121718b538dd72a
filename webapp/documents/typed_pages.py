"""Pages typed by people where a machine reads badly: beside what was recognised, never instead of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from archive.extract.status import How
from webapp.audit import log_event
from webapp.core.errors import Conflict, Invalid
from webapp.documents.loading import document_named
from webapp.documents.service import current_version
from webapp.jobs.outbox import enqueue
from webapp.kinds import search_key
from webapp.models import DocumentVersion, JobKind, TypedPage
from webapp.models.document import file_type_of
from webapp.permissions import Permission, Viewer, ensure

LONGEST = 20_000
MOST_PAGES = 500
# Their pages are those that a reader sees; of other files only LibreOffice knows where a page ends.
TYPES = ("pdf", "picture")


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form sends: the text, the version it shows, and `seen`, the id of what was typed of it before or ""."""

    text: str
    version: int
    seen: str


def type_page(
    session: Session, *, actor: Viewer, now: datetime, document_id: str, page: int, typed: Typed
) -> TypedPage:
    """Keep what a page of the current version says; an empty text takes back what was typed.

    Raises Conflict when the version or what was typed of the page is newer than what the form showed.
    """
    document = document_named(session, document_id)
    ensure(actor, Permission.DOCUMENT_REVISE, document)
    version = current_version(session, document)
    text = "\n".join(line.rstrip() for line in typed.text.replace("\f", "\n").split("\n")).strip("\n")
    if not 1 <= page <= MOST_PAGES or file_type_of(version.filename) not in TYPES:
        raise Invalid({"text": "Chỉ gõ lại được nội dung các trang của tệp PDF hoặc ảnh."})
    if len(text) > LONGEST:
        raise Invalid({"text": f"Nội dung một trang dài nhất {LONGEST:,} ký tự.".replace(",", ".")})
    if typed.version != version.no:
        raise Conflict(
            "Văn bản vừa có phiên bản mới. Nội dung bạn gõ là của phiên bản cũ nên chưa được lưu.",
            theirs={"Phiên bản": str(version.no)},
            mine={"Phiên bản": str(typed.version), "Nội dung trang": text},
        )
    # First the event: it makes concurrent writers wait for each other, so that each sees what the one before typed.
    log_event(session, actor, now, "document.type-page", document, {"version": version.no, "page": page})
    newest = next(iter(list_typed(session, version, page)), None)
    if (newest.id if newest else "") != typed.seen:
        raise Conflict(
            "Trang này vừa được người khác gõ lại. Nội dung bạn gửi chưa được lưu.",
            theirs={"Nội dung trang": newest.text if newest else ""},
            mine={"Nội dung trang": text},
        )
    if text == (newest.text if newest else ""):
        raise Invalid({"text": "Hãy gõ hoặc sửa nội dung của trang trước khi lưu."})
    row = TypedPage(version_id=version.id, page=page, text=text, typed_by=actor.id, typed_at=now)
    session.add(row)
    session.flush()
    enqueue(session, JobKind.INDEX, [search_key("document", document.id)], now=now)
    return row


def list_typed(session: Session, version: DocumentVersion, page: int) -> Sequence[TypedPage]:
    """All that was typed of one page, the newest first; the version was got within the viewer's scope."""
    return session.scalars(
        select(TypedPage)
        .where(TypedPage.version_id == version.id, TypedPage.page == page)
        .options(joinedload(TypedPage.typist))
        .order_by(TypedPage.typed_at.desc(), TypedPage.id.desc())
    ).all()


def latest(session: Session, versions: Collection[str]) -> dict[str, dict[int, str]]:
    """What stands typed now, by version and page."""
    found: dict[str, dict[int, str]] = defaultdict(dict)
    rows = session.execute(
        select(TypedPage.version_id, TypedPage.page, TypedPage.text)
        .where(TypedPage.version_id.in_(versions))
        .order_by(TypedPage.typed_at, TypedPage.id)
    )
    for version_id, page, text in rows:
        found[version_id][page] = text
    return {version: {page: text for page, text in pages.items() if text} for version, pages in found.items()}


def with_typed(text: str, typed: Mapping[int, str]) -> str:
    """A text by pages, as `TextReading` holds it, each page followed by what was typed of it. Pure."""
    if not typed:
        return text
    pages = text.split("\f") if text else []
    pages += [""] * (max(typed) - len(pages))
    return "\f".join("\n".join(filter(None, (page, typed.get(number, "")))) for number, page in enumerate(pages, 1))


@dataclass(frozen=True, slots=True)
class ShownPage:
    """One page of the text as a document's page shows it: what was read, how, and what was typed."""

    number: int
    text: str
    note: str
    typed: str


def list_shown(text: str, details: Mapping[str, Any], typed: Mapping[int, str]) -> list[ShownPage]:
    """The pages of a reading. Pure."""
    states: Mapping[str, Any] = details.get("page_states") or {}
    pages = text.split("\f") if text else []
    pages += [""] * (max([*typed, *(int(number) for number in states)], default=0) - len(pages))
    return [
        ShownPage(number, page, _note(states.get(str(number))), typed.get(number, ""))
        for number, page in enumerate(pages, 1)
    ]


def _note(state: Sequence[Any] | None) -> str:
    how, sure = state or (None, None)
    if how == How.RECOGNISED:
        return f"nhận dạng từ ảnh, độ tin cậy {sure}%"
    return {"unread": "ảnh chưa nhận dạng được chữ", "blank": "không có chữ"}.get(str(how), "")


@dataclass(frozen=True, slots=True)
class TypingForm:
    """What the form for one page begins with, and what was typed of it before."""

    page: int
    text: str
    seen: str
    history: Sequence[TypedPage]


def form_for(session: Session, version: DocumentVersion, text: str, page: int) -> TypingForm | None:
    """None for files without pages of their own."""
    if file_type_of(version.filename) not in TYPES or page > MOST_PAGES:
        return None
    history = list_typed(session, version, page)
    if history and history[0].text:
        return TypingForm(page, history[0].text, history[0].id, history)
    pages = text.split("\f")
    read = pages[page - 1] if page <= len(pages) else ""
    return TypingForm(page, read[:LONGEST], history[0].id if history else "", history)
