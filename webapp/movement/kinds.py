"""What the house knows of movements and the points of their plans as kinds."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from search import Record
from webapp.kinds import Address, Bagged, Facets, Facts, Kind, Searched, search_key
from webapp.models import Criterion, Movement, PlanPoint, Theme
from webapp.permissions.scopes import EVERYONE


def _points(session: Session, ids: Collection[str]) -> Iterator[Record]:
    rows = session.execute(
        select(PlanPoint, Criterion.id, Theme.id)
        .outerjoin(Criterion, (Criterion.movement_id == PlanPoint.movement_id) & (Criterion.code == PlanPoint.code))
        .outerjoin(Theme, (Theme.movement_id == PlanPoint.movement_id) & (Theme.code == PlanPoint.code))
        .where(PlanPoint.id.in_(ids))
    )
    for point, criterion_id, theme_id in rows:
        facets: Facets = {}
        if criterion_id:
            facets["criterion"] = point.code
        if theme_id:
            facets["theme"] = point.code
        yield Record(
            key=search_key("point", point.id),
            kind="plan_point",
            # Without the movement's name: every point would answer to its words and crowd out the documents.
            title=f"Điểm {point.code}",
            body=point.text,
            viewer_keys=(EVERYONE,),
            facets=facets,
        )


KINDS = (
    Kind(
        name="movement",
        label="phong trào",
        model=Movement,
        readable=lambda _viewer: true(),
        title=lambda movement: movement.name,
        address=lambda movement: Address("movement.movement_view", {"movement_id": movement.id}),
        unit=None,
        parts=(),
        noted=(),
        # Found by the points of its plan.
        search=None,
        bag=Bagged(record="movement", only_if_named=True),
    ),
    Kind(
        name="point",
        label="điểm của kế hoạch",
        model=PlanPoint,
        readable=lambda _viewer: true(),
        title=lambda point: f"Điểm {point.code}",
        address=lambda point: Address("movement.movement_view", {"movement_id": point.movement_id}, point.code),
        unit=None,
        parts=(),
        noted=(),
        search=Searched(
            labels={"plan_point": "Điểm của kế hoạch"}, records=_points, facts=lambda point: Facts(code=point.code)
        ),
        # A part of its movement.
        bag=None,
    ),
)
