"""Pages of a dossier's papers and of its report of achievements."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.commendation.nominations import queries, reporting, service
from webapp.commendation.nominations.routes import load_own, nomination_page
from webapp.core.errors import Invalid, NotFound, Refused
from webapp.documents.uploads import chosen_files, store_file
from webapp.documents.viewing import is_infected
from webapp.models import DossierPaper, new_id
from webapp.permissions import Permission as P
from webapp.ui.auth import requires
from webapp.ui.downloads import send_original
from webapp.ui.forms import FormReader
from webapp.ui.request_state import now, reading_goes_on, reads, resources, unit_of_work, viewer
from webapp.ui.views import form_view

blueprint = Blueprint("dossiers", __name__, template_folder="../templates")


@blueprint.post("/nominations/<nomination_id>/papers", endpoint="paper_attach")
@requires(P.NOMINATION_EDIT, on_subject=True)
def paper_attach(nomination_id: str) -> Response:
    """A file from the device, or a document of the archive, as one paper of the dossier."""
    load_own(nomination_id)
    form, held = FormReader(request.form), resources()
    kept: dict[str, Any] = {"actor": viewer(), "now": now(), "nomination_id": nomination_id}
    try:
        paper = form.choice("paper", DossierPaper)
        form.needed("paper", paper, "Hãy chọn đây là giấy tờ nào của hồ sơ.")
        form.check()
        assert paper is not None
        files, document_id = chosen_files(request.files.getlist("files")), form.optional("document_id", most=20)
        if not files and not document_id:
            raise Invalid({"files": "Hãy chọn tệp, hoặc chọn văn bản có trong kho."})
        receipts = [store_file(held.store, file, max_size=held.settings.max_upload) for file in files]
        batch = new_id()
        with unit_of_work() as work:
            for receipt in receipts:
                service.attach_paper(work, **kept, paper=paper, receipt=receipt, batch_id=batch)
            if document_id:
                service.attach_existing(work, **kept, paper=paper, document_id=document_id)
    except Invalid as fault:
        return nomination_page(nomination_id, fault.fields)
    flash("Đã thêm vào hồ sơ.", "good")
    return redirect(url_for("nominations.nomination_view", nomination_id=nomination_id), 303)


@blueprint.route(
    "/nominations/<nomination_id>/papers/<dossier_paper_id>/remove", methods=["GET", "POST"], endpoint="paper_detach"
)
@requires(P.NOMINATION_EDIT, on_subject=True)
def paper_detach(nomination_id: str, dossier_paper_id: str) -> Response:
    one = load_own(nomination_id)
    paper = next((row for row in queries.list_papers(reads(), one) if row.id == dossier_paper_id), None)
    if paper is None:
        raise NotFound(kind="nomination", key=dossier_paper_id)
    return form_view(
        "commendation/paper_detach.html",
        lambda work, _form: service.detach_paper(
            work, actor=viewer(), now=now(), nomination_id=nomination_id, paper_id=dossier_paper_id
        ),
        done="Đã gỡ khỏi hồ sơ; văn bản vẫn ở trong kho.",
        to=url_for("nominations.nomination_view", nomination_id=nomination_id),
        one=one,
        paper=paper,
    )


@blueprint.get("/nominations/<nomination_id>/papers/<dossier_paper_id>", endpoint="paper_download")
@requires(P.NOMINATION_READ, on_subject=True)
def paper_download(nomination_id: str, dossier_paper_id: str) -> Response:
    """The bytes that were put there, always as an attachment: a browser saves them and never runs them."""
    one = queries.get_nomination(reads(), nomination_id, viewer=viewer())
    paper = next((row for row in queries.list_papers(reads(), one) if row.id == dossier_paper_id), None)
    if paper is None:
        raise NotFound(kind="nomination", key=dossier_paper_id)
    if paper.version.reading is not None and is_infected(paper.version.reading):
        raise Refused(paper.version.reading.sentence)
    sha256, filename = paper.version.sha256, paper.version.filename
    with reading_goes_on(), unit_of_work() as work:
        service.note_download(work, actor=viewer(), now=now(), nomination_id=nomination_id, sha256=sha256)
    return send_original(resources().store.path(sha256), filename)


@blueprint.post("/nominations/<nomination_id>/report", endpoint="report_compose")
@requires(P.NOMINATION_EDIT, on_subject=True)
def report_compose(nomination_id: str) -> Response:
    """Compose the parts, or bring those that nobody edited up to date."""
    load_own(nomination_id)
    with unit_of_work() as work:
        reporting.compose_report(work, actor=viewer(), now=now(), nomination_id=nomination_id)
    flash("Đã lập báo cáo từ dữ liệu của các năm xét; phần bạn đã sửa được giữ nguyên.", "good")
    return redirect(url_for("nominations.nomination_view", nomination_id=nomination_id) + "#report", 303)


@blueprint.route("/nominations/<nomination_id>/report/<section_id>", methods=["GET", "POST"], endpoint="section_edit")
@requires(P.NOMINATION_EDIT, on_subject=True)
def section_edit(nomination_id: str, section_id: str) -> Response:
    one = load_own(nomination_id)
    row = next((row for row in reporting.list_sections(reads(), one) if row.id == section_id), None)
    if row is None:
        raise NotFound(kind="nomination", key=section_id)

    def keep(work: Session, form: FormReader) -> None:
        text, revision = form.text("text", most=reporting.LONGEST), form.revision()
        form.check()
        reporting.write_section(
            work,
            actor=viewer(),
            now=now(),
            nomination_id=nomination_id,
            section_id=section_id,
            revision=revision,
            text=text,
        )

    return form_view(
        "commendation/section.html",
        keep,
        done="Đã lưu phần này của báo cáo.",
        to=url_for("nominations.nomination_view", nomination_id=nomination_id) + "#report",
        shows_conflict=True,
        one=one,
        row=row,
    )
