"""Search records of what the office says to all and units say to the office: reports of the movement, difficulties,
announcements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from search import Record
from webapp.jobs.keys import announcement_key, difficulty_key, synthesis_key
from webapp.models import (
    Announcement,
    AnnouncementState,
    Difficulty,
    Synthesis,
    SynthesisParagraph,
    SynthesisVersion,
)
from webapp.permissions.scopes import subject_keys
from webapp.permissions.subject import subject_of


def synthesis_records(session: Session, ids: Collection[str]) -> Iterator[Record]:
    """A report is found by its last fixed version; before that by what the office is writing, which only it sees."""
    reports = session.scalars(
        select(Synthesis).where(Synthesis.id.in_(ids)).options(joinedload(Synthesis.movement))
    ).all()
    drafts = [one.id for one in reports if one.version_no == 0]
    bodies: dict[str, list[str]] = defaultdict(list)
    for paragraph in session.scalars(
        select(SynthesisParagraph)
        .where(SynthesisParagraph.synthesis_id.in_(drafts), SynthesisParagraph.left_out.is_(False))
        .order_by(SynthesisParagraph.synthesis_id, SynthesisParagraph.position)
    ):
        bodies[paragraph.synthesis_id].append(paragraph.text)
    for version in session.scalars(
        select(SynthesisVersion)
        .join(
            Synthesis,
            (Synthesis.id == SynthesisVersion.synthesis_id) & (Synthesis.version_no == SynthesisVersion.no),
        )
        .where(SynthesisVersion.synthesis_id.in_(ids))
    ):
        bodies[version.synthesis_id] = [part["text"] for part in version.content]
    for one in reports:
        yield Record(
            key=synthesis_key(one.id),
            kind="synthesis",
            title=f"{one.name} {one.movement.name}",
            body="\n".join(bodies[one.id]),
            number=one.number or None,
            date=(one.issued_on or one.renewed_at.date()).isoformat(),
            viewer_keys=tuple(sorted(subject_keys(subject_of(one)))),
            facets={"year": one.year},
        )


def difficulty_records(session: Session, ids: Collection[str]) -> Iterator[Record]:
    rows = session.scalars(select(Difficulty).where(Difficulty.id.in_(ids)).options(joinedload(Difficulty.unit)))
    for one in rows:
        yield Record(
            key=difficulty_key(one.id),
            kind="difficulty",
            title=f"{one.kind.label}, điểm {one.point} · {one.unit.name}",
            body="\n".join(filter(None, (one.text, one.proposal, one.answer))),
            date=(one.raised_at or one.created_at).date().isoformat(),
            viewer_keys=tuple(sorted(subject_keys(subject_of(one)))),
            facets={"unit": one.unit_id, "year": one.year},
        )


def announcement_records(session: Session, ids: Collection[str]) -> Iterator[Record]:
    """Of a withdrawn one only that it was withdrawn, and why: nobody should follow it any more."""
    for one in session.scalars(select(Announcement).where(Announcement.id.in_(ids))):
        gone = one.state is AnnouncementState.WITHDRAWN
        yield Record(
            key=announcement_key(one.id),
            kind="announcement",
            title=f"(Đã rút) {one.title}" if gone else one.title,
            body=one.withdrawal_reason if gone else one.text,
            date=(one.posted_at or one.created_at).date().isoformat(),
            viewer_keys=tuple(sorted(subject_keys(subject_of(one)))),
            facets={"year": one.year},
        )
