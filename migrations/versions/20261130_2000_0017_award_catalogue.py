"""The catalogue of titles and forms of commendation, with dated values."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.create_table(
        "award_title",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("award_group", _enum("award_group", "title", "form"), nullable=False),
        sa.Column("subjects", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_title")),
        sa.UniqueConstraint("code", name=op.f("uq_award_title_code")),
    )
    names = ("base_pay", "coefficient", "multiple", "rounding", "decided_by", "condition", "quota")
    op.create_table(
        "award_value",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("title_id", sa.String(length=13), nullable=True),
        sa.Column("subject", _enum("award_subject", "person", "collective", "household"), nullable=True),
        sa.Column("name", _enum("award_value_name", *names), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("citation", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.String(length=13), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_award_value_created_by")),
        sa.ForeignKeyConstraint(["title_id"], ["award_title.id"], name=op.f("fk_award_value_title_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_value")),
    )
    op.create_index(op.f("ix_award_value_title_id"), "award_value", ["title_id"])


def downgrade() -> None:
    op.drop_table("award_value")
    op.drop_table("award_title")
