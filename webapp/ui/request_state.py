"""What belongs to the request at hand: resources, the reading session, the viewer, the instant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import cast

from flask import current_app, g, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.days import ward_day
from webapp.core.errors import NoRoom
from webapp.core.logs import logger
from webapp.core.resources import Resources
from webapp.models import AuditHead
from webapp.permissions import Viewer
from webapp.ui.kept_forms import refuse_when_shown_again
from webapp.ui.reading import db

ANONYMOUS = Viewer(id=None, name="Chưa đăng nhập")


def resources() -> Resources:
    return cast(Resources, current_app.extensions["kho"])


def now() -> datetime:
    """One instant for the whole request, aware, UTC."""
    if "now" not in g:
        g.now = resources().clock.now()
    return cast(datetime, g.now)


def today() -> date:
    """The day in the ward."""
    return ward_day(now(), resources().settings.timezone)


def reads() -> Session:
    """The request's reading session, opened at first use, closed with the request. It cannot be committed."""
    return db.session()


def viewer() -> Viewer:
    return cast(Viewer, g.get("viewer", ANONYMOUS))


def unread() -> int:
    """How many notices the viewer has not read, as the session's own statement counted them."""
    return cast(int, g.get("unread", 0))


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """A writing transaction. Afterwards the reading session starts anew, so that the answer shows the change.

    Every change ends at the head of the audit log, where writers wait for each other. Waiting there from the start, as
    SQLite makes them do anyway, lets each see what the one before did: nothing is counted or created twice.
    """
    refuse_when_shown_again()
    with resources().db.unit_of_work() as session:
        session.execute(select(AuditHead.seq).where(AuditHead.id == 1).with_for_update())
        yield session
    reads().rollback()
    reads().expire_all()


@contextmanager
def reading_goes_on() -> Iterator[None]:
    """Around the note of an act of reading: on a full disk people still read, and the program's log has the note."""
    try:
        yield
    except NoRoom:
        logger().error("note.no-room", path=request.path, viewer=viewer().id)
