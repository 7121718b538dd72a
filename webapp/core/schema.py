"""Bring the database's schema up to date, or say that it is not."""

from __future__ import annotations

from importlib.resources import as_file, files

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from webapp.core.db import WRITING, Database


def migrate(db: Database, revision: str = "head") -> None:
    """Run the migrations up (or down) to a revision, in one transaction."""
    with as_file(files("migrations")) as folder:
        config = Config()
        config.set_main_option("script_location", str(folder))
        config.set_main_option("path_separator", "os")
        with db.engine.execution_options(**{WRITING: True}).begin() as connection:
            config.attributes["connection"] = connection
            if revision == "head" or revision.startswith("+"):
                command.upgrade(config, revision)
            else:
                command.downgrade(config, revision)


def is_current(db: Database) -> bool:
    """Whether the schema is the one this program was written for."""
    with as_file(files("migrations")) as folder, db.engine.connect() as connection:
        head = ScriptDirectory(str(folder)).get_current_head()
        return MigrationContext.configure(connection).get_current_revision() == head
