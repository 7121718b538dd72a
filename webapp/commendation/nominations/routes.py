"""Pages of nominations: list, made from results or by hand, one dossier with its next step, writing it, its papers."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from webapp.commendation.nominations import moving, queries, reporting, rules, service, suggesting
from webapp.commendation.nominations.checking import list_findings
from webapp.commendation.nominations.queries import NominationFilter
from webapp.commendation.nominations.service import NewNomination, Wording
from webapp.commendation.rounds.queries import get_round, list_rounds
from webapp.core.errors import Conflict, Invalid
from webapp.core.paging import page_number
from webapp.models import AwardRound, AwardSubject, DossierPaper, Nomination, NominationState, Proposer
from webapp.movement.working_days import load_working_days
from webapp.permissions import Permission as P
from webapp.permissions import can, ensure
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader, options
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, today, unit_of_work, viewer

blueprint = Blueprint("nominations", __name__, template_folder="../templates")


@blueprint.get("/nominations", endpoint="nomination_list")
@requires(P.SEARCH_USE)
def nomination_list() -> Response:
    form = FormReader(request.args)
    wanted = NominationFilter(
        round_id=form.optional("round", most=20),
        state=form.choice("state", NominationState),
        unit_id=form.optional("unit", most=20),
    )
    page = queries.page_nominations(reads(), viewer=viewer(), wanted=wanted, page=page_number(request.args.get("page")))
    return render(
        "commendation/nomination_list.html",
        page=page,
        shown=queries.list_shown_states(reads(), page.rows, viewer=viewer()),
        wanted=wanted,
        rounds=[(one.id, one.title) for one in list_rounds(reads(), viewer=viewer())],
        states=options(NominationState),
    )


@blueprint.route("/award-rounds/<award_round_id>/suggestions", methods=["GET", "POST"], endpoint="suggestion_list")
@requires(P.AWARD_ROUND_READ, on_subject=True)
def suggestion_list(award_round_id: str) -> Response:
    """Whom results speak for; those ticked become drafts with their reason."""
    round_ = get_round(reads(), award_round_id, viewer=viewer())
    side, clusters = _side(round_)
    cluster_id = _cluster(clusters)
    found = suggesting.list_suggestions(reads(), round_, viewer=viewer(), proposer=side, cluster_id=cluster_id)
    errors: dict[str, str] = {}
    if request.method == "POST":
        chosen = [one for one in found if one.key in request.form.getlist("key") and not one.taken]
        try:
            made = _open_chosen(round_, side, cluster_id, chosen)
        except Invalid as fault:
            errors = fault.fields
        else:
            flash(f"Đã lập {len(made)} đề nghị. Hãy bổ sung hồ sơ từng đề nghị rồi trình.", "good")
            if len(made) == 1:
                return redirect(url_for("nominations.nomination_view", nomination_id=made[0]), 303)
            return redirect(url_for("nominations.nomination_list", round=award_round_id), 303)
    return render(
        "commendation/suggestions.html",
        status=422 if errors else 200,
        round=round_,
        side=side,
        clusters=clusters,
        cluster_id=cluster_id,
        suggestions=found,
        lines=_lines(round_),
        errors=errors,
    )


def _open_chosen(
    round_: AwardRound, side: Proposer, cluster_id: str | None, chosen: list[suggesting.Suggestion]
) -> list[str]:
    """All in one unit of work. Raises Invalid when nothing was ticked."""
    if not chosen:
        raise Invalid({"key": "Hãy chọn ít nhất một dòng chưa được đề nghị."})
    made = []
    with unit_of_work() as work:
        for one in chosen:
            title_id = _title_for(round_, request.form.get(f"line-{one.key}", ""), one.subject)
            new = NewNomination(
                round_id=round_.id,
                title_id=title_id,
                subject=one.subject,
                proposer=side,
                unit_id=one.unit_id,
                cluster_id=cluster_id,
                person_id=one.person_id,
                wording=Wording(
                    name=one.name,
                    post=one.post,
                    workplace=one.workplace,
                    reason=one.reason,
                    achievement=one.achievement,
                ),
                grounds=one.grounds,
            )
            row = service.open_nomination(work, actor=viewer(), now=now(), today=today(), new=new)
            reporting.compose_report(work, actor=viewer(), now=now(), nomination_id=row.id)
            made.append(row.id)
    return made


@blueprint.route("/award-rounds/<award_round_id>/nominations/new", methods=["GET", "POST"], endpoint="nomination_new")
@requires(P.AWARD_ROUND_READ, on_subject=True)
def nomination_new(award_round_id: str) -> Response:
    """By hand: a person with or without an account, a collective, a household, an enterprise."""
    round_ = get_round(reads(), award_round_id, viewer=viewer())
    side, clusters = _side(round_)
    cluster_id = _cluster(clusters)
    if request.method == "GET":
        return _new_page(round_, side, clusters, cluster_id)
    try:
        form = FormReader(request.form)
        title_id, subject = _line(round_, form)
        wording = _wording(form, subject)
        new = NewNomination(
            round_id=award_round_id,
            title_id=title_id,
            subject=subject,
            proposer=side,
            unit_id=form.optional("unit_id", most=20),
            cluster_id=cluster_id,
            person_id=form.optional("person_id", most=20) if subject is AwardSubject.PERSON else None,
            wording=wording,
        )
        with unit_of_work() as work:
            one = service.open_nomination(work, actor=viewer(), now=now(), today=today(), new=new)
            reporting.compose_report(work, actor=viewer(), now=now(), nomination_id=one.id)
    except Invalid as fault:
        return _new_page(round_, side, clusters, cluster_id, errors=fault.fields)
    flash("Đã lưu. Hãy bổ sung hồ sơ rồi trình.", "good")
    return redirect(url_for("nominations.nomination_view", nomination_id=one.id), 303)


@blueprint.get("/nominations/<nomination_id>", endpoint="nomination_view")
@requires(P.NOMINATION_READ, on_subject=True)
def nomination_view(nomination_id: str) -> Response:
    return nomination_page(nomination_id)


def nomination_page(nomination_id: str, errors: dict[str, str] | None = None) -> Response:
    """One dossier with its next step, what is missing, what the checks found; with errors of a file not taken."""
    one = queries.get_nomination(reads(), nomination_id, viewer=viewer())
    editable, appraising = can(viewer(), P.NOMINATION_EDIT, one), can(viewer(), P.NOMINATION_APPRAISE, one)
    missing = moving.list_missing(reads(), one) if editable or appraising else []
    shown = queries.list_shown_states(reads(), [one], viewer=viewer())[one.id]
    return render(
        "commendation/nomination.html",
        status=422 if errors else 200,
        one=one,
        editable=editable,
        appraising=appraising,
        missing=missing,
        findings=list_findings(reads(), one, viewer=viewer()) if appraising else [],
        papers=queries.list_papers(reads(), one),
        paper_kinds=options(DossierPaper),
        attachable=queries.list_attachable(reads(), viewer=viewer()) if editable else [],
        related=queries.list_related(reads(), one) if appraising else {},
        sections=reporting.list_sections(reads(), one),
        vote=queries.find_vote(reads(), one),
        moves={move for state, move in rules.MOVES if state is one.state and can(viewer(), rules.NEEDED[move], one)},
        answer_by=_answer_by(one),
        shown=shown,
        award=queries.find_award(reads(), one) if one.state is NominationState.HONOURED else None,
        next_step=rules.READY if editable and not missing else rules.NEXT[shown],
        errors=errors or {},
    )


def _answer_by(one: Nomination) -> Any:
    """The last day of the answer that is awaited now, in working days by the round; None when none is."""
    if one.state is NominationState.SUBMITTED and one.submitted_on:
        return load_working_days(reads()).after(one.submitted_on, one.round.refuse_days)
    if one.state in (NominationState.RECEIVED, NominationState.PROPOSED, NominationState.APPROVED) and one.received_on:
        return load_working_days(reads()).after(one.received_on, one.round.answer_days)
    return None


@blueprint.route("/nominations/<nomination_id>/edit", methods=["GET", "POST"], endpoint="nomination_edit")
@requires(P.NOMINATION_EDIT, on_subject=True)
def nomination_edit(nomination_id: str) -> Response:
    one = load_own(nomination_id)
    if request.method == "GET":
        return _edit_page(one)
    try:
        form = FormReader(request.form)
        wording, revision = _wording(form, one.subject), form.revision()
        form.check()
        with unit_of_work() as work:
            service.write_nomination(
                work, actor=viewer(), now=now(), nomination_id=nomination_id, revision=revision, wording=wording
            )
    except Invalid as fault:
        return _edit_page(one, errors=fault.fields)
    except Conflict as fault:
        return _edit_page(one, conflict=fault)
    flash("Đã lưu.", "good")
    return redirect(url_for("nominations.nomination_view", nomination_id=nomination_id), 303)


def load_own(nomination_id: str) -> Nomination:
    """For who writes it. Raises NotFound, Refused."""
    one = queries.get_nomination(reads(), nomination_id, viewer=viewer())
    ensure(viewer(), P.NOMINATION_EDIT, one)
    return one


def _side(round_: AwardRound) -> tuple[Proposer, list[tuple[str, str]]]:
    """As whom somebody is put forward, and the clusters that the viewer leads. Raises Refused when they may in no way."""
    sent = request.values.get("side", "")
    side = Proposer(sent) if sent in set(Proposer) else Proposer.UNIT
    if "side" not in request.values and not viewer().own_units and viewer().run_movements:
        side = Proposer.OFFICE
    clusters = queries.list_led_clusters(reads(), viewer=viewer(), year=round_.year)
    allowed = {
        Proposer.UNIT: bool(viewer().own_units),
        Proposer.CLUSTER: bool(clusters),
        Proposer.OFFICE: bool(viewer().run_movements & {None, round_.movement_id}),
    }
    if not allowed[side]:
        ensure(viewer(), P.NOMINATION_ADD)
    return side, clusters if side is Proposer.CLUSTER else []


def _cluster(clusters: list[tuple[str, str]]) -> str | None:
    """The cluster asked for among those led, else the first."""
    keys = [key for key, _ in clusters]
    sent = request.values.get("cluster", "")
    return sent if sent in keys else next(iter(keys), None)


def _lines(round_: AwardRound) -> dict[AwardSubject, list[tuple[str, str]]]:
    """By kind of honoured: (title id, name) that the round gives."""
    found: dict[AwardSubject, list[tuple[str, str]]] = {}
    for line in round_.lines:
        found.setdefault(line.subject, []).append((line.title_id, line.title.name))
    return found


def _title_for(round_: AwardRound, sent: str, subject: AwardSubject) -> str:
    titles = [key for key, _ in _lines(round_).get(subject, [])]
    if sent in titles:
        return sent
    if len(titles) == 1:
        return titles[0]
    raise Invalid({"key": "Hãy chọn danh hiệu, hình thức cho mỗi dòng đã chọn."})


def _line(round_: AwardRound, form: FormReader) -> tuple[str, AwardSubject]:
    """The line chosen: "title id|subject"."""
    title_id, _, subject = form.text("line", most=60).partition("|")
    if subject not in set(AwardSubject) or not any(
        key == title_id for key, _ in _lines(round_).get(AwardSubject(subject), [])
    ):
        raise Invalid({"line": "Hãy chọn danh hiệu hoặc hình thức của đợt xét."})
    return title_id, AwardSubject(subject)


def _wording(form: FormReader, subject: AwardSubject) -> Wording:
    is_person = subject is AwardSubject.PERSON
    leads = form.text("leads", most=10)
    found = Wording(
        name=form.text("name", most=service.LONGEST_NAME),
        honorific=form.text("honorific", most=10) if is_person else "",
        post=form.text("post", most=service.LONGEST_NAME),
        workplace=form.text("workplace", most=service.LONGEST_NAME),
        leads={"1": True, "0": False}.get(leads) if is_person else None,
        birth_date=form.day("birth_date") if is_person else None,
        reason=form.text("reason", most=service.LONGEST_TEXT),
        achievement=form.text("achievement", most=service.LONGEST_ACHIEVEMENT),
    )
    form.check()
    return found


def _new_page(
    round_: AwardRound,
    side: Proposer,
    clusters: list[tuple[str, str]],
    cluster_id: str | None,
    errors: dict[str, str] | None = None,
) -> Response:
    units = queries.list_own_units(reads(), viewer=viewer())
    if side is not Proposer.UNIT:
        units = queries.list_units_of(reads(), cluster_id=cluster_id, year=round_.year)
    return render(
        "commendation/nomination_form.html",
        status=422 if errors else 200,
        one=None,
        round=round_,
        side=side,
        clusters=clusters,
        cluster_id=cluster_id,
        units=units,
        people=queries.list_people_of(reads(), [key for key, _ in units]),
        lines=[(f"{line.title_id}|{line.subject.value}", line.name) for line in round_.lines],
        values=request.form if errors else MultiDict({"unit_id": units[0][0]} if len(units) == 1 else {}),
        honorifics=[(word, word or "Chưa chọn") for word in rules.HONORIFICS],
        errors=errors or {},
        conflict=None,
        revision=0,
    )


def _edit_page(one: Nomination, errors: dict[str, str] | None = None, conflict: Conflict | None = None) -> Response:
    typed = errors is not None or conflict is not None
    kept = {name: getattr(one, name) for name in service.PLAIN}
    kept["leads"] = {True: "1", False: "0", None: ""}[one.leads]
    return render(
        "commendation/nomination_form.html",
        status=409 if conflict else 422 if errors else 200,
        one=one,
        round=one.round,
        values=request.form if typed else MultiDict({k: str(v) for k, v in kept.items() if v is not None}),
        honorifics=[(word, word or "Chưa chọn") for word in rules.HONORIFICS],
        errors=errors or {},
        conflict=conflict,
        revision=one.revision,
    )
