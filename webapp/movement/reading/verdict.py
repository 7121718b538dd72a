"""Whether what was read is the plan of an emulation movement at all."""

from __future__ import annotations

from webapp.movement.reading.shapes import PlanReading


def looks_like_a_plan(reading: PlanReading) -> str | None:
    """Why this is not the plan of an emulation movement, as a Vietnamese sentence; None when it may be one."""
    if reading.criteria_groups and any(group.criteria for group in reading.criteria_groups):
        return _unrelated(reading)
    if reading.themes and reading.kind in (None, "Kế hoạch"):
        return _unrelated(reading)
    if not reading.points and not reading.preamble:
        return "Tệp này không có nội dung đọc được, nên không thể là kế hoạch phong trào thi đua."
    if reading.kind is not None and reading.kind != "Kế hoạch":
        return f"Văn bản này là {reading.kind.lower()}, không phải kế hoạch phong trào thi đua."
    return "Không thấy nội dung thi đua và tiêu chí thi đua nào; đây có vẻ không phải kế hoạch phong trào thi đua."


def _unrelated(reading: PlanReading) -> str | None:
    texts = (reading.abstract or "", reading.preamble, *(point.text for point in reading.points))
    if any("thi đua" in text.lower() for text in texts):
        return None
    return "Văn bản này không nói đến thi đua, nên không phải kế hoạch phong trào thi đua."
