"""A criterion that rests on the digital index: a formula that names `tỷ_lệ_chỉ_số` takes the unit's published share.

Nobody types that number: it is what was published for the unit and year, in percent of the highest points.
"""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.errors import Invalid
from webapp.core.numbers import show_number, stored_number, type_number
from webapp.models import IndicatorSheet, IndicatorSheetState, ScoreSheet
from webapp.scoring.points.scheme import Entry, Node, inputs_of

FROM_INDEX = "tỷ_lệ_chỉ_số"


def find_share(session: Session, sheet: ScoreSheet) -> Decimal | None:
    """Percent, of results that everybody reads; None where there are none."""
    result = session.scalar(
        select(IndicatorSheet.result).where(
            IndicatorSheet.unit_id == sheet.unit_id,
            IndicatorSheet.movement_id == sheet.movement_id,
            IndicatorSheet.year == sheet.year,
            IndicatorSheet.state == IndicatorSheetState.PUBLISHED,
        )
    )
    return stored_number(result["share"]) if result else None


def takes_share(node: Node) -> bool:
    return node.is_leaf and FROM_INDEX in inputs_of(node)


def ensure_share(session: Session, sheet: ScoreSheet, node: Node, entry: Entry | None) -> None:
    """Raises Invalid where an entry gives another share than what was published."""
    if entry is None or not entry.applies or not takes_share(node):
        return
    share = find_share(session, sheet)
    if share is None:
        raise Invalid({"value": f"Chưa công bố kết quả chỉ số chuyển đổi số năm {sheet.year} của đơn vị."})
    if entry.values.get(FROM_INDEX) != share:
        raise Invalid({"value": f"Tỷ lệ chỉ số đã công bố của đơn vị là {show_number(share)}; hãy để số này."})


def share_fields(session: Session, sheet: ScoreSheet, nodes: dict[str, Node]) -> dict[str, str]:
    """Fields of forms that show the published share, by the key of each entry not filled in yet."""
    asked = {key: inputs_of(node).index(FROM_INDEX) for key, node in nodes.items() if takes_share(node)}
    share = find_share(session, sheet) if asked else None
    if share is None:
        return {}
    return {f"value-{key}-{place}": type_number(share) for key, place in asked.items()}
