"""What the home page offers to begin, and what it says where nothing can begin yet."""

from __future__ import annotations

import pytest

from tests.support.web import Client
from webapp.models import Role

pytestmark = pytest.mark.either_database


def test_a_checklist_is_offered_only_where_a_group_judges_the_unit(client: Client) -> None:
    client.ward.unit("Q", name="Đơn vị chưa có nhóm")
    client.ward.person("head.q", Role.HEAD, "Q")
    without = " ".join(client.as_user("head.q").get("/?year=2026").text.split())
    assert "chưa được gắn vào nhóm tiêu chí nào" in without and "Lập phiếu tự kiểm" not in without
    assert "Lập phiếu tự kiểm" in client.as_user("clerk.a").get("/?year=2026").text
