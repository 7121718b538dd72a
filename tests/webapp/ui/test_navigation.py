"""The menu in at most six groups of what a role has something in, the way back from every page, the bell."""

from __future__ import annotations

import re

import pytest

from tests.support.ward import Ward
from tests.support.web import Client, client_for, tight
from webapp.models import Notice
from webapp.notices import service
from webapp.ui import navigation

SCORES = "Chấm điểm, khen thưởng"
EVERYBODY = ["Việc của tôi", "Phong trào", SCORES, "Kho"]


@pytest.mark.parametrize(
    ("username", "labels"),
    [
        ("clerk.a", ["Việc của tôi", "Đơn vị tôi", "Phong trào", SCORES, "Kho"]),
        ("chair", ["Việc của tôi", "Phong trào", SCORES, "Kho"]),
        ("auditor", ["Việc của tôi", "Phong trào", SCORES, "Kho", "Quản lý"]),
        ("admin", [*EVERYBODY, "Quản lý"]),
        ("nobody", EVERYBODY),
    ],
)
def test_groups_are_those_a_role_has_something_in(ward: Ward, username: str, labels: list[str]) -> None:
    groups = navigation.groups(ward.viewer(username), "/")
    assert [group.label for group in groups] == labels
    client = client_for(ward).sign_in(username)
    for group in groups:
        for entry in group.entries:
            path = client.app.url_map.bind("").build(entry.endpoint)
            assert client.get(path).status_code == 200, path


def test_no_page_of_the_menu_stands_there_twice(ward: Ward) -> None:
    for username in ("clerk.a", "head.a", "office", "leader.1", "council", "chair", "auditor", "admin", "nobody"):
        shown = [entry.endpoint for group in navigation.groups(ward.viewer(username), "/") for entry in group.entries]
        assert len(shown) == len(set(shown)) and len(navigation.groups(ward.viewer(username), "/")) <= 6


@pytest.mark.parametrize(
    ("path", "trail"),
    [
        ("/papers", ["Việc của tôi", "Đơn vị tôi", "Kế hoạch, báo cáo"]),
        ("/papers/{paper}", ["Việc của tôi", "Đơn vị tôi", "Kế hoạch, báo cáo 2026"]),
        ("/initiatives/gallery", ["Việc của tôi", "Phong trào", "Sáng kiến đã công nhận"]),
        ("/notices/settings", ["Việc của tôi", "Thông báo"]),
        ("/account", ["Việc của tôi"]),
        ("/khong-co", ["Việc của tôi"]),
    ],
)
def test_the_way_back_stands_on_every_page(ward: Ward, client: Client, path: str, trail: list[str]) -> None:
    from tests.support.papers import open_paper

    text = (
        client.sign_in("clerk.a")
        .get(path.format(paper=open_paper(ward, "clerk.a", "A").id if "{" in path else ""))
        .text
    )
    found = re.search(r'<nav class="trail".*?</nav>', text, re.DOTALL)
    assert found and re.findall(r">([^<>]+)<", tight(found.group())) == trail
    assert '<nav class="trail"' not in client.get("/").text


def told(ward: Ward, key: str, link: str) -> None:
    with ward.work() as session:
        timezone = ward.resources.settings.timezone
        people = [ward.people["clerk.a"]]
        service.tell(session, now=ward.now, timezone=timezone, people=people, key=key, text=key, link=link)


def bell(text: str) -> int:
    found = re.search(r"Thông báo, (\d+) chưa đọc", tight(text))
    return int(found.group(1)) if found else 0


def test_the_bell_counts_what_is_unread_and_opening_the_page_reads_it(ward: Ward, client: Client) -> None:
    for key, link in (("a", "/papers"), ("b", "/papers?year=2026"), ("c", "/announcements")):
        told(ward, key, link)
    client.sign_in("clerk.a")
    assert bell(client.get("/").text) == 3
    assert bell(client.get("/papers?year=2026").text) == 1
    assert bell(client.get("/checklists").text) == 1
    assert bell(client.get("/announcements").text) == bell(client.get("/").text) == 0


def test_a_notice_ends_with_its_cause(ward: Ward) -> None:
    for key in ("duty:1:soon", "duty:12:soon", "ballot:1:open"):
        told(ward, key, "/papers")
    with ward.work() as session:
        service.settle(session, now=ward.now, causes=["duty:1:"])
        service.settle(session, now=ward.now, causes=["ballot:1:"], people=[ward.people["head.a"]])
        service.settle(session, now=ward.now, causes=[])
    with ward.db.reading() as session:
        unread = session.query(Notice.key).filter(Notice.read_at.is_(None)).order_by(Notice.key)
        assert [key for (key,) in unread] == ["ballot:1:open", "duty:12:soon"]
