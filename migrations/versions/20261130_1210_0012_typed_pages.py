"""What people typed of pages that were read badly."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "typed_page",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("version_id", sa.String(length=13), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("typed_by", sa.String(length=13), nullable=True),
        sa.Column("typed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("page BETWEEN 1 AND 500", name=op.f("ck_typed_page_page")),
        sa.ForeignKeyConstraint(["typed_by"], ["person.id"], name=op.f("fk_typed_page_typed_by")),
        sa.ForeignKeyConstraint(["version_id"], ["document_version.id"], name=op.f("fk_typed_page_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_typed_page")),
    )
    op.create_index(op.f("ix_typed_page_version_id_page"), "typed_page", ["version_id", "page"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_typed_page_version_id_page"), table_name="typed_page")
    op.drop_table("typed_page")
