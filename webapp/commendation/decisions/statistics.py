"""Numbers that the ward owes upward, each counted by the database: lines that stand, those revoked apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import ColumnElement, case, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from webapp.models import Award, AwardDecision, AwardManner, AwardRound, AwardSubject, Unit
from webapp.models.award_decision import not_corrected
from webapp.permissions import Viewer
from webapp.permissions.award_scopes import readable_awards

T = TypeVar("T")
IN_FORCE = Award.revoked_on.is_(None)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: what it is about, honours in force, honours revoked."""

    label: str
    standing: int
    revoked: int


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole` (those of whom it was said); `unsaid` of whom it was not."""

    part: int
    whole: int
    unsaid: int


@dataclass(frozen=True, slots=True)
class RoundMoney:
    """In đồng. `worked_out` of honours in force; `paid` of all; `to_recover` and `recovered` of those revoked."""

    round_id: str
    title: str
    worked_out: int
    paid: int
    to_recover: int
    recovered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What was honoured in a year, or in all years."""

    total: Row
    forms: Sequence[Row]
    subjects: Sequence[Row]
    manners: Sequence[Row]
    units: Sequence[Row]
    years: Sequence[Row]
    not_leading: Share
    women: Share
    money: Sequence[RoundMoney]

    @property
    def money_total(self) -> RoundMoney:
        sums = (
            sum(getattr(one, name) for one in self.money) for name in ("worked_out", "paid", "to_recover", "recovered")
        )
        return RoundMoney("", "Cộng", *sums)


def work_out_statistics(session: Session, *, viewer: Viewer, year: int | None = None) -> Statistics:
    """Of a year or of all. Nine statements."""
    seen = [readable_awards(viewer), not_corrected()]
    of_year = [*seen, Award.year == year] if year else seen
    subjects = _by(session, Award.subject, of_year)
    manners = _by(session, Award.manner, of_year)
    units = session.execute(
        select(Unit.name, *_counts())
        .select_from(Award)
        .outerjoin(Unit, Unit.id == Award.unit_id)
        .where(*of_year)
        .group_by(Unit.id, Unit.name)
        .order_by(func.count().desc(), Unit.name)
    )
    standing, revoked = session.execute(select(*_counts()).select_from(Award).where(*of_year)).one()
    return Statistics(
        total=Row("Cộng", standing or 0, revoked or 0),
        forms=_by_form(session, of_year),
        subjects=[Row(one.label, *subjects[one]) for one in AwardSubject if one in subjects],
        manners=[Row(one.label, *manners[one]) for one in AwardManner if one in manners],
        units=[Row(name or "Ngoài các đơn vị", here, gone) for name, here, gone in units],
        years=[Row(str(key), *pair) for key, pair in sorted(_by(session, Award.year, seen).items(), reverse=True)],
        not_leading=_share(session, of_year, Award.leads.is_(False), Award.leads.is_not(None)),
        women=_share(session, of_year, Award.honorific == "Bà", Award.honorific != ""),
        money=_money(session, of_year),
    )


def _counts() -> tuple[ColumnElement[int], ColumnElement[int]]:
    return _sum(IN_FORCE), _sum(~IN_FORCE)


def _sum(condition: ColumnElement[bool], value: object = 1) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, value), else_=0)), 0)


def _by(
    session: Session, column: InstrumentedAttribute[T], where: Sequence[ColumnElement[bool]]
) -> dict[T, tuple[int, int]]:
    rows = session.execute(select(column, *_counts()).where(*where).group_by(column))
    return {key: (here, gone) for key, here, gone in rows}


def _by_form(session: Session, where: Sequence[ColumnElement[bool]]) -> list[Row]:
    """By the name under which it was given."""
    rows = session.execute(
        select(Award.title_name, *_counts()).where(*where).group_by(Award.title_name).order_by(Award.title_name)
    )
    return [Row(name, here, gone) for name, here, gone in rows]


def _share(
    session: Session, where: Sequence[ColumnElement[bool]], part: ColumnElement[bool], said: ColumnElement[bool]
) -> Share:
    """Of persons honoured, in force."""
    here, whole, everybody = session.execute(
        select(_sum(part), _sum(said), func.count())
        .select_from(Award)
        .where(*where, IN_FORCE, Award.subject == AwardSubject.PERSON)
    ).one()
    return Share(here or 0, whole or 0, (everybody or 0) - (whole or 0))


def _money(session: Session, where: Sequence[ColumnElement[bool]]) -> list[RoundMoney]:
    """By round, in the order of their days."""
    rows = session.execute(
        select(
            AwardRound.id,
            AwardRound.title,
            _sum(IN_FORCE, func.coalesce(Award.amount, 0)),
            _sum(true(), func.coalesce(Award.paid_amount, 0)),
            _sum(~IN_FORCE, func.coalesce(Award.to_recover, 0)),
            _sum(~IN_FORCE, func.coalesce(Award.recovered_amount, 0)),
        )
        .select_from(Award)
        .join(AwardDecision, AwardDecision.id == Award.decision_id)
        .join(AwardRound, AwardRound.id == AwardDecision.round_id)
        .where(*where)
        .group_by(AwardRound.id, AwardRound.title, AwardRound.opens_on)
        .order_by(AwardRound.opens_on.desc(), AwardRound.id)
    )
    return [RoundMoney(*row) for row in rows]
