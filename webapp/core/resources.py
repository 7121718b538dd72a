"""What one process holds open: database, archive, search index, clock."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import archive
import search
from webapp.core.clock import Clock
from webapp.core.db import Database
from webapp.core.settings import Settings


@dataclass
class Resources:
    """Opened from settings by `open_resources`; the index is opened at first use, since a rebuild may replace it."""

    settings: Settings
    db: Database
    store: archive.Store
    clock: Clock
    _index: search.Index | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def index(self) -> search.Index:
        with self._lock:
            if self._index is None:
                self._index = search.open(self.settings.index_path, engine=self.settings.search_engine)
            return self._index

    def forget_index(self) -> None:
        """Open it anew at the next use."""
        with self._lock:
            self._index = None

    def close(self) -> None:
        self.forget_index()
        self.db.close()


def open_resources(settings: Settings) -> Resources:
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o750)
    return Resources(
        settings=settings,
        db=Database(settings.database_url),
        store=archive.open(settings.object_store),
        clock=Clock(settings.fixed_now),
    )
