"""Making, changing and freezing rubrics."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.audit import log_event
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.revisions import ensure_fresh
from webapp.models import Criterion, Movement, Rubric, RubricState, UnitKind
from webapp.permissions import Permission, Subject, Viewer, ensure
from webapp.scoring.points.cluster_rules import RubricRules, check_rules, rules_as_plain
from webapp.scoring.points.scheme import (
    MOST_NODES,
    BadRubric,
    Node,
    NodeKind,
    Scheme,
    as_plain,
    check,
    from_plain,
    walk,
    with_node,
    without,
)
from webapp.scoring.rubrics.examples import Example, example
from webapp.scoring.rubrics.queries import findings_of, list_criteria, scheme_of

FROZEN = "Thang điểm đã áp dụng thì không sửa được nữa; hãy lập bản mới cho năm sau."
CHANGED = "Thang điểm vừa được người khác sửa. Thay đổi của bạn chưa được lưu; hãy xem lại rồi sửa."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRubric:
    """What a rubric begins with: a ready-made example over the criteria of these groups (all when none is named), or a
    scheme. `rules` come along from a sheet or from last year; else they are the usual ones."""

    name: str
    unit_kinds: Collection[str]
    start: Example | Scheme
    group_ids: Collection[str] = ()
    rules: RubricRules | None = None


def make_rubric(
    session: Session, *, actor: Viewer, now: datetime, movement_id: str, year: int, new: NewRubric
) -> Rubric:
    """A draft, which only the office sees. Raises Invalid by field."""
    ensure(actor, Permission.RUBRIC_MANAGE, Subject(kind="rubric", movement_id=movement_id))
    movement = session.get(Movement, movement_id)
    if movement is None:
        raise NotFound(kind="movement", key=movement_id)
    faults = {}
    kinds = [kind.value for kind in UnitKind if kind.value in set(new.unit_kinds)]
    if not new.name.strip():
        faults["name"] = "Hãy đặt tên cho thang điểm."
    if not movement.first_year <= year <= movement.last_year:
        faults["year"] = f"Phong trào kéo dài từ {movement.first_year} đến {movement.last_year}."
    if not kinds:
        faults["unit_kinds"] = "Hãy chọn ít nhất một loại đơn vị."
    criteria = _of_groups(session, movement_id, new.group_ids)
    if isinstance(new.start, Example) and not criteria:
        faults["start"] = "Kế hoạch chưa có tiêu chí nào để lập thang điểm."
    if faults:
        raise Invalid(faults)
    scheme = example(new.start, criteria) if isinstance(new.start, Example) else new.start
    rubric = Rubric(
        movement_id=movement_id,
        year=year,
        name=new.name.strip()[:200],
        unit_kinds=kinds,
        decimals=scheme.decimals,
        tree=_readable(scheme),
        rules=rules_as_plain(new.rules or RubricRules()),
        state=RubricState.DRAFT,
        created_by=actor.id,
        created_at=now,
    )
    session.add(rubric)
    session.flush()
    _log(session, actor, now, "rubric.make", rubric)
    return rubric


def _of_groups(session: Session, movement_id: str, group_ids: Collection[str]) -> Sequence[tuple[str, str]]:
    if not group_ids:
        return list_criteria(session, movement_id)
    codes = set(
        session.scalars(
            select(Criterion.code).where(Criterion.movement_id == movement_id, Criterion.group_id.in_(group_ids))
        )
    )
    return [(code, text) for code, text in list_criteria(session, movement_id) if code in codes]


def replace_tree(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    rubric_id: str,
    revision: int,
    scheme: Scheme,
    rules: RubricRules | None = None,
) -> Rubric:
    """Put another tree, and other rules when some are given, in place of a draft's. Raises Conflict when it changed."""
    rubric = _draft(session, actor, rubric_id)
    ensure_fresh(rubric, revision, Conflict(CHANGED))
    rubric.tree, rubric.decimals = _readable(scheme), scheme.decimals
    if rules is not None:
        rubric.rules = rules_as_plain(rules)
    session.flush()
    _log(session, actor, now, "rubric.change", rubric)
    return rubric


def set_rules(
    session: Session, *, actor: Viewer, now: datetime, rubric_id: str, revision: int, rules: RubricRules
) -> Rubric:
    """Put other rules in place of a draft's. Raises Conflict when it changed, Invalid when they do not fit the tree."""
    rubric = _draft(session, actor, rubric_id)
    ensure_fresh(rubric, revision, Conflict(CHANGED))
    faults = [finding for finding in check_rules(scheme_of(rubric), rules) if finding.blocks]
    if faults:
        raise Invalid(" ".join(f"{fault.code}: {fault.sentence}" if fault.code else fault.sentence for fault in faults))
    rubric.rules = rules_as_plain(rules)
    session.flush()
    _log(session, actor, now, "rubric.rules", rubric)
    return rubric


def save_node(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    rubric_id: str,
    revision: int,
    old_code: str,
    parent: str,
    node: Node,
) -> Rubric:
    """Change the node named `old_code`, or add one below `parent` when that is empty."""
    scheme = scheme_of(_draft(session, actor, rubric_id))
    nodes = {one.code: one for one, _ in walk(scheme.root)}
    if node.code != old_code and node.code in nodes:
        raise Invalid({"code": "Ký hiệu này đã có ở mục khác."})
    if old_code and old_code not in nodes:
        raise NotFound(kind="rubric", key=rubric_id)
    if not old_code and (parent not in nodes or nodes[parent].kind is not NodeKind.SUM):
        raise Invalid({"parent": "Chỉ thêm được vào mục tổng."})
    root = with_node(scheme.root, parent, node, old_code=old_code)
    faults = [
        finding for finding in check(Scheme(root, scheme.decimals)) if finding.code == node.code and finding.blocks
    ]
    if faults and node.is_leaf:
        raise Invalid(" ".join(finding.sentence for finding in faults))
    return replace_tree(
        session, actor=actor, now=now, rubric_id=rubric_id, revision=revision, scheme=Scheme(root, scheme.decimals)
    )


def remove_node(session: Session, *, actor: Viewer, now: datetime, rubric_id: str, revision: int, code: str) -> Rubric:
    """Take out a node and all below it."""
    scheme = scheme_of(_draft(session, actor, rubric_id))
    if code == scheme.root.code:
        raise Invalid("Không bỏ được mục tổng điểm.")
    root = without(scheme.root, code)
    return replace_tree(
        session, actor=actor, now=now, rubric_id=rubric_id, revision=revision, scheme=Scheme(root, scheme.decimals)
    )


def _readable(scheme: Scheme) -> dict[str, Any]:
    """The tree as it is stored. Raises Invalid for one that could not be read back: too deep, too many."""
    plain = as_plain(scheme.root)
    try:
        from_plain(plain)
    except BadRubric as error:
        raise Invalid(str(error)) from error
    if sum(1 for _ in walk(scheme.root)) > MOST_NODES:
        raise Invalid(f"Thang điểm có tối đa {MOST_NODES} mục.")
    return plain


def put_in_force(session: Session, *, actor: Viewer, now: datetime, rubric_id: str) -> Rubric:
    """From now on the draft is frozen and everybody may read it. One rubric for each kind of unit and year."""
    rubric = _draft(session, actor, rubric_id)
    blocking = [finding.sentence for finding in findings_of(session, rubric) if finding.blocks]
    if blocking:
        raise Invalid("Thang điểm còn lỗi nên chưa áp dụng được: " + " ".join(blocking[:5]))
    others = session.scalars(
        select(Rubric).where(
            Rubric.movement_id == rubric.movement_id,
            Rubric.year == rubric.year,
            Rubric.state == RubricState.IN_FORCE,
        )
    )
    for other in others:
        if shared := set(other.unit_kinds) & set(rubric.unit_kinds):
            labels = ", ".join(sorted(UnitKind(kind).label for kind in shared))
            raise Invalid(f"“{other.name}” đang áp dụng năm {rubric.year} cho: {labels}.")
    rubric.state, rubric.in_force_at = RubricState.IN_FORCE, now
    session.flush()
    _log(session, actor, now, "rubric.enforce", rubric)
    return rubric


def _draft(session: Session, actor: Viewer, rubric_id: str) -> Rubric:
    rubric = session.get(Rubric, rubric_id)
    if rubric is None:
        raise NotFound(kind="rubric", key=rubric_id)
    ensure(actor, Permission.RUBRIC_MANAGE, rubric)
    if rubric.state is not RubricState.DRAFT:
        raise Invalid(FROZEN)
    return rubric


def _log(session: Session, actor: Viewer, now: datetime, action: str, rubric: Rubric) -> None:
    log_event(session, actor, now, action, rubric, {"version": rubric.revision})
