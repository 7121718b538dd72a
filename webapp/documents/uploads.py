"""From a file in a request to bytes in the archive."""

from __future__ import annotations

import os
from collections.abc import Iterable

from werkzeug.datastructures import FileStorage

from archive import Receipt, Store
from archive.naming import is_litter
from webapp.core.errors import Invalid
from webapp.documents.rules import file_fault


def chosen_files(files: Iterable[FileStorage]) -> list[FileStorage]:
    """What somebody chose to send, of a whole folder too: without what systems leave there, unless there is nothing else."""
    named = [file for file in files if file.filename]
    return [file for file in named if not is_litter(file.filename or "")] or named


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
