"""Which manifests the archive holds of which rows: the catalogue's side of the write-once record files."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, Digest, Id


class RecordManifest(Base):
    """One version of one record, written to the archive before the transaction that holds this row was committed.

    `record` is kind and id ("document-0h3k…"), `rows_sha256` the digest of the rows as the manifest says them, so that
    nothing is written where nothing changed and a comparison needs no reading of files.
    """

    __tablename__ = "record_manifest"

    record: Mapped[str] = mapped_column(primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rows_sha256: Mapped[str] = mapped_column(Digest)
    change_id: Mapped[str] = mapped_column(Id)
    written_at: Mapped[datetime]

    __table_args__ = (Index(None, "change_id"),)
