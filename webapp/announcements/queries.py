"""Reading announcements, always within what the viewer may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, raiseload

from webapp.announcements.rules import Selection, resolve
from webapp.core.errors import NotFound
from webapp.core.paging import Page, page_of
from webapp.models import (
    Announcement,
    AnnouncementFile,
    AnnouncementKind,
    AnnouncementReading,
    AnnouncementUnit,
    AwardRound,
    ClusterMember,
    Document,
    DocumentVersion,
    Person,
    Role,
    Unit,
)
from webapp.notices.service import people_of_units
from webapp.permissions import Permission, Viewer, ensure
from webapp.permissions.award_scopes import readable_award_rounds
from webapp.permissions.scopes import readable_announcements

READERS = (Role.CLERK, Role.HEAD)


def get_announcement(session: Session, announcement_id: str, *, viewer: Viewer) -> Announcement:
    """With the units that it is for."""
    found = session.scalar(
        select(Announcement).where(Announcement.id == announcement_id, readable_announcements(viewer))
    )
    if found is None:
        raise NotFound(kind="announcement", key=announcement_id)
    return found


def page_announcements(
    session: Session, *, viewer: Viewer, year: int, kind: AnnouncementKind | None, page: int
) -> Page[Announcement]:
    """Of a year, the newest first."""
    query = (
        select(Announcement)
        .where(Announcement.year == year, readable_announcements(viewer))
        .options(raiseload(Announcement.units))
        .order_by(func.coalesce(Announcement.posted_at, Announcement.created_at).desc(), Announcement.id)
    )
    if kind is not None:
        query = query.where(Announcement.kind == kind)
    return page_of(session, query, page)


def list_read(session: Session, *, viewer: Viewer) -> dict[str, datetime | None]:
    """Announcements that the viewer opened, with the instant of confirming."""
    rows = session.execute(
        select(AnnouncementReading.announcement_id, AnnouncementReading.confirmed_at).where(
            AnnouncementReading.person_id == viewer.id
        )
    )
    return {row.announcement_id: row.confirmed_at for row in rows}


def list_files(session: Session, announcement: Announcement) -> list[tuple[AnnouncementFile, DocumentVersion]]:
    """Files with their newest version, in the order they were added; `announcement` is one the viewer may see."""
    rows = session.execute(
        select(AnnouncementFile, DocumentVersion)
        .join(Document, Document.id == AnnouncementFile.document_id)
        .join(
            DocumentVersion, (DocumentVersion.document_id == Document.id) & (DocumentVersion.no == Document.current_no)
        )
        .where(AnnouncementFile.announcement_id == announcement.id, Document.withdrawn_at.is_(None))
        .options(joinedload(DocumentVersion.reading))
        .order_by(AnnouncementFile.linked_at, AnnouncementFile.id)
    )
    return [(file, version) for file, version in rows]


def list_audience(session: Session, selection: Selection, *, on: date) -> Sequence[Unit]:
    """The units that a selection means on a day, by name."""
    units = session.scalars(
        select(Unit)
        .where(
            or_(Unit.founded_on.is_(None), Unit.founded_on <= on),
            or_(Unit.dissolved_on.is_(None), Unit.dissolved_on > on),
        )
        .order_by(Unit.name)
    ).all()
    members = session.execute(
        select(ClusterMember.cluster_id, ClusterMember.unit_id).where(ClusterMember.year == on.year)
    )
    meant = resolve(
        selection,
        [(unit.id, unit.kind) for unit in units],
        [(cluster_id, unit_id) for cluster_id, unit_id in members],
    )
    return [unit for unit in units if unit.id in meant]


def selection_of(announcement: Announcement) -> Selection:
    return Selection(
        everyone=announcement.everyone,
        unit_kinds=tuple(announcement.unit_kinds),
        cluster_ids=tuple(announcement.cluster_ids),
        unit_ids=tuple(announcement.unit_ids),
    )


@dataclass(frozen=True, slots=True)
class Reader:
    """One person of the audience."""

    name: str
    read_at: datetime | None
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class UnitReceipt:
    """Who of a unit's clerks and heads has read it."""

    unit: str
    readers: Sequence[Reader]

    @property
    def read(self) -> int:
        return sum(one.read_at is not None for one in self.readers)

    @property
    def confirmed(self) -> int:
        return sum(one.confirmed_at is not None for one in self.readers)


def list_receipts(
    session: Session, announcement: Announcement, *, viewer: Viewer, now: datetime, today: date
) -> list[UnitReceipt]:
    """By unit, in a fixed number of statements. People are those who hold a role in the unit now."""
    ensure(viewer, Permission.ANNOUNCEMENT_WATCH, announcement)
    units = session.execute(
        select(Unit.id, Unit.name)
        .join(AnnouncementUnit, AnnouncementUnit.unit_id == Unit.id)
        .where(AnnouncementUnit.announcement_id == announcement.id)
        .order_by(Unit.name)
    ).all()
    people = people_of_units(session, {row.id for row in units}, roles=READERS, now=now, today=today)
    everybody = set().union(*people.values()) if people else set()
    names = {
        one.id: one.name for one in session.execute(select(Person.id, Person.name).where(Person.id.in_(everybody)))
    }
    wanted = select(AnnouncementReading).where(AnnouncementReading.announcement_id == announcement.id)
    readings = {reading.person_id: reading for reading in session.scalars(wanted)}
    return [
        UnitReceipt(
            row.name,
            [
                Reader(names[key], found.read_at if found else None, found.confirmed_at if found else None)
                for key in sorted(people[row.id], key=lambda key: names[key])
                for found in [readings.get(key)]
            ],
        )
        for row in units
    ]


def guidance_of(session: Session, round_id: str, *, viewer: Viewer) -> dict[str, object]:
    """A round of commendation as the form's fields, to be posted as guidance for all units; empty when it may not be read."""
    found = session.scalar(select(AwardRound).where(AwardRound.id == round_id, readable_award_rounds(viewer)))
    if found is None:
        return {}
    where = "Chỉ tiêu, hồ sơ, thời hạn: mục Khen thưởng, Đợt xét khen thưởng."
    return {
        "kind": AnnouncementKind.GUIDANCE,
        "title": f"Hướng dẫn: {found.title}"[:300],
        "text": f"{found.guidance}\n\n{where}".strip(),
        "everyone": True,
    }
