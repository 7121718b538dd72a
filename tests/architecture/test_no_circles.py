"""Modules do not import each other in a circle, not even from inside a function."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.architecture.imports import ROOT, imported_by, modules_of


def circle_in(package: str, root: Path = ROOT) -> list[str]:
    """The modules of one circle, the first again at its end; empty where there is none."""
    modules = modules_of(package, root)
    graph = {name: imported_by(name, path, modules) & modules.keys() for name, path in modules.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


@pytest.mark.parametrize("package", ["archive", "search", "webapp"])
def test_modules_do_not_import_each_other_in_a_circle(package: str) -> None:
    assert circle_in(package) == []


@pytest.mark.parametrize(
    "back",
    [
        "import house.first\n",
        "from house import first\n",
        "from house.first import anything\n",
        "from . import first\n",
        "from .first import anything\n",
        "def later():\n    from house.first import anything\n",
    ],
)
def test_a_circle_is_seen_however_it_is_written(tmp_path: Path, back: str) -> None:
    house = tmp_path / "house"
    house.mkdir()
    (house / "__init__.py").write_text("")
    (house / "first.py").write_text("from house import second\n")
    (house / "second.py").write_text(back)
    assert sorted(set(circle_in("house", tmp_path))) == ["house.first", "house.second"]
    (house / "second.py").write_text("import house\n")
    assert circle_in("house", tmp_path) == []
