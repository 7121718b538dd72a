"""Criteria in their groups, from the section or the annex that lists them, with the points they are worth.

A criterion keeps its sub-items in its own text, unless these have points of their own: then they are the criteria.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from webapp.movement.reading.doubts import Doubts
from webapp.movement.reading.items import bare_title, doubt_positions, is_for_whom, read_items
from webapp.movement.reading.labels import Style
from webapp.movement.reading.marks import in_vietnamese, is_total_row, mark_at_end, stated_total, sum_of
from webapp.movement.reading.outline import Node, walk
from webapp.movement.reading.sections import AWARD, find_criteria
from webapp.movement.reading.shapes import CodedText, CriteriaGroupReading
from webapp.movement.reading.spelling import folded

_LONGEST_NAME = 180
_IN_ANNEX = re.compile(r"(?:theo|tại|ở|trong)(?: các)? phụ lục|phụ lục(?: \w{1,4})? (?:đính kèm|kèm theo|ban hành)")
_ONE_GROUP = "Tiêu chí không chia theo nhóm; tất cả được đọc thành một nhóm."


def read_criteria(nodes: Sequence[Node], annexes: Sequence[Node], doubts: Doubts) -> tuple[CriteriaGroupReading, ...]:
    """The groups with their criteria: an annex's, where there is one; else those of the section "tiêu chí thi đua"."""
    groups = tuple(group for annex in annexes for group in _groups(annex, doubts))
    if any(group.criteria for group in groups):
        section = find_criteria(nodes, Doubts())
        if section is not None:
            doubts.add(
                "criteria",
                f"Tiêu chí được đọc từ phụ lục; mục {section.code} “{section.title[:80]}” cũng nói về tiêu chí, hãy đối chiếu.",
            )
        return groups
    own = Doubts()
    section = find_criteria(nodes, own)
    if section is None or not _has_rows(section):
        table = next((node for node in walk(nodes) if any(child.is_row for child in node.children)), None)
        if table is not None:
            doubts.add(
                "criteria", f"Đọc theo bảng ở mục {table.code} “{table.title[:80]}”; hãy xem có đúng bảng này không."
            )
            return _groups(table, doubts)
    if section is None:
        doubts.add("criteria", "Không thấy mục tiêu chí thi đua.")
        award = next((node for node in walk(nodes) if node.items and _is_award(node)), None)
        if award is not None:
            doubts.add(award.code, "Mục này nói về khen thưởng, không được đọc thành tiêu chí thi đua.")
        return ()
    for doubt in own.listed():
        doubts.add(doubt.where, doubt.what)
    if _IN_ANNEX.search(folded(section.written)) and not any(is_for_whom(node) for node in walk(section.children)):
        doubts.add(
            "criteria", f"Mục {section.code} dẫn tiêu chí theo phụ lục, nhưng không đọc được phụ lục nào có tiêu chí."
        )
        return ()
    return _groups(section, doubts)


def _has_rows(section: Node) -> bool:
    return any(node.is_row for node in walk(section.children))


def _groups(section: Node, doubts: Doubts) -> tuple[CriteriaGroupReading, ...]:
    awards = [
        child for child in section.items if len(child.title) <= _LONGEST_NAME and AWARD.search(folded(child.title))
    ]
    for child in awards:
        doubts.add(child.code, "Mục này nói về khen thưởng, không được đọc thành tiêu chí thi đua.")
    _take_totals(section)
    _read_marks(section, doubts)
    children = [child for child in section.items if child not in awards]
    if any(_has_points(child) for child in children):
        return _scored(section, children, doubts)
    if children and not any(_is_group(child) for child in children):
        doubts.add(section.code, _ONE_GROUP)
        criteria = read_items(section, doubts, left_out=awards)
        return (CriteriaGroupReading(code=section.code, title=bare_title(section), criteria=criteria),)
    if not children:
        return () if awards or section.is_unread else (_group(section, doubts),)
    if any(child.label.is_bullet for child in children):
        doubt_positions(section, doubts)
    return tuple(_group(child, doubts) for child in children)


def _is_award(node: Node) -> bool:
    return len(node.title) <= _LONGEST_NAME and AWARD.search(folded(node.title)) is not None


def _is_group(node: Node) -> bool:
    return bool(node.items) or len(node.paragraphs) > 1 or is_for_whom(node)


def _group(node: Node, doubts: Doubts) -> CriteriaGroupReading:
    node.is_point = True
    criteria = read_items(node, doubts)
    title = bare_title(node)
    if not criteria:
        # "4. Đối với cá nhân: có nhiều sáng kiến …": group and its only criterion on one line.
        name, colon, rest = node.title.partition(": ")
        if colon and len(name) <= _LONGEST_NAME:
            title, criteria = name, (CodedText(code=f"{node.code}.[1]", text=rest),)
            doubt_positions(node, doubts)
        else:
            doubts.add(node.code, "Nhóm này không có tiêu chí nào bên dưới.")
    return CriteriaGroupReading(code=node.code, title=title, criteria=criteria, points=node.points)


# --- criteria with points -----------------------------------------------------------------------------------------


def _read_marks(section: Node, doubts: Doubts) -> None:
    """Points at the end of lines; rows of tables have theirs already."""
    for node in walk(section.children):
        if not node.is_row and not node.is_note:
            node.points, doubt = mark_at_end(node.title)
            if doubt:
                doubts.add(node.code, doubt)


def _take_totals(section: Node) -> None:
    """ "Tổng điểm: 100" below the last criterion is said of the section."""
    for node in walk(section.children):
        if node.is_note:
            continue
        sums = [text for text in node.paragraphs[1:] if is_total_row(text) and stated_total(text)]
        if not sums:
            continue
        node.paragraphs = [text for text in node.paragraphs if text not in sums]
        section.paragraphs += sums


def _has_points(node: Node) -> bool:
    return any(one.points is not None for one in walk([node]) if not one.is_note)


def _scored(section: Node, children: Sequence[Node], doubts: Doubts) -> tuple[CriteriaGroupReading, ...]:
    worth = [child for child in children if child.is_row or _has_points(child) or is_for_whom(child)]
    for child in children:
        if child not in worth:
            doubts.add(child.code, "Mục này không có điểm nên không được đọc thành tiêu chí.")
        elif not child.is_row and not _has_points(child):
            doubts.add(child.code, "Nhóm này không có điểm, trong khi các nhóm khác có.")
    if len(worth) == 1 and not worth[0].is_row and worth[0].items and not is_for_whom(worth[0]):
        groups = _groups(worth[0], doubts)
        _check_sum(worth[0], doubts)
        _check_total(section, (), groups, doubts)
        return groups
    heads = [child for child in worth if _heads_group(child)]
    if len(heads) == len(worth) or len(heads) * 2 >= max(len(worth), 4):
        groups = tuple(
            _scored_group(child, [child], doubts) if child.is_row or _has_points(child) else _group(child, doubts)
            for child in worth
        )
    else:
        doubts.add(section.code, _ONE_GROUP)
        groups = (_scored_group(section, worth, doubts),)
    _check_total(section, worth, groups, doubts)
    return groups


def _heads_group(node: Node) -> bool:
    is_lettered = node.label.style in (Style.CAPITAL, Style.ROMAN)
    return is_lettered or is_for_whom(node) or any(_has_points(child) for child in node.items)


def _scored_group(head: Node, nodes: Sequence[Node], doubts: Doubts) -> CriteriaGroupReading:
    head.is_point = True
    name, colon, rest = head.title.partition(": ")
    if not head.items and not head.is_row and colon and len(name) <= _LONGEST_NAME:
        doubt_positions(head, doubts)
        only = CodedText(code=f"{head.code}.[1]", text=rest, points=head.points)
        return CriteriaGroupReading(code=head.code, title=name, criteria=(only,), points=head.points)
    found: list[CodedText] = []
    for leaf in _leaves(nodes):
        leaf.is_point = leaf.is_whole = True
        found.append(CodedText(code=leaf.code, text=leaf.text, points=leaf.points))
        if leaf.points is None and not doubts.has(leaf.code):
            doubts.add(leaf.code, "Tiêu chí này không đọc được điểm.")
    if any(leaf.label.is_bullet for leaf in _leaves(nodes)):
        doubt_positions(head, doubts)
    for node in walk(nodes):
        _check_sum(node, doubts)
    return CriteriaGroupReading(code=head.code, title=bare_title(head), criteria=tuple(found), points=head.points)


def _check_sum(node: Node, doubts: Doubts) -> None:
    """What a plan gives for a point against what stands below it."""
    if node.points is None or not node.items or node.is_whole:
        return
    together = sum_of(leaf.points for leaf in _leaves([node]))
    each = {sum_of(leaf.points for leaf in _leaves([child])) for child in node.items}
    if together != node.points and each != {node.points}:
        doubts.add(
            node.code,
            f"Điểm ghi cho mục này là {in_vietnamese(node.points)}, các tiêu chí bên dưới cộng lại "
            f"{in_vietnamese(together)}.",
        )


def _leaves(nodes: Sequence[Node]) -> Iterator[Node]:
    """The innermost items that have points; those without any stay whole."""
    for node in nodes:
        if any(_has_points(child) for child in node.items):
            node.is_point = True
            yield from _leaves(node.items)
        elif node.points is None and node.items and node.label.style in (Style.CAPITAL, Style.ROMAN):
            yield from _leaves(node.items)
        else:
            yield node


def _check_total(section: Node, nodes: Sequence[Node], groups: Sequence[CriteriaGroupReading], doubts: Doubts) -> None:
    """Every group, or all of them, must come to the sum the plan states; below a group's table it may mean either."""
    marks = [[criterion.points for criterion in group.criteria] for group in groups]
    each = [sum_of(those) for those in marks if any(those)]
    whole = sum_of(each)
    stated = section.total or next(filter(None, map(stated_total, section.paragraphs)), None)
    wrong = stated if stated is not None and whole != stated and any(one != stated for one in each) else None
    for node in nodes:
        own = sum_of(leaf.points for leaf in _leaves([node]))
        if node.total is not None and node.total not in (own, whole):
            wrong = node.total
    if wrong is not None:
        doubts.add(
            "criteria",
            f"Tổng điểm ghi trong kế hoạch là {in_vietnamese(wrong)}, các tiêu chí đọc được cộng lại {in_vietnamese(whole)}.",
        )
