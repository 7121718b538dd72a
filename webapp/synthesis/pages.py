"""Pages of this slice: the office's report."""

from __future__ import annotations

# The downloads stand on the blueprint of the slice.
from webapp.synthesis import download_routes, routes  # noqa: F401

blueprints = (routes.blueprint,)
