"""Pages of the archive: list, upload, receipt, document, versions, download."""

from __future__ import annotations

import re

from flask import Blueprint, flash, jsonify, make_response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from archive.errors import ArchiveError
from archive.extract import WARNINGS
from webapp.core.errors import Invalid, Refused
from webapp.core.paging import page_number
from webapp.documents import graph, queries, rules, service, typed_pages
from webapp.documents.preview_routes import look_at_page
from webapp.documents.uploads import chosen_files, read_back, store_file
from webapp.documents.viewing import is_infected
from webapp.models import FOR_EVER, Document, DocumentKind, ReadingStatus, RelationKind, new_id
from webapp.movement.queries import list_movements_in, list_themes
from webapp.people.queries import list_own_units
from webapp.permissions import Permission as P
from webapp.permissions import can, ensure
from webapp.permissions.subject import Subject
from webapp.ui.auth import requires
from webapp.ui.downloads import send_original
from webapp.ui.errors import wants_json
from webapp.ui.forms import FormReader, options
from webapp.ui.htmx import is_reload, render, wants_block
from webapp.ui.period import choose
from webapp.ui.request_state import now, reading_goes_on, reads, resources, today, unit_of_work, viewer

blueprint = Blueprint("documents", __name__, template_folder="templates")

# A page shows at most this much text; the rest is in the file itself.
SHOWN_TEXT = 200_000
_BATCH = re.compile(r"[0-9a-z]{13}")


@blueprint.get("/documents/new", endpoint="document_new")
@requires(P.DOCUMENT_ADD, on_subject=True)
def document_new() -> Response:
    return _new_page()


def _new_page(errors: dict[str, str] | None = None, stored: list[str] | None = None, batch: str = "") -> Response:
    own = list_own_units(reads(), viewer=viewer())
    movement = choose(list_movements_in(reads(), viewer=viewer(), year=today().year))
    of_movement = can(viewer(), P.DOCUMENT_ADD, Subject(kind="document", movement_id=movement.id if movement else None))
    kinds: tuple[DocumentKind, ...] = rules.UNIT_KINDS if own else rules.MOVEMENT_KINDS if of_movement else ()
    if own and of_movement:
        kinds = tuple(dict.fromkeys((*rules.UNIT_KINDS, *rules.MOVEMENT_KINDS)))
    return render(
        "documents/new.html",
        status=422 if errors else 200,
        own=own,
        of_movement=of_movement,
        movement=movement,
        themes=list_themes(reads(), movement.id, viewer=viewer()) if movement else [],
        kinds=[(kind.value, kind.label) for kind in kinds],
        batch=batch or new_id(),
        stored=stored or [],
        values=request.form,
        errors=errors or {},
        limit=resources().settings.max_upload,
        year=today().year,
    )


@blueprint.post("/documents", endpoint="document_add")
@requires(P.DOCUMENT_ADD, on_subject=True)
def document_add() -> Response | tuple[Response, int]:
    """One or many files; each is stored or refused on its own, and the answer says which."""
    batch = request.form.get("batch", "")
    batch = batch if _BATCH.fullmatch(batch) else new_id()
    files = chosen_files(request.files.getlist("files"))
    stored: list[str] = []
    faults: dict[str, str] = {}
    digest = ""
    sentences: list[str] = [] if files else ["Hãy chọn ít nhất một tệp."]
    for file in files:
        try:
            title, digest = _add_one(file, batch)
            stored.append(title)
        except Invalid as error:
            if wants_json():
                raise
            sentences += [sentence for name, sentence in error.fields.items() if name == "files"]
            faults |= {name: sentence for name, sentence in error.fields.items() if name != "files"}
        except ArchiveError as error:
            if wants_json():
                raise
            sentences.append(error.sentence)
    if sentences:
        faults["files"] = " ".join(sentences)
    if wants_json() and not faults:
        sentence = queries.say_stored(reads(), digest, viewer=viewer())
        return jsonify(receipt=url_for("documents.receipt_view", batch_id=batch), sentence=sentence), 201
    if faults:
        return _new_page(faults, stored, batch)
    return redirect(url_for("documents.receipt_view", batch_id=batch), 303)


def _add_one(file: FileStorage, batch: str) -> tuple[str, str]:
    """Title of the new document, digest of its file."""
    form = FormReader(request.form)
    kind = form.choice("kind", DocumentKind) or DocumentKind.OTHER
    year = form.integer("year", least=2000, most=2100) or today().year
    title, theme_id = form.text("title", most=500), form.optional("theme_id", most=20)
    unit_id = form.optional("unit_id", most=20)
    if kind not in (rules.UNIT_KINDS if unit_id else rules.MOVEMENT_KINDS):
        form.faults["kind"] = "Loại văn bản này không thêm ở đây được; hãy chọn loại khác trong danh sách."
    form.check()
    movement = choose(list_movements_in(reads(), viewer=viewer(), year=year))
    movement_id = movement.id if movement else None
    ensure(viewer(), P.DOCUMENT_ADD, Subject(kind="document", unit_id=unit_id, movement_id=movement_id))
    held = resources()
    receipt = store_file(held.store, file, max_size=held.settings.max_upload)
    with unit_of_work() as work:
        document = service.add_document(
            work,
            actor=viewer(),
            now=now(),
            new=service.NewDocument(
                receipt=receipt,
                kind=kind,
                unit_id=unit_id,
                movement_id=movement_id,
                year=year,
                batch_id=batch,
                title=title,
                theme_id=theme_id,
            ),
        )
    return document.title, receipt.sha256


@blueprint.get("/documents/receipts/<batch_id>", endpoint="receipt_view")
@requires(P.DOCUMENT_READ, on_subject=True)
def receipt_view(batch_id: str) -> Response:
    lines = queries.list_receipt(reads(), batch_id, viewer=viewer())
    if not wants_block():  # the page itself vouches for the bytes; asking on for what was read of them does not
        read_back(resources().store, [line.version.sha256 for line in lines])
    return render("documents/receipt.html", "receipt_lines", lines=lines, batch_id=batch_id, read_at=now())


@blueprint.get("/documents/receipts/<batch_id>/sha256", endpoint="receipt_digests")
@requires(P.DOCUMENT_READ, on_subject=True)
def receipt_digests(batch_id: str) -> Response:
    """The same as text that `sha256sum -c` compares with the files at home."""
    lines = queries.list_receipt(reads(), batch_id, viewer=viewer())
    read_back(resources().store, [line.version.sha256 for line in lines])
    text = "".join(f"{line.version.sha256}  {line.version.filename}\n" for line in lines)
    response = make_response(text)
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    response.headers["Content-Disposition"] = f"attachment; filename=bien-nhan-{batch_id}.sha256"
    return response


@blueprint.get("/documents/<document_id>", endpoint="document_view")
@requires(P.DOCUMENT_READ, on_subject=True)
def document_view(document_id: str) -> Response:
    document = queries.get_document(reads(), document_id, viewer=viewer())
    response = _document_page(document)
    # While the text is being read a page asks again and again; what shows no text is no reading.
    if not wants_block() or is_reload(response):
        _note(document, "document.read", document.current_no)
    return response


def _document_page(document: Document, errors: dict[str, str] | None = None, *, page: int | None = None) -> Response:
    session = reads()
    versions = queries.list_versions(session, document, viewer=viewer())
    current = versions[0]
    reading = queries.find_reading(session, current, with_text=True)
    view = look_at_page(current, reading, page or page_number(request.args.get("page")))
    text = reading.text if reading else ""
    typed = typed_pages.latest(session, [current.id]).get(current.id, {})
    details = reading.details if reading else {}
    warnings = [WARNINGS[code] for code in details.get("warnings", []) if code in WARNINGS]
    waiting = reading is None or reading.status is ReadingStatus.WAITING
    return render(
        "documents/document.html",
        "document_reading",
        status=422 if errors else 200,
        # Reading may have filled in number and date: load the page anew, so that its forms carry the new revision.
        refresh=request.method == "GET" and wants_block() and not waiting,
        document=document,
        versions=versions,
        current=current,
        reading=reading,
        view=view,
        question=request.args.get("q", "")[:1000],
        waiting=waiting,
        pages=typed_pages.list_shown(text[:SHOWN_TEXT], details, typed),
        typing=typed_pages.form_for(session, current, text, view.number),
        cut=len(text) > SHOWN_TEXT,
        warnings=warnings,
        suggestions=details.get("suggestions") or {},
        uses=queries.list_uses(session, document, viewer=viewer()),
        duplicates=[
            other
            for other in queries.list_duplicates(session, [current.sha256], viewer=viewer())[current.sha256]
            if other.id != document.id
        ],
        themes=_themes(session, document),
        has_entries=bool(details.get("entries")),
        citations=graph.list_citations(session, document, viewer=viewer()),
        citing=graph.list_citing(session, document, viewer=viewer()),
        relatives=graph.list_relatives(session, document, viewer=viewer()),
        relations=options(RelationKind),
        for_ever=FOR_EVER,
        values=request.form,
        errors=errors or {},
    )


def _themes(session: Session, document: Document) -> list[tuple[str, str]]:
    if document.movement_id is None:
        return []
    themes = list_themes(session, document.movement_id, viewer=viewer())
    return [(theme.id, f"{theme.code}. {theme.text[:90]}") for theme in themes]


def _note(document: Document, action: str, version: int) -> None:
    with reading_goes_on(), unit_of_work() as work:
        service.note_access(work, actor=viewer(), now=now(), document=document, action=action, version=version)


@blueprint.post("/documents/<document_id>/describe", endpoint="document_describe")
@requires(P.DOCUMENT_REVISE, on_subject=True)
def document_describe(document_id: str) -> Response:
    document = queries.get_document(reads(), document_id, viewer=viewer())
    form = FormReader(request.form)
    try:
        issued_on = form.day("issued_on")
        revision = form.revision()
        title, number = form.text("title", most=500), form.optional("number", most=60)
        issuer, signer = form.optional("issuer", most=200), form.optional("signer", most=100)
        theme_id = form.optional("theme_id", most=20)
        form_name, place = form.optional("form", most=60), form.optional("place", most=100)
        recipients, received_on = form.text("recipients", most=3000), form.day("received_on")
        judged = set(request.form.getlist("cited")), set(request.form.getlist("keep_cited"))
        form.check()
        with unit_of_work() as work:
            service.describe_document(
                work,
                actor=viewer(),
                now=now(),
                document_id=document.id,
                revision=revision,
                described=service.Description(
                    title=title,
                    number=number,
                    issued_on=issued_on,
                    issuer=issuer,
                    signer=signer,
                    theme_id=theme_id,
                    form=form_name,
                    place=place,
                    recipients=recipients,
                    received_on=received_on,
                ),
            )
            if judged[0]:
                graph.judge_citations(
                    work, actor=viewer(), now=now(), document_id=document.id, shown=judged[0], kept=judged[1]
                )
    except Invalid as fault:
        return _document_page(queries.get_document(reads(), document_id, viewer=viewer()), fault.fields)
    flash("Đã lưu thông tin của văn bản.", "good")
    return redirect(url_for("documents.document_view", document_id=document_id), 303)


@blueprint.post("/documents/<document_id>/pages/<int:page>", endpoint="page_type")
@requires(P.DOCUMENT_REVISE, on_subject=True)
def page_type(document_id: str, page: int) -> Response:
    document = queries.get_document(reads(), document_id, viewer=viewer())
    form = FormReader(request.form)
    try:
        text, seen = form.text("text", most=typed_pages.LONGEST), form.text("seen", most=20)
        version = form.integer("version", least=0, most=10**6) or 0
        form.check()
        with unit_of_work() as work:
            typed = typed_pages.Typed(text, version, seen)
            typed_pages.type_page(work, actor=viewer(), now=now(), document_id=document.id, page=page, typed=typed)
    except Invalid as fault:
        return _document_page(queries.get_document(reads(), document_id, viewer=viewer()), fault.fields, page=page)
    flash(f"Đã lưu nội dung gõ lại của trang {page}.", "good")
    return redirect(url_for("documents.document_view", document_id=document_id, page=page), 303)


@blueprint.post("/documents/<document_id>/versions", endpoint="version_add")
@requires(P.DOCUMENT_REVISE, on_subject=True)
def version_add(document_id: str) -> Response:
    document = queries.get_document(reads(), document_id, viewer=viewer())
    ensure(viewer(), P.DOCUMENT_REVISE, document)
    form = FormReader(request.form)
    held = resources()
    try:
        file = request.files.get("file")
        if file is None or not file.filename:
            raise Invalid({"file": "Hãy chọn tệp của phiên bản mới."})
        reason = form.text("reason", most=500)
        revision = form.revision()
        form.check()
        receipt = store_file(held.store, file, max_size=held.settings.max_upload)
        with unit_of_work() as work:
            service.add_version(
                work,
                actor=viewer(),
                now=now(),
                document_id=document_id,
                receipt=receipt,
                reason=reason,
                revision=revision,
            )
    except Invalid as fault:
        fields = {"file" if name == "files" else name: text for name, text in fault.fields.items()}
        return _document_page(queries.get_document(reads(), document_id, viewer=viewer()), fields)
    flash("Đã thêm phiên bản mới. Các phiên bản trước vẫn được giữ nguyên.", "good")
    return redirect(url_for("documents.document_view", document_id=document_id), 303)


@blueprint.get("/documents/<document_id>/versions/<int:no>", endpoint="version_download")
@requires(P.DOCUMENT_READ, on_subject=True)
def version_download(document_id: str, no: int) -> Response:
    """The bytes, always as an attachment of no particular type: a browser saves them and never runs them."""
    version = queries.get_version(reads(), document_id, no, viewer=viewer())
    reading = queries.find_reading(reads(), version, with_text=False)
    if reading is not None and is_infected(reading):
        raise Refused(reading.sentence, permission=P.DOCUMENT_READ, kind="document", key=document_id)
    _note(version.document, "document.download", no)
    return send_original(resources().store.path(version.sha256), version.filename, etag=version.sha256)


@blueprint.post("/documents/<document_id>/retry", endpoint="reading_retry")
@requires(P.READING_RETRY, on_subject=True)
def reading_retry(document_id: str) -> Response:
    queries.get_document(reads(), document_id, viewer=viewer())
    with unit_of_work() as work:
        service.retry_reading(work, actor=viewer(), now=now(), document_id=document_id)
    flash("Sẽ đọc lại chữ của tệp trong giây lát.", "good")
    return redirect(url_for("documents.document_view", document_id=document_id), 303)


@blueprint.route("/documents/<document_id>/submit", methods=["GET", "POST"], endpoint="document_submit")
@requires(P.DOCUMENT_SUBMIT, on_subject=True)
def document_submit(document_id: str) -> Response:
    document = queries.get_document(reads(), document_id, viewer=viewer())
    ensure(viewer(), P.DOCUMENT_SUBMIT, document)
    if request.method == "GET":
        return render("documents/submit.html", document=document)
    with unit_of_work() as work:
        service.submit_document(work, actor=viewer(), now=now(), document_id=document_id)
    flash("Đã trình văn bản.", "good")
    return redirect(url_for("documents.document_view", document_id=document_id), 303)
