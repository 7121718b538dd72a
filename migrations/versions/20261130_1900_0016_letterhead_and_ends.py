"""The ward's name with dates; movements that end; the signed paper of a decision; a new day after a return."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
ADDED: dict[str, list[tuple[str, sa.types.TypeEngine[object]]]] = {
    "movement": [
        ("ended_on", sa.Date()),
        ("end_basis", sa.String()),
        ("withdrawn_on", sa.Date()),
        ("withdrawn_reason", sa.Text()),
    ],
    "initiative": [("decision_document_id", sa.String(length=13))],
    "duty": [("again_until", sa.Date())],
}


def upgrade() -> None:
    op.create_table(
        "letterhead",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("superior", sa.String(), nullable=False),
        sa.Column("short", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(length=13), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_letterhead_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letterhead")),
        sa.UniqueConstraint("from_day", name=op.f("uq_letterhead_from_day")),
    )
    for table, columns in ADDED.items():
        for name, kind in columns:
            op.add_column(table, sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    # Column by column: other tables name these rows, so the tables cannot be made anew without them.
    for table, columns in ADDED.items():
        for name, _ in columns:
            op.drop_column(table, name)
    op.drop_table("letterhead")
