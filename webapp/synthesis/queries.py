"""Reading the office's reports: the office sees what it writes, everybody else what was fixed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.core.errors import NotFound
from webapp.models import Duty, PaperKind, Synthesis, SynthesisParagraph, SynthesisVersion
from webapp.permissions import Permission, Viewer, ensure
from webapp.permissions.scopes import readable_syntheses
from webapp.synthesis.rules import KINDS


def get_synthesis(session: Session, synthesis_id: str, *, viewer: Viewer) -> Synthesis:
    """With its movement and the office's unit."""
    found = session.scalar(
        select(Synthesis)
        .where(Synthesis.id == synthesis_id, readable_syntheses(viewer))
        .options(joinedload(Synthesis.movement), joinedload(Synthesis.office))
    )
    if found is None:
        raise NotFound(kind="synthesis", key=synthesis_id)
    return found


def list_syntheses(session: Session, *, viewer: Viewer) -> Sequence[Synthesis]:
    """The newest year first."""
    return session.scalars(
        select(Synthesis)
        .where(readable_syntheses(viewer))
        .options(joinedload(Synthesis.movement))
        .order_by(Synthesis.year.desc(), Synthesis.kind, Synthesis.created_at)
    ).all()


def list_kinds_due(session: Session, *, viewer: Viewer, movement_id: str, year: int) -> list[PaperKind]:
    """Reports that units owe in a year; the yearly one always."""
    asked = set(
        session.scalars(
            select(Duty.paper)
            .where(Duty.movement_id == movement_id, Duty.year == year, Duty.cancelled_at.is_(None))
            .distinct()
        )
    )
    return [kind for kind in KINDS if kind is PaperKind.ANNUAL or kind in asked]


def list_paragraphs(session: Session, synthesis: Synthesis, *, viewer: Viewer) -> Sequence[SynthesisParagraph]:
    """What the office is writing, in the order of the report. Raises Refused for readers."""
    ensure(viewer, Permission.SYNTHESIS_WRITE, synthesis)
    return session.scalars(
        select(SynthesisParagraph)
        .where(SynthesisParagraph.synthesis_id == synthesis.id)
        .options(joinedload(SynthesisParagraph.saver))
        .order_by(SynthesisParagraph.position)
    ).all()


def list_versions(session: Session, synthesis: Synthesis, *, viewer: Viewer) -> Sequence[SynthesisVersion]:
    """Fixed versions, the newest first. `synthesis` is one the viewer may see."""
    return session.scalars(
        select(SynthesisVersion)
        .where(SynthesisVersion.synthesis_id == synthesis.id)
        .options(joinedload(SynthesisVersion.fixer))
        .order_by(SynthesisVersion.no.desc())
    ).all()


def get_version(session: Session, synthesis: Synthesis, no: int, *, viewer: Viewer) -> SynthesisVersion:
    """One of them. `synthesis` is one the viewer may see."""
    found = session.scalar(
        select(SynthesisVersion).where(SynthesisVersion.synthesis_id == synthesis.id, SynthesisVersion.no == no)
    )
    if found is None:
        raise NotFound(kind="synthesis", key=synthesis.id)
    return found
