"""Papers taken away: proposal, decision, certificates for the printer, the register of what followed."""

from __future__ import annotations

import io

from flask import request, send_file
from werkzeug.wrappers import Response

from webapp.audit import log_event
from webapp.commendation.catalogue.queries import list_values
from webapp.commendation.decisions import outputs, papers, queries, register_sheet
from webapp.commendation.decisions.decision_routes import blueprint, load_managed
from webapp.commendation.decisions.judging import may_judge
from webapp.commendation.decisions.paying import work_out
from webapp.core.errors import Invalid, NotFound, Refused
from webapp.handover.letterhead import issuer_on
from webapp.models import AwardDecision, AwardDecisionState
from webapp.official import DOCX
from webapp.official.certificate import Certificate, write_certificates
from webapp.official.certificate_print import Printing, print_certificates
from webapp.official.tables import XLSX
from webapp.permissions import Permission as P
from webapp.permissions import can
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, unit_of_work, viewer

MOST_MOVED = 50


@blueprint.get("/award-proposals/<proposal_id>/proposal.docx", endpoint="proposal_download")
@requires(P.NOMINATION_READ, on_subject=True)
def proposal_download(proposal_id: str) -> Response:
    proposal = queries.get_proposal(reads(), proposal_id, viewer=viewer())
    rows = queries.list_lines(reads(), proposal_id, viewer=viewer())
    if not can(viewer(), P.AWARD_ROUND_MANAGE, proposal.round) and not any(may_judge(viewer(), one) for one in rows):
        raise Refused("Chỉ cơ quan thường trực và lãnh đạo phường tải được tờ trình.")
    votes = {key: one.words for key, one in queries.count_votes(reads(), [one.id for one in rows]).items()}
    data = outputs.proposal_paper(
        proposal,
        papers.of_nominations(rows, {}, votes),
        list_values(reads()),
        office=papers.office_of(reads()),
        ward=issuer_on(reads(), proposal.signed_on),
    )
    return _send(data, DOCX, "to-trinh-khen-thuong.docx")


@blueprint.get("/award-decisions/<decision_id>/decision.docx", endpoint="decision_download")
@requires(P.AWARD_DECISION_MANAGE, on_subject=True)
def decision_download(decision_id: str) -> Response:
    """The draft as it would be issued now, or what was issued."""
    decision = load_managed(decision_id)
    values = list_values(reads())
    if decision.state is AwardDecisionState.ISSUED:
        data = papers.decision_file(reads(), decision, queries.list_awards(reads(), decision_id), values)
        return _send(data, DOCX, "quyet-dinh-khen-thuong.docx")
    rows = queries.list_approved_for(reads(), decision.round_id, viewer=viewer())
    money = work_out(reads(), rows, decision.decided_on)
    data = outputs.decision_paper(
        decision,
        papers.of_nominations(rows, {key: one.amount for key, one in money.items() if one}, {}),
        values,
        queries.proposals_of(reads(), rows),
        office=papers.office_of(reads()),
        ward=issuer_on(reads(), decision.decided_on),
    )
    return _send(data, DOCX, "quyet-dinh-khen-thuong.docx")


def _certificates(decision: AwardDecision) -> list[Certificate]:
    """Of every line in force; a draft has none."""
    if decision.state is not AwardDecisionState.ISSUED:
        raise NotFound(kind="award-decision", key=decision.id)
    return papers.certificates_of(reads(), decision, issuer_on(reads(), decision.decided_on))


@blueprint.get("/award-decisions/<decision_id>/certificates.docx", endpoint="certificate_download")
@requires(P.AWARD_DECISION_MANAGE, on_subject=True)
def certificate_download(decision_id: str) -> Response:
    decision = load_managed(decision_id)
    ward = issuer_on(reads(), decision.decided_on)
    title = f"Giấy khen theo Quyết định số {decision.number}"
    data = write_certificates(_certificates(decision), issuer=ward.name, title=title)
    _note(decision, "docx")
    return _send(data, DOCX, "giay-khen.docx")


@blueprint.get("/award-decisions/<decision_id>/certificates", endpoint="certificate_print")
@requires(P.AWARD_DECISION_MANAGE, on_subject=True)
def certificate_print(decision_id: str) -> Response:
    """How to print: on what, moved how far; kept in the page's address."""
    decision = load_managed(decision_id)
    total = len(_certificates(decision))
    errors: dict[str, str] = {}
    try:
        _printing(FormReader(request.args))
    except Invalid as fault:
        errors = fault.fields
    return render(
        "commendation/certificates.html",
        status=422 if errors else 200,
        decision=decision,
        total=total,
        on="blank" if request.args.get("on") == "blank" else "plain",
        x=request.args.get("x", "0"),
        y=request.args.get("y", "0"),
        errors=errors,
    )


def _printing(form: FormReader) -> Printing:
    moved = {}
    for name in ("x", "y"):
        number = form.number(name)
        if number is not None and abs(number) > MOST_MOVED:
            form.faults[name] = f"Hãy ghi từ -{MOST_MOVED} đến {MOST_MOVED} mm."
        moved[name] = float(number or 0)
    form.check()
    return Printing(form.text("on", most=20) == "blank", moved["x"], moved["y"])


@blueprint.get("/award-decisions/<decision_id>/certificates.pdf", endpoint="certificate_sheet")
@requires(P.AWARD_DECISION_MANAGE, on_subject=True)
def certificate_sheet(decision_id: str) -> Response:
    decision = load_managed(decision_id)
    data = print_certificates(_certificates(decision), _printing(FormReader(request.args)))
    _note(decision, "pdf")
    return _send(data, "application/pdf", "giay-khen.pdf")


@blueprint.get("/award-decisions/<decision_id>/register.xlsx", endpoint="followed_export")
@requires(P.AWARD_DECISION_MANAGE, on_subject=True)
def followed_export(decision_id: str) -> Response:
    """Sổ theo dõi of one decision."""
    decision = load_managed(decision_id)
    rows = queries.list_awards(reads(), decision_id)
    title = f"Sổ theo dõi khen thưởng, Quyết định số {decision.number} ngày {decision.decided_on:%d/%m/%Y}"
    data = register_sheet.followed_sheet(rows, queries.proposal_numbers(reads(), rows), title=title)
    _note(decision, "xlsx")
    return _send(data, XLSX, "so-theo-doi-khen-thuong.xlsx")


def _note(decision: AwardDecision, form: str) -> None:
    with unit_of_work() as work:
        log_event(work, viewer(), now(), "award-decision.export", decision, {"form": form})


def _send(data: bytes, media_type: str, name: str) -> Response:
    return send_file(io.BytesIO(data), mimetype=media_type, as_attachment=True, download_name=name)
