"""Synthesis, difficulties, announcements."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.create_table(
        "announcement",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("movement_id", sa.String(length=13), nullable=False),
        sa.Column("kind", one_of("announcement_kind", "guidance", "praise", "notice"), nullable=False),
        sa.Column("state", one_of("announcement_state", "draft", "posted", "withdrawn"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("confirm", sa.Boolean(), nullable=False),
        sa.Column("everyone", sa.Boolean(), nullable=False),
        sa.Column("unit_kinds", sa.JSON(), nullable=False),
        sa.Column("cluster_ids", sa.JSON(), nullable=False),
        sa.Column("unit_ids", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.String(length=13), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("posted_at", INSTANT, nullable=True),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'withdrawn' OR withdrawal_reason <> ''", name=op.f("ck_announcement_withdrawn_has_a_reason")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_announcement_created_by")),
        sa.ForeignKeyConstraint(["movement_id"], ["movement.id"], name=op.f("fk_announcement_movement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
    )
    op.create_index(op.f("ix_announcement_state_year"), "announcement", ["state", "year"], unique=False)
    op.create_table(
        "synthesis",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("movement_id", sa.String(length=13), nullable=False),
        sa.Column("kind", one_of("paper_kind", "unit_plan", "annual", "interim", "final", "checklist"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version_no", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("renewed_at", INSTANT, nullable=False),
        sa.Column("office_id", sa.String(length=13), nullable=True),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("signing", one_of("signing", "office_head", "office_deputy", "chair", "vice_chair"), nullable=False),
        sa.Column("signer", sa.String(), nullable=False),
        sa.Column("recipients", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(length=13), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('annual', 'interim', 'final')", name=op.f("ck_synthesis_a_report")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_synthesis_created_by")),
        sa.ForeignKeyConstraint(["movement_id"], ["movement.id"], name=op.f("fk_synthesis_movement_id")),
        sa.ForeignKeyConstraint(["office_id"], ["unit.id"], name=op.f("fk_synthesis_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_synthesis")),
        sa.UniqueConstraint("movement_id", "kind", "year", name=op.f("uq_synthesis_movement_id_kind_year")),
    )
    op.create_table(
        "announcement_file",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("announcement_id", sa.String(length=13), nullable=False),
        sa.Column("document_id", sa.String(length=13), nullable=False),
        sa.Column("linked_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcement.id"], name=op.f("fk_announcement_file_announcement_id")
        ),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_announcement_file_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement_file")),
    )
    op.create_index(
        op.f("ix_announcement_file_announcement_id"), "announcement_file", ["announcement_id"], unique=False
    )
    op.create_table(
        "announcement_reading",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("announcement_id", sa.String(length=13), nullable=False),
        sa.Column("person_id", sa.String(length=13), nullable=False),
        sa.Column("read_at", INSTANT, nullable=False),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcement.id"], name=op.f("fk_announcement_reading_announcement_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_announcement_reading_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement_reading")),
        sa.UniqueConstraint(
            "announcement_id", "person_id", name=op.f("uq_announcement_reading_announcement_id_person_id")
        ),
    )
    op.create_table(
        "announcement_unit",
        sa.Column("announcement_id", sa.String(length=13), nullable=False),
        sa.Column("unit_id", sa.String(length=13), nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcement.id"], name=op.f("fk_announcement_unit_announcement_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_announcement_unit_unit_id")),
        sa.PrimaryKeyConstraint("announcement_id", "unit_id", name=op.f("pk_announcement_unit")),
    )
    op.create_index(op.f("ix_announcement_unit_unit_id"), "announcement_unit", ["unit_id"], unique=False)
    op.create_table(
        "synthesis_paragraph",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("synthesis_id", sa.String(length=13), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "section",
            one_of("synthesis_section", "general", "theme", "criterion", "initiative", "difficulty", "proposal"),
            nullable=False,
        ),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_text", sa.Text(), nullable=False),
        sa.Column("fresh_text", sa.Text(), nullable=True),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("fresh_sources", sa.JSON(), nullable=False),
        sa.Column("left_out", sa.Boolean(), nullable=False),
        sa.Column("saved_by", sa.String(length=13), nullable=True),
        sa.Column("saved_at", INSTANT, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["saved_by"], ["person.id"], name=op.f("fk_synthesis_paragraph_saved_by")),
        sa.ForeignKeyConstraint(["synthesis_id"], ["synthesis.id"], name=op.f("fk_synthesis_paragraph_synthesis_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_synthesis_paragraph")),
        sa.UniqueConstraint(
            "synthesis_id", "section", "code", name=op.f("uq_synthesis_paragraph_synthesis_id_section_code")
        ),
    )
    op.create_table(
        "synthesis_version",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("synthesis_id", sa.String(length=13), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("fixed_by", sa.String(length=13), nullable=True),
        sa.Column("fixed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["fixed_by"], ["person.id"], name=op.f("fk_synthesis_version_fixed_by")),
        sa.ForeignKeyConstraint(["synthesis_id"], ["synthesis.id"], name=op.f("fk_synthesis_version_synthesis_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_synthesis_version")),
        sa.UniqueConstraint("synthesis_id", "no", name=op.f("uq_synthesis_version_synthesis_id_no")),
    )
    op.create_table(
        "difficulty",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("movement_id", sa.String(length=13), nullable=False),
        sa.Column("unit_id", sa.String(length=13), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", one_of("difficulty_kind", "difficulty", "amendment"), nullable=False),
        sa.Column(
            "state", one_of("difficulty_state", "draft", "raised", "gathered", "accepted", "declined"), nullable=False
        ),
        sa.Column("point", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("document_id", sa.String(length=13), nullable=True),
        sa.Column("plan_version_id", sa.String(length=13), nullable=True),
        sa.Column("created_by", sa.String(length=13), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("raised_at", INSTANT, nullable=True),
        sa.Column("gathered_at", INSTANT, nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("decided_by", sa.String(length=13), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'declined') OR answer <> ''", name=op.f("ck_difficulty_decided_has_an_answer")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_difficulty_created_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_difficulty_decided_by")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_difficulty_document_id")),
        sa.ForeignKeyConstraint(["movement_id"], ["movement.id"], name=op.f("fk_difficulty_movement_id")),
        sa.ForeignKeyConstraint(["plan_version_id"], ["plan_version.id"], name=op.f("fk_difficulty_plan_version_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_difficulty_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_difficulty")),
    )
    op.create_index(op.f("ix_difficulty_state_year"), "difficulty", ["state", "year"], unique=False)
    op.create_index(op.f("ix_difficulty_unit_id_year"), "difficulty", ["unit_id", "year"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_difficulty_unit_id_year"), table_name="difficulty")
    op.drop_index(op.f("ix_difficulty_state_year"), table_name="difficulty")
    op.drop_table("difficulty")
    op.drop_table("synthesis_version")
    op.drop_table("synthesis_paragraph")
    op.drop_index(op.f("ix_announcement_unit_unit_id"), table_name="announcement_unit")
    op.drop_table("announcement_unit")
    op.drop_table("announcement_reading")
    op.drop_index(op.f("ix_announcement_file_announcement_id"), table_name="announcement_file")
    op.drop_table("announcement_file")
    op.drop_table("synthesis")
    op.drop_index(op.f("ix_announcement_state_year"), table_name="announcement")
    op.drop_table("announcement")
