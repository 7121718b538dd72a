"""What the house knows of duties as a kind."""

from __future__ import annotations

from sqlalchemy.orm import joinedload

from webapp.kinds import NO_PLACE, Bagged, Kind
from webapp.models import Duty
from webapp.permissions.scopes import readable_duties

KINDS = (
    Kind(
        name="duty",
        label="việc phải nộp",
        model=Duty,
        readable=readable_duties,
        title=lambda duty: f"{duty.paper.label} {duty.year} · {duty.unit.name}",
        address=NO_PLACE,
        unit=Duty.unit_id,
        parts=(),
        noted=(),
        loading=(joinedload(Duty.unit),),
        search=None,
        bag=Bagged(record="duty"),
    ),
)
