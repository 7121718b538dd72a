"""Pages of this slice: checklists and evidence."""

from __future__ import annotations

# Routes without a blueprint of their own stand on that of the slice.
from webapp.checklists import gallery_routes, item_routes, routes, wizard_routes  # noqa: F401

blueprints = (routes.blueprint,)
