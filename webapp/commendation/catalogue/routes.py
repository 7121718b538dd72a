"""Pages of the catalogue: what holds on a day, what runs out soon, a new value from a day on."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.commendation.catalogue import queries, rules, service
from webapp.commendation.catalogue.rules import Dated
from webapp.core.errors import Invalid
from webapp.core.numbers import write_number
from webapp.models import AwardSubject, AwardValueName
from webapp.permissions import Permission as P
from webapp.permissions import can
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader, options
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, today, unit_of_work, viewer

blueprint = Blueprint("awards", __name__, template_folder="../templates")
SOON = timedelta(days=365)


@blueprint.get("/awards", endpoint="award_list")
@requires(P.SEARCH_USE)
def award_list() -> Response:
    asked = FormReader(request.args)
    on = asked.day("on") or today()
    values = queries.list_values(reads())
    titles = queries.list_titles(reads())
    return render(
        "commendation/list.html",
        on=on,
        titles=titles,
        names={title.code: title.name for title in titles},
        general=[one for one in values if one.title is None and one.holds(on)],
        of_title={title.code: [one for one in values if one.title == title.code and one.holds(on)] for title in titles},
        ending=rules.list_ending(values, today(), SOON),
        said=rules.is_said,
        may=can(viewer(), P.AWARD_MANAGE),
    )


@blueprint.get("/awards/<title_id>", endpoint="award_view")
@requires(P.SEARCH_USE)
def award_view(title_id: str) -> Response:
    """A title with its values of all days; `general` stands for what holds for all titles."""
    title = None if title_id == "general" else queries.get_title(reads(), title_id)
    code = title.code if title else None
    return render(
        "commendation/title.html",
        title=title,
        rows=[one for one in queries.list_values(reads()) if one.title == code],
        on=today(),
        said=rules.is_said,
        may=can(viewer(), P.AWARD_MANAGE),
    )


@blueprint.post("/awards/start", endpoint="award_start")
@requires(P.AWARD_MANAGE)
def award_start() -> Response:
    with unit_of_work() as work:
        made = service.start_catalogue(work, actor=viewer(), now=now())
    flash(f"Đã lập danh mục với {made} danh hiệu, hình thức." if made else "Danh mục đã có.", "good")
    return redirect(url_for("awards.award_list"), 303)


@blueprint.route("/awards/values/new", methods=["GET", "POST"], endpoint="value_add")
@requires(P.AWARD_MANAGE)
def value_add() -> Response:
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            new = _read(FormReader(request.form))
            with unit_of_work() as work:
                service.add_value(work, actor=viewer(), now=now(), new=new)
        except Invalid as fault:
            errors = fault.fields
        else:
            flash(f"Đã lưu, dùng từ ngày {new.valid_from:%d/%m/%Y}. Những gì đã quyết định không đổi.", "good")
            return redirect(url_for("awards.award_list", on=new.valid_from.isoformat()), 303)
    return render(
        "commendation/value.html",
        status=422 if errors else 200,
        titles=[(one.code, one.name) for one in queries.list_titles(reads())],
        subjects=options(AwardSubject),
        names=options(AwardValueName),
        values=request.form or request.args,
        errors=errors,
    )


def _read(form: FormReader) -> Dated:
    name, subject = form.choice("name", AwardValueName), form.choice("subject", AwardSubject)
    valid_from, valid_until = form.day("valid_from"), form.day("valid_until")
    form.needed("name", name, "Hãy chọn giá trị nào.")
    form.needed("valid_from", valid_from, "Hãy ghi ngày bắt đầu dùng.")
    number = form.number("value") if name in rules.NUMBERS else None
    text = write_number(number) if number is not None else form.text("value", most=service.LONGEST)
    form.check()
    assert name is not None and valid_from is not None
    return Dated(
        name=name,
        title=form.optional("title", most=100),
        subject=subject,
        value=text,
        valid_from=valid_from,
        valid_until=valid_until,
        citation=form.text("citation", most=service.LONGEST),
        verified=form.text("verified") == "1",
    )
