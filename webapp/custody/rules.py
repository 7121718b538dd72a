"""Words for what a check of the archive finds. Pure."""

from __future__ import annotations

PROBLEMS = {
    "missing": "Thiếu: tệp đã nhận không còn trong kho",
    "changed": "Bị thay đổi: nội dung không còn như lúc nhận",
    "extra": "Lạ: không phải do chương trình đặt vào",
    "swapped": "Bị tráo: nằm dưới tên của tệp khác",
}


def problem_label(kind: str) -> str:
    return PROBLEMS.get(kind, kind)
