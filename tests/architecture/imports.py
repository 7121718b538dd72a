"""What each module imports, read from its text."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file; nobody changes it."""
    return _tree(path.read_text(encoding="utf-8"))


def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Every node of a file's syntax tree, outer ones first."""
    return _nodes(path.read_text(encoding="utf-8"))


@cache
def _tree(text: str) -> ast.Module:
    return ast.parse(text)


@cache
def _nodes(text: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(_tree(text)))


def modules_of(package: str, root: Path = ROOT) -> dict[str, Path]:
    """Every module of the package by its dotted name; a folder's name stands for its `__init__.py`."""
    found = {}
    for path in sorted((root / package).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported_by(name: str, path: Path, modules: dict[str, Path]) -> set[str]:
    """What a module names in an import, wherever that stands, except only for the type checker.

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

    visit(parsed(path))
    return found - {name}
