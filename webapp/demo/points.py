"""What the office of the demonstration says of the plan's points; the others stand as suggested."""

from __future__ import annotations

from datetime import datetime

from webapp.core.resources import Resources
from webapp.models import Movement
from webapp.obligations.queries import find_duty
from webapp.obligations.rules import suggest
from webapp.obligations.service import Said, assign
from webapp.permissions import Viewer

# Point, duty of it, note.
CONFIRMED = (
    ("II.3.a", 1, "Thủ trưởng từng đơn vị chịu trách nhiệm, ghi trong báo cáo năm."),
    ("III.1.g", 1, ""),
    ("IV.1", 1, ""),
    ("V.4", 1, "Thang điểm năm nay đã có tiêu chí này."),
    ("V.5", 1, ""),
    ("V.5", 2, ""),
)


def add_points(resources: Resources, office: Viewer, *, now: datetime, movement_id: str) -> None:
    """As suggested, confirmed by the office."""
    with resources.db.unit_of_work() as session:
        movement = session.get_one(Movement, movement_id)
        for point, part, note in CONFIRMED:
            suggested = suggest(find_duty(session, movement, point, part)[1])
            said = Said(owners=suggested.owners, places=suggested.places, due=suggested.when, note=note)
            assign(session, actor=office, now=now, movement=movement, point=point, part=part, said=said, revision=0)
