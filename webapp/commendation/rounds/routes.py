"""Pages of rounds: list, one round with its rules and counts, writing, putting in force, closing; days off."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from webapp.commendation.catalogue.queries import list_titles, list_values
from webapp.commendation.catalogue.rules import list_ending
from webapp.commendation.rounds import queries, rules, service
from webapp.commendation.rounds.rules import LineDraft, RoundDraft
from webapp.core.errors import Conflict, Invalid
from webapp.models import (
    AwardManner,
    AwardRound,
    AwardRoundKind,
    AwardRoundState,
    AwardSubject,
    DossierPaper,
    Proposer,
)
from webapp.movement.queries import list_movements_in
from webapp.movement.working_days import list_holidays
from webapp.permissions import Permission as P
from webapp.permissions import Subject, can, ensure
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader, options, year_in
from webapp.ui.htmx import render
from webapp.ui.period import choose
from webapp.ui.request_state import now, reads, today, unit_of_work, viewer
from webapp.ui.views import form_view, reason_view

blueprint = Blueprint("award_rounds", __name__, template_folder="../templates")

LONGEST_GUIDANCE = 20_000
VOTE_RULES = (("giay-khen", "Giấy khen và hình thức khác"), ("danh-hieu", "Danh hiệu (bỏ phiếu kín, 80% tổng số)"))


@blueprint.get("/award-rounds", endpoint="round_list")
@requires(P.SEARCH_USE)
def round_list() -> Response:
    return render(
        "commendation/round_list.html",
        rounds=queries.list_rounds(reads(), viewer=viewer()),
        may=bool(viewer().run_movements),
    )


@blueprint.get("/award-rounds/<award_round_id>", endpoint="round_view")
@requires(P.AWARD_ROUND_READ, on_subject=True)
def round_view(award_round_id: str) -> Response:
    one = queries.get_round(reads(), award_round_id, viewer=viewer())
    open_now = one.state is AwardRoundState.IN_FORCE and one.opens_on <= today() <= one.closes_on
    return render(
        "commendation/round.html",
        one=one,
        counts=queries.count_lines(reads(), award_round_id, viewer=viewer()),
        ending=list_ending(list_values(reads()), today(), one.closes_on - today()) if one.closes_on > today() else [],
        next_step=rules.NEXT[one.state],
        moves={move for state, move in rules.MOVES if state is one.state and can(viewer(), P.AWARD_ROUND_MANAGE, one)},
        may_nominate=open_now and _sides(one),
        vote_rule=dict(VOTE_RULES).get(one.vote_rule, one.vote_rule),
        papers=dict(options(DossierPaper)),
    )


def _sides(one: AwardRound) -> list[Proposer]:
    """As whom the viewer may put somebody forward in this round."""
    found = []
    if Proposer.UNIT.value in one.proposers and viewer().own_units:
        found.append(Proposer.UNIT)
    for side, cluster in [(Proposer.CLUSTER, grant.cluster_id) for grant in viewer().grants if grant.cluster_id]:
        subject = Subject(kind="nomination", movement_id=one.movement_id, year=one.year, cluster_id=cluster)
        if side.value in one.proposers and side not in found and can(viewer(), P.NOMINATION_ADD, subject):
            found.append(side)
    by_office = Subject(kind="nomination", movement_id=one.movement_id, year=one.year, by_office=True)
    if Proposer.OFFICE.value in one.proposers and can(viewer(), P.NOMINATION_ADD, by_office):
        found.append(Proposer.OFFICE)
    return found


@blueprint.route("/award-rounds/new", methods=["GET", "POST"], endpoint="round_new")
@requires(P.AWARD_ROUND_MANAGE, on_subject=True)
def round_new() -> Response:
    """A new round in the movement of the year."""
    year = year_in(request.values.get("year"), otherwise=today().year)
    movement = choose(list_movements_in(reads(), viewer=viewer(), year=year))
    ensure(viewer(), P.AWARD_ROUND_MANAGE, service.to_be(movement.id if movement else "", year))
    if movement is None:
        raise Invalid(f"Năm {year} chưa có phong trào nào.")
    if request.method == "GET":
        return _form_page(None, year)
    try:
        draft = _draft(FormReader(request.form), year)
        with unit_of_work() as work:
            one = service.open_round(work, actor=viewer(), now=now(), movement_id=movement.id, draft=draft)
    except Invalid as fault:
        return _form_page(None, year, errors=fault.fields)
    flash("Đã lưu dự thảo đợt xét. Chỉ cơ quan thường trực xem được cho đến khi áp dụng.", "good")
    return redirect(url_for("award_rounds.round_view", award_round_id=one.id), 303)


@blueprint.route("/award-rounds/<award_round_id>/edit", methods=["GET", "POST"], endpoint="round_edit")
@requires(P.AWARD_ROUND_MANAGE, on_subject=True)
def round_edit(award_round_id: str) -> Response:
    one = _load(award_round_id)
    if one.state is AwardRoundState.IN_FORCE:
        return _extend(one)
    if request.method == "GET":
        return _form_page(one, one.year)
    try:
        form = FormReader(request.form)
        draft, revision = _draft(form, one.year), form.revision()
        form.check()
        with unit_of_work() as work:
            service.write_round(
                work, actor=viewer(), now=now(), round_id=award_round_id, revision=revision, draft=draft
            )
    except Invalid as fault:
        return _form_page(one, one.year, errors=fault.fields)
    except Conflict as fault:
        return _form_page(one, one.year, conflict=fault)
    flash("Đã lưu.", "good")
    return redirect(url_for("award_rounds.round_view", award_round_id=award_round_id), 303)


def _extend(one: AwardRound) -> Response:
    """Of a round in force: a later last day, other guidance."""

    def keep(work: Session, form: FormReader) -> None:
        closes_on, guidance = form.day("closes_on"), form.text("guidance", most=LONGEST_GUIDANCE)
        revision = form.revision()
        form.check()
        service.extend_round(
            work,
            actor=viewer(),
            now=now(),
            round_id=one.id,
            revision=revision,
            closes_on=closes_on,
            guidance=guidance,
        )

    return form_view(
        "commendation/round_extend.html",
        keep,
        done="Đã lưu.",
        to=url_for("award_rounds.round_view", award_round_id=one.id),
        shows_conflict=True,
        one=one,
    )


@blueprint.route("/award-rounds/<award_round_id>/apply", methods=["GET", "POST"], endpoint="round_apply")
@requires(P.AWARD_ROUND_MANAGE, on_subject=True)
def round_apply(award_round_id: str) -> Response:
    """Asks once more: from then on the rules stay."""
    one = _load(award_round_id)

    def apply(work: Session, _form: FormReader) -> None:
        service.apply_round(work, actor=viewer(), now=now(), round_id=award_round_id)

    return form_view(
        "commendation/round_apply.html",
        apply,
        done="Đã áp dụng. Mọi người xem được; các bên bắt đầu đề nghị từ ngày đã ghi.",
        to=url_for("award_rounds.round_view", award_round_id=award_round_id),
        one=one,
    )


@blueprint.route("/award-rounds/<award_round_id>/close", methods=["GET", "POST"], endpoint="round_close")
@requires(P.AWARD_ROUND_MANAGE, on_subject=True)
def round_close(award_round_id: str) -> Response:
    one = _load(award_round_id)
    return reason_view(
        "commendation/round_close.html",
        lambda work, reason: service.close_round(
            work, actor=viewer(), now=now(), round_id=award_round_id, reason=reason
        ),
        done="Đã kết thúc đợt xét.",
        to=url_for("award_rounds.round_view", award_round_id=award_round_id),
        one=one,
    )


@blueprint.route("/holidays", methods=["GET", "POST"], endpoint="holiday_list")
@requires(P.SEARCH_USE)
def holiday_list() -> Response:
    """The calendar of days off and days in lieu, by which working days are counted; the office adds to it."""
    year = year_in(request.args.get("year"), otherwise=today().year)
    may = can(viewer(), P.AWARD_MANAGE)
    if request.method == "POST":
        ensure(viewer(), P.AWARD_MANAGE)

    def keep(work: Session, form: FormReader) -> None:
        day, name = form.day("day"), form.text("name", most=200)
        citation, works = form.text("citation", most=500), form.text("works") == "1"
        form.check()
        service.set_holiday(work, actor=viewer(), now=now(), day=day, name=name, works=works, citation=citation)

    return form_view(
        "commendation/holidays.html",
        keep,
        done="Đã lưu ngày nghỉ, ngày làm bù.",
        to=url_for("award_rounds.holiday_list", year=year),
        year=year,
        rows=list_holidays(reads(), year=year),
        may=may,
    )


def _load(round_id: str) -> AwardRound:
    one = queries.get_round(reads(), round_id, viewer=viewer())
    ensure(viewer(), P.AWARD_ROUND_MANAGE, one)
    return one


def _draft(form: FormReader, year: int) -> RoundDraft:
    """What the form says; raises Invalid for what is no day, number or choice."""
    kind, manner = form.choice("kind", AwardRoundKind), form.choice("manner", AwardManner)
    sent = request.form.getlist("proposers")
    days = {
        name: form.integer(name, least=1, most=rules.MOST_DAYS)
        for name in ("answer_days", "complete_days", "refuse_days")
    }
    reserve = form.integer("reserve", least=0, most=rules.MOST_QUOTA)
    lines = tuple(_lines(form))
    draft = RoundDraft(
        title=" ".join(form.text("title", most=service.LONGEST_TITLE).split()),
        kind=kind or AwardRoundKind.YEARLY,
        manner=manner or AwardManner.TOPIC,
        year=year,
        period_from=form.day("period_from"),
        period_to=form.day("period_to"),
        opens_on=form.day("opens_on"),
        closes_on=form.day("closes_on"),
        proposers=tuple(one for one in Proposer if one.value in sent),
        vote_rule=form.text("vote_rule", most=60) or VOTE_RULES[0][0],
        lines=lines,
        answer_days=days["answer_days"] or 20,
        complete_days=days["complete_days"] or 5,
        refuse_days=days["refuse_days"] or 5,
        reserve=reserve or 0,
        birth_date_needed=form.text("birth_date_needed") == "1",
        guidance=form.text("guidance", most=LONGEST_GUIDANCE),
    )
    form.check()
    return draft


def _lines(form: FormReader) -> list[LineDraft]:
    """Lines that are ticked: `line` holds "title id|subject"."""
    found = []
    for key in request.form.getlist("line"):
        title_id, _, subject = key.partition("|")
        if subject not in set(AwardSubject):
            form.faults["lines"] = "Lựa chọn này không có trong danh sách."
            continue
        sent = request.form.getlist(f"papers-{key}")
        found.append(
            LineDraft(
                title_id=title_id,
                subject=AwardSubject(subject),
                quota=form.integer(f"quota-{key}", least=1, most=rules.MOST_QUOTA),
                share=form.integer(f"share-{key}", least=1, most=100),
                papers=tuple(one for one in DossierPaper if one.value in sent),
            )
        )
    return found


def _form_page(
    one: AwardRound | None, year: int, *, errors: dict[str, str] | None = None, conflict: Conflict | None = None
) -> Response:
    values: Any = request.form if errors is not None or conflict is not None else _kept(one, year)
    titles = list_titles(reads())
    return render(
        "commendation/round_form.html",
        status=409 if conflict else 422 if errors else 200,
        one=one,
        year=year,
        values=values,
        lines=[(f"{title.id}|{name}", title, AwardSubject(name)) for title in titles for name in title.subjects],
        kinds=options(AwardRoundKind),
        manners=options(AwardManner),
        proposers=options(Proposer),
        papers=options(DossierPaper),
        vote_rules=VOTE_RULES,
        revision=one.revision if one else 0,
        errors=errors or {},
        conflict=conflict,
    )


def _kept(one: AwardRound | None, year: int) -> MultiDict[str, str]:
    """A round as the form's fields; a new one with what is usual."""
    if one is None:
        usual = {
            "title": f"Khen thưởng phong trào thi đua năm {year}",
            "kind": "yearly",
            "manner": "topic",
            "period_from": f"{year}-01-01",
            "period_to": f"{year}-12-31",
            "answer_days": "20",
            "complete_days": "5",
            "refuse_days": "5",
        }
        pairs = [("proposers", side.value) for side in Proposer]
        return MultiDict([*usual.items(), *pairs, *((k, v) for k, v in request.args.items() if k != "year")])
    values: list[tuple[str, str]] = []
    for name in service.PLAIN:
        value = getattr(one, name)
        text = "1" if value is True else "" if value is False else str(getattr(value, "value", value))
        values.append((name, text))
    values += [("proposers", side) for side in one.proposers]
    for line in one.lines:
        key = f"{line.title_id}|{line.subject.value}"
        values += [("line", key), *((f"papers-{key}", paper) for paper in line.papers)]
        values += [(f"quota-{key}", str(line.quota))] if line.quota else []
        values += [(f"share-{key}", str(line.share))] if line.share else []
    return MultiDict(values)
