"""Inspections: programmes, teams, visits, findings, remedies; a role that hangs on a team."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inspection_programme",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("movement_id", sa.String(length=13), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("goal", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("draft", "approved", name="programme_state", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("created_by", sa.String(length=13), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'approved' OR approved_on IS NOT NULL", name=op.f("ck_inspection_programme_approved_has_its_day")
        ),
        sa.CheckConstraint("goal BETWEEN 1 AND 100", name=op.f("ck_inspection_programme_goal")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_inspection_programme_created_by")),
        sa.ForeignKeyConstraint(["movement_id"], ["movement.id"], name=op.f("fk_inspection_programme_movement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_programme")),
        sa.UniqueConstraint("movement_id", "year", name=op.f("uq_inspection_programme_movement_id_year")),
    )
    op.create_table(
        "inspection",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("movement_id", sa.String(length=13), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("surprise", sa.Boolean(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_until", sa.Date(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "in_force",
                "ended",
                "cancelled",
                name="inspection_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decision_document_id", sa.String(length=13), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(length=13), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'cancelled' OR end_reason <> ''", name=op.f("ck_inspection_cancelled_has_a_reason")
        ),
        sa.CheckConstraint(
            "state NOT IN ('in_force', 'ended') OR decided_on IS NOT NULL", name=op.f("ck_inspection_decided")
        ),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_inspection_days")),
        sa.CheckConstraint("period_until >= period_from", name=op.f("ck_inspection_period")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_inspection_created_by")),
        sa.ForeignKeyConstraint(
            ["decision_document_id"], ["document.id"], name=op.f("fk_inspection_decision_document_id")
        ),
        sa.ForeignKeyConstraint(["movement_id"], ["movement.id"], name=op.f("fk_inspection_movement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
    )
    op.create_index(op.f("ix_inspection_movement_id_year"), "inspection", ["movement_id", "year"], unique=False)
    op.create_table(
        "inspection_programme_line",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("programme_id", sa.String(length=13), nullable=False),
        sa.Column("unit_id", sa.String(length=13), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("struck_reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("month BETWEEN 1 AND 12", name=op.f("ck_inspection_programme_line_month")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["inspection_programme.id"], name=op.f("fk_inspection_programme_line_programme_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_inspection_programme_line_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_programme_line")),
    )
    op.create_index(
        op.f("ix_inspection_programme_line_programme_id"), "inspection_programme_line", ["programme_id"], unique=False
    )
    op.create_table(
        "inspection_member",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("inspection_id", sa.String(length=13), nullable=False),
        sa.Column("person_id", sa.String(length=13), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "post",
            sa.Enum(
                "head",
                "deputy",
                "secretary",
                "member",
                name="team_post",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "removed_at IS NULL OR removed_reason <> ''", name=op.f("ck_inspection_member_removed_has_a_reason")
        ),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspection.id"], name=op.f("fk_inspection_member_inspection_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_inspection_member_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_member")),
    )
    op.create_index(op.f("ix_inspection_member_inspection_id"), "inspection_member", ["inspection_id"], unique=False)
    op.create_index(op.f("ix_inspection_member_person_id"), "inspection_member", ["person_id"], unique=False)
    op.create_table(
        "inspection_visit",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("inspection_id", sa.String(length=13), nullable=False),
        sa.Column("movement_id", sa.String(length=13), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.String(length=13), nullable=False),
        sa.Column("visit_from", sa.Date(), nullable=False),
        sa.Column("visit_until", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "notified",
                "opened",
                "minuted",
                "signed",
                "reported",
                "concluded",
                "closed",
                "cancelled",
                name="visit_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("notified_on", sa.Date(), nullable=True),
        sa.Column("self_report_by", sa.Date(), nullable=True),
        sa.Column("self_report", sa.Text(), nullable=False),
        sa.Column("self_reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unit_name", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("team_present", sa.Text(), nullable=False),
        sa.Column("unit_present", sa.Text(), nullable=False),
        sa.Column("papers_seen", sa.Text(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("reservations", sa.Text(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("minuted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("report_by", sa.Date(), nullable=True),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("conclusion", sa.Text(), nullable=False),
        sa.Column("conclude_by", sa.Date(), nullable=True),
        sa.Column("conclusion_number", sa.String(), nullable=False),
        sa.Column("concluded_on", sa.Date(), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'cancelled' OR cancel_reason <> ''", name=op.f("ck_inspection_visit_cancelled_has_a_reason")
        ),
        sa.CheckConstraint("visit_until >= visit_from", name=op.f("ck_inspection_visit_days")),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspection.id"], name=op.f("fk_inspection_visit_inspection_id")),
        sa.ForeignKeyConstraint(["movement_id"], ["movement.id"], name=op.f("fk_inspection_visit_movement_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_inspection_visit_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_visit")),
        sa.UniqueConstraint("inspection_id", "unit_id", name=op.f("uq_inspection_visit_inspection_id_unit_id")),
    )
    op.create_index(op.f("ix_inspection_visit_inspection_id"), "inspection_visit", ["inspection_id"], unique=False)
    op.create_index(op.f("ix_inspection_visit_unit_id_state"), "inspection_visit", ["unit_id", "state"], unique=False)
    op.create_table(
        "inspection_finding",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("visit_id", sa.String(length=13), nullable=False),
        sa.Column("client_key", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "good", "lacking", "proposal", name="finding_kind", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("criterion_id", sa.String(length=13), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("found_by", sa.String(length=13), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_reason", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "removed_at IS NULL OR removed_reason <> ''", name=op.f("ck_inspection_finding_removed_has_a_reason")
        ),
        sa.ForeignKeyConstraint(["criterion_id"], ["criterion.id"], name=op.f("fk_inspection_finding_criterion_id")),
        sa.ForeignKeyConstraint(["found_by"], ["person.id"], name=op.f("fk_inspection_finding_found_by")),
        sa.ForeignKeyConstraint(["visit_id"], ["inspection_visit.id"], name=op.f("fk_inspection_finding_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_finding")),
        sa.UniqueConstraint("visit_id", "client_key", name=op.f("uq_inspection_finding_visit_id_client_key")),
    )
    op.create_table(
        "inspection_signature",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("visit_id", sa.String(length=13), nullable=False),
        sa.Column(
            "side",
            sa.Enum("team", "unit", name="signature_side", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("drawing", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("document_id", sa.String(length=13), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("signed_by", sa.String(length=13), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("void_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "drawing IS NOT NULL OR document_id IS NOT NULL", name=op.f("ck_inspection_signature_drawn_or_scanned")
        ),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_inspection_signature_document_id")),
        sa.ForeignKeyConstraint(["signed_by"], ["person.id"], name=op.f("fk_inspection_signature_signed_by")),
        sa.ForeignKeyConstraint(["visit_id"], ["inspection_visit.id"], name=op.f("fk_inspection_signature_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_signature")),
    )
    op.create_index(
        op.f("ix_inspection_signature_visit_id_side"), "inspection_signature", ["visit_id", "side"], unique=False
    )
    op.create_table(
        "inspection_remedy",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("visit_id", sa.String(length=13), nullable=False),
        sa.Column("finding_id", sa.String(length=13), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "answered", "closed", name="remedy_state", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=13), nullable=True),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=13), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("state <> 'closed' OR closed_at IS NOT NULL", name=op.f("ck_inspection_remedy_closed_at")),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_inspection_remedy_answered_by")),
        sa.ForeignKeyConstraint(["closed_by"], ["person.id"], name=op.f("fk_inspection_remedy_closed_by")),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["inspection_finding.id"], name=op.f("fk_inspection_remedy_finding_id")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["inspection_visit.id"], name=op.f("fk_inspection_remedy_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_remedy")),
    )
    op.create_index(op.f("ix_inspection_remedy_visit_id"), "inspection_remedy", ["visit_id"], unique=False)
    op.create_table(
        "inspection_file",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("visit_id", sa.String(length=13), nullable=False),
        sa.Column("finding_id", sa.String(length=13), nullable=True),
        sa.Column("remedy_id", sa.String(length=13), nullable=True),
        sa.Column("of_team", sa.Boolean(), nullable=False),
        sa.Column("document_id", sa.String(length=13), nullable=False),
        sa.Column("version_id", sa.String(length=13), nullable=False),
        sa.Column("linked_by", sa.String(length=13), nullable=True),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_inspection_file_document_id")),
        sa.ForeignKeyConstraint(["finding_id"], ["inspection_finding.id"], name=op.f("fk_inspection_file_finding_id")),
        sa.ForeignKeyConstraint(["linked_by"], ["person.id"], name=op.f("fk_inspection_file_linked_by")),
        sa.ForeignKeyConstraint(["remedy_id"], ["inspection_remedy.id"], name=op.f("fk_inspection_file_remedy_id")),
        sa.ForeignKeyConstraint(["version_id"], ["document_version.id"], name=op.f("fk_inspection_file_version_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["inspection_visit.id"], name=op.f("fk_inspection_file_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_file")),
    )
    op.create_index(op.f("ix_inspection_file_document_id"), "inspection_file", ["document_id"], unique=False)
    op.create_index(op.f("ix_inspection_file_visit_id"), "inspection_file", ["visit_id"], unique=False)
    with op.batch_alter_table("role_grant") as batch:
        batch.add_column(sa.Column("inspection_id", sa.String(length=13), nullable=True))
        batch.create_foreign_key(op.f("fk_role_grant_inspection_id"), "inspection", ["inspection_id"], ["id"])
        batch.create_index(op.f("ix_role_grant_inspection_id"), ["inspection_id"])


def downgrade() -> None:
    # The grants stay: each has its unit and its last day, as those given by hand before.
    with op.batch_alter_table("role_grant") as batch:
        batch.drop_index(op.f("ix_role_grant_inspection_id"))
        batch.drop_constraint(op.f("fk_role_grant_inspection_id"), type_="foreignkey")
        batch.drop_column("inspection_id")
    op.drop_table("inspection_file")
    op.drop_table("inspection_remedy")
    op.drop_table("inspection_signature")
    op.drop_table("inspection_finding")
    op.drop_table("inspection_visit")
    op.drop_table("inspection_member")
    op.drop_table("inspection_programme_line")
    op.drop_table("inspection")
    op.drop_table("inspection_programme")
