"""Remarks on what a unit handed in, and dealing with them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.audit import log_event
from webapp.core.errors import Invalid, NotFound, Refused
from webapp.models import PaperComment, PaperVersion, PartKind
from webapp.permissions import Permission, Viewer, ensure
from webapp.submissions.service import load_paper, tell_unit


def comment_on(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    timezone: ZoneInfo,
    paper_id: str,
    part: tuple[PartKind, str],
    quote: str,
    text: str,
) -> PaperComment:
    """A remark on a passage of the latest submission."""
    paper = load_paper(session, paper_id)
    ensure(actor, Permission.PAPER_COMMENT, paper)
    version = session.scalars(
        select(PaperVersion).where(PaperVersion.paper_id == paper.id, PaperVersion.no == paper.version_no)
    ).one()
    kind, code = part
    said = next((one for one in version.content if (one["kind"], one["code"]) == (kind.value, code)), None)
    faults = {}
    if said is None:
        faults["part"] = "Văn bản không có mục này."
    elif quote.strip() and " ".join(quote.split()) not in " ".join(said["text"].split()):
        faults["quote"] = "Đoạn trích này không có trong mục đã chọn."
    if not text.strip():
        faults["text"] = "Hãy viết góp ý."
    if faults:
        raise Invalid(faults)
    comment = PaperComment(
        paper_id=paper.id,
        version_no=paper.version_no,
        part_kind=kind,
        part_code=code,
        quote=quote.strip(),
        text=text.strip(),
        author_id=actor.id,
        created_at=now,
    )
    session.add(comment)
    session.flush()
    log_event(session, actor, now, "paper.comment", paper, {"part": code or kind.value})
    if paper.unit_id not in actor.own_units:
        tell_unit(session, paper, f"comment:{comment.id}", f"Có góp ý mới cho {paper.name}.", now, timezone)
    return comment


def resolve_comment(session: Session, *, actor: Viewer, now: datetime, paper_id: str, comment_id: str) -> None:
    """The unit, or whoever wrote it, marks a remark as dealt with."""
    paper = load_paper(session, paper_id)
    ensure(actor, Permission.PAPER_COMMENT, paper)
    comment = session.get(PaperComment, comment_id)
    if comment is None or comment.paper_id != paper.id:
        raise NotFound(kind="paper", key=comment_id)
    if paper.unit_id not in actor.own_units and comment.author_id != actor.id:
        raise Refused("Chỉ đơn vị, hoặc người viết góp ý, được đánh dấu đã xử lý.")
    if comment.resolved_at is None:
        comment.resolved_at, comment.resolved_by = now, actor.id
        session.flush()
        log_event(session, actor, now, "paper.resolve", paper, {"part": comment.part_code or comment.part_kind.value})
