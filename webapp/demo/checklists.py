"""The units' checklists of one year: evidence of many kinds, answers, and how far each unit has come."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from webapp.checklists import evidence
from webapp.checklists import service as checklists
from webapp.checklists.evidence import Dates
from webapp.core.days import ward_day
from webapp.core.resources import Resources
from webapp.demo.papers import WRITERS, Paper, pick_format
from webapp.demo.photographs import SCENES, draw_photograph
from webapp.demo.ward import GROUPS, UNITS
from webapp.demo.words import TOPICS, paragraphs
from webapp.documents import service as documents
from webapp.models import (
    Checklist,
    ChecklistItem,
    CriteriaGroup,
    Document,
    DocumentKind,
    Evidence,
    ItemState,
    Theme,
    new_id,
)
from webapp.permissions import Viewer

NAMES = {code: name for code, name, _ in UNITS}
OTHERS = {
    DocumentKind.REPORT: ("Báo cáo", "BC"),
    DocumentKind.UNIT_PLAN: ("Kế hoạch", "KH"),
    DocumentKind.MINUTES: ("Biên bản", "BB"),
}
RUNNING = (ItemState.CLAIMED, ItemState.CLAIMED, ItemState.IN_PROGRESS, ItemState.NOT_STARTED)
# The unit of the clerk that most people sign in as first: every fourth photograph is its own.
FIRST_LOOKED_AT = "KT"
# Its first two photographs show one thing before and after.
PAIR = ("Quầy tiếp nhận hồ sơ trước khi sắp xếp lại", "Quầy tiếp nhận hồ sơ sau khi sắp xếp lại")
NOT_HERE = "Đơn vị không có bộ phận một cửa."


@dataclass(frozen=True, slots=True)
class _Job:
    """One paper to make: for which unit, when, under which item (None: beside the checklist)."""

    at: datetime
    unit: str
    theme: str
    item: ChecklistItem | None
    kind: DocumentKind


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoChecklists:
    """`writer` gives who writes for a unit (its clerk, else its head), `head` who answers for it, both by unit code."""

    resources: Resources
    units: Mapping[str, str]
    writer: Callable[[str], Viewer]
    head: Callable[[str], Viewer]
    codes: Sequence[str]
    movement_id: str
    year: int
    start: datetime
    end: datetime
    random: random.Random

    def build(self, *, papers: int, photographs: int) -> None:
        """Open the checklists and fill them between `start` and `end`; answers are given by `answer`."""
        items = {code: self._open(code) for code in sorted(self.codes)}
        with self.resources.db.reading() as session:
            found = session.scalars(select(Theme).where(Theme.movement_id == self.movement_id))
            themes = {theme.code: theme.id for theme in found}
        span = (self.end - self.start - timedelta(days=2)).total_seconds()
        moments = sorted(self.random.uniform(0, span) for _ in range(papers + photographs))
        pictures = set(self.random.sample(range(len(moments)), photographs))
        codes, of_first = sorted(self.codes), set(sorted(pictures)[::4])
        pair = iter(PAIR)
        for place, seconds in enumerate(moments):
            unit, chance = self.random.choice(codes), self.random.random()
            if place in of_first:
                unit = FIRST_LOOKED_AT
            shown = place in pictures or chance < 0.75
            job = _Job(
                at=self.start + timedelta(days=1, seconds=seconds),
                unit=unit,
                theme=self.random.choice(sorted(SCENES if place in pictures else TOPICS)),
                item=self.random.choice(items[unit]) if shown else None,
                kind=DocumentKind.EVIDENCE if shown else self.random.choice(list(OTHERS)),
            )
            if place in pictures:
                title = next(pair, "") if unit == FIRST_LOOKED_AT else ""
                self._photograph(place + 1, job, themes, title)
            else:
                self._paper(place + 1, job, themes)

    def _open(self, unit: str) -> list[ChecklistItem]:
        with self.resources.db.unit_of_work() as session:
            group_id = session.scalars(
                select(CriteriaGroup.id).where(
                    CriteriaGroup.movement_id == self.movement_id, CriteriaGroup.code == GROUPS[unit]
                )
            ).one()
            checklist = checklists.open_checklist(
                session,
                actor=self.writer(unit),
                now=self.start,
                unit_id=self.units[unit],
                group_id=group_id,
                year=self.year,
            )
            return list(session.scalars(select(ChecklistItem).where(ChecklistItem.checklist_id == checklist.id)))

    def _photograph(self, number: int, job: _Job, themes: Mapping[str, str], title: str) -> None:
        zone = self.resources.settings.timezone
        title = title or self.random.choice(TOPICS[job.theme][0])
        data = draw_photograph(self.random, job.theme, taken=job.at.astimezone(zone))
        filename = f"IMG_{job.at.astimezone(zone):%Y%m%d}_{number:03d}.jpg"
        self._attach(job, data, filename, f"Ảnh: {title}", themes.get(job.theme))

    def _paper(self, number: int, job: _Job, themes: Mapping[str, str]) -> None:
        day = ward_day(job.at, self.resources.settings.timezone)
        kind, short = OTHERS.get(job.kind, ("Báo cáo", "BC"))
        title = self.random.choice(TOPICS[job.theme][0])
        when = f"quý {(day.month - 1) // 3 + 1}" if job.kind is DocumentKind.EVIDENCE else f"năm {self.year}"
        paper = Paper(
            unit=NAMES[job.unit],
            number=f"{number}/{short}-{job.unit}",
            day=day,
            kind=kind,
            title=f"{title} {when}",
            body=paragraphs(self.random, job.theme, self.random.randint(4, 14)),
            signer=self.head(job.unit).name,
        )
        ending = pick_format(self.random)
        filename = f"{number:03d}-{short}-{job.unit}.{ending}"
        data = WRITERS[ending](paper)
        if job.item is not None:
            # Every sixth is left as a hurried clerk leaves it.
            self._attach(job, data, filename, paper.title, themes.get(job.theme) if number % 6 else None)
            return
        receipt = self.resources.store.put(io.BytesIO(data), filename=filename)
        with self.resources.db.unit_of_work() as session:
            documents.add_document(
                session,
                actor=self.writer(job.unit),
                now=job.at,
                new=documents.NewDocument(
                    receipt=receipt,
                    kind=job.kind,
                    unit_id=self.units[job.unit],
                    movement_id=self.movement_id,
                    year=self.year,
                    batch_id=new_id(),
                    title=paper.title,
                    theme_id=themes.get(job.theme),
                ),
            )

    def _attach(self, job: _Job, data: bytes, filename: str, title: str, theme_id: str | None) -> None:
        zone, writer = self.resources.settings.timezone, self.writer(job.unit)
        receipt = self.resources.store.put(io.BytesIO(data), filename=filename)
        assert job.item is not None
        day = ward_day(job.at, zone)
        with self.resources.db.unit_of_work() as session:
            link = evidence.attach_file(
                session,
                actor=writer,
                now=job.at,
                timezone=zone,
                item_id=job.item.id,
                file=evidence.StoredFile(receipt, new_id()),
                dates=Dates(issued_on=day),
                title=title,
            )
            document_id = session.get_one(Evidence, link.evidence_id).document_id
            if document_id is None or theme_id is None:
                return
            document = session.get_one(Document, document_id)
            documents.describe_document(
                session,
                actor=writer,
                now=job.at + timedelta(minutes=5),
                document_id=document.id,
                revision=document.revision,
                described=documents.Description(
                    title=title,
                    number=document.number,
                    issued_on=document.issued_on,
                    issuer=NAMES[job.unit],
                    signer=None,
                    theme_id=theme_id,
                ),
            )

    def answer(self, *, at: datetime, finished: Collection[str]) -> None:
        """Answer the items: all of them of the units that have finished, half and half those of the others."""
        with self.resources.db.unit_of_work() as session:
            rows = session.scalars(
                select(ChecklistItem)
                .join(Checklist)
                .where(Checklist.year == self.year)
                .order_by(Checklist.id, ChecklistItem.position)
            )
            codes = {unit_id: code for code, unit_id in self.units.items()}
            for place, item in enumerate(rows.all()):
                unit = codes[session.get_one(Checklist, item.checklist_id).unit_id]
                state = self._state(item, place, unit in finished)
                checklists.answer_item(
                    session,
                    actor=self.writer(unit),
                    now=at,
                    item_id=item.id,
                    revision=item.revision,
                    state=state,
                    reason=NOT_HERE if state is ItemState.NOT_APPLICABLE else "",
                    comment=_comment(state),
                )

    def _state(self, item: ChecklistItem, place: int, finished: bool) -> ItemState:
        if place % 11 == 10:
            return ItemState.NOT_APPLICABLE
        if finished:
            return ItemState.IN_PROGRESS if place % 9 == 8 else ItemState.CLAIMED
        state = RUNNING[place % len(RUNNING)]
        begun = state is ItemState.NOT_STARTED and item.state is ItemState.IN_PROGRESS
        return ItemState.IN_PROGRESS if begun else state  # it has evidence already

    def hand_in(self, codes: Sequence[str], *, at: datetime) -> None:
        """Submit the checklists of these units."""
        for code in codes:
            with self.resources.db.unit_of_work() as session:
                checklists.submit_checklist(
                    session, actor=self.head(code), now=at, checklist_id=self._checklist(session, code).id
                )

    def give_back(self, code: str, *, office: Viewer, at: datetime, reason: str) -> None:
        """Return one that was handed in."""
        with self.resources.db.unit_of_work() as session:
            checklist_id = self._checklist(session, code).id
            checklists.return_checklist(
                session,
                actor=office,
                now=at,
                timezone=self.resources.settings.timezone,
                checklist_id=checklist_id,
                reason=reason,
            )

    def _checklist(self, session: Any, code: str) -> Checklist:
        query = select(Checklist).where(Checklist.unit_id == self.units[code], Checklist.year == self.year)
        found: Checklist = session.scalars(query).one()
        return found


def _comment(state: ItemState) -> str:
    if state is ItemState.CLAIMED:
        return "Đã có kết quả, xem minh chứng kèm theo."
    return "Đang làm, dự kiến xong trong quý sau." if state is ItemState.IN_PROGRESS else ""
