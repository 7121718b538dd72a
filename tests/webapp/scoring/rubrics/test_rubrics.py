"""Rubrics as the office prepares them: started from examples, changed by page and by sheet, tried, frozen; hostile files."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from sqlalchemy import select

from tests.support.ward import Ward
from tests.support.web import Client, client_for
from tests.webapp.scoring.strategies import schemes
from webapp.core.errors import Conflict, Invalid, NotFound, Refused
from webapp.models import AuditEvent, Rubric, RubricState, UnitKind
from webapp.scoring.points.cluster_rules import RubricRules
from webapp.scoring.points.scheme import Level, Node, NodeKind, Scheme, as_plain, check, from_plain, walk
from webapp.scoring.rubrics import queries as rubric_queries
from webapp.scoring.rubrics import service as rubric_service
from webapp.scoring.rubrics.examples import Example, example
from webapp.scoring.rubrics.workbook import read_rubric_book, rubric_sheet

CRITERIA = [(f"III.1.{letter}", f"Tiêu chí {letter}") for letter in "abcdđeg"]


@pytest.mark.parametrize("kind", list(Example))
@pytest.mark.parametrize("count", [1, 2, 7, 15, 60])
def test_examples_come_to_exactly_a_hundred(kind: Example, count: int) -> None:
    scheme = example(kind, [(f"III.{n}", f"Tiêu chí {n}") for n in range(count)])
    assert [finding for finding in check(scheme) if finding.blocks] == []
    assert sum(child.reach for child in scheme.root.children) == 100 == scheme.root.most


@settings(max_examples=60, deadline=None)
@given(schemes())
def test_a_rubric_comes_back_from_its_sheet_and_from_the_database(scheme: Scheme) -> None:
    assert from_plain(as_plain(scheme.root)) == scheme.root
    data = rubric_sheet(scheme, title="=cmd()")
    assert read_rubric_book(data, decimals=scheme.decimals) == (scheme, RubricRules())


def node(**more: object) -> Node:
    values: dict[str, object] = {"code": "a", "title": "A", "kind": NodeKind.LEVEL, "most": Decimal(10)}
    return Node(**{**values, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("child", "words"),
    [
        (node(kind=NodeKind.QUANTITY), "Chỉ tiêu phải lớn hơn 0"),
        (node(kind=NodeKind.QUANTITY, target=Decimal(0)), "Chỉ tiêu phải lớn hơn 0"),
        (node(kind=NodeKind.OCCURRENCE), "mỗi lần"),
        (node(kind=NodeKind.OCCURRENCE, each=Decimal(-1)), "không được âm"),
        (node(kind=NodeKind.EXPRESSION, formula="1 +"), "chưa hết"),
        (node(partly=Decimal(2)), "từ 0 đến 1"),
        (node(most=Decimal(0)), "lớn hơn 0"),
        (node(title=" "), "chưa có tên"),
        (node(code="T"), "hai chỗ"),
        (node(most=Decimal(5)), "không tới"),
        (node(kind=NodeKind.SUM), "chưa có mục con"),
        (node(children=(node(code="b"),)), "Chỉ mục tổng"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(child: Node, words: str) -> None:
    root = Node(code="T", title="Tổng", kind=NodeKind.SUM, most=Decimal(10), children=(child,))
    found = [finding for finding in check(Scheme(root)) if finding.blocks]
    assert any(words in finding.sentence for finding in found), found


def test_what_is_left_out_of_the_plan_is_said_without_blocking() -> None:
    scheme = example(Example.LEVELS, CRITERIA[:3])
    (finding,) = check(scheme, [code for code, _ in CRITERIA])
    assert not finding.blocks and "III.1.d, III.1.đ, III.1.e, III.1.g" in finding.sentence


def make(ward: Ward, username: str = "office", start: Example | Scheme = Example.HUNDRED, **more: object) -> Rubric:
    values = {"name": "Thang điểm khối", "unit_kinds": ["office"], **more}
    year = values.pop("year", 2026)
    new = rubric_service.NewRubric(start=start, **values)
    with ward.work() as session:
        return rubric_service.make_rubric(
            session, actor=ward.viewer(username), now=ward.now, movement_id=ward.movement_id, year=year, new=new
        )


def stored(ward: Ward, rubric: Rubric) -> Rubric:
    with ward.db.reading() as session:
        return session.get_one(Rubric, rubric.id)


def enforce(ward: Ward, rubric: Rubric, username: str = "office") -> None:
    with ward.work() as session:
        rubric_service.put_in_force(session, actor=ward.viewer(username), now=ward.now, rubric_id=rubric.id)


def test_only_the_office_prepares_and_everybody_reads_what_holds(ward: Ward) -> None:
    rubric = make(ward)
    client = client_for(ward).sign_in("office")
    assert client.get(f"/rubrics/{rubric.id}").status_code == 200
    for username in ("clerk.a", "head.a", "leader.1", "council", "chair", "auditor", "admin", "nobody"):
        with pytest.raises((Refused, NotFound)):
            make(ward, username)
        with pytest.raises((Refused, NotFound)):
            enforce(ward, rubric, username)
        assert client.as_user(username).get(f"/rubrics/{rubric.id}").status_code == 404
    enforce(ward, rubric)
    for username in ("clerk.a", "nobody", "auditor"):
        other = client.as_user(username)
        assert "Đang áp dụng" in other.get(f"/rubrics/{rubric.id}").text
        assert "Thang điểm khối" in other.get("/rubrics").text
        assert other.get(f"/rubrics/{rubric.id}/node?code=A").status_code == 403
    with ward.db.reading() as session:
        actions = session.scalars(select(AuditEvent.action).where(AuditEvent.object_id == rubric.id)).all()
    assert "rubric.make" in actions and "rubric.enforce" in actions


def test_what_holds_is_frozen_and_alone(ward: Ward) -> None:
    rubric, other = make(ward), make(ward, name="Khác", unit_kinds=["office", "front"])
    enforce(ward, rubric)
    with pytest.raises(Invalid) as fault:
        enforce(ward, other)
    assert "Cơ quan thuộc UBND" in fault.value.sentence
    before = stored(ward, rubric)
    for change in (
        lambda session: rubric_service.remove_node(
            session, actor=ward.viewer("office"), now=ward.now, rubric_id=rubric.id, revision=before.revision, code="B"
        ),
        lambda session: rubric_service.put_in_force(
            session, actor=ward.viewer("office"), now=ward.now, rubric_id=rubric.id
        ),
    ):
        with pytest.raises(Invalid), ward.work() as session:
            change(session)
    assert stored(ward, rubric).tree == before.tree
    enforce(ward, make(ward, name="Mặt trận", unit_kinds=["front"]))
    enforce(ward, make(ward, name="Năm sau", year=2027))


def test_a_rubric_with_faults_does_not_come_into_force(ward: Ward) -> None:
    rubric = make(ward)
    with ward.work() as session:
        rubric_service.remove_node(
            session, actor=ward.viewer("office"), now=ward.now, rubric_id=rubric.id, revision=rubric.revision, code="A"
        )
    with pytest.raises(Invalid) as fault:
        enforce(ward, rubric)
    assert "không tới 100" in fault.value.sentence and stored(ward, rubric).state is RubricState.DRAFT


def test_a_rubric_too_deep_is_not_stored(ward: Ward) -> None:
    rubric = make(ward, start=example(Example.LEVELS, CRITERIA))
    parent, revision = "A", rubric.revision
    for depth in range(8):
        child = Node(code=f"N{depth}", title="N", kind=NodeKind.SUM, most=Decimal(1))
        try:
            with ward.work() as session:
                revision = rubric_service.save_node(
                    session,
                    actor=ward.viewer("office"),
                    now=ward.now,
                    rubric_id=rubric.id,
                    revision=revision,
                    old_code="",
                    parent=parent,
                    node=child,
                ).revision
        except Invalid as fault:
            assert "sâu tối đa" in fault.sentence and depth >= 3
            break
        parent = child.code
    else:
        pytest.fail("any depth was taken")
    assert office(ward).get(f"/rubrics/{rubric.id}").status_code == 200


def test_two_people_changing_one_rubric(ward: Ward) -> None:
    rubric = make(ward)

    def remove(code: str, revision: int) -> None:
        with ward.work() as session:
            rubric_service.remove_node(
                session, actor=ward.viewer("office"), now=ward.now, rubric_id=rubric.id, revision=revision, code=code
            )

    remove("B", rubric.revision)
    with pytest.raises(Conflict):
        remove("C", rubric.revision)
    assert {one.code for one, _ in walk(rubric_queries.scheme_of(stored(ward, rubric)).root)} >= {"C"}


@pytest.mark.parametrize(
    ("more", "field"),
    [({"name": " "}, "name"), ({"year": 2040}, "year"), ({"unit_kinds": ["ma"]}, "unit_kinds")],
)
def test_a_bad_start_is_refused(ward: Ward, more: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as fault:
        make(ward, **more)
    assert field in fault.value.fields


def office(ward: Ward) -> Client:
    return client_for(ward).sign_in("office")


def test_from_the_page_to_what_holds(ward: Ward) -> None:
    client = office(ward)
    client.get("/rubrics/new?year=2026")
    assert client.post("/rubrics/new", {"year": "2026", "name": "", "start": "hundred"}).status_code == 422
    made = client.post(
        "/rubrics/new",
        {"year": "2026", "name": "Khối cơ quan", "start": "hundred", "unit_kinds": [UnitKind.OFFICE.value]},
    )
    address = made.headers["Location"]
    page = client.get(address).text
    assert "Khối cơ quan" in page and "III.1.đ" in page
    revision = re.search(r'name="revision" value="(\d+)"', client.get(f"{address}/node?parent=A").text)
    assert revision
    form = {
        "revision": revision.group(1),
        "code": "A.9",
        "title": "Lớp học số",
        "kind": "quantity",
        "most": "10",
        "target": "8",
        "over": "2",
        "evidence": "1",
    }
    assert client.post(f"{address}/node?parent=A", {**form, "target": "tám"}).status_code == 422
    assert client.post(f"{address}/node?parent=A", {**form, "target": ""}).status_code == 422
    assert client.post(f"{address}/node?parent=A", form).status_code == 303
    assert client.post(f"{address}/node?parent=A", {**form, "code": "A.10"}).status_code == 409
    assert "Lớp học số" in client.get(address).text
    sheet = client.get(f"{address}/rubric.xlsx").data
    assert client.post(
        f"{address}/sheet", {"revision": "3", "decimals": "1", "file": [(sheet, "a.xlsx")]}
    ).status_code in (303, 409)
    assert client.post(f"{address}/enforce").status_code == 303
    assert "Đang áp dụng" in client.get(address).text


def test_trying_it_out_tells_each_step_and_stores_nothing(ward: Ward) -> None:
    rubric = make(ward, start=example(Example.HUNDRED, CRITERIA[:2]))
    client = office(ward)
    client.get(f"/rubrics/{rubric.id}/try")
    nodes = [one for one, _ in walk(rubric_queries.scheme_of(rubric).root)]
    place = {one.code: number for number, one in enumerate(nodes)}
    form = {
        f"level-{place['A.III.1.a']}": Level.ACHIEVED.value,
        f"level-{place['A.III.1.b']}": Level.PARTLY.value,
        f"value-{place['B']}-0": "1",
        f"value-{place['C']}-0": "2",
    }
    page = client.post(f"/rubrics/{rubric.id}/try", form).text
    assert "Tổng điểm: <strong>71,00</strong>" in page and "1 lần × 5 = 5,00" in page
    assert "Đạt một phần: 40 × 0,5 = 20,00" in page
    assert client.post(f"/rubrics/{rubric.id}/try", {**form, f"value-{place['B']}-0": "một"}).status_code == 422
    data = client.post(f"/rubrics/{rubric.id}/try", {**form, "sheet": "1"}).data
    page_of = openpyxl.load_workbook(io.BytesIO(data)).active
    assert page_of is not None and str(page_of["G4"].value).startswith("=MIN(MAX(SUM(")
    assert stored(ward, rubric).revision == rubric.revision


@pytest.mark.parametrize("child", [node(kind=NodeKind.EXPRESSION, formula="((x"), node(kind=NodeKind.QUANTITY)])
def test_a_rubric_with_faults_is_not_tried(ward: Ward, child: Node) -> None:
    root = Node(code="T", title="Tổng", kind=NodeKind.SUM, most=Decimal(10), children=(child,))
    rubric = make(ward, start=Scheme(root))
    client = office(ward)
    assert client.get(f"/rubrics/{rubric.id}").status_code == 200
    for answer in (client.get(f"/rubrics/{rubric.id}/try"), client.post(f"/rubrics/{rubric.id}/try", {})):
        assert answer.status_code == 422 and "còn lỗi" in answer.text


def test_last_years_rubric_is_a_start(ward: Ward) -> None:
    rubric = make(ward)
    enforce(ward, rubric)
    client = office(ward)
    client.get("/rubrics/new?year=2027")
    made = client.post(
        "/rubrics/new",
        {"year": "2027", "name": "Năm 2027", "start": f"last-year:{rubric.id}", "unit_kinds": ["office"]},
    )
    assert made.status_code == 303
    with ward.db.reading() as session:
        copy = session.scalars(select(Rubric).where(Rubric.year == 2027)).one()
    assert copy.tree == rubric.tree and copy.state is RubricState.DRAFT
