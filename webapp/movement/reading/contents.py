"""Themes, criteria groups and duties out of a plan's points.

Reading them also settles what is a point: a criterion keeps its sub-items in its own text, and items marked by
dashes become points with a position in brackets (`III.2.[1]`), because the plan gives them no letter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from webapp.movement.reading.doubts import Doubts
from webapp.movement.reading.outline import Node
from webapp.movement.reading.sections import find_criteria, find_duties, find_themes
from webapp.movement.reading.shapes import CodedText, CriteriaGroupReading, Duty
from webapp.movement.reading.spelling import folded

_LONGEST_NAME = 180
_ORDERS = re.compile(r"^(?:(?:Đề nghị|Giao(?: cho)?|Yêu cầu|Phân công) (?=\S))")
_WHEN = re.compile(
    r"^(?:Định kỳ|Hằng năm|Hàng năm|Trước ngày|Chậm nhất|Căn cứ|Trên cơ sở|Trong quá trình|Khi|Theo|Vào|Mỗi)\b[^,]{0,160}, "
)
_VERB = re.compile(
    r"\s(?:(?:có|chịu) trách nhiệm|chủ động|chủ trì|phối hợp|phân công|báo cáo|xây dựng|tham mưu|hướng dẫn|căn cứ|thực hiện|"
    r"theo dõi|đôn đốc|triển khai|quán triệt|phát động|cụ thể hóa|đẩy mạnh|tăng cường|tuyên truyền|tiếp tục|lồng ghép|"
    r"tổng hợp|gửi|là cơ quan|cần |phải |bố trí|tiếp nhận|đưa tin|kiểm tra|giám sát|vận động|rà soát|đăng ký|"
    r"tổ chức (?:thực hiện|triển khai|các phong trào|các hoạt động|phát động|tuyên truyền|quán triệt))"
)


def read_themes(nodes: Sequence[Node], doubts: Doubts) -> tuple[CodedText, ...]:
    """The items of the point "nội dung thi đua"."""
    section = find_themes(nodes, doubts)
    items = _items(section, doubts) if section else ()
    if not items:
        doubts.add("themes", "Không đọc được nội dung thi đua nào.")
    elif section and section.children and all(_is_for_whom(child) for child in section.children):
        doubts.add("themes", "Nội dung thi đua được chia theo đối tượng; hãy xem có cần tách nhỏ hơn không.")
    return items


def read_criteria(nodes: Sequence[Node], doubts: Doubts) -> tuple[CriteriaGroupReading, ...]:
    """The groups of the section "tiêu chí thi đua" with their criteria."""
    section = find_criteria(nodes, doubts)
    if section is None:
        doubts.add("criteria", "Không thấy mục tiêu chí thi đua.")
        return ()
    if section.children and not any(_is_group(child) for child in section.children):
        doubts.add(section.code, "Tiêu chí không chia theo nhóm; tất cả được đọc thành một nhóm.")
        return (CriteriaGroupReading(code=section.code, title=_title(section), criteria=_items(section, doubts)),)
    if not section.children:
        return (_group(section, doubts),)
    if any(child.label.is_bullet for child in section.children):
        _doubt_positions(section, doubts)
    return tuple(_group(child, doubts) for child in section.children)


def read_duties(nodes: Sequence[Node], doubts: Doubts) -> tuple[Duty, ...]:
    """Who does what, from the section "trách nhiệm thực hiện"."""
    section = find_duties(nodes)
    if section is None:
        doubts.add("duties", "Không thấy mục trách nhiệm thực hiện.")
        return ()
    found: list[Duty] = []
    for child in section.children:
        child.is_point = True
        found += _duties(child, doubts)
    return tuple(found)


def _items(section: Node, doubts: Doubts) -> tuple[CodedText, ...]:
    """One text per child, whole; failing children, one per paragraph below the title."""
    for child in section.children:
        child.is_point = child.is_whole = True
    if any(child.label.is_bullet for child in section.children):
        _doubt_positions(section, doubts)
    if section.children:
        return tuple(CodedText(code=child.code, text=child.text) for child in section.children)
    lines = [line for line in section.paragraphs[1:] if not line.endswith(":")]
    if lines:
        _doubt_positions(section, doubts)
    return tuple(CodedText(code=f"{section.code}.[{place}]", text=text) for place, text in enumerate(lines, 1))


def _doubt_positions(section: Node, doubts: Doubts) -> None:
    doubts.add(
        section.code, "Các mục ở đây không có chữ cái hay số trong kế hoạch; mã trong ngoặc vuông là thứ tự xuất hiện."
    )


def _is_group(node: Node) -> bool:
    return bool(node.children) or len(node.paragraphs) > 1 or _is_for_whom(node)


def _is_for_whom(node: Node) -> bool:
    return folded(node.title).startswith(("đối với", "tiêu chí đối với", "tiêu chuẩn đối với", "tập thể", "cá nhân"))


def _group(node: Node, doubts: Doubts) -> CriteriaGroupReading:
    node.is_point = True
    criteria = _items(node, doubts)
    title = _title(node)
    if not criteria:
        # "4. Đối với cá nhân: có nhiều sáng kiến …": group and its only criterion on one line.
        name, colon, rest = node.title.partition(": ")
        if colon and len(name) <= _LONGEST_NAME:
            title, criteria = name, (CodedText(code=f"{node.code}.[1]", text=rest),)
            _doubt_positions(node, doubts)
        else:
            doubts.add(node.code, "Nhóm này không có tiêu chí nào bên dưới.")
    return CriteriaGroupReading(code=node.code, title=title, criteria=criteria)


def _title(node: Node) -> str:
    return node.title.rstrip(" :.;")


def _duties(node: Node, doubts: Doubts) -> list[Duty]:
    who = _heading_name(node)
    if node.children:
        for child in node.children:
            child.is_point = child.is_whole = True
        if any(child.label.is_bullet for child in node.children):
            _doubt_positions(node, doubts)
        who = who or _doer(node.title)
        own = [Duty(code=node.code, who=who, text="\n".join(node.paragraphs[1:]))] if len(node.paragraphs) > 1 else []
        found = own + [Duty(code=child.code, who=who, text=child.text) for child in node.children]
    elif who and len(node.paragraphs) > 1:
        found = [Duty(code=node.code, who=who, text="\n".join(node.paragraphs[1:]))]
    else:
        name, colon, rest = node.title.partition(": ")
        if colon and len(name) <= _LONGEST_NAME and not _VERB.search(name):
            who = _ORDERS.sub("", name)
            found = [Duty(code=node.code, who=who, text="\n".join([rest, *node.paragraphs[1:]]))]
        else:
            who = _doer(node.title)
            found = [Duty(code=node.code, who=who, text=node.text)]
    if not who:
        doubts.add(node.code, "Không đọc được ai thực hiện nhiệm vụ này.")
    return found


def _heading_name(node: Node) -> str:
    """The name a heading gives ("1. Phòng Văn hóa – Xã hội"); "" when the line is a sentence."""
    title = node.title.rstrip()
    if title.endswith((".", ";")) or len(title) > _LONGEST_NAME:
        return ""
    return _ORDERS.sub("", title).rstrip(" :")


def _doer(sentence: str) -> str:
    """Who a sentence bids do something: what stands before its first verb."""
    sentence = _ORDERS.sub("", _WHEN.sub("", sentence[:600]))
    verb = _VERB.search(sentence)
    name = sentence[: verb.start()].strip(" ,:") if verb else ""
    return name if 3 <= len(name) <= _LONGEST_NAME else ""
