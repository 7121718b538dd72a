"""The charts say what their tables say, of what the viewer may see, and no page holds a style of its own."""

from __future__ import annotations

import re

import pytest

from tests.support import papers
from tests.support.ward import Ward
from tests.support.web import client_for, tight
from tests.webapp.dashboard.test_overview import chosen_of, filled
from webapp.dashboard import charts

pytestmark = pytest.mark.either_database
__all__ = ["filled"]


def test_charts_and_tables_tell_the_same_and_only_what_may_be_seen(filled: Ward) -> None:
    papers.make_duties(filled)
    with filled.db.reading() as session:
        office, other = filled.viewer("office"), filled.viewer("clerk.b")
        years = charts.list_cluster_years(session, chosen_of(filled), viewer=office)
        shares = {one.code: one for one in charts.list_shares(session, chosen_of(filled), viewer=office)}
        of_b = charts.list_cluster_years(session, chosen_of(filled), viewer=other)
        in_b = {one.code: one.items for one in charts.list_shares(session, chosen_of(filled), viewer=other)}
    # A handed in three evidences in November; B only drafts.
    assert [(one.name, one.total, one.months[10]) for one in years] == [("Cụm K1", 3, 3)]
    assert (shares["III.1.d"].items, shares["III.1.d"].proved, shares["III.1.d"].percent) == (1, 1, 100)
    assert (shares["III.1.đ"].claimed, shares["III.1.đ"].percent, shares["III.1.e"].items) == (0, 0, 0)
    assert [one.total for one in of_b] == [1] and set(in_b.values()) == {1}
    page = client_for(filled).sign_in("office").get("/overview/charts?year=2026").text
    assert "style=" not in page and "<script>" not in page
    table = tight(page)
    assert '<td class="num" data-label="Đạt kèm minh chứng">1 (100%)</td>' in table
    assert re.search(r'<td class="heat-some">chưa nộp</td>', table) and 'width="290"' in page
