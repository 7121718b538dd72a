"""The overview's numbers equal a straightforward count, and nobody sees more in it than elsewhere."""

from __future__ import annotations

import html
import io
import re

import openpyxl
import pytest
from sqlalchemy import event

from tests.support import scores
from tests.support.prepared import prepared
from tests.support.ward import Ward
from tests.support.web import client_for, tight
from webapp.checklists import service as checklists
from webapp.dashboard import overview, standings
from webapp.dashboard.overview import Cell, Chosen
from webapp.models import Checklist, CriteriaGroup, ItemState, Role, RoundState, ScoreRound, UnitKind


@prepared
def filled(ward: Ward) -> Ward:
    """A has two evidences under d, one under đ and hands in; B drafts; VH has nothing."""
    mine = ward.checklist("clerk.a", "A")
    for code, count in (("III.1.d", 2), ("III.1.đ", 1)):
        for number in range(count):
            ward.attach("clerk.a", ward.item(mine, code), f"{code} {number}", f"{code}-{number}.txt")
    for code, state, reason in (
        ("III.1.d", ItemState.CLAIMED, ""),
        ("III.1.e", ItemState.NOT_APPLICABLE, "không có một cửa"),
    ):
        item = ward.item(mine, code)
        with ward.work() as session:
            checklists.answer_item(
                session,
                actor=ward.viewer("clerk.a"),
                now=ward.now,
                item_id=item.id,
                revision=item.revision,
                state=state,
                reason=reason,
                comment="",
            )
    with ward.work() as session:
        checklists.submit_checklist(session, actor=ward.viewer("head.a"), now=ward.now, checklist_id=mine.id)
    ward.attach("clerk.b", ward.item(ward.checklist("clerk.b", "B"), "III.1.d"), "của B")
    return ward


def chosen_of(ward: Ward) -> Chosen:
    from sqlalchemy import select

    with ward.db.reading() as session:
        group = session.scalars(select(CriteriaGroup.id).where(CriteriaGroup.code == "III.1")).one()
    return Chosen(year=2026, group_id=group)


def lines(ward: Ward, username: str) -> dict[str, dict[str, Cell]]:
    chosen = chosen_of(ward)
    with ward.db.reading() as session:
        codes = {one.id: one.code for one in overview.list_criteria(session, chosen.group_id)}
        page = overview.page_of_lines(session, chosen, viewer=ward.viewer(username), today=ward.now.date(), page=1)
        return {line.unit.code: {codes[key]: cell for key, cell in line.cells.items()} for line in page.rows}


def test_cells_say_state_count_and_age(filled: Ward) -> None:
    cells = lines(filled, "office")["A"]
    assert {code: (cell.word, cell.evidences, cell.age, cell.step) for code, cell in cells.items()} == {
        "III.1.d": ("Đạt", 2, 0, "full"),
        "III.1.đ": ("Đang", 1, 0, "some"),
        "III.1.e": ("Miễn", 0, None, "off"),
    }


def test_each_sees_the_lines_of_the_checklists_they_may_read(filled: Ward) -> None:
    assert set(lines(filled, "office")) == set(lines(filled, "leader.1")) == set(lines(filled, "auditor")) == {"A"}
    assert set(lines(filled, "clerk.b")) == {"B"} and set(lines(filled, "clerk.a")) == {"A"}
    assert lines(filled, "nobody") == lines(filled, "admin") == lines(filled, "clerk.c") == {}


def test_months_and_themes_count_what_is_seen(filled: Ward) -> None:
    chosen = chosen_of(filled)
    zone = filled.resources.settings.timezone
    with filled.db.reading() as session:
        viewer = filled.viewer("office")
        months = overview.list_months(session, chosen, viewer=viewer, timezone=zone, today=filled.now.date())
        themes = overview.count_by_theme(session, chosen, viewer=viewer)
        without = overview.list_without_checklist(session, chosen, viewer=viewer, movement_id=filled.movement_id)
        theirs = overview.list_without_checklist(
            session, chosen, viewer=filled.viewer("clerk.a"), movement_id=filled.movement_id
        )
    assert [month.number for month in months] == list(range(1, 12))
    assert (months[-1].evidences, months[-1].handed_in, months[-1].evidences_so_far) == (3, 1, 3)
    assert sum(one.evidences for one in themes) == 3
    assert without == ["Đơn vị B", "Đơn vị VH"] and theirs == []


def test_each_figure_by_month_and_theme_leads_to_as_many_rows(filled: Ward) -> None:
    client = client_for(filled).as_user("office")
    page = client.get("/overview?year=2026").text
    found = re.findall(r'<td class="num">\s*<a href="([^"]*/overview/counted[^"]*)">(\d+)</a>', page)
    assert len(found) >= 5 and any("what=checklists" in href for href, _ in found)
    for href, count in found:
        rows = client.get(html.unescape(href)).text.partition("<tbody>")[2].count("<tr>")
        assert rows == int(count), href
    assert "Không có gì được đếm" in client_for(filled).as_user("clerk.c").get(html.unescape(found[0][0])).text


def test_an_enterprise_sees_only_what_concerns_it(filled: Ward) -> None:
    filled.unit("DN", UnitKind.ENTERPRISE, name="Công ty Sao Mai")
    filled.person("clerk.dn", Role.CLERK, "DN")
    filled.map_units(DN="III.2", A="III.1", B="III.1", VH="III.1")
    filled.document("clerk.dn", "DN")
    client = client_for(filled).as_user("clerk.dn")
    for path, name in (("/documents", "unit"), ("/initiatives", "unit"), ("/overview?year=2026", "cluster")):
        choices = client.get(path).text.split(f'name="{name}"')[1].split("</select>")[0]
        assert "Đơn vị A" not in choices and "K1" not in choices and "Cụm" not in choices, path
    assert "Công ty Sao Mai" in client.get("/documents").text.split('name="unit"')[1].split("</select>")[0]
    overview_page = client.get("/overview?year=2026").text
    rows = overview_page.split("<tbody>")[1]
    assert rows.index("III.2") < rows.index("III.1") and "đơn vị bạn" in rows
    plan = client.get(f"/movements/{filled.movement_id}").text.split('id="criteria-title"')[1]
    assert plan.index("III.2") < plan.index("III.1")
    assert "xung đột lợi ích" not in client.get("/scores?year=2026").text
    assert "xung đột lợi ích" in client_for(filled).as_user("leader.1").get("/scores?year=2026").text


def test_clusters_are_summed_up_within_what_is_seen(filled: Ward) -> None:
    chosen = chosen_of(filled)
    with filled.db.reading() as session:
        rows = standings.list_standings(session, chosen, viewer=filled.viewer("office"))
        assert standings.list_standings(session, chosen, viewer=filled.viewer("clerk.c")) == []
    (row,) = standings.by_cluster(rows)
    assert standings.ahead_and_behind(rows) == (rows, [])
    assert (row.name, row.checklists, row.handed_in, row.items, row.answered, row.bare) == ("Cụm K1", 1, 1, 3, 2, 0)


def test_the_page_has_a_link_in_each_cell_and_the_same_number_of_statements_for_more_units(filled: Ward) -> None:
    client = client_for(filled).sign_in("office")
    statements: list[str] = []

    def note(_c: object, _cur: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(filled.db.engine, "before_cursor_execute", note)
    page = client.get(f"/overview?year=2026&group={chosen_of(filled).group_id}").text
    few = len(statements)
    assert len(re.findall(r"/checklists/items/[0-9a-z]{13}", page)) == 3 and "Đạt · 2" in page
    for number in range(6):
        code = f"X{number}"
        filled.unit(code)
        with filled.work() as session:
            session.add(
                Checklist(
                    movement_id=filled.movement_id,
                    unit_id=filled.units[code],
                    group_id=chosen_of(filled).group_id,
                    year=2026,
                    state="submitted",
                    created_at=filled.now,
                )
            )
    statements.clear()
    assert client.get(f"/overview?year=2026&group={chosen_of(filled).group_id}").status_code == 200
    assert len(statements) == few
    event.remove(filled.db.engine, "before_cursor_execute", note)


def test_it_begins_with_all_groups_and_the_years_of_others_stay_out(filled: Ward) -> None:
    """Groups without a checklist stand there too; each figure leads to what it counts."""
    page = tight(client_for(filled).sign_in("office").get("/overview?year=2026").text)
    table = page.split("Theo nhóm tiêu chí")[1].split("</table>")[0]
    rows = re.findall(r'<th scope="row">.*?</tr>', table)
    assert len(rows) > 1 and ">1</a>" in rows[0] and "2/3" in rows[0] and "–" in rows[1] and ">0</td>" in rows[1]
    group = chosen_of(filled).group_id
    assert f"group={group}" in rows[0] and "Đơn vị và tiêu chí" not in page
    assert "2/3" in page.split("<h2>Đi trước</h2>")[1]


def test_the_chairman_reads_how_it_stands_and_what_waits(filled: Ward) -> None:
    page = tight(client_for(filled).sign_in("chair").get("/").text)
    lines = page.split("<h2>Phong trào hôm nay")[1].split("</section>")[0]
    assert lines.count("<dt>") == 5 and "chưa mở kỳ chấm nào" in lines
    scores.rubric(filled)
    round_id = scores.open_round(filled, "K1")
    with filled.work() as session:
        session.get_one(ScoreRound, round_id).state = RoundState.CLOSED
    page = tight(client_for(filled).sign_in("chair").get("/").text)
    assert "1 cụm, khối đã chốt" in page and "Cụm K1: kết quả chấm điểm 2026 chờ công bố" in page
    assert "Phong trào hôm nay" not in client_for(filled).sign_in("clerk.a").get("/").text


def test_the_sheet_holds_what_the_page_shows(filled: Ward) -> None:
    client = client_for(filled).sign_in("office")
    answer = client.get("/overview.xlsx?year=2026")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[2][:3] == ("Đơn vị", "III.1.d", "III.1.d: số minh chứng")
    assert [row[:3] for row in rows[3:]] == [("Đơn vị A", "Đã tự nhận đạt", 2)]


@pytest.mark.parametrize(
    "path", ["/overview?year=x&group=%00&cluster=zz&theme=1&page=-3", "/overview?year=1999", "/overview.xlsx?group=x"]
)
def test_odd_addresses_are_answered(filled: Ward, path: str) -> None:
    assert client_for(filled).sign_in("clerk.a").get(path).status_code == 200


def test_who_has_handed_in_is_not_urged() -> None:
    rows = [
        standings.Standing(f"Đơn vị {place}", "g", "k", "Cụm", str(place), handed_in, 4, answered, 0)
        for place, (handed_in, answered) in enumerate([*[(True, 4)] * 5, (True, 1), (False, 2)])
    ]
    assert [row.unit for row in standings.ahead_and_behind(rows)[1]] == ["Đơn vị 6"]
