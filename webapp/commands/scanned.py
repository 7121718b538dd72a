"""What a scanner dropped, made ready: the scan is stored as it came, what is made from it is told as derived."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from archive import Receipt, Store
from archive.extract import Mark, Prepared, ScanOptions, Status, prepare_scan
from archive.naming import clean_filename
from webapp.checklists.evidence import attach_existing
from webapp.commands.opening import unit_id_of
from webapp.core.errors import Invalid
from webapp.documents import service as documents
from webapp.documents.graph import relate_documents
from webapp.models import Checklist, ChecklistItem, Criterion, Document, DocumentKind, RelationKind
from webapp.movement.queries import find_current_movement
from webapp.permissions import Permission, Subject, Viewer, can, ensure


@contextmanager
def made_ready(path: Path, options: ScanOptions) -> Iterator[Prepared]:
    """The scan's derived parts, gone after the block; none when nothing is asked for or the file is no PDF."""
    if not options or path.suffix.lower() != ".pdf":
        yield Prepared(Status.OK)
        return
    with tempfile.TemporaryDirectory(prefix="kho-scan-") as folder:
        yield prepare_scan(path, folder=Path(folder), options=options)


def what_was_done(prepared: Prepared) -> str:
    """ "bỏ trang trắng 2, 4; xếp lại hai mặt"."""
    done = [f"bỏ trang trắng {', '.join(map(str, prepared.blank))}"] if prepared.blank else []
    done += ["xếp lại hai mặt"] if prepared.turned else []
    return "; ".join(done)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part belongs; `item_id` of the checklist that it is put under, if there is one that the actor may edit."""

    unit_id: str
    movement_id: str | None
    year: int
    criterion: str = ""
    item_id: str | None = None


def place_of(session: Session, mark: Mark, *, viewer: Viewer) -> Place:
    """Raises Invalid for a sheet that names what is not there, Refused where the viewer may add nothing."""
    unit_id = unit_id_of(session, mark.unit)
    movement = find_current_movement(session, viewer=viewer, year=mark.year)
    movement_id = movement.id if movement else None
    ensure(viewer, Permission.DOCUMENT_ADD, Subject(kind="document", unit_id=unit_id, movement_id=movement_id))
    if not mark.criterion:
        return Place(unit_id, movement_id, mark.year)
    known = select(Criterion.id).where(Criterion.movement_id == movement_id, Criterion.code == mark.criterion)
    if session.scalar(known) is None:
        raise Invalid(f"Tờ phân cách ghi tiêu chí “{mark.criterion}”, không có trong phong trào năm {mark.year}.")
    item = session.scalar(
        select(ChecklistItem)
        .join(Checklist, Checklist.id == ChecklistItem.checklist_id)
        .where(Checklist.unit_id == unit_id, Checklist.year == mark.year, ChecklistItem.criterion_id.in_(known))
        .options(joinedload(ChecklistItem.checklist))
    )
    may = item is not None and can(viewer, Permission.CHECKLIST_EDIT, item.checklist)
    return Place(unit_id, movement_id, mark.year, mark.criterion, item.id if item is not None and may else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A scan's parts, their bytes in the archive (`receipts`), where each belongs (None: where the scan does)."""

    prepared: Prepared
    receipts: Sequence[Receipt]
    places: Sequence[Place | None]

    @property
    def is_parted(self) -> bool:
        return any(self.places) or len(self.receipts) > 1


def put_parts(store: Store, prepared: Prepared, name: str, *, max_size: int) -> list[Receipt]:
    """Their bytes into the archive, named after the scan."""
    receipts = []
    for number, part in enumerate(prepared.parts, start=1):
        ending = f" - phần {number}" if len(prepared.parts) > 1 else " - đã sắp xếp"
        with part.path.open("rb") as stream:
            filename = clean_filename(f"{Path(name).stem}{ending}.pdf")
            receipts.append(store.put(stream, filename=filename, max_size=max_size))
    return receipts


def add_derived(
    session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, original: Document, ready: Ready
) -> list[str]:
    """Beside a scan that was just stored: a further version of it, or documents of their own linked to it. Answers with
    what a person still has to do."""
    done = what_was_done(ready.prepared)
    if not ready.is_parted:
        for receipt in ready.receipts:
            documents.add_version(
                session,
                actor=actor,
                now=now,
                document_id=original.id,
                receipt=receipt,
                reason=f"Bản dẫn xuất từ bản quét: {done}. Bản quét gốc là phiên bản trước.",
                revision=original.revision,
            )
        return []
    left = []
    for receipt, place in zip(ready.receipts, ready.places, strict=True):
        criterion = place.criterion if place else ""
        document = documents.add_document(
            session,
            actor=actor,
            now=now,
            new=documents.NewDocument(
                receipt=receipt,
                kind=DocumentKind.EVIDENCE if criterion else original.kind,
                unit_id=place.unit_id if place else original.unit_id,
                movement_id=place.movement_id if place else original.movement_id,
                year=place.year if place else original.year,
                batch_id=documents.current_version(session, original).batch_id,
                title=f"{Path(receipt.filename).stem}{f' ({criterion})' if criterion else ''}",
            ),
        )
        relate_documents(
            session, actor=actor, now=now, document_id=document.id, kind=RelationKind.RELATED, other=original.id
        )
        if place and place.item_id:
            choice = f"document:{document.id}"
            attach_existing(session, actor=actor, now=now, timezone=timezone, item_id=place.item_id, choice=choice)
        elif criterion:
            left.append(f"{receipt.filename}: chưa gắn vào tiêu chí {criterion}, đơn vị chọn từ kho ở phiếu tự kiểm")
    return left
