"""The checklists of one group in one year are found without reading all: the overview of a large ward."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_checklist_year_group_id"), "checklist", ["year", "group_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_checklist_year_group_id"), table_name="checklist")
