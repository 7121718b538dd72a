"""Rounds of commendation, nominations with their dossiers, proposals, decisions and awards; days off."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:

    op.create_table(
        "award_mark",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("kind", _enum("mark_kind", "discipline", "inspection", "complaint", "press"), nullable=False),
        sa.Column("person_id", sa.String(length=13), nullable=True),
        sa.Column("unit_id", sa.String(length=13), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=True),
        sa.Column("created_by", sa.String(length=13), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("lifted_at", INSTANT, nullable=True),
        sa.Column("lifted_by", sa.String(length=13), nullable=True),
        sa.Column("lifted_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_award_mark_created_by")),
        sa.ForeignKeyConstraint(["lifted_by"], ["person.id"], name=op.f("fk_award_mark_lifted_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_award_mark_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_award_mark_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_mark")),
    )
    op.create_index(op.f("ix_award_mark_folded"), "award_mark", ["folded"], unique=False)
    op.create_table(
        "award_round",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("movement_id", sa.String(length=13), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", _enum("award_round_kind", "yearly", "interim", "final", "topic", "at_once"), nullable=False),
        sa.Column("manner", _enum("award_manner", "merit", "topic", "sudden"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", _enum("award_round_state", "draft", "in_force", "closed"), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("proposers", sa.JSON(), nullable=False),
        sa.Column("vote_rule", sa.String(), nullable=False),
        sa.Column("answer_days", sa.Integer(), nullable=False),
        sa.Column("complete_days", sa.Integer(), nullable=False),
        sa.Column("refuse_days", sa.Integer(), nullable=False),
        sa.Column("reserve", sa.Integer(), nullable=False),
        sa.Column("birth_date_needed", sa.Boolean(), nullable=False),
        sa.Column("guidance", sa.Text(), nullable=False),
        sa.Column("closed_reason", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(length=13), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("closes_on >= opens_on", name=op.f("ck_award_round_days")),
        sa.CheckConstraint("period_to >= period_from", name=op.f("ck_award_round_period")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_award_round_created_by")),
        sa.ForeignKeyConstraint(["movement_id"], ["movement.id"], name=op.f("fk_award_round_movement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_round")),
    )
    op.create_index(op.f("ix_award_round_movement_id_year"), "award_round", ["movement_id", "year"], unique=False)
    op.create_table(
        "holiday",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("citation", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(length=13), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_holiday_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holiday")),
        sa.UniqueConstraint("day", name=op.f("uq_holiday_day")),
    )
    op.create_table(
        "award_decision",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("movement_id", sa.String(length=13), nullable=False),
        sa.Column("round_id", sa.String(length=13), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("state", _enum("award_decision_state", "draft", "issued"), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("signer_name", sa.String(), nullable=False),
        sa.Column("signer_post", sa.String(), nullable=False),
        sa.Column("money_source", sa.Text(), nullable=False),
        sa.Column("document_id", sa.String(length=13), nullable=True),
        sa.Column("created_by", sa.String(length=13), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("issued_at", INSTANT, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'issued' OR (number <> '' AND issued_at IS NOT NULL)",
            name=op.f("ck_award_decision_issued_has_a_number"),
        ),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_award_decision_created_by")),
        sa.ForeignKeyConstraint(["movement_id"], ["movement.id"], name=op.f("fk_award_decision_movement_id")),
        sa.ForeignKeyConstraint(["round_id"], ["award_round.id"], name=op.f("fk_award_decision_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_decision")),
    )
    op.create_index(op.f("ix_award_decision_movement_id_year"), "award_decision", ["movement_id", "year"], unique=False)
    op.create_index(op.f("ix_award_decision_round_id"), "award_decision", ["round_id"], unique=False)
    op.create_table(
        "award_proposal",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("round_id", sa.String(length=13), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("created_by", sa.String(length=13), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_award_proposal_created_by")),
        sa.ForeignKeyConstraint(["round_id"], ["award_round.id"], name=op.f("fk_award_proposal_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_proposal")),
    )
    op.create_index(op.f("ix_award_proposal_round_id"), "award_proposal", ["round_id"], unique=False)
    op.create_table(
        "award_round_line",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("round_id", sa.String(length=13), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title_id", sa.String(length=13), nullable=False),
        sa.Column("subject", _enum("award_subject", "person", "collective", "household"), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=True),
        sa.Column("share", sa.Integer(), nullable=True),
        sa.Column("papers", sa.JSON(), nullable=False),
        sa.CheckConstraint("quota IS NULL OR quota > 0", name=op.f("ck_award_round_line_quota")),
        sa.CheckConstraint("share IS NULL OR share BETWEEN 1 AND 100", name=op.f("ck_award_round_line_share")),
        sa.ForeignKeyConstraint(["round_id"], ["award_round.id"], name=op.f("fk_award_round_line_round_id")),
        sa.ForeignKeyConstraint(["title_id"], ["award_title.id"], name=op.f("fk_award_round_line_title_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_round_line")),
        sa.UniqueConstraint(
            "round_id", "title_id", "subject", name=op.f("uq_award_round_line_round_id_title_id_subject")
        ),
    )
    op.create_index(op.f("ix_award_round_line_round_id"), "award_round_line", ["round_id"], unique=False)
    op.create_table(
        "nomination",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("round_id", sa.String(length=13), nullable=False),
        sa.Column("movement_id", sa.String(length=13), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title_id", sa.String(length=13), nullable=False),
        sa.Column("subject", _enum("award_subject", "person", "collective", "household"), nullable=False),
        sa.Column("proposer", _enum("proposer", "unit", "cluster", "office"), nullable=False),
        sa.Column("unit_id", sa.String(length=13), nullable=True),
        sa.Column("cluster_id", sa.String(length=13), nullable=True),
        sa.Column("person_id", sa.String(length=13), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("honorific", sa.String(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("workplace", sa.String(), nullable=False),
        sa.Column("leads", sa.Boolean(), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("achievement", sa.Text(), nullable=False),
        sa.Column(
            "state",
            _enum(
                "nomination_state",
                "draft",
                "submitted",
                "returned",
                "received",
                "proposed",
                "approved",
                "struck",
                "honoured",
                "refused",
                "withdrawn",
            ),
            nullable=False,
        ),
        sa.Column("submissions", sa.Integer(), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("returns", sa.Integer(), nullable=False),
        sa.Column("return_reason", sa.Text(), nullable=False),
        sa.Column("complete_by", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column(
            "refusal",
            _enum("refusal_reason", "subject", "standard", "papers", "breach", "late", "other"),
            nullable=True,
        ),
        sa.Column("refusal_note", sa.Text(), nullable=False),
        sa.Column("proposal_id", sa.String(length=13), nullable=True),
        sa.Column("voted_for", sa.Boolean(), nullable=True),
        sa.Column("verdict_reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(length=13), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("created_by", sa.String(length=13), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'refused' OR refusal IS NOT NULL", name=op.f("ck_nomination_refused_has_a_reason")
        ),
        sa.CheckConstraint(
            "state <> 'returned' OR return_reason <> ''", name=op.f("ck_nomination_returned_has_a_reason")
        ),
        sa.CheckConstraint("state <> 'struck' OR verdict_reason <> ''", name=op.f("ck_nomination_struck_has_a_reason")),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name=op.f("fk_nomination_cluster_id")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_nomination_created_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_nomination_decided_by")),
        sa.ForeignKeyConstraint(["movement_id"], ["movement.id"], name=op.f("fk_nomination_movement_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_nomination_person_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["award_proposal.id"], name=op.f("fk_nomination_proposal_id")),
        sa.ForeignKeyConstraint(["round_id"], ["award_round.id"], name=op.f("fk_nomination_round_id")),
        sa.ForeignKeyConstraint(["title_id"], ["award_title.id"], name=op.f("fk_nomination_title_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_nomination_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination")),
    )
    op.create_index(op.f("ix_nomination_folded"), "nomination", ["folded"], unique=False)
    op.create_index(op.f("ix_nomination_person_id"), "nomination", ["person_id"], unique=False)
    op.create_index(op.f("ix_nomination_proposal_id"), "nomination", ["proposal_id"], unique=False)
    op.create_index(op.f("ix_nomination_round_id_state"), "nomination", ["round_id", "state"], unique=False)
    op.create_index(op.f("ix_nomination_unit_id_year"), "nomination", ["unit_id", "year"], unique=False)
    op.create_table(
        "award",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("decision_id", sa.String(length=13), nullable=False),
        sa.Column("nomination_id", sa.String(length=13), nullable=True),
        sa.Column("corrects_id", sa.String(length=13), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("title_id", sa.String(length=13), nullable=False),
        sa.Column("title_name", sa.String(), nullable=False),
        sa.Column("manner", _enum("award_manner", "merit", "topic", "sudden"), nullable=False),
        sa.Column("subject", _enum("award_subject", "person", "collective", "household"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=13), nullable=True),
        sa.Column("unit_id", sa.String(length=13), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("honorific", sa.String(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("workplace", sa.String(), nullable=False),
        sa.Column("leads", sa.Boolean(), nullable=True),
        sa.Column("achievement", sa.Text(), nullable=False),
        sa.Column("base_pay", sa.Integer(), nullable=True),
        sa.Column("coefficient", sa.String(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("money_words", sa.Text(), nullable=False),
        sa.Column("handed_on", sa.Date(), nullable=True),
        sa.Column("handed_to", sa.String(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("paid_amount", sa.Integer(), nullable=True),
        sa.Column("paid_note", sa.String(), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("revoked_number", sa.String(), nullable=False),
        sa.Column("revoked_reason", sa.Text(), nullable=False),
        sa.Column("to_recover", sa.Integer(), nullable=True),
        sa.Column("recovered_on", sa.Date(), nullable=True),
        sa.Column("recovered_amount", sa.Integer(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "revoked_on IS NULL OR (revoked_number <> '' AND revoked_reason <> '')",
            name=op.f("ck_award_revoked_has_a_reason"),
        ),
        sa.ForeignKeyConstraint(["decision_id"], ["award_decision.id"], name=op.f("fk_award_decision_id")),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_award_nomination_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_award_person_id")),
        sa.ForeignKeyConstraint(["title_id"], ["award_title.id"], name=op.f("fk_award_title_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_award_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.UniqueConstraint("decision_id", "ordinal", name=op.f("uq_award_decision_id_ordinal")),
    )
    op.create_index(op.f("ix_award_folded"), "award", ["folded"], unique=False)
    op.create_index(op.f("ix_award_nomination_id"), "award", ["nomination_id"], unique=False)
    op.create_index(op.f("ix_award_person_id"), "award", ["person_id"], unique=False)
    op.create_index(op.f("ix_award_unit_id"), "award", ["unit_id"], unique=False)
    op.create_index(op.f("ix_award_year_title_id"), "award", ["year", "title_id"], unique=False)
    op.create_table(
        "nomination_flag",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("nomination_id", sa.String(length=13), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("accepted_by", sa.String(length=13), nullable=True),
        sa.Column("accepted_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["accepted_by"], ["person.id"], name=op.f("fk_nomination_flag_accepted_by")),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_nomination_flag_nomination_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination_flag")),
        sa.UniqueConstraint("nomination_id", "key", name=op.f("uq_nomination_flag_nomination_id_key")),
    )
    op.create_table(
        "nomination_ground",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("nomination_id", sa.String(length=13), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("record_kind", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(length=13), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "record_kind IN ('score-sheet', 'initiative', 'award', 'words')",
            name=op.f("ck_nomination_ground_record_kind"),
        ),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_nomination_ground_nomination_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination_ground")),
    )
    op.create_index(op.f("ix_nomination_ground_nomination_id"), "nomination_ground", ["nomination_id"], unique=False)
    op.create_index(op.f("ix_nomination_ground_record_id"), "nomination_ground", ["record_id"], unique=False)
    op.create_table(
        "nomination_paper",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("nomination_id", sa.String(length=13), nullable=False),
        sa.Column(
            "paper",
            _enum("dossier_paper", "report", "minutes", "initiative", "completion", "confirmation"),
            nullable=False,
        ),
        sa.Column("document_id", sa.String(length=13), nullable=False),
        sa.Column("version_id", sa.String(length=13), nullable=False),
        sa.Column("linked_by", sa.String(length=13), nullable=True),
        sa.Column("linked_at", INSTANT, nullable=False),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_nomination_paper_document_id")),
        sa.ForeignKeyConstraint(["linked_by"], ["person.id"], name=op.f("fk_nomination_paper_linked_by")),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_nomination_paper_nomination_id")),
        sa.ForeignKeyConstraint(["version_id"], ["document_version.id"], name=op.f("fk_nomination_paper_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination_paper")),
    )
    op.create_index(op.f("ix_nomination_paper_document_id"), "nomination_paper", ["document_id"], unique=False)
    op.create_index(op.f("ix_nomination_paper_nomination_id"), "nomination_paper", ["nomination_id"], unique=False)
    op.create_table(
        "nomination_section",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("nomination_id", sa.String(length=13), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(), nullable=False),
        sa.Column("composed", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("composed_at", INSTANT, nullable=False),
        sa.Column("edited_by", sa.String(length=13), nullable=True),
        sa.Column("edited_at", INSTANT, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["edited_by"], ["person.id"], name=op.f("fk_nomination_section_edited_by")),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_nomination_section_nomination_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination_section")),
        sa.UniqueConstraint("nomination_id", "position", name=op.f("uq_nomination_section_nomination_id_position")),
    )
    op.create_table(
        "nomination_stake",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("nomination_id", sa.String(length=13), nullable=False),
        sa.Column("person_id", sa.String(length=13), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("declared_by", sa.String(length=13), nullable=True),
        sa.Column("declared_at", INSTANT, nullable=False),
        sa.Column("lifted_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["declared_by"], ["person.id"], name=op.f("fk_nomination_stake_declared_by")),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_nomination_stake_nomination_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_nomination_stake_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination_stake")),
    )
    op.create_index(op.f("ix_nomination_stake_nomination_id"), "nomination_stake", ["nomination_id"], unique=False)
    op.create_index(op.f("ix_nomination_stake_person_id"), "nomination_stake", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("nomination_stake")
    op.drop_table("nomination_section")
    op.drop_table("nomination_paper")
    op.drop_table("nomination_ground")
    op.drop_table("nomination_flag")
    op.drop_table("award")
    op.drop_table("nomination")
    op.drop_table("award_round_line")
    op.drop_table("award_proposal")
    op.drop_table("award_decision")
    op.drop_table("holiday")
    op.drop_table("award_round")
    op.drop_table("award_mark")
