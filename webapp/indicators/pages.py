"""All pages of the digital index."""

from __future__ import annotations

from flask import Blueprint

# Results stand on the blueprint of sets, moves on that of sheets.
from webapp.indicators import (
    moving_routes,  # noqa: F401
    result_routes,  # noqa: F401
    set_routes,
    sheet_routes,
)

blueprints: tuple[Blueprint, ...] = (set_routes.blueprint, sheet_routes.blueprint)
