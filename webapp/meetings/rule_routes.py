"""Pages of the rules of the kinds of decision: which hold, and a new wording from a day on."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.core.errors import Invalid
from webapp.meetings import rules, vote_rules
from webapp.meetings.routes import blueprint
from webapp.meetings.vote_rules import Wording
from webapp.models import VoteBase, VoteRule
from webapp.permissions import Permission as P
from webapp.permissions import can
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader, options
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, today, unit_of_work, viewer

FLAGS = ("secret", "written", "shrinks", "stand_ins", "verified")


def _to_list() -> Response:
    return redirect(url_for("meetings.rule_list"), 303)


@blueprint.get("/vote-rules", endpoint="rule_list")
@requires(P.MOVEMENT_READ)
def rule_list() -> Response:
    return render(
        "meetings/rules.html",
        rows=vote_rules.list_rules(reads()),
        on=today(),
        rules=rules,
        may=can(viewer(), P.COUNCIL_MANAGE),
    )


@blueprint.post("/vote-rules/start", endpoint="rule_start")
@requires(P.COUNCIL_MANAGE)
def rule_start() -> Response:
    with unit_of_work() as work:
        made = vote_rules.start_rules(work, actor=viewer(), now=now())
    flash(f"Đã lập {made} quy tắc." if made else "Đã có quy tắc.", "good")
    return _to_list()


@blueprint.route("/vote-rules/<vote_rule_id>/change", methods=["GET", "POST"], endpoint="rule_change")
@requires(P.COUNCIL_MANAGE)
def rule_change(vote_rule_id: str) -> Response:
    rule = vote_rules.get_rule(reads(), vote_rule_id)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            new = _wording()
            with unit_of_work() as work:
                vote_rules.change_rule(work, actor=viewer(), now=now(), rule_id=vote_rule_id, new=new)
        except Invalid as fault:
            errors = fault.fields
        else:
            flash(f"Đã lưu, dùng từ ngày {new.valid_from:%d/%m/%Y}. Phiếu đã chuẩn bị không đổi.", "good")
            return _to_list()
    return render(
        "meetings/rule.html",
        status=422 if errors else 200,
        rule=rule,
        bases=options(VoteBase),
        values=request.form if request.method == "POST" else _stored(rule),
        errors=errors,
    )


def _stored(rule: VoteRule) -> dict[str, Any]:
    texts = {name: getattr(rule, name) for name in ("name", "quorum", "needed", "citation")}
    return {**texts, "base": rule.base.value, **{name: "1" for name in FLAGS[:-1] if getattr(rule, name)}}


def _wording() -> Wording:
    form = FormReader(request.form)
    base, valid_from = form.choice("base", VoteBase), form.day("valid_from")
    quorum = form.integer("quorum", least=1, most=100)
    needed = form.integer("needed", least=rules.MORE_THAN_HALF, most=100)
    form.needed("base", base, "Hãy chọn cách tính.")
    form.needed("valid_from", valid_from, "Hãy ghi ngày bắt đầu dùng.")
    form.needed("quorum", quorum, "Hãy nhập một số từ 1 đến 100.")
    form.needed("needed", needed, "Hãy nhập một số từ 50 đến 100.")
    name = form.text("name", most=vote_rules.LONGEST_NAME)
    citation, until = form.text("citation", most=vote_rules.LONGEST_CITATION), form.day("valid_until")
    form.check()
    assert base is not None and valid_from is not None and quorum is not None and needed is not None
    return Wording(
        name=name,
        quorum=quorum,
        base=base,
        needed=needed,
        valid_from=valid_from,
        valid_until=until,
        citation=citation,
        **{flag: flag in request.form for flag in FLAGS},
    )
