"""Roles held for somebody who is away, or named where a unit has no head; for whom something was handed in."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

SUBMISSIONS = ("paper_version", "checklist_version")


def upgrade() -> None:
    with op.batch_alter_table("role_grant") as batch:
        batch.add_column(sa.Column("acting_for_id", sa.String(length=13), nullable=True))
        batch.add_column(sa.Column("basis", sa.String(), nullable=True))
        batch.create_foreign_key(op.f("fk_role_grant_acting_for_id"), "person", ["acting_for_id"], ["id"])
        batch.create_index(op.f("ix_role_grant_acting_for_id"), ["acting_for_id"])
        batch.create_check_constraint(
            op.f("ck_role_grant_what_has_a_basis_has_its_days"),
            "basis IS NULL OR (valid_from IS NOT NULL AND valid_until IS NOT NULL)",
        )
        batch.create_check_constraint(
            op.f("ck_role_grant_acting_has_a_basis"), "acting_for_id IS NULL OR basis IS NOT NULL"
        )
    for table in SUBMISSIONS:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("on_behalf", sa.String(), nullable=True))


def downgrade() -> None:
    # A build that does not know of these roles would take them for the person's own.
    op.execute(sa.text("DELETE FROM role_grant WHERE basis IS NOT NULL"))
    for table in SUBMISSIONS:
        with op.batch_alter_table(table) as batch:
            batch.drop_column("on_behalf")
    with op.batch_alter_table("role_grant") as batch:
        batch.drop_constraint(op.f("ck_role_grant_acting_has_a_basis"), type_="check")
        batch.drop_constraint(op.f("ck_role_grant_what_has_a_basis_has_its_days"), type_="check")
        batch.drop_index(op.f("ix_role_grant_acting_for_id"))
        batch.drop_constraint(op.f("fk_role_grant_acting_for_id"), type_="foreignkey")
        batch.drop_column("basis")
        batch.drop_column("acting_for_id")
