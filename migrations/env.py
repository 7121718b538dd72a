"""How alembic meets the database: through a connection given by `webapp.core.schema`, or one opened from settings."""

from alembic import context
from sqlalchemy import Connection

from webapp.core.db import Database
from webapp.core.settings import Settings
from webapp.models import Base


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    database = Database(Settings.from_environment().database_url)
    with database.engine.begin() as opened:
        run(opened)
    database.close()
