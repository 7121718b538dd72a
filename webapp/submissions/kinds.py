"""What the house knows of units' plans and reports as a kind.

They are found by what was handed in last, or, before that, by what is being written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from search import Record
from webapp.core.days import ward_day
from webapp.core.db import zone_of
from webapp.kinds import Address, Along, Bagged, Facets, Facts, Kind, Searched, search_key
from webapp.models import PaperComment, PaperPart, PaperVersion, PartKind, UnitPaper
from webapp.permissions.scopes import readable_papers, subject_keys
from webapp.permissions.subject import subject_of


def _papers(session: Session, ids: Collection[str]) -> Iterator[Record]:
    """A paper given back is found by its last submission: corrections are the unit's own until they are handed in."""
    papers = session.scalars(select(UnitPaper).where(UnitPaper.id.in_(ids)).options(joinedload(UnitPaper.unit))).all()
    drafts = [paper.id for paper in papers if paper.version_no == 0]
    content: dict[str, list[tuple[str, str, str, str]]] = defaultdict(list)
    for part in session.scalars(
        select(PaperPart).where(PaperPart.paper_id.in_(drafts)).order_by(PaperPart.paper_id, PaperPart.position)
    ):
        content[part.paper_id].append((part.kind.value, part.code, part.title, part.text))
    for version in session.scalars(
        select(PaperVersion)
        .join(UnitPaper, (UnitPaper.id == PaperVersion.paper_id) & (UnitPaper.version_no == PaperVersion.no))
        .where(PaperVersion.paper_id.in_(ids))
    ):
        content[version.paper_id] = [(p["kind"], p["code"], p["title"], p["text"]) for p in version.content]
    for paper in papers:
        written = [part for part in content[paper.id] if part[3].strip()]
        facets: Facets = {
            "unit": paper.unit_id,
            "year": paper.year,
            "state": paper.state.value,
        }
        for name, kind in (("theme", PartKind.THEME), ("criterion", PartKind.CRITERION)):
            codes = tuple(code for of, code, _, _ in written if of == kind.value)
            if codes:
                facets[name] = codes
        yield Record(
            key=search_key("paper", paper.id),
            kind=paper.kind.document_kind.value,
            title=f"{paper.name} · {paper.unit.name}",
            # Without the titles: they are the plan's own words, the same in every unit's paper.
            body="\n".join(f"{code} {text}".strip() for _, code, _, text in written),
            date=ward_day(paper.submitted_at or paper.created_at, zone_of(session)).isoformat(),
            viewer_keys=tuple(sorted(subject_keys(subject_of(paper)))),
            facets=facets,
        )


KINDS = (
    Kind(
        name="paper",
        label="kế hoạch, báo cáo",
        model=UnitPaper,
        readable=readable_papers,
        title=lambda paper: f"{paper.name} · {paper.unit.name}",
        address=lambda paper: Address("submissions.paper_view", {"paper_id": paper.id}),
        unit=UnitPaper.unit_id,
        parts=(PaperPart.paper_id, PaperComment.paper_id),
        noted=(UnitPaper.kind, UnitPaper.year),
        loading=(joinedload(UnitPaper.unit),),
        search=Searched(
            # Under the same kinds as documents.
            labels={},
            records=_papers,
            facts=lambda paper: Facts(unit=paper.unit.name, year=paper.year, state=paper.state.label),
        ),
        bag=Bagged(record="paper", along=(Along("paper_part", PaperPart.paper_id),)),
    ),
)
