"""Check the chain in the database, and write it out for others to check."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.audit.chain import FIRST_HASH, link
from webapp.models import AuditEvent, AuditHead

# Columns that repeat a part of the hashed body, with the body's key.
REPEATED = {
    "at": "at",
    "actor_name": "actor_name",
    "action": "action",
    "outcome": "outcome",
    "object_kind": "object_kind",
    "object_id": "object_id",
    "reason": "reason",
    "details": "details",
}


def verify_chain(session: Session) -> Iterator[str]:
    """A sentence in Vietnamese for each fault; nothing when the chain is whole."""
    prev, seq = FIRST_HASH, 0
    events = select(AuditEvent).order_by(AuditEvent.seq).execution_options(yield_per=1000)
    for event in session.scalars(events):
        seq += 1
        if event.seq != seq:
            yield f"Thiếu sự việc số {seq}."
            seq = event.seq
        if event.prev_hash != prev or event.hash != link(event.prev_hash, event.body):
            yield f"Sự việc số {event.seq} không khớp chuỗi băm."
        body = json.loads(event.body)
        if any(getattr(event, column) != body.get(key) for column, key in REPEATED.items()) or (
            (event.actor_id or "", event.object_unit_id or "") != (body.get("actor"), body.get("object_unit"))
        ):
            yield f"Sự việc số {event.seq} khác nội dung đã băm."
        prev = event.hash
    head = session.execute(select(AuditHead)).scalar_one_or_none()
    if head is None or (head.seq, head.hash) != (seq, prev):
        yield "Đầu chuỗi nhật ký không khớp sự việc cuối cùng."


def export_chain(session: Session, target: Path) -> tuple[int, str]:
    """Write the log as JSON lines to `target`, the head on the last line, and the checker beside it.

    Returns the number of events and the head's hash.
    """
    count, head = 0, FIRST_HASH
    with target.open("w", encoding="utf-8") as file:
        for event in session.scalars(select(AuditEvent).order_by(AuditEvent.seq).execution_options(yield_per=1000)):
            file.write(json.dumps({"body": event.body, "hash": event.hash}, ensure_ascii=False) + "\n")
            count, head = event.seq, event.hash
        file.write(json.dumps({"head": {"seq": count, "hash": head}}) + "\n")
    with as_file(files("webapp.audit") / "audit_verify.py") as checker:
        beside = target.parent / "audit_verify.py"
        if not beside.exists():
            shutil.copyfile(checker, beside)
    return count, head
