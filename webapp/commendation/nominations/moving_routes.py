"""Pages for what happens to a nomination: hand in, receive, ask for more, refuse, withdraw, declare, let pass; marks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.commendation.nominations import marking, moving, queries
from webapp.commendation.nominations.checking import list_findings
from webapp.commendation.nominations.moving import Moment
from webapp.core.errors import NotFound
from webapp.models import MarkKind, Nomination, RefusalReason
from webapp.movement.working_days import load_working_days
from webapp.people.queries import list_units
from webapp.permissions import Permission as P
from webapp.permissions import ensure
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader, options
from webapp.ui.request_state import now, reads, resources, today, viewer
from webapp.ui.views import form_view, reason_view

blueprint = Blueprint("nomination_moves", __name__, template_folder="../templates")

Act = Callable[[Session, FormReader, Nomination], object]


def _load(nomination_id: str, permission: P) -> Nomination:
    one = queries.get_nomination(reads(), nomination_id, viewer=viewer())
    ensure(viewer(), permission, one)
    return one


def _moment() -> Moment:
    return Moment(now(), today(), resources().settings.timezone)


def _who(one: Nomination) -> dict[str, Any]:
    return {"actor": viewer(), "moment": _moment(), "nomination_id": one.id}


def _submission(form: FormReader) -> int:
    """Which submission the page spoke of; raises Invalid for whatever was mistyped on the form."""
    number = form.integer("submission", least=0, most=10**6)
    form.check()
    return number or 0


def _move(one: Nomination, template: str, said: str, act: Act, **values: Any) -> Response:
    """The page of one move, which does it."""
    return form_view(
        f"commendation/{template}.html",
        lambda work, form: act(work, form, one),
        done=said,
        to=url_for("nominations.nomination_view", nomination_id=one.id),
        one=one,
        **values,
    )


@blueprint.route("/nominations/<nomination_id>/submit", methods=["GET", "POST"], endpoint="nomination_submit")
@requires(P.NOMINATION_SUBMIT, on_subject=True)
def nomination_submit(nomination_id: str) -> Response:
    one = _load(nomination_id, P.NOMINATION_SUBMIT)
    said = "Đã trình. Cơ quan thường trực kiểm tra hồ sơ rồi trả lời."
    return _move(one, "nomination_submit", said, _submit, missing=moving.list_missing(reads(), one))


def _submit(work: Session, _form: FormReader, one: Nomination) -> None:
    moving.submit_nomination(work, **_who(one))


@blueprint.route("/nominations/<nomination_id>/receive", methods=["GET", "POST"], endpoint="nomination_receive")
@requires(P.NOMINATION_APPRAISE, on_subject=True)
def nomination_receive(nomination_id: str) -> Response:
    one = _load(nomination_id, P.NOMINATION_APPRAISE)
    found = list_findings(reads(), one, viewer=viewer())
    waiting = [finding for finding in found if finding.needs_word and not finding.accepted]
    until = load_working_days(reads()).after(today(), one.round.answer_days)
    said = "Đã tiếp nhận: hồ sơ đầy đủ, thời hạn giải quyết tính từ hôm nay."
    return _move(one, "nomination_receive", said, _receive, waiting=waiting, until=until)


def _receive(work: Session, form: FormReader, one: Nomination) -> None:
    moving.receive_nomination(work, **_who(one), submission=_submission(form))


@blueprint.route("/nominations/<nomination_id>/return", methods=["GET", "POST"], endpoint="nomination_return")
@requires(P.NOMINATION_APPRAISE, on_subject=True)
def nomination_return(nomination_id: str) -> Response:
    one = _load(nomination_id, P.NOMINATION_APPRAISE)
    until = load_working_days(reads()).after(today(), one.round.complete_days)
    missing = moving.list_missing(reads(), one)
    said = "Đã yêu cầu bổ sung. Bên đề nghị đọc được ngay."
    return _move(one, "nomination_return", said, _return, until=until, missing=missing)


def _return(work: Session, form: FormReader, one: Nomination) -> None:
    reason = form.text("reason", most=moving.LONGEST_REASON)
    moving.return_nomination(work, **_who(one), submission=_submission(form), reason=reason)


@blueprint.route("/nominations/<nomination_id>/refuse", methods=["GET", "POST"], endpoint="nomination_refuse")
@requires(P.NOMINATION_APPRAISE, on_subject=True)
def nomination_refuse(nomination_id: str) -> Response:
    one = _load(nomination_id, P.NOMINATION_APPRAISE)
    said = "Đã trả lời không xét. Bên đề nghị đọc được lý do."
    return _move(one, "nomination_refuse", said, _refuse, reasons=options(RefusalReason))


def _refuse(work: Session, form: FormReader, one: Nomination) -> None:
    why, note = form.choice("why", RefusalReason), form.text("note", most=moving.LONGEST_REASON)
    form.check()
    moving.refuse_nomination(work, **_who(one), why=why, note=note)


@blueprint.route("/nominations/<nomination_id>/withdraw", methods=["GET", "POST"], endpoint="nomination_withdraw")
@requires(P.NOMINATION_WITHDRAW, on_subject=True)
def nomination_withdraw(nomination_id: str) -> Response:
    one = _load(nomination_id, P.NOMINATION_WITHDRAW)
    return reason_view(
        "commendation/nomination_withdraw.html",
        lambda work, reason: moving.withdraw_nomination(
            work, actor=viewer(), now=now(), nomination_id=nomination_id, reason=reason
        ),
        done="Đã rút đề nghị; hồ sơ vẫn xem được.",
        to=url_for("nominations.nomination_view", nomination_id=nomination_id),
        one=one,
    )


@blueprint.route("/nominations/<nomination_id>/declare", methods=["GET", "POST"], endpoint="stake_declare")
@requires(P.NOMINATION_DECLARE, on_subject=True)
def stake_declare(nomination_id: str) -> Response:
    """After it the page is no longer there for whoever declared: back to the list."""
    one = _load(nomination_id, P.NOMINATION_DECLARE)
    return reason_view(
        "commendation/stake.html",
        lambda work, reason: moving.declare_stake(
            work, actor=viewer(), now=now(), nomination_id=nomination_id, reason=reason
        ),
        done="Đã khai báo. Từ nay bạn không xem, không bỏ phiếu về đề nghị này.",
        to=url_for("nominations.nomination_list"),
        one=one,
    )


@blueprint.route("/nominations/<nomination_id>/stakes/<stake_id>", methods=["GET", "POST"], endpoint="stake_lift")
@requires(P.NOMINATION_APPRAISE, on_subject=True)
def stake_lift(nomination_id: str, stake_id: str) -> Response:
    """Declared by mistake: from then on the person sees and votes as others do."""
    one = _load(nomination_id, P.NOMINATION_APPRAISE)
    name = queries.list_related(reads(), one).get(stake_id)
    if name is None:
        raise NotFound(kind="nomination", key=stake_id)
    return reason_view(
        "commendation/stake_lift.html",
        lambda work, reason: moving.lift_stake(
            work, actor=viewer(), now=now(), nomination_id=nomination_id, stake_id=stake_id, reason=reason
        ),
        done="Đã gỡ khai báo.",
        to=url_for("nominations.nomination_view", nomination_id=nomination_id),
        one=one,
        name=name,
    )


@blueprint.route("/nominations/<nomination_id>/findings", methods=["GET", "POST"], endpoint="finding_accept")
@requires(P.NOMINATION_APPRAISE, on_subject=True)
def finding_accept(nomination_id: str) -> Response:
    """Let one finding pass; `key` in the address names it."""
    one = _load(nomination_id, P.NOMINATION_APPRAISE)
    key = request.args.get("key", "")
    finding = next((row for row in list_findings(reads(), one, viewer=viewer()) if row.key == key), None)
    if finding is None:
        raise NotFound(kind="nomination", key=key)
    return reason_view(
        "commendation/finding.html",
        lambda work, reason: moving.accept_finding(
            work, actor=viewer(), now=now(), nomination_id=nomination_id, key=key, reason=reason
        ),
        done="Đã ghi ý kiến; lý do được lưu cùng hồ sơ.",
        to=url_for("nominations.nomination_view", nomination_id=nomination_id),
        one=one,
        finding=finding,
    )


@blueprint.route("/award-marks", methods=["GET", "POST"], endpoint="mark_list")
@requires(P.AWARD_MARK)
def mark_list() -> Response:
    """Who is not to be honoured for now, and why; a further one is written at the foot."""

    def add(work: Session, form: FormReader) -> None:
        new = marking.NewMark(
            kind=form.choice("kind", MarkKind),
            name=form.text("name", most=200),
            unit_id=form.optional("unit_id", most=20),
            note=form.text("note", most=moving.LONGEST_REASON),
            from_day=form.day("from_day"),
            until_day=form.day("until_day"),
        )
        form.check()
        marking.add_mark(work, actor=viewer(), now=now(), new=new)

    return form_view(
        "commendation/marks.html",
        add,
        done="Đã ghi. Đề nghị khen thưởng trùng tên hoặc đơn vị sẽ được nhắc khi kiểm tra.",
        to=url_for("nomination_moves.mark_list"),
        rows=queries.list_marks(reads(), viewer=viewer()),
        kinds=options(MarkKind),
        units=[(one.id, one.name) for one in list_units(reads(), viewer=viewer(), on=today())],
    )


@blueprint.route("/award-marks/<mark_id>/lift", methods=["GET", "POST"], endpoint="mark_lift")
@requires(P.AWARD_MARK)
def mark_lift(mark_id: str) -> Response:
    mark = next((row for row in queries.list_marks(reads(), viewer=viewer()) if row.id == mark_id), None)
    if mark is None:
        raise NotFound(kind="award-mark", key=mark_id)
    return reason_view(
        "commendation/mark_lift.html",
        lambda work, reason: marking.lift_mark(work, actor=viewer(), now=now(), mark_id=mark_id, reason=reason),
        done="Đã gỡ; từ nay được xét bình thường.",
        to=url_for("nomination_moves.mark_list"),
        mark=mark,
    )
