"""The guide says what is so: labels as the screen has them, links and pictures that are there, pages that open."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.support.ward import Ward
from tests.support.web import Client
from webapp.app import create_app
from webapp.help.reading import FIRST, FOLDER, STATIC, TO_STATIC, GuidePage, anchor_of, find_page, list_names

WEBAPP = FOLDER.parents[1]
NAMES = (FIRST, *list_names())
LARGEST_PICTURE = 120_000


def source(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def shown(name: str) -> GuidePage:
    page = find_page(name, str, str)
    assert page is not None
    return page


def words_on_screen() -> list[str]:
    """All runs of words that templates and Python may show, each on one line."""
    found: list[str] = []
    for path in sorted(WEBAPP.rglob("templates/**/*.html")):
        text = path.read_text(encoding="utf-8")
        found += re.findall(r'"([^"\n]+)"', text)
        # A sentence goes on over the lines of its template, but not over a tag.
        found += re.split(r"{#.*?#}|{{.*?}}|{%.*?%}|<[^>]*>", text, flags=re.DOTALL)
    for path in sorted(WEBAPP.rglob("*.py")):
        if "demo" not in path.parts and "help" not in path.parts:
            tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            found += [node.value for node in tree if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [" ".join(words.split()) for words in found]


def test_every_label_is_on_the_screen() -> None:
    """In bold and between quotation marks stands what a button, menu, field or heading says, word for word."""
    screen = words_on_screen()
    labels = {(name, label) for name in NAMES for label in re.findall(r"\*\*“([^”]+)”\*\*", source(name))}
    assert len(labels) > 100
    missing = [(name, label) for name, label in labels if not any(words.startswith(label) for words in screen)]
    assert sorted(missing) == []


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere_and_pictures_are_there(name: str) -> None:
    for picture, target in re.findall(r"(!?)\[[^\]]*\]\(([^)]+)\)", source(name)):
        if picture:
            assert target.startswith(TO_STATIC), target
            path = STATIC / target.removeprefix(TO_STATIC)
            assert path.is_file() and path.stat().st_size <= LARGEST_PICTURE, target
        else:
            page, _, anchor = target.partition("#")
            assert page.removesuffix(".md") in NAMES, target
            if anchor:
                assert f'id="{anchor}"' in shown(page.removesuffix(".md")).body, target


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_one_title_and_no_heading_twice(name: str) -> None:
    lines = source(name).splitlines()
    assert lines[0].startswith("# ") and not [line for line in lines[1:] if line.startswith("# ")]
    anchors = [heading.anchor for heading in shown(name).headings]
    assert len(anchors) == len(set(anchors))


def test_the_first_page_links_to_every_other() -> None:
    assert set(re.findall(r"\(([a-z-]+)\.md\)", source(FIRST))) == set(list_names())


def test_every_picture_is_used() -> None:
    used = {name for page in NAMES for name in re.findall(r"guide/([a-z-]+\.png)", source(page))}
    root = Path(__file__).resolve().parents[3]
    for path in (root / "README.md", *(root / "docs").rglob("*.md")):
        used |= set(re.findall(r"guide/([a-z-]+\.png)", path.read_text(encoding="utf-8")))
    assert {path.name for path in (STATIC / "guide").iterdir()} == used


def test_no_html_of_a_page_is_taken_as_html(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "README.md").write_text('# Một\n\n<script src="x"></script>\n\n[x](javascript:alert)\n')
    monkeypatch.setattr("webapp.help.reading.FOLDER", tmp_path)
    page = find_page(FIRST, lambda name: name, lambda name: name)
    assert page is not None and "<script" not in page.body and "&lt;script" in page.body
    assert 'href="javascript' not in page.body


def test_anchors_are_plain_letters() -> None:
    assert anchor_of("Rút và khôi phục, Đơn vị (2026)") == "rut-va-khoi-phuc-don-vi-2026"


def test_pages_open_for_everybody_signed_in_and_for_nobody_else(ward: Ward, client: Client) -> None:
    app = create_app(ward.resources.settings, ward.resources)
    assert client.get("/help").status_code == 303
    assert client.get("/help/tim-kiem").status_code == 303
    assert "Trợ giúp" not in client.get("/sign-in").text
    client.sign_in("nobody")
    for name in NAMES:
        address = "/help" if name == FIRST else f"/help/{name}"
        answer = client.get(address)
        assert answer.status_code == 200, name
        assert f"<h1>{shown(name).title}</h1>" in answer.text
        for path in re.findall(r'<img src="([^"]+)"', answer.text):
            with app.test_client().get(path) as picture:
                assert picture.status_code == 200 and "immutable" in picture.headers["Cache-Control"]
    for wrong in ("khong-co", "..%2Fpages", "README", "README.md"):
        assert client.get(f"/help/{wrong}").status_code == 404


def test_the_palette_finds_it(client: Client) -> None:
    client.sign_in("clerk.a")
    assert 'href="/help"' in client.get("/search/palette?q=tro+giup").text
