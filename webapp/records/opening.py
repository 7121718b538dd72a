"""Open what a process needs, with the archive following every change of the catalogue."""

from __future__ import annotations

import archive
from webapp.core.clock import Clock
from webapp.core.db import Database
from webapp.core.resources import Resources
from webapp.core.settings import Settings
from webapp.records.keep import install


def open_resources(settings: Settings) -> Resources:
    """Raises the archive's errors when its folder cannot be used."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o750)
    held = Resources(
        settings=settings,
        db=Database(settings.database_url, settings.timezone),
        store=archive.open(settings.object_store),
        clock=Clock(settings.fixed_now),
    )
    install(held.db, held.store, held.clock)
    return held
