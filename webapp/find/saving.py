"""Searches kept under a name, and what is new in them since their owner last looked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.audit import Thing, log_event
from webapp.core.errors import Invalid, NotFound
from webapp.find.asking import Asked, asked_in
from webapp.models import SavedSearch
from webapp.permissions import Permission, Viewer, ensure

MOST = 50
# Beyond so many hits a search is too wide to tell what is new in it.
REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class Kept:
    """A saved search as its owner sees it in a list."""

    saved: SavedSearch
    asked: Asked


def list_saved(session: Session, *, viewer: Viewer) -> list[Kept]:
    """The viewer's own, by name."""
    if viewer.id is None:
        return []
    rows = session.scalars(select(SavedSearch).where(SavedSearch.person_id == viewer.id).order_by(SavedSearch.name))
    return [Kept(row, asked_of(row)) for row in rows]


def asked_of(saved: SavedSearch) -> Asked:
    return asked_in(saved.parameters, str(saved.parameters.get("q", "")))


def get_saved(session: Session, saved_id: str, *, viewer: Viewer) -> SavedSearch:
    """Raises NotFound for another's as for none."""
    saved = session.get(SavedSearch, saved_id)
    if saved is None or saved.person_id != viewer.id:
        raise NotFound(kind="saved-search", key=saved_id)
    return saved


def save_search(
    session: Session, *, actor: Viewer, now: datetime, name: str, asked: Asked, keys: Sequence[str]
) -> SavedSearch:
    """Keep a search under a name; the same name again replaces what it asks for. `keys` are its present hits."""
    ensure(actor, Permission.SEARCH_USE)
    name = " ".join(name.split())
    if not name or len(name) > 100:
        raise Invalid({"name": "Hãy đặt tên cho tìm kiếm, không quá 100 ký tự."})
    if asked.is_empty:
        raise Invalid({"name": "Chưa có từ hay điều kiện nào để lưu."})
    saved = session.scalar(select(SavedSearch).where(SavedSearch.person_id == actor.id, SavedSearch.name == name))
    if saved is None:
        count = session.scalar(select(func.count()).where(SavedSearch.person_id == actor.id)) or 0
        if count >= MOST:
            raise Invalid({"name": f"Bạn đã lưu {MOST} tìm kiếm; hãy bỏ bớt trước khi lưu thêm."})
        saved = SavedSearch(person_id=actor.id or "", name=name, created_at=now)
    saved.parameters = asked.first_page().parameters()
    saved.seen, saved.seen_at = list(keys[:REMEMBERED]), now
    session.add(saved)
    session.flush()
    _log(session, actor, now, "search.save", saved)
    return saved


def note_seen(session: Session, *, actor: Viewer, now: datetime, saved_id: str, keys: Sequence[str]) -> set[str]:
    """The hits that were not there at the last look; from now on they are known."""
    saved = get_saved(session, saved_id, viewer=actor)
    ensure(actor, Permission.SAVED_SEARCH_KEEP, saved)
    new = new_keys(saved, keys)
    saved.seen, saved.seen_at = list(keys[:REMEMBERED]), now
    session.flush()
    return new


def new_keys(saved: SavedSearch, keys: Collection[str]) -> set[str]:
    return set(keys) - set(saved.seen)


def forget_search(session: Session, *, actor: Viewer, now: datetime, saved_id: str) -> None:
    saved = get_saved(session, saved_id, viewer=actor)
    ensure(actor, Permission.SAVED_SEARCH_KEEP, saved)
    _log(session, actor, now, "search.forget", saved)
    session.delete(saved)
    session.flush()


def _log(session: Session, actor: Viewer, now: datetime, action: str, saved: SavedSearch) -> None:
    # What somebody looks for is theirs: the log says that, not what.
    log_event(session, actor, now, action, Thing("saved-search", saved.id))
