"""What the council gave somebody stands on their home, with numbers of what they read; a seat gives no right."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import event, select

from tests.support import councils, papers, scores
from tests.support.ward import Ward
from tests.support.web import client_for
from webapp.dashboard.council_work import CouncilWork, find_work
from webapp.models import PaperPart, PartKind, RoundState, Theme


def work_of(ward: Ward, username: str, on: date | None = None) -> CouncilWork:
    with ward.db.reading() as session:
        today = on or ward.now.date()
        viewer = ward.viewer(username)
        return find_work(session, viewer=viewer, movement_id=ward.movement_id, year=2026, today=today)


def test_clusters_and_themes_with_their_state(ward: Ward) -> None:
    papers.make_duties(ward)
    paper = papers.open_paper(ward, "clerk.a", "A")
    with ward.work() as session:
        part = session.scalars(
            select(PaperPart)
            .where(PaperPart.paper_id == paper.id, PaperPart.kind == PartKind.THEME)
            .order_by("position")
        ).first()
        assert part is not None
        part.text, code = "Đã triển khai", part.code
        themes = {one.code: one.id for one in session.scalars(select(Theme))}
    council = councils.found(ward)
    seat = councils.seat(ward, council, "council")
    clusters = frozenset(ward.clusters.values())
    councils.give(ward, seat, clusters=clusters, themes=frozenset(themes.values()), field="Công nghệ")
    councils.seat(ward, council, "nobody")
    assert [one.reported for one in work_of(ward, "council").themes] == [0] * len(themes)
    papers.submit(ward, "head.a", paper)
    scores.rubric(ward)
    scores.open_round(ward)
    found = work_of(ward, "council")
    assert {one.code: one.reported for one in found.themes} == {**dict.fromkeys(themes, 0), code: 1}
    assert {one.name: (one.state, one.waiting) for one in found.clusters}["Cụm K1"] == (RoundState.OPEN, 0)
    assert found.other == ["Công nghệ"] and not work_of(ward, "nobody") and not work_of(ward, "clerk.a")
    # Over at the end of its days, and for the next member without the role only what they read is counted.
    assert not work_of(ward, "council", councils.START - timedelta(days=1))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_home_asks_once_for_each_list_however_much_is_given(ward: Ward) -> None:
    council = councils.found(ward)
    seat = councils.seat(ward, council, "council")
    counted: list[str] = []
    for given in (frozenset({ward.clusters["K1"]}), frozenset(ward.clusters.values())):
        councils.give(ward, seat, clusters=given)
        asked: list[str] = []
        event.listen(ward.db.engine, "before_cursor_execute", lambda *words, asked=asked: asked.append(words[2]))
        work_of(ward, "council")
        counted.append(str(len([one for one in asked if "council_assignment" in one])))
    assert counted == ["3", "3"]
    page = client_for(ward).sign_in("council").get("/").text
    assert "Hội đồng phân công bạn" in page and "Chưa mở đợt chấm điểm" in page
