"""Pages of honours, for everybody signed in: register, one honour, what was used for what, exemplars; and what is noted
about an honour by those who look after it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from flask import Blueprint, request, send_file, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.audit import Thing, log_event
from webapp.commendation.decisions import afterwards, honours, register_sheet
from webapp.commendation.decisions.correcting import Correction, correct_award
from webapp.commendation.decisions.decision_routes import signed_papers
from webapp.commendation.decisions.honours import HonourFilter
from webapp.commendation.nominations.rules import HONORIFICS
from webapp.core.numbers import money_words
from webapp.core.paging import page_number
from webapp.models import Award, AwardSubject
from webapp.official.tables import XLSX
from webapp.permissions import Permission as P
from webapp.permissions import can, ensure
from webapp.ui.auth import requires
from webapp.ui.forms import FormReader, options, year_in
from webapp.ui.htmx import render
from webapp.ui.request_state import now, reads, today, unit_of_work, viewer
from webapp.ui.views import form_view

blueprint = Blueprint("honours", __name__, template_folder="../templates")

Act = Callable[[Session, FormReader], object]


def _wanted() -> HonourFilter:
    """Filters in the address; whatever is odd is left out."""
    form = FormReader(request.args)
    return HonourFilter(
        words=form.text("q", most=200),
        unit_id=form.optional("unit", most=20),
        year=year_in(request.args.get("year"), otherwise=0) or None,
        title_id=form.optional("form", most=20),
        subject=form.choice("subject", AwardSubject),
    )


@blueprint.get("/honours", endpoint="register_view")
@requires(P.HONOUR_READ)
def register_view() -> Response:
    wanted = _wanted()
    return render(
        "commendation/register.html",
        page=honours.page_honours(reads(), viewer=viewer(), wanted=wanted, page=page_number(request.args.get("page"))),
        wanted=wanted,
        choices=honours.list_choices(reads(), viewer=viewer()),
        subjects=options(AwardSubject),
        asked=request.args.to_dict(),
    )


@blueprint.get("/honours/register.xlsx", endpoint="register_export")
@requires(P.HONOUR_READ)
def register_export() -> Response:
    """Everything the register shows under these filters, without what is noted about payment."""
    rows = honours.list_honours(reads(), viewer=viewer(), wanted=_wanted())
    sheet = register_sheet.public_sheet(rows, title=f"Sổ khen thưởng, lập ngày {today():%d/%m/%Y}")
    with unit_of_work() as work:
        log_event(work, viewer(), now(), "award.export", Thing("award"), {"total": len(rows)})
    return send_file(io.BytesIO(sheet), mimetype=XLSX, as_attachment=True, download_name="so-khen-thuong.xlsx")


@blueprint.get("/honours/ledger", endpoint="achievement_list")
@requires(P.HONOUR_READ)
def achievement_list() -> Response:
    page = honours.page_achievements(reads(), viewer=viewer(), page=page_number(request.args.get("page")))
    return render("commendation/achievements.html", page=page)


@blueprint.get("/honours/gallery", endpoint="gallery_view")
@requires(P.HONOUR_READ)
def gallery_view() -> Response:
    page = honours.page_exemplars(reads(), viewer=viewer(), page=page_number(request.args.get("page")))
    return render("commendation/gallery.html", page=page)


@blueprint.get("/honours/awards/<award_id>", endpoint="award_view")
@requires(P.HONOUR_READ, on_subject=True)
def award_view(award_id: str) -> Response:
    award = honours.get_award(reads(), award_id, viewer=viewer())
    earlier = honours.get_award(reads(), award.corrects_id, viewer=viewer()) if award.corrects_id else None
    return render(
        "commendation/award.html",
        award=award,
        earlier=earlier,
        later=afterwards.find_correction(reads(), award.id),
        others=honours.list_others(reads(), award, viewer=viewer()),
        may=can(viewer(), P.AWARD_DECISION_MANAGE, award.decision),
        amount_words=money_words(award.amount) if award.amount is not None else "",
    )


def _load(award_id: str) -> Award:
    award = honours.get_award(reads(), award_id, viewer=viewer())
    ensure(viewer(), P.AWARD_DECISION_MANAGE, award.decision)
    return award


def _noted(award: Award, template: str, done: str, act: Act, **values: Any) -> Response:
    """The page of one thing that happened to an honour, which notes it."""
    to = url_for("honours.award_view", award_id=award.id)
    return form_view(f"commendation/{template}.html", act, done=done, to=to, award=award, today=today(), **values)


def _who(award: Award) -> dict[str, Any]:
    return {"actor": viewer(), "now": now(), "today": today(), "award_id": award.id}


@blueprint.route("/honours/awards/<award_id>/hand-over", methods=["GET", "POST"], endpoint="award_hand_over")
@requires(P.AWARD_DECISION_MANAGE, on_subject=True)
def award_hand_over(award_id: str) -> Response:
    award = _load(award_id)

    def act(work: Session, form: FormReader) -> None:
        day, to = form.day("day"), form.text("to", most=afterwards.LONGEST)
        form.check()
        afterwards.hand_over(work, **_who(award), day=day, to=to)

    return _noted(award, "hand_over", "Đã ghi việc trao.", act)


@blueprint.route("/honours/awards/<award_id>/pay", methods=["GET", "POST"], endpoint="award_pay")
@requires(P.AWARD_DECISION_MANAGE, on_subject=True)
def award_pay(award_id: str) -> Response:
    award = _load(award_id)

    def act(work: Session, form: FormReader) -> None:
        day, amount = form.day("day"), form.integer("amount", least=0, most=afterwards.MOST_MONEY)
        note = form.text("note", most=afterwards.LONGEST)
        form.check()
        afterwards.pay(work, **_who(award), payment=afterwards.Payment(day, amount, note))

    words = money_words(award.amount) if award.amount is not None else ""
    return _noted(award, "pay", "Đã ghi chi thưởng.", act, amount_words=words)


@blueprint.route("/honours/awards/<award_id>/revoke", methods=["GET", "POST"], endpoint="award_revoke")
@requires(P.AWARD_DECISION_MANAGE, on_subject=True)
def award_revoke(award_id: str) -> Response:
    award = _load(award_id)

    def act(work: Session, form: FormReader) -> None:
        day, number = form.day("day"), form.text("number", most=60)
        reason = form.text("reason", most=afterwards.LONGEST)
        form.check()
        document_id = form.optional("document_id", most=20)
        afterwards.revoke(work, **_who(award), revocation=afterwards.Revocation(day, number, reason, document_id))

    said = "Đã ghi thu hồi. Dòng và số sổ vàng vẫn còn trong sổ."
    return _noted(award, "revoke", said, act, **signed_papers())


@blueprint.route("/honours/awards/<award_id>/recover", methods=["GET", "POST"], endpoint="award_recover")
@requires(P.AWARD_DECISION_MANAGE, on_subject=True)
def award_recover(award_id: str) -> Response:
    award = _load(award_id)

    def act(work: Session, form: FormReader) -> None:
        day, amount = form.day("day"), form.integer("amount", least=0, most=afterwards.MOST_MONEY)
        form.check()
        afterwards.recover(work, **_who(award), day=day, amount=amount)

    words = money_words(award.to_recover) if award.to_recover else ""
    return _noted(award, "recover", "Đã ghi số tiền thu hồi được.", act, amount_words=words)


@blueprint.route("/honours/awards/<award_id>/correct", methods=["GET", "POST"], endpoint="award_correct")
@requires(P.AWARD_DECISION_MANAGE, on_subject=True)
def award_correct(award_id: str) -> Response:
    award = _load(award_id)

    def act(work: Session, form: FormReader) -> None:
        correction = Correction(
            number=form.text("number", most=200),
            decided_on=form.day("decided_on"),
            document_id=form.optional("document_id", most=20),
            **{name: form.text(name) for name in CORRECTED},
        )
        form.check()
        correct_award(work, **_who(award), correction=correction)

    return _noted(
        award,
        "correct",
        "Đã đính chính bằng quyết định mới. Sổ khen thưởng từ nay hiện dòng mới.",
        act,
        honorifics=[(one, one or "Không ghi") for one in HONORIFICS],
        **signed_papers(),
    )


CORRECTED = ("signer_name", "signer_post", "reason", "name", "honorific", "post", "workplace", "achievement")
