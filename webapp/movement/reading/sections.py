"""Finding the sections of a plan by the words of their titles, whatever their numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from webapp.movement.reading.doubts import Doubts
from webapp.movement.reading.outline import Node, walk
from webapp.movement.reading.spelling import folded

_LONGEST_TITLE = 220
_THEMES = (
    re.compile(r"nội dung(?:[\s,-]+[^\s,]{1,12}){0,8}[\s,]+thi đua"),
    re.compile(r"^(?:các |những )?nội dung(?:[\s,]+(?:chủ yếu|trọng tâm|cụ thể|thực hiện|phong trào|và giải pháp|giải pháp))*$"),
    re.compile(r"nội dung|nhiệm vụ trọng tâm"),
)
_CRITERIA = (
    re.compile(r"(?:tiêu chí|tiêu chuẩn)(?:[\s,-]+[^\s,]{1,12}){0,4}[\s,]+(?:thi đua|phong trào)"),
    re.compile(r"tiêu chí"),
    re.compile(r"tiêu chuẩn"),
)
_DUTIES = (re.compile(r"trách nhiệm|phân công"), re.compile(r"tổ chức thực hiện"), re.compile(r"thực hiện$"))
_COMMENDATION = (re.compile(r"^(?!.*(?:tiêu chí|tiêu chuẩn).* thi đua).*khen thưởng"), re.compile(r"khen thưởng"))
_OTHER_TOPICS = re.compile(r"đối tượng|giải pháp|biện pháp|thời gian|hình thức|nội dung.*tiêu ch|tiêu ch.*khen thưởng")


def find_themes(nodes: Sequence[Node], doubts: Doubts) -> Node | None:
    """The point whose items are the themes."""
    return _find(nodes, _THEMES, doubts, "themes", refuse=re.compile(r"tiêu chí|tiêu chuẩn|khen thưởng|trách nhiệm"))


def find_criteria(nodes: Sequence[Node], doubts: Doubts) -> Node | None:
    """The section whose items are the criteria groups."""
    return _find(nodes, _CRITERIA, doubts, "criteria", refuse=re.compile(r"khen thưởng|trách nhiệm"))


def find_duties(nodes: Sequence[Node]) -> Node | None:
    """The section that says who does what."""
    return _top(nodes, _DUTIES)


def find_commendation(nodes: Sequence[Node]) -> Node | None:
    """The section on commendation."""
    return _top(nodes, _COMMENDATION)


def find_times(nodes: Sequence[Node]) -> list[Node]:
    """Points on time: the movement's phases are looked for there first."""
    return [
        node
        for node in walk(nodes)
        if re.search(r"thời gian|giai đoạn|tiến độ|lộ trình", _title(node)) and (node.children or len(node.paragraphs) > 1)
    ]


def _title(node: Node) -> str:
    return folded(node.title).strip(" :.;") if len(node.title) <= _LONGEST_TITLE else ""


def _top(nodes: Sequence[Node], patterns: Sequence[re.Pattern[str]]) -> Node | None:
    for pattern in patterns:
        found = [node for node in nodes if pattern.search(_title(node))]
        if found:
            return found[-1]
    for pattern in patterns[:1]:
        for node in walk(nodes):
            if node.level == 2 and node.children and pattern.search(_title(node)):
                return node
    return None


def _find(
    nodes: Sequence[Node],
    patterns: Sequence[re.Pattern[str]],
    doubts: Doubts,
    where: str,
    refuse: re.Pattern[str],
) -> Node | None:
    for step, pattern in enumerate(patterns):
        for allow_mixed in (False, True):
            def fits(node: Node, pattern: re.Pattern[str] = pattern, allow_mixed: bool = allow_mixed) -> bool:
                title = _title(node)
                return (
                    bool(title)
                    and bool(node.children or len(node.paragraphs) > 1)
                    and pattern.search(title) is not None
                    and (allow_mixed or not refuse.search(title))
                )

            found = _outermost(nodes, fits)
            if found:
                best = max((_innermost(node, fits) for node in found), key=lambda node: len(node.children))
                if step == len(patterns) - 1 or len(found) > 1:
                    doubts.add(where, f"Đọc theo mục {best.code} “{best.title[:80]}”; hãy xem có đúng mục này không.")
                return best
    return None


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
