"""Pages of a visit: where it stands, notice, self-report, what the minutes say beside findings, report, conclusion."""

from __future__ import annotations

from collections.abc import Sequence

from flask import request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.core.errors import NotFound, Refused
from webapp.documents.viewing import is_infected
from webapp.inspections import concluding, queries, rules, visits
from webapp.inspections.concluding import NewRemedy
from webapp.inspections.routes import blueprint, moment
from webapp.inspections.visits import Record
from webapp.models import FindingKind, InspectionFinding, InspectionVisit, SignatureSide, VisitState
from webapp.permissions import Permission as P
from webapp.permissions import can, ensure
from webapp.ui.auth import requires
from webapp.ui.downloads import send_original
from webapp.ui.forms import FormReader
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reading_goes_on, reads, resources, today, unit_of_work, viewer
from webapp.ui.views import form_view, reason_view

REMEDIES = 6


def visit_for(visit_id: str, permission: P) -> InspectionVisit:
    """For who may do something with it. Raises NotFound, Refused."""
    visit = queries.get_visit(reads(), visit_id, viewer=viewer())
    ensure(viewer(), permission, visit)
    return visit


def to_visit(visit_id: str) -> str:
    return url_for("inspections.visit_view", visit_id=visit_id)


def moves_of(visit: InspectionVisit) -> set[str]:
    """What the viewer may do next."""
    who = viewer()
    return {
        move
        for (state, move) in rules.MOVES
        if state is visit.state and move in rules.NEEDED and can(who, rules.NEEDED[move], visit)
    }


@blueprint.get("/visits/<visit_id>", endpoint="visit_view")
@requires(P.VISIT_READ, on_subject=True)
def visit_view(visit_id: str) -> Response:
    """Where it stands and what comes next, for team, unit and overseers alike."""
    session = reads()
    visit = queries.get_visit(session, visit_id, viewer=viewer())
    findings = queries.list_findings(session, visit, viewer=viewer())
    files = queries.list_files(session, visit, viewer=viewer())
    signatures = queries.list_signatures(session, visit)
    signed = {one.side for one in signatures}
    own_side = SignatureSide.TEAM if can(viewer(), P.VISIT_LEAD, visit) else SignatureSide.UNIT
    return render(
        "inspections/visit.html",
        visit=visit,
        team=visit.inspection,
        members=[one for one in visit.inspection.members if one.removed_at is None],
        next_step=rules.SURPRISE
        if visit.inspection.surprise and visit.state is VisitState.PLANNED
        else rules.NEXT[visit.state],
        moves=moves_of(visit),
        shows=can(viewer(), P.VISIT_READ_FINDINGS, visit),
        of_unit=visit.unit_id in viewer().own_units | {viewer().unit_id},
        findings=[(kind, [one for one in findings if one.kind is kind]) for kind in FindingKind],
        photographs={one.id: [row for row in files if row.finding_id == one.id] for one in findings},
        remedies=queries.list_remedies(session, visit),
        answers={row.remedy_id: [f for f in files if f.remedy_id == row.remedy_id] for row in files if row.remedy_id},
        signatures=signatures,
        unit_signed=SignatureSide.UNIT in signed,
        own_signed=own_side in signed,
        sides=list(SignatureSide),
        answering=can(viewer(), P.VISIT_ANSWER, visit),
        signing=can(viewer(), P.VISIT_SIGN, visit) or can(viewer(), P.VISIT_LEAD, visit),
        today=today(),
    )


@blueprint.post("/visits/<visit_id>/<any(notify, open, minute):visit_step>", endpoint="visit_move")
@requires(P.VISIT_LEAD, on_subject=True)
def visit_move(visit_id: str, visit_step: str) -> Response:
    """Steps that need no more than a button."""
    acts = {"notify": visits.notify_unit, "open": visits.open_visit, "minute": visits.compose_minutes}
    done = {
        "notify": "Đã thông báo cho đơn vị.",
        "open": "Đoàn bắt đầu làm việc. Ghi nhận kết quả theo từng tiêu chí.",
        "minute": "Đã lập biên bản; đơn vị đọc, ghi ý kiến rồi hai bên ký.",
    }
    return form_view(
        "inspections/visit_move.html",
        lambda work, _form: acts[visit_step](work, actor=viewer(), moment=moment(), visit_id=visit_id),
        done=done[visit_step],
        to=to_visit(visit_id),
        visit=visit_for(visit_id, P.VISIT_LEAD),
    )


@blueprint.route("/visits/<visit_id>/reopen", methods=["GET", "POST"], endpoint="minutes_reopen")
@requires(P.VISIT_LEAD, on_subject=True)
def minutes_reopen(visit_id: str) -> Response:
    visit = visit_for(visit_id, P.VISIT_LEAD)
    return reason_view(
        "inspections/reopen.html",
        lambda work, reason: visits.reopen_minutes(work, actor=viewer(), now=now(), visit_id=visit_id, reason=reason),
        done="Đã mở lại để sửa; chữ ký trước đó không còn giá trị nhưng vẫn được lưu.",
        to=to_visit(visit_id),
        most=rules.LONGEST_REASON,
        visit=visit,
    )


@blueprint.route("/visits/<visit_id>/self-report", methods=["GET", "POST"], endpoint="self_report")
@requires(P.VISIT_ANSWER, on_subject=True)
def self_report(visit_id: str) -> Response:
    visit = visit_for(visit_id, P.VISIT_ANSWER)

    def keep(work: Session, form: FormReader) -> None:
        text, revision = form.text("self_report", most=20_000), form.revision()
        form.check()
        visits.write_self_report(
            work,
            actor=viewer(),
            moment=moment(),
            visit_id=visit_id,
            revision=revision,
            text=text,
            send="send" in request.form,
        )

    return form_view(
        "inspections/self_report.html",
        keep,
        done="Đã gửi báo cáo tự kiểm tra." if "send" in request.form else "Đã lưu báo cáo, chưa gửi.",
        to=to_visit(visit_id),
        shows_conflict=True,
        visit=visit,
    )


@blueprint.route("/visits/<visit_id>/record", methods=["GET", "POST"], endpoint="record_write")
@requires(P.VISIT_WRITE, on_subject=True)
def record_write(visit_id: str) -> Response:
    visit = visit_for(visit_id, P.VISIT_WRITE)

    def keep(work: Session, form: FormReader) -> None:
        record = Record(
            place=form.text("place", most=rules.LONGEST_NAME),
            team_present=form.text("team_present", most=rules.LONGEST_REASON),
            unit_present=form.text("unit_present", most=rules.LONGEST_REASON),
            papers_seen=form.text("papers_seen"),
            copies=form.integer("copies", least=1, most=20),
        )
        revision = form.revision()
        form.check()
        visits.write_record(work, actor=viewer(), now=now(), visit_id=visit_id, revision=revision, record=record)

    names = [one.name for one in visit.inspection.members if one.removed_at is None]
    return form_view(
        "inspections/record.html",
        keep,
        done="Đã lưu phần mở đầu của biên bản.",
        to=to_visit(visit_id),
        shows_conflict=True,
        visit=visit,
        suggested="; ".join(names),
    )


@blueprint.route("/visits/<visit_id>/opinion", methods=["GET", "POST"], endpoint="opinion_write")
@requires(P.VISIT_ANSWER, on_subject=True)
def opinion_write(visit_id: str) -> Response:
    visit = visit_for(visit_id, P.VISIT_ANSWER)

    def keep(work: Session, form: FormReader) -> None:
        opinion, reservations, revision = form.text("opinion"), form.text("reservations"), form.revision()
        form.check()
        visits.write_opinion(
            work,
            actor=viewer(),
            now=now(),
            visit_id=visit_id,
            revision=revision,
            opinion=opinion,
            reservations=reservations,
        )

    return form_view(
        "inspections/opinion.html",
        keep,
        done="Đã lưu ý kiến của đơn vị.",
        to=to_visit(visit_id),
        shows_conflict=True,
        visit=visit,
    )


@blueprint.route("/visits/<visit_id>/report", methods=["GET", "POST"], endpoint="report_write")
@requires(P.VISIT_CONCLUDE, on_subject=True)
def report_write(visit_id: str) -> Response:
    visit = visit_for(visit_id, P.VISIT_CONCLUDE)

    def keep(work: Session, form: FormReader) -> None:
        text, revision = form.text("report", most=20_000), form.revision()
        form.check()
        concluding.report_visit(work, actor=viewer(), moment=moment(), visit_id=visit_id, revision=revision, text=text)

    return form_view(
        "inspections/report.html",
        keep,
        done="Đã gửi báo cáo kết quả kiểm tra.",
        to=to_visit(visit_id),
        shows_conflict=True,
        visit=visit,
        start="\n".join(_lines(queries.list_findings(reads(), visit, viewer=viewer()))),
    )


def _lines(findings: Sequence[InspectionFinding]) -> list[str]:
    """What was found, a line each, to begin a report with."""
    return [f"- {one.kind.label}{f' ({one.criterion.code})' if one.criterion else ''}: {one.text}" for one in findings]


@blueprint.route("/visits/<visit_id>/conclude", methods=["GET", "POST"], endpoint="visit_conclude")
@requires(P.VISIT_CONCLUDE, on_subject=True)
def visit_conclude(visit_id: str) -> Response:
    """The conclusion with up to some remedies; those found lacking are offered as a start."""
    visit = visit_for(visit_id, P.VISIT_CONCLUDE)
    findings = queries.list_findings(reads(), visit, viewer=viewer())
    lacking = [one for one in findings if one.kind is not FindingKind.GOOD]
    places = range(max(REMEDIES, len(lacking) + 2))

    def keep(work: Session, form: FormReader) -> None:
        conclusion, number = form.text("conclusion", most=20_000), form.text("number", most=rules.LONGEST_NAME)
        on = form.day("concluded_on")
        remedies = [
            NewRemedy(
                text=form.text(f"remedy-{place}", most=rules.LONGEST_REASON),
                due_on=form.day(f"due-{place}"),
                finding_id=form.optional(f"finding-{place}", most=20),
            )
            for place in places
        ]
        form.check()
        concluding.conclude_visit(
            work,
            actor=viewer(),
            moment=moment(),
            visit_id=visit_id,
            conclusion=conclusion,
            number=number,
            concluded_on=on,
            remedies=remedies,
        )

    return form_view(
        "inspections/conclude.html",
        keep,
        done="Đã ghi kết luận; đơn vị được báo về các việc phải khắc phục.",
        to=to_visit(visit_id),
        visit=visit,
        findings=findings,
        lacking=lacking,
        places=places,
    )


@blueprint.get("/visits/<visit_id>/files/<visit_file_id>", endpoint="file_download")
@requires(P.VISIT_READ, on_subject=True)
def file_download(visit_id: str, visit_file_id: str) -> Response:
    """A file of the visit, always as an attachment: a browser saves it and never runs it."""
    visit = queries.get_visit(reads(), visit_id, viewer=viewer())
    files = queries.list_files(reads(), visit, viewer=viewer())
    file = next((one for one in files if one.id == visit_file_id), None)
    if file is None:
        raise NotFound(kind="inspection-visit", key=visit_file_id)
    if file.version.reading is not None and is_infected(file.version.reading):
        raise Refused(file.version.reading.sentence)
    sha256, filename = file.version.sha256, file.version.filename
    with reading_goes_on(), unit_of_work() as work:
        visits.note_download(work, actor=viewer(), now=now(), visit_id=visit_id, sha256=sha256)
    return send_original(resources().store.path(sha256), filename)
