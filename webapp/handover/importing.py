"""Take a bag back: checked whole before anything is written, compared with what is there, then all of it or nothing."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

import archive
from archive.errors import NotStored
from archive.manifest import Manifest, canonical
from webapp.audit import Thing, log_event
from webapp.core.errors import Busy, Invalid
from webapp.core.resources import Resources
from webapp.handover.backup import Teller, silent
from webapp.handover.bag import BadBag, Bag, check_bag
from webapp.handover.restore import manifest_of
from webapp.jobs.index import all_keys
from webapp.jobs.outbox import enqueue
from webapp.models import AuditHead, Base, JobKind, RecordManifest
from webapp.permissions import SYSTEM
from webapp.records.catalogue import BY_NAME, RecordKind, record_name, split_name
from webapp.records.keep import VOID, change_of, keep, keep_by_hand
from webapp.records.rebuild import Found, Told, ask_for_reading, insert_records, is_empty, read_manifests
from webapp.records.snapshot import Rows, digest_of, snapshots, value_of

CHUNK = 200
_MANIFEST = re.compile(r"data/manifests/(\d{4}/\d{2})/([^/]+)", re.ASCII)
LABELS = {
    "unit": "đơn vị",
    "cluster": "cụm, khối",
    "person": "người dùng",
    "movement": "phong trào",
    "import": "lượt nhập kế hoạch",
    "retention": "thời hạn lưu trữ",
    "short_form": "chữ viết tắt",
    "letterhead": "tên, thể thức của phường",
    "award_title": "danh hiệu, hình thức khen thưởng",
    "award_value": "giá trị của danh mục khen thưởng",
    "holiday": "ngày nghỉ, ngày làm bù",
    "award_round": "đợt xét khen thưởng",
    "award_mark": "việc tạm dừng xét khen thưởng",
    "award_proposal": "tờ trình khen thưởng",
    "nomination": "đề nghị khen thưởng",
    "nomination_flag": "ý kiến về kết quả kiểm tra đề nghị khen thưởng",
    "nomination_stake": "khai báo có liên quan đến đề nghị khen thưởng",
    "nomination_section": "phần của báo cáo thành tích",
    "award_decision": "quyết định khen thưởng",
    "award": "dòng của quyết định khen thưởng",
    "inspection_programme": "chương trình kiểm tra",
    "inspection": "đoàn kiểm tra",
    "inspection_visit": "cuộc kiểm tra",
    "inspection_finding": "ghi nhận kiểm tra",
    "inspection_remedy": "việc phải khắc phục",
    "vote_rule": "quy tắc lấy phiếu",
    "document": "văn bản",
    "evidence": "minh chứng",
    "checklist": "phiếu tự kiểm",
    "initiative": "sáng kiến",
    "duty": "việc phải nộp",
    "paper": "kế hoạch, báo cáo",
    "paper_part": "mục của kế hoạch, báo cáo",
    "synthesis": "báo cáo tổng hợp",
    "synthesis_paragraph": "đoạn của báo cáo tổng hợp",
    "difficulty": "khó khăn, vướng mắc",
    "announcement": "hướng dẫn, thông báo",
    "announcement_reading": "xác nhận đã đọc thông báo",
    "rubric": "thang điểm",
    "score_round": "đợt chấm điểm",
    "score_sheet": "phiếu điểm",
    "score_entry": "điểm của tiêu chí",
    "score_change": "lần ghi điểm",
    "score_review": "ý kiến chấm thêm",
    "score_conflict": "khai báo không chấm",
    "indicator_set": "bộ chỉ số",
    "indicator_sheet": "phiếu chỉ số",
    "indicator_entry": "đánh giá chỉ số",
    "indicator_change": "lần ghi đánh giá chỉ số",
    "council": "Hội đồng",
    "meeting": "cuộc họp",
    "ballot": "phiếu biểu quyết",
}


@dataclass
class Contents:
    """A checked bag, read: every version of every record by month, the newest of each, where bytes lie by digest."""

    bag: Bag
    versions: dict[str, list[tuple[str, Manifest]]] = field(default_factory=lambda: defaultdict(list))
    newest: dict[str, Manifest] = field(default_factory=dict)
    void: list[tuple[str, Manifest]] = field(default_factory=list)
    originals: dict[str, Path] = field(default_factory=dict)

    def rows(self, name: str) -> Rows:
        rows: Rows = self.newest[name].data["rows"]
        return rows


@dataclass
class Report:
    """Counts by kind of record: what comes, what is there already, and what stands in the way."""

    new: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    conflicts: list[str] = field(default_factory=list)


class _Rehearsed(Exception):
    """Ends a transaction that was only to show whether the database takes the rows."""


def read_bag(folder: Path, *, tell: Teller = silent) -> Contents:
    """Check a bag and read what it says. Writes nothing anywhere. Raises BadBag."""
    bag = check_bag(folder, tell("Đang kiểm tra gói"))
    found = Contents(bag)
    for path, digest in bag.digests.items():
        if path.startswith("data/originals/"):
            found.originals[digest] = folder / path
        elif path.startswith("data/manifests/"):
            match = _MANIFEST.fullmatch(path)
            if match is None:
                raise BadBag(f"{path} không phải chỗ của một bản kê")
            month, name = match.groups()
            record_id, version, data = manifest_of(name, month, (folder / path).read_bytes())
            manifest = Manifest(record_id, version, data, folder / path)
            if record_id.startswith(VOID):
                found.void.append((month, manifest))
                continue
            _check_manifest(manifest)
            found.versions[record_id].append((month, manifest))
            if record_id not in found.newest or found.newest[record_id].version < version:
                found.newest[record_id] = manifest
    if not found.newest:
        raise BadBag("không có bản kê hồ sơ nào, chỉ để xem")
    for name, manifest in found.newest.items():
        for row in manifest.data["rows"].get("document_version", ()):
            if row["sha256"] not in found.originals:
                raise BadBag(f"thiếu bản gốc {row['sha256']} của {name}")
    return found


def _check_manifest(manifest: Manifest) -> None:
    """That its rows are those of the record it names, with columns that manifests may hold, of their types."""
    name, identity = split_name(manifest.record_id)
    kind, rows = BY_NAME.get(name), manifest.data.get("rows")
    if change_of(manifest) is None or kind is None or manifest.data.get("kind") != name or not isinstance(rows, dict):
        raise BadBag(f"bản kê {manifest.path.name} không phải của chương trình này")
    try:
        fine = all(_is_row_of(kind, identity, table, row) for table, content in rows.items() for row in content)
        root = rows[kind.table.name]
        fine = fine and len(root) == 1 and root[0][kind.key.name] == identity
    except (KeyError, ValueError, TypeError, AttributeError):
        fine = False
    if not fine:
        raise BadBag(f"bản kê {manifest.path.name} có dòng không hợp lệ")


def _is_row_of(kind: RecordKind, identity: str, name: str, row: dict[str, Any]) -> bool:
    table = Base.metadata.tables[name]
    for column, value in row.items():
        if column in table.c:
            value_of(table.c[column], value)
    if name == kind.table.name:
        return not kind.omitted & row.keys()
    (part,) = [part for part in kind.parts if part.table.name == name]
    return part.via is not None or row[part.link] == identity


def take_in(resources: Resources, contents: Contents, *, check_only: bool = False, tell: Teller = silent) -> Report:
    """Bring in what is not there yet. With `check_only`, or when something stands in the way (see the report's
    conflicts), nothing is written. Raises Invalid for rows the database does not take."""
    store, db = resources.store, resources.db
    with db.reading() as session:
        report = _compare(session, store, contents)
    new = _names_of(report, contents)
    if report.conflicts or not new:
        return report
    try:
        with db.unit_of_work() as session:
            _insert(session, contents, new)
            raise _Rehearsed
    except _Rehearsed:
        pass
    except DBAPIError as error:
        raise _not_taken(error) from error
    if check_only:
        return report
    _put(store, contents, new, tell("Đang đưa tệp vào kho"))
    with db.reading() as session:
        known = set(session.scalars(select(RecordManifest.change_id).distinct()))
    _put_manifests(store, contents, new, known)
    counted = read_manifests(store.manifests(damaged=[])).newest
    try:
        with db.unit_of_work() as session:
            session.execute(select(AuditHead.seq).where(AuditHead.id == 1).with_for_update())
            if _names_of(_compare(session, store, contents), contents) != new:
                raise Busy
            _take_rows(resources, session, contents, new, counted, tell("Đang ghi danh mục"))
    except DBAPIError as error:
        raise _not_taken(error) from error
    return report


def _not_taken(error: DBAPIError) -> Invalid:
    said = str(error.orig or error).strip().splitlines()[0]
    return Invalid(f"Cơ sở dữ liệu không nhận hồ sơ của gói, chưa nhập gì: {said}")


def _take_rows(
    resources: Resources,
    session: Session,
    contents: Contents,
    new: set[str],
    counted: dict[str, Manifest],
    told: Told,
) -> None:
    now = resources.clock.now()
    before = all_keys(session)
    _insert(session, contents, new, told)
    event = log_event(
        session,
        SYSTEM,
        now,
        "catalogue.import",
        Thing("system", "catalogue"),
        {"total": len(new), "from": contents.bag.info.get("Kho-Audit-Head", "").partition(" ")[2]},
    )
    # A manifest counts only with all others of its change, and not all came along: these records are written anew.
    alone: dict[str, set[str]] = defaultdict(set)
    for name in new:
        if name not in counted or counted[name].version != contents.newest[name].version:
            kind, identity = split_name(name)
            alone[kind].add(identity)
    keep(session, resources.store, alone, now=now, events=[event])
    listed = [
        {
            "record": name,
            "no": manifest.version,
            "rows_sha256": digest_of(manifest.data["rows"]),
            "change_id": manifest.data["change"]["id"],
            "written_at": datetime.fromisoformat(manifest.data["change"]["at"]),
        }
        for name in sorted(new)
        for _, manifest in contents.versions[name]
    ]
    for start in range(0, len(listed), CHUNK):
        session.execute(insert(RecordManifest), listed[start : start + CHUNK])
    ask_for_reading(session, now=now)
    enqueue(session, JobKind.INDEX, sorted(all_keys(session) - before), now=now)


def _names_of(report: Report, contents: Contents) -> set[str]:
    return {name for name in contents.newest if report.new.get(name)}


def _compare(session: Session, store: archive.Store, contents: Contents) -> Report:
    """Each record of the bag with that of the house. `new` and `known` are counted by the record's name."""
    report = Report()
    empty = is_empty(session)
    for kind in BY_NAME.values():
        ids = sorted(identity for name, identity in map(split_name, contents.newest) if name == kind.name)
        for start in range(0, len(ids), CHUNK):
            there = snapshots(session, kind, ids[start : start + CHUNK])
            for identity in ids[start : start + CHUNK]:
                name = record_name(kind.name, identity)
                if identity not in there:
                    report.new[name] += 1
                elif _same(there[identity], contents.rows(name)):
                    report.known[name] += 1
                elif kind.name == "retention" and empty:
                    report.new[name] += 1  # what a new house starts with is nobody's decision
                else:
                    report.conflicts.append(f"{LABELS[kind.name]} {identity}: kho đã có, với nội dung khác")
    report.conflicts += _taken(session, contents, report)
    for name in _names_of(report, contents):
        for _, manifest in contents.versions[name]:
            try:
                path = store.manifest(name, manifest.version).path
            except NotStored:
                continue
            if path.read_bytes() != manifest.path.read_bytes():
                report.conflicts.append(f"bản kê {manifest.path.name}: kho đã có, với nội dung khác")
    return report


def _same(one: Rows, other: Rows) -> bool:
    return digest_of(one) == digest_of(other) or canonical(_sorted(one)) == canonical(_sorted(other))


def _sorted(rows: Rows) -> dict[str, Any]:
    return {name: sorted(content, key=lambda row: canonical(row)) for name, content in rows.items()}


def _taken(session: Session, contents: Contents, report: Report) -> Iterator[str]:
    """Codes and names that another record of the house has."""
    for kind in BY_NAME.values():
        columns = [column for column in kind.table.c if column.unique]
        roots = [
            contents.rows(name)[kind.table.name][0]
            for name in _names_of(report, contents)
            if split_name(name)[0] == kind.name
        ]
        for column in columns:
            values = sorted({row[column.name] for row in roots})
            for start in range(0, len(values), CHUNK):
                found = session.scalars(select(column).where(column.in_(values[start : start + CHUNK])))
                for value in found:
                    yield f"{LABELS[kind.name]} “{value}”: kho đã có, là một hồ sơ khác"


def _insert(session: Session, contents: Contents, new: set[str], told: Told = lambda done, total: None) -> None:
    """The newest rows of the new records. Raises Invalid when a row refers to what neither bag nor house has."""
    keep_by_hand(session)
    if missing := sorted(_missing_parents(session, contents, new)):
        raise Invalid(
            f"Gói thiếu {len(missing)} dòng mà hồ sơ nhắc đến (đầu tiên: {missing[0]}); "
            "hãy nhập vào kho có sẵn các dòng đó, hoặc kết xuất lại bằng “kho export”."
        )
    found = Found(newest={name: contents.newest[name] for name in new if split_name(name)[0] != "retention"})
    for name in new - found.newest.keys():
        (row,) = contents.rows(name)["retention_class"]
        table = Base.metadata.tables["retention_class"]
        session.execute(sa.delete(table).where(table.c.kind == value_of(table.c.kind, row["kind"])))
        session.execute(insert(table), [{key: value_of(table.c[key], value) for key, value in row.items()}])
    insert_records(session, found, told=told)


def _missing_parents(session: Session, contents: Contents, new: set[str]) -> Iterator[str]:
    """Rows that new rows refer to and that neither come along nor are there."""
    coming: dict[str, set[Any]] = defaultdict(set)
    wanted: dict[Column[Any], dict[Any, str]] = defaultdict(dict)
    for name in new:
        for table_name, rows in contents.rows(name).items():
            table = Base.metadata.tables[table_name]
            coming[table_name] |= {row["id"] for row in rows if "id" in row}
            for key in table.foreign_keys:
                wanted[key.column] |= {row.get(key.parent.name): f"{table_name}.{key.parent.name}" for row in rows}
    for column, values in wanted.items():
        left = sorted(values.keys() - coming[column.table.name] - {None})
        for start in range(0, len(left), CHUNK):
            part = left[start : start + CHUNK]
            there = set(session.scalars(select(column).where(column.in_(part))))
            yield from (f"{values[value]} = {value}" for value in part if value not in there)


def _put(store: archive.Store, contents: Contents, new: set[str], told: Told) -> None:
    digests = sorted({row["sha256"] for name in new for row in contents.rows(name).get("document_version", ())})
    for number, digest in enumerate(digests, start=1):
        with contents.originals[digest].open("rb") as stream:
            if store.put(stream).sha256 != digest:
                raise BadBag(f"bản gốc {digest} vừa bị thay đổi")
        told(number, len(digests))


def _put_manifests(store: archive.Store, contents: Contents, new: set[str], known: set[str]) -> None:
    """Byte for byte, under their months. A change that the house knows is not declared void by a bag."""
    months: dict[str, list[tuple[str, int, dict[str, Any]]]] = defaultdict(list)
    for month, manifest in contents.void:
        if manifest.data.get("void") not in known:
            months[month].append((manifest.record_id, manifest.version, manifest.data))
    for name in sorted(new):
        for month, manifest in contents.versions[name]:
            months[month].append((name, manifest.version, manifest.data))
    for month, entries in sorted(months.items()):
        year, _, number = month.partition("/")
        for start in range(0, len(entries), CHUNK):
            store.put_manifests(entries[start : start + CHUNK], datetime(int(year), int(number), 1, tzinfo=UTC))
