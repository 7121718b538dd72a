"""All pages of scoring."""

from __future__ import annotations

from flask import Blueprint

import webapp.scoring.rounds.arranging_routes
import webapp.scoring.rounds.grid_routes
import webapp.scoring.rounds.moderation_routes
import webapp.scoring.rounds.result_routes
import webapp.scoring.rounds.routes
import webapp.scoring.rubrics.routes
import webapp.scoring.rubrics.try_routes
import webapp.scoring.sheets.appraisal_routes
import webapp.scoring.sheets.opinion_routes
import webapp.scoring.sheets.output_routes
import webapp.scoring.sheets.routes

# Pages of a round stand on the blueprints of sheets: their addresses and endpoints were there first.
blueprints: tuple[Blueprint, ...] = (
    webapp.scoring.rubrics.routes.blueprint,
    webapp.scoring.sheets.routes.blueprint,
    webapp.scoring.sheets.appraisal_routes.blueprint,
    webapp.scoring.sheets.output_routes.blueprint,
)
