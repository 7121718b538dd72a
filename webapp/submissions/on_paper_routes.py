"""The page on which the standing office enters what a unit brought on paper."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.core.errors import Invalid
from webapp.documents.uploads import store_file
from webapp.models import PaperKind, new_id
from webapp.movement.queries import list_movements_in
from webapp.people.queries import list_units
from webapp.permissions import Permission as P
from webapp.permissions import Subject, can
from webapp.submissions import rules
from webapp.submissions.on_paper import OnPaper, enter_paper
from webapp.submissions.routes import blueprint
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader, year_in
from webapp.ui.htmx import render
from webapp.ui.period import choose
from webapp.ui.request_state import now, reads, resources, today, unit_of_work, viewer


@blueprint.route("/papers/on-paper", methods=["GET", "POST"], endpoint="paper_enter")
@requires(P.PAPER_ENTER, on_subject=True)
def paper_enter() -> Response:
    year = year_in(request.values.get("year"), otherwise=today().year)
    movement = choose(list_movements_in(reads(), viewer=viewer(), year=year))
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            if movement is None:
                raise Invalid({"kind": f"Năm {year} chưa có phong trào."})
            paper_id = _enter(movement.id, year)
        except Invalid as fault:
            errors = {"file" if name == "files" else name: text for name, text in fault.fields.items()}
        else:
            flash("Đã nhập văn bản nhận bằng giấy. Văn bản được ghi là do cơ quan thường trực nhập thay.", "good")
            return redirect(url_for("submissions.paper_view", paper_id=paper_id), 303)
    units = [
        (unit.id, unit.name)
        for unit in list_units(reads(), viewer=viewer())
        if movement is not None
        and can(viewer(), P.PAPER_ENTER, Subject(kind="unit", unit_id=unit.id, movement_id=movement.id))
    ]
    return render(
        "submissions/on_paper.html",
        status=422 if errors else 200,
        year=year,
        units=units,
        kinds=[(kind.value, kind.label) for kind in rules.WRITTEN],
        values=request.form or request.args,
        errors=errors,
    )


def _enter(movement_id: str, year: int) -> str:
    form, held = FormReader(request.form), resources()
    kind, received_on = form.choice("kind", PaperKind), form.day("received_on")
    unit_id = form.text("unit_id", most=20)
    form.needed("kind", kind, "Hãy chọn loại văn bản.")
    form.check()
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid({"file": "Hãy chọn tệp quét của bản giấy."})
    receipt = store_file(held.store, file, max_size=held.settings.max_upload)
    brought = OnPaper(
        movement_id=movement_id,
        unit_id=unit_id,
        kind=kind or PaperKind.ANNUAL,
        year=year,
        receipt=receipt,
        batch_id=new_id(),
        received_on=received_on,
    )
    with unit_of_work() as work:
        return enter_paper(work, actor=viewer(), now=now(), timezone=held.settings.timezone, brought=brought).id
