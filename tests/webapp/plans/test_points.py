"""Points of criteria: shown beside them, corrected, kept with the plan, taken into a draft rubric."""

from __future__ import annotations

import html
from decimal import Decimal

from sqlalchemy import select

from tests.support.web import Client
from tests.webapp.plans.test_pages import PLAN, form_of, start
from webapp.models import Movement, PlanVersion, Rubric
from webapp.movement.queries import find_points
from webapp.scoring.points.scheme import walk
from webapp.scoring.rubrics.queries import findings_of, scheme_of

SCORED = PLAN.replace(
    "1. Đối với các phòng, đơn vị\na) Có kế hoạch học tập số;\nb) Có kết quả học tập số.\n",
    "1. Đối với các phòng, đơn vị\n| TT | Nội dung tiêu chí | Điểm tối đa |\n|---|---|---|\n"
    "| a | Có kế hoạch học tập số | 12,5 |\n| b | Có kết quả học tập số | 87,5 |\n",
)
BUTTON = "Tạo thang điểm nháp từ điểm trong kế hoạch"


def apply(client: Client, text: str) -> str:
    """The plan's movement."""
    address = start(client, text)
    client.post(address, {**form_of(client.get(address).text), "save": "1"})
    return client.post(f"{address}/apply", {"note": "một phong trào khác"}).location.split("/")[2]


def test_points_stand_beside_the_criteria_of_an_import_and_can_be_corrected(client: Client) -> None:
    address = start(client, SCORED)
    page = client.get(address).text
    assert "Điểm tối đa" in page and 'value="12,5"' in page and 'value="87,5"' in page
    values = form_of(page)
    name = next(name for name, value in values.items() if value == "12,5")
    refused = client.post(address, {**values, name: "5 - 10", "save": "1"})
    assert refused.status_code == 422 and "Điểm ghi theo khoảng “5 - 10”" in refused.text
    assert 'value="5 - 10"' in refused.text, "what was typed is shown again"
    assert client.post(address, {**values, name: "10", "save": "1"}).status_code == 303
    assert 'value="10"' in client.get(address).text


def test_a_plan_without_points_has_no_column_for_them(client: Client) -> None:
    assert "Điểm tối đa" not in client.get(start(client)).text
    movement_id = apply(client, PLAN.replace("Bến Thử thi đua", "Không điểm"))
    assert BUTTON not in client.get(f"/movements/{movement_id}").text


def test_points_are_kept_with_the_plan(client: Client) -> None:
    movement_id = apply(client, SCORED)
    assert "12,5 điểm" in client.get(f"/movements/{movement_id}").text
    with client.ward.db.reading() as session:
        assert find_points(session, movement_id) == {"III.1.a": Decimal("12.5"), "III.1.b": Decimal("87.5")}
        version = session.scalars(select(PlanVersion).where(PlanVersion.movement_id == movement_id)).one()
        assert version.reading["criteria_groups"][0]["criteria"][0]["points"] == "12.5"


def test_a_draft_rubric_is_made_of_them_on_demand(client: Client) -> None:
    movement_id = apply(client, SCORED)
    page = client.get(f"/movements/{movement_id}").text
    address = f"/rubrics/new?year=2026&movement={movement_id}&start=plan"
    assert BUTTON in page and html.escape(address) in page
    form = client.get(address).text
    assert "Điểm ghi trong kế hoạch" in form
    assert 'value="plan" selected' in " ".join(form.split())
    fields = {"year": "2026", "movement": movement_id, "name": "Theo kế hoạch", "unit_kinds": "office", "start": "plan"}
    made = client.post("/rubrics/new", fields)
    assert made.status_code == 303, made.text
    with client.ward.db.reading() as session:
        rubric = session.scalars(select(Rubric)).one()
        assert rubric.movement_id == movement_id and rubric.state.value == "draft"
        found = [(node.code, node.most, node.criterion) for node, _ in walk(scheme_of(rubric).root)]
        assert found == [
            ("T", Decimal(100), ""),
            ("III.1", Decimal(100), ""),
            ("III.1.a", Decimal("12.5"), "III.1.a"),
            ("III.1.b", Decimal("87.5"), "III.1.b"),
        ]
        # The group that the plan gives no points is left to the office, which is told so.
        assert [(one.blocks, "III.2.a" in one.sentence) for one in findings_of(session, rubric)] == [(False, True)]


def test_without_points_there_is_nothing_to_start_from(client: Client) -> None:
    client.sign_in("office")
    assert "Điểm ghi trong kế hoạch" not in client.get("/rubrics/new?year=2026").text
    fields = {"year": "2026", "name": "Không có", "unit_kinds": "office", "start": "plan"}
    refused = client.post("/rubrics/new", fields)
    assert refused.status_code == 422 and "Kế hoạch không ghi điểm" in refused.text
    with client.ward.db.reading() as session:
        assert session.scalars(select(Rubric)).all() == [] and len(session.scalars(select(Movement)).all()) == 1


def test_others_see_the_points_but_make_no_rubric(client: Client) -> None:
    movement_id = apply(client, SCORED)
    client.ward.person("reader.1")
    page = client.as_user("reader.1").get(f"/movements/{movement_id}").text
    assert "12,5 điểm" in page and BUTTON not in page
