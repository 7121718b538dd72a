"""The link in the head of every page leads to the part of the guide that speaks of it."""

from __future__ import annotations

import re

import pytest

from tests.support.ward import Ward
from tests.support.web import Client
from webapp.app import create_app
from webapp.help.places import BY_ROLE, HOME, PLACES, place_of
from webapp.help.reading import find_page
from webapp.models import Role
from webapp.permissions.viewer import Grant, Viewer

# Files and parts of pages that are no page of their own.
NO_PAGE = re.compile(r"static|.*_(download|export|sheet|image|digests|feed|paper)|.*suggestion_list|health\..*")


def anchors_of(page: str) -> set[str]:
    found = find_page(page, str, str)
    assert found is not None, page
    return set(re.findall(r'id="([^"]+)"', found.body))


def test_every_page_has_its_place(ward: Ward) -> None:
    app = create_app(ward.resources.settings, ward.resources)
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    pages = {endpoint for endpoint in pages if not NO_PAGE.fullmatch(endpoint) and not endpoint.endswith(".static")}
    assert len(pages) > 100
    assert [one for one in sorted(pages) if one not in PLACES and one.partition(".")[0] not in PLACES] == []


def test_places_name_what_there_is(ward: Ward) -> None:
    app = create_app(ward.resources.settings, ward.resources)
    known = {*app.view_functions, *app.blueprints}
    assert [name for name in PLACES if name not in known] == []


@pytest.mark.parametrize("place", sorted({*PLACES.values(), *BY_ROLE.values()}))
def test_a_place_is_a_part_of_a_page(place: str) -> None:
    page, _, anchor = place.partition("#")
    assert not anchor or anchor in anchors_of(page)
    assert anchors_of(page)


def test_every_role_has_a_page() -> None:
    assert set(BY_ROLE) == set(Role)
    for role, page in BY_ROLE.items():
        assert place_of(HOME, Viewer(id="1", name="", grants=frozenset({Grant(role)}))) == page
    assert place_of(HOME, Viewer(id="1", name="")) == PLACES[HOME]


@pytest.mark.parametrize(
    ("path", "href"),
    [
        ("/", "/help/can-bo-dau-moi"),
        ("/documents/new", "/help/kho-luu-tru#them-van-ban"),
        ("/search?q=a", "/help/tim-kiem"),
        ("/scores/conflicts/new", "/help/cham-diem#phan-cong-xung-dot-loi-ich"),
        ("/khong-co", "/help"),
        ("/help/tim-kiem", "/help"),
    ],
)
def test_the_link_stands_on_the_page(client: Client, path: str, href: str) -> None:
    client.sign_in("clerk.a")
    assert f'<a class="top-help" href="{href}">' in client.get(path).text
