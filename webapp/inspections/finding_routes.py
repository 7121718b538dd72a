"""Pages on the spot: the visit's checklist beside what the unit claims, findings with photographs.

The forms are sent whole. Where there is a script it keeps on the device what the network did not take, and sends it later
with the same key: `static/js/field_work.js`.
"""

from __future__ import annotations

from flask import request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from archive import Receipt
from webapp.documents.uploads import chosen_files, store_file
from webapp.inspections import findings, queries, rules
from webapp.inspections.findings import Written
from webapp.inspections.routes import blueprint
from webapp.inspections.visit_routes import visit_for
from webapp.models import FindingKind, new_id
from webapp.movement.queries import list_groups
from webapp.permissions import Permission as P
from webapp.permissions import can, ensure
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader, options
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, resources, viewer
from webapp.ui.views import form_view, reason_view


def _written(form: FormReader) -> Written:
    return Written(
        kind=form.choice("kind", FindingKind),
        criterion_id=form.optional("criterion_id", most=20),
        text=form.text("text", most=rules.LONGEST_TEXT),
        documents=[one[:20] for one in request.form.getlist("documents")],
    )


def received() -> list[Receipt]:
    """Files of the form, in the archive."""
    held = resources()
    files = [*request.files.getlist("files"), *request.files.getlist("camera")]
    return [store_file(held.store, one, max_size=held.settings.max_upload) for one in chosen_files(files)]


def _to(visit_id: str) -> str:
    return url_for("inspections.finding_list", visit_id=visit_id)


@blueprint.get("/visits/<visit_id>/findings", endpoint="finding_list")
@requires(P.VISIT_READ_FINDINGS, on_subject=True)
def finding_list(visit_id: str) -> Response:
    """Each criterion with the unit's claim, its evidence, and what was found."""
    visit = visit_for(visit_id, P.VISIT_READ_FINDINGS)
    session = reads()
    found = queries.list_findings(session, visit, viewer=viewer())
    return render(
        "inspections/findings.html",
        visit=visit,
        rows=queries.checklist_of(session, visit, viewer=viewer()),
        loose=[one for one in found if one.criterion_id is None],
        files=queries.list_files(session, visit, viewer=viewer()),
        writing=can(viewer(), P.VISIT_WRITE, visit),
    )


@blueprint.route("/visits/<visit_id>/findings/new", methods=["GET", "POST"], endpoint="finding_add")
@requires(P.VISIT_WRITE, on_subject=True)
def finding_add(visit_id: str) -> Response:
    """One finding, about the criterion of the address if any."""
    visit = visit_for(visit_id, P.VISIT_WRITE)
    about = request.values.get("criterion_id", "")

    def keep(work: Session, form: FormReader) -> None:
        written = _written(form)
        key = form.text("client_key", most=40)
        form.check()
        findings.add_finding(
            work,
            actor=viewer(),
            now=now(),
            visit_id=visit_id,
            client_key=key,
            written=written,
            photographs=received(),
        )

    rows = queries.checklist_of(reads(), visit, viewer=viewer())
    chosen = next((row for row in rows if row.criterion.id == about), None)
    return form_view(
        "inspections/finding_form.html",
        keep,
        done="Đã ghi nhận.",
        to=_to(visit_id),
        visit=visit,
        one=None,
        kinds=options(FindingKind),
        criteria=criteria_of(visit.movement_id),
        about=about,
        papers=chosen.claim.papers if chosen and chosen.claim else (),
        claim=chosen.claim if chosen else None,
        client_key=request.form.get("client_key") or new_id(),
    )


def criteria_of(movement_id: str) -> list[tuple[str, str]]:
    """(id, code and text) of the movement's criteria, in the order of the plan."""
    groups = list_groups(reads(), movement_id, viewer=viewer())
    return [(one.id, f"{one.code} {one.text[:90]}") for group in groups for one in group.criteria]


@blueprint.route("/visits/findings/<finding_id>", methods=["GET", "POST"], endpoint="finding_edit")
@requires(P.VISIT_WRITE, on_subject=True)
def finding_edit(finding_id: str) -> Response:
    one, visit = queries.get_finding(reads(), finding_id, viewer=viewer())
    ensure(viewer(), P.VISIT_WRITE, visit)

    def keep(work: Session, form: FormReader) -> None:
        written, revision = _written(form), form.revision()
        form.check()
        findings.change_finding(
            work,
            actor=viewer(),
            now=now(),
            finding_id=finding_id,
            revision=revision,
            written=written,
            photographs=received(),
        )

    rows = queries.checklist_of(reads(), visit, viewer=viewer())
    chosen = next((row for row in rows if row.criterion.id == one.criterion_id), None)
    return form_view(
        "inspections/finding_form.html",
        keep,
        done="Đã sửa ghi nhận.",
        to=_to(visit.id),
        shows_conflict=True,
        visit=visit,
        one=one,
        kinds=options(FindingKind),
        criteria=criteria_of(visit.movement_id),
        about=one.criterion_id or "",
        papers=chosen.claim.papers if chosen and chosen.claim else (),
        claim=chosen.claim if chosen else None,
        client_key="",
    )


@blueprint.route("/visits/findings/<finding_id>/drop", methods=["GET", "POST"], endpoint="finding_drop")
@requires(P.VISIT_WRITE, on_subject=True)
def finding_drop(finding_id: str) -> Response:
    one, visit = queries.get_finding(reads(), finding_id, viewer=viewer())
    ensure(viewer(), P.VISIT_WRITE, visit)
    return reason_view(
        "inspections/finding_drop.html",
        lambda work, reason: findings.drop_finding(
            work, actor=viewer(), now=now(), finding_id=finding_id, reason=reason
        ),
        done="Đã bỏ ghi nhận này khỏi biên bản; nội dung vẫn được lưu.",
        to=_to(visit.id),
        most=rules.LONGEST_REASON,
        visit=visit,
        one=one,
    )
