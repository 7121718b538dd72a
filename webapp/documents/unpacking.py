"""Files within a file (an archive, a letter, a PDF) become documents of their own, once somebody has seen the list and chosen."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from archive.errors import ArchiveError
from archive.extract import UnpackingFailed, unpack
from archive.naming import clean_filename
from webapp.core.errors import Invalid, KhoError
from webapp.core.resources import Resources
from webapp.documents import rules
from webapp.documents.service import NewDocument, add_document, current_version
from webapp.jobs.tasks import Progress, request_task
from webapp.models import (
    Document,
    DocumentRelation,
    DocumentVersion,
    Person,
    RelationKind,
    Task,
    TaskKind,
    TextReading,
    new_id,
)
from webapp.permissions import Permission, Viewer, ensure, load_viewer

NOT_AN_ARCHIVE = "Văn bản này không có tệp nào bên trong, hoặc chưa đọc xong danh sách tệp bên trong."


def list_entries(session: Session, version: DocumentVersion) -> list[dict[str, Any]]:
    """What the archive holds, as its reading said: name, size in bytes, and `refused` when an entry cannot be taken."""
    reading = session.scalar(
        select(TextReading).where(TextReading.version_id == version.id).options(undefer(TextReading.details))
    )
    entries = reading.details.get("entries") if reading is not None else None
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def request_unpacking(
    session: Session, *, actor: Viewer, now: datetime, document_id: str, names: Sequence[str]
) -> Task:
    """Have the chosen entries stored as documents beside the archive. Raises Invalid for names that are not in it."""
    document = session.get(Document, document_id)
    if document is None:
        raise Invalid(NOT_AN_ARCHIVE)
    ensure(actor, Permission.DOCUMENT_READ, document)
    ensure(actor, Permission.DOCUMENT_ADD, document)
    known = {entry["name"] for entry in list_entries(session, current_version(session, document))}
    if not known:
        raise Invalid(NOT_AN_ARCHIVE)
    if not names:
        raise Invalid({"names": "Hãy chọn ít nhất một tệp."})
    if not set(names) <= known:
        raise Invalid({"names": "Danh sách tệp đã thay đổi; hãy tải lại trang."})
    return request_task(
        session,
        actor=actor,
        now=now,
        kind=TaskKind.UNPACK,
        title=f"Tách {len(set(names))} tệp từ “{document.title}”",
        arguments={"document": document.id, "names": list(dict.fromkeys(names)), "batch": new_id(), "person": actor.id},
    )


def unpack_document(resources: Resources, arguments: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    """The task itself: `stored` documents under receipt `batch`, `refused` entries with a sentence each."""
    names, batch = list(arguments["names"]), str(arguments["batch"])
    with resources.db.reading() as session:
        document = session.get_one(Document, arguments["document"])
        version = current_version(session, document)
        viewer = _viewer(resources, session, str(arguments["person"]))
        ensure(viewer, Permission.DOCUMENT_ADD, document)
        # A worker that was killed half way does not store again what is there.
        present = Counter(session.scalars(select(DocumentVersion.filename).where(DocumentVersion.batch_id == batch)))
    stored, refused = present.total(), []
    with tempfile.TemporaryDirectory(prefix="kho-unpack-") as folder:
        try:
            entries = unpack(resources.store.path(version.sha256), names, folder, filename=version.filename)
        except UnpackingFailed as error:
            raise KhoError(error.sentence) from error
        for done, (name, entry) in enumerate(zip(names, entries, strict=True)):
            progress(done, len(names))
            if present[clean_filename(name)]:
                present[clean_filename(name)] -= 1
                continue
            fault = entry.sentence if entry.file is None else rules.file_fault(name, entry.size)
            if fault is None and entry.file is not None:
                try:
                    _store(resources, viewer, document, name, entry.file, batch)
                except (KhoError, ArchiveError) as error:
                    fault = error.sentence
                else:
                    stored += 1
                    continue
            refused.append({"name": name, "sentence": fault})
    progress(len(names), len(names))
    return {"stored": stored, "refused": refused, "batch": batch}


def _viewer(resources: Resources, session: Session, person_id: str) -> Viewer:
    """Whoever asked, with the grants of this moment."""
    person = session.get_one(Person, person_id)
    if person.disabled_at is not None:
        raise KhoError("Tài khoản của người yêu cầu đã bị khóa.")
    return load_viewer(session, person, now=resources.clock.now(), timezone=resources.settings.timezone)


def _store(resources: Resources, viewer: Viewer, archive_document: Document, name: str, path: Path, batch: str) -> None:
    with path.open("rb") as stream:
        receipt = resources.store.put(stream, filename=name, max_size=resources.settings.max_upload)
    now = resources.clock.now()
    with resources.db.unit_of_work() as session:
        document = add_document(
            session,
            actor=viewer,
            now=now,
            new=NewDocument(
                receipt=receipt,
                kind=archive_document.kind,
                unit_id=archive_document.unit_id,
                movement_id=archive_document.movement_id,
                year=archive_document.year,
                batch_id=batch,
                theme_id=archive_document.theme_id,
            ),
        )
        session.add(
            DocumentRelation(
                document_id=document.id,
                other_id=archive_document.id,
                kind=RelationKind.ANNEX_OF,
                created_by=viewer.id,
                created_at=now,
            )
        )
