"""What the office says of the duties of the plan, point by point."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "point_assignment",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("plan_version_id", sa.String(length=13), nullable=False),
        sa.Column("point", sa.String(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owners", sa.JSON(), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("due", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(length=13), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("part > 0", name=op.f("ck_point_assignment_part")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_point_assignment_created_by")),
        sa.ForeignKeyConstraint(
            ["plan_version_id"], ["plan_version.id"], name=op.f("fk_point_assignment_plan_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_assignment")),
        sa.UniqueConstraint(
            "plan_version_id", "point", "part", name=op.f("uq_point_assignment_plan_version_id_point_part")
        ),
    )


def downgrade() -> None:
    op.drop_table("point_assignment")
