"""Every page, for people in different roles: no accessibility fault, nothing wider than a phone, nothing from outside."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

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

PAGES: dict[str, list[str]] = {
    "clerk.a": [
        "/announcements",
        "/announcements/{posted}",
        "/announcements/{taken_back}",
        "/meetings",
        "/meetings/{planned_meeting}",
        "/meetings/{meeting}",
        "/ballots/{ballot_open}",
        "/difficulties",
        "/difficulties/new",
        "/difficulties/{difficulty}",
        "/difficulties/{difficulty}/edit",
        "/difficulties/{decided}",
        "/",
        "/movements",
        "/movements/{movement}",
        "/movements/{movement}/compare",
        "/overview",
        "/overview/counted",
        "/papers",
        "/papers/{draft_paper}",
        "/papers/{draft_paper}/take-over",
        "/papers/{plan_paper}",
        "/papers/{plan_paper}/versions/1",
        "/papers/{plan_paper}/compare",
        "/duties",
        "/notices",
        "/rubrics",
        "/rubrics/{rubric_in_force}",
        "/rubrics/{rubric_in_force}/try",
        "/scores",
        "/scores?year=2020",
        "/scores/rounds/{round}",
        "/scores/sheets/{own_sheet}",
        "/scores/sheets/{own_sheet}/entries/{own_entry}",
        "/scores/sheets/{own_sheet}/entries/{own_entry}/history",
        "/scores/rounds/{published_round}",
        "/scores/rounds/{published_round}/results",
        "/scores/sheets/{published_sheet}",
        "/scores/sheets/{published_sheet}/print",
        "/scores/sheets/{published_sheet}/entries/{published_entry}/history",
        "/scores/conflicts/new",
        "/notices/settings",
        "/checklists",
        "/checklists/{checklist}",
        "/checklists/{checklist}/preview",
        "/checklists/{checklist}/several",
        "/checklists/use/{document}",
        "/checklists/items/{item}",
        "/checklists/items/{item}/links/{link}",
        "/documents",
        "/documents?year=2020",
        "/documents/new",
        "/documents/{document}",
        "/documents/{document}/keeping",
        "/documents/{document}/correct",
        "/documents/{document}/photograph",
        "/documents/separators",
        "/checklists/photographs",
        "/documents/{report}/withdraw",
        "/documents/{archive}/entries",
        "/documents/{changed}/compare",
        "/documents/withdrawn",
        "/documents/scans",
        "/exports",
        "/tasks",
        "/tasks/{unpacking}",
        "/documents/receipts/{batch}",
        "/search",
        "/search?q=du+lieu",
        "/search?q=khongcogi",
        "/search?q=du+lieu&year=2026&sort=date",
        "/search/saved",
        "/search/short-forms",
        "/search/palette?q=du",
        "/search/suggestions?q=du",
        "/search/like/{document}",
        "/directory",
        "/ledger",
        "/account",
        "/account/password",
        "/initiatives",
        "/initiatives?year=2020",
        "/initiatives/new",
        "/initiatives/gallery",
        "/initiatives/search",
        "/initiatives/search?q=ho+so&recognised=yes",
        "/initiatives/search?q=khongcogi",
        "/initiatives/{initiative}",
        "/initiatives/{initiative}/edit",
        "/initiatives/{initiative}/files/{initiative_file}/remove",
        "/initiatives/{honoured}",
        "/help",
        "/help/cham-diem",
        "/help/tim-kiem",
        "/help/viec-cua-toi",
        "/documents/khong-co",
        "/admin/people",
    ],
    "clerk.b": ["/initiatives/{recognised}/adopt"],
    "council": [
        "/ballots/{ballot_named}",
        "/scores/appeals/{appeal}",
        "/scores/rounds/{round}",
        "/scores/sheets/{published_sheet}",
        "/initiatives/{handed}",
        "/initiatives/{handed}/review",
        "/initiatives/{handed}/return",
    ],
    "chair": [
        "/difficulties/{gathered}",
        "/syntheses",
        "/syntheses/{synthesis}",
        "/syntheses/{synthesis}/compare",
        "/initiatives/{judged}/decide",
        "/initiatives/{recognised}/decision",
        "/initiatives/{replicated}/honour",
    ],
    "head.a": [
        "/units/own",
        "/people/{clerk}/stand-in",
        "/units/{unit}/hand-over/{clerk}",
        "/difficulties/{difficulty}",
        "/papers/{draft_paper}/submit",
        "/scores/sheets/{own_sheet}/submit",
        "/initiatives/{initiative}/submit",
        "/initiatives/{incomplete}/submit",
        "/documents/{document}/keeping",
        "/checklists/{checklist}/submit",
        "/documents/{report}/submit",
    ],
    "head.c": ["/scores/sheets/{published_sheet}", "/scores/sheets/{published_sheet}/appeal"],
    "head.b": ["/scores/sheets/{given_sheet}"],
    "leader.1": [
        "/scores",
        "/scores/rounds/{round}",
        "/scores/rounds/{round}/grid",
        "/scores/rounds/{round}/sheets/{office_sheet}/appraiser",
        "/scores/sheets/{given_sheet}",
        "/scores/sheets/{office_sheet}",
        "/scores/sheets/{office_sheet}/appraise",
        "/scores/sheets/{office_sheet}/return",
        "/meetings",
        "/meetings/{planned_meeting}",
        "/meetings/{planned_meeting}/edit",
        "/meetings/{planned_meeting}/cancel",
        "/meetings/{meeting}",
        "/meetings/{meeting}/attendance",
        "/meetings/{meeting}/minutes",
        "/meetings/{meeting}/close",
        "/meetings/{meeting}/ballots/new",
        "/ballots/{ballot_prepared}",
        "/ballots/{ballot_open}",
        "/ballots/{ballot_open}/void",
        "/ballots/{ballot_void}",
        "/",
        "/duties",
        "/overview",
        "/checklists",
        "/checklists/{submitted}",
    ],
    "office": [
        "/meetings",
        "/meetings?year=2020",
        "/meetings/new?year=2026&cluster=",
        "/meetings/{finished_meeting}",
        "/announcements",
        "/announcements?year=2020",
        "/announcements/new",
        "/announcements/{unposted}",
        "/announcements/{unposted}/edit",
        "/announcements/{unposted}/post",
        "/announcements/{posted}",
        "/announcements/{posted}/receipts",
        "/announcements/{posted}/withdraw",
        "/difficulties",
        "/difficulties?year=2020",
        "/difficulties/{raised}",
        "/difficulties/{gathered}",
        "/difficulties/{decided}",
        "/syntheses",
        "/syntheses?year=2027",
        "/syntheses/{synthesis}",
        "/syntheses/{synthesis}/paragraphs/{paragraph}",
        "/syntheses/{synthesis}/fix",
        "/syntheses/{synthesis}/signing",
        "/search/short-forms",
        "/",
        "/movements",
        "/movements/{movement}/coverage",
        "/movements/{movement}/end",
        "/movements/{movement}/duties",
        "/movements/{movement}/duties/rules/new",
        "/movements/{movement}/duties/rules/{rule}",
        "/duties?show=all",
        "/rubrics/new",
        "/rubrics/{rubric_draft}/what-if",
        "/scores/rounds/new",
        "/scores/rounds/{round}",
        "/scores/rounds/{round}/sheets/{own_sheet}/time",
        "/scores/conflicts/{conflict}/lift",
        "/rubrics/{rubric_draft}",
        "/rubrics/{rubric_draft}/node?code=C",
        "/rubrics/{rubric_draft}/node?parent=A",
        "/rubrics/{rubric_draft}/enforce",
        "/duties/{duty}/extend",
        "/papers?state=submitted",
        "/papers/on-paper",
        "/papers/{their_paper}",
        "/papers/{their_paper}/return",
        "/overview",
        "/movements/imports/new",
        "/movements/imports/{import}",
        "/movements/imports/{import}/apply",
        "/checklists/{submitted}/return",
        "/admin",
        "/admin/clusters",
        "/admin/clusters/last-year",
        "/archive",
    ],
    "auditor": ["/archive", "/ledger", "/ledger/check", "/ledger?object={document}", "/documents"],
    "admin": [
        "/admin",
        "/admin/units",
        "/admin/units/new",
        "/admin/clusters",
        "/admin/people",
        "/admin/people/new",
        "/admin/people/{person}",
        "/admin/people/{person}/close",
        "/units/{unit}/people",
        "/admin/letterhead",
        "/admin/import",
        "/admin/jobs",
        "/archive",
        "/tasks",
        "/tasks/{check}",
    ],
    "nobody": ["/", "/checklists", "/documents", "/documents/new", "/ledger"],
    "": ["/sign-in", "/sign-in?expired=1"],
}


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
