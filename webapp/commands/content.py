"""Commands about content: plan import, extract, put, search."""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from archive.errors import ArchiveError
from archive.extract import extract
from webapp.checklists import evidence
from webapp.checklists.evidence import Dates
from webapp.checklists.service import open_checklist
from webapp.commands.coverage import add_coverage
from webapp.commands.opening import finish_jobs, opened, say, unit_id_of, viewer_named
from webapp.commands.words import Commands
from webapp.core.errors import Invalid
from webapp.core.resources import Resources
from webapp.core.settings import Settings
from webapp.documents import service as documents
from webapp.documents.queries import list_duplicates
from webapp.documents.uploads import store_file
from webapp.find.asking import LONGEST, Asked
from webapp.find.queries import search_everything
from webapp.models import (
    Checklist,
    ChecklistItem,
    Criterion,
    Document,
    DocumentKind,
    DocumentVersion,
    Evidence,
    GroupUnit,
    ReadingStatus,
    TextReading,
    new_id,
)
from webapp.movement.queries import find_current_movement
from webapp.movement.reading import PlanReading, looks_like_a_plan, read_plan
from webapp.permissions import SYSTEM, Permission, Subject, Viewer, ensure
from webapp.plans.intake import take_in_plan


def add_commands(commands: Commands) -> None:
    commands.add("plan", "kế hoạch của phường", _plan_arguments)
    commands.add("extract", "đọc chữ của một tệp, hoặc đọc lại văn bản trong kho", _extract_arguments)
    commands.add("put", "tải tệp lên như một người dùng", _put_arguments)
    commands.add("search", "tìm như một người dùng", _search_arguments)


def _plan_arguments(plan: argparse.ArgumentParser) -> None:
    subs = plan.add_subparsers(dest="sub", required=True)
    command = subs.add_parser("import", help="đọc một kế hoạch; chỉ áp dụng khi có --apply")
    command.add_argument("file", type=Path)
    command.add_argument("--json", action="store_true")
    command.add_argument("--apply", action="store_true")
    command.set_defaults(run=plan_import)
    add_coverage(subs)


def _extract_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", type=Path, nargs="?")
    command.add_argument("--again", metavar="MÃ|failed", help="đọc lại một văn bản, hoặc mọi văn bản chưa đọc được")
    command.add_argument("--json", action="store_true")
    command.set_defaults(run=extract_file)


def _put_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("files", type=Path, nargs="+", metavar="FILE")
    command.add_argument("--as", dest="user", required=True, metavar="NGƯỜI")
    command.add_argument("--kind", default="evidence")
    command.add_argument("--unit", metavar="ĐƠN VỊ")
    command.add_argument("--criterion", metavar="III.1.đ")
    command.add_argument("--year", type=int)
    command.set_defaults(run=put)


def _search_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("query")
    command.add_argument("--as", dest="user", required=True, metavar="NGƯỜI")
    command.add_argument("--json", action="store_true")
    command.add_argument("--limit", type=int, default=10)
    for name in ("kind", "unit", "criterion", "theme"):
        command.add_argument(f"--{name}")
    command.add_argument("--year", type=int)
    command.set_defaults(run=search_as)


def plan_import(settings: Settings, arguments: argparse.Namespace) -> int:
    if not arguments.file.is_file():
        raise Invalid(f"Không có tệp {arguments.file}.")
    result = extract(arguments.file, filename=arguments.file.name)
    if result.status != "ok":
        raise Invalid(result.sentence)
    reading = read_plan("\f".join(result.pages))
    if fault := looks_like_a_plan(reading):
        raise Invalid(fault)
    if arguments.apply:
        with opened(settings) as resources, arguments.file.open("rb") as stream:
            take_in_plan(
                resources, actor=SYSTEM, now=resources.clock.now(), stream=stream, filename=arguments.file.name
            )
            finish_jobs(resources)
    if arguments.json:
        say(json.dumps(reading.to_dict(), ensure_ascii=False, indent=1))
    else:
        _tell_plan(reading, applied=arguments.apply)
    return 0


def _tell_plan(reading: PlanReading, *, applied: bool) -> None:
    say(f"{reading.kind or 'Văn bản'}: {reading.abstract or '(không đọc được trích yếu)'}")
    say(f"Số: {reading.number or '(để trống)'} · ngày: {reading.date or '(để trống)'} · {reading.issuer or ''}")
    say(f"Căn cứ: {len(reading.legal_bases)} · giai đoạn: {len(reading.phases)} · nội dung: {len(reading.themes)}")
    for group in reading.criteria_groups:
        say(f"Nhóm {group.code} {group.title}")
        for criterion in group.criteria:
            say(f"  {criterion.code}  {criterion.text[:100]}")
    for deadline in reading.deadlines:
        say(
            f"Thời hạn: {'trước' if deadline.exclusive else 'chậm nhất'} {deadline.day:02d}/{deadline.month:02d} ({deadline.point})"
        )
    say(f"Nơi nhận: {len(reading.recipients)}")
    for doubt in reading.doubts:
        say(f"Cần xem lại {doubt.where}: {doubt.what}")
    say("Đã áp dụng." if applied else "Chưa áp dụng; thêm --apply để áp dụng.")


def extract_file(settings: Settings, arguments: argparse.Namespace) -> int:
    if arguments.again:
        return _read_again(settings, arguments.again)
    if arguments.file is None:
        raise Invalid("Hãy cho biết tệp cần đọc, hoặc dùng --again.")
    if not arguments.file.is_file():
        raise Invalid(f"Không có tệp {arguments.file}.")
    result = extract(arguments.file, filename=arguments.file.name)
    if arguments.json:
        say(
            json.dumps(
                {
                    "status": str(result.status),
                    "sentence": result.sentence,
                    "text": result.text,
                    "pages": len(result.pages),
                    "metadata": result.metadata,
                    "ms": result.ms,
                },
                ensure_ascii=False,
            )
        )
    else:
        say(result.sentence)
        say(result.text)
    return 0 if result.status == "ok" else 1


def _read_again(settings: Settings, which: str) -> int:
    """Read one stored document again, or all whose text could not be read."""
    with opened(settings) as resources:
        now = resources.clock.now()
        with resources.db.unit_of_work() as session:
            query = select(Document.id).join(
                DocumentVersion,
                (DocumentVersion.document_id == Document.id) & (DocumentVersion.no == Document.current_no),
            )
            if which == "failed":
                query = query.join(TextReading, TextReading.version_id == DocumentVersion.id).where(
                    TextReading.status.not_in((ReadingStatus.OK, ReadingStatus.WAITING))
                )
            else:
                query = query.where(Document.id == which)
            ids = list(session.scalars(query))
            if not ids and which != "failed":
                raise Invalid(f"Không có văn bản “{which}”.")
            for document_id in ids:
                documents.retry_reading(session, actor=SYSTEM, now=now, document_id=document_id)
        finish_jobs(resources)
    say(f"Đã yêu cầu đọc lại {len(ids)} văn bản.")
    return 0


def put(settings: Settings, arguments: argparse.Namespace) -> int:
    try:
        kind = DocumentKind(arguments.kind)
    except ValueError as error:
        raise Invalid(f"Không có loại văn bản “{arguments.kind}”.") from error
    failed = 0
    with opened(settings) as resources:
        viewer = viewer_named(resources, arguments.user)
        batch = new_id()
        for path in arguments.files:
            try:
                document, sha256, size = _put_one(resources, viewer, path, kind, arguments, batch)
            except (Invalid, ArchiveError) as fault:
                failed += 1
                say(json.dumps({"name": path.name, "error": fault.sentence}, ensure_ascii=False))
                continue
            with resources.db.reading() as session:
                same = list_duplicates(session, [sha256], viewer=viewer)[sha256]
            other = next((one.id for one in same if one.id != document.id), None)
            line = {
                "name": path.name,
                "sha256": sha256,
                "size": size,
                "document_id": document.id,
                "duplicate_of": other,
            }
            say(json.dumps(line, ensure_ascii=False))
        finish_jobs(resources)
    if failed:
        raise Invalid(f"{failed} trong {len(arguments.files)} tệp chưa được lưu.")
    return 0


def _put_one(
    resources: Resources,
    viewer: Viewer,
    path: Path,
    kind: DocumentKind,
    arguments: argparse.Namespace,
    batch: str,
) -> tuple[Document, str, int]:
    if not path.is_file():
        raise Invalid(f"Không có tệp {path}.")
    now = resources.clock.now()
    year = arguments.year or now.astimezone(resources.settings.timezone).year
    with resources.db.reading() as session:
        unit_id = unit_id_of(session, arguments.unit) if arguments.unit else None
        movement = find_current_movement(session, viewer=viewer, year=year)
    movement_id = movement.id if movement else None
    ensure(viewer, Permission.DOCUMENT_ADD, Subject(kind="document", unit_id=unit_id, movement_id=movement_id))
    with path.open("rb") as stream:
        file = FileStorage(stream, filename=path.name)
        receipt = store_file(resources.store, file, max_size=resources.settings.max_upload)
    with resources.db.unit_of_work() as session:
        if arguments.criterion:
            if unit_id is None or movement_id is None:
                raise Invalid("--criterion cần --unit, và năm đó phải có phong trào.")
            item_id = _item_for(session, viewer, now, unit_id, movement_id, year, arguments.criterion)
            link = evidence.attach_file(
                session,
                actor=viewer,
                now=now,
                timezone=resources.settings.timezone,
                item_id=item_id,
                file=evidence.StoredFile(receipt, batch),
                dates=Dates(),
            )
            document_id = session.get_one(Evidence, link.evidence_id).document_id
            document = session.get_one(Document, document_id)
        else:
            document = documents.add_document(
                session,
                actor=viewer,
                now=now,
                new=documents.NewDocument(
                    receipt=receipt,
                    kind=kind,
                    unit_id=unit_id,
                    movement_id=movement_id,
                    year=year,
                    batch_id=batch,
                ),
            )
    return document, receipt.sha256, receipt.size


def _item_for(
    session: Session,
    viewer: Viewer,
    now: datetime,
    unit_id: str,
    movement_id: str,
    year: int,
    code: str,
) -> str:
    """The item of a criterion on the unit's checklist of the year; the checklist is made when absent."""
    criterion = session.scalar(
        select(Criterion).where(
            Criterion.movement_id == movement_id, Criterion.code == code, Criterion.retired_at.is_(None)
        )
    )
    if criterion is None:
        raise Invalid(f"Phong trào không có tiêu chí {code}.")
    if session.get(GroupUnit, (criterion.group_id, unit_id)) is None:
        raise Invalid(f"Đơn vị không thuộc nhóm của tiêu chí {code}.")
    checklist = open_checklist(session, actor=viewer, now=now, unit_id=unit_id, group_id=criterion.group_id, year=year)
    return session.scalars(
        select(ChecklistItem.id)
        .join(Checklist)
        .where(ChecklistItem.checklist_id == checklist.id, ChecklistItem.criterion_id == criterion.id)
    ).one()


def search_as(settings: Settings, arguments: argparse.Namespace) -> int:
    if arguments.limit < 1 or arguments.limit > 1000:
        raise Invalid("--limit phải từ 1 đến 1000.")
    with opened(settings) as resources:
        viewer = viewer_named(resources, arguments.user)
        with resources.db.reading() as session:
            filters = {
                name: str(value)
                for name in ("kind", "year", "criterion", "theme")
                if (value := getattr(arguments, name)) is not None
            }
            if arguments.unit:
                filters["unit"] = unit_id_of(session, arguments.unit)
            answer = search_everything(
                session,
                resources.index,
                Asked(text=arguments.query[:LONGEST], filters=filters),
                viewer=viewer,
                year=resources.clock.now().astimezone(resources.settings.timezone).year,
                per_page=arguments.limit,
            )
    hits = [
        {
            "key": found.hit.key,
            "title": found.hit.title,
            "snippet": found.hit.snippet,
            "score": found.hit.score,
            "kind": found.hit.kind,
            "page": found.hit.page,
        }
        for found in answer.found
    ]
    if arguments.json:
        say(
            json.dumps(
                {
                    "total": answer.total,
                    "hits": hits,
                    "remarks": list(answer.remarks),
                    "suggestion": answer.suggestion,
                },
                ensure_ascii=False,
            )
        )
    else:
        for remark in answer.remarks:
            say(f"({remark})")
        for number, hit in enumerate(hits, start=1):
            say(f"{number}. {hit['title']}\n   {hit['snippet']}")
        say(f"{answer.total} kết quả")
    return 0
