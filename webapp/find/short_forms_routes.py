"""The page of short forms: what stands for what when searching."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from search.short_forms import public_list
from webapp.core.errors import Invalid
from webapp.find import short_forms
from webapp.permissions import Permission as P
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, unit_of_work, viewer

blueprint = Blueprint("short_forms", __name__, template_folder="templates")


@blueprint.get("/search/short-forms", endpoint="short_form_list")
@requires(P.SEARCH_USE)
def short_form_list() -> Response:
    return _page()


def _page(errors: dict[str, str] | None = None) -> Response:
    live = short_forms.list_short_forms(reads())
    struck = {short_forms.words_of(row.short, row.full) for row in live if row.struck}
    return render(
        "find/short_forms.html",
        status=422 if errors else 200,
        added=[row for row in live if not row.struck],
        struck=[row for row in live if row.struck],
        public=sorted(
            {(one, other) for one, other, _ in public_list() if short_forms.words_of(one, other) not in struck}
        ),
        errors=errors or {},
        values=request.form,
    )


@blueprint.post("/search/short-forms", endpoint="short_form_add")
@requires(P.SHORT_FORMS_MANAGE)
def short_form_add() -> Response:
    form = FormReader(request.form)
    short, full = form.text("short", most=200), form.text("full", most=1000)
    strikes = form.text("way") == "strike"
    change = short_forms.strike_short_form if strikes else short_forms.add_short_form
    try:
        form.check()
        with unit_of_work() as work:
            change(work, actor=viewer(), now=now(), short=short, full=full)
    except Invalid as fault:
        return _page(fault.fields)
    flash(f"Đã {'gạch bỏ' if strikes else 'thêm'} «{short}» – «{full}».", "good")
    return redirect(url_for("short_forms.short_form_list"), 303)


@blueprint.post("/search/short-forms/<row_id>/take-back", endpoint="short_form_take_back")
@requires(P.SHORT_FORMS_MANAGE)
def short_form_take_back(row_id: str) -> Response:
    with unit_of_work() as work:
        row = short_forms.take_back(work, actor=viewer(), now=now(), row_id=row_id)
        said = f"Đã bỏ mục «{row.short}» – «{row.full}» khỏi danh sách của phường."
    flash(said, "good")
    return redirect(url_for("short_forms.short_form_list"), 303)
