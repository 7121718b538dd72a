"""The log is narrowed by labels that each stand there once, by names without accents, and exported as it is narrowed."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest

from tests.support.ward import Ward
from tests.support.web import client_for, tight
from webapp.ledger import choices
from webapp.ledger.values import details_in_words, in_words
from webapp.ledger.words import ACTIONS
from webapp.models import Role


def test_each_label_is_chosen_once_and_stands_in_a_group() -> None:
    offered = [one for _, group in choices.grouped() for one in group]
    labels = [label for _, label in offered]
    assert len(labels) == len(set(labels)) and set(labels) == set(ACTIONS.values())
    assert choices.OTHERS not in dict(choices.grouped())
    assert max(len(group) for _, group in choices.grouped()) < 70
    assert choices.same_label("document:submit") == choices.same_label("document.submit")
    assert choices.chosen("document:submit") == choices.chosen("document.submit") in dict(offered)


@pytest.mark.parametrize(
    ("kind", "key", "value", "words"),
    [
        ("checklist", "from", "in_progress", "đang thực hiện"),
        ("document", "kind", "unit_plan", "kế hoạch triển khai"),
        ("grant", "role", "clerk", "cán bộ đơn vị"),
        ("unit", "kind", "party", "cơ quan đảng"),
        ("paper", "part", "overview", "đánh giá chung"),
        ("score-sheet", "how", "lot", "bốc thăm"),
        ("document", "fields", "number, place", "số, ký hiệu, địa danh"),
        ("document", "until", "2026-12-05", "05/12/2026"),
        ("document", "size", 37412, "37.412"),
        ("page", "query", "report", "report"),
        ("grant", "person", "0123456789abc", "Lê Thị Hoa"),
        ("grant", "person", "x123456789abc", "không còn trong danh mục"),
    ],
)
def test_values_are_words(kind: str, key: str, value: object, words: str) -> None:
    assert in_words(kind, key, value, {"0123456789abc": "Lê Thị Hoa"}) == words


def test_digests_stand_apart() -> None:
    assert details_in_words("document", {"sha256": "ab", "version": 2, "secret": 1}, {}) == [("phiên bản", "2")]


def test_names_are_found_without_accents_and_the_filter_is_exported(ward: Ward) -> None:
    ward.grant("clerk.a", Role.CLERK, "B")
    client_for(ward).sign_in("clerk.a")
    client = client_for(ward).sign_in("auditor")
    rows = tight(client.get("/ledger?actor=nguoi+clerk.a").text).split("<tbody>")[1]
    assert "Người clerk.a" in rows and "Người auditor" not in rows
    address = re.search(r'href="(/ledger\.xlsx[^"]*)"', client.get("/ledger?action=grant.give").text)
    assert address and "action=grant.give" in address.group(1)
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(address.group(1)).data)).active
    lines = list(sheet.iter_rows(min_row=4, values_only=True))
    assert lines and {line[3] for line in lines} == {"giao vai trò"}
    assert "đơn vị: Đơn vị B" in lines[0][7] and "vai trò: cán bộ đơn vị" in lines[0][7]
    assert client_for(ward).sign_in("nobody").get("/ledger.xlsx").status_code == 403
    turned = client.get("/ledger?from=02/12/2026&to=01/12/2026").text
    assert "đang ở sau" in turned and "Chưa có lượt ghi nào" not in turned
