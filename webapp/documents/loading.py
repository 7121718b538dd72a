"""The row that every change of a document begins with."""

from __future__ import annotations

from sqlalchemy.orm import Session

from webapp.core.errors import NotFound
from webapp.models import Document


def document_named(session: Session, document_id: str) -> Document:
    """Raises NotFound; what may be done to it is the caller's to ask."""
    document = session.get(Document, document_id)
    if document is None:
        raise NotFound(kind="document", key=document_id)
    return document
