"""Audit rows can only be appended: triggers refuse everything else, and force each row to follow the one before."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

HEAD = sa.table("audit_head", sa.column("id"), sa.column("seq"), sa.column("hash"))
EVENT = sa.table("audit_event", sa.column("seq"), sa.column("hash"))

SQLITE = (
    """
    CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event
    BEGIN SELECT RAISE(ABORT, 'audit rows stay'); END
    """,
    """
    CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event
    BEGIN SELECT RAISE(ABORT, 'audit rows stay'); END
    """,
    # Without this one, REPLACE would slip past the other two.
    """
    CREATE TRIGGER audit_event_in_order BEFORE INSERT ON audit_event
    WHEN NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM audit_event)
      OR NEW.prev_hash <> COALESCE((SELECT hash FROM audit_event ORDER BY seq DESC LIMIT 1), printf('%064d', 0))
    BEGIN SELECT RAISE(ABORT, 'audit rows follow each other'); END
    """,
    """
    CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head
    BEGIN SELECT RAISE(ABORT, 'audit rows stay'); END
    """,
    """
    CREATE TRIGGER document_version_no_update BEFORE UPDATE ON document_version
    BEGIN SELECT RAISE(ABORT, 'versions stay'); END
    """,
    """
    CREATE TRIGGER document_version_no_delete BEFORE DELETE ON document_version
    BEGIN SELECT RAISE(ABORT, 'versions stay'); END
    """,
)

POSTGRESQL = (
    """
    CREATE FUNCTION kho_rows_stay() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'rows of % stay', TG_TABLE_NAME; END $$
    """,
    """
    CREATE FUNCTION kho_audit_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE last record;
    BEGIN
      SELECT seq, hash INTO last FROM audit_event ORDER BY seq DESC LIMIT 1;
      IF NEW.seq <> COALESCE(last.seq, 0) + 1 OR NEW.prev_hash <> COALESCE(last.hash, repeat('0', 64)) THEN
        RAISE EXCEPTION 'audit rows follow each other';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER audit_event_stays BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION kho_rows_stay()
    """,
    "CREATE TRIGGER audit_event_is_kept BEFORE TRUNCATE ON audit_event EXECUTE FUNCTION kho_rows_stay()",
    """
    CREATE TRIGGER audit_event_in_order BEFORE INSERT ON audit_event
    FOR EACH ROW EXECUTE FUNCTION kho_audit_in_order()
    """,
    """
    CREATE TRIGGER document_version_stays BEFORE UPDATE OR DELETE ON document_version
    FOR EACH ROW EXECUTE FUNCTION kho_rows_stay()
    """,
    "ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_event_stays",
    "ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_event_is_kept",
    "ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_event_in_order",
    "ALTER TABLE document_version ENABLE ALWAYS TRIGGER document_version_stays",
)

SQLITE_NAMES = (
    "audit_event_no_update",
    "audit_event_no_delete",
    "audit_event_in_order",
    "audit_head_no_delete",
    "document_version_no_update",
    "document_version_no_delete",
)


def upgrade() -> None:
    # The first link; every later one is written by webapp.audit.
    # Where events are there already (the log survived a step back), the chain goes on after the last of them.
    last = op.get_bind().execute(sa.select(EVENT.c.seq, EVENT.c.hash).order_by(EVENT.c.seq.desc()).limit(1)).first()
    seq, digest = tuple(last) if last else (0, "0" * 64)
    op.bulk_insert(HEAD, [{"id": 1, "seq": seq, "hash": digest}])
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in SQLITE_NAMES:
            op.execute(f"DROP TRIGGER {name}")
    else:
        op.execute("DROP TRIGGER document_version_stays ON document_version")
        for name in ("audit_event_stays", "audit_event_is_kept", "audit_event_in_order"):
            op.execute(f"DROP TRIGGER {name} ON audit_event")
        op.execute("DROP FUNCTION kho_rows_stay()")
        op.execute("DROP FUNCTION kho_audit_in_order()")
    op.execute("DELETE FROM audit_head")
