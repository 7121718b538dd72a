"""The request's reading session, by Flask-SQLAlchemy: one for each application context, closed with it, never committed.

Writing is `unit_of_work` of `core.db`, through the same engine.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as ExtensionSession
from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from webapp.models import Base


class ReadingSessionCommits(RuntimeError):
    """A mistake in the program: something tried to write through the session that only reads."""

    def __init__(self) -> None:
        super().__init__("The reading session is never committed: write inside `unit_of_work()`.")


class ReadingSession(ExtensionSession):
    """Reads through the engine of this house; a commit of any kind, and a flush, fail at once.

    The extension would make an engine of its own, without the pragmas and listeners of `core.db` and beside its pool.
    It asks the session which engine to use, and that is the way in which another one is given here.
    """

    def __init__(self, db: SQLAlchemy, **options: Any) -> None:
        super().__init__(db, **options | {"bind": current_app.extensions["kho"].db.engine})

    def get_bind(self, *_args: Any, **_more: Any) -> Engine | Connection:
        assert self.bind is not None
        return self.bind


@event.listens_for(ReadingSession, "before_commit")
@event.listens_for(ReadingSession, "before_flush")
def _refuse(_session: Session, *_more: Any) -> None:
    raise ReadingSessionCommits


# Models need no Flask: their own metadata is handed over, not the other way round.
db = SQLAlchemy(
    metadata=Base.metadata,
    session_options={"class_": ReadingSession, "autoflush": False},
    add_models_to_shell=False,
)


def install(app: Flask) -> None:
    # The extension insists on an address and makes an engine for it. Nobody connects to this one: it has no tables.
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    db.init_app(app)
