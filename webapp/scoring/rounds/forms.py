"""Fields of a round: last days of its stages."""

from __future__ import annotations

from datetime import date

from webapp.scoring.sheets.rules import STAGES
from webapp.ui.forms import FormReader


def read_windows(form: FormReader) -> dict[str, date]:
    """Last days of the stages, from fields `window-STAGE`."""
    days = {stage: form.day(f"window-{stage}") for stage in STAGES}
    return {stage: day for stage, day in days.items() if day is not None}
