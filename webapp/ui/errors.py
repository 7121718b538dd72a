"""Turns each way to fail into a page or fragment in Vietnamese, and records refusals."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, g, jsonify, request
from flask_wtf.csrf import CSRFError
from markupsafe import escape
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from archive.errors import ArchiveError, StoreFull, StoreReadOnly, TooLarge
from webapp.audit.refusals import record_refusal
from webapp.core.db import has_no_room, is_locked
from webapp.core.errors import Busy, Conflict, Invalid, NoRoom, NotFound, Refused
from webapp.core.logs import logger
from webapp.ui.htmx import render, render_block, wants_block, wants_htmx
from webapp.ui.kept_forms import AGAIN, KeptForm, comes_from_this_house, form_sent, is_shown_again
from webapp.ui.request_state import now, reading_goes_on, resources, viewer

HTTP_SENTENCES = {
    400: "Hệ thống không đọc được yêu cầu vừa gửi. Hãy tải lại trang rồi thử lại.",
    404: "Không có trang này.",
    405: "Trang này không nhận thao tác vừa gửi.",
    413: "Tệp hoặc biểu mẫu gửi lên quá lớn.",
    415: "Kiểu dữ liệu gửi lên không dùng được.",
    429: "Có quá nhiều yêu cầu. Xin thử lại sau ít phút.",
}


def error_page(status: int, title: str, sentence: str, **values: Any) -> Response:
    """The common error page; for htmx only its sentence, for the uploading script the same as JSON."""
    if wants_json():
        response = jsonify(title=title, sentence=sentence)
        response.status_code = status
        return response
    template = "errors/fragment.html" if wants_block() else "errors/page.html"
    return render(
        template,
        status=status,
        title=title,
        sentence=sentence,
        came_from=page_before(),
        request_id=g.get("request_id", ""),
        **values,
    )


def page_before() -> str:
    """Address within the house of the page from which a form was sent or a link followed; empty where none is known."""
    before = urlsplit(request.referrer or "")
    # A path that begins with two slashes would lead to another house.
    if before.netloc != request.host or before.path == "/sign-in" or before.path.startswith("//"):
        return ""
    address = f"{before.path}?{before.query}" if before.query else before.path
    # A page that cannot be opened is no way back to itself.
    return "" if request.method == "GET" and address == request.full_path.rstrip("?") else address


def show_again(kept: KeptForm, why: str, *, status: int = 200) -> Response:
    """The page from which a form that was not taken is opened again."""
    return render("errors/again.html", status=status, kept=kept, why=why, again=AGAIN)


def wants_json() -> bool:
    return request.headers.get("Accept") == "application/json"


def install(app: Flask) -> None:
    app.after_request(_with_lost_texts)

    @app.errorhandler(NotFound)
    def not_found(error: NotFound) -> Response:
        _note_refusal(error)
        return error_page(404, "Không tìm thấy", error.sentence)

    @app.errorhandler(Refused)
    def refused(error: Refused) -> Response:
        _note_refusal(error)
        return error_page(403, "Không được phép", error.sentence)

    @app.errorhandler(Invalid)
    def invalid(error: Invalid) -> Response:
        return error_page(422, "Chưa lưu được", error.sentence)

    @app.errorhandler(Conflict)
    def conflict(error: Conflict) -> Response:
        return error_page(409, "Có người vừa sửa", error.sentence, theirs=error.theirs, mine=error.mine)

    @app.errorhandler(StaleDataError)
    def stale(_error: StaleDataError) -> Response:
        return error_page(409, "Có người vừa sửa", Conflict.sentence + " Nội dung bạn gửi chưa được lưu.")

    @app.errorhandler(Busy)
    def busy(error: Busy) -> Response:
        response = error_page(503, "Hệ thống đang bận", error.sentence)
        response.headers["Retry-After"] = "5"
        return response

    @app.errorhandler(NoRoom)
    def no_room(error: NoRoom) -> Response:
        logger().error("database.no-room")
        return error_page(507, "Chưa lưu được", error.sentence)

    @app.errorhandler(OperationalError)
    def database_error(error: OperationalError) -> Response:
        if is_locked(error):
            return busy(Busy())
        if has_no_room(error):
            return no_room(NoRoom())
        raise error

    @app.errorhandler(ArchiveError)
    def archive_error(error: ArchiveError) -> Response:
        if isinstance(error, TooLarge):
            return error_page(413, "Tệp quá lớn", error.sentence)
        status = 507 if isinstance(error, StoreFull | StoreReadOnly) else 503
        logger().error("archive.failed", error=repr(error))
        return error_page(status, "Kho chưa nhận được tệp", error.sentence)

    @app.errorhandler(CSRFError)
    def csrf(_error: CSRFError) -> Response:
        if viewer().id is not None and comes_from_this_house() and not (wants_htmx() or wants_json()):
            return show_again(form_sent(), "Trang này mở từ phiên đăng nhập trước.", status=400)
        return error_page(
            400,
            "Biểu mẫu đã hết hiệu lực",
            "Vì an toàn, biểu mẫu này không được nhận. Hãy quay lại trang trước, tải lại trang rồi gửi lại.",
        )

    @app.errorhandler(RequestEntityTooLarge)
    def too_large(_error: RequestEntityTooLarge) -> Response:
        limit = resources().settings.max_upload // 2**20
        return error_page(413, "Tệp quá lớn", f"Mỗi lần gửi tối đa {limit} MB. Chưa có gì được lưu; hãy chia nhỏ tệp.")

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        status = error.code or 500
        return error_page(status, "Không mở được", HTTP_SENTENCES.get(status, "Không thực hiện được yêu cầu này."))

    @app.errorhandler(Exception)
    def bug(_error: Exception) -> Response:
        logger().exception("request.failed", path=request.path, method=request.method)
        lost = "Trang này chưa mở được." if request.method in ("GET", "HEAD") else "Việc vừa rồi chưa được lưu."
        return error_page(500, "Chương trình gặp lỗi", f"{lost} Lỗi đã được ghi lại để sửa.")


def _with_lost_texts(response: Response) -> Response:
    """A form that is shown again may stand on a page that has no place for all of it: nothing typed is left out."""
    if response.status_code not in (409, 422) or response.mimetype != "text/html" or not is_shown_again():
        return response
    page = response.get_data(as_text=True)
    lost = [text for text in form_sent().texts if str(escape(text)) not in page]
    if lost:
        response.set_data(page.replace("</main>", render_block("errors/again.html", "lost", texts=lost) + "</main>", 1))
    return response


def _note_refusal(error: NotFound | Refused) -> None:
    """Whether the thing exists or not, the same is written, so that the time taken tells nothing."""
    if viewer().id is not None and (error.kind or isinstance(error, Refused)):
        with reading_goes_on():
            record_refusal(resources().db, viewer(), error, now=now())
