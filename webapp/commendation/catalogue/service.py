"""Taking over the ready-made catalogue, and saying a value anew from a day on."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.audit import Thing, log_event
from webapp.commendation.catalogue import rules
from webapp.commendation.catalogue.queries import dated
from webapp.commendation.catalogue.rules import Dated
from webapp.core.errors import Invalid
from webapp.models import AwardGroup, AwardSubject, AwardTitle, AwardValue, AwardValueName, Holiday
from webapp.permissions import Permission, Viewer, ensure

LONGEST = 500


def start_catalogue(session: Session, *, actor: Viewer, now: datetime) -> int:
    """Titles and values of the ready-made list, for a house that has none; returns how many titles. Repeatable."""
    ensure(actor, Permission.AWARD_MANAGE)
    if session.scalar(select(AwardTitle.id).limit(1)) is not None:
        return 0
    made = ready_made()
    titles: dict[str, AwardTitle] = {}
    for position, one in enumerate(made["title"]):
        titles[one["code"]] = AwardTitle(
            code=one["code"],
            name=one["name"],
            award_group=AwardGroup(one["group"]),
            subjects=one["subjects"],
            position=position,
            created_at=now,
        )
    session.add_all(titles.values())
    session.flush()
    for one in made["value"]:
        session.add(
            AwardValue(
                title_id=titles[one["title"]].id if "title" in one else None,
                subject=AwardSubject(one["subject"]) if "subject" in one else None,
                name=AwardValueName(one["name"]),
                value=one["value"],
                valid_from=one["from"],
                valid_until=one.get("until"),
                citation=one["citation"],
                verified=one["verified"],
                created_by=actor.id,
                created_at=now,
            )
        )
    there = set(session.scalars(select(Holiday.day)))
    session.add_all(
        Holiday(**one, created_by=actor.id, created_at=now) for one in made["holiday"] if one["day"] not in there
    )
    session.flush()
    log_event(session, actor, now, "award.start", Thing("system"), {"total": len(titles)})
    return len(titles)


@cache
def ready_made() -> dict[str, Any]:
    """The list that comes with the program: `title` and `value` tables; nobody changes it."""
    return tomllib.loads(files("webapp.commendation.catalogue").joinpath("ready_made.toml").read_text(encoding="utf-8"))


def add_value(session: Session, *, actor: Viewer, now: datetime, new: Dated) -> AwardValue:
    """From its first day on this holds, and what held until then ends the day before.

    Raises Invalid by field: also where the same is said from that day, or a later one, already. What was decided by a
    value of earlier days is not touched.
    """
    ensure(actor, Permission.AWARD_MANAGE)
    faults = rules.faults_of(new)
    if len(new.value) > LONGEST or len(new.citation) > LONGEST:
        faults["value"] = f"Giá trị và căn cứ dài tối đa {LONGEST} ký tự."
    title = session.scalar(select(AwardTitle).where(AwardTitle.code == new.title)) if new.title else None
    if new.title and title is None:
        faults["title"] = "Danh mục không có danh hiệu, hình thức này."
    if title is not None and new.subject is not None and new.subject.value not in title.subjects:
        faults["subject"] = f"“{title.name}” không dành cho {new.subject.label.lower()}."
    if faults:
        raise Invalid(faults)
    title_id = title.id if title else None
    rows = session.scalars(
        select(AwardValue).where(
            AwardValue.name == new.name,
            AwardValue.title_id.is_(None) if title_id is None else AwardValue.title_id == title_id,
            AwardValue.subject.is_(None) if new.subject is None else AwardValue.subject == new.subject,
        )
    ).all()
    if later := [one for one in rows if one.valid_from >= new.valid_from]:
        day = max(one.valid_from for one in later)
        raise Invalid({"valid_from": f"Đã có giá trị dùng từ ngày {day:%d/%m/%Y}; hãy chọn ngày sau đó."})
    for one in rows:
        if one.valid_until is None or one.valid_until >= new.valid_from:
            one.valid_until = new.valid_from - timedelta(days=1)
    row = AwardValue(
        title_id=title_id,
        subject=new.subject,
        name=new.name,
        value=new.value.strip(),
        valid_from=new.valid_from,
        valid_until=new.valid_until,
        citation=new.citation.strip(),
        verified=new.verified,
        created_by=actor.id,
        created_at=now,
    )
    session.add(row)
    session.flush()
    said = rules.is_said(dated(row, new.title))
    details = {"name": new.name.label, "value": said, "valid_from": new.valid_from.isoformat()}
    log_event(session, actor, now, "award.value", Thing("award-value", row.id), details, reason=row.citation)
    return row
