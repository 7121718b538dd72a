"""A plan taken in at one go: stored, read, applied. For commands and the demonstration; the pages let a person correct
the reading in between."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO

from sqlalchemy import select

from archive.extract import extract
from webapp.core.errors import Invalid
from webapp.core.resources import Resources
from webapp.documents.service import NewDocument, add_document, current_version
from webapp.jobs.read_text import keep_text
from webapp.models import DocumentKind, Movement, new_id
from webapp.movement import rules
from webapp.movement.reading import looks_like_a_plan, read_plan
from webapp.permissions import Viewer
from webapp.plans import service


def take_in_plan(
    resources: Resources, *, actor: Viewer, now: datetime, stream: BinaryIO, filename: str
) -> tuple[str, int]:
    """The movement's id and the number of its plan version; a plan of a known movement amends it, the very same
    plan once more changes nothing.

    Raises Invalid when the file cannot be read or is no plan; the stored bytes stay unreferenced then.
    """
    settings = resources.settings
    receipt = resources.store.put(stream, filename=filename, max_size=settings.max_upload)
    result = extract(resources.store.path(receipt.sha256), filename=receipt.filename)
    if result.status != "ok":
        raise Invalid({"file": result.sentence})
    reading = read_plan("\f".join(result.pages))
    if fault := looks_like_a_plan(reading):
        raise Invalid({"file": fault})
    if faults := rules.reading_faults(reading):
        raise Invalid(faults)
    with resources.db.unit_of_work() as session:
        movement_id = session.scalar(select(Movement.id).where(Movement.name == rules.movement_name(reading)))
        if movement_id and (same := service.find_same_version(session, movement_id, reading)):
            return movement_id, same.no
        document = add_document(
            session,
            actor=actor,
            now=now,
            new=NewDocument(
                receipt=receipt,
                kind=DocumentKind.PLAN,
                unit_id=None,
                movement_id=movement_id,
                year=now.astimezone(settings.timezone).year,
                batch_id=new_id(),
            ),
        )
        keep_text(session, current_version(session, document), result, now=now)
        started = service.start_import(session, actor=actor, now=now, document=document, movement_id=movement_id)
        version = service.apply_import(
            session,
            actor=actor,
            now=now,
            import_id=started.id,
            reading=reading,
            text=rules.plan_text(reading),
        )
        return version.movement_id, version.no
