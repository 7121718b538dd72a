"""A sheet worked out: what counts of each indicator, and what is kept when it is final."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from sqlalchemy.orm import Session

from webapp.indicators.entries import words_of
from webapp.indicators.reckoning import Result, as_plain, reckon
from webapp.indicators.rows import items_of
from webapp.indicators.rules import Word
from webapp.indicators.scheme import Said, said_from_plain
from webapp.models import IndicatorSheet

Side = Literal["own", "verified", "standing"]


def said_by(words: Iterable[Word], side: Side) -> dict[str, Said]:
    """By code, of one side alone or of what stands."""
    found = {word.code: getattr(word, side) for word in words}
    return {code: said_from_plain(plain) for code, plain in found.items() if plain is not None}


def work_out(sheet: IndicatorSheet, words: Iterable[Word], side: Side) -> Result:
    """The whole sheet by what a side says."""
    said = said_by(words, side)
    return reckon(items_of(sheet.set), said, decimals=sheet.set.decimals, rescales=sheet.set.rescales)


def conclude(session: Session, sheet: IndicatorSheet) -> None:
    """Keep what came out, for results, rubrics and nominations."""
    sheet.result = as_plain(work_out(sheet, words_of(session, sheet), "standing"))
