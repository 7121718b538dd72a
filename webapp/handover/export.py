"""Fill a bag: originals under readable names, the records' manifests as they are, a catalogue, a page, the log."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import archive
from archive.errors import BadManifest, NotStored
from webapp import __version__
from webapp.audit import Thing, log_event
from webapp.audit.verify import export_chain
from webapp.core.days import ward_day
from webapp.core.errors import Invalid
from webapp.core.resources import Resources
from webapp.handover.backup import Teller, silent
from webapp.handover.bag import BagWriter, check_bag
from webapp.handover.container import Told
from webapp.handover.letterhead import issuer_on
from webapp.handover.names import is_cut
from webapp.handover.places import new_folder, sync_tree
from webapp.handover.selection import Selection, select_all, select_part
from webapp.handover.sheet import (
    HEADINGS,
    SHORT_HEADINGS,
    SHORT_NAMES,
    Line,
    as_csv,
    index_page,
    lines_of,
    write_workbook,
)
from webapp.handover.tables import snapshot
from webapp.models import AuditEvent, AuditHead, RecordManifest
from webapp.permissions import SYSTEM
from webapp.permissions.scopes import readable_checklists, readable_events
from webapp.records.keep import VOID, keep_all

FORMAT = "khothidua-bag/1"
CHUNK = 500
EVENT_HEADINGS = ("Số", "Lúc (UTC)", "Người", "Việc", "Kết quả", "Văn bản", "Lý do", "SHA-256 của lượt ghi")


@dataclass(frozen=True, slots=True)
class Exported:
    """What is in the bag."""

    documents: int
    versions: int
    manifests: int
    size: int


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the house that a slice chose: what goes in, in words what it is, files written for it by path below
    data/."""

    chosen: Selection
    what: str
    files: Mapping[str, bytes]


def export_house(
    resources: Resources,
    target: Path,
    *,
    unit_id: str | None = None,
    year: int | None = None,
    document_ids: tuple[str, ...] = (),
    choose: Callable[[Session], Part] | None = None,
    tell: Teller = silent,
) -> Exported:
    """Make a bag of everything, or of a part with all its records need: of what `choose` says, or of unit, year and
    documents. For whoever runs the machine: asks no policy.

    Raises Invalid, and the archive's and system's errors; then there is no folder.
    """
    now = resources.clock.now()
    full = unit_id is None and year is None and not document_ids and choose is None
    with new_folder(target) as part:
        # Records of a house that is older than its manifests, before the worker came to them.
        keep_all(resources.db, resources.store, now=now)
        with resources.db.unit_of_work() as session:
            log_event(
                session,
                SYSTEM,
                now,
                "export.make",
                Thing("system", "export", unit_id),
                {"year": year, "total": len(document_ids) or None},
            )
        with snapshot(resources.db) as session:
            if choose is not None:
                picked = choose(session)
            elif full:
                picked = Part(select_all(session), "Toàn bộ kho", {})
            else:
                found = select_part(session, unit_id=unit_id, year=year, document_ids=document_ids)
                picked = Part(found, "Một phần của kho", {})
            exported = fill_bag(
                resources, session, part, picked.chosen, now=now, what=picked.what, files=picked.files, tell=tell
            )
        sync_tree(part)
    return exported


def fill_bag(
    resources: Resources,
    session: Session,
    folder: Path,
    chosen: Selection,
    *,
    now: datetime,
    what: str,
    files: Mapping[str, bytes] | None = None,
    tell: Teller = silent,
) -> Exported:
    """Write the bag into an empty folder and check it. `what` says in words what it holds; `files` go along as they are."""
    timezone = resources.settings.timezone
    viewer = chosen.viewer
    allowed = readable_checklists(viewer) if viewer is not None else None
    lines = lines_of(session, chosen.documents | chosen.carried, timezone=timezone, readable_checklists=allowed)
    bag = BagWriter(folder)
    manifests = _copy(resources.store, session, bag, chosen, lines, tell("Đang kết xuất"))
    shown = [line for line in lines if line.document_id in chosen.documents or not line.withdrawn]
    ward = issuer_on(session, ward_day(now, timezone)).name
    made = f"{ward} · kết xuất lúc {now.astimezone(timezone):%d/%m/%Y %H:%M}"
    bag.add("catalogue.csv", as_csv(HEADINGS, (line.cells() for line in shown)))
    cut = ((line.path, line.full_name) for line in shown if is_cut(line.path, line.full_name))
    bag.add(SHORT_NAMES, as_csv(SHORT_HEADINGS, cut))
    write_workbook(bag.data / "catalogue.xlsx", shown)
    bag.adopt("catalogue.xlsx")
    for path, content in (files or {}).items():
        bag.add(path, content)
    bag.add("index.html", index_page(shown, title=what, made=made))
    head = _add_log(session, bag, chosen)
    bag.close(
        [
            ("Source-Organization", ward),
            ("Bagging-Date", f"{now.astimezone(timezone):%Y-%m-%d}"),
            ("External-Description", f"{what}: {len(chosen.documents)} văn bản, {len(lines)} tệp"),
            ("Bag-Software-Agent", f"Kho Thi đua {__version__}"),
            ("Kho-Format", FORMAT),
            ("Kho-Scope", "full" if chosen.is_full else "part"),
            *([("Kho-Audit-Head", head)] if head else []),
        ]
    )
    check_bag(folder, tell("Đang kiểm tra gói"))
    documents = len({line.document_id for line in lines})
    return Exported(documents, len(lines), manifests, bag.size)


def _copy(
    store: archive.Store, session: Session, bag: BagWriter, chosen: Selection, lines: list[Line], told: Told
) -> int:
    listed = _listed(session, chosen)
    total, done = len(lines) + len(listed), 0
    told(0, total)
    for line in lines:
        try:
            with store.open(line.sha256) as stream:
                found = bag.add_stream(line.path, stream)
        except NotStored as error:
            raise Invalid(f"Kho thiếu tệp {line.sha256} (“{line.title}”). Hãy chạy “kho verify”.") from error
        if found != line.sha256:
            raise Invalid(f"Tệp {line.sha256} (“{line.title}”) trong kho đã bị thay đổi. Hãy chạy “kho verify”.")
        done += 1
        told(done, total)
    copied = 0
    for path in _manifest_files(store, listed, full=chosen.is_full):
        bag.add("manifests/" + "/".join(path.parts[-3:]), path.read_bytes())
        copied += 1
        told(min(done + copied, total), total)
    told(total, total)
    return copied


def _listed(session: Session, chosen: Selection) -> set[tuple[str, int]]:
    """(record, version) of the manifests that go along: all versions of each record."""
    names = select(RecordManifest.record, RecordManifest.no)
    if chosen.records is None:
        return {(row.record, row.no) for row in session.execute(names)}
    wanted = sorted(chosen.records)
    found: set[tuple[str, int]] = set()
    for start in range(0, len(wanted), CHUNK):
        rows = session.execute(names.where(RecordManifest.record.in_(wanted[start : start + CHUNK])))
        found |= {(row.record, row.no) for row in rows}
    if missing := chosen.records - {record_name for record_name, _ in found}:
        raise Invalid(
            f"Hồ sơ {min(missing)} chưa có bản kê trong kho. Hãy để tiến trình nền chạy một lúc rồi kết xuất lại."
        )
    return found


def _manifest_files(store: archive.Store, listed: set[tuple[str, int]], *, full: bool) -> Iterator[Path]:
    if not full:
        for name, no in sorted(listed):
            try:
                yield store.manifest(name, no).path
            except (NotStored, BadManifest) as error:
                raise _lacking(name, no) from error
        return
    missing = set(listed)
    for manifest in store.manifests(damaged=[]):
        key = (manifest.record_id, manifest.version)
        if key in listed or manifest.record_id.startswith(VOID):
            missing.discard(key)
            yield manifest.path
    if missing:
        raise _lacking(*min(missing))


def _lacking(name: str, no: int) -> Invalid:
    return Invalid(f"Kho thiếu hoặc hỏng bản kê {name} số {no}. Hãy chạy “kho verify” trước khi kết xuất.")


def _add_log(session: Session, bag: BagWriter, chosen: Selection) -> str:
    """The whole log with its checker, or what happened to the documents; returns the head of the chain in words.

    A person's bag names neither the head nor places in the log: the gaps between them would tell how much happens that
    this person may not see.
    """
    (bag.data / "audit").mkdir()
    if chosen.is_full:
        seq, digest = export_chain(session, bag.data / "audit" / "log.jsonl")
        bag.adopt("audit/log.jsonl")
        bag.adopt("audit/audit_verify.py")
        return f"{seq} {digest}"
    head = session.execute(select(AuditHead.seq, AuditHead.hash)).one()
    rows: list[Any] = []
    listed = sorted(chosen.documents)
    for start in range(0, len(listed), CHUNK):
        about = [AuditEvent.object_kind == "document", AuditEvent.object_id.in_(listed[start : start + CHUNK])]
        if chosen.viewer is not None:
            about.append(readable_events(chosen.viewer))
        rows += session.scalars(select(AuditEvent).where(*about))
    rows.sort(key=lambda event: event.seq)
    cells = (
        (one.seq, one.at, one.actor_name, one.action, one.outcome, one.object_id, one.reason, one.hash) for one in rows
    )
    if chosen.viewer is not None:
        own = ((number, *cell[1:-1], "") for number, cell in enumerate(cells, start=1))
        bag.add("audit/events.csv", as_csv(EVENT_HEADINGS, own))
        return ""
    bag.add("audit/events.csv", as_csv(EVENT_HEADINGS, cells))
    bag.add("audit/head.json", (json.dumps({"seq": head.seq, "hash": head.hash}) + "\n").encode())
    return f"{head.seq} {head.hash}"
