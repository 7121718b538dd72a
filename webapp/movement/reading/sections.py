"""Finding the sections of a plan by the words of their titles, whatever their numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial

from webapp.movement.reading.doubts import Doubts
from webapp.movement.reading.outline import Node, walk
from webapp.movement.reading.spelling import folded

_LONGEST_TITLE = 220
_THEMES = (
    re.compile(r"nội dung(?:[\s,]+[^\s,]{1,12}){0,9}[\s,]+thi đua"),
    re.compile(
        r"^(?:các |những )?nội dung(?:[\s,]+(?:chủ yếu|trọng tâm|cụ thể|thực hiện|phong trào|và giải pháp|giải pháp))*$"
    ),
    re.compile(r"nội dung|nhiệm vụ trọng tâm"),
)
_CRITERIA = (
    re.compile(r"(?:tiêu chí|tiêu chuẩn)(?:[\s,]+[^\s,]{1,12}){0,5}[\s,]+(?:thi đua|phong trào)"),
    re.compile(r"tiêu chí"),
    re.compile(r"tiêu chuẩn"),
)
_DUTIES = (re.compile(r"trách nhiệm|phân công"), re.compile(r"tổ chức thực hiện"))
_COMMENDATION = (re.compile(r"khen thưởng"),)
# What an award is given for is no criterion of the movement.
AWARD = re.compile(
    r"tiêu ch(?:uẩn|í)(?:(?!thi đua|phong trào).){0,40}khen thưởng|(?:xét|đề nghị|được) (?:tặng|khen)|bằng khen|giấy khen|"
    r"cờ thi đua|chiến sĩ thi đua|danh hiệu|hình thức khen|tiền thưởng"
)
_OTHER_TOPICS = re.compile(r"đối tượng|giải pháp|biện pháp|thời gian|hình thức|nội dung.*tiêu ch|tiêu ch.*khen thưởng")


def find_themes(nodes: Sequence[Node], doubts: Doubts) -> Node | None:
    """The point whose items are the themes."""
    return _find(nodes, _THEMES, doubts, "themes", refuse=re.compile(r"tiêu chí|tiêu chuẩn|khen thưởng|trách nhiệm"))


def find_criteria(nodes: Sequence[Node], doubts: Doubts) -> Node | None:
    """The section whose items are the criteria groups."""
    refuse = re.compile(r"khen thưởng|trách nhiệm")
    return _find(nodes, _CRITERIA, doubts, "criteria", refuse=refuse, never=AWARD)


def find_duties(nodes: Sequence[Node]) -> Node | None:
    """The section that says who does what."""
    found = _sections(nodes, _DUTIES)
    return found[-1] if found else None


def find_commendations(nodes: Sequence[Node]) -> list[Node]:
    """The sections on commendation."""
    return [node for node in _sections(nodes, _COMMENDATION) if not _CRITERIA[0].search(_title(node))]


def find_times(nodes: Sequence[Node]) -> list[Node]:
    """Points on time: the movement's phases are looked for there first."""
    return [
        node
        for node in walk(nodes)
        if re.search(r"thời gian|giai đoạn|tiến độ|lộ trình", _title(node))
        and (node.children or len(node.paragraphs) > 1)
    ]


def _title(node: Node) -> str:
    return folded(node.title).strip(" :.;") if len(node.title) <= _LONGEST_TITLE else ""


def _sections(nodes: Sequence[Node], patterns: Sequence[re.Pattern[str]]) -> list[Node]:
    """Sections whose title fits; failing these, points of the second level."""
    for level in (1, 2):
        for pattern in patterns:
            found = [
                node
                for node in walk(nodes)
                if node.level == level and _has_content(node) and pattern.search(_title(node))
            ]
            if found:
                return found
    return []


def _has_content(node: Node) -> bool:
    return bool(node.children) or len(node.paragraphs) > 1


def _find(
    nodes: Sequence[Node],
    patterns: Sequence[re.Pattern[str]],
    doubts: Doubts,
    where: str,
    refuse: re.Pattern[str],
    never: re.Pattern[str] | None = None,
) -> Node | None:
    """The section that fits best; what `refuse` matches only where nothing else does, what `never` matches not at all."""
    for pattern in patterns:
        for refused in (refuse, never):
            fits = partial(_fits, pattern=pattern, refused=refused)
            found = _outermost(nodes, fits)
            if not found:
                continue
            best = max((_innermost(node, fits) for node in found), key=lambda node: len(node.children))
            if pattern is patterns[-1] or len(found) > 1:
                doubts.add(where, f"Đọc theo mục {best.code} “{best.title[:80]}”; hãy xem có đúng mục này không.")
            return best
    return None


def _fits(node: Node, pattern: re.Pattern[str], refused: re.Pattern[str] | None) -> bool:
    title = _title(node)
    if not title or not _has_content(node) or not pattern.search(title):
        return False
    return refused is None or not refused.search(title)


def _outermost(nodes: Sequence[Node], fits: Callable[[Node], bool]) -> list[Node]:
    found: list[Node] = []
    for node in nodes:
        if fits(node):
            found.append(node)
        elif node.level < 3:
            found += _outermost(node.children, fits)
    return found


def _innermost(node: Node, fits: Callable[[Node], bool]) -> Node:
    """A section on several topics ("đối tượng, nội dung, giải pháp") has the one asked for in one of its points."""
    inner = [child for child in node.children if fits(child)]
    if len(inner) == 1 and _OTHER_TOPICS.search(_title(node)):
        return _innermost(inner[0], fits)
    return node
