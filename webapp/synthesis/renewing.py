"""A paragraph when its sources say something else: replaced, or left as edited with what they say now beside it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from webapp.synthesis.rules import Draft


@dataclass(frozen=True, slots=True)
class Settled:
    """What a paragraph becomes when it is composed anew; `fresh_text` waits for the office (None: nothing new)."""

    text: str
    made_text: str
    sources: list[dict[str, Any]]
    fresh_text: str | None
    fresh_sources: list[dict[str, Any]]


def renew(text: str, made_text: str, sources: list[dict[str, Any]], draft: Draft) -> Settled:
    """Nobody edited it: as composed. Somebody did: their words stay, and what the sources say by now is offered."""
    if text == made_text:
        return Settled(draft.text, draft.text, draft.sources, None, [])
    if draft.text == made_text:
        return Settled(text, made_text, sources, None, [])
    return Settled(text, made_text, sources, draft.text, draft.sources)
