"""A year takes over clusters and yearly roles from the one before, in one reviewed step."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.support.ward import Ward
from tests.support.web import Client
from webapp.models import ClusterMember, Role, RoleGrant

pytestmark = pytest.mark.either_database


def placed(ward: Ward, year: int) -> set[tuple[str, str, str]]:
    with ward.db.reading() as session:
        rows = session.scalars(select(ClusterMember).where(ClusterMember.year == year)).all()
        return {(row.cluster_id, row.unit_id, row.position.value) for row in rows}


def test_a_year_begins_as_the_last_one_ended_without_what_was_unticked(client: Client) -> None:
    ward = client.ward
    client.sign_in("admin")
    address = "/admin/clusters/last-year"
    page = client.get(address, query_string={"year": "2027"}).text
    units, grants = re.findall(r'name="units" value="(\w+)"', page), re.findall(r'name="grants" value="(\w+)"', page)
    assert len(units) == len(placed(ward, 2026)) and grants
    left_out = ward.units["C"]
    values = {"year": "2027", "units": [one for one in units if one != left_out], "grants": grants}
    assert client.post(address, values).status_code == 303
    assert placed(ward, 2027) == {row for row in placed(ward, 2026) if row[1] != left_out}
    with ward.db.reading() as session:
        leaders = {
            year: set(
                session.execute(
                    select(RoleGrant.person_id, RoleGrant.cluster_id).where(
                        RoleGrant.role == Role.CLUSTER_LEADER, RoleGrant.year == year
                    )
                )
            )
            for year in (2026, 2027)
        }
    assert leaders[2027] == leaders[2026] != set()
    # Once more: only what is still lacking is offered, and what is there stays.
    again = client.get(address, query_string={"year": "2027"}).text
    assert re.findall(r'name="units" value="(\w+)"', again) == [left_out] and 'name="grants"' not in again
    assert client.post(address, values).status_code == 303
    assert len(placed(ward, 2027)) == len(units) - 1
    assert client.post(address, {"year": "2027"}).status_code == 422


@pytest.mark.parametrize("username", ["clerk.a", "chair", "auditor"])
def test_only_the_administration_takes_over(client: Client, username: str) -> None:
    client.sign_in(username)
    assert client.get("/admin/clusters/last-year").status_code == 403
    assert client.post("/admin/clusters/last-year", {"units": "x"}).status_code == 403
