"""From a file in a request to bytes in the archive."""

from __future__ import annotations

import os

from werkzeug.datastructures import FileStorage

from archive import Receipt, Store
from webapp.core.errors import Invalid
from webapp.documents.rules import file_fault


def store_file(store: Store, file: FileStorage, *, max_size: int) -> Receipt:
    """Put one uploaded file into the archive; it is durable when this returns.

    Raises Invalid for an empty file or a type that is not taken, archive errors when the disk refuses.
    """
    file.stream.seek(0, os.SEEK_END)
    size = file.stream.tell()
    file.stream.seek(0)
    if fault := file_fault(file.filename or "", size):
        raise Invalid({"files": fault})
    return store.put(file.stream, filename=file.filename or "", max_size=max_size)
