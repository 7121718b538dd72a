"""What of a report that is being written no longer holds: its sources counted anew, nothing changed by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from webapp.models import Movement, Synthesis, SynthesisParagraph, SynthesisSection
from webapp.permissions import Viewer
from webapp.synthesis import rules
from webapp.synthesis.counting import gather_facts
from webapp.synthesis.outdated import Outdated, find_outdated

CODED = (SynthesisSection.THEME, SynthesisSection.CRITERION)


@dataclass(frozen=True, slots=True)
class Freshness:
    """By paragraph id: numbers in edited words that no longer hold. `waiting`: edited paragraphs with something new
    beside them; `moved`: untouched ones whose sources say something else since the report was renewed."""

    outdated: Mapping[str, Sequence[Outdated]] = field(default_factory=dict)
    waiting: Sequence[SynthesisParagraph] = ()
    moved: Sequence[SynthesisParagraph] = ()
    unheld: Sequence[SynthesisParagraph] = ()

    @property
    def note(self) -> str:
        """For the first page of a draft; empty when all of it is as its sources say."""
        parts = []
        if self.waiting:
            parts.append(f"{len(self.waiting)} đoạn đã sửa có nội dung mới từ nguồn chưa xem ({_named(self.waiting)})")
        if self.unheld:
            parts.append(f"{len(self.unheld)} đoạn đã sửa có số không còn khớp nguồn ({_named(self.unheld)})")
        if self.moved:
            parts.append(f"{len(self.moved)} đoạn có nguồn thay đổi sau lần làm mới gần nhất ({_named(self.moved)})")
        return "; ".join(parts)


def _named(paragraphs: Sequence[SynthesisParagraph]) -> str:
    names = [one.code if one.section in CODED else one.title for one in paragraphs[:6]]
    return ", ".join(names) + (", …" if len(paragraphs) > 6 else "")


def look_anew(
    session: Session,
    *,
    viewer: Viewer,
    now: datetime,
    timezone: ZoneInfo,
    synthesis: Synthesis,
    paragraphs: Sequence[SynthesisParagraph],
) -> Freshness:
    """Counts the sources of the paragraphs that stay in the report."""
    kept = [one for one in paragraphs if not one.left_out]
    movement = session.get_one(Movement, synthesis.movement_id)
    facts = gather_facts(
        session,
        viewer=viewer,
        now=now,
        timezone=timezone,
        movement=movement,
        kind=synthesis.kind,
        year=synthesis.year,
    )
    told = {(draft.section, draft.code): draft.text for draft in rules.compose(facts)}
    outdated = {
        one.id: found
        for one in kept
        if one.is_edited and (found := find_outdated(one.text, told.get((one.section, one.code), "")))
    }
    return Freshness(
        outdated=outdated,
        waiting=[one for one in kept if one.fresh_text is not None],
        moved=[one for one in kept if not one.is_edited and told.get((one.section, one.code)) != one.text],
        unheld=[one for one in kept if one.id in outdated],
    )
