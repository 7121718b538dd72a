"""The only reader of `HX-*` headers: a full page, or one named block of it."""

from __future__ import annotations

from flask import Response, current_app, make_response, render_template, request


def wants_block() -> bool:
    """Whether the request asks for a part of a page (htmx, neither boosted nor restoring history)."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def is_typing(field: str) -> bool:
    """Whether a part of the page is asked for because somebody types in the field with this id."""
    return wants_block() and request.headers.get("HX-Trigger") == field


def render(template: str, block: str | None = None, /, *, status: int = 200, **values: object) -> Response:
    """A page; or only its block `block` (same word as the id of its element) when htmx asks for it."""
    if block is not None and wants_block():
        body = render_block(template, block, **values)
    else:
        body = render_template(template, **values)
    response = make_response(body, status)
    response.headers["Vary"] = "HX-Request"
    return response


def render_block(template: str, block: str, **values: object) -> str:
    """One block of a template, with the same values a page would have."""
    found = current_app.jinja_env.get_template(template)
    current_app.update_template_context(values)
    return "".join(found.blocks[block](found.new_context(values)))
