"""What the house knows of initiatives as a kind."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, raiseload, selectinload

from search import Record
from webapp.core.days import ward_day
from webapp.core.db import zone_of
from webapp.kinds import Address, Facets, Facts, Kind, Searched, search_key
from webapp.models import RECOGNISED_STATES, Criterion, Initiative, Theme
from webapp.permissions.scopes import readable_initiatives, subject_keys
from webapp.permissions.subject import subject_of


def _initiatives(session: Session, ids: Collection[str]) -> Iterator[Record]:
    """What may be told of an initiative; its part to keep secret is in no index."""
    rows = session.execute(
        select(Initiative, Theme.code, Criterion.code)
        .outerjoin(Theme, Theme.id == Initiative.theme_id)
        .outerjoin(Criterion, Criterion.id == Initiative.criterion_id)
        .where(Initiative.id.in_(ids))
        .options(selectinload(Initiative.adoptions))
    )
    for initiative, theme, criterion in rows:
        authors = tuple(dict.fromkeys(author.name for author in initiative.authors))
        facets: Facets = {
            "year": initiative.year,
            "unit": initiative.unit_id,
            "initiative_kind": initiative.kind.value,
            "initiative_state": initiative.state.value,
            "scope": initiative.scope.value,
            "recognised": "yes" if initiative.state in RECOGNISED_STATES else "no",
            "replicated": "yes" if initiative.adoptions else "no",
        }
        optional = {"field": initiative.field and initiative.field.value, "theme": theme, "criterion": criterion}
        facets |= {name: value for name, value in optional.items() if value}
        if authors:
            facets["author"] = authors
        yield Record(
            key=search_key("initiative", initiative.id),
            kind="initiative",
            title=initiative.name,
            body="\n".join(
                filter(None, (initiative.problem, initiative.solution, initiative.effect, ", ".join(authors)))
            ),
            number=initiative.decision_number or None,
            date=(
                initiative.decision_date or initiative.decided_on or ward_day(initiative.created_at, zone_of(session))
            ).isoformat(),
            viewer_keys=tuple(sorted(subject_keys(subject_of(initiative)))),
            facets=facets,
        )


KINDS = (
    Kind(
        name="initiative",
        label="sáng kiến",
        model=Initiative,
        readable=readable_initiatives,
        title=lambda initiative: initiative.name,
        address=lambda initiative: Address("initiatives.initiative_view", {"initiative_id": initiative.id}),
        unit=Initiative.unit_id,
        parts=(),
        noted=(),
        loading=(joinedload(Initiative.unit), raiseload(Initiative.authors)),
        search=Searched(
            labels={"initiative": "Sáng kiến"},
            records=_initiatives,
            facts=lambda initiative: Facts(
                unit=initiative.unit.name, year=initiative.year, state=initiative.state.label
            ),
        ),
        # Its part to keep secret must not leave the house with a unit's year.
        bag=None,
    ),
)
