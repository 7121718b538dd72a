"""Views that many slices have: a page with one form that does one thing, and a field saved while it is typed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.core.errors import Conflict, Invalid
from webapp.ui.forms import FormReader
from webapp.ui.htmx import render
from webapp.ui.request_state import unit_of_work


def form_view(
    template: str,
    act: Callable[[Session, FormReader], object],
    *,
    done: str,
    to: str,
    shows_conflict: bool = False,
    **values: Any,
) -> Response:
    """GET shows the form. POST does `act(work, form)` in a unit of work, says `done` and goes on to the address `to`.

    What cannot be done shows the form again with what was typed: 422 with `errors` by field; 409 with `conflict` where
    the template shows one, else the common page for it.
    """
    errors: dict[str, str] = {}
    conflict: Conflict | None = None
    if request.method == "POST":
        try:
            with unit_of_work() as work:
                act(work, FormReader(request.form))
        except Invalid as fault:
            errors = fault.fields
        except Conflict as fault:
            if not shows_conflict:
                raise
            conflict = fault
        else:
            flash(done, "good")
            return redirect(to, 303)
    status = 409 if conflict else 422 if errors else 200
    return render(template, status=status, errors=errors, conflict=conflict, values=request.form, **values)


def reason_view(
    template: str,
    act: Callable[[Session, str], object],
    *,
    done: str,
    to: str,
    most: int = 5000,
    **values: Any,
) -> Response:
    """A form that asks only why; `act(work, reason)` says whether it may be left blank. `most` characters."""

    def with_reason(work: Session, form: FormReader) -> None:
        reason = form.text("reason", most=most)
        form.check()
        act(work, reason)

    return form_view(template, with_reason, done=done, to=to, **values)


def autosave_view(
    template: str,
    name: str,
    save: Callable[[Session], object],
    *,
    field: str,
    values: Callable[[], Mapping[str, Any]],
) -> Response:
    """A part of a page saved while it is typed in.

    GET gives the block `<name>_field`; POST saves and gives `<name>_status`: saved, what is wrong with it, or both
    texts after a conflict. `values` are asked for afterwards, so that they show what is stored; `field` is the form's
    field with the text.
    """
    conflict: Conflict | None = None
    error = ""
    if request.method == "POST":
        try:
            with unit_of_work() as work:
                save(work)
        except Conflict as fault:
            conflict = fault
        except Invalid as fault:
            error = fault.sentence
    return render(
        template,
        f"{name}_status" if request.method == "POST" else f"{name}_field",
        status=409 if conflict else 422 if error else 200,
        conflict=conflict,
        error=error,
        saved=request.method == "POST" and not conflict and not error,
        typed=request.form.get(field) if conflict else None,
        **values(),
    )
