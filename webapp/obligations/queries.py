"""The plan in force point by point: each duty with its owners, places and standing. What nobody confirmed is suggested."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.errors import NotFound
from webapp.models import Criterion, Movement, PlanVersion, PointAssignment
from webapp.movement.reading.obligations import CLOSING, Obligation, read_obligations
from webapp.movement.stored import parse_stored
from webapp.obligations import rules
from webapp.obligations.facts import gather
from webapp.obligations.places import PLACES
from webapp.obligations.states import Standing, standing
from webapp.permissions import Permission, Viewer, ensure


@dataclass(frozen=True, slots=True, kw_only=True)
class PointRow:
    """One duty. `assignment` is what the office said, of this version of the plan or, with `carried`, of an earlier one
    whose words are alike; without it owners, places and `when` are suggested."""

    duty: Obligation
    owners: tuple[str, ...]
    owner_names: tuple[str, ...]
    places: tuple[str, ...]
    when: str
    standing: Standing
    assignment: PointAssignment | None
    carried: bool = False

    @property
    def code(self) -> str:
        return "Đoạn kết" if self.duty.code == CLOSING else self.duty.code

    @property
    def is_suggested(self) -> bool:
        return self.assignment is None

    @property
    def lacks(self) -> int:
        """Sorts: what has neither place nor owner before what lacks one."""
        return (not self.owners) + (not self.places)

    @property
    def who(self) -> str:
        return "; ".join(self.owner_names) or self.duty.who

    @property
    def where(self) -> str:
        return "; ".join(PLACES[key].label for key in self.places)


def list_rows(session: Session, movement: Movement, *, viewer: Viewer, year: int) -> list[PointRow]:
    """In the order of the text. A fixed number of statements."""
    ensure(viewer, Permission.COVERAGE_READ, movement)
    versions = _versions(session, movement)
    if not versions:
        return []
    current = versions[0]
    facts = gather(session, movement, year)
    criteria = select(Criterion.code, Criterion.id).where(
        Criterion.movement_id == movement.id, Criterion.retired_at.is_(None)
    )
    codes = {row.code: row.id for row in session.execute(criteria)}
    said = _said(session, versions)
    rows = []
    for duty in read_obligations(parse_stored(current.reading)):
        assignment = find_said(said, current.id, duty)
        suggested = rules.suggest(duty)
        owners = tuple(assignment.owners) if assignment else suggested.owners
        named = [(key, name) for key in owners if (name := rules.owner_label(key, facts.names))]
        places = tuple(key for key in (assignment.places if assignment else suggested.places) if key in PLACES)
        owners = tuple(key for key, _ in named)
        rows.append(
            PointRow(
                duty=duty,
                owners=owners,
                owner_names=tuple(name for _, name in named),
                places=places,
                when=assignment.due if assignment else suggested.when,
                standing=standing(duty, owners, places, facts, codes),
                assignment=assignment,
                carried=assignment is not None and assignment.plan_version_id != current.id,
            )
        )
    return rows


def find_duty(session: Session, movement: Movement, point: str, part: int) -> tuple[PlanVersion, Obligation]:
    """A duty of the plan in force. Raises NotFound."""
    versions = _versions(session, movement)
    if versions:
        for duty in read_obligations(parse_stored(versions[0].reading)):
            if (duty.code, duty.part) == (point, part):
                return versions[0], duty
    raise NotFound(kind="point", key=f"{point}:{part}")


def find_assignment(session: Session, version: PlanVersion, duty: Obligation) -> PointAssignment | None:
    """What the office said of this duty in this version of the plan."""
    return session.scalar(
        select(PointAssignment).where(
            PointAssignment.plan_version_id == version.id,
            PointAssignment.point == duty.code,
            PointAssignment.part == duty.part,
        )
    )


def find_said(
    said: Mapping[str, Sequence[PointAssignment]], version_id: str, duty: Obligation
) -> PointAssignment | None:
    """Of this version by its place; of earlier ones, the newest first, by alike words of the same duty, wherever it
    stands now."""
    for key, assignments in said.items():
        if key == version_id:
            own = [one for one in assignments if (one.point, one.part) == (duty.code, duty.part)]
        else:
            near = sorted(assignments, key=lambda one: (one.point, one.part) != (duty.code, duty.part))
            own = list(islice((one for one in near if rules.is_alike(one.text, duty.what)), 1))
        if own:
            return own[0]
    return None


def _versions(session: Session, movement: Movement) -> Sequence[PlanVersion]:
    """The plan in force first, then those before it."""
    return session.scalars(
        select(PlanVersion)
        .where(PlanVersion.movement_id == movement.id, PlanVersion.no <= movement.plan_no)
        .order_by(PlanVersion.no.desc())
    ).all()


def _said(session: Session, versions: Sequence[PlanVersion]) -> dict[str, list[PointAssignment]]:
    found: dict[str, list[PointAssignment]] = {version.id: [] for version in versions}
    for one in session.scalars(select(PointAssignment).where(PointAssignment.plan_version_id.in_(list(found)))):
        found[one.plan_version_id].append(one)
    return found
