"""A word of the office on a point of the plan, on top of a small ward."""

from __future__ import annotations

from tests.support.ward import Ward
from webapp.models import Movement, PointAssignment
from webapp.obligations.service import Said, assign


def confirm(ward: Ward, point: str = "III.1.d", by: str = "office") -> PointAssignment:
    """That the council answers for it, at its meetings."""
    said = Said(owners=("council",), places=("meetings",), due="Quý IV hằng năm", note="Đã họp bàn")
    with ward.work() as session:
        movement = session.get_one(Movement, ward.movement_id)
        return assign(
            session, actor=ward.viewer(by), now=ward.now, movement=movement, point=point, part=1, said=said, revision=0
        )
