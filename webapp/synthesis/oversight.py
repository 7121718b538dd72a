"""What was seen from outside, in the words of the office's report: inspections, the digital index. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OversightLine:
    """One concluded inspection (`kind` inspection-visit) with how many remedies it asked for and how many are confirmed, or
    one published sheet of the digital index (indicator-sheet) with its share in percent, as shown."""

    kind: str
    id: str
    unit: str
    asked: int = 0
    done: int = 0
    share: str = ""


def told(lines: Sequence[OversightLine]) -> str:
    """The paragraph, a line each."""
    visits = [one for one in lines if one.kind == "inspection-visit"]
    sheets = [one for one in lines if one.kind == "indicator-sheet"]
    words = []
    if visits:
        asked, done = sum(one.asked for one in visits), sum(one.done for one in visits)
        words.append(
            f"Hội đồng đã kết luận {len(visits)} cuộc kiểm tra; {asked} việc phải khắc phục, {done} đã được xác nhận: "
            f"{'; '.join(one.unit for one in visits)}."
        )
    if sheets:
        words.append(f"Đã công bố chỉ số chuyển đổi số của {len(sheets)} đơn vị:")
        words += [f"- {one.unit}: {one.share}% điểm tối đa" for one in sheets]
    return "\n".join(words)
