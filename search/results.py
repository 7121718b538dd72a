"""What a search gives back: pages, hits and text cut into plain and highlighted parts, never HTML."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from search.record import FacetValue

Segments = tuple[tuple[str, bool], ...]
"""Consecutive pieces of the original text; True marks what was searched for."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One found record.

    score: higher is better, comparable within one query only; made from what this viewer may see, so hidden
    documents change neither score nor order.
    title_segments, passages: original text cut for highlighting; escape every piece when showing it.
    snippet: the passages as one plain string, `**` around hits, «…» between and around cuts.
    page: 1-based page of the first passage when the body has form feeds, else None.
    reason: a Vietnamese sentence where the words typed do not show why it was found, else None.
    """

    key: str
    kind: str
    score: float
    title: str
    title_segments: Segments
    snippet: str
    passages: tuple[Segments, ...]
    page: int | None
    number: str | None
    date: str | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of hits with counts over all matches the viewer may see.

    facets: for each name asked for, value -> number of matches.
    remarks: Vietnamese sentences about how the query was understood.
    suggestion: a better query ("did you mean"), with accents, or None.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, Mapping[FacetValue, int]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    suggestion: str | None = None


def plain_snippet(passages: tuple[Segments, ...]) -> str:
    """Passages as one string with `**` around hits."""
    return " … ".join("".join(f"**{text}**" if hit else text for text, hit in part) for part in passages)


def plain_text(segments: Segments) -> str:
    """Segments as the text they were cut from."""
    return "".join(text for text, _ in segments)
