"""What the house knows of difficulties and requests as a kind."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from search import Record
from webapp.core.days import ward_day
from webapp.core.db import zone_of
from webapp.kinds import Address, Bagged, Facts, Kind, Searched, search_key
from webapp.models import Difficulty
from webapp.permissions.scopes import readable_difficulties, subject_keys
from webapp.permissions.subject import subject_of


def _difficulties(session: Session, ids: Collection[str]) -> Iterator[Record]:
    rows = session.scalars(select(Difficulty).where(Difficulty.id.in_(ids)).options(joinedload(Difficulty.unit)))
    for one in rows:
        yield Record(
            key=search_key("difficulty", one.id),
            kind="difficulty",
            title=f"{one.kind.label}, điểm {one.point} · {one.unit.name}",
            body="\n".join(filter(None, (one.text, one.proposal, one.answer))),
            date=ward_day(one.raised_at or one.created_at, zone_of(session)).isoformat(),
            viewer_keys=tuple(sorted(subject_keys(subject_of(one)))),
            facets={"unit": one.unit_id, "year": one.year},
        )


KINDS = (
    Kind(
        name="difficulty",
        label="khó khăn, đề nghị",
        model=Difficulty,
        readable=readable_difficulties,
        title=lambda difficulty: f"{difficulty.kind.label}, điểm {difficulty.point}",
        address=lambda difficulty: Address("difficulties.difficulty_view", {"difficulty_id": difficulty.id}),
        unit=Difficulty.unit_id,
        parts=(),
        noted=(Difficulty.kind, Difficulty.year),
        loading=(joinedload(Difficulty.unit),),
        search=Searched(
            labels={"difficulty": "Khó khăn, đề nghị"},
            records=_difficulties,
            facts=lambda difficulty: Facts(
                unit=difficulty.unit.name, year=difficulty.year, state=difficulty.state.label
            ),
        ),
        bag=Bagged(record="difficulty"),
    ),
)
