"""Compare the catalogue with what the archive's manifests say of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

import archive
from archive.errors import BadManifest, NotStored
from webapp.models import RecordManifest
from webapp.records.catalogue import KINDS, record_name, split_name
from webapp.records.keep import VOID, change_of, last_manifests, log_end, may_be_uncommitted
from webapp.records.rebuild import read_manifests
from webapp.records.snapshot import digest_of, snapshots

CHUNK = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """`unkept`: no manifest yet; `unsettled`: of a transaction that never came, or came a moment ago. The worker sees to
    both; the others are wrong."""

    kind: Literal["unkept", "unsettled", "differs", "no-manifest", "no-record", "unknown-manifest"]
    record: str
    detail: str

    @property
    def is_harmless(self) -> bool:
        return self.kind in ("unkept", "unsettled")


def _change_id(manifest: archive.Manifest) -> str:
    change = change_of(manifest)
    return change["id"] if change else ""


def _unknown_changes(session: Session, store: archive.Store) -> set[str]:
    """Ids of changes this session does not know that may be uncommitted, or were committed since it began."""
    known = set(session.scalars(select(RecordManifest.change_id).distinct()))
    unknown: dict[str, dict[str, Any]] = {}
    void = set()
    for manifest in store.manifests(damaged=[]):
        if manifest.record_id.startswith(VOID):
            void.add(manifest.record_id.removeprefix(VOID))
        elif (change := change_of(manifest)) and change["id"] not in known:
            unknown[change["id"]] = change
    with Session(session.get_bind()) as fresh:
        end = log_end(fresh)
        since = set(fresh.scalars(select(RecordManifest.change_id).where(RecordManifest.change_id.in_(unknown))))
    return {one for one, change in unknown.items() if one in since or may_be_uncommitted(change, end)} - void


def differences(session: Session, store: archive.Store) -> Iterator[Difference]:
    """Every record of the catalogue against its newest manifest, and every manifest against the catalogue."""
    named: set[str] = set()
    for kind in KINDS:
        ids = list(session.scalars(select(kind.key).order_by(kind.key)))
        for start in range(0, len(ids), CHUNK):
            part = ids[start : start + CHUNK]
            last = last_manifests(session, [record_name(kind.name, identity) for identity in part])
            for identity, rows in snapshots(session, kind, part).items():
                name = record_name(kind.name, identity)
                named.add(name)
                if name not in last:
                    if kind.name == "retention":
                        continue  # as the migration set them; kept once the worker has started
                    yield Difference("unkept", name, "Chưa có bản kê trong kho; tiến trình nền sẽ ghi.")
                    continue
                if last[name].rows_sha256 != digest_of(rows):
                    yield Difference("differs", name, "Danh mục khác với bản kê trong kho.")
                try:
                    store.manifest(name, last[name].no)
                except (NotStored, BadManifest):
                    yield Difference("no-manifest", name, f"Thiếu bản kê số {last[name].no} trong kho.")
    query = select(RecordManifest.record, RecordManifest.no, RecordManifest.rows_sha256)
    listed = {(row.record, row.no): row.rows_sha256 for row in session.execute(query)}
    strange = _unknown_changes(session, store)
    for manifest in store.manifests(damaged=[]):
        if _change_id(manifest) in strange:
            yield Difference(
                "unsettled", manifest.record_id, "Thuộc một thay đổi chưa bao giờ hoàn tất, hoặc vừa mới ghi."
            )
    found = read_manifests(one for one in store.manifests(damaged=[]) if _change_id(one) not in strange)
    for entry in found.listed:
        rows_sha256 = listed.get((entry["record"], entry["no"]))
        if rows_sha256 is None:
            yield Difference(
                "unknown-manifest", entry["record"], f"Kho có bản kê số {entry['no']} mà danh mục không biết."
            )
        elif rows_sha256 != entry["rows_sha256"]:
            yield Difference("differs", entry["record"], f"Bản kê số {entry['no']} không như danh mục ghi.")
    for name in sorted(found.foreign):
        yield Difference("unknown-manifest", name, "Bản kê do phiên bản mới hơn của chương trình ghi.")
    for name in sorted(found.newest.keys() - named):
        if split_name(name)[0] in {kind.name for kind in KINDS}:
            yield Difference("no-record", name, "Kho có bản kê nhưng danh mục không có hồ sơ này.")
