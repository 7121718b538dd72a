"""From hits of the index to rows of the database, as the viewer may see them at this moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import search
from webapp.kinds import Address, Facts, Kind, searched_kinds, split_key
from webapp.models import Checklist, ChecklistItem, Criterion, Document, Evidence, EvidenceLink, Theme
from webapp.permissions import Viewer
from webapp.permissions.scopes import readable_checklists


def kind_labels() -> dict[str, str]:
    """Values of the filter "loại" and their words."""
    return {value: label for kind in searched_kinds() if kind.search for value, label in kind.search.labels.items()}


@dataclass(frozen=True, slots=True)
class Found:
    """A hit and the row behind it. `criteria` and `theme` are codes that a document serves."""

    hit: search.Hit
    kind: Kind
    row: Any
    criteria: Sequence[str] = ()
    theme: str = ""

    @property
    def kind_label(self) -> str:
        return kind_labels().get(self.hit.kind, "")

    @property
    def document(self) -> Document | None:
        """The row, where it is a document with pages to show."""
        return self.row if isinstance(self.row, Document) else None

    @property
    def address(self) -> Address:
        address = self.kind.address(self.row) if self.kind.address else None
        assert address is not None, self.kind.name
        return address

    @property
    def opens_page(self) -> bool:
        return self.kind.search is not None and self.kind.search.opens_page

    @property
    def facts(self) -> Facts:
        assert self.kind.search is not None
        return self.kind.search.facts(self.row)


def load_found(session: Session, hits: Sequence[search.Hit], *, viewer: Viewer) -> list[Found]:
    """The rows behind hits, in their order; what may not be seen any more is left out."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    for hit in hits:
        name, identity = split_key(hit.key)
        by_kind[name].append(identity)
    kinds = {kind.name: kind for kind in searched_kinds() if by_kind[kind.name]}
    rows = {name: _load(session, kind, by_kind[name], viewer) for name, kind in kinds.items()}
    documents = [row for found in rows.values() for row in found.values() if isinstance(row, Document)]
    criteria = _criteria(session, [document.id for document in documents], viewer)
    themes = _themes(session, {document.theme_id for document in documents if document.theme_id})
    found = []
    for hit in hits:
        name, identity = split_key(hit.key)
        row = rows.get(name, {}).get(identity)
        if row is not None:
            theme = themes.get(row.theme_id or "", "") if isinstance(row, Document) else ""
            found.append(Found(hit, kinds[name], row, criteria=criteria.get(identity, ()), theme=theme))
    return found


def _load(session: Session, kind: Kind, ids: Collection[str], viewer: Viewer) -> Mapping[str, Any]:
    assert kind.search is not None
    if kind.search.load is not None:
        return kind.search.load(session, ids, viewer)
    query = select(kind.model).where(kind.id.in_(ids), *kind.search.present, kind.readable(viewer))
    return {row.id: row for row in session.scalars(query.options(*kind.loading))}  # type: ignore[attr-defined]


def _criteria(session: Session, ids: Collection[str], viewer: Viewer) -> dict[str, list[str]]:
    """Codes of the criteria that documents serve, on checklists the viewer may see."""
    codes: dict[str, list[str]] = defaultdict(list)
    if ids:
        rows = session.execute(
            select(Evidence.document_id, Criterion.code)
            .join(EvidenceLink, EvidenceLink.evidence_id == Evidence.id)
            .join(ChecklistItem, ChecklistItem.id == EvidenceLink.item_id)
            .join(Checklist, Checklist.id == ChecklistItem.checklist_id)
            .join(Criterion, Criterion.id == ChecklistItem.criterion_id)
            .where(Evidence.document_id.in_(ids), EvidenceLink.removed_at.is_(None), readable_checklists(viewer))
            .distinct()
            .order_by(Criterion.code)
        )
        for document_id, code in rows:
            codes[document_id or ""].append(code)
    return codes


def _themes(session: Session, ids: Collection[str]) -> dict[str, str]:
    if not ids:
        return {}
    themes = session.scalars(select(Theme).where(Theme.id.in_(ids)))
    return {theme.id: theme.code for theme in themes}
