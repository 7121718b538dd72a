"""The minutes: read, signed by either side, got as an official paper."""

from __future__ import annotations

import io

from flask import request, send_file
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.core.errors import Invalid
from webapp.handover.letterhead import issuer_on
from webapp.inspections import minutes, queries, rules, signing, visits
from webapp.inspections.finding_routes import received
from webapp.inspections.routes import blueprint, moment
from webapp.inspections.signing import Signed
from webapp.inspections.visit_routes import to_visit, visit_for
from webapp.models import SignatureSide, VisitState
from webapp.official.write import DOCX
from webapp.permissions import Permission as P
from webapp.permissions import can, ensure
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader
from webapp.ui.request_state import now, reads, today, unit_of_work, viewer
from webapp.ui.views import form_view


@blueprint.route("/visits/<visit_id>/sign", methods=["GET", "POST"], endpoint="minutes_sign")
@requires(P.VISIT_READ_FINDINGS, on_subject=True)
def minutes_sign(visit_id: str) -> Response:
    """The words to be signed, and the form for the viewer's side."""
    visit = visit_for(visit_id, P.VISIT_READ_FINDINGS)
    leads = can(viewer(), P.VISIT_LEAD, visit)
    side = SignatureSide.TEAM if leads else SignatureSide.UNIT
    ensure(viewer(), P.VISIT_LEAD if leads else P.VISIT_SIGN, visit)
    if visit.state is not VisitState.MINUTED:
        raise Invalid("Chỉ ký được khi biên bản đã lập và chưa ký xong.")
    words = signing.load_minutes(reads(), visit, moment())

    def keep(work: Session, form: FormReader) -> None:
        name, post = form.text("name", most=rules.LONGEST_NAME), form.text("post", most=rules.LONGEST_NAME)
        digest, drawing = form.text("digest", most=64), form.text("drawing", most=100_000)
        form.check()
        scans = received()
        if len(scans) > 1:
            raise Invalid({"files": "Chỉ gửi một tệp bản chụp biên bản đã ký."})
        signed = Signed(
            side=side, name=name, post=post, digest=digest, drawing=drawing, scan=scans[0] if scans else None
        )
        signing.sign_minutes(work, actor=viewer(), moment=moment(), visit_id=visit_id, signed=signed)

    return form_view(
        "inspections/sign.html",
        keep,
        done="Đã ký biên bản.",
        to=to_visit(visit_id),
        visit=visit,
        side=side,
        signer=viewer().name,
        post=next((one.post.label for one in visit.inspection.members if one.person_id == viewer().id), ""),
        blocks=[(type(block).__name__, block) for block in minutes.blocks_of(words)],
        digest=request.form.get("digest") or rules.words_digest(minutes.words_of(words)),
        box=(signing.WIDTH, signing.HEIGHT),
    )


@blueprint.get("/visits/<visit_id>/minutes.docx", endpoint="minutes_download")
@requires(P.VISIT_READ_FINDINGS, on_subject=True)
def minutes_download(visit_id: str) -> Response:
    visit = visit_for(visit_id, P.VISIT_READ_FINDINGS)
    if visit.opened_at is None:
        raise Invalid("Đoàn chưa làm việc tại đơn vị nên chưa có biên bản.")
    data = minutes.minutes_paper(
        signing.load_minutes(reads(), visit, moment()),
        queries.list_signatures(reads(), visit),
        issuer=visit.inspection.name,
        superior=issuer_on(reads(), today()).name,
    )
    with unit_of_work() as work:
        visits.note_minutes(work, actor=viewer(), now=now(), visit_id=visit_id)
    return send_file(
        io.BytesIO(data), mimetype=DOCX, as_attachment=True, download_name=f"bien-ban-kiem-tra-{visit.year}.docx"
    )
