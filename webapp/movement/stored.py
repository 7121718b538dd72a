"""Readings as the database keeps them."""

from __future__ import annotations

from typing import Any

from webapp.core.errors import Invalid
from webapp.movement.reading import PlanReading


def parse_stored(data: dict[str, Any]) -> PlanReading:
    """A reading kept in the database. Raises Invalid when it has another shape (an older program wrote it)."""
    try:
        return PlanReading.from_dict(data)
    except (KeyError, TypeError) as error:
        raise Invalid(
            "Phần đã đọc của kế hoạch được lưu bởi một bản khác của chương trình; hãy nhập lại tệp."
        ) from error
