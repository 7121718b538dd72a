"""What the house knows of the office's reports as a kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from search import Record
from webapp.core.days import ward_day
from webapp.core.db import zone_of
from webapp.kinds import Address, Facts, Kind, Searched, search_key
from webapp.models import Synthesis, SynthesisParagraph, SynthesisVersion
from webapp.permissions.scopes import readable_syntheses, subject_keys
from webapp.permissions.subject import subject_of


def _syntheses(session: Session, ids: Collection[str]) -> Iterator[Record]:
    """A report is found by its last fixed version; before that by what the office is writing, which only it sees."""
    reports = session.scalars(
        select(Synthesis).where(Synthesis.id.in_(ids)).options(joinedload(Synthesis.movement))
    ).all()
    drafts = [one.id for one in reports if one.version_no == 0]
    bodies: dict[str, list[str]] = defaultdict(list)
    for paragraph in session.scalars(
        select(SynthesisParagraph)
        .where(SynthesisParagraph.synthesis_id.in_(drafts), SynthesisParagraph.left_out.is_(False))
        .order_by(SynthesisParagraph.synthesis_id, SynthesisParagraph.position)
    ):
        bodies[paragraph.synthesis_id].append(paragraph.text)
    for version in session.scalars(
        select(SynthesisVersion)
        .join(
            Synthesis,
            (Synthesis.id == SynthesisVersion.synthesis_id) & (Synthesis.version_no == SynthesisVersion.no),
        )
        .where(SynthesisVersion.synthesis_id.in_(ids))
    ):
        bodies[version.synthesis_id] = [part["text"] for part in version.content]
    for one in reports:
        yield Record(
            key=search_key("synthesis", one.id),
            kind="synthesis",
            title=f"{one.name} {one.movement.name}",
            body="\n".join(bodies[one.id]),
            number=one.number or None,
            date=(one.issued_on or ward_day(one.renewed_at, zone_of(session))).isoformat(),
            viewer_keys=tuple(sorted(subject_keys(subject_of(one)))),
            facets={"year": one.year},
        )


KINDS = (
    Kind(
        name="synthesis",
        label="báo cáo tổng hợp",
        model=Synthesis,
        readable=readable_syntheses,
        title=lambda synthesis: synthesis.name,
        address=lambda synthesis: Address("synthesis.synthesis_view", {"synthesis_id": synthesis.id}),
        # The movement's, not a unit's.
        unit=None,
        parts=(SynthesisParagraph.synthesis_id,),
        noted=(Synthesis.kind, Synthesis.year),
        search=Searched(
            labels={"synthesis": "Báo cáo tổng hợp"},
            records=_syntheses,
            facts=lambda synthesis: Facts(year=synthesis.year, state=synthesis.state.label),
        ),
        bag=None,
    ),
)
