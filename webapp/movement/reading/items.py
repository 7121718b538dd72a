"""The items of a section as texts with codes, and what themes and criteria ask of a title.

Items marked by dashes become points with a position in brackets (`III.2.[1]`), because the plan gives them no letter.
"""

from __future__ import annotations

from collections.abc import Sequence

from webapp.movement.reading.doubts import Doubts
from webapp.movement.reading.outline import Node
from webapp.movement.reading.shapes import CodedText
from webapp.movement.reading.spelling import folded


def read_items(section: Node, doubts: Doubts, left_out: Sequence[Node] = ()) -> tuple[CodedText, ...]:
    """One text per child, whole; failing children, one per paragraph below the title."""
    children = [child for child in section.items if child not in left_out]
    for child in section.items:
        child.is_point = child.is_whole = True
    if any(child.label.is_bullet for child in children):
        doubt_positions(section, doubts)
    if section.items:
        return tuple(CodedText(code=child.code, text=child.text, points=child.points) for child in children)
    lines = [line for line in section.paragraphs[1:] if not line.endswith(":") and not section.is_unread]
    if lines:
        doubt_positions(section, doubts)
    return tuple(CodedText(code=f"{section.code}.[{place}]", text=text) for place, text in enumerate(lines, 1))


def doubt_positions(section: Node, doubts: Doubts) -> None:
    """Say that the codes of a section's items are not the plan's."""
    doubts.add(
        section.code, "Các mục ở đây không có chữ cái hay số trong kế hoạch; mã trong ngoặc vuông là thứ tự xuất hiện."
    )


def is_for_whom(node: Node) -> bool:
    """Whether a title names a sort of participant."""
    return folded(node.title).startswith(("đối với", "tiêu chí đối với", "tiêu chuẩn đối với", "tập thể", "cá nhân"))


def bare_title(node: Node) -> str:
    """A title without the mark it ends in."""
    return node.title.rstrip(" :.;")
