"""What the house knows of units, clusters and people as kinds. That they exist is known to everyone signed in."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import select, true
from sqlalchemy.orm import Session, joinedload

from search import Record
from webapp.kinds import NO_PLACE, Address, Bagged, Facts, Kind, Searched, search_key
from webapp.models import Cluster, Person, Unit
from webapp.permissions.scopes import EVERYONE

ACTIVE = (Person.disabled_at.is_(None),)


def _units(session: Session, ids: Collection[str]) -> Iterator[Record]:
    for unit in session.scalars(select(Unit).where(Unit.id.in_(ids))):
        yield Record(
            key=search_key("unit", unit.id),
            kind="unit",
            title=unit.name,
            body=f"{unit.code} {unit.kind.label}",
            viewer_keys=(EVERYONE,),
            facets={"unit": unit.id},
        )


def _people(session: Session, ids: Collection[str]) -> Iterator[Record]:
    """Colleagues by name, title and unit; nothing else of an account is searched."""
    rows = session.execute(
        select(Person, Unit).outerjoin(Unit, Unit.id == Person.unit_id).where(Person.id.in_(ids), *ACTIVE)
    )
    for person, unit in rows:
        yield Record(
            key=search_key("person", person.id),
            kind="person",
            title=person.name,
            body=" ".join(filter(None, (person.title, unit.name if unit else ""))),
            viewer_keys=(EVERYONE,),
            facets={"unit": unit.id} if unit else {},
        )


def _person(person: Person) -> Facts:
    return Facts(more=person.title or "", unit=person.unit.name if person.unit else None)


KINDS = (
    Kind(
        name="unit",
        label="đơn vị",
        model=Unit,
        readable=lambda _viewer: true(),
        title=lambda unit: unit.name,
        address=lambda unit: Address("people.directory_view", {}, f"u-{unit.id}"),
        unit=None,
        parts=(),
        noted=(),
        search=Searched(
            labels={"unit": "Đơn vị"},
            records=_units,
            facts=lambda unit: Facts(more=unit.kind.label, unit=unit.name),
        ),
        bag=Bagged(record="unit", only_if_named=True),
    ),
    Kind(
        name="cluster",
        label="cụm, khối",
        model=Cluster,
        readable=lambda _viewer: true(),
        title=lambda cluster: cluster.name,
        address=NO_PLACE,
        unit=None,
        parts=(),
        noted=(),
        search=None,
        bag=Bagged(record="cluster", only_if_named=True),
    ),
    Kind(
        name="person",
        label="người dùng",
        model=Person,
        readable=lambda _viewer: true(),
        title=lambda person: person.name,
        address=lambda person: Address("people.directory_view", {}, f"n-{person.id}"),
        unit=None,
        parts=(),
        noted=(),
        loading=(joinedload(Person.unit),),
        search=Searched(labels={"person": "Người"}, records=_people, facts=_person, present=ACTIVE),
        bag=Bagged(record="person", only_if_named=True),
    ),
    # In the log a session goes by the id of its person.
    Kind(
        name="session",
        label="phiên làm việc",
        model=Person,
        readable=lambda _viewer: true(),
        title=lambda person: person.name,
        address=NO_PLACE,
        unit=None,
        parts=(),
        noted=(),
        search=None,
        bag=None,
    ),
)
