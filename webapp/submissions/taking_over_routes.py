"""The page on which a report takes over what the unit wrote elsewhere."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.core.errors import Conflict, Invalid
from webapp.permissions import Permission as P
from webapp.permissions import ensure
from webapp.submissions import queries
from webapp.submissions.routes import blueprint
from webapp.submissions.taking_over import APPEND, FILL, KEEP, REPLACE, Choice, list_offers, take_over
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, unit_of_work, viewer


@blueprint.route("/papers/<paper_id>/take-over", methods=["GET", "POST"], endpoint="paper_take_over")
@requires(P.PAPER_EDIT, on_subject=True)
def paper_take_over(paper_id: str) -> Response:
    """What can be taken, for all parts or the one named; nothing is written before it was chosen here."""
    paper = queries.get_paper(reads(), paper_id, viewer=viewer())
    ensure(viewer(), P.PAPER_EDIT, paper)
    fault, status = "", 200
    if request.method == "POST":
        try:
            choices = _choices()
            with unit_of_work() as work:
                taken = take_over(work, actor=viewer(), now=now(), paper_id=paper_id, choices=choices)
        except (Invalid, Conflict) as error:
            # Shown again with what stands there now: nothing was typed that could be lost.
            fault, status = error.sentence, 409 if isinstance(error, Conflict) else 422
        else:
            first = taken[0].code or taken[0].title
            flash(f"Đã lấy vào {len(taken)} mục, từ mục {first}. Hãy đọc lại và sửa cho hợp báo cáo.", "good")
            return redirect(url_for("submissions.paper_view", paper_id=paper_id), 303)
    paper = queries.get_paper(reads(), paper_id, viewer=viewer())
    offers = list_offers(reads(), paper, queries.list_parts(reads(), paper, viewer=viewer()))
    only = request.args.get("part", "")
    return render(
        "submissions/take_over.html",
        status=status,
        paper=paper,
        offers=[one for one in offers if only in ("", one.part.id)],
        hows=((KEEP, "Giữ nguyên phần đã viết"), (APPEND, "Thêm vào cuối"), (REPLACE, "Thay phần đã viết")),
        fill=FILL,
        keep=KEEP,
        fault=fault,
        values=request.form,
    )


def _choices() -> dict[str, Choice]:
    form = FormReader(request.form)
    names = [name.removeprefix("how-") for name in request.form if name.startswith("how-")]
    choices = {
        part_id: Choice(
            form.text(f"how-{part_id}", most=20),
            form.revision(f"revision-{part_id}"),
            form.text(f"mark-{part_id}", most=20),
        )
        for part_id in names
    }
    form.check()
    return choices
