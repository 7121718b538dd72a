"""All pages of the digital index."""

from __future__ import annotations

from flask import Blueprint

from webapp.indicators import set_routes, sheet_routes

# Results stand on the blueprint of sets, moves on that of sheets.
blueprints: tuple[Blueprint, ...] = (set_routes.blueprint, sheet_routes.blueprint)
