"""How a store is opened, by its folder or address."""

from __future__ import annotations

from pathlib import Path

from archive.errors import NotBuilt
from archive.local import LocalStore
from archive.store import Store


def open(path_or_url: str | Path) -> Store:
    """Open the store in a folder, creating its layout when absent.

    Raises `NotBuilt` for another kind of address (s3://…), `LayoutMismatch` for a store of another version,
    `StoreFull` or `StoreReadOnly` when a new one cannot be made.
    """
    text = str(path_or_url)
    if isinstance(path_or_url, str) and "://" in text:
        scheme, _, rest = text.partition("://")
        if scheme != "file":
            raise NotBuilt(f"a store at {scheme}:// is not built yet")
        text = rest
    return LocalStore(Path(text))
