"""Many difficulties gathered at once under one topic."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.difficulties import queries, rules, service
from webapp.difficulties.routes import blueprint, wanted_here
from webapp.models import Difficulty, DifficultyState
from webapp.permissions import Permission as P
from webapp.permissions import decide
from webapp.ui import bulk
from webapp.ui.auth import requires
from webapp.ui.request_state import now, reads, resources, viewer


@blueprint.post("/difficulties/gather", endpoint="difficulties_gather")
@requires(P.DIFFICULTY_GATHER, on_subject=True)
def difficulties_gather() -> Response:
    """Those ticked, or all that the list's filter finds and that were not gathered yet."""
    found = queries.list_wanted(reads(), viewer=viewer(), wanted=wanted_here())
    known = {one.id: one for one in found}
    keys = bulk.chosen_keys(lambda: [one.id for one in found if one.state is DifficultyState.RAISED])
    items = [_item(key, known.get(key)) for key in keys]
    question = bulk.Question(
        act="Tổng hợp",
        noun="khó khăn, đề nghị",
        says=(
            "Các mục đứng cạnh nhau trong báo cáo trình Ủy ban nhân dân; đơn vị được báo. Ghi chú đã có giữ nguyên.",
        ),
        to=bulk.filtered("difficulties.difficulties_gather"),
        back=bulk.filtered("difficulties.difficulty_list"),
        asks=(bulk.Ask("topic", "Nhóm vấn đề", "Một tên chung cho các mục này, ví dụ: Kinh phí.", most=160),),
    )
    notes = {one.id: one.note for one in found}

    def gather(work: Session, key: str, texts: Mapping[str, str]) -> None:
        service.gather_difficulty(
            work,
            actor=viewer(),
            now=now(),
            timezone=resources().settings.timezone,
            difficulty_id=key,
            topic=texts["topic"],
            note=notes[key],
        )

    return bulk.bulk_view(question, items, gather)


def _item(key: str, one: Difficulty | None) -> bulk.Item:
    if one is None:
        return bulk.Item(key, "Mục", bulk.GONE)
    why_not = decide(viewer(), P.DIFFICULTY_GATHER, one).reason
    if not why_not and "gather" not in rules.moves_from(one.state):
        why_not = f"đang ở trạng thái “{one.state.label}”."
    was = f" (đang ở nhóm “{one.topic}”)" if one.topic else ""
    return bulk.Item(key, f"{one.unit.name}, điểm {one.point}: {one.text[:80]}{was}", why_not)
