"""Plans and reports of units, who owes what, reminders and notices; a job kind for letters."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
OLD_JOBS = ("read_text", "preview", "index")


def one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def instant() -> str:
    return "DATETIME" if op.get_bind().dialect.name == "sqlite" else "TIMESTAMP WITH TIME ZONE"


def set_job_kinds(*kinds: str) -> None:
    """On SQLite the table is made anew; nothing refers to it."""
    allowed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("outbox_job") as batch:
        batch.drop_constraint(op.f("ck_outbox_job_job_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_outbox_job_job_kind"), f"kind IN ({allowed})")


def upgrade() -> None:
    op.create_table(
        "duty_rule",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("movement_id", sa.String(length=13), nullable=False),
        sa.Column(
            "paper", one_of("paper_kind", "unit_plan", "annual", "interim", "final", "checklist"), nullable=False
        ),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("point", sa.String(), nullable=False),
        sa.Column("first_year", sa.Integer(), nullable=False),
        sa.Column("last_year", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("exclusive", sa.Boolean(), nullable=False),
        sa.Column("years_after", sa.Integer(), nullable=False),
        sa.Column("unit_kinds", sa.JSON(), nullable=False),
        sa.Column("included", sa.JSON(), nullable=False),
        sa.Column("excluded", sa.JSON(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("retired_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["movement_id"], ["movement.id"], name=op.f("fk_duty_rule_movement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_rule")),
    )
    op.create_index(op.f("ix_duty_rule_movement_id"), "duty_rule", ["movement_id"], unique=False)
    op.create_table(
        "duty",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("rule_id", sa.String(length=13), nullable=False),
        sa.Column("movement_id", sa.String(length=13), nullable=False),
        sa.Column("unit_id", sa.String(length=13), nullable=False),
        sa.Column(
            "paper", one_of("paper_kind", "unit_plan", "annual", "interim", "final", "checklist"), nullable=False
        ),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("extended_until", sa.Date(), nullable=True),
        sa.Column("extension_reason", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("cancelled_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["movement_id"], ["movement.id"], name=op.f("fk_duty_movement_id")),
        sa.ForeignKeyConstraint(["rule_id"], ["duty_rule.id"], name=op.f("fk_duty_rule_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_duty_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
        sa.UniqueConstraint("rule_id", "unit_id", "year", name=op.f("uq_duty_rule_id_unit_id_year")),
    )
    op.create_index(op.f("ix_duty_unit_id_year"), "duty", ["unit_id", "year"], unique=False)
    op.create_index(op.f("ix_duty_year_paper"), "duty", ["year", "paper"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("person_id", sa.String(length=13), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("read_at", INSTANT, nullable=True),
        sa.Column("mailed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_notice_person_id_key")),
    )
    op.create_index(op.f("ix_notice_person_id_created_at"), "notice", ["person_id", "created_at"], unique=False)
    op.create_table(
        "notice_settings",
        sa.Column("person_id", sa.String(length=13), nullable=False),
        sa.Column("mail", one_of("mail_choice", "none", "each", "daily"), nullable=False),
        sa.Column("calendar_digest", sa.String(length=64), nullable=True),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_settings_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_notice_settings")),
        sa.UniqueConstraint("calendar_digest", name=op.f("uq_notice_settings_calendar_digest")),
    )
    op.create_table(
        "unit_paper",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("movement_id", sa.String(length=13), nullable=False),
        sa.Column("unit_id", sa.String(length=13), nullable=False),
        sa.Column("kind", one_of("paper_kind", "unit_plan", "annual", "interim", "final", "checklist"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("form", one_of("plan_form", "separate", "integrated"), nullable=False),
        sa.Column("state", one_of("paper_state", "draft", "submitted", "returned", "accepted"), nullable=False),
        sa.Column("return_reason", sa.Text(), nullable=False),
        sa.Column("document_id", sa.String(length=13), nullable=True),
        sa.Column("version_no", sa.Integer(), nullable=False),
        sa.Column("first_submitted_at", INSTANT, nullable=True),
        sa.Column("submitted_at", INSTANT, nullable=True),
        sa.Column("accepted_at", INSTANT, nullable=True),
        sa.Column("created_by", sa.String(length=13), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_unit_paper_created_by")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_unit_paper_document_id")),
        sa.ForeignKeyConstraint(["movement_id"], ["movement.id"], name=op.f("fk_unit_paper_movement_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_paper_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_paper")),
        sa.CheckConstraint("kind <> 'checklist'", name=op.f("ck_unit_paper_not_a_checklist")),
        sa.UniqueConstraint(
            "unit_id", "movement_id", "kind", "year", name=op.f("uq_unit_paper_unit_id_movement_id_kind_year")
        ),
    )
    op.create_index(op.f("ix_unit_paper_document_id"), "unit_paper", ["document_id"], unique=False)
    op.create_index(op.f("ix_unit_paper_year_kind_state"), "unit_paper", ["year", "kind", "state"], unique=False)
    op.create_table(
        "paper_comment",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("paper_id", sa.String(length=13), nullable=False),
        sa.Column("version_no", sa.Integer(), nullable=False),
        sa.Column(
            "part_kind",
            one_of("part_kind", "overview", "theme", "criterion", "difficulty", "proposal", "organisation"),
            nullable=False,
        ),
        sa.Column("part_code", sa.String(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.String(length=13), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("resolved_at", INSTANT, nullable=True),
        sa.Column("resolved_by", sa.String(length=13), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_paper_comment_author_id")),
        sa.ForeignKeyConstraint(["paper_id"], ["unit_paper.id"], name=op.f("fk_paper_comment_paper_id")),
        sa.ForeignKeyConstraint(["resolved_by"], ["person.id"], name=op.f("fk_paper_comment_resolved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_comment")),
    )
    op.create_index(op.f("ix_paper_comment_paper_id"), "paper_comment", ["paper_id"], unique=False)
    op.create_table(
        "paper_part",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("paper_id", sa.String(length=13), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            one_of("part_kind", "overview", "theme", "criterion", "difficulty", "proposal", "organisation"),
            nullable=False,
        ),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("saved_by", sa.String(length=13), nullable=True),
        sa.Column("saved_at", INSTANT, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["unit_paper.id"], name=op.f("fk_paper_part_paper_id")),
        sa.ForeignKeyConstraint(["saved_by"], ["person.id"], name=op.f("fk_paper_part_saved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_part")),
        sa.UniqueConstraint("paper_id", "kind", "code", name=op.f("uq_paper_part_paper_id_kind_code")),
    )
    op.create_table(
        "paper_version",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("paper_id", sa.String(length=13), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("document_id", sa.String(length=13), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("submitted_by", sa.String(length=13), nullable=True),
        sa.Column("submitted_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_paper_version_document_id")),
        sa.ForeignKeyConstraint(["paper_id"], ["unit_paper.id"], name=op.f("fk_paper_version_paper_id")),
        sa.ForeignKeyConstraint(["submitted_by"], ["person.id"], name=op.f("fk_paper_version_submitted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_version")),
        sa.UniqueConstraint("paper_id", "no", name=op.f("uq_paper_version_paper_id_no")),
    )
    set_job_kinds(*OLD_JOBS, "mail")
    op.create_table(
        "checklist_version",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("checklist_id", sa.String(length=13), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("submitted_by", sa.String(length=13), nullable=True),
        sa.Column("submitted_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["checklist_id"], ["checklist.id"], name=op.f("fk_checklist_version_checklist_id")),
        sa.ForeignKeyConstraint(["submitted_by"], ["person.id"], name=op.f("fk_checklist_version_submitted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_version")),
        sa.UniqueConstraint("checklist_id", "no", name=op.f("uq_checklist_version_checklist_id_no")),
    )
    # Without constraints, so that SQLite can take it away again.
    op.execute(f"ALTER TABLE checklist ADD COLUMN first_submitted_at {instant()}")
    op.execute("UPDATE checklist SET first_submitted_at = submitted_at")


def downgrade() -> None:
    op.execute("ALTER TABLE checklist DROP COLUMN first_submitted_at")
    op.drop_table("checklist_version")
    op.execute("DELETE FROM outbox_job WHERE kind = 'mail'")
    set_job_kinds(*OLD_JOBS)

    op.drop_table("paper_version")
    op.drop_table("paper_part")
    op.drop_index(op.f("ix_paper_comment_paper_id"), table_name="paper_comment")
    op.drop_table("paper_comment")
    op.drop_index(op.f("ix_unit_paper_year_kind_state"), table_name="unit_paper")
    op.drop_index(op.f("ix_unit_paper_document_id"), table_name="unit_paper")
    op.drop_table("unit_paper")
    op.drop_table("notice_settings")
    op.drop_index(op.f("ix_notice_person_id_created_at"), table_name="notice")
    op.drop_table("notice")
    op.drop_index(op.f("ix_duty_year_paper"), table_name="duty")
    op.drop_index(op.f("ix_duty_unit_id_year"), table_name="duty")
    op.drop_table("duty")
    op.drop_index(op.f("ix_duty_rule_movement_id"), table_name="duty_rule")
    op.drop_table("duty_rule")
