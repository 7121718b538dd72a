"""What is like an initiative: how much of two texts is the same, and which others the viewer is shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy.orm import Session

import search
from search import fold
from webapp.core.resources import IndexAway, Resources
from webapp.initiatives.queries import list_initiatives
from webapp.kinds import search_key, split_key
from webapp.models import Initiative
from webapp.permissions import Viewer
from webapp.permissions.scopes import viewer_keys

_CANDIDATES = 40

_WORDS = 40

ALIKE = 0.3


@dataclass(frozen=True, slots=True)
class Alike:
    """Another initiative and how much of the smaller text stands in the other, in percent."""

    initiative: Initiative
    percent: int


def likeness(first: str, second: str) -> float:
    """How much of the smaller text's pairs of syllables stand in the other, accents or not: 0 to 1."""
    a, b = _pairs(first), _pairs(second)
    smaller = min(len(a), len(b))
    # A handful of pairs says nothing: "chuyển đổi số" is in every second title.
    return len(a & b) / max(smaller, 6) if smaller else 0.0


def _pairs(text: str) -> set[tuple[str, str]]:
    return set(pairwise(re.findall(r"\w+", fold(text))))


def list_alike(
    session: Session, held: Resources, *, title: str, solution: str, viewer: Viewer, own_id: str = "", limit: int = 5
) -> list[Alike] | None:
    """Visible initiatives with much the same title and solution, most alike first; None while the index is made anew.

    The index proposes, the measure decides: what the viewer may not see is neither proposed nor counted.
    """
    text = f"{title}\n{solution}"
    if not text.strip():
        return []
    keys = viewer_keys(viewer)
    try:
        index = held.index
        found = [*index.like(text, viewer_keys=keys, own=search_key("initiative", own_id), limit=_CANDIDATES).hits]
        found += index.search(
            # Words alone: quotes, minus signs and `năm:` in a text are no commands.
            " ".join(re.findall(r"\w+", text)[:_WORDS]),
            viewer_keys=keys,
            filters={"kind": "initiative"},
            limit=_CANDIDATES,
            snippets=False,
            without={search_key("initiative", own_id)},
        ).hits
    except (IndexAway, search.IndexBroken):
        return None
    ids = {identity for kind, identity in (split_key(hit.key) for hit in found) if kind == "initiative"}
    rows = list_initiatives(session, ids - {own_id}, viewer=viewer)
    measured = [(likeness(text, f"{one.title}\n{one.solution}"), one) for one in rows.values()]
    measured = sorted((pair for pair in measured if pair[0] >= ALIKE), key=lambda pair: (-pair[0], pair[1].id))
    return [Alike(one, round(100 * share)) for share, one in measured[:limit]]
