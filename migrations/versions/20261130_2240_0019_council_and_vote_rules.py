"""The council with its seats; rules of the kinds of decision, written opinions, who is kept from a ballot, who stands in at a meeting."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
OF_BALLOT = (
    ("nomination_id", sa.String(length=13)),
    ("rule_id", sa.String(length=13)),
    ("rule_name", sa.String()),
    ("quorum", sa.Integer()),
    ("base", sa.String(length=24)),
    ("written", sa.Boolean()),
    ("shrinks", sa.Boolean()),
    ("stand_ins", sa.Boolean()),
    ("there", sa.JSON()),
)


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.create_table(
        "vote_rule",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("base", _enum("vote_base", "all", "present"), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("secret", sa.Boolean(), nullable=False),
        sa.Column("written", sa.Boolean(), nullable=False),
        sa.Column("shrinks", sa.Boolean(), nullable=False),
        sa.Column("stand_ins", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("citation", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.String(length=13), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("quorum BETWEEN 1 AND 100", name=op.f("ck_vote_rule_quorum")),
        sa.CheckConstraint("needed BETWEEN 50 AND 100", name=op.f("ck_vote_rule_needed")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_vote_rule_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote_rule")),
        sa.UniqueConstraint("code", "valid_from", name=op.f("uq_vote_rule_code_valid_from")),
    )
    op.create_table(
        "ballot_bar",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("ballot_id", sa.String(length=13), nullable=False),
        sa.Column("person_id", sa.String(length=13), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_ballot_bar_ballot_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_ballot_bar_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_bar")),
        sa.UniqueConstraint("ballot_id", "person_id", name=op.f("uq_ballot_bar_ballot_id_person_id")),
    )
    op.create_index(op.f("ix_ballot_bar_person_id"), "ballot_bar", ["person_id"])
    op.create_table(
        "ballot_asked",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("ballot_id", sa.String(length=13), nullable=False),
        sa.Column("person_id", sa.String(length=13), nullable=False),
        sa.Column("recorded_by", sa.String(length=13), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("document_id", sa.String(length=13), nullable=True),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_ballot_asked_ballot_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_ballot_asked_document_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_ballot_asked_person_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_ballot_asked_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_asked")),
        sa.UniqueConstraint("ballot_id", "person_id", name=op.f("uq_ballot_asked_ballot_id_person_id")),
    )
    op.create_index(op.f("ix_ballot_asked_person_id"), "ballot_asked", ["person_id"])
    with op.batch_alter_table("ballot") as batch:
        for name, kind in OF_BALLOT:
            batch.add_column(sa.Column(name, kind, nullable=True))
        batch.create_index(op.f("ix_ballot_nomination_id"), ["nomination_id"])
        batch.create_foreign_key(op.f("fk_ballot_rule_id"), "vote_rule", ["rule_id"], ["id"])
        batch.create_check_constraint(op.f("ck_ballot_ballot_base"), "base IN ('all', 'present')")
    with op.batch_alter_table("meeting_member") as batch:
        batch.add_column(sa.Column("stand_in_id", sa.String(length=13), nullable=True))
        batch.add_column(sa.Column("stand_in_name", sa.String(), nullable=True))
        batch.create_index(op.f("ix_meeting_member_stand_in_id"), ["stand_in_id"])
        batch.create_foreign_key(op.f("fk_meeting_member_stand_in_id"), "person", ["stand_in_id"], ["id"])

    _council()


def _council() -> None:
    op.create_table(
        "council",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("movement_id", sa.String(length=13), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decision_document_id", sa.String(length=13), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("created_by", sa.String(length=13), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("last_day IS NULL OR last_day >= first_day", name=op.f("ck_council_days")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_council_created_by")),
        sa.ForeignKeyConstraint(
            ["decision_document_id"], ["document.id"], name=op.f("fk_council_decision_document_id")
        ),
        sa.ForeignKeyConstraint(["movement_id"], ["movement.id"], name=op.f("fk_council_movement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_council")),
    )
    op.create_index(op.f("ix_council_movement_id"), "council", ["movement_id"])
    op.create_table(
        "council_seat",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("council_id", sa.String(length=13), nullable=False),
        sa.Column("person_id", sa.String(length=13), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("post", _enum("council_post", "chair", "deputy", "secretary", "member"), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("end_decision", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(length=13), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("until_day IS NULL OR until_day >= from_day", name=op.f("ck_council_seat_days")),
        sa.ForeignKeyConstraint(["council_id"], ["council.id"], name=op.f("fk_council_seat_council_id")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_council_seat_created_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_council_seat_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_council_seat")),
    )
    op.create_index(op.f("ix_council_seat_council_id"), "council_seat", ["council_id"])
    op.create_index(op.f("ix_council_seat_person_id"), "council_seat", ["person_id"])
    op.create_table(
        "council_assignment",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("seat_id", sa.String(length=13), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.String(length=13), nullable=True),
        sa.Column("group_id", sa.String(length=13), nullable=True),
        sa.Column("cluster_id", sa.String(length=13), nullable=True),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=True),
        sa.Column("created_by", sa.String(length=13), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("until_day IS NULL OR until_day >= from_day", name=op.f("ck_council_assignment_days")),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name=op.f("fk_council_assignment_cluster_id")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_council_assignment_created_by")),
        sa.ForeignKeyConstraint(["group_id"], ["criteria_group.id"], name=op.f("fk_council_assignment_group_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["council_seat.id"], name=op.f("fk_council_assignment_seat_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_council_assignment_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_council_assignment")),
    )
    op.create_index(op.f("ix_council_assignment_seat_id"), "council_assignment", ["seat_id"])
    op.create_table(
        "council_stand_in",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("seat_id", sa.String(length=13), nullable=False),
        sa.Column("person_id", sa.String(length=13), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("created_by", sa.String(length=13), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("until_day >= from_day", name=op.f("ck_council_stand_in_days")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_council_stand_in_created_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_council_stand_in_person_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["council_seat.id"], name=op.f("fk_council_stand_in_seat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_council_stand_in")),
    )
    op.create_index(op.f("ix_council_stand_in_person_id"), "council_stand_in", ["person_id"])
    op.create_index(op.f("ix_council_stand_in_seat_id"), "council_stand_in", ["seat_id"])


def downgrade() -> None:
    for table in ("council_stand_in", "council_assignment", "council_seat", "council"):
        op.drop_table(table)
    with op.batch_alter_table("meeting_member") as batch:
        batch.drop_constraint(op.f("fk_meeting_member_stand_in_id"), type_="foreignkey")
        batch.drop_index(op.f("ix_meeting_member_stand_in_id"))
        batch.drop_column("stand_in_name")
        batch.drop_column("stand_in_id")
    with op.batch_alter_table("ballot") as batch:
        batch.drop_constraint(op.f("ck_ballot_ballot_base"), type_="check")
        batch.drop_constraint(op.f("fk_ballot_rule_id"), type_="foreignkey")
        batch.drop_index(op.f("ix_ballot_nomination_id"))
        for name, _ in reversed(OF_BALLOT):
            batch.drop_column(name)
    op.drop_table("ballot_asked")
    op.drop_table("ballot_bar")
    op.drop_table("vote_rule")
