"""Short forms for this ward: the public list with what the standing office added and without what it struck out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from search.short_forms import ShortForms, public_list
from search.vietnamese import word_forms
from webapp.audit import Thing, log_event
from webapp.core.errors import Invalid, NotFound
from webapp.models import ShortForm
from webapp.permissions import Permission, Viewer, ensure

LONGEST_SHORT, LONGEST_FULL = 20, 200
MOST = 500
Pair = tuple[str, str]


def list_short_forms(session: Session) -> Sequence[ShortForm]:
    """What the office said and did not take back, by short form."""
    rows = select(ShortForm).where(ShortForm.ended_at.is_(None))
    return session.scalars(rows.order_by(ShortForm.short, ShortForm.full)).all()


def short_forms_in_use(session: Session) -> ShortForms:
    rows = session.execute(
        select(ShortForm.short, ShortForm.full, ShortForm.struck)
        .where(ShortForm.ended_at.is_(None))
        .order_by(ShortForm.id)
    ).all()
    return _made(
        tuple((short, full) for short, full, struck in rows if not struck),
        tuple((short, full) for short, full, struck in rows if struck),
    )


@lru_cache(maxsize=8)
def _made(added: tuple[Pair, ...], struck: tuple[Pair, ...]) -> ShortForms:
    return ShortForms(added, struck)


def add_short_form(session: Session, *, actor: Viewer, now: datetime, short: str, full: str) -> ShortForm:
    """From now on either finds the other. Invalid for what cannot be a short form, or is one already."""
    row = _new(session, actor, now, short, full, struck=False)
    log_event(session, actor, now, "short-form.add", Thing("short-form", row.id), _told(row))
    return row


def strike_short_form(session: Session, *, actor: Viewer, now: datetime, short: str, full: str) -> ShortForm:
    """From now on neither finds the other, whether the public list or a paper says so."""
    row = _new(session, actor, now, short, full, struck=True)
    log_event(session, actor, now, "short-form.strike", Thing("short-form", row.id), _told(row))
    return row


def take_back(session: Session, *, actor: Viewer, now: datetime, row_id: str) -> ShortForm:
    """What was added is no more, what was struck out counts again."""
    ensure(actor, Permission.SHORT_FORMS_MANAGE)
    row = session.get(ShortForm, row_id)
    if row is None or row.ended_at is not None:
        raise NotFound(kind="short-form", key=row_id)
    row.ended_at = now
    session.flush()
    log_event(session, actor, now, "short-form.take-back", Thing("short-form", row.id), _told(row))
    return row


def _new(session: Session, actor: Viewer, now: datetime, short: str, full: str, *, struck: bool) -> ShortForm:
    ensure(actor, Permission.SHORT_FORMS_MANAGE)
    short, full = " ".join(short.split()), " ".join(full.split())
    faults: dict[str, str] = {}
    if not 2 <= len(short) <= LONGEST_SHORT or not _words(short):
        faults["short"] = f"Hãy ghi chữ viết tắt, từ 2 đến {LONGEST_SHORT} ký tự."
    elif len(_words(short)) > 3:
        faults["short"] = "Chữ viết tắt không quá ba cụm chữ cái."
    if len(full) > LONGEST_FULL or len(_words(full)) < 2:
        faults["full"] = "Hãy ghi đầy đủ cụm từ được viết tắt, ít nhất hai tiếng."
    if faults:
        raise Invalid(faults)
    same = words_of(short, full)
    live = list_short_forms(session)
    if any(words_of(row.short, row.full) == same and row.struck == struck for row in live):
        raise Invalid({"short": f"«{short}» – «{full}» đã có trong danh sách của phường."})
    if not struck and any(words_of(one, other) == same for one, other, _ in public_list()):
        raise Invalid({"short": f"«{short}» – «{full}» đã có trong danh sách chung."})
    if len(live) >= MOST:
        raise Invalid({"short": f"Danh sách đã có {MOST} mục; hãy bỏ bớt trước khi thêm."})
    row = ShortForm(short=short, full=full, struck=struck, created_by=actor.id, created_at=now)
    session.add(row)
    session.flush()
    return row


def words_of(short: str, full: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A pair as search compares it, whatever its capitals and marks."""
    return _words(short), _words(full)


def _words(text: str) -> tuple[str, ...]:
    return tuple(folded for folded, _ in word_forms(text))


def _told(row: ShortForm) -> dict[str, str]:
    return {"short": row.short, "full": row.full}
