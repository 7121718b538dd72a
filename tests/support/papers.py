"""Verbs for plans, reports and duties, on top of a small ward."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from sqlalchemy import select

from tests.support.ward import Ward
from webapp.duties import service as duties
from webapp.models import Duty, PaperKind, PaperPart, UnitPaper
from webapp.permissions import SYSTEM
from webapp.submissions import commenting
from webapp.submissions import service as submissions


def make_duties(ward: Ward, year: int = 2026) -> int:
    """The rules of the plan, once, and the duties of a year."""
    with ward.work() as session:
        with suppress(duties.Invalid):
            duties.start_rules(session, actor=SYSTEM, now=ward.now, movement_id=ward.movement_id)
        return duties.make_duties(session, actor=SYSTEM, now=ward.now, movement_id=ward.movement_id, year=year)


def duty_of(ward: Ward, unit: str, paper: PaperKind = PaperKind.ANNUAL, year: int = 2026) -> Duty:
    with ward.db.reading() as session:
        return session.scalars(
            select(Duty).where(Duty.unit_id == ward.units[unit], Duty.paper == paper, Duty.year == year)
        ).one()


def open_paper(
    ward: Ward, username: str, unit: str, kind: PaperKind = PaperKind.ANNUAL, year: int = 2026, *, copy: bool = False
) -> UnitPaper:
    with ward.work() as session:
        return submissions.open_paper(
            session,
            actor=ward.viewer(username),
            now=ward.now,
            movement_id=ward.movement_id,
            unit_id=ward.units[unit],
            kind=kind,
            year=year,
            from_last_year=copy,
        )


def parts_of(ward: Ward, paper: UnitPaper) -> list[PaperPart]:
    with ward.db.reading() as session:
        query = select(PaperPart).where(PaperPart.paper_id == paper.id).order_by(PaperPart.position)
        return list(session.scalars(query))


def write(ward: Ward, username: str, paper: UnitPaper, texts: Mapping[int | str, str]) -> None:
    """Write parts, named by place or code."""
    for part in parts_of(ward, paper):
        for name in (part.position, part.code):
            if name in texts:
                with ward.work() as session:
                    submissions.save_part(
                        session,
                        actor=ward.viewer(username),
                        now=ward.now,
                        paper_id=paper.id,
                        part_id=part.id,
                        revision=part.revision,
                        text=texts[name],
                    )


def submit(ward: Ward, username: str, paper: UnitPaper) -> None:
    _move(ward, "submit_paper", username, paper)


def accept(ward: Ward, username: str, paper: UnitPaper) -> None:
    _move(ward, "accept_paper", username, paper)


def give_back(ward: Ward, username: str, paper: UnitPaper, reason: str = "thiếu số liệu") -> None:
    _move(ward, "return_paper", username, paper, reason=reason)


def _move(ward: Ward, verb: str, username: str, paper: UnitPaper, **more: str) -> None:
    with ward.work() as session:
        getattr(submissions, verb)(
            session,
            actor=ward.viewer(username),
            now=ward.now,
            timezone=ward.resources.settings.timezone,
            paper_id=paper.id,
            **more,
        )


def comment(ward: Ward, username: str, paper: UnitPaper, text: str, quote: str = "") -> None:
    """A remark on the first part."""
    first = parts_of(ward, paper)[0]
    with ward.work() as session:
        commenting.comment_on(
            session,
            actor=ward.viewer(username),
            now=ward.now,
            timezone=ward.resources.settings.timezone,
            paper_id=paper.id,
            part=(first.kind, first.code),
            quote=quote,
            text=text,
        )
