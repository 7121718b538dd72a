"""Check the chain in the database, and write it out for others to check."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.audit.chain import FIRST_HASH, is_digest, link
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
    prev, seq, promised = FIRST_HASH, 0, 0
    while True:
        events = select(AuditEvent).where(AuditEvent.seq > seq).order_by(AuditEvent.seq)
        for event in session.scalars(events.execution_options(yield_per=1000)):
            seq += 1
            if event.seq != seq:
                yield f"Thiếu lượt ghi số {seq}."
                seq = event.seq
            # Hashed on what was seen last, never on what the row itself says of it: that text may be anything.
            if event.prev_hash != prev or event.hash != link(prev, event.body):
                yield f"Lượt ghi số {event.seq} không khớp chuỗi băm."
            if not _repeats_body(event):
                yield f"Lượt ghi số {event.seq} khác nội dung đã băm."
            prev = event.hash if is_digest(event.hash) else FIRST_HASH
        head = session.execute(select(AuditHead.seq, AuditHead.hash)).one_or_none()
        # A head further on may only mean that people go on working: read what came meanwhile.
        if head is None or head.seq <= seq or seq < promised:
            break
        promised = head.seq
    if head is None or tuple(head) != (seq, prev):
        yield "Đầu chuỗi nhật ký không khớp lượt ghi cuối cùng."


def _repeats_body(event: AuditEvent) -> bool:
    """Whether the columns say what the hashed text says."""
    body = _body(event)
    return (event.actor_id or "", event.object_unit_id or "") == (body.get("actor"), body.get("object_unit")) and all(
        getattr(event, column) == body.get(key) for column, key in REPEATED.items()
    )


def _body(event: AuditEvent) -> dict[str, object]:
    try:
        body = json.loads(event.body)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def export_chain(session: Session, target: Path) -> tuple[int, str]:
    """Write the log as JSON lines to `target`, the head on the last line, and the checker beside it.

    The head is the one the database keeps, so that events cut off its end are missed by whoever checks the file.
    Returns the head's number and hash.
    """
    count, head = session.execute(select(AuditHead.seq, AuditHead.hash)).one_or_none() or (0, FIRST_HASH)
    events = select(AuditEvent).where(AuditEvent.seq <= count).order_by(AuditEvent.seq)
    with target.open("w", encoding="utf-8") as file:
        for event in session.scalars(events.execution_options(yield_per=1000)):
            file.write(json.dumps({"body": event.body, "hash": event.hash}, ensure_ascii=False) + "\n")
        file.write(json.dumps({"head": {"seq": count, "hash": head}}) + "\n")
    with as_file(files("webapp.audit") / "audit_verify.py") as checker:
        beside = target.parent / "audit_verify.py"
        if not beside.exists():
            shutil.copyfile(checker, beside)
    return count, head
