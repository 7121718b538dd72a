"""A ward that runs two movements in the same years: the new one pushes nothing of the other aside."""

from __future__ import annotations

import re

import pytest

from tests.support.ward import Ward, small_reading
from tests.support.web import Client, tight
from webapp.models import PlanImport

pytestmark = pytest.mark.either_database
PAGES = ("/", "/overview", "/checklists", "/duties", "/papers", "/difficulties", "/meetings", "/syntheses", "/rubrics")


@pytest.fixture
def second(ward: Ward) -> str:
    """Another movement, read in later, in which nobody takes part yet; the ward goes on meaning the first."""
    first = ward.movement_id
    ward.later(minutes=1)
    made = ward.plan(small_reading(abstract="Kế hoạch phong trào “Xây dựng nông thôn mới” giai đoạn 2026-2030"))
    ward.movement_id = first
    return made


def shown(page: str) -> str:
    found = re.search(r'aria-label="Phong trào">(.*?)</nav>', page)
    assert found is not None, re.findall(r"<h1>(.*?)</h1>", page)
    current = re.search(r'movement=(\w+)" aria-current="page"', found.group(1))
    assert current is not None
    return current.group(1)


def test_every_page_shows_the_movement_people_take_part_in_until_another_is_chosen(client: Client, second: str) -> None:
    office = client.as_user("office")
    for path in PAGES:
        assert shown(tight(office.get(path).text)) == client.ward.movement_id, path
    assert shown(tight(office.get(f"/overview?movement={second}").text)) == second
    for path in PAGES:  # the choice goes along
        assert shown(tight(office.get(path).text)) == second, path
    office.get(f"/overview?movement={client.ward.movement_id}")
    assert shown(tight(office.get("/?movement=khong-co").text)) == client.ward.movement_id
    other = client.as_user("clerk.a")
    assert shown(tight(other.get("/checklists").text)) == client.ward.movement_id


def test_one_movement_needs_no_switch(client: Client) -> None:
    assert 'aria-label="Phong trào"' not in client.sign_in("office").get("/overview").text


def test_a_plan_of_the_same_years_is_an_amendment_unless_a_reason_says_otherwise(client: Client) -> None:
    ward = client.ward
    client.sign_in("office")
    start = client.get("/movements/imports/new").text
    assert re.search(rf'<option value="{ward.movement_id}" selected', start)
    place = client.post("/movements/imports/new", {"movement_id": "", "file": [(b"ke hoach", "k.txt")]})
    import_id = place.location.rpartition("/")[2]
    reading = small_reading(abstract="Kế hoạch phong trào “Xây dựng nông thôn mới” giai đoạn 2026-2030")
    with ward.work() as session:
        session.get_one(PlanImport, import_id).reading = reading.to_dict()
    ward.drain()
    address = f"/movements/imports/{import_id}/apply"
    assert "phường đã có phong trào" in client.get(address).text
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"note": "Phong trào khác, có kế hoạch riêng"}).status_code == 303
