"""Rules of the kinds of decision, written opinions, who is kept from a ballot, who stands in at a meeting."""

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


def downgrade() -> None:
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
