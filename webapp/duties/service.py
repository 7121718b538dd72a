"""Rules of who owes what, the duties made from them, extensions, reminders."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.audit import Thing, log_event
from webapp.core.days import ward_day
from webapp.core.errors import Invalid, NotFound
from webapp.duties import queries, rules
from webapp.models import (
    Checklist,
    Deadline,
    Duty,
    DutyRule,
    Movement,
    PaperKind,
    PaperState,
    Phase,
    Role,
    Unit,
    UnitKind,
    UnitPaper,
)
from webapp.movement.queries import those_over
from webapp.notices.service import people_of_units, tell
from webapp.permissions import Permission, Subject, Viewer, can, ensure

NO_YEAR = "Phong trào kéo dài từ {} đến {}."


def start_rules(session: Session, *, actor: Viewer, now: datetime, movement_id: str) -> list[DutyRule]:
    """The first rules of a movement, taken from its plan; Invalid when there are some already."""
    movement = _movement(session, actor, movement_id)
    if session.scalars(
        select(DutyRule.id).where(DutyRule.movement_id == movement_id, DutyRule.retired_at.is_(None))
    ).first():
        raise Invalid("Phong trào đã có danh mục việc phải nộp.")
    yearly = session.scalars(
        select(Deadline).where(Deadline.movement_id == movement_id).order_by(Deadline.month.desc(), Deadline.day.desc())
    ).first()
    reviews = session.scalars(select(Phase.last_year).where(Phase.movement_id == movement_id)).all()
    made = []
    for draft in rules.rules_from_plan(movement.first_year, movement.last_year, reviews, yearly):
        rule = DutyRule(
            movement_id=movement_id,
            paper=draft.paper,
            what=draft.what,
            point=draft.point,
            first_year=draft.first_year,
            last_year=draft.last_year,
            month=draft.month,
            day=draft.day,
            exclusive=draft.exclusive,
            years_after=draft.years_after,
            unit_kinds=list(draft.unit_kinds),
            included=[],
            excluded=[],
            created_at=now,
        )
        session.add(rule)
        made.append(rule)
    session.flush()
    log_event(session, actor, now, "duty.start-rules", movement, {"total": len(made)})
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDraft:
    """Who owes which paper when. `exclusive`: the day itself is too late; `years_after` the year that is reported on."""

    paper: PaperKind
    what: str
    point: str
    first_year: int
    last_year: int
    month: int
    day: int
    exclusive: bool
    years_after: int
    unit_kinds: Collection[str]
    included: Collection[str]
    excluded: Collection[str]


def save_rule(
    session: Session, *, actor: Viewer, now: datetime, movement_id: str, rule_id: str | None, draft: RuleDraft
) -> DutyRule:
    """Make or change a rule. Duties made before keep their extensions; their days follow the rule."""
    movement = _movement(session, actor, movement_id)
    faults = {}
    if not movement.first_year <= draft.first_year <= draft.last_year <= movement.last_year:
        faults["first_year"] = NO_YEAR.format(movement.first_year, movement.last_year)
    if not rules.is_day(draft.month, draft.day):
        faults["day"] = "Tháng này không có ngày đó."
    kinds: list[str] = [kind.value for kind in UnitKind if kind.value in set(draft.unit_kinds)]
    known = set(session.scalars(select(Unit.id)))
    if not kinds and not known & set(draft.included):
        faults["unit_kinds"] = "Hãy chọn ít nhất một loại đơn vị, hoặc một đơn vị."
    if faults:
        raise Invalid(faults)
    rule = _rule(session, movement_id, rule_id) if rule_id else DutyRule(movement_id=movement_id, created_at=now)
    rule.paper, rule.what, rule.point = draft.paper, draft.what.strip(), draft.point.strip()
    rule.first_year, rule.last_year, rule.month, rule.day = draft.first_year, draft.last_year, draft.month, draft.day
    rule.exclusive, rule.years_after, rule.unit_kinds = draft.exclusive, draft.years_after, kinds
    rule.included, rule.excluded = sorted(known & set(draft.included)), sorted(known & set(draft.excluded))
    session.add(rule)
    session.flush()
    log_event(session, actor, now, "duty.save-rule", movement, {"kind": draft.paper.value, "year": draft.first_year})
    return rule


def retire_rule(session: Session, *, actor: Viewer, now: datetime, movement_id: str, rule_id: str) -> None:
    """The rule asks for nothing any more; what was handed in stays."""
    _movement(session, actor, movement_id)
    rule = _rule(session, movement_id, rule_id)
    rule.retired_at = now
    session.flush()
    log_event(session, actor, now, "duty.retire-rule", Thing("movement", movement_id), {"kind": rule.paper.value})


def make_duties(
    session: Session,
    *,
    actor: Viewer,
    now: datetime,
    movement_id: str,
    year: int,
    papers: Collection[PaperKind] = frozenset(PaperKind),
) -> int:
    """Duties of a year (of these kinds of papers) as the rules and the units' lifetimes ask for them; returns how many
    changed. Repeatable."""
    movement = _movement(session, actor, movement_id)
    if not movement.first_year <= year <= movement.last_year:
        raise Invalid(NO_YEAR.format(movement.first_year, movement.last_year))
    all_rules = session.scalars(select(DutyRule).where(DutyRule.movement_id == movement_id)).all()
    units = session.scalars(select(Unit)).all()
    present = {
        (duty.rule_id, duty.unit_id): duty
        for duty in session.scalars(select(Duty).where(Duty.movement_id == movement_id, Duty.year == year))
    }
    handed_in = queries.first_submissions(session, movement_id=movement_id, year=year)
    changed = 0
    for rule in (one for one in all_rules if one.paper in papers):
        in_force = rule.retired_at is None and rule.first_year <= year <= rule.last_year
        due_on = rules.last_day_in_time(year + rule.years_after, rule.month, rule.day, exclusive=rule.exclusive)
        for unit in units:
            duty = present.get((rule.id, unit.id))
            if in_force and _owes(rule, unit, due_on, year):
                changed += _ask(session, rule, unit, duty, due_on, year, now)
            elif duty is not None and duty.cancelled_at is None and (unit.id, rule.paper) not in handed_in:
                duty.cancelled_at = now
                changed += 1
    session.flush()
    if changed:
        log_event(session, actor, now, "duty.make", Thing("movement", movement_id), {"year": year, "total": changed})
    return changed


def _owes(rule: DutyRule, unit: Unit, due_on: date, year: int) -> bool:
    named = rules.is_named(
        unit.kind, unit.id, unit_kinds=rule.unit_kinds, included=rule.included, excluded=rule.excluded
    )
    return named and rules.is_there(
        founded_on=unit.founded_on, dissolved_on=unit.dissolved_on, due_on=due_on, year=year
    )


def _ask(
    session: Session, rule: DutyRule, unit: Unit, duty: Duty | None, due_on: date, year: int, now: datetime
) -> bool:
    """Whether anything changed."""
    if duty is None:
        session.add(
            Duty(
                rule_id=rule.id,
                movement_id=rule.movement_id,
                unit_id=unit.id,
                paper=rule.paper,
                year=year,
                due_on=due_on,
                created_at=now,
            )
        )
        return True
    if (duty.due_on, duty.paper, duty.cancelled_at) == (due_on, rule.paper, None):
        return False
    duty.due_on, duty.paper, duty.cancelled_at = due_on, rule.paper, None
    if duty.extended_until is not None and duty.extended_until <= due_on:
        duty.extended_until = None
    return True


def extend_duty(
    session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, duty_id: str, until: date, reason: str
) -> Duty:
    """More time for one unit, with a reason that it reads."""
    duty = session.get(Duty, duty_id, options=[joinedload(Duty.unit)])
    if duty is None or duty.cancelled_at is not None:
        raise NotFound(kind="duty", key=duty_id)
    ensure(actor, Permission.DUTY_EXTEND, duty)
    faults = {}
    if until <= duty.last_day:
        faults["until"] = f"Thời hạn mới phải sau {duty.last_day.strftime('%d/%m/%Y')}."
    elif (until - duty.due_on).days > 366:
        faults["until"] = "Chỉ gia hạn được đến một năm kể từ hạn ban đầu."
    if not reason.strip():
        faults["reason"] = "Hãy ghi lý do gia hạn."
    if faults:
        raise Invalid(faults)
    duty.extended_until, duty.extension_reason = until, reason.strip()
    session.flush()
    log_event(
        session,
        actor,
        now,
        "duty.extend",
        duty,
        {"until": until.isoformat(), "year": duty.year, "kind": duty.paper.value},
        reason=reason.strip(),
    )
    text = f"{duty.name} được gia hạn đến hết ngày {until.strftime('%d/%m/%Y')}: {reason.strip()}"
    _tell_units(session, [duty], {duty.id: text}, f"extended:{until}", now=now, timezone=timezone)
    return duty


def await_again(
    session: Session, *, actor: Viewer, now: datetime, today: date, paper: UnitPaper | Checklist, until: date | None
) -> str:
    """What the actor gave back is awaited by this day (None: its first day goes on counting); in words for the unit.

    The first submission goes on deciding whether it was in time. Raises Invalid for a day that is past or too far.
    """
    if until is not None and not today <= until <= today + timedelta(days=366):
        raise Invalid({"again_until": "Hạn trình lại phải từ hôm nay, và không quá một năm."})
    owed = queries.duties_of(session, paper)
    for duty in owed:
        duty.again_until = until
        if until is not None:
            details = {"year": duty.year, "kind": duty.paper.value, "valid_until": until.isoformat()}
            log_event(session, actor, now, "duty.await-again", duty, details)
    session.flush()
    return f" Trình lại chậm nhất hết ngày {until:%d/%m/%Y}." if owed and until is not None else ""


def remind(
    session: Session, *, actor: Viewer, now: datetime, timezone: ZoneInfo, duty_ids: Collection[str]
) -> tuple[int, int]:
    """Remind the units of duties still open, at most once a day each: (duties asked for that are open, people told)."""
    today = ward_day(now, timezone)
    duties = session.scalars(
        select(Duty)
        .where(Duty.id.in_(duty_ids), Duty.cancelled_at.is_(None), Duty.movement_id.not_in(those_over(today)))
        .options(joinedload(Duty.unit))
        .order_by(Duty.id)
    ).all()
    allowed = [duty for duty in duties if can(actor, Permission.DUTY_REMIND, duty)]
    if duties and not allowed:
        ensure(actor, Permission.DUTY_REMIND, duties[0])
    states = queries.states_of(session, allowed)
    open_ones = [duty for duty in allowed if rules.is_open(states[duty.id])]
    texts = {duty.id: _reminder(duty, states[duty.id], today) for duty in open_ones}
    told = _tell_units(session, open_ones, texts, f"asked:{today}", now=now, timezone=timezone)
    for duty in open_ones:
        log_event(session, actor, now, "duty.remind", duty, {"year": duty.year, "kind": duty.paper.value})
    return len(open_ones), told


def remind_of_deadlines(session: Session, *, now: datetime, timezone: ZoneInfo) -> int:
    """The reminders of the calendar that should have gone out by now; returns how many people were told."""
    today = ward_day(now, timezone)
    told = 0
    by_step: dict[tuple[int, date, bool], list[tuple[Duty, PaperState | None]]] = {}
    for duty, state in queries.list_near(session, today=today):
        day = queries.awaited(duty, state)
        step = rules.reminder_due(day, today)
        if step is not None and rules.is_open(state):
            by_step.setdefault((step, day, state is PaperState.RETURNED), []).append((duty, state))
    for (step, last_day, returned), rows in sorted(by_step.items(), key=lambda item: item[0]):
        texts = {duty.id: _reminder(duty, state, today) for duty, state in rows}
        # What was said before it was handed in is said again of what came back.
        cause = f"{last_day}:{step}{':returned' if returned else ''}"
        told += _tell_units(session, [duty for duty, _ in rows], texts, cause, now=now, timezone=timezone)
    return told


def _reminder(duty: Duty, state: PaperState | None, today: date) -> str:
    day = queries.awaited(duty, state)
    return rules.reminder_text(duty.name, day, today, returned=state is PaperState.RETURNED)


def _tell_units(
    session: Session,
    duties: Sequence[Duty],
    texts: Mapping[str, str],
    cause: str,
    *,
    now: datetime,
    timezone: ZoneInfo,
) -> int:
    today = ward_day(now, timezone)
    people = people_of_units(
        session, {duty.unit_id for duty in duties}, roles=(Role.CLERK, Role.HEAD), now=now, today=today
    )
    return sum(
        tell(
            session,
            now=now,
            timezone=timezone,
            people=people[duty.unit_id],
            key=f"duty:{duty.id}:{cause}",
            text=f"{duty.unit.name}. {texts[duty.id]}",
            link=queries.address_of(duty),
        )
        for duty in duties
    )


def _movement(session: Session, actor: Viewer, movement_id: str) -> Movement:
    ensure(actor, Permission.DUTY_MANAGE, Subject(kind="duty", movement_id=movement_id))
    movement = session.get(Movement, movement_id)
    if movement is None:
        raise NotFound(kind="movement", key=movement_id)
    return movement


def _rule(session: Session, movement_id: str, rule_id: str) -> DutyRule:
    rule = session.get(DutyRule, rule_id)
    if rule is None or rule.movement_id != movement_id or rule.retired_at is not None:
        raise NotFound(kind="duty", key=rule_id)
    return rule
