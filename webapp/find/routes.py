"""Search: the page, the palette, saved searches, results as a table, documents alike."""

from __future__ import annotations

import io
import time

from flask import Blueprint, flash, redirect, request, send_file, url_for
from werkzeug.wrappers import Response

from webapp.audit import Thing, log_event
from webapp.core.errors import Invalid
from webapp.core.paging import Page
from webapp.documents.queries import find_reading, get_document, list_versions
from webapp.find import saving
from webapp.find.asking import SORTS, Asked, asked_in
from webapp.find.lagging import keys_out_of_sight
from webapp.find.loading import Found
from webapp.find.queries import (
    PER_PAGE,
    Answer,
    list_keys,
    list_similar,
    search_everything,
)
from webapp.find.sheet import results_sheet
from webapp.models import Role
from webapp.permissions import Permission as P
from webapp.permissions.scopes import viewer_keys
from webapp.ui import navigation
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader
from webapp.ui.htmx import is_typing, render
from webapp.ui.request_state import now, reading_goes_on, reads, resources, today, unit_of_work, viewer

blueprint = Blueprint("find", __name__, template_folder="templates")

FACET_LABELS = {
    "kind": "Loại",
    "unit": "Đơn vị",
    "cluster": "Cụm, khối",
    "year": "Năm",
    "phase": "Giai đoạn",
    "theme": "Nội dung",
    "criterion": "Tiêu chí",
    "state": "Trạng thái",
    "file_type": "Loại tệp",
}
MOST_EXPORTED = 5000
IN_PALETTE = 8


@blueprint.get("/search", endpoint="search_view")
@requires(P.SEARCH_USE)
def search_view() -> Response:
    return _search_page(_asked())


def _asked() -> Asked:
    form = FormReader(request.values)
    return asked_in(request.values, form.text("q", most=10_000))


def _search_page(asked: Asked, errors: dict[str, str] | None = None) -> Response:
    answer: Answer | None = None
    started = time.perf_counter()
    if not asked.is_empty:
        answer = search_everything(
            reads(), resources().index, asked, viewer=viewer(), year=today().year, typing=is_typing("q")
        )
        if viewer().has(Role.AUDITOR):
            _note("search.run", asked, answer.total)
    seconds = time.perf_counter() - started

    def address(**changes: str | int | None) -> str:
        return url_for("find.search_view", **asked.parameters(**{"page": None, **changes}))

    return render(
        "find/search.html",
        "search_results",
        status=422 if errors else 200,
        asked=asked,
        answer=answer,
        page=Page((), answer.total if answer else 0, asked.page, PER_PAGE),
        seconds=seconds,
        address=address,
        facet_labels=FACET_LABELS,
        sorts=list(SORTS.items()),
        kept=saving.list_saved(reads(), viewer=viewer()) if answer is None else [],
        errors=errors or {},
        export_address=url_for("find.search_export", **asked.first_page().parameters()),
    )


def _note(action: str, asked: Asked, total: int) -> None:
    """Searches by auditors are events."""
    with reading_goes_on(), unit_of_work() as work:
        log_event(work, viewer(), now(), action, Thing("search"), {"query": asked.text[:200], "total": total})


@blueprint.get("/search/results.xlsx", endpoint="search_export")
@requires(P.SEARCH_EXPORT)
def search_export() -> Response:
    """Everything found (at most MOST_EXPORTED), as the viewer sees it now."""
    asked = _asked().first_page()
    found: list[Found] = []
    total = 0
    if not asked.is_empty:
        answer = search_everything(
            reads(), resources().index, asked, viewer=viewer(), year=today().year, per_page=MOST_EXPORTED
        )
        found, total = list(answer.found), answer.total
    title = f"Kết quả tìm “{asked.text}”: {len(found)} mục" + (f" đầu trong {total}" if total > len(found) else "")
    sheet = results_sheet(found, title=title)
    with unit_of_work() as work:
        log_event(
            work,
            viewer(),
            now(),
            "search.export",
            Thing("search"),
            {"query": asked.text[:200] if viewer().has(Role.AUDITOR) else None, "total": len(found)},
        )
    return send_file(
        io.BytesIO(sheet),
        mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        as_attachment=True,
        download_name="ket-qua-tim.xlsx",
    )


@blueprint.get("/search/palette", endpoint="palette_view")
@requires(P.SEARCH_USE)
def palette_view() -> Response:
    """Pages, units, people and documents for what is being typed."""
    text = FormReader(request.args).text("q", most=10_000)[:200]
    found: list[Found] = []
    if text:
        answer = search_everything(
            reads(),
            resources().index,
            Asked(text=text),
            viewer=viewer(),
            year=today().year,
            per_page=IN_PALETTE,
            typing=True,
        )
        found = list(answer.found)
    return render(
        "find/palette.html", "palette_results", text=text, pages=navigation.matching(viewer(), text), found=found
    )


@blueprint.get("/search/suggestions", endpoint="suggestion_list")
@requires(P.SEARCH_USE)
def suggestion_list() -> Response:
    """Completions for the search field, from what the viewer may see."""
    text = FormReader(request.args).text("q", most=10_000)[:200]
    words: list[str] = []
    if text:
        away = keys_out_of_sight(reads(), viewer=viewer())
        words = resources().index.suggest(text, viewer_keys(viewer()), without=away)
    return render("find/suggestions.html", "suggestion_words", words=words)


@blueprint.get("/search/like/<document_id>", endpoint="similar_list")
@requires(P.DOCUMENT_READ, on_subject=True)
def similar_list(document_id: str) -> Response:
    document = get_document(reads(), document_id, viewer=viewer())
    (current, *_) = list_versions(reads(), document, viewer=viewer())
    reading = find_reading(reads(), current, with_text=True)
    found = list_similar(reads(), resources().index, document, reading.text if reading else "", viewer=viewer())
    return render("find/similar.html", document=document, found=found)


@blueprint.get("/search/saved", endpoint="saved_list")
@requires(P.SEARCH_USE)
def saved_list() -> Response:
    """The viewer's saved searches, each with how many hits are new since the last look."""
    kept = saving.list_saved(reads(), viewer=viewer())
    fresh = {one.saved.id: len(saving.new_keys(one.saved, _keys(one.asked))) for one in kept}
    return render("find/saved.html", kept=kept, fresh=fresh)


def _keys(asked: Asked) -> list[str]:
    return list_keys(reads(), resources().index, asked, viewer=viewer(), year=today().year, most=saving.REMEMBERED)


@blueprint.post("/search/saved", endpoint="saved_add")
@requires(P.SEARCH_USE)
def saved_add() -> Response:
    asked = _asked().first_page()
    try:
        with unit_of_work() as work:
            saving.save_search(
                work,
                actor=viewer(),
                now=now(),
                name=request.form.get("name", ""),
                asked=asked,
                keys=[] if asked.is_empty else _keys(asked),
            )
    except Invalid as fault:
        return _search_page(asked, fault.fields)
    flash("Đã lưu tìm kiếm.", "good")
    return redirect(url_for("find.saved_list"), 303)


@blueprint.get("/search/saved/<saved_id>", endpoint="saved_view")
@requires(P.SAVED_SEARCH_KEEP, on_subject=True)
def saved_view(saved_id: str) -> Response:
    """What is new since the last look, then the search itself."""
    saved = saving.get_saved(reads(), saved_id, viewer=viewer())
    asked = saving.asked_of(saved)
    keys, before = _keys(asked), saved.seen_at
    with unit_of_work() as work:
        new = saving.note_seen(work, actor=viewer(), now=now(), saved_id=saved_id, keys=keys)
    answer = search_everything(
        reads(), resources().index, asked, viewer=viewer(), year=today().year, per_page=saving.REMEMBERED
    )
    fresh = [one for one in answer.found if one.hit.key in new]
    return render(
        "find/saved_search.html",
        saved=saved,
        before=before,
        fresh=fresh[:50],
        total=answer.total,
        address=url_for("find.search_view", **asked.parameters()),
    )


@blueprint.post("/search/saved/<saved_id>/remove", endpoint="saved_remove")
@requires(P.SAVED_SEARCH_KEEP, on_subject=True)
def saved_remove(saved_id: str) -> Response:
    with unit_of_work() as work:
        saving.forget_search(work, actor=viewer(), now=now(), saved_id=saved_id)
    flash("Đã bỏ tìm kiếm đã lưu.", "good")
    return redirect(url_for("find.saved_list"), 303)
