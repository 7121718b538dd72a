"""What everybody signed in reads: the register, what rests on which achievement, exemplars to take over."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from webapp.commendation.nominations.rules import folded_name
from webapp.core.errors import NotFound
from webapp.core.paging import Page, page_of
from webapp.kinds import Address, kind_named
from webapp.models import (
    RECOGNISED_STATES,
    Award,
    AwardDecision,
    AwardSubject,
    AwardTitle,
    Document,
    DocumentVersion,
    Initiative,
    InitiativeAdoption,
    InitiativeFile,
    NominationGround,
    Unit,
)
from webapp.models.award_decision import not_corrected
from webapp.permissions import Viewer
from webapp.permissions.award_scopes import readable_awards
from webapp.permissions.scopes import readable_documents, readable_initiatives

PER_PAGE = 50
IN_GALLERY = 12
ACHIEVEMENTS = ("initiative", "score-sheet")
IMAGES = ("jpg", "jpeg", "png", "webp", "heic", "heif")


@dataclass(frozen=True, slots=True)
class HonourFilter:
    """None and empty: not narrowed by that. `words` are looked for in names, with or without accents, in achievements and
    numbers of decisions."""

    words: str = ""
    unit_id: str | None = None
    year: int | None = None
    title_id: str | None = None
    subject: AwardSubject | None = None

    @property
    def narrows(self) -> bool:
        return bool(self.words or self.unit_id or self.year or self.title_id or self.subject)


def honours(viewer: Viewer, wanted: HonourFilter) -> Select[Award]:
    """Each honour once, those revoked among them, the latest decision first."""
    return (
        select(Award)
        .join(AwardDecision, AwardDecision.id == Award.decision_id)
        .where(readable_awards(viewer), not_corrected(), *_narrowed(wanted))
        .options(joinedload(Award.decision), joinedload(Award.unit))
        .order_by(AwardDecision.decided_on.desc(), Award.decision_id, Award.ordinal)
    )


def _narrowed(wanted: HonourFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.unit_id:
        found.append(Award.unit_id == wanted.unit_id)
    if wanted.year:
        found.append(Award.year == wanted.year)
    if wanted.title_id:
        found.append(Award.title_id == wanted.title_id)
    if wanted.subject:
        found.append(Award.subject == wanted.subject)
    if wanted.words:
        in_name = [Award.folded.contains(word) for word in map(folded_name, wanted.words.split()) if word]
        found.append(
            or_(
                *([and_(*in_name)] if in_name else []),
                Award.achievement.icontains(wanted.words, autoescape=True),
                # Symbols are in capitals; SQLite does not know that đ is a small Đ.
                AwardDecision.number.contains(wanted.words.upper(), autoescape=True),
            )
        )
    return found


def page_honours(session: Session, *, viewer: Viewer, wanted: HonourFilter, page: int) -> Page[Award]:
    return page_of(session, honours(viewer, wanted), page, per_page=PER_PAGE)


def list_honours(session: Session, *, viewer: Viewer, wanted: HonourFilter) -> Sequence[Award]:
    """All of them, for a sheet; with title."""
    return session.scalars(honours(viewer, wanted).options(joinedload(Award.title))).unique().all()


def get_award(session: Session, award_id: str, *, viewer: Viewer) -> Award:
    """With its decision and round, unit and title. Raises NotFound."""
    found = session.scalar(
        select(Award)
        .where(Award.id == award_id, readable_awards(viewer))
        .options(
            joinedload(Award.decision).joinedload(AwardDecision.round),
            joinedload(Award.unit),
            joinedload(Award.title),
        )
    )
    if found is None:
        raise NotFound(kind="award", key=award_id)
    return found


def list_others(session: Session, award: Award, *, viewer: Viewer) -> Sequence[Award]:
    """Further honours of the same person, collective or household, as far as account or name tell."""
    same: list[ColumnElement[bool]] = [Award.folded == award.folded]
    if award.person_id:
        same.append(Award.person_id == award.person_id)
    return (
        session.scalars(
            honours(viewer, HonourFilter(subject=award.subject)).where(
                or_(*same), Award.id.not_in([award.id, award.corrects_id or ""])
            )
        )
        .unique()
        .all()
    )


def list_choices(session: Session, *, viewer: Viewer) -> dict[str, list[tuple[Any, str]]]:
    """What the register can be narrowed by: `units`, `titles`, `years` that occur. Three statements."""
    seen = readable_awards(viewer)
    units = session.execute(
        select(Unit.id, Unit.name).where(exists().where(Award.unit_id == Unit.id, seen)).order_by(Unit.name)
    )
    titles = session.execute(
        select(AwardTitle.id, AwardTitle.name)
        .where(exists().where(Award.title_id == AwardTitle.id, seen))
        .order_by(AwardTitle.position)
    )
    years = session.scalars(select(Award.year).where(seen).distinct().order_by(Award.year.desc()))
    return {
        "units": [(key, name) for key, name in units],
        "titles": [(key, name) for key, name in titles],
        "years": [(year, str(year)) for year in years],
    }


@dataclass(frozen=True, slots=True)
class Achievement:
    """Something honoured: a record, the honours that rest on it. `title` and `address` only for who may read the record,
    else it is named by its kind."""

    record_kind: str
    record_id: str
    label: str
    title: str
    address: Address | None
    awards: list[Award] = field(default_factory=list)

    @property
    def standing(self) -> int:
        return sum(one.revoked_on is None for one in self.awards)

    @property
    def honoured_twice(self) -> bool:
        """One person, collective or household has more than one honour in force for it."""
        names = [one.person_id or one.folded for one in self.awards if one.revoked_on is None]
        return len(names) != len(set(names))


def page_achievements(session: Session, *, viewer: Viewer, page: int) -> Page[Achievement]:
    """What was used most often first. At most six statements."""
    kind, key = NominationGround.record_kind, NominationGround.record_id
    query = (
        select(kind, key)
        .join(Award, Award.nomination_id == NominationGround.nomination_id)
        .join(AwardDecision, AwardDecision.id == Award.decision_id)
        .where(kind.in_(ACHIEVEMENTS), key.is_not(None), readable_awards(viewer), not_corrected())
        .group_by(kind, key)
        .order_by(func.count(Award.id.distinct()).desc(), func.max(AwardDecision.decided_on).desc(), key)
    )
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    wanted = [(one[0], str(one[1])) for one in session.execute(query.limit(PER_PAGE).offset((page - 1) * PER_PAGE))]
    found = {pair: _named(pair, rows) for rows in [_records(session, wanted, viewer)] for pair in wanted}
    for award, record_kind, record_id in session.execute(
        select(Award, kind, key)
        .join(NominationGround, NominationGround.nomination_id == Award.nomination_id)
        .join(AwardDecision, AwardDecision.id == Award.decision_id)
        .where(key.in_([one[1] for one in wanted]), readable_awards(viewer), not_corrected())
        .options(joinedload(Award.decision))
        .order_by(AwardDecision.decided_on, Award.ordinal)
    ):
        pair = (record_kind, record_id)
        if pair in found and award not in found[pair].awards:
            found[pair].awards.append(award)
    return Page([found[pair] for pair in wanted], total, page, PER_PAGE)


def _records(session: Session, wanted: Collection[tuple[str, str]], viewer: Viewer) -> dict[tuple[str, str], Any]:
    """The records themselves, as far as the viewer may read them."""
    found: dict[tuple[str, str], Any] = {}
    for name in ACHIEVEMENTS:
        kind = kind_named(name)
        ids = [key for of, key in wanted if of == name]
        if kind is None or not ids:
            continue
        query = select(kind.model, kind.id).where(kind.id.in_(ids), kind.readable(viewer)).options(*kind.loading)
        found |= {(name, key): row for row, key in session.execute(query).unique()}
    return found


def _named(pair: tuple[str, str], rows: dict[tuple[str, str], Any]) -> Achievement:
    kind = kind_named(pair[0])
    label = kind.label if kind else pair[0]
    row = rows.get(pair)
    if kind is None or row is None:
        return Achievement(*pair, label, "", None)
    return Achievement(*pair, label, kind.title(row), kind.address(row) if kind.address else None)


@dataclass(frozen=True, slots=True)
class Exemplar:
    """A recognised initiative that was honoured: who, who took it over, a document that is a picture."""

    initiative: Initiative
    awards: Sequence[Award]
    adopters: Sequence[str]
    picture: Document | None


def page_exemplars(session: Session, *, viewer: Viewer, page: int) -> Page[Exemplar]:
    """Initiatives behind honours in force, the latest first. Five statements."""
    in_force = and_(readable_awards(viewer), not_corrected(), Award.revoked_on.is_(None))
    behind = (
        exists()
        .where(
            NominationGround.record_kind == "initiative",
            NominationGround.record_id == Initiative.id,
            Award.nomination_id == NominationGround.nomination_id,
            in_force,
        )
        .correlate(Initiative)
    )
    found = page_of(
        session,
        select(Initiative)
        .where(readable_initiatives(viewer), Initiative.state.in_(RECOGNISED_STATES), behind)
        .options(joinedload(Initiative.unit))
        .order_by(Initiative.year.desc(), Initiative.title, Initiative.id),
        page,
        per_page=IN_GALLERY,
    )
    ids = [one.id for one in found.rows]
    awards = session.execute(
        select(NominationGround.record_id, Award)
        .join(Award, Award.nomination_id == NominationGround.nomination_id)
        .where(NominationGround.record_kind == "initiative", NominationGround.record_id.in_(ids), in_force)
        .options(joinedload(Award.decision))
        .order_by(Award.year, Award.ordinal)
    ).all()
    adopters = session.execute(
        select(InitiativeAdoption.initiative_id, Unit.name)
        .join(Unit, Unit.id == InitiativeAdoption.unit_id)
        .where(InitiativeAdoption.initiative_id.in_(ids))
        .order_by(InitiativeAdoption.adopted_on, Unit.name)
    ).all()
    pictures = _pictures(session, ids, viewer)
    rows = [
        Exemplar(
            one,
            [award for key, award in awards if key == one.id],
            [name for key, name in adopters if key == one.id],
            pictures.get(one.id),
        )
        for one in found.rows
    ]
    return Page(rows, found.total, found.number, found.per_page)


def _pictures(session: Session, ids: Collection[str], viewer: Viewer) -> dict[str, Document]:
    """Initiative id -> its first image that the viewer may see."""
    rows = session.execute(
        select(InitiativeFile.initiative_id, Document)
        .join(Document, Document.id == InitiativeFile.document_id)
        .join(
            DocumentVersion,
            and_(DocumentVersion.document_id == Document.id, DocumentVersion.no == Document.current_no),
        )
        .where(
            InitiativeFile.initiative_id.in_(ids),
            InitiativeFile.removed_at.is_(None),
            or_(*(func.lower(DocumentVersion.filename).like(f"%.{ending}") for ending in IMAGES)),
            readable_documents(viewer),
        )
        .order_by(InitiativeFile.linked_at.desc(), InitiativeFile.id.desc())
    )
    return {initiative: document for initiative, document in rows}  # noqa: C416  a row is no pair to a type checker
