"""The themes of the competition. Figures to be reached are targets and no themes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from webapp.movement.reading.doubts import Doubts
from webapp.movement.reading.items import is_for_whom, read_items
from webapp.movement.reading.outline import Node
from webapp.movement.reading.sections import find_themes
from webapp.movement.reading.shapes import CodedText

_TARGET = re.compile(
    r"(?:(?:phấn đấu|ít nhất|tối thiểu|trên|từ|có|đạt|đến|cuối|năm \d{4}|tỷ lệ|tỉ lệ|số|duy trì|bảo đảm|đảm bảo|hằng năm|hàng năm)"
    r"[, :]+){0,6}\d{1,3}(?:[.,]\d{1,2})? ?%|phấn đấu\b|(?:tỷ|tỉ) lệ\b[^.]{0,200}\d ?%",
    re.IGNORECASE,
)
_LEAST_WORDS = 80  # letters of an introduction that says what the competition is about


def read_themes(nodes: Sequence[Node], doubts: Doubts) -> tuple[CodedText, ...]:
    """The items of the point "nội dung thi đua"."""
    section = find_themes(nodes, doubts)
    if section is None:
        doubts.add("themes", "Không đọc được nội dung thi đua nào.")
        return ()
    targets = [child for child in section.items if _TARGET.match(child.title)]
    items = read_items(section, doubts, left_out=targets)
    if targets:
        named = ", ".join(child.code for child in targets)
        doubts.add("themes", f"Chỉ tiêu phải đạt không được đọc thành nội dung thi đua: {named}.")
        items = items or _introduction(section, doubts)
    elif not section.items:
        items = tuple(item for item in items if not _TARGET.match(item.text))
    if not items:
        doubts.add("themes", "Không đọc được nội dung thi đua nào.")
    elif section.items and all(is_for_whom(child) for child in section.items):
        doubts.add("themes", "Nội dung thi đua được chia theo đối tượng; hãy xem có cần tách nhỏ hơn không.")
    return items


def _introduction(section: Node, doubts: Doubts) -> tuple[CodedText, ...]:
    """What stands above the targets, where these are all the items there are."""
    found = [text for text in section.paragraphs[1:] if len(text) >= _LEAST_WORDS]
    if found:
        doubts.add(
            "themes",
            f"Nội dung thi đua lấy theo đoạn mở đầu của mục {section.code}; hãy xem có cần tách nhỏ hơn không.",
        )
    return tuple(CodedText(code=f"{section.code}.[{place}]", text=text) for place, text in enumerate(found, 1))
