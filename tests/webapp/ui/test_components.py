"""The building blocks of pages: tokens that are each session's own, tags of states, two versions side by side."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import get_args

import pytest

import webapp.models
from tests.support.ward import Ward
from tests.support.web import client_for
from webapp.models.base import Tone

ROOT = Path(__file__).resolve().parents[3]
STYLES = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "webapp/ui/static/css").glob("*.css"))
STATES = [
    one
    for one in vars(webapp.models).values()
    if isinstance(one, type) and issubclass(one, StrEnum) and one.__name__.endswith("State")
]


def tokens(text: str) -> set[str]:
    return set(re.findall(r'name="csrf_token"\s+value="([^"]+)"', text))


def test_each_session_gets_tokens_of_its_own_and_they_work(ward: Ward) -> None:
    """The macros are loaded once for all; the token must not be."""
    first = client_for(ward).sign_in("clerk.a")
    second = first.as_user("head.a")
    mine, theirs = first.get("/notices/settings"), second.get("/notices/settings")
    assert len(tokens(mine.text)) == len(tokens(theirs.text)) == 1
    assert tokens(mine.text).isdisjoint(tokens(theirs.text))
    sent = {"choice": "none", "csrf_token": tokens(mine.text).pop()}
    assert second.http.post("/notices/calendar", data=sent).status_code == 400
    assert first.http.post("/notices/calendar", data=sent).status_code == 303


def test_every_form_that_changes_something_carries_one_token() -> None:
    for path in sorted((ROOT / "webapp").rglob("templates/**/*.html")):
        for form in re.findall(r"<form\b.*?</form>", path.read_text(encoding="utf-8"), re.DOTALL):
            if 'method="post"' in form:
                assert len(re.findall(r"\b(?:ui\.)?csrf\(\)", form)) == 1, (path, form[:200])


@pytest.mark.parametrize(
    "state", [one for kind in STATES for one in kind], ids=lambda one: f"{type(one).__name__}.{one}"
)
def test_every_state_has_a_label_and_a_tone_that_the_styles_know(state: StrEnum) -> None:
    label, tone = getattr(state, "label", ""), getattr(state, "tone", "")
    assert label
    assert tone in get_args(Tone)
    assert tone == "plain" or f".tag-{tone} " in STYLES


def test_what_is_merely_over_does_not_look_like_a_success() -> None:
    from webapp.models import BallotState, MeetingState, RoundState, SheetState

    for state in (BallotState.CLOSED, MeetingState.CLOSED, RoundState.CLOSED, SheetState.CLOSED):
        assert state.tone in ("plain", "info")


def test_two_versions_stand_side_by_side_and_are_escaped(ward: Ward) -> None:
    app = client_for(ward).app
    ui = app.jinja_env.globals["ui"]
    with app.test_request_context():
        theirs, mine = {"Tên": "<b>", "Năm": "2026"}, {"Tên": "khác", "Năm": "2026"}
        both = re.sub(r"\s+", " ", str(ui.conflict("Có người vừa sửa.", theirs, mine)))
        assert '<td class="prewrap">&lt;b&gt;</td> <td class="prewrap">khác</td>' in both
        assert "2026" in both
        assert "2026" not in str(ui.conflict("Có người vừa sửa.", theirs, mine, differing=True))
        alone = str(ui.conflict("Có người vừa sửa.", theirs))
        assert "<dl" in alone and "<table" not in alone


def test_a_button_that_posts_sends_what_it_is_given(ward: Ward) -> None:
    app = client_for(ward).app
    ui = app.jinja_env.globals["ui"]
    with app.test_request_context():
        text = re.sub(r"\s+", " ", str(ui.post_button("/x", "Bỏ", look="link", about="tệp <1>", sent={"no": 2})))
    assert '<form method="post" action="/x" >' in text and tokens(text)
    assert '<input type="hidden" name="no" value="2">' in text
    assert 'Bỏ<span class="visually-hidden"> tệp &lt;1&gt;</span>' in text
