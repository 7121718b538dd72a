"""What a module may import follows from its place. Nobody keeps a list of names: a new file falls under these rules."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.imports import ROOT, imported_by, modules_of, parsed

MODULES = {name: path for package in ("archive", "search", "webapp") for name, path in modules_of(package).items()}
FLASK = {"flask", "wtforms", "flask_wtf", "flask_login", "flask_sqlalchemy", "htmx_flask"}
# From below; each may import those before it.
GROUND = ("core", "models", "permissions", "kinds", "audit", "records", "jobs", "handover")
BASE_SLICES = ("people", "notices", "movement", "documents", "duties")
# Names of places where nothing but values goes in and out.
PURE = re.compile(r"webapp/(.+/)?rules\.py|webapp/scoring/points/.+|webapp/movement/reading/.+|webapp/official/.+")
# Of the house, what pure code may not know.
UNCERTAIN = ("webapp.core.clock", "webapp.core.db", "webapp.ui", "webapp.core.resources")


@cache
def imports_of(name: str) -> frozenset[str]:
    return frozenset(imported_by(name, MODULES[name], MODULES))


def place(name: str) -> str:
    return MODULES[name].relative_to(ROOT).as_posix()


def room(name: str) -> str:
    """`find` for webapp.find.routes; "" for what stands in webapp itself, and for the libraries."""
    parts = name.split(".")
    return parts[1] if parts[0] == "webapp" and len(parts) > 1 and (ROOT / "webapp" / parts[1]).is_dir() else ""


ROOMS = sorted({room(name) for name in MODULES} - {""})
FEATURES = [one for one in ROOMS if f"webapp.{one}.pages" in MODULES and one not in BASE_SLICES]


def top(name: str) -> str:
    return name.partition(".")[0]


def faults(names: list[str], forbidden: set[str] | frozenset[str] | tuple[str, ...]) -> list[str]:
    """`importer -> imported` for imports of a forbidden module or of anything in it."""
    return [
        f"{name} -> {one}"
        for name in names
        for one in sorted(imports_of(name))
        if any(one == banned or one.startswith(f"{banned}.") for banned in forbidden)
    ]


def touches_the_web(name: str) -> bool:
    path = place(name)
    return (
        path.startswith("webapp/ui/")
        or path.endswith(("routes.py", "/forms.py", "/pages.py"))
        or path in ("webapp/app.py", "webapp/commands/serving.py")
    )


def test_flask_is_known_only_to_pages() -> None:
    inside = [name for name in MODULES if not touches_the_web(name)]
    assert faults(inside, FLASK | {"webapp.ui"}) == []


def test_libraries_know_nothing_of_the_house() -> None:
    for package, other in (("archive", "search"), ("search", "archive")):
        names = [name for name in MODULES if top(name) == package]
        assert faults(names, {"webapp", other, "sqlalchemy"} | FLASK) == []


def test_an_engine_is_known_only_to_its_adapter() -> None:
    names = [name for name in MODULES if not name.startswith("search.engines.")]
    assert faults(names, {"tantivy", "whoosh"}) == []


def test_parsers_of_files_are_known_only_to_the_readers() -> None:
    """The web process never parses what somebody sent in; the child that reads it may die."""
    names = [name for name in MODULES if touches_the_web(name)]
    assert faults(names, {"pypdfium2", "python_calamine", "pyhanko"}) == []


def test_pure_code_has_no_database_no_clock_and_no_page() -> None:
    """Rules, arithmetic of scores, the reader of plans, forms of papers; and whatever says "Pure." of itself."""
    names = []
    for name, path in MODULES.items():
        words = ast.get_docstring(parsed(path)) or ""
        if PURE.fullmatch(place(name)) or words.split("\n\n")[0].endswith("Pure."):
            names.append(name)
    assert len(names) > 50
    # Models are words here (states, kinds); who loads rows is not pure.
    assert faults(names, FLASK | {"sqlalchemy"} | set(UNCERTAIN)) == []
    reading = [name for name in names if name.startswith(("webapp.movement.reading", "webapp.official"))]
    rooms = {f"webapp.{one}" for one in (*GROUND, *BASE_SLICES, *FEATURES)} - {"webapp.movement"}
    assert faults(reading, rooms | {"webapp.movement.queries"}) == []


@pytest.mark.parametrize("position", range(len(GROUND) + len(BASE_SLICES)))
def test_no_arrow_runs_up(position: int) -> None:
    order = (*GROUND, *BASE_SLICES)
    names = [name for name in MODULES if room(name) == order[position]]
    assert names, order[position]
    above = {f"webapp.{one}" for one in (*order[position + 1 :], *FEATURES, "commands", "demo", "app", "cli")}
    assert faults(names, above) == []


@pytest.mark.parametrize("slice_", FEATURES)
def test_a_feature_knows_no_other_feature(slice_: str) -> None:
    names = [name for name in MODULES if room(name) == slice_]
    others = {f"webapp.{one}" for one in (*FEATURES, "commands", "demo", "app", "cli") if one != slice_}
    assert faults(names, others) == []


def test_what_all_pages_share_knows_no_slice() -> None:
    names = [name for name in MODULES if room(name) == "ui"]
    assert faults(names, {f"webapp.{one}" for one in (*BASE_SLICES, *FEATURES, "commands", "demo", "app", "cli")}) == []


def test_every_room_is_one_of_these() -> None:
    known = {*GROUND, *BASE_SLICES, *FEATURES, "ui", "official", "commands", "demo"}
    assert [one for one in ROOMS if one not in known] == []


def test_a_feature_is_a_room_with_pages() -> None:
    assert {"checklists", "find", "plans", "scoring"} <= set(FEATURES)
    assert not set(FEATURES) & {*GROUND, *BASE_SLICES}


def test_a_rule_by_place_sees_a_fault(tmp_path: Path) -> None:
    """The reader of imports is not blind: also inside functions, and by either form."""
    file = tmp_path / "rules.py"
    file.write_text("def f():\n    from flask import g\n    import sqlalchemy.orm\n")
    assert imported_by("x.rules", file, {}) == {"flask", "sqlalchemy.orm"}
