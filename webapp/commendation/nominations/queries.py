"""Reading nominations, each by those who may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from webapp.commendation.nominations.marking import is_about
from webapp.core.errors import NotFound
from webapp.core.paging import Page, page_of
from webapp.models import (
    Award,
    AwardMark,
    AwardRound,
    AwardRoundState,
    Ballot,
    BallotState,
    Cluster,
    ClusterMember,
    Document,
    DocumentVersion,
    Nomination,
    NominationPaper,
    NominationStake,
    NominationState,
    Person,
    Role,
    Unit,
)
from webapp.models.award_decision import not_corrected
from webapp.permissions import Viewer
from webapp.permissions.award_scopes import followed_nominations, readable_nominations

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class NominationFilter:
    """None: not narrowed by that."""

    round_id: str | None = None
    state: NominationState | None = None
    unit_id: str | None = None


def page_nominations(session: Session, *, viewer: Viewer, wanted: NominationFilter, page: int) -> Page[Nomination]:
    """The latest first; two statements."""
    query = _filtered(select(Nomination), viewer, wanted).options(
        joinedload(Nomination.unit), joinedload(Nomination.round), joinedload(Nomination.title)
    )
    return page_of(session, query.order_by(Nomination.created_at.desc(), Nomination.id), page, per_page=PER_PAGE)


def _filtered(query: Select[Any], viewer: Viewer, wanted: NominationFilter) -> Select[Any]:
    query = query.where(readable_nominations(viewer))
    if wanted.round_id:
        query = query.where(Nomination.round_id == wanted.round_id)
    if wanted.state:
        query = query.where(Nomination.state == wanted.state)
    if wanted.unit_id:
        query = query.where(Nomination.unit_id == wanted.unit_id)
    return query


def get_nomination(session: Session, nomination_id: str, *, viewer: Viewer) -> Nomination:
    """With round, unit and grounds. Raises NotFound."""
    found = session.scalar(
        select(Nomination)
        .where(Nomination.id == nomination_id, readable_nominations(viewer))
        .options(joinedload(Nomination.round), joinedload(Nomination.unit), selectinload(Nomination.grounds))
    )
    if found is None:
        raise NotFound(kind="nomination", key=nomination_id)
    return found


def list_papers(session: Session, one: Nomination) -> Sequence[NominationPaper]:
    """Those that are in the dossier, with the version of the document that was put there and what reading it gave."""
    return session.scalars(
        select(NominationPaper)
        .where(NominationPaper.nomination_id == one.id, NominationPaper.removed_at.is_(None))
        .options(
            joinedload(NominationPaper.document),
            joinedload(NominationPaper.version).joinedload(DocumentVersion.reading),
        )
        .order_by(NominationPaper.paper, NominationPaper.linked_at, NominationPaper.id)
    ).all()


def list_attachable(session: Session, *, viewer: Viewer) -> list[tuple[str, str]]:
    """Documents of the viewer's own units, the newest first: (id, words)."""
    if not viewer.own_units:
        return []
    rows = session.execute(
        select(Document.id, Document.title, Document.number)
        .where(Document.unit_id.in_(viewer.own_units), Document.current_no > 0, Document.withdrawn_at.is_(None))
        .order_by(Document.created_at.desc(), Document.id)
        .limit(200)
    )
    return [(key, f"{number} · {title}" if number else title) for key, title, number in rows]


def find_vote(session: Session, one: Nomination) -> Ballot | None:
    """The latest ballot about it that was counted."""
    return session.scalar(
        select(Ballot)
        .where(Ballot.nomination_id == one.id, Ballot.state == BallotState.CLOSED)
        .order_by(Ballot.closed_at.desc())
        .limit(1)
    )


def list_own_units(session: Session, *, viewer: Viewer) -> list[tuple[str, str]]:
    """(id, name) of the units that the viewer works for."""
    if not viewer.own_units:
        return []
    rows = session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(viewer.own_units)).order_by(Unit.name))
    return [(key, name) for key, name in rows]


def list_led_clusters(session: Session, *, viewer: Viewer, year: int) -> list[tuple[str, str]]:
    """(id, name) of the clusters that the viewer leads that year."""
    led = {
        grant.cluster_id
        for grant in viewer.grants
        if grant.role in (Role.CLUSTER_LEADER, Role.CLUSTER_DEPUTY) and grant.cluster_id and grant.year == year
    }
    if not led:
        return []
    rows = session.execute(select(Cluster.id, Cluster.name).where(Cluster.id.in_(led)).order_by(Cluster.name))
    return [(key, name) for key, name in rows]


def list_units_of(session: Session, *, cluster_id: str | None, year: int) -> list[tuple[str, str]]:
    """(id, name) of a cluster's members that year; of all units without a cluster."""
    query = select(Unit.id, Unit.name).where(Unit.dissolved_on.is_(None)).order_by(Unit.name)
    if cluster_id is not None:
        query = query.join(ClusterMember, ClusterMember.unit_id == Unit.id).where(
            ClusterMember.cluster_id == cluster_id, ClusterMember.year == year
        )
    return [(key, name) for key, name in session.execute(query)]


def list_people_of(session: Session, unit_ids: list[str]) -> list[tuple[str, str]]:
    """(id, "name · unit") of accounts in these units."""
    if not unit_ids:
        return []
    rows = session.execute(
        select(Person.id, Person.name, Unit.name)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.unit_id.in_(unit_ids), Person.disabled_at.is_(None))
        .order_by(Person.name, Person.id)
    )
    return [(key, f"{name} · {unit}") for key, name, unit in rows]


def list_marks(session: Session, *, viewer: Viewer) -> list[AwardMark]:
    """Open ones first, the newest first; none about the viewer or their unit."""
    rows = session.scalars(
        select(AwardMark).order_by(AwardMark.lifted_at.is_not(None), AwardMark.created_at.desc(), AwardMark.id)
    )
    return [one for one in rows if not is_about(viewer, one)]


def is_decided() -> ColumnElement[bool]:
    """Condition on Nomination: the Chairman's word stands: its round is over, or a decision holds lines of its proposal."""
    other = aliased(Nomination)
    closed = exists().where(AwardRound.id == Nomination.round_id, AwardRound.state == AwardRoundState.CLOSED)
    honoured = exists().where(other.proposal_id == Nomination.proposal_id, other.state == NominationState.HONOURED)
    return or_(closed, honoured)


def list_shown_states(session: Session, rows: Sequence[Nomination], *, viewer: Viewer) -> dict[str, NominationState]:
    """Nomination id -> its state as the viewer is told it: the Chairman's word may change until a decision is issued, and
    is told till then to those who judge only. At most two statements."""
    found = {one.id: one.state for one in rows}
    early = [one for one in rows if one.state in (NominationState.APPROVED, NominationState.STRUCK)]
    if not early:
        return found
    keys = [one.id for one in early]
    judged = set(session.scalars(select(Nomination.id).where(Nomination.id.in_(keys), followed_nominations(viewer))))
    out = judged | set(session.scalars(select(Nomination.id).where(Nomination.id.in_(keys), is_decided())))
    return found | {one.id: NominationState.PROPOSED for one in early if one.id not in out}


def find_award(session: Session, one: Nomination) -> Award | None:
    """What it became: the line of the decision that counts by now."""
    return session.scalar(select(Award).where(Award.nomination_id == one.id, not_corrected()).limit(1))


def list_related(session: Session, one: Nomination) -> dict[str, str]:
    """Id of a declaration that stands -> who declared; for those who appraise."""
    rows = session.execute(
        select(NominationStake.id, Person.name)
        .join(Person, Person.id == NominationStake.person_id)
        .where(NominationStake.nomination_id == one.id, NominationStake.lifted_at.is_(None))
        .order_by(NominationStake.declared_at)
    )
    return {key: name for key, name in rows}  # noqa: C416  rows are not pairs to mypy
