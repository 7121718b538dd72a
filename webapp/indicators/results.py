"""What came out: units of a year side by side, pillars, and one unit over the years, by share of the highest points."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.numbers import stored_number
from webapp.indicators.reckoning import share_of
from webapp.models import Cluster, ClusterMember, IndicatorSet, IndicatorSheet, IndicatorSheetState, Unit
from webapp.permissions import Viewer
from webapp.permissions.indicator_scopes import readable_indicator_sheets


@dataclass(frozen=True, slots=True)
class Pillar:
    """A pillar's part; `share` None where nothing of it applies to the unit."""

    code: str
    text: str
    points: Decimal
    most: Decimal
    share: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One unit's result; `rank` among those shown, equals alike."""

    sheet_id: str
    unit_id: str
    unit: str
    year: int
    points: Decimal
    most: Decimal
    share: Decimal
    pillars: tuple[Pillar, ...]
    rank: int = 0


def list_outcomes(session: Session, one: IndicatorSet, *, viewer: Viewer, cluster_id: str = "") -> list[Outcome]:
    """Final results of a set that the viewer reads, best first; of a cluster's members of the year where one is named."""
    wanted = [IndicatorSheet.set_id == one.id]
    if cluster_id:
        members = select(ClusterMember.unit_id).where(
            ClusterMember.cluster_id == cluster_id, ClusterMember.year == one.year
        )
        wanted.append(IndicatorSheet.unit_id.in_(members))
    rows = _rows(session, viewer, *wanted)
    rows.sort(key=lambda row: (-row.share, row.unit))
    shares = [row.share for row in rows]
    return [_ranked(row, shares.index(row.share) + 1) for row in rows]


def trend_of(session: Session, unit_id: str, *, viewer: Viewer) -> list[Outcome]:
    """A unit's published results, one a year, oldest first."""
    published = IndicatorSheet.state == IndicatorSheetState.PUBLISHED
    rows = _rows(session, viewer, IndicatorSheet.unit_id == unit_id, published)
    return sorted(rows, key=lambda row: row.year)


def averages_by_year(
    session: Session, *, viewer: Viewer, unit_ids: Sequence[str] | None = None
) -> list[tuple[int, Decimal, int]]:
    """(year, mean share, units) of published results."""
    wanted = [IndicatorSheet.state == IndicatorSheetState.PUBLISHED]
    if unit_ids is not None:
        wanted.append(IndicatorSheet.unit_id.in_(unit_ids))
    by_year: dict[int, list[Decimal]] = defaultdict(list)
    for row in _rows(session, viewer, *wanted):
        by_year[row.year].append(row.share)
    return [(year, mean_of(shares), len(shares)) for year, shares in sorted(by_year.items())]


def mean_of(shares: Sequence[Decimal]) -> Decimal:
    """0 where there are none."""
    return share_of(sum(shares, Decimal(0)), Decimal(100 * len(shares))) if shares else Decimal(0)


def mean_pillars(outcomes: Sequence[Outcome]) -> list[Pillar]:
    """Of several units: each pillar's mean share."""
    found: dict[str, list[Pillar]] = defaultdict(list)
    for one in outcomes:
        for pillar in one.pillars:
            found[pillar.code].append(pillar)
    means = []
    for code, pillars in found.items():
        shares = [pillar.share for pillar in pillars if pillar.share is not None]
        means.append(Pillar(code, pillars[0].text, Decimal(0), pillars[0].most, mean_of(shares) if shares else None))
    return means


def list_clusters_of(session: Session, one: IndicatorSet) -> list[tuple[str, str]]:
    """(id, name) of clusters with members that the set is for."""
    rows = session.execute(
        select(Cluster.id, Cluster.name)
        .join(ClusterMember, ClusterMember.cluster_id == Cluster.id)
        .join(IndicatorSheet, IndicatorSheet.unit_id == ClusterMember.unit_id)
        .where(IndicatorSheet.set_id == one.id, ClusterMember.year == one.year)
        .distinct()
        .order_by(Cluster.name)
    )
    return [(row[0], row[1]) for row in rows]


def _ranked(row: Outcome, rank: int) -> Outcome:
    return replace(row, rank=rank)


def _rows(session: Session, viewer: Viewer, *wanted: object) -> list[Outcome]:
    rows = session.execute(
        select(IndicatorSheet.id, Unit.id, Unit.name, IndicatorSheet.year, IndicatorSheet.result)
        .join(Unit, Unit.id == IndicatorSheet.unit_id)
        .where(readable_indicator_sheets(viewer), IndicatorSheet.result.is_not(None), *wanted)  # type: ignore[arg-type]
        .order_by(Unit.name, IndicatorSheet.id)
    )
    found = []
    for sheet_id, unit_id, unit, year, result in rows:
        pillars = tuple(
            Pillar(
                one["code"],
                one["text"],
                stored_number(one["points"]),
                stored_number(one["most"]),
                stored_number(one["share"]) if one["share"] else None,
            )
            for one in result["pillars"]
        )
        found.append(
            Outcome(
                sheet_id=sheet_id,
                unit_id=unit_id,
                unit=unit,
                year=year,
                points=stored_number(result["points"]),
                most=stored_number(result["most"]),
                share=stored_number(result["share"]),
                pillars=pillars,
            )
        )
    return found
