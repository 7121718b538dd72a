"""Pages of the administration: units, clusters, people, grants, import, background work."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.core.errors import Invalid, NotFound
from webapp.jobs import outbox
from webapp.models import ClusterPosition, Role, UnitKind
from webapp.people import queries, service
from webapp.people.importing import import_people
from webapp.people.passwords import first_password
from webapp.people.routes import blueprint
from webapp.people.table import MAX_BYTES, open_table
from webapp.permissions import Permission as P
from webapp.permissions.viewer import words_of
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader, options, year_in
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, resources, today, unit_of_work, viewer


@blueprint.get("/admin", endpoint="admin_view")
@requires(P.CLUSTER_MANAGE)
def admin_view() -> Response:
    return render("people/admin.html")


@blueprint.get("/admin/units", endpoint="unit_list")
@requires(P.UNIT_MANAGE)
def unit_list() -> Response:
    return render("people/units.html", units=queries.list_units(reads(), viewer=viewer()))


@blueprint.route("/admin/units/new", methods=["GET", "POST"], endpoint="unit_create")
@blueprint.route("/admin/units/<unit_id>", methods=["GET", "POST"], endpoint="unit_edit")
@requires(P.UNIT_MANAGE)
def unit_edit(unit_id: str | None = None) -> Response:
    unit = queries.get_unit(reads(), unit_id, viewer=viewer()) if unit_id else None
    errors: dict[str, str] = {}
    values: dict[str, object] = {"kind": UnitKind.OFFICE, **request.args}
    if unit is not None:
        values = {name: getattr(unit, name) for name in ("code", "name", "kind", "founded_on", "dissolved_on")}
    if request.method == "POST":
        values = dict(request.form)
        form = FormReader(request.form)
        try:
            code, name = form.text("code", most=40), form.text("name", most=300)
            kind = form.choice("kind", UnitKind)
            founded_on, dissolved_on = form.day("founded_on"), form.day("dissolved_on")
            form.needed("kind", kind, "Hãy chọn loại đơn vị.")
            form.check()
            with unit_of_work() as work:
                service.save_unit(
                    work,
                    actor=viewer(),
                    now=now(),
                    unit_id=unit_id,
                    draft=service.UnitDraft(
                        code=code,
                        name=name,
                        kind=kind or UnitKind.OFFICE,
                        founded_on=founded_on,
                        dissolved_on=dissolved_on,
                    ),
                )
        except Invalid as fault:
            errors = fault.fields
        else:
            flash(f"Đã lưu đơn vị {name}.", "good")
            return redirect(url_for("people.unit_list"), 303)
    return render(
        "people/unit.html",
        status=422 if errors else 200,
        unit=unit,
        values=values,
        errors=errors,
        kinds=options(UnitKind),
    )


@blueprint.get("/admin/clusters", endpoint="cluster_list")
@requires(P.CLUSTER_MANAGE)
def cluster_list() -> Response:
    year = _year()
    return _clusters(year)


def _clusters(year: int, errors: dict[str, str] | None = None) -> Response:
    return render(
        "people/clusters.html",
        status=422 if errors else 200,
        clusters=queries.list_clusters(reads(), viewer=viewer()),
        members=queries.list_members(reads(), viewer=viewer(), year=year),
        units=queries.list_units(reads(), viewer=viewer()),
        positions=options(ClusterPosition),
        year=year,
        values=request.form,
        errors=errors or {},
    )


def _year() -> int:
    return year_in(request.values.get("year"), otherwise=today().year)


@blueprint.post("/admin/clusters", endpoint="cluster_create")
@requires(P.CLUSTER_MANAGE)
def cluster_create() -> Response:
    form = FormReader(request.form)
    try:
        with unit_of_work() as work:
            service.save_cluster(
                work, actor=viewer(), now=now(), cluster_id=None, code=form.text("code"), name=form.text("name")
            )
    except Invalid as fault:
        return _clusters(_year(), fault.fields)
    flash("Đã thêm cụm, khối.", "good")
    return redirect(url_for("people.cluster_list", year=_year()), 303)


@blueprint.post("/admin/clusters/<cluster_id>/members", endpoint="cluster_place")
@requires(P.CLUSTER_MANAGE)
def cluster_place(cluster_id: str) -> Response:
    form = FormReader(request.form)
    try:
        position = form.choice("position", ClusterPosition) or ClusterPosition.MEMBER
        form.check()
        with unit_of_work() as work:
            service.place_unit(
                work,
                actor=viewer(),
                now=now(),
                cluster_id=cluster_id,
                year=_year(),
                unit_id=form.text("unit_id"),
                position=position,
            )
    except Invalid as fault:
        # The page has such a form for every cluster.
        return _clusters(_year(), {f"{name}-{cluster_id}": text for name, text in fault.fields.items()})
    flash("Đã xếp đơn vị vào cụm, khối.", "good")
    return redirect(url_for("people.cluster_list", year=_year()), 303)


@blueprint.post("/admin/clusters/<cluster_id>/members/<unit_id>/remove", endpoint="cluster_remove")
@requires(P.CLUSTER_MANAGE)
def cluster_remove(cluster_id: str, unit_id: str) -> Response:
    with unit_of_work() as work:
        service.remove_from_cluster(
            work, actor=viewer(), now=now(), cluster_id=cluster_id, year=_year(), unit_id=unit_id
        )
    flash("Đã đưa đơn vị ra khỏi cụm, khối.", "good")
    return redirect(url_for("people.cluster_list", year=_year()), 303)


@blueprint.get("/admin/people", endpoint="person_list")
@requires(P.PERSON_MANAGE)
def person_list() -> Response:
    return render(
        "people/people.html",
        people=queries.list_people(reads(), viewer=viewer()),
        grants=queries.list_grants(reads(), viewer=viewer()),
    )


@blueprint.route("/admin/people/new", methods=["GET", "POST"], endpoint="person_create")
@requires(P.PERSON_MANAGE)
def person_create() -> Response:
    errors: dict[str, str] = {}
    if request.method == "POST":
        form = FormReader(request.form)
        password = first_password()
        try:
            title, email = form.text("title", most=200), form.text("email", most=200)
            form.check()
            with unit_of_work() as work:
                person = service.create_person(
                    work,
                    actor=viewer(),
                    now=now(),
                    password=password,
                    new=service.NewPerson(
                        username=form.text("username"),
                        name=form.text("name"),
                        title=title,
                        email=email,
                        unit_id=form.optional("unit_id"),
                    ),
                )
        except Invalid as fault:
            errors = fault.fields
        else:
            return render("people/first_password.html", person=person, password=password)
    return render(
        "people/person_new.html",
        status=422 if errors else 200,
        values=request.form,
        errors=errors,
        units=queries.list_units(reads(), viewer=viewer()),
    )


@blueprint.get("/admin/people/<person_id>", endpoint="person_view")
@requires(P.PERSON_MANAGE)
def person_view(person_id: str) -> Response:
    return _person_page(person_id)


def _person_page(person_id: str, errors: dict[str, str] | None = None) -> Response:
    return render(
        "people/person.html",
        status=422 if errors else 200,
        person=queries.get_person(reads(), person_id, viewer=viewer()),
        grants=queries.list_grants(reads(), viewer=viewer(), person_id=person_id),
        words_of=words_of,
        units=queries.list_units(reads(), viewer=viewer()),
        clusters=queries.list_clusters(reads(), viewer=viewer()),
        roles=[(value, label) for value, label in options(Role) if value != Role.INSPECTOR],
        values=request.form,
        errors=errors or {},
    )


@blueprint.post("/admin/people/<person_id>", endpoint="person_update")
@requires(P.PERSON_MANAGE)
def person_update(person_id: str) -> Response:
    form = FormReader(request.form)
    try:
        title, email = form.text("title", most=200), form.text("email", most=200)
        form.check()
        with unit_of_work() as work:
            service.update_person(
                work,
                actor=viewer(),
                now=now(),
                person_id=person_id,
                name=form.text("name"),
                title=title,
                email=email,
                unit_id=form.optional("unit_id"),
            )
    except Invalid as fault:
        return _person_page(person_id, fault.fields)
    flash("Đã lưu thông tin của người dùng.", "good")
    return redirect(url_for("people.person_view", person_id=person_id), 303)


@blueprint.post("/admin/people/<person_id>/grants", endpoint="grant_give")
@requires(P.GRANT_MANAGE)
def grant_give(person_id: str) -> Response:
    form = FormReader(request.form)
    try:
        role = form.choice("role", Role)
        form.needed("role", role, "Hãy chọn vai trò.")
        if role is Role.INSPECTOR:
            form.faults["role"] = "Thành viên đoàn kiểm tra được giao theo đoàn: lập đoàn ở trang “Kiểm tra”."
        year = form.integer("year", least=2000, most=2100)
        valid_from, valid_until = form.day("valid_from"), form.day("valid_until")
        form.check()
        with unit_of_work() as work:
            service.grant_role(
                work,
                actor=viewer(),
                now=now(),
                person_id=person_id,
                grant=service.NewGrant(
                    role=role or Role.CLERK,
                    unit_id=form.optional("grant_unit_id"),
                    cluster_id=form.optional("cluster_id"),
                    year=year,
                    valid_from=valid_from,
                    valid_until=valid_until,
                ),
            )
    except Invalid as fault:
        fields = {"grant_unit_id" if name == "unit_id" else name: text for name, text in fault.fields.items()}
        return _person_page(person_id, fields)
    flash("Đã giao vai trò. Vai trò có hiệu lực ngay.", "good")
    return redirect(url_for("people.person_view", person_id=person_id), 303)


@blueprint.post("/admin/people/<person_id>/grants/<grant_id>/revoke", endpoint="grant_revoke")
@requires(P.GRANT_MANAGE)
def grant_revoke(person_id: str, grant_id: str) -> Response:
    if grant_id not in {grant.id for grant in queries.list_grants(reads(), viewer=viewer(), person_id=person_id)}:
        raise NotFound(kind="grant", key=grant_id)
    try:
        with unit_of_work() as work:
            service.revoke_grant(work, actor=viewer(), now=now(), grant_id=grant_id)
    except Invalid as fault:
        return _person_page(person_id, fault.fields)
    flash("Đã thu hồi vai trò. Việc thu hồi có hiệu lực ngay.", "good")
    return redirect(url_for("people.person_view", person_id=person_id), 303)


@blueprint.route("/admin/people/<person_id>/close", methods=["GET", "POST"], endpoint="person_close")
@requires(P.PERSON_MANAGE)
def person_close(person_id: str) -> Response:
    person = queries.get_person(reads(), person_id, viewer=viewer())
    if request.method == "GET":
        return render("people/person_close.html", person=person)
    try:
        with unit_of_work() as work:
            service.set_disabled(
                work, actor=viewer(), now=now(), person_id=person_id, disabled=person.disabled_at is None
            )
    except Invalid as fault:
        return _person_page(person_id, fault.fields)
    flash("Đã mở lại tài khoản." if person.disabled_at else "Đã khóa tài khoản.", "good")
    return redirect(url_for("people.person_view", person_id=person_id), 303)


@blueprint.post("/admin/people/<person_id>/password", endpoint="person_reset_password")
@requires(P.PERSON_MANAGE)
def person_reset_password(person_id: str) -> Response:
    password = first_password()
    with unit_of_work() as work:
        service.reset_password(work, actor=viewer(), now=now(), person_id=person_id, password=password)
    person = queries.get_person(reads(), person_id, viewer=viewer())
    return render("people/first_password.html", person=person, password=password)


@blueprint.route("/admin/import", methods=["GET", "POST"], endpoint="people_import")
@requires(P.PERSON_MANAGE)
def people_import() -> Response:
    errors: dict[str, str] = {}
    report = None
    if request.method == "POST":
        upload = request.files.get("file")
        try:
            if upload is None or not upload.filename:
                raise Invalid({"file": "Hãy chọn một tệp .xlsx hoặc .csv."})
            data = upload.stream.read(MAX_BYTES + 1)
            table = open_table(data, upload.filename, with_hidden="hidden" in request.form)
            apply = "apply" in request.form
            report = import_people(resources().db, actor=viewer(), now=now(), rows=table.rows, apply=apply)
            report.hidden = table.hidden
        except Invalid as fault:
            errors = fault.fields
    failed = bool(errors) or (report is not None and not report.ok)
    return render("people/import.html", status=422 if failed else 200, errors=errors, report=report)


@blueprint.get("/admin/jobs", endpoint="job_list")
@requires(P.SYSTEM_WATCH)
def job_list() -> Response:
    return render("people/jobs.html", waiting=outbox.waiting(reads()), given_up=outbox.given_up(reads()))


@blueprint.post("/admin/jobs/retry", endpoint="job_retry")
@requires(P.SYSTEM_WATCH)
def job_retry() -> Response:
    with unit_of_work() as work:
        count = outbox.retry_given_up(work, now=now())
    flash(f"Đã xếp {count} việc vào hàng chờ để làm lại.", "good")
    return redirect(url_for("people.job_list"), 303)
