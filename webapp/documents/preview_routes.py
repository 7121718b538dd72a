"""Page images, thumbnails and the original in the browser's own viewer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from flask import Blueprint, make_response, redirect, request, send_file, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from webapp.core.errors import NotFound
from webapp.documents import queries, service, typed_pages, viewing
from webapp.documents.highlighting import mark_text
from webapp.documents.viewing import PageView, Stage
from webapp.jobs.outbox import MAX_ATTEMPTS
from webapp.jobs.preview import ask_for_pages, attempts_to_draw, find_drawn, find_thumbnail
from webapp.models import Document, DocumentVersion, TextReading
from webapp.permissions import Permission as P
from webapp.ui.auth import requires
from webapp.ui.filters import segments
from webapp.ui.htmx import render, wants_block
from webapp.ui.request_state import now, reading_goes_on, reads, resources, unit_of_work, viewer

blueprint = Blueprint("previews", __name__, template_folder="templates")

_MOST_PAGES = 10_000
_CLOSED = "default-src 'none'; sandbox; frame-ancestors 'self'"
# Chromium's own viewers of PDFs and pictures work in a sandbox without scripts (156: tried; before about 127 its PDF
# viewer stayed blank there, and people save the file instead). The browser styles a bare picture by itself.
_VIEWER = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"


def _version(document_id: str, no: int) -> tuple[DocumentVersion, TextReading | None]:
    version = queries.get_version(reads(), document_id, no, viewer=viewer())
    return version, queries.find_reading(reads(), version, with_text=False)


@blueprint.get("/documents/<document_id>/versions/<int:no>/thumb.webp", endpoint="thumbnail_image")
@requires(P.DOCUMENT_READ, on_subject=True)
def thumbnail_image(document_id: str, no: int) -> Response:
    version, _ = _version(document_id, no)
    path = find_thumbnail(resources().settings.previews_path, version.id)
    if path is None:
        raise NotFound(kind="preview", key=version.id)
    return _image(path, f"{version.id}-t")


@blueprint.get("/documents/<document_id>/versions/<int:no>/pages/<int:page>.webp", endpoint="page_image")
@requires(P.DOCUMENT_READ, on_subject=True)
def page_image(document_id: str, no: int, page: int) -> Response:
    """The image; 202 while it is being made."""
    version, reading = _version(document_id, no)
    previews = resources().settings.previews_path
    if viewing.view_page(previews, version, reading, page).number != page:
        raise NotFound(kind="preview", key=version.id)
    stage = look_at_page(version, reading, page).stage
    if stage is Stage.WAITING:
        return make_response("", 202, {"Retry-After": "2", "Content-Security-Policy": _CLOSED})
    drawn = find_drawn(previews, version.id)
    if stage is not Stage.DRAWN or drawn is None or not drawn.page(page).is_file():
        raise NotFound(kind="preview", key=version.id)
    return _image(drawn.page(page), f"{version.id}-{page}")


def _image(path: Path, tag: str) -> Response:
    facts = path.stat()
    response = send_file(
        path, mimetype="image/webp", conditional=True, etag=f"{tag}-{facts.st_size:x}-{facts.st_mtime_ns:x}"
    )
    # Kept by this person's browser, but asked about each time: a document may be withdrawn.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = _CLOSED
    return response


@blueprint.get("/documents/<document_id>/versions/<int:no>/pages/<int:page>", endpoint="page_view")
@requires(P.DOCUMENT_READ, on_subject=True)
def page_view(document_id: str, no: int, page: int) -> Response:
    """One page as part of a document's page, which asks here again while the image is being made."""
    version = queries.get_version(reads(), document_id, no, viewer=viewer())
    reading = queries.find_reading(reads(), version, with_text=True)
    question = request.args.get("q", "")[:1000]
    if not wants_block():
        return redirect(url_for("documents.document_view", document_id=document_id, page=page, q=question or None))
    view = look_at_page(version, reading, page)
    typing = None
    if version.no == version.document.current_no:
        typing = typed_pages.form_for(reads(), version, reading.text if reading else "", view.number)
    return render(
        "documents/page_image.html",
        document=version.document,
        view=view,
        question=question,
        typing=typing,
        values=request.form,
        errors={},
    )


def look_at_page(version: DocumentVersion, reading: TextReading | None, page: int) -> PageView:
    """The page as far as it has come; whoever looks at one that is not there has it made."""
    view = viewing.view_page(resources().settings.previews_path, version, reading, min(max(page, 1), _MOST_PAGES))
    if view.stage is not Stage.WAITING:
        return view
    first = view.number if view.pages else 1
    attempts = attempts_to_draw(reads(), version.id, first)
    if attempts is None:
        with reading_goes_on(), unit_of_work() as work:
            ask_for_pages(work, version.id, first, now=now())
    return replace(view, stage=Stage.FAILED) if (attempts or 0) >= MAX_ATTEMPTS else view


@blueprint.get("/documents/<document_id>/versions/<int:no>/inline", endpoint="original_view")
@requires(P.DOCUMENT_READ, on_subject=True)
def original_view(document_id: str, no: int) -> Response:
    """The original, where the browser shows its type by itself and runs nothing of it; all else is saved, not shown."""
    version, reading = _version(document_id, no)
    media_type = viewing.opens_inline(reading)
    if media_type is None:
        raise NotFound("Loại tệp này không mở được trong trình duyệt; hãy tải bản gốc về.", kind="document")
    if request.headers.get("Range") is None:
        # A viewer fetches a long file in many pieces; it is one look.
        with reading_goes_on(), unit_of_work() as work:
            service.note_access(
                work, actor=viewer(), now=now(), document=version.document, action="document.read", version=no
            )
    response = send_file(
        resources().store.path(version.sha256),
        mimetype=media_type,
        as_attachment=False,
        download_name=version.filename,
        conditional=True,
        etag=version.sha256,
    )
    response.headers["Content-Type"] = media_type
    response.headers["Content-Security-Policy"] = _VIEWER
    return response


# For templates of other slices too: they have rows, not routes.


@blueprint.app_template_global("thumbnails_of")
def thumbnails_of(documents: Sequence[Document]) -> dict[str, str]:
    """Document id -> address of its thumbnail, for those that have one."""
    found = viewing.list_thumbnails(reads(), resources().settings.previews_path, documents)
    return {key: url_for("previews.thumbnail_image", document_id=key, no=no) for key, no in found.items()}


@blueprint.app_template_filter("marked")
def marked(text: str, question: str) -> Markup:
    return segments(mark_text(text, question))


blueprint.add_app_template_global(viewing.list_signatures, "signatures_of")
blueprint.add_app_template_global(viewing.opens_inline, "opens_inline")
blueprint.add_app_template_global(viewing.is_infected, "is_infected")
