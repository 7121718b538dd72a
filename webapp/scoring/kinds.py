"""What the house knows of rubrics, rounds and score sheets as kinds."""

from __future__ import annotations

from sqlalchemy.orm import joinedload

from webapp.kinds import Address, Along, Bagged, Kind
from webapp.models import (
    Rubric,
    ScoreAppeal,
    ScoreChange,
    ScoreEntry,
    ScoreReview,
    ScoreRound,
    ScoreSheet,
    SheetState,
)
from webapp.permissions.scopes import readable_rounds, readable_rubrics, readable_sheets

KINDS = (
    Kind(
        name="rubric",
        label="thang điểm",
        model=Rubric,
        readable=readable_rubrics,
        title=lambda rubric: rubric.name,
        address=lambda rubric: Address("scoring.rubric_view", {"rubric_id": rubric.id}),
        unit=None,
        parts=(),
        noted=(Rubric.year,),
        search=None,
        bag=Bagged(record="rubric", only_if_named=True),
    ),
    Kind(
        name="score-round",
        label="kỳ chấm",
        model=ScoreRound,
        readable=readable_rounds,
        title=lambda round_: f"Kỳ chấm {round_.year} · {round_.cluster.name}",
        address=lambda round_: Address("scores.round_view", {"round_id": round_.id}),
        unit=None,
        parts=(),
        noted=(ScoreRound.year,),
        loading=(joinedload(ScoreRound.cluster),),
        search=None,
        bag=Bagged(record="score_round", only_if_named=True),
    ),
    Kind(
        name="score-sheet",
        label="phiếu điểm",
        model=ScoreSheet,
        readable=readable_sheets,
        title=lambda sheet: f"Phiếu điểm {sheet.year} · {sheet.unit.name}",
        address=lambda sheet: Address("scores.sheet_view", {"sheet_id": sheet.id}),
        unit=ScoreSheet.unit_id,
        parts=(ScoreEntry.sheet_id, ScoreReview.sheet_id, ScoreAppeal.sheet_id),
        noted=(),
        loading=(joinedload(ScoreSheet.unit),),
        search=None,
        # Sheets that everybody reads by now, with all that was said on them; of any other nothing.
        bag=Bagged(
            record="score_sheet",
            where=(ScoreSheet.state.in_((SheetState.PUBLISHED, SheetState.FINAL)),),
            along=(
                Along("score_entry", ScoreEntry.sheet_id, along=(Along("score_change", ScoreChange.entry_id),)),
                Along("score_review", ScoreReview.sheet_id),
            ),
        ),
    ),
)
