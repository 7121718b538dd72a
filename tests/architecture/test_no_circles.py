"""Modules do not import each other in a circle, not even from inside a function."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def modules_of(package: str, root: Path = ROOT) -> dict[str, Path]:
    """Every module of the package by its dotted name; a folder's name stands for its `__init__.py`."""
    found = {}
    for path in sorted((root / package).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported_by(name: str, path: Path, modules: dict[str, Path]) -> set[str]:
    """The package's modules this one names in an import, wherever that stands, except only for the type checker.

    `from a.b import c` is `a.b.c` where there is such a module, else `a.b`; that a folder's `__init__.py` runs before
    what is in the folder is nobody's import.
    """
    found: set[str] = set()

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            return
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            source = node.module or ""
            if node.level:
                inside = name if path.name == "__init__.py" else name.rpartition(".")[0]
                base = inside.split(".")[: len(inside.split(".")) - node.level + 1]
                source = ".".join([*base, *filter(None, [node.module])])
            for alias in node.names:
                whole = f"{source}.{alias.name}"
                found.add(whole if whole in modules else source)
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(ast.parse(path.read_text(encoding="utf-8")))
    return found & modules.keys() - {name}


def circle_in(package: str, root: Path = ROOT) -> list[str]:
    """The modules of one circle, the first again at its end; empty where there is none."""
    modules = modules_of(package, root)
    graph = {name: imported_by(name, path, modules) for name, path in modules.items()}
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
