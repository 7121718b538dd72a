"""What a sealed box is opened with, beside the house's key: a salt in a file of its own, another one for each vote.

The database names the file. Pages of earlier boxes may stay in the database's log or in a copy of it; the salt they were
sealed with is gone from the disk as soon as the next vote is stored.
"""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

# Seconds after which a salt that no ballot names belongs to nobody.
LEFT_BEHIND = 3600

_NAME = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class HouseKey:
    """The house's secret and the folder of salts."""

    secret: str
    folder: Path

    def fresh(self, session: Session) -> str:
        """The name of a new salt, on the disk before the row that names it; gone again when that is rolled back."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        path = self.folder / secrets.token_hex(16)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(handle, secrets.token_hex(32).encode())
            os.fsync(handle)
        finally:
            os.close(handle)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        stored: list[bool] = []
        event.listen(session, "after_commit", lambda _: stored.append(True), once=True)

        def ended(_: Session, transaction: SessionTransaction) -> None:
            if transaction.parent is None and not stored:
                path.unlink(missing_ok=True)

        event.listen(session, "after_transaction_end", ended)
        return path.name

    def salt(self, name: str | None) -> str | None:
        """None when there is no such salt: another house, or a copy of the database alone."""
        if not name or not _NAME.fullmatch(name):
            return None
        try:
            return (self.folder / name).read_text(encoding="ascii")
        except (FileNotFoundError, UnicodeDecodeError):
            return None

    def forget(self, session: Session, name: str | None) -> None:
        """Take a salt off the disk once the change that no longer needs it is stored."""
        if name and _NAME.fullmatch(name):
            path = self.folder / name
            event.listen(session, "after_commit", lambda _: path.unlink(missing_ok=True), once=True)

    def sweep(self, in_use: Collection[str]) -> None:
        """Remove what a killed program left; not what another writer has just made."""
        if not self.folder.is_dir():
            return
        for path in self.folder.iterdir():
            with suppress(FileNotFoundError):
                if path.name not in in_use and path.stat().st_mtime < time.time() - LEFT_BEHIND:
                    path.unlink()
