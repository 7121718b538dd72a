"""Scoring: rounds, sheets, entries and what was said of them, results, appeals; rules of a rubric."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("rubric") as batch:
        batch.add_column(sa.Column("rules", sa.JSON(), server_default=sa.text("'{}'"), nullable=False))
    # For the rows there are; new ones always say.
    with op.batch_alter_table("rubric") as batch:
        batch.alter_column("rules", server_default=None)
    op.create_table(
        "score_conflict",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("person_id", sa.String(length=13), nullable=False),
        sa.Column("unit_id", sa.String(length=13), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("declared_by", sa.String(length=13), nullable=True),
        sa.Column("declared_at", INSTANT, nullable=False),
        sa.Column("lifted_at", INSTANT, nullable=True),
        sa.Column("lifted_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["declared_by"], ["person.id"], name=op.f("fk_score_conflict_declared_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_score_conflict_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_score_conflict_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_conflict")),
    )
    op.create_index(op.f("ix_score_conflict_person_id_year"), "score_conflict", ["person_id", "year"])
    op.create_index(op.f("ix_score_conflict_unit_id_year"), "score_conflict", ["unit_id", "year"])
    op.create_table(
        "score_round",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("movement_id", sa.String(length=13), nullable=False),
        sa.Column("cluster_id", sa.String(length=13), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "closed",
                "published",
                "final",
                name="round_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("windows", sa.JSON(), nullable=False),
        sa.Column("reopen_reason", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(length=13), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("published_at", INSTANT, nullable=True),
        sa.Column("final_at", INSTANT, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name=op.f("fk_score_round_cluster_id")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_score_round_created_by")),
        sa.ForeignKeyConstraint(["movement_id"], ["movement.id"], name=op.f("fk_score_round_movement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_round")),
        sa.UniqueConstraint(
            "cluster_id", "movement_id", "year", name=op.f("uq_score_round_cluster_id_movement_id_year")
        ),
    )
    op.create_index(op.f("ix_score_round_year_state"), "score_round", ["year", "state"])
    op.create_table(
        "score_sheet",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("round_id", sa.String(length=13), nullable=False),
        sa.Column("movement_id", sa.String(length=13), nullable=False),
        sa.Column("unit_id", sa.String(length=13), nullable=False),
        sa.Column("cluster_id", sa.String(length=13), nullable=False),
        sa.Column("rubric_id", sa.String(length=13), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "appraised",
                "explained",
                "settled",
                "closed",
                "published",
                "final",
                "excused",
                name="sheet_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("state_reason", sa.Text(), nullable=False),
        sa.Column("cross", sa.Boolean(), nullable=False),
        sa.Column("appraiser_id", sa.String(length=13), nullable=True),
        sa.Column("appraiser_by", sa.String(), nullable=False),
        sa.Column("control_id", sa.String(length=13), nullable=True),
        sa.Column("extensions", sa.JSON(), nullable=False),
        sa.Column("tie_order", sa.Integer(), nullable=True),
        sa.Column("tie_reason", sa.Text(), nullable=False),
        sa.Column("tie_mark", sa.String(), nullable=False),
        sa.Column("submitted_at", INSTANT, nullable=True),
        sa.Column("delivered_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "appraiser_id IS NULL OR control_id IS NULL OR appraiser_id <> control_id",
            name=op.f("ck_score_sheet_two_appraisers"),
        ),
        sa.ForeignKeyConstraint(["appraiser_id"], ["person.id"], name=op.f("fk_score_sheet_appraiser_id")),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name=op.f("fk_score_sheet_cluster_id")),
        sa.ForeignKeyConstraint(["control_id"], ["person.id"], name=op.f("fk_score_sheet_control_id")),
        sa.ForeignKeyConstraint(["movement_id"], ["movement.id"], name=op.f("fk_score_sheet_movement_id")),
        sa.ForeignKeyConstraint(["round_id"], ["score_round.id"], name=op.f("fk_score_sheet_round_id")),
        sa.ForeignKeyConstraint(["rubric_id"], ["rubric.id"], name=op.f("fk_score_sheet_rubric_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_score_sheet_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_sheet")),
        sa.UniqueConstraint("unit_id", "movement_id", "year", name=op.f("uq_score_sheet_unit_id_movement_id_year")),
    )
    op.create_index(op.f("ix_score_sheet_appraiser_id"), "score_sheet", ["appraiser_id"])
    op.create_index(op.f("ix_score_sheet_control_id"), "score_sheet", ["control_id"])
    op.create_index(op.f("ix_score_sheet_round_id"), "score_sheet", ["round_id"])
    op.create_index(op.f("ix_score_sheet_year_state"), "score_sheet", ["year", "state"])
    op.create_table(
        "score_appeal",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("sheet_id", sa.String(length=13), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("raised_by", sa.String(length=13), nullable=True),
        sa.Column("raised_at", INSTANT, nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("upheld", "declined", name="appeal_outcome", native_enum=False, create_constraint=True, length=24),
            nullable=True,
        ),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.String(length=13), nullable=True),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_score_appeal_answered_by")),
        sa.ForeignKeyConstraint(["raised_by"], ["person.id"], name=op.f("fk_score_appeal_raised_by")),
        sa.ForeignKeyConstraint(["sheet_id"], ["score_sheet.id"], name=op.f("fk_score_appeal_sheet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_appeal")),
    )
    op.create_index(op.f("ix_score_appeal_sheet_id"), "score_appeal", ["sheet_id"])
    op.create_table(
        "score_entry",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("sheet_id", sa.String(length=13), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("self_entry", sa.JSON(), nullable=True),
        sa.Column("self_comment", sa.Text(), nullable=False),
        sa.Column("handed", sa.JSON(), nullable=True),
        sa.Column("attached", sa.JSON(), nullable=False),
        sa.Column("appraisal", sa.JSON(), nullable=True),
        sa.Column("appraisal_reason", sa.Text(), nullable=False),
        sa.Column("appraised_by", sa.String(length=13), nullable=True),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("reopened", sa.JSON(), nullable=True),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("second", sa.JSON(), nullable=True),
        sa.Column("second_reason", sa.Text(), nullable=False),
        sa.Column("second_by", sa.String(length=13), nullable=True),
        sa.Column("moderated", sa.JSON(), nullable=True),
        sa.Column("moderated_reason", sa.Text(), nullable=False),
        sa.Column("moderated_by", sa.String(length=13), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["appraised_by"], ["person.id"], name=op.f("fk_score_entry_appraised_by")),
        sa.ForeignKeyConstraint(["moderated_by"], ["person.id"], name=op.f("fk_score_entry_moderated_by")),
        sa.ForeignKeyConstraint(["second_by"], ["person.id"], name=op.f("fk_score_entry_second_by")),
        sa.ForeignKeyConstraint(["sheet_id"], ["score_sheet.id"], name=op.f("fk_score_entry_sheet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_entry")),
        sa.UniqueConstraint("sheet_id", "code", name=op.f("uq_score_entry_sheet_id_code")),
    )
    op.create_table(
        "score_presence",
        sa.Column("sheet_id", sa.String(length=13), nullable=False),
        sa.Column("person_id", sa.String(length=13), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_score_presence_person_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["score_sheet.id"], name=op.f("fk_score_presence_sheet_id")),
        sa.PrimaryKeyConstraint("sheet_id", "person_id", name=op.f("pk_score_presence")),
    )
    op.create_table(
        "score_result",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("sheet_id", sa.String(length=13), nullable=False),
        sa.Column("round_id", sa.String(length=13), nullable=False),
        sa.Column("total", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("best", sa.JSON(), nullable=False),
        sa.Column("computed_at", INSTANT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["score_round.id"], name=op.f("fk_score_result_round_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["score_sheet.id"], name=op.f("fk_score_result_sheet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_result")),
        sa.UniqueConstraint("sheet_id", name=op.f("uq_score_result_sheet_id")),
    )
    op.create_index(op.f("ix_score_result_round_id"), "score_result", ["round_id"])
    op.create_table(
        "score_review",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("sheet_id", sa.String(length=13), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("control", "cross", name="review_kind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("giver", sa.String(length=13), nullable=False),
        sa.Column("handed_in_at", INSTANT, nullable=True),
        sa.Column("handed_in_by", sa.String(length=13), nullable=True),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["handed_in_by"], ["person.id"], name=op.f("fk_score_review_handed_in_by")),
        sa.ForeignKeyConstraint(["sheet_id"], ["score_sheet.id"], name=op.f("fk_score_review_sheet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_review")),
        sa.UniqueConstraint("sheet_id", "kind", "giver", name=op.f("uq_score_review_sheet_id_kind_giver")),
    )
    op.create_table(
        "score_change",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("entry_id", sa.String(length=13), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("person_id", sa.String(length=13), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["score_entry.id"], name=op.f("fk_score_change_entry_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_score_change_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_change")),
        sa.UniqueConstraint("entry_id", "no", name=op.f("uq_score_change_entry_id_no")),
    )
    op.create_index(op.f("ix_score_change_entry_id"), "score_change", ["entry_id"])
    op.create_table(
        "score_review_entry",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("review_id", sa.String(length=13), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["score_review.id"], name=op.f("fk_score_review_entry_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_review_entry")),
        sa.UniqueConstraint("review_id", "code", name=op.f("uq_score_review_entry_review_id_code")),
    )


def downgrade() -> None:
    op.drop_table("score_review_entry")
    op.drop_table("score_change")
    op.drop_table("score_review")
    op.drop_table("score_result")
    op.drop_table("score_presence")
    op.drop_table("score_entry")
    op.drop_table("score_appeal")
    op.drop_table("score_sheet")
    op.drop_table("score_round")
    op.drop_table("score_conflict")
    with op.batch_alter_table("rubric") as batch:
        batch.drop_column("rules")
