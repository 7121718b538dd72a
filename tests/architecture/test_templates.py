"""Templates are read without scrolling sideways, and show no white space that only their layout put there.

How they are laid out is the formatter's affair (`make check`); it cannot break what a line cannot be broken in, and does
not know the styles.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "webapp").rglob("templates/**/*.html"))
LONGEST = 120
# Two classes keep white space; a cell with a label is asked whether it is empty (`:empty`).
KEEPS_SPACE = re.compile(
    r'<(\w+) (?:[^<>]* )?(?:class="[^"]*\b(?:prewrap|text-page)\b[^"]*"|data-label="[^"]*")[^<>]*>(.*?)</\1>', re.DOTALL
)


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_no_line_is_long(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [(no, len(line)) for no, line in enumerate(lines, 1) if len(line) > LONGEST] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_no_layout_shows_where_the_style_keeps_white_space(path: Path) -> None:
    """What such an element holds begins and ends against its tags, or against a brace that eats the space between."""
    for element in KEEPS_SPACE.finditer(path.read_text(encoding="utf-8")):
        inside = element[2]
        assert re.match(r"\S|\s+\{[{%]-", inside), element[0]
        assert re.search(r"(\S|-[}%]\}\s+)\Z", inside), element[0]
