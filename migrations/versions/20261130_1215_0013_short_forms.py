"""Short forms that the standing office added or struck out."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "short_form",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("short", sa.String(), nullable=False),
        sa.Column("full", sa.String(), nullable=False),
        sa.Column("struck", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.String(length=13), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_short_form_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_short_form")),
        sa.UniqueConstraint(
            "short", "full", "struck", "created_at", name=op.f("uq_short_form_short_full_struck_created_at")
        ),
    )


def downgrade() -> None:
    op.drop_table("short_form")
