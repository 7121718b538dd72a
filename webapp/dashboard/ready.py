"""A clerk tells the head that something is finished: it waits on the head's home until it is handed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.audit import log_event
from webapp.core.days import ward_day
from webapp.core.errors import Invalid, NotFound
from webapp.models import Checklist, Difficulty, Initiative, Nomination, Notice, Role, ScoreSheet, UnitPaper
from webapp.notices.service import READY, people_of_units, tell
from webapp.permissions import Permission as P
from webapp.permissions import Viewer, can, ensure


@dataclass(frozen=True, slots=True)
class Ready:
    """A kind of thing that a clerk finishes and a head hands in: table, who sees and who writes it, page and name."""

    model: type[Any]
    seen: P
    permission: P
    page: str
    name: str


# By the word that begins the keys of its notices, which the slice ends when the thing is handed in.
KINDS = {
    "paper": Ready(UnitPaper, P.PAPER_READ, P.PAPER_EDIT, "/papers/{}/submit", "kế hoạch, báo cáo"),
    "checklist": Ready(Checklist, P.CHECKLIST_READ, P.CHECKLIST_EDIT, "/checklists/{}/submit", "phiếu tự kiểm"),
    "score": Ready(ScoreSheet, P.SHEET_READ, P.SHEET_WRITE, "/scores/sheets/{}/submit", "phiếu điểm"),
    "initiative": Ready(Initiative, P.INITIATIVE_READ, P.INITIATIVE_EDIT, "/initiatives/{}", "sáng kiến"),
    "difficulty": Ready(Difficulty, P.DIFFICULTY_READ, P.DIFFICULTY_EDIT, "/difficulties/{}", "khó khăn, đề nghị"),
    "nomination": Ready(Nomination, P.NOMINATION_READ, P.NOMINATION_EDIT, "/nominations/{}", "đề nghị khen thưởng"),
}


def tell_heads(session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, kind: str, key: str) -> str:
    """Tell the heads of the unit, once while it waits for them. Returns the page it leads to.

    Raises Invalid when the unit has no head who could hand it in.
    """
    if kind not in KINDS:
        raise NotFound
    ready = KINDS[kind]
    row = session.get(ready.model, key)
    if row is None or not can(actor, ready.seen, row):
        raise NotFound(kind=kind, key=key)
    ensure(actor, ready.permission, row)
    if row.unit_id is None:
        raise Invalid("Đề nghị này không của đơn vị nào; bên đề nghị tự trình.")
    today = ward_day(now, timezone)
    heads = people_of_units(session, {row.unit_id}, roles=(Role.HEAD,), now=now, today=today)[row.unit_id]
    if not heads - {actor.id or ""}:
        raise Invalid(
            "Đơn vị chưa có lãnh đạo có tài khoản để trình. Hãy nhờ quản trị hệ thống giao vai trò, hoặc báo cơ quan "
            "thường trực."
        )
    page = ready.page.format(key)
    name = getattr(row, "name", "") or getattr(row, "title", "") or f"{ready.name} {getattr(row, 'year', '')}".strip()
    if kind == "nomination":
        name = f"{ready.name} {row.called_within}"
    text = f"{actor.name} báo đã xong: {name}. Chờ bạn xem và trình."
    cause = f"{kind}:{key}{READY}"
    told = session.scalars(select(Notice).where(Notice.key.startswith(cause, autoescape=True))).all()
    waiting = {one.person_id for one in told if one.read_at is None}
    # Handed in, given back and finished again: it waits anew, under a key of its own.
    tell(
        session, now=now, timezone=timezone, people=heads - {actor.id or ""} - waiting,
        key=f"{cause}{len(told)}", text=text, link=page,
    )  # fmt: skip
    log_event(session, actor, now, "notices.ready", row, {})
    return page
