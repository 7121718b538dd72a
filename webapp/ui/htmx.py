"""A full page, or one named block of it. Everybody asks `request.htmx`; only this file knows what follows from it."""

from __future__ import annotations

from flask import Response, current_app, render_template
from htmx_flask import Htmx, make_response, request
from werkzeug.wrappers import Response as BaseResponse

__all__ = [
    "extension",
    "is_reload",
    "is_typing",
    "make_response",
    "render",
    "render_block",
    "wants_block",
    "wants_htmx",
]

extension = Htmx()


def wants_block() -> bool:
    """Whether the request asks for a part of a page (htmx, neither boosted nor restoring history)."""
    return bool(request.htmx) and not request.htmx.boosted and not request.htmx.history_restore_request


def wants_htmx() -> bool:
    """Whether htmx asks at all, in whatever way."""
    return bool(request.htmx)


def is_typing(field: str) -> bool:
    """Whether a part of the page is asked for because somebody types in the field with this id."""
    return wants_block() and request.htmx.trigger == field


def render(
    template: str,
    block: str | None = None,
    /,
    *,
    status: int = 200,
    refresh: bool = False,
    **values: object,
) -> Response:
    """A page; or only its block `block` (same word as the id of its element) when htmx asks for it.

    With `refresh` the browser loads the whole page anew instead of showing the block.
    """
    if block is not None and wants_block():
        body = render_block(template, block, **values)
    else:
        body = render_template(template, **values)
    # `reswap=` of this function is not used: its list of values is not that of htmx.
    response: Response = make_response(body, status, refresh=refresh)
    response.headers["Vary"] = "HX-Request"
    return response


def is_reload(response: BaseResponse) -> bool:
    """Whether an answer only makes the browser load the whole page anew."""
    return "HX-Refresh" in response.headers


def render_block(template: str, block: str, **values: object) -> str:
    """One block of a template, with the same values a page would have."""
    found = current_app.jinja_env.get_template(template)
    current_app.update_template_context(values)
    return "".join(found.blocks[block](found.new_context(values)))
