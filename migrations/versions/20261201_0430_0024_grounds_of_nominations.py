"""A nomination may rest on a sheet of the digital index and on a concluded inspection."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

NAME = "ck_nomination_ground_record_kind"


def upgrade() -> None:
    with op.batch_alter_table("nomination_ground") as batch:
        batch.drop_constraint(op.f(NAME), type_="check")
        batch.create_check_constraint(
            op.f(NAME),
            "record_kind IN ('score-sheet', 'initiative', 'award', 'indicator-sheet', 'inspection-visit', 'words')",
        )


def downgrade() -> None:
    # What the words say stays; only the way to the record goes.
    op.execute(
        sa.text(
            "UPDATE nomination_ground SET record_kind = 'words', record_id = NULL "
            "WHERE record_kind IN ('indicator-sheet', 'inspection-visit')"
        )
    )
    with op.batch_alter_table("nomination_ground") as batch:
        batch.drop_constraint(op.f(NAME), type_="check")
        batch.create_check_constraint(op.f(NAME), "record_kind IN ('score-sheet', 'initiative', 'award', 'words')")
