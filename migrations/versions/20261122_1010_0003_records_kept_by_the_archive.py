"""What the archive keeps of the catalogue: manifests, terms, holds, withdrawals, citations; text by version; long tasks.

No table that others refer to is made anew: SQLite would take that for deleting its rows. For the same reason the new
columns of document carry no constraints: SQLite could not drop them again.
"""

import datetime as dt
import secrets

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
KINDS = ("plan", "unit_plan", "report", "evidence", "decision", "minutes", "guidance", "other")
# Years from the end of a paper's year; None is for ever. An installation sets its own.
YEARS = {
    "plan": None,
    "unit_plan": None,
    "report": None,
    "evidence": 10,
    "decision": 20,
    "minutes": 20,
    "guidance": 20,
    "other": 5,
}
STATUSES = (
    "waiting",
    "ok",
    "no_text",
    "encrypted",
    "corrupt",
    "too_big",
    "timeout",
    "memory",
    "crashed",
    "unsupported",
    "unsafe",
)
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.create_table(
        "record_manifest",
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rows_sha256", sa.String(length=64), nullable=False),
        sa.Column("change_id", sa.String(length=13), nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("record", "no", name=op.f("pk_record_manifest")),
    )
    op.create_index(op.f("ix_record_manifest_change_id"), "record_manifest", ["change_id"])
    classes = op.create_table(
        "retention_class",
        sa.Column("kind", one_of("retention_kind", *KINDS), nullable=False),
        sa.Column("years", sa.Integer(), nullable=True),
        sa.CheckConstraint("years IS NULL OR years BETWEEN 1 AND 100", name=op.f("ck_retention_class_years")),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_retention_class")),
    )
    op.bulk_insert(classes, [{"kind": kind, "years": years} for kind, years in YEARS.items()])
    op.create_table(
        "task",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("kind", one_of("task_kind", "export", "scrub", "unpack"), nullable=False),
        sa.Column("state", one_of("task_state", "queued", "running", "done", "failed", "cancelled"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.String(length=13), nullable=True),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("started_at", INSTANT, nullable=True),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("cancel_asked_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["requested_by"], ["person.id"], name=op.f("fk_task_requested_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index(op.f("ix_task_requested_by_requested_at"), "task", ["requested_by", "requested_at"])
    op.create_index(op.f("ix_task_state_requested_at"), "task", ["state", "requested_at"])
    op.create_table(
        "document_citation",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("document_id", sa.String(length=13), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("number_key", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issuer", sa.String(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("relation", one_of("citation_relation", "basis", "mention"), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("dismissed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_document_citation_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_citation")),
        sa.UniqueConstraint("document_id", "number_key", name=op.f("uq_document_citation_document_id_number_key")),
    )
    op.create_index(op.f("ix_document_citation_number_key"), "document_citation", ["number_key"])
    op.create_table(
        "document_relation",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("document_id", sa.String(length=13), nullable=False),
        sa.Column("other_id", sa.String(length=13), nullable=False),
        sa.Column(
            "kind", one_of("relation_kind", "replaces", "amends", "annex_of", "answers", "related"), nullable=False
        ),
        sa.Column("created_by", sa.String(length=13), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.CheckConstraint("document_id <> other_id", name=op.f("ck_document_relation_two_documents")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_document_relation_created_by")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_document_relation_document_id")),
        sa.ForeignKeyConstraint(["other_id"], ["document.id"], name=op.f("fk_document_relation_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_relation")),
    )
    op.create_index(op.f("ix_document_relation_document_id"), "document_relation", ["document_id"])
    op.create_index(op.f("ix_document_relation_other_id"), "document_relation", ["other_id"])
    _widen_document()
    _fill_documents()
    _text_by_version()
    with op.batch_alter_table("outbox_job") as batch:
        batch.alter_column("kind", existing_type=one_of("job_kind", "read_text", "index"), existing_nullable=False,
                           type_=one_of("job_kind", "read_text", "preview", "index"))  # fmt: skip


def _widen_document() -> None:
    for name, kind in (
        ("number_key", "VARCHAR"),
        ("form", "VARCHAR"),
        ("place", "VARCHAR"),
        ("recipients", "TEXT DEFAULT '' NOT NULL"),
        ("received_on", "DATE"),
        ("described_at", "{instant}"),
        ("retained_until", "DATE"),
        ("held_at", "{instant}"),
        ("held_by", "VARCHAR(13)"),
        ("hold_reason", "TEXT DEFAULT '' NOT NULL"),
        ("withdrawn_at", "{instant}"),
        ("withdrawn_by", "VARCHAR(13)"),
        ("withdrawal_reason", "TEXT DEFAULT '' NOT NULL"),
    ):
        instant = "DATETIME" if _is_sqlite() else "TIMESTAMP WITH TIME ZONE"
        op.execute(f"ALTER TABLE document ADD COLUMN {name} {kind.format(instant=instant)}")
    op.create_index(op.f("ix_document_number_key"), "document", ["number_key"])


def _fill_documents() -> None:
    from webapp.models.document import number_key

    document = sa.table(
        "document",
        *(sa.column(name) for name in ("id", "number", "number_key", "state", "kind", "year")),
        sa.column("retained_until", sa.Date()),
    )
    bind = op.get_bind()
    for identity, number, state, kind, year in bind.execute(
        sa.select(document.c.id, document.c.number, document.c.state, document.c.kind, document.c.year)
    ).all():
        years = YEARS[kind]
        until = None
        if state != "draft":
            until = dt.date.max if years is None else dt.date(year + years, 12, 31)
        if number is not None or until is not None:
            bind.execute(
                document.update()
                .where(document.c.id == identity)
                .values(number_key=number_key(number), retained_until=until)
            )


def _text_by_version() -> None:
    op.execute("CREATE TABLE text_kept AS SELECT * FROM text_reading")
    op.drop_table("text_reading")
    _text_table(sa.Column("version_id", sa.String(length=13), nullable=False), done_pages=True)
    op.execute(
        "INSERT INTO text_reading (version_id, status, sentence, text, pages, done_pages, details, read_at) "
        "SELECT v.id, k.status, k.sentence, k.text, k.pages, 0, k.details, k.read_at "
        "FROM document_version v JOIN text_kept k ON k.sha256 = v.sha256"
    )
    op.drop_table("text_kept")
    _readdress_jobs("SELECT v.id FROM document_version v WHERE v.sha256 = :subject")


def _text_table(key: sa.Column[str], *, done_pages: bool) -> None:
    columns = [
        key,
        sa.Column("status", one_of("reading_status", *STATUSES), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("read_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint(key.name, name=op.f("pk_text_reading")),
    ]
    if done_pages:
        columns += [
            sa.Column("done_pages", sa.Integer(), nullable=False),
            sa.ForeignKeyConstraint(["version_id"], ["document_version.id"], name=op.f("fk_text_reading_version_id")),
        ]
    op.create_table("text_reading", *columns)


def _readdress_jobs(statement: str) -> None:
    """What waits to be read was named by the old key; ask for each of the new ones."""
    bind = op.get_bind()
    job = sa.table(
        "outbox_job",
        *(sa.column(name) for name in ("id", "kind", "subject", "attempts", "last_error")),
        sa.column("created_at", INSTANT),
        sa.column("due_at", INSTANT),
    )
    for row in bind.execute(sa.select(job).where(job.c.kind == "read_text")).mappings().all():
        bind.execute(job.delete().where(job.c.id == row["id"]))
        for subject in bind.scalars(sa.text(statement), {"subject": row["subject"]}).all():
            identity = "".join(secrets.choice(ALPHABET) for _ in range(13))
            bind.execute(job.insert().values({**row, "id": identity, "subject": subject}))


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def downgrade() -> None:
    op.execute("DELETE FROM outbox_job WHERE kind = 'preview'")
    with op.batch_alter_table("outbox_job") as batch:
        batch.alter_column("kind", existing_type=one_of("job_kind", "read_text", "preview", "index"),
                           existing_nullable=False, type_=one_of("job_kind", "read_text", "index"))  # fmt: skip
    op.execute(
        "CREATE TABLE text_kept AS SELECT v.sha256 AS sha256, k.status AS status, k.sentence AS sentence, "
        "k.text AS text, k.pages AS pages, k.details AS details, k.read_at AS read_at "
        "FROM text_reading k JOIN document_version v ON v.id = k.version_id "
        "WHERE v.id = (SELECT MIN(w.id) FROM document_version w JOIN text_reading r ON r.version_id = w.id "
        "WHERE w.sha256 = v.sha256)"
    )
    _readdress_jobs("SELECT v.sha256 FROM document_version v WHERE v.id = :subject")
    op.drop_table("text_reading")
    _text_table(sa.Column("sha256", sa.String(length=64), nullable=False), done_pages=False)
    op.execute(
        "INSERT INTO text_reading (sha256, status, sentence, text, pages, details, read_at) "
        "SELECT sha256, status, sentence, text, pages, details, read_at FROM text_kept"
    )
    op.drop_table("text_kept")
    op.drop_index(op.f("ix_document_number_key"), "document")
    for name in (
        "withdrawal_reason",
        "withdrawn_by",
        "withdrawn_at",
        "hold_reason",
        "held_by",
        "held_at",
        "retained_until",
        "described_at",
        "received_on",
        "recipients",
        "place",
        "form",
        "number_key",
    ):
        op.execute(f"ALTER TABLE document DROP COLUMN {name}")
    for table in ("document_relation", "document_citation", "task", "retention_class", "record_manifest"):
        op.drop_table(table)
