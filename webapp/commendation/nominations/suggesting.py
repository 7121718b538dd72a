"""Whom results speak for: published ranks and classes, recognised initiatives, each with its reason."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from webapp.commendation.nominations.rules import folded_name
from webapp.commendation.nominations.service import Ground
from webapp.core.numbers import show_number, stored_number
from webapp.models import (
    LIVE_NOMINATIONS,
    RECOGNISED_STATES,
    AwardRound,
    AwardSubject,
    ClusterMember,
    IndicatorSheet,
    IndicatorSheetState,
    Initiative,
    InitiativeAdoption,
    InitiativeAuthor,
    InspectionRemedy,
    InspectionVisit,
    Nomination,
    NominationState,
    Proposer,
    ScoreResult,
    ScoreRound,
    ScoreSheet,
    SheetState,
    Unit,
    VisitState,
)
from webapp.permissions import Viewer
from webapp.permissions.award_scopes import readable_nominations
from webapp.permissions.inspection_scopes import readable_visits
from webapp.permissions.scopes import readable_initiatives

# The first so many of a cluster are suggested, and whoever has a title.
FIRST = 3
MOST = 200


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line: whom, why. `key` names it in a form; `taken`: put forward in this round already."""

    key: str
    subject: AwardSubject
    name: str
    post: str
    workplace: str
    unit_id: str | None
    person_id: str | None
    reason: str
    achievement: str
    grounds: tuple[Ground, ...]
    taken: bool = False


def list_suggestions(
    session: Session, round_: AwardRound, *, viewer: Viewer, proposer: Proposer, cluster_id: str | None = None
) -> list[Suggestion]:
    """Those within reach of who asks: a unit its own, a cluster its members of the year, the office all. Seven statements."""
    units = _within(session, round_, viewer, proposer, cluster_id)
    found = [
        *_by_results(session, round_, units),
        *_by_index(session, round_, units),
        *_by_inspections(session, round_, viewer, units),
        *_by_initiatives(session, round_, viewer, units),
    ]
    wanted = {line.subject for line in round_.lines}
    rows = session.execute(
        select(Nomination.folded, Nomination.subject).where(
            Nomination.round_id == round_.id,
            Nomination.state.in_((*LIVE_NOMINATIONS, NominationState.DRAFT)),
            readable_nominations(viewer),
        )
    )
    taken = {(folded, subject) for folded, subject in rows}
    return [
        replace(one, taken=(folded_name(one.name), one.subject) in taken) for one in found if one.subject in wanted
    ][:MOST]


def _within(
    session: Session, round_: AwardRound, viewer: Viewer, proposer: Proposer, cluster_id: str | None
) -> Collection[str] | None:
    """Unit ids; None: all."""
    if proposer is Proposer.UNIT:
        return viewer.own_units
    if proposer is Proposer.CLUSTER:
        members = select(ClusterMember.unit_id).where(
            ClusterMember.cluster_id == cluster_id, ClusterMember.year == round_.year
        )
        return set(session.scalars(members))
    return None


def _is_within(units: Collection[str] | None, column: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    return true() if units is None else column.in_(units)


def _by_results(session: Session, round_: AwardRound, units: Collection[str] | None) -> Iterator[Suggestion]:
    """Units among the first of their cluster, or with a title, in results that everybody reads."""
    members = select(ScoreResult.round_id, func.count().label("members")).group_by(ScoreResult.round_id).subquery()
    rows = session.execute(
        select(ScoreSheet, ScoreResult, Unit, members.c.members)
        .join(ScoreResult, ScoreResult.sheet_id == ScoreSheet.id)
        .join(Unit, Unit.id == ScoreSheet.unit_id)
        .join(members, members.c.round_id == ScoreSheet.round_id)
        .where(
            ScoreSheet.movement_id == round_.movement_id,
            ScoreSheet.year >= round_.period_from.year,
            ScoreSheet.year <= round_.period_to.year,
            ScoreSheet.state.in_((SheetState.PUBLISHED, SheetState.FINAL)),
        )
        .where((ScoreResult.rank <= FIRST) | (ScoreResult.title != ""))
        .options(joinedload(ScoreSheet.round).joinedload(ScoreRound.cluster))
        .where(_is_within(units, ScoreSheet.unit_id))
        .order_by(ScoreResult.rank, Unit.name)
    )
    for sheet, result, unit, count in rows:
        title = f", {result.title}" if result.title else ""
        words = (
            f"Xếp thứ {result.rank}/{count} {sheet.round.cluster.name} năm {sheet.year}{title}, "
            f"{show_number(stored_number(result.total), 2)} điểm"
        )
        yield Suggestion(
            key=f"result-{sheet.id}",
            subject=AwardSubject.COLLECTIVE,
            name=unit.name,
            post="",
            workplace="",
            unit_id=unit.id,
            person_id=None,
            reason=words + ".",
            achievement=f"Có thành tích xuất sắc trong phong trào thi đua đổi mới sáng tạo, chuyển đổi số năm {sheet.year}",
            grounds=(Ground("score-sheet", words, sheet.id),),
        )


def _by_index(session: Session, round_: AwardRound, units: Collection[str] | None) -> Iterator[Suggestion]:
    """Units with the highest shares of a year's digital index, in results that everybody reads."""
    rows = session.execute(
        select(IndicatorSheet.id, IndicatorSheet.set_id, IndicatorSheet.year, IndicatorSheet.result, Unit.id, Unit.name)
        .join(Unit, Unit.id == IndicatorSheet.unit_id)
        .where(
            IndicatorSheet.movement_id == round_.movement_id,
            IndicatorSheet.year >= round_.period_from.year,
            IndicatorSheet.year <= round_.period_to.year,
            IndicatorSheet.state == IndicatorSheetState.PUBLISHED,
        )
        .order_by(Unit.name)
    ).all()
    shares: dict[str, list[Decimal]] = {}
    for row in rows:
        shares.setdefault(row.set_id, []).append(stored_number(row.result["share"]))
    for sheet_id, set_id, year, result, unit_id, name in rows:
        share = stored_number(result["share"])
        rank = 1 + sum(other > share for other in shares[set_id])
        if rank > FIRST or share <= 0 or (units is not None and unit_id not in units):
            continue
        words = (
            f"Chỉ số chuyển đổi số năm {year} đạt {show_number(share, 2)}% điểm tối đa, "
            f"xếp thứ {rank}/{len(shares[set_id])} đơn vị"
        )
        yield Suggestion(
            key=f"index-{sheet_id}",
            subject=AwardSubject.COLLECTIVE,
            name=name,
            post="",
            workplace="",
            unit_id=unit_id,
            person_id=None,
            reason=words + ".",
            achievement=f"Có thành tích xuất sắc trong chuyển đổi số năm {year}",
            grounds=(Ground("indicator-sheet", words, sheet_id),),
        )


def _by_inspections(
    session: Session, round_: AwardRound, viewer: Viewer, units: Collection[str] | None
) -> Iterator[Suggestion]:
    """Units whose inspection was concluded with nothing to put right."""
    asked = select(InspectionRemedy.id).where(InspectionRemedy.visit_id == InspectionVisit.id)
    rows = session.scalars(
        select(InspectionVisit)
        .where(
            InspectionVisit.movement_id == round_.movement_id,
            InspectionVisit.concluded_on.between(round_.period_from, round_.period_to),
            InspectionVisit.state == VisitState.CLOSED,
            ~asked.exists(),
            readable_visits(viewer),
        )
        .where(_is_within(units, InspectionVisit.unit_id))
        .options(joinedload(InspectionVisit.unit))
        .order_by(InspectionVisit.concluded_on, InspectionVisit.id)
    )
    for visit in rows:
        words = f"Kết luận kiểm tra số {visit.conclusion_number} ngày {visit.concluded_on:%d/%m/%Y}: không có việc phải khắc phục"
        yield Suggestion(
            key=f"inspection-{visit.id}",
            subject=AwardSubject.COLLECTIVE,
            name=visit.unit.name,
            post="",
            workplace="",
            unit_id=visit.unit_id,
            person_id=None,
            reason=words + ".",
            achievement=f"Có thành tích trong thực hiện phong trào thi đua đổi mới sáng tạo, chuyển đổi số năm {visit.year}",
            grounds=(Ground("inspection-visit", words, visit.id),),
        )


def _by_initiatives(
    session: Session, round_: AwardRound, viewer: Viewer, units: Collection[str] | None
) -> Iterator[Suggestion]:
    """Authors of recognised initiatives, with their share and who took it over; outsiders among them."""
    adopters = (
        select(InitiativeAdoption.initiative_id, func.count().label("adopters"))
        .group_by(InitiativeAdoption.initiative_id)
        .subquery()
    )
    rows = session.execute(
        select(Initiative, InitiativeAuthor, func.coalesce(adopters.c.adopters, 0))
        .join(InitiativeAuthor, InitiativeAuthor.initiative_id == Initiative.id)
        .outerjoin(adopters, adopters.c.initiative_id == Initiative.id)
        .where(
            Initiative.movement_id == round_.movement_id,
            Initiative.year >= round_.period_from.year,
            Initiative.year <= round_.period_to.year,
            Initiative.state.in_(RECOGNISED_STATES),
            readable_initiatives(viewer),
        )
        .options(joinedload(Initiative.unit))
        .where(_is_within(units, Initiative.unit_id))
        .order_by(Initiative.year.desc(), Initiative.title, InitiativeAuthor.position)
    )
    for initiative, author, count in rows.unique():
        share = show_number(Decimal(author.share) / 100)
        spread = f", đã có {count} đơn vị áp dụng" if count else ""
        decision = f" (số {initiative.decision_number})" if initiative.decision_number else ""
        words = f"Sáng kiến “{initiative.title}” được công nhận{decision}, tỷ lệ đóng góp {share}%{spread}"
        yield Suggestion(
            key=f"author-{author.id}",
            subject=AwardSubject.PERSON,
            name=author.name,
            post="",
            workplace=author.workplace or initiative.unit.name,
            unit_id=initiative.unit_id,
            person_id=author.person_id,
            reason=words + ".",
            achievement=f"Có sáng kiến “{initiative.title}” trong phong trào thi đua đổi mới sáng tạo, chuyển đổi số",
            grounds=(Ground("initiative", words, initiative.id),),
        )
