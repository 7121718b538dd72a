"""What htmx asks for: a block, a whole page, or a page loaded anew."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.web import Client

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("headers", "block"),
    [
        ({}, False),
        ({"HX-Request": "true"}, True),
        ({"HX-Request": "false"}, False),
        ({"HX-Request": "true", "HX-Boosted": "true"}, False),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, False),
    ],
)
def test_a_block_is_given_only_to_who_swaps_it(client: Client, headers: dict[str, str], block: bool) -> None:
    client.sign_in("clerk.a")
    answer = client.get("/search?q=chuyển", headers=headers)
    assert ("<html" not in answer.text) is block
    assert "HX-Request" in answer.headers["Vary"], "a browser must not show the block in place of the page"


def test_headers_of_htmx_are_read_in_one_file() -> None:
    """Everybody else asks `request.htmx`, by way of webapp/ui/htmx.py."""
    reading = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "webapp").rglob("*.py")
        if re.search(r"""["']HX-""", path.read_text(encoding="utf-8"))
    ]
    assert reading == ["webapp/ui/htmx.py"]


def test_answers_never_name_a_way_of_swapping() -> None:
    """`reswap=` of the extension knows a value that htmx does not and refuses two that it does."""
    using = [path for path in (ROOT / "webapp").rglob("*.py") if "reswap=" in path.read_text(encoding="utf-8")]
    assert [path.name for path in using] == ["htmx.py"]
