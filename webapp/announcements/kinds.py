"""What the house knows of announcements as a kind."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from search import Record
from webapp.core.days import ward_day
from webapp.core.db import zone_of
from webapp.kinds import Address, Facts, Kind, Searched, search_key
from webapp.models import Announcement, AnnouncementFile, AnnouncementState
from webapp.permissions.scopes import readable_announcements, subject_keys
from webapp.permissions.subject import subject_of


def _announcements(session: Session, ids: Collection[str]) -> Iterator[Record]:
    """Of a withdrawn one only that it was withdrawn, and why: nobody should follow it any more."""
    for one in session.scalars(select(Announcement).where(Announcement.id.in_(ids))):
        gone = one.state is AnnouncementState.WITHDRAWN
        yield Record(
            key=search_key("announcement", one.id),
            kind="announcement",
            title=f"(Đã rút) {one.title}" if gone else one.title,
            body=one.withdrawal_reason if gone else one.text,
            date=ward_day(one.posted_at or one.created_at, zone_of(session)).isoformat(),
            viewer_keys=tuple(sorted(subject_keys(subject_of(one)))),
            facets={"year": one.year},
        )


def _facts(announcement: Announcement) -> Facts:
    return Facts(
        more=announcement.kind.label,
        on=announcement.posted_at,
        year=announcement.year,
        state=announcement.state.label,
    )


KINDS = (
    Kind(
        name="announcement",
        label="thông báo",
        model=Announcement,
        readable=readable_announcements,
        title=lambda announcement: announcement.title,
        address=lambda announcement: Address("announcements.announcement_view", {"announcement_id": announcement.id}),
        # The movement's, whoever it is for.
        unit=None,
        parts=(AnnouncementFile.announcement_id,),
        noted=(Announcement.kind, Announcement.year),
        search=Searched(labels={"announcement": "Thông báo"}, records=_announcements, facts=_facts),
        bag=None,
    ),
)
