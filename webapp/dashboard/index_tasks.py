"""What of the digital index waits for whom: to assess, to answer, to verify, to conclude."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, false, or_, select
from sqlalchemy.orm import Session, joinedload

from webapp.models import IndicatorSetState, IndicatorSheet, IndicatorSheetState, Unit
from webapp.permissions import Viewer
from webapp.permissions.indicator_scopes import concluded_by, verified_by

S = IndicatorSheetState
WORDS = {
    S.DRAFT: "Tự đánh giá rồi lãnh đạo đơn vị trình",
    S.RETURNED: "Được trả lại: sửa rồi trình lại",
    S.SUBMITTED: "Chờ thẩm định",
    S.VERIFIED: "Đã thẩm định: đồng ý hoặc giải trình",
    S.EXPLAINED: "Đơn vị đã giải trình, chờ kết luận",
}


@dataclass(frozen=True, slots=True)
class IndexTasks:
    """Sheets of the viewer's own units, and those of others that wait for the viewer's word."""

    own: Sequence[IndicatorSheet] = ()
    others: Sequence[IndicatorSheet] = ()

    def __bool__(self) -> bool:
        return bool(self.own or self.others)


def find_tasks(session: Session, *, viewer: Viewer) -> IndexTasks:
    """One statement; none for who has nothing to do with it."""
    if not viewer.own_units and not viewer.decided_movements:
        return IndexTasks()
    own = IndicatorSheet.unit_id.in_(viewer.own_units) if viewer.own_units else false()
    sheets = (
        session.scalars(
            select(IndicatorSheet)
            .join(Unit, Unit.id == IndicatorSheet.unit_id)
            .where(
                or_(
                    and_(own, IndicatorSheet.state.in_((S.DRAFT, S.RETURNED, S.VERIFIED))),
                    and_(concluded_by(viewer), IndicatorSheet.state.in_((S.SUBMITTED, S.EXPLAINED))),
                    and_(verified_by(viewer), IndicatorSheet.state == S.SUBMITTED),
                )
            )
            .options(joinedload(IndicatorSheet.unit), joinedload(IndicatorSheet.set))
            .order_by(IndicatorSheet.year, Unit.name)
            .limit(60)
        )
        .unique()
        .all()
    )
    live = [sheet for sheet in sheets if sheet.set.state is IndicatorSetState.IN_FORCE]
    live = [sheet for sheet in live if sheet.movement_id not in viewer.ended]
    return IndexTasks(
        [sheet for sheet in live if sheet.unit_id in viewer.own_units],
        [sheet for sheet in live if sheet.unit_id not in viewer.own_units],
    )
