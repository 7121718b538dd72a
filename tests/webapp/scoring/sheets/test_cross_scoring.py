"""Members of a cluster scoring each other: pooled, hidden until handed in, open again when things change."""

from __future__ import annotations

from datetime import date

import pytest

from tests.support import scores
from tests.support.prepared import prepared
from tests.support.scores import D, step
from tests.support.scoring_worlds import CROSS, add_people, members_scheme, move_unit, opine
from tests.support.ward import Ward
from tests.support.web import client_for, tight
from webapp.core.errors import Invalid, NotFound, Refused
from webapp.models import (
    ReviewKind,
    Rubric,
    SheetState,
    UnitKind,
)
from webapp.scoring.points.cluster_rules import RubricRules
from webapp.scoring.points.pooling import Pooling
from webapp.scoring.points.scheme import Entry
from webapp.scoring.rounds import opening
from webapp.scoring.sheets import appraising, opinion_queries, opinions
from webapp.scoring.sheets import queries as sheet_queries


@prepared
def crossed(ward: Ward) -> Ward:
    """Unit D, handed in, scored by the other members of cluster 1; a round in cluster 2 as well."""
    add_people(ward)
    scores.rubric(ward, kinds=(UnitKind.OFFICE,))
    pooled = RubricRules(pooling=Pooling.MEDIAN)
    kinds = (UnitKind.SERVICE, UnitKind.FRONT)
    scores.rubric(ward, kinds=kinds, scheme=members_scheme(), rules=pooled, name="Chấm chéo")
    scores.open_round(ward)
    scores.open_round(ward, "K2")
    scores.score_self(ward, "clerk.d", "D", {"A": scores.value("8"), "B": scores.value("90")})
    scores.submit(ward, "head.d", "D")
    return ward


def across(ward: Ward, *usernames: str, hand_in: bool = True) -> None:
    for username in usernames:
        first, second = CROSS[username]
        opine(ward, username, "D", ReviewKind.CROSS, {"A": Entry(points=D(first)), "B": Entry(points=D(second))})
        if hand_in:
            head = username.replace("clerk", "head")
            sheet_id = scores.sheet_of(ward, "D").id
            step(ward, opinions.hand_in_opinion, head, kind=ReviewKind.CROSS, sheet_id=sheet_id)


def time_is_over(ward: Ward) -> None:
    """The last day for appraising was yesterday."""
    over = {"appraise": date(2026, 11, 21)}
    round_id = scores.sheet_of(ward, "D").round_id
    step(ward, opening.set_windows, "office", round_id=round_id, windows=over, reason="x")


def points_of(ward: Ward, unit: str) -> dict[str, str]:
    rows = scores.entries_of(ward, scores.sheet_of(ward, unit))
    return {code: row.appraisal["points"] for code, row in rows.items() if row.appraisal is not None}


@pytest.mark.parametrize(
    ("pooling", "given", "expected"),
    [
        # Of 40, 30, 20 and 41, 31, 23 the middle ones.
        (Pooling.MEDIAN, ("clerk.a", "clerk.b", "clerk.vh"), {"A": "30", "B": "31"}),
        # A fifth of three is none: 95 / 3.
        (Pooling.TRIMMED, ("clerk.a", "clerk.b", "clerk.vh"), {"A": "30", "B": "31.66666667"}),
        # Of two the mean of both, once the time for the third is over.
        (Pooling.MEDIAN, ("clerk.a", "clerk.vh"), {"A": "30", "B": "32"}),
    ],
)
def test_points_of_the_members_become_one(
    crossed: Ward, pooling: Pooling, given: tuple[str, ...], expected: dict[str, str]
) -> None:
    with crossed.work() as session:
        sheet = scores.sheet_of(crossed, "D")
        rubric = session.get_one(Rubric, sheet.rubric_id)
        rubric.rules = {**rubric.rules, "pooling": pooling.value}
    across(crossed, *given)
    if len(given) < len(CROSS):
        with pytest.raises(Invalid, match="Chưa hoàn thành chấm chéo: Đơn vị B"):
            scores.deliver(crossed, "leader.1", "D")
        time_is_over(crossed)
    scores.deliver(crossed, "leader.1", "D")
    assert points_of(crossed, "D") == expected
    assert scores.sheet_of(crossed, "D").state is SheetState.APPRAISED


def test_points_not_handed_in_do_not_count(crossed: Ward) -> None:
    across(crossed, "clerk.a", hand_in=False)
    with pytest.raises(Invalid, match="Chưa hoàn thành chấm chéo"):
        scores.deliver(crossed, "leader.1", "D")
    across(crossed, "clerk.vh")
    time_is_over(crossed)
    # One alone does not decide, however late it is.
    with pytest.raises(Invalid, match="Chưa hoàn thành chấm chéo"):
        scores.deliver(crossed, "leader.1", "D")
    assert points_of(crossed, "D") == {}


def test_what_was_handed_in_of_other_evidence_or_before_a_return_is_open_again(crossed: Ward) -> None:
    across(crossed, *CROSS)
    sheet = scores.sheet_of(crossed, "D")
    step(crossed, appraising.return_sheet, "leader.1", sheet_id=sheet.id, reason="Xem lại")
    scores.score_self(crossed, "clerk.d", "D", {"B": scores.value("95")})
    scores.submit(crossed, "head.d", "D")
    with pytest.raises(Invalid, match="Chưa hoàn thành chấm chéo: Đơn vị A, Đơn vị B, Đơn vị VH"):
        scores.deliver(crossed, "leader.1", "D")
    # What was given is still there to be changed or handed in again.
    for head in ("head.a", "head.b", "head.vh"):
        step(crossed, opinions.hand_in_opinion, head, kind=ReviewKind.CROSS, sheet_id=sheet.id)
    scores.deliver(crossed, "leader.1", "D")
    assert points_of(crossed, "D") == {"A": "30", "B": "31"}


def test_points_of_the_old_cluster_do_not_count_in_the_new_one(crossed: Ward) -> None:
    across(crossed, "clerk.a", "clerk.b")
    move_unit(crossed, "D", "K2")
    with pytest.raises((Refused, NotFound)):
        scores.deliver(crossed, "leader.1", "D")
    step(crossed, opening.update_members, "office", round_id=scores.sheet_of(crossed, "C").round_id)
    with pytest.raises((Refused, NotFound)):
        across(crossed, "clerk.vh")
    with pytest.raises(Invalid, match="Chưa hoàn thành chấm chéo"):
        scores.deliver(crossed, "deputy.2", "D")
    assert points_of(crossed, "D") == {}


def test_what_others_gave_is_hidden_until_the_own_points_are_in(crossed: Ward) -> None:
    """`two.roles` leads the cluster and is head of B: until B handed in, others' points are not to be read."""
    across(crossed, "clerk.a")
    across(crossed, "clerk.b", hand_in=False)
    sheet_id = scores.sheet_of(crossed, "D").id

    def seen(username: str) -> int:
        viewer = crossed.viewer(username)
        with crossed.db.reading() as session:
            sheet = sheet_queries.get_sheet(session, sheet_id, viewer=viewer)
            return sum(len(one) for one in opinion_queries.list_opinions(session, sheet, viewer=viewer).values())

    assert seen("two.roles") == 0 and seen("clerk.vh") == 0 and seen("head.a") == 0
    step(crossed, opinions.hand_in_opinion, "head.b", kind=ReviewKind.CROSS, sheet_id=sheet_id)
    assert seen("two.roles") == 4 and seen("clerk.vh") == 0 and seen("council") == 4
    page = tight(client_for(crossed).as_user("clerk.vh").get(f"/scores/sheets/{sheet_id}/opinion/cross").text)
    assert ">40<" not in page and 'value="40"' not in page and 'value="30"' not in page
