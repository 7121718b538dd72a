"""Pages of this slice: meetings and ballots."""

from __future__ import annotations

# Routes without a blueprint of their own stand on that of the slice.
from webapp.meetings import ballot_routes, nomination_routes, routes, rule_routes, voting_routes  # noqa: F401

blueprints = (routes.blueprint,)
