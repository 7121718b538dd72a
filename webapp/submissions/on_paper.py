"""A unit without an account brings its plan or report on paper: the standing office scans it and enters it for the unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import Receipt
from webapp.audit import log_event
from webapp.core.days import ward_day
from webapp.core.errors import Invalid
from webapp.models import PaperKind, PaperPart, PaperState, PaperVersion, Unit, UnitPaper
from webapp.permissions import SYSTEM, Permission, Subject, Viewer, ensure
from webapp.submissions.service import attach_file, open_paper, submit_paper

# Until when on that day it came; only the day is known.
NOON = time(12)


@dataclass(frozen=True, slots=True)
class OnPaper:
    """What lies on the office's desk: whose, which, of which year, its scan, the day it came."""

    movement_id: str
    unit_id: str
    kind: PaperKind
    year: int
    receipt: Receipt
    batch_id: str
    received_on: date | None


def enter_paper(session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, brought: OnPaper) -> UnitPaper:
    """Hand it in for the unit, marked as entered from paper; in time or late by the day it came.

    Raises Invalid by field; what the unit has begun to write itself is not touched.
    """
    if session.get(Unit, brought.unit_id) is None:
        raise Invalid({"unit_id": "Không có đơn vị này."})
    subject = Subject(kind="unit", id=brought.unit_id, unit_id=brought.unit_id, movement_id=brought.movement_id)
    ensure(actor, Permission.PAPER_ENTER, subject)
    if brought.received_on is None:
        raise Invalid({"received_on": "Hãy ghi ngày nhận bản giấy."})
    if brought.received_on > ward_day(now, timezone):
        raise Invalid({"received_on": "Ngày nhận không thể ở sau hôm nay."})
    paper = open_paper(
        session,
        actor=SYSTEM,
        now=now,
        movement_id=brought.movement_id,
        unit_id=brought.unit_id,
        kind=brought.kind,
        year=brought.year,
    )
    # What came on paper and was given back comes on paper again.
    again = paper.state is PaperState.RETURNED and _last_version(session, paper).received_on is not None
    if paper.state is not PaperState.DRAFT and not again:
        raise Invalid({"kind": f"{paper.name} của đơn vị này đang ở trạng thái “{paper.state.label}”."})
    written = session.scalars(select(PaperPart.text).where(PaperPart.paper_id == paper.id, PaperPart.text != ""))
    if not again and (paper.document_id is not None or written.first() is not None):
        raise Invalid(
            {"kind": "Đơn vị đang tự soạn văn bản này trên máy; hãy để đơn vị trình, hoặc trao đổi với đơn vị."}
        )
    attach_file(session, actor=SYSTEM, now=now, paper_id=paper.id, receipt=brought.receipt, batch_id=brought.batch_id)
    submit_paper(session, actor=SYSTEM, now=now, timezone=timezone, paper_id=paper.id)
    version = _last_version(session, paper)
    version.submitted_by, version.received_on = actor.id, brought.received_on
    if not again:
        came = datetime.combine(brought.received_on, NOON, timezone).astimezone(UTC)
        paper.first_submitted_at = min(came, now)
    session.flush()
    log_event(session, actor, now, "paper.enter", paper, {"received_on": brought.received_on.isoformat()})
    return paper


def _last_version(session: Session, paper: UnitPaper) -> PaperVersion:
    return session.scalars(
        select(PaperVersion).where(PaperVersion.paper_id == paper.id, PaperVersion.no == paper.version_no)
    ).one()
