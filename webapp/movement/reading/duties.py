"""Duties out of a plan's points: who must do what."""

from __future__ import annotations

import re
from collections.abc import Sequence

from webapp.movement.reading.doubts import Doubts
from webapp.movement.reading.items import doubt_positions
from webapp.movement.reading.outline import Node
from webapp.movement.reading.sections import find_duties
from webapp.movement.reading.shapes import Duty

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


def _duties(node: Node, doubts: Doubts) -> list[Duty]:
    who = _heading_name(node)
    if node.children:
        for child in node.children:
            child.is_point = child.is_whole = True
        if any(child.label.is_bullet for child in node.children):
            doubt_positions(node, doubts)
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
