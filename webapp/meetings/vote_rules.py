"""Rules of the kinds of decision: the ready-made ones taken over, a new wording from a day on, which holds on a day."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.audit import Thing, log_event
from webapp.core.errors import Invalid, NotFound
from webapp.meetings import rules
from webapp.models import VoteBase, VoteRule
from webapp.permissions import Permission, Viewer, ensure

LONGEST_NAME, LONGEST_CITATION = 200, 500
NO_SUCH = "Quy tắc lấy phiếu này không có hiệu lực vào ngày hôm nay; hãy chọn quy tắc khác."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What a rule says from `valid_from` on; the fields are those of models.VoteRule."""

    name: str
    quorum: int
    base: VoteBase
    needed: int
    secret: bool
    written: bool
    shrinks: bool
    stand_ins: bool
    valid_from: date
    valid_until: date | None
    citation: str
    verified: bool


def start_rules(session: Session, *, actor: Viewer, now: datetime) -> int:
    """The ready-made rules, for a house that has none; returns how many. Repeatable."""
    ensure(actor, Permission.COUNCIL_MANAGE)
    if session.scalar(select(VoteRule.id).limit(1)) is not None:
        return 0
    made = ready_made()
    for position, one in enumerate(made):
        values = {key: value for key, value in one.items() if key not in ("from", "base")}
        session.add(
            VoteRule(
                **values,
                base=VoteBase(one["base"]),
                stand_ins=False,
                position=position,
                valid_from=one["from"],
                created_by=actor.id,
                created_at=now,
            )
        )
    session.flush()
    log_event(session, actor, now, "vote-rule.start", Thing("system"), {"total": len(made)})
    return len(made)


@cache
def ready_made() -> list[dict[str, Any]]:
    """The rules that come with the program; nobody changes them."""
    text = files("webapp.meetings").joinpath("vote_rules.toml").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = tomllib.loads(text)["rule"]
    return found


def list_rules(session: Session, *, on: date | None = None) -> Sequence[VoteRule]:
    """In the catalogue's order, of each the newest first; with `on` only what holds on that day."""
    rows = session.scalars(select(VoteRule).order_by(VoteRule.position, VoteRule.valid_from.desc())).all()
    return [one for one in rows if on is None or one.holds(on)]


def get_rule(session: Session, rule_id: str) -> VoteRule:
    """Raises NotFound."""
    found = session.get(VoteRule, rule_id)
    if found is None:
        raise NotFound(kind="vote_rule", key=rule_id)
    return found


def rule_in_force(session: Session, rule_id: str, on: date) -> VoteRule:
    """Raises Invalid for one that does not hold on that day."""
    found = session.get(VoteRule, rule_id)
    if found is None or not found.holds(on):
        raise Invalid({"rule_id": NO_SUCH})
    return found


def change_rule(session: Session, *, actor: Viewer, now: datetime, rule_id: str, new: Wording) -> VoteRule:
    """From its first day on the rule says this, and what it said until then ends the day before.

    Raises Invalid by field. Ballots keep what the rule said when they were prepared.
    """
    ensure(actor, Permission.COUNCIL_MANAGE)
    old = get_rule(session, rule_id)
    rows = session.scalars(select(VoteRule).where(VoteRule.code == old.code)).all()
    faults = faults_of(new)
    last = max(one.valid_from for one in rows)
    if new.valid_from <= last:
        faults["valid_from"] = f"Đã có quy tắc dùng từ ngày {last:%d/%m/%Y}; hãy chọn ngày sau đó."
    if faults:
        raise Invalid(faults)
    for one in rows:
        if one.valid_until is None or one.valid_until >= new.valid_from:
            one.valid_until = new.valid_from - timedelta(days=1)
    values = {**asdict(new), "name": new.name.strip(), "citation": new.citation.strip()}
    row = VoteRule(**values, code=old.code, position=old.position, created_by=actor.id, created_at=now)
    session.add(row)
    session.flush()
    details = {"name": row.name, "valid_from": row.valid_from.isoformat()}
    log_event(session, actor, now, "vote-rule.change", Thing("vote-rule", row.id), details, reason=row.citation)
    return row


def faults_of(new: Wording) -> dict[str, str]:
    """What is wrong with a rule, by field."""
    faults = {}
    if not new.name.strip() or len(new.name) > LONGEST_NAME:
        faults["name"] = f"Hãy ghi tên quy tắc, tối đa {LONGEST_NAME} ký tự."
    if not new.citation.strip() or len(new.citation) > LONGEST_CITATION:
        faults["citation"] = f"Hãy ghi căn cứ: văn bản, điều, khoản; tối đa {LONGEST_CITATION} ký tự."
    if not 1 <= new.quorum <= 100:
        faults["quorum"] = "Hãy nhập một số từ 1 đến 100."
    if not rules.MORE_THAN_HALF <= new.needed <= 100:
        faults["needed"] = "Hãy nhập một số từ 50 đến 100."
    if new.valid_until is not None and new.valid_until < new.valid_from:
        faults["valid_until"] = "Ngày cuối phải từ ngày đầu trở đi."
    return faults
