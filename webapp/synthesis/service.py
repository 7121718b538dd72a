"""Composing, writing, renewing, fixing and signing the office's report."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.audit import log_event
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.revisions import ensure_fresh
from webapp.jobs.outbox import enqueue
from webapp.kinds import search_key
from webapp.models import (
    JobKind,
    Movement,
    PaperKind,
    Signing,
    Synthesis,
    SynthesisParagraph,
    SynthesisVersion,
    new_id,
)
from webapp.permissions import Permission, Subject, Viewer, ensure
from webapp.synthesis import renewing, rules
from webapp.synthesis.counting import gather_facts

LONGEST = 50_000


def make_synthesis(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    timezone: ZoneInfo,
    movement_id: str,
    kind: PaperKind,
    year: int,
) -> Synthesis:
    """The movement's report of that kind and year; composed when there is none yet."""
    ensure(actor, Permission.SYNTHESIS_WRITE, Subject(kind="synthesis", movement_id=movement_id))
    movement = session.get(Movement, movement_id)
    if movement is None:
        raise NotFound(kind="movement", key=movement_id)
    if kind not in rules.KINDS:
        raise Invalid("Chỉ tổng hợp báo cáo năm, báo cáo sơ kết và báo cáo tổng kết.")
    if not movement.first_year <= year <= movement.last_year:
        raise Invalid(f"Phong trào kéo dài từ {movement.first_year} đến {movement.last_year}.")
    found = session.scalar(
        select(Synthesis).where(Synthesis.movement_id == movement_id, Synthesis.kind == kind, Synthesis.year == year)
    )
    if found is not None:
        return found
    facts = gather_facts(session, viewer=actor, now=now, timezone=timezone, movement=movement, kind=kind, year=year)
    synthesis = Synthesis(
        id=new_id(),
        movement_id=movement_id,
        kind=kind,
        year=year,
        version_no=0,
        counts=facts.counts.to_dict(),
        renewed_at=now,
        office_id=actor.unit_id,
        signing=Signing.OFFICE_HEAD,
        created_by=actor.id,
        created_at=now,
    )
    session.add(synthesis)
    session.flush()
    session.add_all(_new_paragraph(synthesis, place, draft) for place, draft in enumerate(rules.compose(facts)))
    session.flush()
    log_event(session, actor, now, "synthesis.make", synthesis, {"reports": len(facts.reports)})
    _reindex(session, synthesis, now)
    return synthesis


def _new_paragraph(synthesis: Synthesis, place: int, draft: rules.Draft) -> SynthesisParagraph:
    return SynthesisParagraph(
        synthesis_id=synthesis.id,
        position=place,
        section=draft.section,
        code=draft.code,
        title=draft.title,
        text=draft.text,
        made_text=draft.text,
        sources=draft.sources,
        fresh_sources=[],
    )


@dataclass(frozen=True, slots=True)
class Renewal:
    """How many paragraphs follow their sources anew, how many edited ones have something new waiting."""

    changed: int
    waiting: int


def renew_synthesis(
    session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, synthesis_id: str
) -> Renewal:
    """Compose again from what is there now. What somebody edited stays, with what is new beside it."""
    synthesis = _synthesis(session, actor, synthesis_id)
    movement = session.get_one(Movement, synthesis.movement_id)
    facts = gather_facts(
        session,
        viewer=actor,
        now=now,
        timezone=timezone,
        movement=movement,
        kind=synthesis.kind,
        year=synthesis.year,
    )
    known = {(one.section, one.code): one for one in _paragraphs(session, synthesis)}
    changed = 0
    drafts = rules.compose(facts)
    for place, draft in enumerate(drafts):
        paragraph = known.pop((draft.section, draft.code), None)
        if paragraph is None:
            session.add(_new_paragraph(synthesis, place, draft))
            changed += 1
            continue
        changed += _renew(paragraph, place, draft)
    for place, paragraph in enumerate(known.values(), start=len(drafts)):
        # The plan does not have this theme or criterion any more; what the office wrote itself is left to it.
        if paragraph.is_edited:
            paragraph.position, paragraph.fresh_text, paragraph.fresh_sources = place, "", []
        else:
            session.delete(paragraph)
            changed += 1
    synthesis.counts, synthesis.renewed_at = facts.counts.to_dict(), now
    session.flush()
    waiting = sum(one.fresh_text is not None for one in _paragraphs(session, synthesis))
    log_event(session, actor, now, "synthesis.renew", synthesis, {"reports": len(facts.reports), "paragraphs": changed})
    _reindex(session, synthesis, now)
    return Renewal(changed, waiting)


def _renew(paragraph: SynthesisParagraph, place: int, draft: rules.Draft) -> bool:
    before = paragraph.text
    settled = renewing.renew(paragraph.text, paragraph.made_text, paragraph.sources, draft)
    paragraph.position, paragraph.title = place, draft.title
    paragraph.text, paragraph.made_text, paragraph.sources = settled.text, settled.made_text, settled.sources
    paragraph.fresh_text, paragraph.fresh_sources = settled.fresh_text, settled.fresh_sources
    return paragraph.text != before


def save_paragraph(
    session: Session, *, actor: Viewer, now: datetime, synthesis_id: str, paragraph_id: str, revision: int, text: str
) -> SynthesisParagraph:
    """Write one paragraph. Raises Conflict with both texts when somebody else wrote it meanwhile."""
    synthesis = _synthesis(session, actor, synthesis_id)
    paragraph = _paragraph(session, synthesis, paragraph_id)
    text = text.replace("\r\n", "\n").rstrip()
    if len(text) > LONGEST:
        raise Invalid({"text": f"Mỗi đoạn dài tối đa {LONGEST} ký tự."})
    if text == paragraph.text:
        return paragraph
    ensure_fresh(paragraph, revision, Conflict(theirs={"text": paragraph.text}, mine={"text": text}))
    paragraph.text, paragraph.saved_by, paragraph.saved_at = text, actor.id, now
    session.flush()
    log_event(session, actor, now, "synthesis.write", synthesis, _part(paragraph))
    if synthesis.version_no == 0:
        _reindex(session, synthesis, now)
    return paragraph


def leave_out(
    session: Session, *, actor: Viewer, now: datetime, synthesis_id: str, paragraph_id: str, left_out: bool
) -> SynthesisParagraph:
    """Take a paragraph out of the report, or put it back; its text stays."""
    synthesis = _synthesis(session, actor, synthesis_id)
    paragraph = _paragraph(session, synthesis, paragraph_id)
    if paragraph.left_out is not left_out:
        paragraph.left_out = left_out
        session.flush()
        action = "synthesis.leave-out" if left_out else "synthesis.put-back"
        log_event(session, actor, now, action, synthesis, _part(paragraph))
        if synthesis.version_no == 0:
            _reindex(session, synthesis, now)
    return paragraph


def settle_fresh(
    session: Session, *, actor: Viewer, now: datetime, synthesis_id: str, paragraph_id: str, take: bool
) -> SynthesisParagraph:
    """Use what the sources say by now instead of the edited text, or keep the edited one knowing it."""
    synthesis = _synthesis(session, actor, synthesis_id)
    paragraph = _paragraph(session, synthesis, paragraph_id)
    if paragraph.fresh_text is None:
        raise Invalid("Đoạn này không còn nội dung mới nào chờ xem. Hãy tải lại trang.")
    paragraph.made_text = paragraph.fresh_text
    if take:
        paragraph.text, paragraph.sources = paragraph.fresh_text, paragraph.fresh_sources
        paragraph.saved_by, paragraph.saved_at = actor.id, now
    paragraph.fresh_text, paragraph.fresh_sources = None, []
    session.flush()
    action = "synthesis.take-fresh" if take else "synthesis.keep-own"
    log_event(session, actor, now, action, synthesis, _part(paragraph))
    if synthesis.version_no == 0:
        _reindex(session, synthesis, now)
    return paragraph


def fix_version(session: Session, *, actor: Viewer, now: datetime, synthesis_id: str) -> SynthesisVersion:
    """Keep what the report says now as a version for ever; leadership, council and auditors read it from then on."""
    synthesis = _synthesis(session, actor, synthesis_id)
    content = [
        {
            "section": one.section.value,
            "code": one.code,
            "title": one.title,
            "text": one.text,
            "sources": one.sources,
        }
        for one in _paragraphs(session, synthesis)
        if not one.left_out and one.text.strip()
    ]
    if not content:
        raise Invalid("Báo cáo còn trống: hãy giữ lại ít nhất một đoạn có chữ.")
    last = session.scalar(
        select(SynthesisVersion).where(
            SynthesisVersion.synthesis_id == synthesis.id, SynthesisVersion.no == synthesis.version_no
        )
    )
    if last is not None and (last.content, last.counts) == (content, synthesis.counts):
        raise Invalid(f"Chưa có gì thay đổi so với phiên bản {last.no}.")
    synthesis.version_no += 1
    version = SynthesisVersion(
        synthesis_id=synthesis.id,
        no=synthesis.version_no,
        content=content,
        counts=synthesis.counts,
        fixed_by=actor.id,
        fixed_at=now,
    )
    session.add(version)
    session.flush()
    log_event(session, actor, now, "synthesis.fix", synthesis, {"version": version.no})
    _reindex(session, synthesis, now)
    return version


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningChoice:
    """Who signs the paper, and what stands around its text."""

    signing: Signing
    signer: str
    number: str
    issued_on: date | None
    place: str
    recipients: str


def choose_signing(
    session: Session, *, actor: Viewer, now: datetime, synthesis_id: str, choice: SigningChoice
) -> Synthesis:
    """What stands at the head and foot of the paper: who signs, number and day, place, recipients (one per line)."""
    synthesis = _synthesis(session, actor, synthesis_id)
    faults = {}
    if choice.number and not re.fullmatch(r"[0-9]{1,5}[a-z]?", choice.number):
        faults["number"] = "Chỉ ghi phần số, ví dụ 45; ký hiệu được thêm khi lập văn bản."
    if choice.number and choice.issued_on is None:
        faults["issued_on"] = "Văn bản đã có số thì phải có ngày ban hành."
    if (choice.number or choice.issued_on) and synthesis.version_no == 0:
        faults["number"] = "Hãy chốt một phiên bản trước khi ghi số và ngày ban hành."
    if faults:
        raise Invalid(faults)
    synthesis.signing, synthesis.signer, synthesis.number = choice.signing, choice.signer, choice.number
    synthesis.issued_on, synthesis.place, synthesis.recipients = choice.issued_on, choice.place, choice.recipients
    if session.is_modified(synthesis):
        session.flush()
        issued = choice.issued_on.isoformat() if choice.issued_on else None
        log_event(
            session, actor, now, "synthesis.sign", synthesis, {"number": choice.number or None, "issued_on": issued}
        )
        _reindex(session, synthesis, now)
    return synthesis


def note_export(session: Session, *, actor: Viewer, now: datetime, synthesis: Synthesis, form: str, no: int) -> None:
    """Taking the paper or its annex away is an event; `no` 0 is the draft."""
    ensure(actor, Permission.SYNTHESIS_READ, synthesis)
    log_event(session, actor, now, "synthesis.export", synthesis, {"form": form, "version": no})


def _synthesis(session: Session, actor: Viewer, synthesis_id: str) -> Synthesis:
    synthesis = session.get(Synthesis, synthesis_id)
    if synthesis is None:
        raise NotFound(kind="synthesis", key=synthesis_id)
    ensure(actor, Permission.SYNTHESIS_WRITE, synthesis)
    return synthesis


def _paragraphs(session: Session, synthesis: Synthesis) -> list[SynthesisParagraph]:
    query = select(SynthesisParagraph).where(SynthesisParagraph.synthesis_id == synthesis.id)
    return list(session.scalars(query.order_by(SynthesisParagraph.position)))


def _paragraph(session: Session, synthesis: Synthesis, paragraph_id: str) -> SynthesisParagraph:
    paragraph = session.get(SynthesisParagraph, paragraph_id)
    if paragraph is None or paragraph.synthesis_id != synthesis.id:
        raise NotFound(kind="synthesis", key=paragraph_id)
    return paragraph


def _part(paragraph: SynthesisParagraph) -> dict[str, str | int | None]:
    return {"part": paragraph.code or paragraph.section.value}


def _reindex(session: Session, synthesis: Synthesis, now: datetime) -> None:
    enqueue(session, JobKind.INDEX, [search_key("synthesis", synthesis.id)], now=now)
