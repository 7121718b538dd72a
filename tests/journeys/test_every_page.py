"""Every page, for people in different roles: no accessibility fault, nothing wider than a phone, nothing from outside."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.journeys.pages_of_roles import PAGES
from tests.support.browser import Visitor
from tests.support.furnished import IDS, furnished
from tests.support.shares import share
from tests.support.ward import PASSWORD, Ward

pytestmark = pytest.mark.long(180)

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Sheets of style are fetched again for one rule only, which is experimental and none of these standards'.
AXE = {
    "runOnly": {"type": "tag", "values": STANDARDS},
    "resultTypes": ["violations"],
    "preload": {"assets": ["media"]},
}
WIDTHS = (1366, 360)


@pytest.fixture(scope="module")
def address(house: Callable[[Callable[[Ward], None]], str]) -> str:
    return house(furnished)


@pytest.mark.browser
@pytest.mark.parametrize("username", list(PAGES), ids=[name or "signed out" for name in PAGES])
def test_pages_are_accessible_and_stay_in_the_house(browser: Browser, address: str, username: str) -> None:
    faults: list[str] = []
    visitor = Visitor(browser, address)
    if username:
        visitor.sign_in(username, PASSWORD)
    for number, pattern in enumerate(PAGES[username]):
        path = pattern.format(**IDS)
        response = visitor.page.goto(path)
        assert response is not None and response.status in (200, 403, 404), (pattern, response.status)
        for width in WIDTHS:
            visitor.page.set_viewport_size({"width": width, "height": 768})
            wide = visitor.page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                faults.append(f"{pattern} at {width}: {wide} pixels wide")
            # Of two widths a page is examined in one, its neighbour in the other: most pages are made of the same parts.
            if width not in share(WIDTHS[number % 2 :][:1], WIDTHS):
                continue
            result = Axe().run(visitor.page, options=AXE)
            for violation in result.response["violations"]:
                places = [node["html"][:160] for node in violation["nodes"][:3]]
                faults.append(f"{pattern} at {width}: {violation['id']} {places}")
        assert visitor.page.evaluate("document.querySelectorAll('[id]').length") == visitor.page.evaluate(
            "new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size"
        ), f"doubled ids on {pattern}"
    assert faults == []
    assert visitor.outside == []
    assert [fault for fault in visitor.faults if "404" not in fault and "403" not in fault] == []
    visitor.close()
