"""The ward's name and the head of its papers, with dates."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.core.errors import Invalid
from webapp.handover.letterhead import issuer_on
from webapp.people import letterheads
from webapp.people.routes import blueprint
from webapp.permissions import Permission as P
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, today, unit_of_work, viewer


@blueprint.route("/admin/letterhead", methods=["GET", "POST"], endpoint="letterhead_set")
@requires(P.LETTERHEAD_MANAGE)
def letterhead_set() -> Response:
    errors: dict[str, str] = {}
    if request.method == "POST":
        form = FormReader(request.form)
        try:
            texts = {name: form.text(name) for name in (*letterheads.NEEDED, "superior", "authority")}
            from_day = form.day("from_day")
            form.check()
            with unit_of_work() as work:
                head = letterheads.Head(from_day=from_day, **texts)
                letterheads.set_letterhead(work, actor=viewer(), now=now(), head=head)
        except Invalid as fault:
            errors = fault.fields
        else:
            flash("Đã lưu tên, thể thức. Văn bản mang ngày trước đó không đổi.", "good")
            return redirect(url_for("people.letterhead_set"), 303)
    return render(
        "people/letterheads.html",
        status=422 if errors else 200,
        heads=letterheads.list_letterheads(reads(), viewer=viewer()),
        present=issuer_on(reads(), today()),
        values=request.form,
        errors=errors,
    )
