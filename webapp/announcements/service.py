"""Writing, posting, withdrawing announcements; who has read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import Receipt
from webapp.announcements import rules
from webapp.announcements.queries import READERS, list_audience, selection_of
from webapp.announcements.rules import Selection
from webapp.audit import log_event
from webapp.core.days import ward_day
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.revisions import ensure_fresh
from webapp.documents import service as documents
from webapp.documents.retention import begin_term
from webapp.jobs.outbox import enqueue
from webapp.kinds import search_key
from webapp.models import (
    Announcement,
    AnnouncementFile,
    AnnouncementKind,
    AnnouncementReading,
    AnnouncementState,
    AnnouncementUnit,
    Cluster,
    Document,
    DocumentKind,
    DocumentState,
    JobKind,
    Movement,
    Unit,
    UnitKind,
    new_id,
)
from webapp.notices.service import people_of_units, tell
from webapp.permissions import Permission, Subject, Viewer, can, ensure

LONGEST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What the office writes, and for whom; `confirm`: readers are asked to confirm."""

    kind: AnnouncementKind
    title: str
    text: str
    confirm: bool
    selection: Selection

    def values(self) -> dict[str, object]:
        """By column; lists in a fixed order."""
        return {
            "kind": self.kind,
            "title": self.title,
            "text": self.text,
            "confirm": self.confirm,
            "everyone": self.selection.everyone,
            "unit_kinds": sorted(self.selection.unit_kinds),
            "cluster_ids": sorted(self.selection.cluster_ids),
            "unit_ids": sorted(self.selection.unit_ids),
        }


def add_announcement(
    session: Session, *, actor: Viewer, now: datetime, movement_id: str, year: int, wording: Wording
) -> Announcement:
    """A draft, which only the office sees."""
    ensure(actor, Permission.ANNOUNCEMENT_POST, Subject(kind="announcement", movement_id=movement_id))
    if session.get(Movement, movement_id) is None:
        raise NotFound(kind="movement", key=movement_id)
    _check(session, wording)
    announcement = Announcement(
        id=new_id(),
        movement_id=movement_id,
        state=AnnouncementState.DRAFT,
        year=year,
        created_by=actor.id,
        created_at=now,
        **wording.values(),
    )
    session.add(announcement)
    session.flush()
    _done(session, actor, now, "announcement.add", announcement)
    return announcement


def write_announcement(
    session: Session, *, actor: Viewer, now: datetime, announcement_id: str, revision: int, wording: Wording
) -> Announcement:
    """Correct a draft. Raises Conflict with both wordings when somebody else wrote it meanwhile."""
    announcement = _draft(session, actor, announcement_id)
    _check(session, wording)
    new = wording.values()
    changed = [name for name, value in new.items() if getattr(announcement, name) != value]
    if not changed:
        return announcement
    ensure_fresh(
        announcement,
        revision,
        Conflict(
            theirs={"Tiêu đề": announcement.title, "Nội dung": announcement.text},
            mine={"Tiêu đề": wording.title, "Nội dung": wording.text},
        ),
    )
    for name in changed:
        setattr(announcement, name, new[name])
    session.flush()
    _done(session, actor, now, "announcement.write", announcement)
    return announcement


def _check(session: Session, wording: Wording) -> None:
    faults = {}
    if not wording.title.strip():
        faults["title"] = "Hãy ghi tiêu đề."
    if not wording.text.strip():
        faults["text"] = "Hãy viết nội dung."
    if len(wording.text) > LONGEST:
        faults["text"] = f"Nội dung dài tối đa {LONGEST} ký tự; hãy đưa phần dài vào tệp kèm theo."
    chosen = wording.selection
    units = set(session.scalars(select(Unit.id).where(Unit.id.in_(chosen.unit_ids))))
    clusters = set(session.scalars(select(Cluster.id).where(Cluster.id.in_(chosen.cluster_ids))))
    if (
        not set(chosen.unit_kinds) <= {kind.value for kind in UnitKind}
        or set(chosen.unit_ids) != units
        or set(chosen.cluster_ids) != clusters
    ):
        faults["audience"] = "Có đơn vị hoặc cụm không có trong danh sách."
    elif chosen.is_empty:
        faults["audience"] = "Hãy chọn gửi đến ai."
    if faults:
        raise Invalid(faults)


def attach_file(
    session: Session, *, actor: Viewer, now: datetime, announcement_id: str, receipt: Receipt, batch_id: str
) -> AnnouncementFile:
    """A file into the archive as guidance of the movement; the office's own until everyone may see it."""
    announcement = _draft(session, actor, announcement_id)
    document = documents.add_document(
        session,
        actor=actor,
        now=now,
        new=documents.NewDocument(
            receipt=receipt,
            kind=DocumentKind.GUIDANCE,
            unit_id=None,
            movement_id=announcement.movement_id,
            year=announcement.year,
            batch_id=batch_id,
        ),
    )
    # Others than the whole ward get it through the announcement, which knows its audience.
    document.state = DocumentState.DRAFT
    file = AnnouncementFile(id=new_id(), announcement_id=announcement.id, document_id=document.id, linked_at=now)
    session.add(file)
    session.flush()
    _done(session, actor, now, "announcement.attach", announcement, {"sha256": receipt.sha256})
    return file


def detach_file(session: Session, *, actor: Viewer, now: datetime, announcement_id: str, attachment_id: str) -> None:
    """Take a file off a draft; it stays in the archive."""
    announcement = _draft(session, actor, announcement_id)
    file = session.get(AnnouncementFile, attachment_id)
    if file is None or file.announcement_id != announcement.id:
        raise NotFound(kind="announcement", key=attachment_id)
    session.delete(file)
    session.flush()
    _done(session, actor, now, "announcement.detach", announcement)


def post_announcement(
    session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, announcement_id: str
) -> Announcement:
    """From now on its audience reads it: units of the chosen kinds and clusters as they are today."""
    announcement = _announcement(session, announcement_id)
    ensure(actor, Permission.ANNOUNCEMENT_POST, announcement)
    state = _move(announcement, "post")
    today = ward_day(now, timezone)
    units = list_audience(session, selection_of(announcement), on=today)
    if not units:
        raise Invalid("Không có đơn vị nào thuộc diện đã chọn. Hãy sửa phần gửi đến.")
    announcement.state, announcement.posted_at, announcement.year = state, now, today.year
    announcement.units = [AnnouncementUnit(announcement_id=announcement.id, unit_id=unit.id) for unit in units]
    session.flush()
    if announcement.everyone:
        _publish_files(session, announcement, now)
    _done(session, actor, now, "announcement.post", announcement, {"total": len(units)})
    text = f"{announcement.kind.label}: {announcement.title}"
    _tell(session, announcement, actor, "posted", text, now, timezone)
    return announcement


def _publish_files(session: Session, announcement: Announcement, now: datetime) -> None:
    query = (
        select(Document)
        .join(AnnouncementFile, AnnouncementFile.document_id == Document.id)
        .where(AnnouncementFile.announcement_id == announcement.id, Document.state == DocumentState.DRAFT)
    )
    found = session.scalars(query).all()
    for document in found:
        document.state = DocumentState.PUBLISHED
        begin_term(session, document)
    session.flush()
    enqueue(session, JobKind.INDEX, [search_key("document", document.id) for document in found], now=now)


def _take_back_files(session: Session, announcement: Announcement, now: datetime) -> None:
    """What was open to everybody through this announcement alone is the office's again."""
    elsewhere = (
        select(AnnouncementFile.document_id)
        .join(Announcement, Announcement.id == AnnouncementFile.announcement_id)
        .where(Announcement.id != announcement.id, Announcement.state == AnnouncementState.POSTED)
    )
    query = (
        select(Document)
        .join(AnnouncementFile, AnnouncementFile.document_id == Document.id)
        .where(
            AnnouncementFile.announcement_id == announcement.id,
            Document.kind == DocumentKind.GUIDANCE,
            Document.state == DocumentState.PUBLISHED,
            Document.id.not_in(elsewhere),
        )
    )
    found = session.scalars(query).all()
    for document in found:
        document.state = DocumentState.DRAFT
    session.flush()
    enqueue(session, JobKind.INDEX, [search_key("document", document.id) for document in found], now=now)


def withdraw_announcement(
    session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, announcement_id: str, reason: str
) -> Announcement:
    """Nothing is deleted: its audience reads that it does not hold any more, and why."""
    announcement = _announcement(session, announcement_id)
    ensure(actor, Permission.ANNOUNCEMENT_POST, announcement)
    if not reason.strip():
        raise Invalid({"reason": "Hãy ghi lý do rút để các đơn vị biết."})
    announcement.state = _move(announcement, "withdraw")
    announcement.withdrawn_at, announcement.withdrawal_reason = now, reason.strip()
    session.flush()
    _take_back_files(session, announcement, now)
    _done(session, actor, now, "announcement.withdraw", announcement, reason=reason.strip())
    text = f"Đã rút {announcement.kind.label.lower()} “{announcement.title}”: {reason.strip()}"
    _tell(session, announcement, actor, "withdrawn", text, now, timezone)
    return announcement


def mark_read(session: Session, *, actor: Viewer, now: datetime, announcement_id: str) -> None:
    """Note that somebody of the audience opened it; others leave no trace here."""
    announcement = _announcement(session, announcement_id)
    ensure(actor, Permission.ANNOUNCEMENT_READ, announcement)
    if can(actor, Permission.ANNOUNCEMENT_CONFIRM, announcement) and _reading(session, actor, announcement) is None:
        assert actor.id is not None
        session.add(AnnouncementReading(announcement_id=announcement.id, person_id=actor.id, read_at=now))
        session.flush()
        log_event(session, actor, now, "announcement.read", announcement)


def confirm_announcement(session: Session, *, actor: Viewer, now: datetime, announcement_id: str) -> None:
    """Somebody of the audience says that they have read it."""
    announcement = _announcement(session, announcement_id)
    ensure(actor, Permission.ANNOUNCEMENT_CONFIRM, announcement)
    if not announcement.confirm:
        raise Invalid("Thông báo này không yêu cầu xác nhận.")
    reading = _reading(session, actor, announcement)
    if reading is None:
        assert actor.id is not None
        reading = AnnouncementReading(announcement_id=announcement.id, person_id=actor.id, read_at=now)
        session.add(reading)
    if reading.confirmed_at is None:
        reading.confirmed_at = now
        session.flush()
        log_event(session, actor, now, "announcement.confirm", announcement)


def note_download(session: Session, *, actor: Viewer, now: datetime, announcement: Announcement, sha256: str) -> None:
    """Taking a file away is an event."""
    ensure(actor, Permission.ANNOUNCEMENT_READ, announcement)
    log_event(session, actor, now, "announcement.download", announcement, {"sha256": sha256})


def _reading(session: Session, actor: Viewer, announcement: Announcement) -> AnnouncementReading | None:
    return session.scalar(
        select(AnnouncementReading).where(
            AnnouncementReading.announcement_id == announcement.id, AnnouncementReading.person_id == actor.id
        )
    )


def _move(announcement: Announcement, move: str) -> AnnouncementState:
    try:
        return rules.MOVES[announcement.state, move]
    except KeyError as error:
        raise Invalid(
            f"Thông báo đang ở trạng thái “{announcement.state.label}” nên không làm được việc này."
        ) from error


def _draft(session: Session, actor: Viewer, announcement_id: str) -> Announcement:
    announcement = _announcement(session, announcement_id)
    ensure(actor, Permission.ANNOUNCEMENT_POST, announcement)
    if announcement.state is not AnnouncementState.DRAFT:
        raise Invalid("Thông báo đã đăng thì không sửa được nữa; hãy rút và đăng thông báo khác.")
    return announcement


def _announcement(session: Session, announcement_id: str) -> Announcement:
    found = session.get(Announcement, announcement_id)
    if found is None:
        raise NotFound(kind="announcement", key=announcement_id)
    return found


def _tell(
    session: Session,
    announcement: Announcement,
    actor: Viewer,
    cause: str,
    text: str,
    now: datetime,
    timezone: ZoneInfo,
) -> None:
    today: date = ward_day(now, timezone)
    units: Iterable[str] = [one.unit_id for one in announcement.units]
    by_unit = people_of_units(session, list(units), roles=READERS, now=now, today=today)
    people = set().union(*by_unit.values()) - {actor.id or ""} if by_unit else set()
    key, link = f"announcement:{announcement.id}:{cause}", f"/announcements/{announcement.id}"
    tell(session, now=now, timezone=timezone, people=people, key=key, text=text, link=link)


def _done(
    session: Session,
    actor: Viewer,
    now: datetime,
    action: str,
    announcement: Announcement,
    details: Mapping[str, str | int | None] | None = None,
    reason: str = "",
) -> None:
    """One event, and the index follows."""
    log_event(session, actor, now, action, announcement, details, reason=reason)
    enqueue(session, JobKind.INDEX, [search_key("announcement", announcement.id)], now=now)
