"""Pages of this slice, room by room."""

from __future__ import annotations

from webapp.commendation.catalogue import routes as catalogue
from webapp.commendation.nominations import dossier_routes, moving_routes
from webapp.commendation.nominations import routes as nominations
from webapp.commendation.rounds import routes as rounds

blueprints = (
    catalogue.blueprint,
    rounds.blueprint,
    nominations.blueprint,
    dossier_routes.blueprint,
    moving_routes.blueprint,
)
