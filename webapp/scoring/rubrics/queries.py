"""Reading rubrics: those in force are everybody's, drafts the office's."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.errors import NotFound
from webapp.models import CriteriaGroup, Criterion, Rubric
from webapp.permissions import Viewer
from webapp.permissions.scopes import readable_rubrics
from webapp.scoring.points.cluster_rules import RubricRules, check_rules, rules_from_plain
from webapp.scoring.points.scheme import BadRubric, Finding, Scheme, check, from_plain


def list_rubrics(session: Session, *, viewer: Viewer, year: int) -> Sequence[Rubric]:
    return session.scalars(
        select(Rubric).where(Rubric.year == year, readable_rubrics(viewer)).order_by(Rubric.state, Rubric.name)
    ).all()


def get_rubric(session: Session, rubric_id: str, *, viewer: Viewer) -> Rubric:
    rubric = session.scalar(select(Rubric).where(Rubric.id == rubric_id, readable_rubrics(viewer)))
    if rubric is None:
        raise NotFound(kind="rubric", key=rubric_id)
    return rubric


def scheme_of(rubric: Rubric) -> Scheme:
    """The rubric's tree as the rules use it."""
    return Scheme(from_plain(rubric.tree), rubric.decimals)


def rules_of(rubric: Rubric) -> RubricRules:
    """What holds for a cluster scored by it. Raises BadRubric."""
    return rules_from_plain(rubric.rules)


def list_criteria(session: Session, movement_id: str) -> Sequence[tuple[str, str]]:
    """(code, text) of the movement's criteria in force, in the plan's order."""
    rows = session.execute(
        select(Criterion.code, Criterion.text)
        .join(CriteriaGroup, CriteriaGroup.id == Criterion.group_id)
        .where(Criterion.movement_id == movement_id, Criterion.retired_at.is_(None), CriteriaGroup.retired_at.is_(None))
        .order_by(CriteriaGroup.position, Criterion.position)
    )
    return [(code, text) for code, text in rows]


def findings_of(session: Session, rubric: Rubric) -> list[Finding]:
    """What is wrong or odd about a rubric."""
    try:
        scheme, rules = scheme_of(rubric), rules_of(rubric)
    except BadRubric as error:
        return [Finding("", str(error))]
    criteria = [code for code, _ in list_criteria(session, rubric.movement_id)]
    return check(scheme, criteria) + check_rules(scheme, rules)
