"""What holds for a cluster besides the tree: checked, told in words, kept in sheets, changed on the page, frozen."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.support.ward import Ward
from tests.support.web import Client, client_for
from tests.webapp.scoring.strategies import schemes
from webapp.core.errors import Conflict, Invalid, NotFound, Refused
from webapp.models import AuditEvent, Rubric
from webapp.scoring.points.cluster_rules import (
    MOST_TITLES,
    TITLES,
    RubricRules,
    check_rules,
    rules_as_plain,
    rules_from_plain,
    rules_in_words,
    standing_of,
)
from webapp.scoring.points.pooling import Pooling
from webapp.scoring.points.ranking import Title
from webapp.scoring.points.reckoning import reckon
from webapp.scoring.points.scheme import BadRubric, Entry, Level
from webapp.scoring.rubrics import queries as rubric_queries
from webapp.scoring.rubrics import service as rubric_service
from webapp.scoring.rubrics.examples import Example, example
from webapp.scoring.rubrics.workbook import RULES_SHEET, read_rubric_book, rubric_sheet

SCHEME = example(Example.HUNDRED, [("III.1.a", "Tiêu chí a"), ("III.1.b", "Tiêu chí b")])
OTHER = RubricRules(Pooling.MEDIAN, ("B", "A.III.1.b"), (Title("Giỏi", Decimal("80.5"), Decimal(15)), TITLES[-1]), 10)

POINTS = st.integers(-1000, 10000).map(lambda number: Decimal(number) / 100)
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)


@st.composite
def some_rules(draw: st.DrawFn) -> RubricRules:
    return RubricRules(
        draw(st.sampled_from(Pooling)),
        tuple(draw(st.lists(st.sampled_from(["A", "B", "III.1.đ"]), max_size=3))),
        tuple(Title("D" + draw(NAMES), draw(POINTS), draw(st.none() | POINTS)) for _ in range(draw(st.integers(0, 5)))),
        draw(st.integers(0, 100)),
    )


@settings(max_examples=60, deadline=None)
@given(schemes(), some_rules())
def test_rules_come_back_from_the_database_and_from_a_sheet(scheme: Any, rules: RubricRules) -> None:
    assert rules_from_plain(rules_as_plain(rules)) == rules
    data = rubric_sheet(scheme, rules, title="Thang")
    assert read_rubric_book(data, decimals=scheme.decimals) == (scheme, rules)


def test_the_usual_rules() -> None:
    assert rules_from_plain({}) == RubricRules() and check_rules(SCHEME, RubricRules()) == []
    assert rules_in(rubric_sheet(SCHEME, title="x")) == RubricRules()
    words = rules_in_words(RubricRules())
    assert words[0] == "Bằng điểm thì đồng hạng, trừ khi Hội đồng quyết định thứ tự."
    assert words[1].startswith("Hoàn thành xuất sắc nhiệm vụ: từ 90 điểm, không quá 20% số đơn vị trong cụm")
    assert words[-1] == "Không hoàn thành: từ 0 điểm."
    said = " ".join(rules_in_words(OTHER))
    assert "điểm giữa" in said and "mục B, rồi mục A.III.1.b" in said and "10% số phiếu" in said and "80,5" in said


PLAIN = rules_as_plain(RubricRules())


@pytest.mark.parametrize(
    "plain",
    [
        None,
        [],
        {"more": 1},
        {**PLAIN, "more": 1},
        {**PLAIN, "pooling": "mean"},
        {**PLAIN, "pooling": []},
        {**PLAIN, "ties": "AB"},
        {**PLAIN, "ties": [1]},
        {**PLAIN, "control": True},
        {**PLAIN, "control": "5"},
        {**PLAIN, "titles": {}},
        {**PLAIN, "titles": ["x"]},
        {**PLAIN, "titles": [{"name": "x", "least": 5, "quota": None}]},
        {**PLAIN, "titles": [{"name": "x", "least": "NaN", "quota": None}]},
        {**PLAIN, "titles": [{"name": "x", "least": "5"}]},
    ],
)
def test_nothing_else_is_taken(plain: object) -> None:
    with pytest.raises(BadRubric):
        rules_from_plain(plain)


def title(name: str, least: int, quota: int | None = None) -> Title:
    return Title(name, Decimal(least), Decimal(quota) if quota is not None else None)


@pytest.mark.parametrize(
    ("rules", "words", "blocks"),
    [
        (RubricRules(ties=("X",)), "không có trong thang điểm", True),
        (RubricRules(ties=("B", "B")), "hai lần", True),
        (RubricRules(ties=("T",)), "đã bằng nhau", True),
        (RubricRules(ties=("B",) * 11), "tối đa 10 mục", True),
        (RubricRules(control=101), "từ 0 đến 100", True),
        (RubricRules(titles=(title(" ", 5), TITLES[-1])), "chưa có tên", True),
        (RubricRules(titles=(title("a" * 101, 5), TITLES[-1])), "dài tối đa", True),
        (RubricRules(titles=(title("a", 5), title("a", 0))), "hai lần", True),
        (RubricRules(titles=(title("a", 5), title("b", 6), TITLES[-1])), "từ cao xuống thấp", True),
        (RubricRules(titles=(title("a", 5, 0), TITLES[-1])), "lớn hơn 0", True),
        (RubricRules(titles=(title("a", 5, 101), TITLES[-1])), "lớn hơn 0", True),
        (RubricRules(titles=tuple(title(str(n), 0) for n in range(11))), "tối đa 10 danh hiệu", True),
        (RubricRules(titles=(title("a", 101), TITLES[-1])), "không ai tới được", False),
        (RubricRules(titles=(title("a", 5),)), "không được danh hiệu nào", False),
        (RubricRules(titles=(title("a", 0, 50),)), "không được danh hiệu nào", False),
        (RubricRules(titles=()), "không có danh hiệu", False),
    ],
)
def test_what_is_wrong_with_rules_is_said(rules: RubricRules, words: str, blocks: bool) -> None:
    found = check_rules(SCHEME, rules)
    assert any(words in finding.sentence and finding.blocks is blocks for finding in found), found


def test_a_unit_goes_into_the_ranking_with_its_tie_criteria() -> None:
    entries = {"A.III.1.a": Entry(level=Level.ACHIEVED), "B": Entry({"value": Decimal(1)}), "C": Entry(applies=False)}
    standing = standing_of("u", reckon(SCHEME, entries), RubricRules(ties=("B", "C", "A")), order=2, least_met=False)
    assert (standing.total, standing.tie, standing.order, standing.least_met) == (45, (5, 0, 40), 2, False)


def rules_in(data: bytes) -> RubricRules | None:
    return read_rubric_book(data, decimals=2)[1]


def sheet_of(*rows: tuple[object, ...], name: str = RULES_SHEET, heads: bool = True) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(rubric_sheet(SCHEME, title="x")))
    del book[RULES_SHEET]
    page = book.create_sheet(name, 0)
    if heads:
        page.append(("Quy tắc", "Nội dung", "Điểm tối thiểu", "Không quá % số đơn vị"))
    for row in rows:
        page.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (sheet_of(heads=False), "không thấy dòng tiêu đề"),
        (sheet_of(("Danh hiệu", "=1+1", 5)), "dòng 2: ô có công thức"),
        (sheet_of(("Danh hiệu", "Giỏi")), "dòng 2: Danh hiệu “Giỏi”"),
        (sheet_of(("Danh hiệu", "Giỏi", "nhiều")), "không phải là số"),
        (sheet_of(("Danh hiệu", "Giỏi", 5, "1e5")), "không phải là số"),
        (sheet_of(("Gộp điểm", "Bốc thăm")), "Bốc thăm"),
        (sheet_of(("Thẩm định lần hai, % số phiếu", "1234")), "1234"),
        (sheet_of(("__import__('os')", "x")), "không hiểu"),
        (b"not a sheet", "Không đọc được"),
    ],
)
def test_a_bad_sheet_of_rules_gets_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(BadRubric) as fault:
        rules_in(data)
    assert words in str(fault.value)


def test_the_sheet_of_rules_may_stand_anywhere_or_be_missing() -> None:
    moved = sheet_of(("Danh hiệu", "Giỏi", 5.5), ("Gộp điểm", Pooling.TRIMMED.label), name="QUY TẮC")
    rules = RubricRules(Pooling.TRIMMED, (), (Title("Giỏi", Decimal("5.5")),))
    assert read_rubric_book(moved, decimals=2) == (SCHEME, rules)
    assert rules_in(sheet_of(name="Ghi chú")) is None


def make(ward: Ward, **more: Any) -> Rubric:
    new = rubric_service.NewRubric(**{"name": "Khối cơ quan", "unit_kinds": ["office"], "start": SCHEME, **more})
    with ward.work() as session:
        return rubric_service.make_rubric(
            session, actor=ward.viewer("office"), now=ward.now, movement_id=ward.movement_id, year=2026, new=new
        )


def set_rules(ward: Ward, rubric: Rubric, rules: RubricRules, revision: int, username: str = "office") -> Rubric:
    with ward.work() as session:
        return rubric_service.set_rules(
            session,
            actor=ward.viewer(username),
            now=ward.now,
            rubric_id=rubric.id,
            revision=revision,
            rules=rules,
        )


def stored(ward: Ward, rubric: Rubric) -> Rubric:
    with ward.db.reading() as session:
        return session.get_one(Rubric, rubric.id)


def test_rules_are_set_while_it_is_a_draft_and_frozen_with_it(ward: Ward) -> None:
    rubric = make(ward)
    assert rubric_queries.rules_of(rubric) == RubricRules()
    changed = set_rules(ward, rubric, OTHER, rubric.revision)
    assert rubric_queries.rules_of(stored(ward, rubric)) == OTHER and changed.revision == rubric.revision + 1
    with pytest.raises(Conflict):
        set_rules(ward, rubric, RubricRules(), rubric.revision)
    with pytest.raises(Invalid) as fault:
        set_rules(ward, rubric, RubricRules(ties=("X",)), changed.revision)
    assert "X: Mục so khi bằng điểm này không có" in fault.value.sentence
    for username in ("clerk.a", "leader.1", "council", "chair", "auditor", "admin"):
        with pytest.raises((Refused, NotFound)):
            set_rules(ward, rubric, RubricRules(), changed.revision, username)
    with ward.work() as session:
        rubric_service.put_in_force(session, actor=ward.viewer("office"), now=ward.now, rubric_id=rubric.id)
    with pytest.raises(Invalid, match="đã áp dụng"):
        set_rules(ward, rubric, RubricRules(), stored(ward, rubric).revision)
    assert rubric_queries.rules_of(stored(ward, rubric)) == OTHER
    with ward.db.reading() as session:
        actions = session.scalars(select(AuditEvent.action).where(AuditEvent.object_id == rubric.id)).all()
    assert actions.count("rubric.rules") == 1


def test_a_tie_criterion_taken_out_of_the_tree_is_said_and_blocks(ward: Ward) -> None:
    rubric = make(ward, rules=OTHER)
    with ward.work() as session:
        rubric_service.remove_node(
            session, actor=ward.viewer("office"), now=ward.now, rubric_id=rubric.id, revision=rubric.revision, code="B"
        )
    page = client_for(ward).sign_in("office").get(f"/rubrics/{rubric.id}").text
    assert "B: Mục so khi bằng điểm này không có trong thang điểm." in page
    with pytest.raises(Invalid, match="không có trong thang điểm"), ward.work() as session:
        rubric_service.put_in_force(session, actor=ward.viewer("office"), now=ward.now, rubric_id=rubric.id)


def office(ward: Ward) -> Client:
    return client_for(ward).sign_in("office")


def test_rules_on_the_page(ward: Ward) -> None:
    rubric = make(ward)
    client = office(ward)
    page = client.get(f"/rubrics/{rubric.id}").text
    assert "Quy tắc xếp hạng và danh hiệu" in page and 'value="Hoàn thành xuất sắc nhiệm vụ"' in page
    form = {"revision": str(rubric.revision), "pooling": "trimmed", "ties": "B; A ;", "control": "15"}
    form |= {"title-0": "Giỏi", "least-0": "80,5", "quota-0": "25", "title-3": "Còn lại", "least-3": "0"}
    address = f"/rubrics/{rubric.id}/rules"
    for bad in (
        {"least-0": "nhiều"},
        {"title-0": ""},
        {"least-3": ""},
        {"control": "101"},
        {"ties": "X"},
        {"pooling": "mean"},
        {f"title-{MOST_TITLES - 1}": "Không điểm"},
        {"title-0": "x" * 101},
    ):
        answer = client.post(address, {**form, **bad})
        assert answer.status_code == 422, bad
        # What was typed stays, but for a choice that does not exist.
        kept = {**form, **bad, "pooling": form["pooling"]}
        assert all(f'value="{typed.strip()}"' in answer.text or not typed for typed in kept.values()), bad
    assert rubric_queries.rules_of(stored(ward, rubric)) == RubricRules()
    assert client.post(address, form).status_code == 303
    found = rubric_queries.rules_of(stored(ward, rubric))
    assert found == RubricRules(
        Pooling.TRIMMED, ("B", "A"), (Title("Giỏi", Decimal("80.5"), Decimal(25)), title("Còn lại", 0)), 15
    )
    late = client.post(address, {**form, "control": "16"})
    assert late.status_code == 409 and 'value="16"' in late.text
    again = re.search(r'action="[^"]*/rules".*?name="revision" value="(\d+)"', late.text, re.S)
    assert again and client.post(address, {**form, "control": "16", "revision": again.group(1)}).status_code == 303
    with ward.work() as session:
        rubric_service.put_in_force(session, actor=ward.viewer("office"), now=ward.now, rubric_id=rubric.id)
    page = client.as_user("clerk.a").get(f"/rubrics/{rubric.id}").text
    assert "Giỏi: từ 80,5 điểm, không quá 25% số đơn vị" in page and "Sửa quy tắc" not in page
    assert client.as_user("office").post(address, form).status_code == 422
    assert client.as_user("clerk.a").post(address, form).status_code == 403


def test_rules_go_with_the_sheet_and_with_last_years_copy(ward: Ward) -> None:
    rubric = make(ward, rules=OTHER)
    client = office(ward)
    sheet = client.get(f"/rubrics/{rubric.id}/rubric.xlsx").data
    assert rules_in(sheet) == OTHER
    fresh = make(ward, name="Khác")
    answer = client.post(
        f"/rubrics/{fresh.id}/sheet", {"revision": str(fresh.revision), "decimals": "2", "file": [(sheet, "a.xlsx")]}
    )
    assert answer.status_code == 303 and rubric_queries.rules_of(stored(ward, fresh)) == OTHER
    # A sheet without rules, as those of before, changes none.
    old = sheet_of(name="Ghi chú")
    book = openpyxl.load_workbook(io.BytesIO(old))
    del book["Ghi chú"]
    stream = io.BytesIO()
    book.save(stream)
    revision = str(stored(ward, fresh).revision)
    form = {"revision": revision, "decimals": "1", "file": [(stream.getvalue(), "a.xlsx")]}
    assert client.post(f"/rubrics/{fresh.id}/sheet", form).status_code == 303
    assert rubric_queries.rules_of(stored(ward, fresh)) == OTHER and stored(ward, fresh).decimals == 1
    with ward.work() as session:
        rubric_service.put_in_force(session, actor=ward.viewer("office"), now=ward.now, rubric_id=rubric.id)
    for start, file in ((f"last-year:{rubric.id}", None), ("file", [(sheet, "a.xlsx")])):
        form_of = {"year": "2027", "name": start, "start": start, "unit_kinds": ["office"]}
        assert client.post("/rubrics/new", form_of | ({"file": file} if file else {})).status_code == 303
        with ward.db.reading() as session:
            made = session.scalars(select(Rubric).where(Rubric.name == start)).one()
        assert rubric_queries.rules_of(made) == OTHER
