"""The page where a rubric is tried out, and the form of its rules."""

from __future__ import annotations

from decimal import Decimal

from flask import flash, request
from werkzeug.wrappers import Response

from webapp.core.errors import Conflict, Invalid
from webapp.core.expression import BadExpression
from webapp.core.numbers import BadNumber, doubts
from webapp.permissions import Permission as P
from webapp.permissions import ensure
from webapp.scoring.points.cluster_rules import LONGEST_TITLE, MOST_TITLES, RubricRules
from webapp.scoring.points.pooling import Pooling
from webapp.scoring.points.ranking import Title
from webapp.scoring.points.reckoning import Result, reckon
from webapp.scoring.points.scheme import Entry, Level, Node, NodeKind, Scheme, check, inputs_of, read_value, walk
from webapp.scoring.points.score_sheet import score_book
from webapp.scoring.rubrics import queries, service
from webapp.scoring.rubrics.routes import blueprint, rubric_page, send_sheet, to_rubric
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader, options
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, unit_of_work, viewer


@blueprint.post("/rubrics/<rubric_id>/rules", endpoint="rubric_rules")
@requires(P.RUBRIC_MANAGE, on_subject=True)
def rubric_rules(rubric_id: str) -> Response:
    rubric = queries.get_rubric(reads(), rubric_id, viewer=viewer())
    ensure(viewer(), P.RUBRIC_MANAGE, rubric)
    try:
        form = FormReader(request.form)
        revision = form.revision()
        rules = _rules(form)
        with unit_of_work() as work:
            service.set_rules(work, actor=viewer(), now=now(), rubric_id=rubric_id, revision=revision, rules=rules)
    except Invalid as fault:
        return rubric_page(rubric, fault.fields, typed=request.form)
    except Conflict as fault:
        return rubric_page(
            rubric, {"": fault.sentence}, status=409, typed={**request.form, "revision": str(rubric.revision)}
        )
    flash("Đã lưu quy tắc.", "good")
    return to_rubric(rubric_id)


def _rules(form: FormReader) -> RubricRules:
    pooling = form.choice("pooling", Pooling)
    ties = tuple(code.strip() for code in form.text("ties", most=700).split(";") if code.strip())
    control = form.integer("control", least=0, most=100)
    titles = []
    for place in range(MOST_TITLES):
        name = form.text(f"title-{place}", most=LONGEST_TITLE)
        least, quota = form.number(f"least-{place}"), form.number(f"quota-{place}")
        if name or least is not None or quota is not None:
            form.needed(f"title-{place}", name, f"Danh hiệu thứ {place + 1} chưa có tên.")
            form.needed(f"least-{place}", least, f"Hãy ghi điểm tối thiểu của danh hiệu thứ {place + 1}.")
            titles.append(Title(name, least if least is not None else Decimal(0), quota))
    form.check()
    for sentence in form.doubts:
        flash(sentence, "warn")
    return RubricRules(pooling or Pooling.NONE, ties, tuple(titles), control or 0)


@blueprint.route("/rubrics/<rubric_id>/try", methods=["GET", "POST"], endpoint="rubric_try")
@requires(P.RUBRIC_READ, on_subject=True)
def rubric_try(rubric_id: str) -> Response:
    """Score an example and see how each point comes about. Nothing is stored."""
    rubric = queries.get_rubric(reads(), rubric_id, viewer=viewer())
    scheme = queries.scheme_of(rubric)
    blocking = [finding.sentence for finding in check(scheme) if finding.blocks]
    if blocking:
        raise Invalid("Thang điểm còn lỗi nên chưa chấm thử được: " + " ".join(blocking[:5]))
    errors: dict[str, str] = {}
    result: Result | None = None
    if request.method == "POST":
        entries, best, errors = _entries(scheme)
        if not errors:
            try:
                result = reckon(scheme, entries, best)
            except BadExpression as fault:
                errors = {"": str(fault)}
        if result is not None and "sheet" in request.form:
            data = score_book(scheme, entries, best, title=f"Chấm thử · {rubric.name} {rubric.year}")
            return send_sheet(rubric, data, "cham-thu")
    return render(
        "scoring/try.html",
        status=422 if errors else 200,
        rubric=rubric,
        nodes=[(node, depth, inputs_of(node) if node.is_leaf else []) for node, depth in walk(scheme.root)],
        lines={line.node.code: line for line in result.lines} if result else {},
        result=result,
        levels=options(Level),
        decimals=scheme.decimals,
        errors=errors,
        understood=doubts([text for name, text in request.form.items() if name.startswith(("value-", "best-"))]),
        values=request.form,
    )


def _entries(scheme: Scheme) -> tuple[dict[str, Entry], dict[str, Decimal], dict[str, str]]:
    """What was typed: (entries, best of the cluster, faults by field). Fields are named by the leaf's place."""
    entries: dict[str, Entry] = {}
    best: dict[str, Decimal] = {}
    faults: dict[str, str] = {}

    def number(field: str, node: Node, name: str) -> Decimal | None:
        typed = request.form.get(field, "").strip()
        try:
            return read_value(node, name, typed) if typed else None
        except BadNumber as fault:
            faults[field] = str(fault)
            return None

    for place, (node, _) in enumerate(walk(scheme.root)):
        if not node.is_leaf:
            continue
        if node.kind is NodeKind.LEVEL:
            chosen = request.form.get(f"level-{place}", "")
            if chosen in set(Level):
                entries[node.code] = Entry(level=Level(chosen))
            continue
        values = {name: number(f"value-{place}-{which}", node, name) for which, name in enumerate(inputs_of(node))}
        given = {name: value for name, value in values.items() if value is not None}
        if given and len(given) == len(values):
            entries[node.code] = Entry(given)
        top = number(f"best-{place}", node, "value")
        if top is not None:
            best[node.code] = top
    return entries, best, faults
