"""Many plans and reports received at once from the list of what was handed in."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.models import PaperState, UnitPaper
from webapp.permissions import Permission as P
from webapp.permissions import decide
from webapp.submissions import queries, rules, service
from webapp.submissions.routes import blueprint
from webapp.ui import bulk
from webapp.ui.auth import requires
from webapp.ui.forms import year_in
from webapp.ui.request_state import now, reads, resources, today, viewer


@blueprint.post("/papers/accept", endpoint="papers_accept")
@requires(P.PAPER_ACCEPT, on_subject=True)
def papers_accept() -> Response:
    """Those ticked, or all that wait among what the list's filter finds."""
    year = year_in(request.args.get("year"), otherwise=today().year)
    kind = next((one for one in rules.WRITTEN if one.value == request.args.get("kind")), None)
    state = next((one for one in PaperState if one.value == request.args.get("state")), None)
    found = queries.list_handed_in(reads(), viewer=viewer(), year=year, kind=kind, state=state)
    papers = {paper.id: paper for paper in found}
    keys = bulk.chosen_keys(lambda: [one.id for one in found if one.state is PaperState.SUBMITTED])
    items = [_item(key, papers.get(key)) for key in keys]
    question = bulk.Question(
        act="Tiếp nhận",
        noun="kế hoạch, báo cáo",
        says=("Mỗi văn bản được ghi là đã tiếp nhận và đơn vị được báo; sau đó không trả lại được nữa.",),
        to=bulk.filtered("submissions.papers_accept"),
        back=bulk.filtered("submissions.paper_list"),
    )
    return bulk.bulk_view(question, items, _accept)


def _item(key: str, paper: UnitPaper | None) -> bulk.Item:
    if paper is None:
        return bulk.Item(key, "Văn bản", bulk.GONE)
    why_not = decide(viewer(), P.PAPER_ACCEPT, paper).reason
    if not why_not and "accept" not in rules.moves_from(paper.state):
        why_not = f"Văn bản đang ở trạng thái “{paper.state.label}”."
    return bulk.Item(key, f"{paper.unit.name}: {paper.name}", why_not)


def _accept(work: Session, key: str, _texts: Mapping[str, str]) -> None:
    service.accept_paper(work, actor=viewer(), now=now(), timezone=resources().settings.timezone, paper_id=key)
