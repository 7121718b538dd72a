"""A sheet from self-assessment to what everybody reads: who may do what, one cell one history, both values on a clash."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from tests.support import indicators as i
from tests.support.prepared import prepared
from tests.support.ward import Ward
from webapp.core.errors import Conflict, Invalid, NotFound, Refused
from webapp.indicators import assessing, queries, results, sets, verifying
from webapp.indicators.scheme import FULL, HALF, NONE, Said
from webapp.models import (
    AuditEvent,
    Document,
    DocumentState,
    IndicatorChange,
    IndicatorEntry,
    IndicatorSheet,
    IndicatorSheetState,
    Role,
)

pytestmark = pytest.mark.either_database
S = IndicatorSheetState


@prepared
def house(ward: Ward) -> dict[str, str]:
    """A set in force in which B verifies 2.1; A's sheet and the office's own."""
    ward.person("head.b", Role.HEAD, "B")
    ward.person("head.vh", Role.HEAD, "VH")
    set_id = i.set_in_force(ward, verifier=ward.units["B"])
    return {"set": set_id, **{unit: i.sheet_of(ward, set_id, unit) for unit in ("A", "B", "VH")}}


def common(ward: Ward) -> dict[str, Any]:
    return {"now": ward.now, "timezone": i.ZONE}


def verify(ward: Ward, who: str, sheet: str, code: str, said: Said | None, text: str = "") -> None:
    word = i.spoken(ward, sheet, code, said, text)
    with ward.work() as session:
        verifying.save_verified(session, actor=ward.viewer(who), now=ward.now, spoken=word)


def test_a_cell_keeps_its_history_and_gives_both_values_to_who_came_second(ward: Ward, house: dict[str, str]) -> None:
    first = i.spoken(ward, house["A"], "1.1", Said(choice=FULL))
    second = i.spoken(ward, house["A"], "1.1", Said(choice=NONE), "chưa có")
    with ward.work() as session:
        assessing.save_own(session, actor=ward.viewer("clerk.a"), now=ward.now, spoken=first)
    with pytest.raises(Conflict) as caught, ward.work() as session:
        assessing.save_own(session, actor=ward.viewer("head.a"), now=ward.now, spoken=second)
    assert "Đủ" in caught.value.theirs["Kết quả"] and "Không" in caught.value.mine["Kết quả"]
    i.assess(ward, house["A"], "head.a", {"1.1": Said(choice=HALF)})
    with ward.db.reading() as session:
        changes = session.scalars(select(IndicatorChange).order_by(IndicatorChange.no)).all()
        assert [one.value and one.value["choice"] for one in changes] == [FULL, HALF]
        assert len(session.scalars(select(IndicatorEntry)).all()) == 1
        logged = session.scalars(select(AuditEvent.action).where(AuditEvent.object_id == house["A"])).all()
        assert logged.count("indicator-sheet.own") == 2
    for wrong, word in ((i.values(a="1", b="0"), "b = 0"), (i.values(a="-1", b="2"), "âm")):
        with pytest.raises(Invalid, match=word), ward.work() as session:
            spoken = i.spoken(ward, house["A"], "2.1", wrong)
            assessing.save_own(session, actor=ward.viewer("clerk.a"), now=ward.now, spoken=spoken)


def test_a_sheet_goes_its_way_and_nobody_verifies_the_own_unit(ward: Ward, house: dict[str, str]) -> None:
    sheet = house["A"]
    clerk, head, office = ward.viewer("clerk.a"), ward.viewer("head.a"), ward.viewer("office")
    document = ward.document("clerk.a", "A", title="Báo cáo an toàn").id
    with pytest.raises(Invalid, match=r"1\.1: chưa tự đánh giá"):
        i.submit(ward, sheet, "head.a")
    i.assess(ward, sheet, "clerk.a")
    with ward.db.reading() as session:
        key = next(
            row.key
            for row in queries.view_sheet(session, queries.get_sheet(session, sheet, viewer=clerk), viewer=clerk).leaves
        )
        # A draft is the unit's own.
        for who in ("office", "clerk.b", "leader.1", "auditor"):
            with pytest.raises(NotFound):
                queries.get_sheet(session, sheet, viewer=ward.viewer(who))
    with ward.work() as session:
        assessing.choose_documents(
            session, actor=clerk, now=ward.now, sheet_id=sheet, indicator_id=key, before=[], document_ids=[document]
        )
    with pytest.raises(Refused), ward.work() as session:
        assessing.submit_sheet(session, actor=clerk, sheet_id=sheet, **common(ward))
    i.submit(ward, sheet, "head.a")
    with ward.db.reading() as session:
        assert session.get_one(Document, document).state is DocumentState.SUBMITTED
    # Given back with a reason, put right, handed in again.
    with ward.work() as session:
        verifying.return_sheet(session, actor=office, sheet_id=sheet, reason="Thiếu số liệu quý IV", **common(ward))
    i.assess(ward, sheet, "clerk.a", {"2.1": i.values(a="9", b="10")})
    i.submit(ward, sheet, "head.a")

    # The unit that is named verifies its own indicator only; the unit itself none.
    verify(ward, "clerk.b", sheet, "2.1", i.values(a="7", b="10"), "3 máy hết hạn")
    with pytest.raises(Refused, match=r"1\.1"):
        verify(ward, "clerk.b", sheet, "1.1", Said(choice=FULL))
    for who in ("clerk.a", "head.a", "auditor", "leader.1"):
        with pytest.raises(Refused):
            verify(ward, who, sheet, "1.1", Said(choice=FULL))
    with pytest.raises(Invalid, match="chưa thẩm định"), ward.work() as session:
        verifying.deliver(session, actor=office, sheet_id=sheet, **common(ward))
    with ward.db.reading() as session:
        seen = queries.view_sheet(session, queries.get_sheet(session, sheet, viewer=clerk), viewer=clerk)
        assert not seen.sees_verification and all(word.verified is None for word in seen.words)
    with ward.work() as session:
        assert verifying.accept_rest(session, actor=office, now=ward.now, sheet_id=sheet) == 3
        verifying.deliver(session, actor=office, sheet_id=sheet, **common(ward))

    # Explained, concluded, published.
    word = i.spoken(ward, sheet, "2.1", None, "Đã gia hạn trong tháng 12")
    with ward.work() as session:
        assessing.explain(session, actor=clerk, now=ward.now, spoken=word)
        assessing.answer(session, actor=head, sheet_id=sheet, agrees=False, **common(ward))
    with pytest.raises(Invalid, match=r"2\.1"), ward.work() as session:
        verifying.settle_explained(session, actor=office, sheet_id=sheet, **common(ward))
    verify(ward, "office", sheet, "2.1", i.values(a="8", b="10"), "Chấp nhận một phần")
    with pytest.raises(Invalid, match="chưa kết luận"), ward.work() as session:
        sets.publish_set(session, actor=office, set_id=house["set"], **common(ward))
    with ward.work() as session:
        verifying.settle_explained(session, actor=office, sheet_id=sheet, **common(ward))
        sets.publish_set(session, actor=office, set_id=house["set"], **common(ward))
    with ward.db.reading() as session:
        one = sets.load_set(session, house["set"])
        (found,) = results.list_outcomes(session, one, viewer=ward.viewer("clerk.c"))
        # 5 of 10, 8 of 10, 15 of 20.
        assert (found.points, found.most, found.share) == (Decimal(28), Decimal(40), Decimal(70))
        assert [pillar.share for pillar in found.pillars] == [Decimal(50), Decimal(80), Decimal(75)]
    with ward.work() as session:
        sets.withdraw_results(session, actor=office, now=ward.now, set_id=house["set"], reason="Sai số liệu")
    with ward.db.reading() as session, pytest.raises(NotFound):
        queries.get_sheet(session, sheet, viewer=ward.viewer("clerk.c"))


def test_the_offices_own_sheet_is_verified_by_others(ward: Ward, house: dict[str, str]) -> None:
    sheet = house["VH"]
    ward.person("clerk.vh", Role.CLERK, "VH")
    i.assess(ward, sheet, "clerk.vh")
    i.submit(ward, sheet, "head.vh")
    with pytest.raises((Refused, NotFound)):
        verify(ward, "office", sheet, "1.1", Said(choice=FULL), "x")
    verify(ward, "chair", sheet, "1.1", Said(choice=FULL), "Đủ văn bản")
    with ward.db.reading() as session:
        row = session.get_one(IndicatorSheet, sheet)
        assert row.state is S.SUBMITTED


def test_the_scope_of_lists_says_what_the_policy_says(ward: Ward, house: dict[str, str]) -> None:
    from webapp.permissions import Permission as P
    from webapp.permissions import can
    from webapp.permissions.indicator_scopes import concluded_by, readable_indicator_sheets

    for state in S:
        with ward.work() as session:
            for key in ("A", "B", "VH"):
                session.get_one(IndicatorSheet, house[key]).state = state
        with ward.db.reading() as session:
            rows = session.scalars(select(IndicatorSheet)).unique().all()
            for who in ward.people:
                viewer = ward.viewer(who)
                for permission, scope in (
                    (P.INDICATOR_SHEET_READ, readable_indicator_sheets(viewer)),
                    (P.INDICATOR_SHEET_CONCLUDE, concluded_by(viewer)),
                ):
                    found = set(session.scalars(select(IndicatorSheet.id).where(scope)))
                    assert found == {row.id for row in rows if can(viewer, permission, row)}, (who, state, permission)
