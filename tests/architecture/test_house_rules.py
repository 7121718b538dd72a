"""The house keeps its own rules: permissions on views, templates that render, one commit, plain names."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes

from tests.architecture.imports import nodes_of
from tests.support.ward import settings_for
from webapp.app import create_app

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [path for folder in ("webapp", "archive", "search") for path in sorted((ROOT / folder).rglob("*.py"))]
STYLES = sorted((ROOT / "webapp/ui/static/css").glob("*.css"))
SCRIPTS = sorted((ROOT / "webapp/ui/static/js").glob("*.js"))
TEMPLATES = sorted((ROOT / "webapp").rglob("templates/**/*.html"))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application over an empty folder; its rules need no database."""
    folder = tmp_path_factory.mktemp("house")
    made = create_app(settings_for(folder, f"sqlite:///{folder / 'kho.sqlite3'}"))
    yield made
    made.extensions["kho"].close()


def test_every_view_names_a_permission_or_is_public(app: Flask) -> None:
    bare = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if not endpoint.endswith("static") and not hasattr(view, "kho_permission") and not hasattr(view, "kho_public")
    ]
    assert bare == []
    public = {endpoint for endpoint, view in app.view_functions.items() if hasattr(view, "kho_public")}
    # Who is not signed in yet; what watches the server; calendar programs, which show the secret in their address.
    watching = {"health.health_live", "health.health_ready"}
    assert public == {"people.session_start", *watching, "calendar.calendar_feed"}


def test_endpoints_are_noun_verb(app: Flask) -> None:
    names = {endpoint.rpartition(".")[2] for endpoint in app.view_functions} - {"static"}
    assert [name for name in names if not re.fullmatch(r"[a-z]+(_[a-z]+)+", name)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_named_block_is_an_element_with_that_id(path: Path) -> None:
    """A block that is swapped alone starts with the element that carries its name, or its row's identifier.

    The second is for a part that pages include once a row.
    """
    from jinja2 import Environment

    text = path.read_text(encoding="utf-8")
    tree = Environment(autoescape=True).parse(text)
    for block in tree.find_all(nodes.Block):
        if block.name in ("title", "main"):
            continue
        body = text.split(f"{{% block {block.name} %}}", 1)[1]
        part = re.match(r'\s*{% include "([^"]+)" %}', body)
        if part is None:
            assert f'id="{block.name}"' in body, block.name
        else:
            (source,) = [one for one in TEMPLATES if one.as_posix().endswith(f"/templates/{part.group(1)}")]
            first = re.search(r"<[a-z][^>]*>", source.read_text(encoding="utf-8"))
            assert first and re.search(r'\sid="[a-z]+-\{\{ [a-z]+\.id \}\}"', first.group()), block.name


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_templates_have_no_inline_code_and_no_doubled_ids(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\son[a-z]+\s*=|javascript:|\sstyle\s*=|<style|hx-on|\bjs:", text)
    assert "<script" not in text.replace("<script src=", "")
    assert "| safe" not in text and "|safe" not in text
    ids = re.findall(r'\sid="([^"{]+)"', text)
    assert len(ids) == len(set(ids)), [name for name in ids if ids.count(name) > 1]


def test_only_one_place_commits() -> None:
    found = [
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        for node in nodes_of(path)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
        and "search" not in path.parts  # an index writer's commit is not the database's
    ]
    assert found == ["webapp/core/db.py"]


def test_services_do_not_commit_and_queries_do_not_flush() -> None:
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        if path.name == "service.py":
            assert ".commit(" not in text, path
        if path.name == "queries.py":
            assert not re.search(r"session\.(add|add_all|delete|flush|commit)\(", text), path


def test_names_say_what_is_inside() -> None:
    banned = re.compile(r"(utils?|helpers?|common|misc|manager)s?$")
    assert [path for path in SOURCES if banned.fullmatch(path.stem) or banned.fullmatch(path.parent.name)] == []


def test_files_are_short() -> None:
    """Whatever a person reads and writes here, tests included; a longer one is two ideas."""
    written = [
        path
        for folder in ("webapp", "archive", "search", "tests", "deploy")
        for kind in ("py", "html", "css", "js", "sh")
        for path in (ROOT / folder).rglob(f"*.{kind}")
        if "vendor" not in path.parts
    ]
    long_files = {
        path.relative_to(ROOT).as_posix(): lines
        for path in written
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert len(written) > 500 and long_files == {}


def test_only_three_places_read_the_environment() -> None:
    reading = {
        path.relative_to(ROOT).as_posix()
        for path in [*SOURCES, *(ROOT / "migrations").glob("*.py"), ROOT / "wsgi.py"]
        if "Settings.from_environment()" in path.read_text(encoding="utf-8")
    }
    assert reading == {"webapp/cli.py", "wsgi.py", "migrations/env.py"}


def test_broad_excepts_stand_only_at_the_two_boundaries() -> None:
    broad = set()
    for path in SOURCES:
        for node in nodes_of(path):
            if isinstance(node, ast.ExceptHandler) and (
                node.type is None or (isinstance(node.type, ast.Name) and node.type.id == "Exception")
            ):
                broad.add(path.relative_to(ROOT).as_posix())
    assert broad <= {"webapp/jobs/worker.py", "archive/extract/process/child.py"}, broad


@pytest.mark.parametrize("package", ["archive", "search"])
def test_libraries_load_without_the_web_and_without_parsers(package: str) -> None:
    heavy = "flask sqlalchemy webapp lxml pypdfium2 python_calamine whoosh"
    script = f"import sys, {package}; print(' '.join(m for m in {heavy.split()!r} if m in sys.modules))"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)
    assert result.stdout.strip() == ""


def test_vendored_files_carry_licence_and_digest() -> None:
    import hashlib

    vendor = ROOT / "webapp/ui/static/vendor"
    listed = dict(
        reversed(line.split("  ", 1)) for line in (vendor / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    )
    files = {path.relative_to(vendor).as_posix() for path in vendor.rglob("*") if path.is_file()} - {"SHA256SUMS"}
    assert files == set(listed)
    for name, digest in listed.items():
        assert hashlib.sha256((vendor / name).read_bytes()).hexdigest() == digest, name
    assert all((folder / "LICENSE").exists() for folder in vendor.iterdir() if folder.is_dir())


def test_no_page_names_an_outside_address() -> None:
    outside = re.compile(r"(?:src|href|action|url\()\s*=?\s*[\"']?(?:https?:)?//", re.IGNORECASE)
    paths = [*TEMPLATES, *STYLES, *SCRIPTS]
    assert [path for path in paths if outside.search(path.read_text(encoding="utf-8"))] == []


def test_the_stylesheets_stay_small() -> None:
    assert sum(path.stat().st_size for path in STYLES) <= 25_000


def test_styles_and_scripts_are_short_readable_files_that_say_what_they_are_for() -> None:
    for path in [*STYLES, *SCRIPTS]:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) <= 400 and max(map(len, lines)) <= 140, path
        assert lines[0].startswith(("/* ", "// ")), path


def test_every_page_links_every_style_and_the_way_in_imports_every_script() -> None:
    page = (ROOT / "webapp/ui/templates/layouts/base.html").read_text(encoding="utf-8")
    listed = re.search(r"{% for name in (\(.*\)) %}\s*<link rel=\"stylesheet\"", page)
    assert listed and sorted(ast.literal_eval(listed[1])) == sorted(path.stem for path in STYLES)
    seen, waiting = set(), ["main.js"]
    while waiting:
        seen.add(name := waiting.pop())
        text = (ROOT / "webapp/ui/static/js" / name).read_text(encoding="utf-8")
        waiting += {*re.findall(r'(?:from|import) "\./([a-z_]+\.js)"', text)} - seen
    assert seen == {path.name for path in SCRIPTS}


def test_a_day_comes_from_the_wards_calendar() -> None:
    """An instant is UTC: its own day is wrong from midnight to seven in the ward. Only `core/days` turns one into a day."""
    found = []
    for path in SOURCES:
        for node in nodes_of(path):
            cut = isinstance(node, ast.Call) and not node.args and getattr(node.func, "attr", "") == "date"
            part = isinstance(node, ast.Attribute) and node.attr in ("year", "month", "day")
            of = ast.unparse(node.value) if isinstance(node, ast.Attribute) and part else ""
            if cut or of in ("now", "now()") or re.search(r"_at\)?$", of):
                found.append(f"{path.relative_to(ROOT).as_posix()}:{ast.unparse(node)}")
    assert [one for one in found if not one.startswith("webapp/core/days.py")] == []
