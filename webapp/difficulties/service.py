"""Writing, raising, gathering and deciding difficulties; everybody concerned is told at each step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.audit import Thing, log_event
from webapp.core.days import ward_day
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.revisions import ensure_fresh
from webapp.difficulties import rules
from webapp.documents.decisions import find_decision
from webapp.jobs.outbox import enqueue
from webapp.kinds import search_key
from webapp.models import (
    Difficulty,
    DifficultyKind,
    DifficultyState,
    JobKind,
    Movement,
    PlanPoint,
    PlanVersion,
    Role,
    Unit,
    new_id,
)
from webapp.notices.service import people_of_units, people_with, settle, tell
from webapp.permissions import Permission, Subject, Viewer, ensure

LONGEST = 10_000
LABELS = {"kind": "Loại", "point": "Điểm của kế hoạch", "text": "Nội dung", "proposal": "Đề nghị"}


@dataclass(frozen=True, slots=True)
class Wording:
    """What a unit writes. `point` is the code of a point of the plan."""

    kind: DifficultyKind
    point: str
    text: str
    proposal: str = ""


def add_difficulty(
    session: Session, *, actor: Viewer, now: datetime, movement_id: str, unit_id: str, year: int, wording: Wording
) -> Difficulty:
    """A draft, which only the unit sees."""
    subject = Subject(kind="unit", id=unit_id, unit_id=unit_id, movement_id=movement_id)
    ensure(actor, Permission.DIFFICULTY_ADD, subject)
    movement = session.get(Movement, movement_id)
    if movement is None:
        raise NotFound(kind="movement", key=movement_id)
    if not movement.first_year <= year <= movement.last_year:
        raise Invalid(f"Phong trào kéo dài từ {movement.first_year} đến {movement.last_year}.")
    _check(session, movement_id, wording)
    difficulty = Difficulty(
        id=new_id(),
        movement_id=movement_id,
        unit_id=unit_id,
        year=year,
        state=DifficultyState.DRAFT,
        created_by=actor.id,
        created_at=now,
        **asdict(wording),
    )
    session.add(difficulty)
    session.flush()
    _done(session, actor, now, "difficulty.add", difficulty, {"point": wording.point})
    return difficulty


def write_difficulty(
    session: Session, *, actor: Viewer, now: datetime, difficulty_id: str, revision: int, wording: Wording
) -> Difficulty:
    """Correct a draft. Raises Conflict with both wordings when somebody else wrote it meanwhile."""
    difficulty = _difficulty(session, difficulty_id)
    ensure(actor, Permission.DIFFICULTY_EDIT, difficulty)
    _check(session, difficulty.movement_id, wording)
    new = asdict(wording)
    changed = [name for name, value in new.items() if getattr(difficulty, name) != value]
    if not changed:
        return difficulty
    ensure_fresh(
        difficulty,
        revision,
        Conflict(
            theirs={label: _shown(getattr(difficulty, name)) for name, label in LABELS.items()},
            mine={label: _shown(new[name]) for name, label in LABELS.items()},
        ),
    )
    for name in changed:
        setattr(difficulty, name, new[name])
    session.flush()
    _done(session, actor, now, "difficulty.write", difficulty, {"point": difficulty.point})
    return difficulty


def _shown(value: object) -> str:
    return value.label if isinstance(value, DifficultyKind) else str(value)


def _check(session: Session, movement_id: str, wording: Wording) -> None:
    faults = {}
    known = select(PlanPoint.id).where(PlanPoint.movement_id == movement_id, PlanPoint.code == wording.point)
    if session.scalar(known) is None:
        faults["point"] = "Kế hoạch không có điểm này; hãy chọn trong danh sách."
    if not wording.text.strip():
        faults["text"] = "Hãy nêu khó khăn, vướng mắc hoặc điều cần điều chỉnh."
    if wording.kind is DifficultyKind.AMENDMENT and not wording.proposal.strip():
        faults["proposal"] = "Đề nghị điều chỉnh, bổ sung thì phải ghi rõ đề nghị thế nào."
    faults |= {
        name: f"Mục này dài tối đa {LONGEST} ký tự."
        for name in ("text", "proposal")
        if len(getattr(wording, name)) > LONGEST
    }
    if faults:
        raise Invalid(faults)


def raise_difficulty(
    session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, difficulty_id: str
) -> Difficulty:
    """The head sends it to the standing office."""
    difficulty = _difficulty(session, difficulty_id)
    ensure(actor, Permission.DIFFICULTY_RAISE, difficulty)
    difficulty.state, difficulty.raised_at = _move(difficulty, "raise"), now
    session.flush()
    settle(session, now=now, causes=[f"difficulty:{difficulty.id}:ready"])
    _done(session, actor, now, "difficulty.raise", difficulty, {"point": difficulty.point})
    office = people_with(
        session,
        Role.STANDING_OFFICE,
        movement_id=difficulty.movement_id,
        now=now,
        today=ward_day(now, timezone),
    )
    text = f"{_unit(session, difficulty)} gửi {difficulty.kind.label.lower()} về điểm {difficulty.point}."
    _tell(session, difficulty, office - {actor.id or ""}, "raised", text, now, timezone)
    return difficulty


def gather_difficulty(
    session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, difficulty_id: str, topic: str, note: str
) -> Difficulty:
    """The office takes it up for the committee, under a topic with others, with a note of its own."""
    difficulty = _difficulty(session, difficulty_id)
    ensure(actor, Permission.DIFFICULTY_GATHER, difficulty)
    first = difficulty.state is DifficultyState.RAISED
    difficulty.state = _move(difficulty, "gather")
    difficulty.topic, difficulty.note = topic.strip(), note.strip()
    difficulty.gathered_at = difficulty.gathered_at or now
    session.flush()
    settle(session, now=now, causes=[f"difficulty:{difficulty.id}:raised"])
    _done(session, actor, now, "difficulty.gather", difficulty, {"point": difficulty.point})
    if first:
        text = f"Cơ quan thường trực đã tổng hợp {_named(difficulty)} để trình Ủy ban nhân dân."
        _tell(session, difficulty, _unit_people(session, difficulty, now, timezone), "gathered", text, now, timezone)
    return difficulty


def decide_difficulty(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    timezone: ZoneInfo,
    difficulty_id: str,
    accepted: bool,
    answer: str,
    document_id: str | None = None,
) -> Difficulty:
    """The committee's decision with its written answer: the leadership's own, or entered from the signed paper that
    `document_id` names."""
    difficulty = _difficulty(session, difficulty_id)
    ensure(actor, Permission.DIFFICULTY_DECIDE, difficulty)
    faults = {}
    if not answer.strip():
        faults["answer"] = "Hãy ghi trả lời cho đơn vị; đơn vị đọc nguyên văn."
    try:
        find_decision(session, document_id, actor=actor)
    except Invalid as fault:
        faults.update(fault.fields)
    if faults:
        raise Invalid(faults)
    difficulty.state = _move(difficulty, "accept" if accepted else "decline")
    difficulty.answer, difficulty.document_id = answer.strip(), document_id or None
    difficulty.decided_at, difficulty.decided_by = now, actor.id
    session.flush()
    action = "difficulty.accept" if accepted else "difficulty.decline"
    _done(session, actor, now, action, difficulty, {"point": difficulty.point})
    people = _unit_people(session, difficulty, now, timezone)
    people |= people_with(
        session,
        Role.STANDING_OFFICE,
        movement_id=difficulty.movement_id,
        now=now,
        today=ward_day(now, timezone),
    )
    text = (
        f"{difficulty.state.label}: {_named(difficulty)} của {_unit(session, difficulty)}. Trả lời: {difficulty.answer}"
    )
    _tell(session, difficulty, people - {actor.id or ""}, "decided", text, now, timezone)
    return difficulty


def link_plan(
    session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, difficulty_id: str, plan_version_id: str
) -> Difficulty:
    """Name the wording of the plan that came of an accepted one."""
    difficulty = _difficulty(session, difficulty_id)
    ensure(actor, Permission.DIFFICULTY_DECIDE, difficulty)
    _move(difficulty, "link")
    version = session.get(PlanVersion, plan_version_id)
    if version is None or version.movement_id != difficulty.movement_id:
        raise Invalid({"plan_version_id": "Phong trào không có bản kế hoạch này."})
    if difficulty.plan_version_id != version.id:
        difficulty.plan_version_id = version.id
        session.flush()
        _done(session, actor, now, "difficulty.link", difficulty, {"version": version.no})
        text = f"Kế hoạch bản {version.no} đã điều chỉnh theo {_named(difficulty)}."
        people = _unit_people(session, difficulty, now, timezone)
        _tell(session, difficulty, people, f"linked:{version.no}", text, now, timezone)
    return difficulty


def note_export(session: Session, *, actor: Viewer, now: datetime, year: int, total: int, form: str) -> None:
    """Taking the list away is an event."""
    ensure(actor, Permission.DIFFICULTY_EXPORT)
    log_event(session, actor, now, "difficulty.export", Thing("page"), {"year": year, "total": total, "form": form})


def _unit(session: Session, difficulty: Difficulty) -> str:
    return session.get_one(Unit, difficulty.unit_id).name


def _named(difficulty: Difficulty) -> str:
    return f"{difficulty.kind.label.lower()} về điểm {difficulty.point}"


def _move(difficulty: Difficulty, move: str) -> DifficultyState:
    try:
        return rules.MOVES[difficulty.state, move]
    except KeyError as error:
        raise Invalid(f"Mục này đang ở trạng thái “{difficulty.state.label}” nên không làm được việc này.") from error


def _unit_people(session: Session, difficulty: Difficulty, now: datetime, timezone: ZoneInfo) -> set[str]:
    today = ward_day(now, timezone)
    found = people_of_units(session, {difficulty.unit_id}, roles=(Role.CLERK, Role.HEAD), now=now, today=today)
    return found[difficulty.unit_id]


def _tell(
    session: Session,
    difficulty: Difficulty,
    people: Iterable[str],
    cause: str,
    text: str,
    now: datetime,
    timezone: ZoneInfo,
) -> None:
    key, link = f"difficulty:{difficulty.id}:{cause}", f"/difficulties/{difficulty.id}"
    tell(session, now=now, timezone=timezone, people=people, key=key, text=text, link=link)


def _difficulty(session: Session, difficulty_id: str) -> Difficulty:
    found = session.get(Difficulty, difficulty_id)
    if found is None:
        raise NotFound(kind="difficulty", key=difficulty_id)
    return found


def _done(
    session: Session,
    actor: Viewer,
    now: datetime,
    action: str,
    difficulty: Difficulty,
    details: Mapping[str, str | int | None],
) -> None:
    """One event, and the index follows."""
    log_event(session, actor, now, action, difficulty, details)
    enqueue(session, JobKind.INDEX, [search_key("difficulty", difficulty.id)], now=now)
