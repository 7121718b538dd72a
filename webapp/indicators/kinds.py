"""What the house knows of sets of indicators and of units' sheets as kinds."""

from __future__ import annotations

from sqlalchemy.orm import joinedload

from webapp.kinds import Address, Along, Bagged, Kind
from webapp.models import IndicatorChange, IndicatorEntry, IndicatorSet, IndicatorSheet, IndicatorSheetState
from webapp.permissions.indicator_scopes import readable_indicator_sets, readable_indicator_sheets

KINDS = (
    Kind(
        name="indicator-set",
        label="bộ chỉ số",
        model=IndicatorSet,
        readable=readable_indicator_sets,
        title=lambda one: one.name,
        address=lambda one: Address("indicators.set_view", {"indicator_set_id": one.id}),
        unit=None,
        parts=(),
        noted=(IndicatorSet.year,),
        search=None,
        bag=Bagged(record="indicator_set", only_if_named=True),
    ),
    Kind(
        name="indicator-sheet",
        label="phiếu chỉ số",
        model=IndicatorSheet,
        readable=readable_indicator_sheets,
        title=lambda sheet: f"Phiếu chỉ số {sheet.year} · {sheet.unit.name}",
        address=lambda sheet: Address("indicator_sheets.sheet_view", {"indicator_sheet_id": sheet.id}),
        unit=IndicatorSheet.unit_id,
        parts=(IndicatorEntry.sheet_id,),
        noted=(IndicatorSheet.year,),
        loading=(joinedload(IndicatorSheet.unit),),
        search=None,
        # What everybody reads by now, with all that was said on it; of any other nothing.
        bag=Bagged(
            record="indicator_sheet",
            where=(IndicatorSheet.state == IndicatorSheetState.PUBLISHED,),
            along=(
                Along(
                    "indicator_entry",
                    IndicatorEntry.sheet_id,
                    along=(Along("indicator_change", IndicatorChange.entry_id),),
                ),
            ),
        ),
    ),
)
