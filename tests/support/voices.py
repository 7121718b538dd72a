"""Verbs for the office's report, for difficulties and for announcements, on top of a small ward."""

from __future__ import annotations

import io
from typing import Any

from sqlalchemy import event, select

from tests.support import papers
from tests.support.ward import Ward
from tests.support.web import Client
from webapp.announcements import service as announcements
from webapp.announcements.rules import Selection
from webapp.difficulties import service as difficulties
from webapp.difficulties.service import Wording
from webapp.models import (
    Announcement,
    AnnouncementFile,
    AnnouncementKind,
    AnnouncementState,
    Difficulty,
    DifficultyKind,
    DifficultyState,
    PaperKind,
    PlanVersion,
    Role,
    Signing,
    Synthesis,
    SynthesisParagraph,
    SynthesisVersion,
    UnitPaper,
    new_id,
)
from webapp.synthesis import service as syntheses
from webapp.synthesis.service import Renewal


def accepted_report(
    ward: Ward,
    unit: str,
    texts: dict[int | str, str],
    kind: PaperKind = PaperKind.ANNUAL,
    year: int = 2026,
    accepting: str = "office",
) -> UnitPaper:
    """A unit's report, written, handed in and taken; the unit gets a head if it has none."""
    clerk, head = f"clerk.{unit.lower()}", f"head.{unit.lower()}"
    for name, role in ((clerk, Role.CLERK), (head, Role.HEAD)):
        if name not in ward.people:
            ward.person(name, role, unit)
    paper = papers.open_paper(ward, clerk, unit, kind, year)
    papers.write(ward, clerk, paper, texts)
    papers.submit(ward, head, paper)
    papers.accept(ward, accepting, paper)
    return paper


def report_in_three_states(ward: Ward) -> Ward:
    """A handed in and was taken; B was late and is not taken yet; C and the office's own unit never handed in."""
    papers.make_duties(ward)
    ward.person("head.b", Role.HEAD, "B")
    accepted_report(
        ward, "A", {0: "Ban hành kế hoạch", "II.2.đ": "Mở 6 lớp học số", "III.1.đ": "Liên thông 3 cơ sở dữ liệu"}
    )
    ward.later(days=16)
    late = papers.open_paper(ward, "clerk.b", "B")
    papers.write(ward, "clerk.b", late, {"II.2.đ": "chưa được nhận"})
    papers.submit(ward, "head.b", late)
    return ward


def make_synthesis(
    ward: Ward, username: str = "office", kind: PaperKind = PaperKind.ANNUAL, year: int = 2026
) -> Synthesis:
    with ward.work() as session:
        return syntheses.make_synthesis(
            session,
            actor=ward.viewer(username),
            now=ward.now,
            timezone=ward.resources.settings.timezone,
            movement_id=ward.movement_id,
            kind=kind,
            year=year,
        )


def renew(ward: Ward, synthesis: Synthesis, username: str = "office") -> Renewal:
    with ward.work() as session:
        return syntheses.renew_synthesis(
            session,
            actor=ward.viewer(username),
            now=ward.now,
            timezone=ward.resources.settings.timezone,
            synthesis_id=synthesis.id,
        )


def paragraphs_of(ward: Ward, synthesis: Synthesis) -> dict[tuple[str, str], SynthesisParagraph]:
    """By section and code."""
    with ward.db.reading() as session:
        query = select(SynthesisParagraph).where(SynthesisParagraph.synthesis_id == synthesis.id)
        return {
            (one.section.value, one.code): one for one in session.scalars(query.order_by(SynthesisParagraph.position))
        }


def save(
    ward: Ward, synthesis: Synthesis, paragraph: SynthesisParagraph, text: str, username: str = "office"
) -> SynthesisParagraph:
    return _do(ward, "save_paragraph", username, synthesis, paragraph, revision=paragraph.revision, text=text)


def leave_out(
    ward: Ward, synthesis: Synthesis, paragraph: SynthesisParagraph, left_out: bool = True, username: str = "office"
) -> SynthesisParagraph:
    return _do(ward, "leave_out", username, synthesis, paragraph, left_out=left_out)


def settle(
    ward: Ward, synthesis: Synthesis, paragraph: SynthesisParagraph, take: bool, username: str = "office"
) -> SynthesisParagraph:
    return _do(ward, "settle_fresh", username, synthesis, paragraph, take=take)


def _do(
    ward: Ward, verb: str, username: str, synthesis: Synthesis, paragraph: SynthesisParagraph, **more: Any
) -> SynthesisParagraph:
    with ward.work() as session:
        found: SynthesisParagraph = getattr(syntheses, verb)(
            session,
            actor=ward.viewer(username),
            now=ward.now,
            synthesis_id=synthesis.id,
            paragraph_id=paragraph.id,
            **more,
        )
        return found


def fix(ward: Ward, synthesis: Synthesis, username: str = "office") -> SynthesisVersion:
    with ward.work() as session:
        return syntheses.fix_version(session, actor=ward.viewer(username), now=ward.now, synthesis_id=synthesis.id)


def sign(ward: Ward, synthesis: Synthesis, username: str = "office", **changes: Any) -> Synthesis:
    values: dict[str, Any] = {
        "signing": Signing.OFFICE_HEAD,
        "signer": "",
        "number": "",
        "issued_on": None,
        "place": "",
        "recipients": "",
        **changes,
    }
    with ward.work() as session:
        return syntheses.choose_signing(
            session,
            actor=ward.viewer(username),
            now=ward.now,
            synthesis_id=synthesis.id,
            choice=syntheses.SigningChoice(**values),
        )


def statements_of(client: Client, path: str) -> int:
    """How many statements a page asks; it must be there."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    engine = client.ward.db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get(path).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(asked)


def raise_one(
    ward: Ward,
    username: str = "clerk.a",
    unit: str = "A",
    *,
    state: DifficultyState = DifficultyState.DRAFT,
    kind: DifficultyKind = DifficultyKind.DIFFICULTY,
    point: str = "III.1.đ",
    text: str = "Chưa kết nối được cơ sở dữ liệu dân cư",
    proposal: str = "Đề nghị cấp tài khoản",
    year: int = 2026,
) -> Difficulty:
    """A difficulty brought into a state by the moves themselves; unit VH's head is head.vh, made when absent."""
    head = f"head.{unit.lower()}"
    for name, role in ((username, Role.CLERK), (head, Role.HEAD)):
        if name not in ward.people and (name == username or state is not DifficultyState.DRAFT):
            ward.person(name, role, unit)
    with ward.work() as session:
        made = difficulties.add_difficulty(
            session,
            actor=ward.viewer(username),
            now=ward.now,
            movement_id=ward.movement_id,
            unit_id=ward.units[unit],
            year=year,
            wording=Wording(kind, point, text, proposal),
        )
    for move, who, until in (("raise", head, "raised"), ("gather", "office", "gathered"), ("", "chair", "")):
        if state is DifficultyState.DRAFT:
            break
        if move:
            step(ward, move, who, made)
        elif state in (DifficultyState.ACCEPTED, DifficultyState.DECLINED):
            step(ward, "accept" if state is DifficultyState.ACCEPTED else "decline", who, made)
        if state.value == until:
            break
    return made


def step(ward: Ward, move: str, username: str, difficulty: Difficulty, **more: Any) -> None:
    """One move; `more` replaces what a form would send."""
    verbs: dict[str, tuple[Any, dict[str, Any]]] = {
        "raise": (difficulties.raise_difficulty, {}),
        "gather": (difficulties.gather_difficulty, {"topic": "Dữ liệu", "note": "đã hỏi Sở"}),
        "accept": (difficulties.decide_difficulty, {"accepted": True, "answer": "Đồng ý, làm trong quý I"}),
        "decline": (difficulties.decide_difficulty, {"accepted": False, "answer": "Chưa có kinh phí"}),
        "link": (difficulties.link_plan, {"plan_version_id": _plan_version(ward)}),
    }
    verb, values = verbs[move]
    if move in ("accept", "decline") and not ward.viewer(username).has(Role.LEADERSHIP):
        values["document_id"] = ward.decision()
    with ward.work() as session:
        verb(
            session,
            actor=ward.viewer(username),
            now=ward.now,
            timezone=ward.resources.settings.timezone,
            difficulty_id=difficulty.id,
            **{**values, **more},
        )


def _plan_version(ward: Ward) -> str:
    with ward.db.reading() as session:
        return session.scalars(select(PlanVersion.id).where(PlanVersion.movement_id == ward.movement_id)).first() or ""


def announce(
    ward: Ward,
    username: str = "office",
    *,
    state: AnnouncementState = AnnouncementState.POSTED,
    title: str = "Hướng dẫn ký số",
    text: str = "Dùng chứng thư số chuyên dùng",
    confirm: bool = True,
    **selection: Any,
) -> Announcement:
    """An announcement brought into a state; for unit A unless told otherwise."""
    chosen = Selection(**(selection or {"unit_ids": (ward.units["A"],)}))
    wording = announcements.Wording(
        kind=AnnouncementKind.GUIDANCE, title=title, text=text, confirm=confirm, selection=chosen
    )
    with ward.work() as session:
        made = announcements.add_announcement(
            session,
            actor=ward.viewer(username),
            now=ward.now,
            movement_id=ward.movement_id,
            year=2026,
            wording=wording,
        )
    if state is not AnnouncementState.DRAFT:
        announcement_step(ward, "post", username, made)
    if state is AnnouncementState.WITHDRAWN:
        announcement_step(ward, "withdraw", username, made)
    return made


def announcement_step(ward: Ward, move: str, username: str, one: Announcement, **more: Any) -> None:
    named: dict[str, Any] = {"actor": ward.viewer(username), "now": ward.now, "announcement_id": one.id}
    zone = {"timezone": ward.resources.settings.timezone}
    with ward.work() as session:
        if move == "post":
            announcements.post_announcement(session, **named, **zone)
        elif move == "withdraw":
            announcements.withdraw_announcement(session, **named, **zone, **{"reason": "ghi nhầm hạn", **more})
        elif move == "confirm":
            announcements.confirm_announcement(session, **named)
        else:
            announcements.mark_read(session, **named)


def attach(ward: Ward, one: Announcement, content: bytes = b"mau bieu", filename: str = "mau.txt") -> AnnouncementFile:
    receipt = ward.resources.store.put(io.BytesIO(content), filename=filename)
    with ward.work() as session:
        return announcements.attach_file(
            session,
            actor=ward.viewer("office"),
            now=ward.now,
            announcement_id=one.id,
            receipt=receipt,
            batch_id=new_id(),
        )
