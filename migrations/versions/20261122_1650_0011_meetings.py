"""Meetings, who was there, ballots, who voted, what was in the box."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("movement_id", sa.String(length=13), nullable=False),
        sa.Column("cluster_id", sa.String(length=13), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("meets_at", INSTANT, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("chair_id", sa.String(length=13), nullable=False),
        sa.Column("secretary_id", sa.String(length=13), nullable=True),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("agenda", sa.Text(), nullable=False),
        sa.Column("discussion", sa.Text(), nullable=False),
        sa.Column("conclusion", sa.Text(), nullable=False),
        sa.Column("state", one_of("meeting_state", "planned", "held", "closed", "cancelled"), nullable=False),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("created_by", sa.String(length=13), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("quorum BETWEEN 1 AND 100", name=op.f("ck_meeting_quorum")),
        sa.CheckConstraint("state <> 'closed' OR closed_at IS NOT NULL", name=op.f("ck_meeting_closed_has_a_time")),
        sa.CheckConstraint(
            "state <> 'cancelled' OR cancel_reason <> ''", name=op.f("ck_meeting_cancelled_has_a_reason")
        ),
        sa.ForeignKeyConstraint(["chair_id"], ["person.id"], name=op.f("fk_meeting_chair_id")),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name=op.f("fk_meeting_cluster_id")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_meeting_created_by")),
        sa.ForeignKeyConstraint(["movement_id"], ["movement.id"], name=op.f("fk_meeting_movement_id")),
        sa.ForeignKeyConstraint(["secretary_id"], ["person.id"], name=op.f("fk_meeting_secretary_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    op.create_index(op.f("ix_meeting_year_cluster_id"), "meeting", ["year", "cluster_id"], unique=False)
    op.create_table(
        "meeting_member",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("meeting_id", sa.String(length=13), nullable=False),
        sa.Column("person_id", sa.String(length=13), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_member_meeting_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_meeting_member_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_member")),
        sa.UniqueConstraint("meeting_id", "person_id", name=op.f("uq_meeting_member_meeting_id_person_id")),
    )
    op.create_index(op.f("ix_meeting_member_person_id"), "meeting_member", ["person_id"], unique=False)
    op.create_table(
        "ballot",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("meeting_id", sa.String(length=13), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.String(length=13), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("secret", sa.Boolean(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("state", one_of("ballot_state", "prepared", "open", "closed", "void"), nullable=False),
        sa.Column("void_reason", sa.Text(), nullable=False),
        sa.Column("box", sa.Text(), nullable=True),
        sa.Column("salt", sa.String(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=True),
        sa.Column("electors", sa.Integer(), nullable=True),
        sa.Column("chosen", sa.Integer(), nullable=True),
        sa.Column("opened_at", INSTANT, nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("needed BETWEEN 50 AND 100", name=op.f("ck_ballot_needed")),
        sa.CheckConstraint("box IS NULL OR state = 'open'", name=op.f("ck_ballot_box_while_open")),
        sa.CheckConstraint(
            "state <> 'closed' OR (counts IS NOT NULL AND electors IS NOT NULL)",
            name=op.f("ck_ballot_closed_has_counts"),
        ),
        sa.CheckConstraint("state <> 'void' OR void_reason <> ''", name=op.f("ck_ballot_void_has_a_reason")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_ballot_meeting_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_ballot_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot")),
    )
    op.create_index(op.f("ix_ballot_meeting_id"), "ballot", ["meeting_id"], unique=False)
    op.create_table(
        "ballot_voter",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("ballot_id", sa.String(length=13), nullable=False),
        sa.Column("person_id", sa.String(length=13), nullable=False),
        sa.Column("choice", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_ballot_voter_ballot_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_ballot_voter_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_voter")),
        sa.UniqueConstraint("ballot_id", "person_id", name=op.f("uq_ballot_voter_ballot_id_person_id")),
    )
    op.create_table(
        "ballot_paper",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("ballot_id", sa.String(length=13), nullable=False),
        sa.Column("choice", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_ballot_paper_ballot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_paper")),
    )
    op.create_index(op.f("ix_ballot_paper_ballot_id"), "ballot_paper", ["ballot_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_ballot_paper_ballot_id"), table_name="ballot_paper")
    op.drop_table("ballot_paper")
    op.drop_table("ballot_voter")
    op.drop_index(op.f("ix_ballot_meeting_id"), table_name="ballot")
    op.drop_table("ballot")
    op.drop_index(op.f("ix_meeting_member_person_id"), table_name="meeting_member")
    op.drop_table("meeting_member")
    op.drop_index(op.f("ix_meeting_year_cluster_id"), table_name="meeting")
    op.drop_table("meeting")
