"""What one process holds open: database, archive, search index, clock."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import archive
import search
from webapp.core.clock import Clock
from webapp.core.db import Database
from webapp.core.errors import Busy
from webapp.core.settings import Settings


class IndexAway(Busy, search.SearchError):
    """The search index is lost, torn or of another version; the worker makes it anew from the catalogue."""

    sentence = "Chỉ mục tìm kiếm đang được lập lại; các trang khác vẫn dùng được. Xin tìm lại sau ít phút."


@dataclass
class Resources:
    """Opened from settings by `webapp.records.opening`; the index is opened at first use, since a rebuild may replace it.

    Without `makes_index` a lost index is reported instead of silently replaced by an empty one.
    """

    settings: Settings
    db: Database
    store: archive.Store
    clock: Clock
    makes_index: bool = True
    _index: search.Index | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def index(self) -> search.Index:
        """Raises IndexAway until the worker has made it anew."""
        with self._lock:
            try:
                if self._index is None:
                    if not self.makes_index and not self.settings.index_path.is_dir():
                        raise IndexAway
                    self._index = search.open(self.settings.index_path, engine=self.settings.search_engine)
                self._index.count()  # notices a folder that was lost since it was opened
            except (search.IndexOutdated, search.IndexBroken) as error:
                self._index = None
                raise IndexAway from error
            return self._index

    def forget_index(self) -> None:
        """Open it anew at the next use."""
        with self._lock:
            self._index = None

    def close(self) -> None:
        self.forget_index()
        self.db.close()
