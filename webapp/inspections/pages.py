"""Pages of this slice: programme, teams, visits, findings, remedies."""

from __future__ import annotations

# Routes without a blueprint of their own stand on that of the slice.
from webapp.inspections import (  # noqa: F401
    finding_routes,
    minutes_routes,
    programme_routes,
    remedy_routes,
    routes,
    team_routes,
    visit_routes,
)

blueprints = (routes.blueprint,)
