"""Both sides sign the minutes: drawn on the screen, or on paper with the scan. A signature counts for the words signed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from archive import Receipt
from webapp.audit import log_event
from webapp.core.errors import Conflict, Invalid
from webapp.inspections import rules
from webapp.inspections.findings import keep_file
from webapp.inspections.minutes import Minutes, words_of
from webapp.inspections.rules import Moment
from webapp.inspections.visits import load_visit, signed_sides, tell_team, tell_unit
from webapp.models import (
    InspectionFinding,
    InspectionSignature,
    InspectionVisit,
    SignatureSide,
    VisitState,
)
from webapp.movement.working_days import load_working_days
from webapp.notices.service import settle
from webapp.permissions import Permission, Viewer, ensure

WIDTH, HEIGHT = 600, 200
MOST_STROKES, MOST_POINTS = 200, 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """How somebody signed: `drawing` as the page sent it (JSON), or the scan of the paper."""

    side: SignatureSide
    name: str
    post: str
    digest: str
    drawing: str = ""
    scan: Receipt | None = None


def read_drawing(text: str) -> list[list[int]]:
    """Strokes from JSON: lists of x, y, x, y… within the box. Raises Invalid for anything else."""
    fault = Invalid({"drawing": "Không đọc được chữ ký; hãy ký lại, hoặc chọn “ký bản giấy” và gửi bản chụp."})
    try:
        strokes = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise fault from error
    if not isinstance(strokes, list) or not 1 <= len(strokes) <= MOST_STROKES:
        raise fault
    for stroke in strokes:
        if not isinstance(stroke, list) or len(stroke) < 4 or len(stroke) % 2:
            raise fault
        if not all(type(one) is int for one in stroke):
            raise fault
        if not all(0 <= x <= WIDTH for x in stroke[::2]) or not all(0 <= y <= HEIGHT for y in stroke[1::2]):
            raise fault
    if sum(map(len, strokes)) > MOST_POINTS * 2:
        raise fault
    return strokes


def path_of(drawing: Sequence[Sequence[int]]) -> str:
    """The strokes as the `d` of an SVG path."""
    return " ".join(
        " ".join(f"{'L' if place else 'M'}{stroke[place]} {stroke[place + 1]}" for place in range(0, len(stroke), 2))
        for stroke in drawing
    )


def load_minutes(session: Session, visit: InspectionVisit, moment: Moment) -> Minutes:
    """What the minutes say now. One statement beside the visit's own."""
    findings = session.scalars(
        select(InspectionFinding)
        .where(InspectionFinding.visit_id == visit.id, InspectionFinding.removed_at.is_(None))
        .options(joinedload(InspectionFinding.criterion))
        .order_by(InspectionFinding.found_at, InspectionFinding.id)
    ).all()
    return Minutes(visit=visit, unit=visit.unit_name or visit.unit.name, findings=findings, zone=moment.timezone)


def sign_minutes(
    session: Session, *, actor: Viewer, moment: Moment, visit_id: str, signed: Signed
) -> InspectionSignature:
    """One side signs what it read (`digest`); with the second signature the minutes stand.

    Raises Conflict when the words changed since they were shown, Invalid by field.
    """
    visit = load_visit(session, visit_id)
    ensure(actor, Permission.VISIT_LEAD if signed.side is SignatureSide.TEAM else Permission.VISIT_SIGN, visit)
    if visit.state is not VisitState.MINUTED:
        raise Invalid("Chỉ ký được khi biên bản đã lập và chưa ký xong.")
    if signed.digest != rules.words_digest(words_of(load_minutes(session, visit, moment))):
        raise Conflict("Biên bản vừa thay đổi; hãy đọc lại rồi ký.")
    faults = {}
    if not signed.name.strip():
        faults["name"] = "Hãy ghi họ tên người ký."
    if not signed.post.strip():
        faults["post"] = "Hãy ghi chức vụ người ký."
    if not signed.drawing and signed.scan is None:
        faults["drawing"] = "Hãy ký vào khung, hoặc gửi bản chụp biên bản đã ký trên giấy."
    if faults:
        raise Invalid(faults)
    if signed.side in signed_sides(session, visit.id):
        raise Invalid(f"{signed.side.label} đã ký.")
    others = select(InspectionSignature.digest).where(
        InspectionSignature.visit_id == visit.id, InspectionSignature.void_at.is_(None)
    )
    if any(digest != signed.digest for digest in session.scalars(others)):
        raise Conflict("Lời biên bản không còn như bên kia đã ký; đoàn mở lại biên bản để hai bên ký lại.")
    scan = None
    if signed.scan is not None:
        scan = keep_file(session, actor=actor, now=moment.now, visit=visit, receipt=signed.scan, of_team=True)
    one = InspectionSignature(
        visit_id=visit.id,
        side=signed.side,
        name=signed.name.strip(),
        post=signed.post.strip(),
        drawing=read_drawing(signed.drawing) if signed.scan is None else None,
        document_id=scan.document_id if scan else None,
        digest=signed.digest,
        signed_by=actor.id,
        signed_at=moment.now,
    )
    session.add(one)
    session.flush()
    way = "giấy" if scan else "màn hình"
    log_event(session, actor, moment.now, "inspection-visit.sign", visit, {"side": one.side.value, "way": way})
    if signed_sides(session, visit.id) == set(SignatureSide):
        visit.state, visit.signed_on = VisitState.SIGNED, moment.today
        visit.report_by = load_working_days(session).after(moment.today, visit.inspection.days["report"])
        session.flush()
        settle(session, now=moment.now, causes=[f"visit:{visit.id}:minute"])
        until = f"{visit.report_by:%d/%m/%Y}"
        tell_team(session, moment, visit, "signed", f"Biên bản đã ký; báo cáo kết quả chậm nhất hết ngày {until}.")
    elif one.side is SignatureSide.TEAM:
        tell_unit(session, moment, visit, f"sign:{one.id}", "Đoàn đã ký biên bản; mời đơn vị ký.")
    return one
