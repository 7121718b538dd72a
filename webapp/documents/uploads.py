"""From a file in a request to bytes in the archive."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable

from werkzeug.datastructures import FileStorage

from archive import Receipt, Store
from archive.errors import NotReadBack, NotStored
from archive.naming import is_litter
from webapp.core.errors import Invalid
from webapp.documents.rules import file_fault

CHUNK = 2**20


def chosen_files(files: Iterable[FileStorage]) -> list[FileStorage]:
    """What somebody chose to send, of a whole folder too: without what systems leave there, unless there is nothing else."""
    named = [file for file in files if file.filename]
    return [file for file in named if not is_litter(file.filename or "")] or named


def read_back(store: Store, digests: Iterable[str]) -> None:
    """Read every object again, whole. Raises NotReadBack when one is missing or is not what its digest says."""
    for expected in dict.fromkeys(digests):
        try:
            with store.open(expected) as file:
                hasher = hashlib.sha256()
                while chunk := file.read(CHUNK):
                    hasher.update(chunk)
        except (NotStored, OSError) as error:
            raise NotReadBack(expected) from error
        if hasher.hexdigest() != expected:
            raise NotReadBack(f"{expected} reads as {hasher.hexdigest()}")


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
