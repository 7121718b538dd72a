"""Initiatives: register, authors, reviews, adoption, files."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
FIELDS = (
    "administration",
    "digital",
    "economy",
    "education",
    "health",
    "culture",
    "security",
    "party",
    "other",
)
STATES = ("draft", "submitted", "returned", "reviewed", "recognised", "declined", "replicated", "honoured")


def one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def key(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=13), nullable=nullable)


def refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "initiative",
        key("id"),
        key("movement_id"),
        key("unit_id"),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("state", one_of("initiative_state", *STATES), nullable=False),
        sa.Column("kind", one_of("initiative_kind", "initiative", "solution", "model"), nullable=False),
        sa.Column("field", one_of("initiative_field", *FIELDS), nullable=True),
        sa.Column("scope", one_of("initiative_scope", "unit", "ward", "beyond"), nullable=False),
        key("theme_id", nullable=True),
        key("criterion_id", nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("solution", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("first_applied_on", sa.Date(), nullable=True),
        sa.Column("submissions", sa.Integer(), nullable=False),
        sa.Column("first_submitted_on", sa.Date(), nullable=True),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        key("decided_by", nullable=True),
        sa.Column("decision_number", sa.String(), nullable=False),
        sa.Column("decision_date", sa.Date(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("honoured_on", sa.Date(), nullable=True),
        sa.Column("honour_number", sa.String(), nullable=False),
        sa.Column("honour_note", sa.Text(), nullable=False),
        key("created_by", nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'declined' OR decision_reason <> ''", name=op.f("ck_initiative_declined_has_a_reason")
        ),
        sa.CheckConstraint(
            "state <> 'returned' OR return_reason <> ''", name=op.f("ck_initiative_returned_has_a_reason")
        ),
        refers("initiative", "movement_id", "movement"),
        refers("initiative", "unit_id", "unit"),
        refers("initiative", "theme_id", "theme"),
        refers("initiative", "criterion_id", "criterion"),
        refers("initiative", "decided_by", "person"),
        refers("initiative", "created_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_initiative")),
    )
    op.create_index(op.f("ix_initiative_unit_id_year"), "initiative", ["unit_id", "year"])
    op.create_index(op.f("ix_initiative_state_year"), "initiative", ["state", "year"])
    op.create_table(
        "initiative_author",
        key("id"),
        key("initiative_id"),
        sa.Column("position", sa.Integer(), nullable=False),
        key("person_id", nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("workplace", sa.String(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.CheckConstraint("share BETWEEN 0 AND 10000", name=op.f("ck_initiative_author_share")),
        refers("initiative_author", "initiative_id", "initiative"),
        refers("initiative_author", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_initiative_author")),
    )
    op.create_index(
        op.f("ix_initiative_author_initiative_id_position"), "initiative_author", ["initiative_id", "position"]
    )
    op.create_index(op.f("ix_initiative_author_person_id"), "initiative_author", ["person_id"])
    op.create_table(
        "initiative_review",
        key("id"),
        key("initiative_id"),
        sa.Column("submission", sa.Integer(), nullable=False),
        key("reviewer_id"),
        sa.Column("novelty", sa.Integer(), nullable=False),
        sa.Column("effect", sa.Integer(), nullable=False),
        sa.Column("spread", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("reviewed_at", INSTANT, nullable=False),
        *(
            sa.CheckConstraint(f"{name} BETWEEN 0 AND 10", name=op.f(f"ck_initiative_review_{name}"))
            for name in ("novelty", "effect", "spread")
        ),
        refers("initiative_review", "initiative_id", "initiative"),
        refers("initiative_review", "reviewer_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_initiative_review")),
        sa.UniqueConstraint(
            "initiative_id",
            "submission",
            "reviewer_id",
            name=op.f("uq_initiative_review_initiative_id_submission_reviewer_id"),
        ),
    )
    op.create_table(
        "initiative_adoption",
        key("id"),
        key("initiative_id"),
        key("unit_id"),
        sa.Column("adopted_on", sa.Date(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        key("entered_by", nullable=True),
        sa.Column("entered_at", INSTANT, nullable=False),
        refers("initiative_adoption", "initiative_id", "initiative"),
        refers("initiative_adoption", "unit_id", "unit"),
        refers("initiative_adoption", "entered_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_initiative_adoption")),
        sa.UniqueConstraint("initiative_id", "unit_id", name=op.f("uq_initiative_adoption_initiative_id_unit_id")),
    )
    op.create_index(op.f("ix_initiative_adoption_unit_id"), "initiative_adoption", ["unit_id"])
    op.create_table(
        "initiative_file",
        key("id"),
        key("initiative_id"),
        key("document_id"),
        key("linked_by", nullable=True),
        sa.Column("linked_at", INSTANT, nullable=False),
        sa.Column("removed_at", INSTANT, nullable=True),
        refers("initiative_file", "initiative_id", "initiative"),
        refers("initiative_file", "document_id", "document"),
        refers("initiative_file", "linked_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_initiative_file")),
    )
    op.create_index(op.f("ix_initiative_file_document_id"), "initiative_file", ["document_id"])
    op.create_index(
        "uq_initiative_file_live",
        "initiative_file",
        ["initiative_id", "document_id"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )


def downgrade() -> None:
    for table in (
        "initiative_file",
        "initiative_adoption",
        "initiative_review",
        "initiative_author",
        "initiative",
    ):
        op.drop_table(table)
