"""Sets of indicators of digital transformation, each unit's sheet, entries and their history."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
TABLES = ("indicator_change", "indicator_entry", "indicator_sheet", "indicator_verifier", "indicator", "indicator_set")


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.create_table(
        "indicator_set",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("movement_id", sa.String(length=13), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("citation", sa.Text(), nullable=False),
        sa.Column("unit_kinds", sa.JSON(), nullable=False),
        sa.Column("rescales", sa.Boolean(), nullable=False),
        sa.Column("decimals", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", _enum("indicator_set_state", "draft", "in_force", "published"), nullable=False),
        sa.Column("in_force_at", INSTANT, nullable=True),
        sa.Column("published_at", INSTANT, nullable=True),
        sa.Column("created_by", sa.String(length=13), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_indicator_set_created_by")),
        sa.ForeignKeyConstraint(["movement_id"], ["movement.id"], name=op.f("fk_indicator_set_movement_id")),
        sa.CheckConstraint("decimals BETWEEN 0 AND 4", name=op.f("ck_indicator_set_decimals")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_set")),
    )
    op.create_index(op.f("ix_indicator_set_movement_id_year"), "indicator_set", ["movement_id", "year"])
    op.create_table(
        "indicator",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("set_id", sa.String(length=13), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("parent", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "method", _enum("indicator_method", "sum", "ladder", "steps", "ratio", "formula", "info"), nullable=False
        ),
        sa.Column("most", sa.String(), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("verifier_unit_id", sa.String(length=13), nullable=True),
        sa.ForeignKeyConstraint(["set_id"], ["indicator_set.id"], name=op.f("fk_indicator_set_id")),
        sa.ForeignKeyConstraint(["verifier_unit_id"], ["unit.id"], name=op.f("fk_indicator_verifier_unit_id")),
        sa.UniqueConstraint("set_id", "code", name=op.f("uq_indicator_set_id_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator")),
    )
    op.create_table(
        "indicator_verifier",
        sa.Column("set_id", sa.String(length=13), nullable=False),
        sa.Column("unit_id", sa.String(length=13), nullable=False),
        sa.ForeignKeyConstraint(["set_id"], ["indicator_set.id"], name=op.f("fk_indicator_verifier_set_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_indicator_verifier_unit_id")),
        sa.PrimaryKeyConstraint("set_id", "unit_id", name=op.f("pk_indicator_verifier")),
    )
    op.create_index(op.f("ix_indicator_verifier_unit_id"), "indicator_verifier", ["unit_id"])
    op.create_table(
        "indicator_sheet",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("set_id", sa.String(length=13), nullable=False),
        sa.Column("movement_id", sa.String(length=13), nullable=False),
        sa.Column("unit_id", sa.String(length=13), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            _enum(
                "indicator_sheet_state", "draft", "submitted", "returned", "verified", "explained", "final", "published"
            ),
            nullable=False,
        ),
        sa.Column("state_reason", sa.Text(), nullable=False),
        sa.Column("submitted_at", INSTANT, nullable=True),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["movement_id"], ["movement.id"], name=op.f("fk_indicator_sheet_movement_id")),
        sa.ForeignKeyConstraint(["set_id"], ["indicator_set.id"], name=op.f("fk_indicator_sheet_set_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_indicator_sheet_unit_id")),
        sa.UniqueConstraint("set_id", "unit_id", name=op.f("uq_indicator_sheet_set_id_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_sheet")),
    )
    op.create_index(op.f("ix_indicator_sheet_unit_id_year"), "indicator_sheet", ["unit_id", "year"])
    op.create_index(op.f("ix_indicator_sheet_year_state"), "indicator_sheet", ["year", "state"])
    op.create_table(
        "indicator_entry",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("sheet_id", sa.String(length=13), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("own", sa.JSON(), nullable=True),
        sa.Column("own_comment", sa.Text(), nullable=False),
        sa.Column("attached", sa.JSON(), nullable=False),
        sa.Column("verified", sa.JSON(), nullable=True),
        sa.Column("verified_reason", sa.Text(), nullable=False),
        sa.Column("verified_by", sa.String(length=13), nullable=True),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("final", sa.JSON(), nullable=True),
        sa.Column("final_reason", sa.Text(), nullable=False),
        sa.Column("final_by", sa.String(length=13), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["final_by"], ["person.id"], name=op.f("fk_indicator_entry_final_by")),
        sa.ForeignKeyConstraint(["sheet_id"], ["indicator_sheet.id"], name=op.f("fk_indicator_entry_sheet_id")),
        sa.ForeignKeyConstraint(["verified_by"], ["person.id"], name=op.f("fk_indicator_entry_verified_by")),
        sa.UniqueConstraint("sheet_id", "code", name=op.f("uq_indicator_entry_sheet_id_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_entry")),
    )
    op.create_table(
        "indicator_change",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("entry_id", sa.String(length=13), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("person_id", sa.String(length=13), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["indicator_entry.id"], name=op.f("fk_indicator_change_entry_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_indicator_change_person_id")),
        sa.UniqueConstraint("entry_id", "no", name=op.f("uq_indicator_change_entry_id_no")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_change")),
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
