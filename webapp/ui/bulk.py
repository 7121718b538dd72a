"""One act on many things of a list: said in numbers first, done one by one, each refusal told, undone where it can be.

A list offers `ui.pick` in each row and `ui.pick_bar` above; its form posts `key` of what is ticked, or `all` for everything
that its filter finds, also on other pages. The first POST asks (`sure` is missing), the second does it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from flask import request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.core.errors import Busy, Conflict, Invalid, NotFound, Refused
from webapp.ui.htmx import render
from webapp.ui.request_state import unit_of_work

# Beyond this a press would keep a worker of the server busy for too long.
MOST = 300
GONE = "Mục này không còn trong danh sách, hoặc bạn không được xem."


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of the list. `key` is sent back when it is confirmed; `why_not`: it will not be done, and why."""

    key: str
    name: str
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """A text asked for once for all of them."""

    name: str
    label: str
    hint: str = ""
    required: bool = True
    most: int = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked before anything is done. `act` is the verb ("Tiếp nhận"), `noun` what is counted ("báo cáo");
    `says` what will happen; `will` and `will_not` follow their number ("6 việc sẽ được nhắc"); `to` is where it is confirmed, `back` where the list is; `key_name` is the name of the keys there."""

    act: str
    noun: str
    says: Sequence[str]
    to: str
    back: str
    key_name: str = "key"
    will: str = "sẽ thay đổi"
    will_not: str = "không làm được"
    asks: Sequence[Ask] = ()
    sent: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Undo:
    """How what was done is taken back: where its keys are posted to, with what."""

    to: str
    label: str
    sent: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done (with the key by which it is undone) and what was refused, with the reason."""

    done: Sequence[tuple[Item, str]]
    refused: Sequence[tuple[Item, str]]


def chosen_keys(find_all: Callable[[], Sequence[str]]) -> list[str]:
    """Keys that were ticked, or all that the list's filter finds. Raises Invalid for none and for too many."""
    keys = list(find_all()) if request.form.get("all") else request.form.getlist("key")
    keys = list(dict.fromkeys(keys))
    if not keys:
        raise Invalid("Hãy đánh dấu ít nhất một mục.")
    if len(keys) > MOST:
        raise Invalid(f"Mỗi lần làm được nhiều nhất {MOST} mục; hãy lọc bớt danh sách.")
    return keys


def filtered(endpoint: str) -> str:
    """A page with the filter of the list at hand, which stands in this request's address."""
    query = request.query_string.decode("ascii", "replace")
    return f"{url_for(endpoint)}?{query}" if query else url_for(endpoint)


def bulk_view(
    question: Question,
    items: Sequence[Item],
    act: Callable[[Session, str, Mapping[str, str]], str | None],
    *,
    undo: Undo | None = None,
) -> Response:
    """Asks, or when it was confirmed does `act(work, key, texts asked for)` for each item in a transaction of its own.

    `act` returns the key by which the same thing is undone, None for the one it was given.
    """
    if request.form.get("sure") != "1":
        return ask(question, items)
    texts = {one.name: request.form.get(one.name, "").strip() for one in question.asks}
    errors = {one.name: "Mục này cần được điền." for one in question.asks if one.required and not texts[one.name]}
    errors |= {
        one.name: f"Mục này dài tối đa {one.most} ký tự." for one in question.asks if len(texts[one.name]) > one.most
    }
    if errors:
        return ask(question, items, errors)
    outcome = _do_each(items, act, texts)
    return render("layouts/bulk_done.html", question=question, outcome=outcome, undo=undo)


def ask(question: Question, items: Sequence[Item], errors: Mapping[str, str] | None = None) -> Response:
    """The page that says in numbers what will happen, before it does."""
    return render(
        "layouts/bulk.html",
        status=422 if errors else 200,
        question=question,
        will=[one for one in items if not one.why_not],
        will_not=[one for one in items if one.why_not],
        errors=errors or {},
        values=request.form,
    )


def _do_each(
    items: Sequence[Item], act: Callable[[Session, str, Mapping[str, str]], str | None], texts: Mapping[str, str]
) -> Outcome:
    done: list[tuple[Item, str]] = []
    refused: list[tuple[Item, str]] = []
    for item in items:
        if item.why_not:
            refused.append((item, item.why_not))
            continue
        try:
            with unit_of_work() as work:
                key = act(work, item.key, texts)
        except (Invalid, Refused, NotFound, Conflict, Busy) as fault:
            refused.append((item, fault.sentence))
        else:
            done.append((item, key or item.key))
    return Outcome(done, refused)
