"""Things of unit B that nobody else may see, and the addresses of all views with their ids."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support import commendation, councils, inspections, meetings, papers, voices
from tests.support.ward import Ward
from webapp.checklists import evidence
from webapp.checklists.evidence import Dates
from webapp.custody import service as custody
from webapp.documents import graph, retention, unpacking
from webapp.find import saving, short_forms
from webapp.find.asking import Asked
from webapp.initiatives import service as initiatives
from webapp.inspections import visits
from webapp.models import (
    AnnouncementState,
    AwardProposal,
    AwardSubject,
    CouncilAssignment,
    CouncilSeat,
    CouncilStandIn,
    Document,
    DocumentVersion,
    EvidenceLink,
    InspectionMember,
    InspectionVisit,
    NominationPaper,
    NominationSection,
    PlanImport,
    RelationKind,
    RoleGrant,
    UnitKind,
)
from webapp.scoring.rubrics import service as rubrics
from webapp.scoring.rubrics.examples import Example

SECRET = "bí mật của B"


@dataclass
class Hidden:
    """Things of unit B, all drafts, with a word that occurs nowhere else. `others` are further ones under the same
    names: a withdrawn document, an export."""

    ids: dict[str, str]
    item: str
    document: str
    others: dict[str, str] = field(default_factory=dict)

    def is_named(self, path: str, *names: str) -> bool:
        """Whether an address names one of these things (by default any of them)."""
        values = [found[name] for found in (self.ids, self.others) for name in names or OF_UNIT if name in found]
        return any(value in path for value in values)


OF_UNIT = (
    "indicator_sheet_id",
    "sheet_id",
    "entry_id",
    "document_id",
    "paper_id",
    "initiative_id",
    "nomination_id",
    "section_id",
    "dossier_paper_id",
    "difficulty_id",
    "file_id",
    "checklist_id",
    "what_id",
    "item_id",
    "batch_id",
    "saved_id",
    "task_id",
)


def zipped() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr(f"{SECRET} trong.txt", f"chữ {SECRET}")
        packed.writestr(f"{SECRET}.exe", "x")
    return stream.getvalue()


def add_kept_things(ward: Ward, document: str) -> tuple[dict[str, str], dict[str, str]]:
    """A link, a saved search, an unpacked archive, a finished export, a withdrawn paper: (ids, others)."""
    archive = ward.document("clerk.b", "B", zipped(), filename=f"{SECRET}.zip", title=SECRET)
    gone = ward.document("clerk.b", "B", f"đã rút {SECRET}", filename="rut.txt", title=f"đã rút {SECRET}")
    ward.drain()
    actor = ward.viewer("clerk.b")
    with ward.work() as session:
        link = graph.relate_documents(
            session, actor=actor, now=ward.now, document_id=document, kind=RelationKind.RELATED, other=archive.id
        )
        names = [entry["name"] for entry in unpacking.list_entries(session, _only_version(session, archive.id))]
        assert len(names) == 2
        task = unpacking.request_unpacking(session, actor=actor, now=ward.now, document_id=archive.id, names=names)
        export = custody.request_export(session, actor=actor, now=ward.now, unit_id=ward.units["B"], year=2026)
        retention.withdraw_document(
            session,
            actor=actor,
            now=ward.now,
            document_id=gone.id,
            reason="tải nhầm",
            revision=session.get_one(Document, gone.id).revision,
        )
        stands = short_forms.add_short_form(
            session, actor=ward.viewer("office"), now=ward.now, short="TCNCĐT", full="Tổ công nghệ cộng đồng thôn"
        )
        saved = saving.save_search(
            session, actor=actor, now=ward.now, name=SECRET, asked=Asked(text=SECRET), keys=[f"document:{document}"]
        )
    ward.drain()
    ids = {"relation_id": link.id, "saved_id": saved.id, "task_id": task.id, "page": "1", "row_id": stands.id}
    return ids, {"document_id": gone.id, "task_id": export.id}


def add_initiative(ward: Ward) -> tuple[str, str]:
    """A draft with a file: (its id, the file's)."""
    actor = ward.viewer("clerk.b")
    paper = ward.document("clerk.b", "B", f"kèm theo {SECRET}", filename="kem-theo.txt", title=f"kèm theo {SECRET}")
    with ward.work() as session:
        draft = initiatives.Draft(title=SECRET, solution=SECRET, secret=SECRET)
        one = initiatives.open_initiative(
            session, actor=actor, now=ward.now, unit_id=ward.units["B"], year=2026, draft=draft
        )
        file = initiatives.attach_existing(
            session, actor=actor, now=ward.now, initiative_id=one.id, document_id=paper.id
        )
    return one.id, file.id


def add_paper(ward: Ward) -> dict[str, str]:
    """A draft report with a part, and what B owes: ids by name. Rules are the movement's."""
    papers.make_duties(ward)
    paper = papers.open_paper(ward, "clerk.b", "B")
    papers.write(ward, "clerk.b", paper, {0: f"báo cáo {SECRET}"})
    part = papers.parts_of(ward, paper)[0]
    duty = papers.duty_of(ward, "B")
    return {
        "paper_id": paper.id,
        "part_id": part.id,
        "comment_id": part.id,
        "duty_id": duty.id,
        "rule_id": duty.rule_id,
    }


def add_voices(ward: Ward) -> dict[str, str]:
    """The office's report, made while B's is a draft; a difficulty that B writes, an announcement not posted: ids by name."""
    synthesis = voices.make_synthesis(ward)
    paragraph = next(iter(voices.paragraphs_of(ward, synthesis).values()))
    difficulty = voices.raise_one(ward, "clerk.b", "B", text=SECRET, proposal=SECRET)
    announcement = voices.announce(ward, state=AnnouncementState.DRAFT)
    return {
        "synthesis_id": synthesis.id,
        "paragraph_id": paragraph.id,
        "difficulty_id": difficulty.id,
        "announcement_id": announcement.id,
        "attachment_id": voices.attach(ward, announcement).id,
    }


def add_meeting(ward: Ward) -> dict[str, str]:
    """Of people of B and the council, with a ballot: ids by name. Those who oversee the movement read it."""
    people = ("clerk.b", "council", "chair")
    meeting = meetings.held(ward, *people, title="Họp của cụm một")
    ballot = meetings.opened(ward, meeting, question="Phiếu của cụm một")
    return {"meeting_id": meeting.id, "ballot_id": ballot.id}


def add_council(ward: Ward) -> dict[str, str]:
    """A seat with work and somebody who stands in, a rule of votes: ids by name. It is everybody's to read."""
    seat_id = councils.furnished(ward)
    with ward.db.reading() as session:
        seat = session.get_one(CouncilSeat, seat_id)
        given = session.scalars(select(CouncilAssignment.id).where(CouncilAssignment.seat_id == seat_id)).first()
        instead = session.scalars(select(CouncilStandIn.id).where(CouncilStandIn.seat_id == seat_id)).one()
        return {
            "council_id": seat.council_id,
            "seat_id": seat_id,
            "assignment_id": given or "",
            "stand_in_id": instead,
            "vote_rule_id": meetings.start_rules(ward)["thuong"].id,
        }


def add_rubric(ward: Ward) -> str:
    """A draft of the office."""
    with ward.work() as session:
        made = rubrics.make_rubric(
            session,
            actor=ward.viewer("office"),
            now=ward.now,
            movement_id=ward.movement_id,
            year=2026,
            new=rubrics.NewRubric(name="Nháp của cơ quan thường trực", unit_kinds=["office"], start=Example.LEVELS),
        )
    return made.id


def add_scores(ward: Ward) -> dict[str, str]:
    """A sheet of B that is being filled in, in a round that the other members know of."""
    from tests.support import scores

    scores.rubric(ward, kinds=[UnitKind.OFFICE], name="Thang điểm")
    round_id = scores.open_round(ward)
    scores.score_self(ward, "clerk.b", "B", comment=SECRET)
    sheet = scores.sheet_of(ward, "B")
    conflict = scores.step(
        ward,
        scores.arranging.declare_conflict,
        "council",
        person_id=ward.people["council"],
        unit_id=ward.units["B"],
        year=2026,
        reason="Có người thân",
    )
    return {
        "round_id": round_id,
        "sheet_id": sheet.id,
        "entry_id": scores.entries_of(ward, sheet)["A"].id,
        "appeal_id": "0" * 13,
        "conflict_id": conflict.id,
        "step": "close",
        "kind": "control",
        "form": "xlsx",
    }


def add_indicators(ward: Ward) -> dict[str, str]:
    """A sheet of the digital index that B is filling in, by a set that everybody knows."""
    from tests.support import indicators

    set_id = indicators.set_in_force(ward)
    sheet = indicators.sheet_of(ward, set_id, "B")
    word = indicators.spoken(ward, sheet, "2.1", indicators.values(a="1", b="2"), SECRET)
    with ward.work() as session:
        indicators.assessing.save_own(session, actor=ward.viewer("clerk.b"), now=ward.now, spoken=word)
    return {
        "indicator_set_id": set_id,
        "indicator_sheet_id": sheet,
        "indicator_id": word.indicator_id,
        "set_step": "publish",
        "sheet_step": "deliver",
        "reason_step": "return",
    }


def add_commendation(ward: Ward) -> dict[str, str]:
    """A dossier that B is writing, in a round in force with an issued decision about A; somebody is marked: ids by name."""
    round_ = commendation.open_round(ward)
    decision = commendation.decided(ward, round_, commendation.received(ward, round_, subject=AwardSubject.COLLECTIVE))
    one = commendation.nominate(
        ward, round_, by="clerk.b", unit="B", name=f"Bà {SECRET}", reason=SECRET, achievement=SECRET, workplace=SECRET
    )
    commendation.complete(ward, one, by="clerk.b")
    award = commendation.awards_of(ward, decision)[0]
    of_one = NominationPaper.nomination_id == one.id
    with ward.db.reading() as session:
        paper = session.scalars(select(NominationPaper.id).where(of_one)).one()
        section = session.scalars(select(NominationSection.id).where(NominationSection.nomination_id == one.id)).first()
        proposal = session.scalars(select(AwardProposal.id)).first()
    return {
        "award_round_id": round_.id,
        "nomination_id": one.id,
        "dossier_paper_id": paper,
        "section_id": section or "",
        "mark_id": commendation.mark(ward).id,
        "stake_id": "0" * 13,
        "title_id": award.title_id,
        "proposal_id": proposal or "",
        "decision_id": decision.id,
        "award_id": award.id,
    }


def add_inspection(ward: Ward) -> dict[str, str]:
    """A visit of B that was told of, with a self-report that B still writes; a programme in draft: ids by name."""
    programme, line = inspections.programme(ward)
    visit = inspections.at_work(ward, "B")
    inspections.step(ward, visits.notify_unit, visit, "outsider")
    with ward.db.reading() as session:
        revision = session.get_one(InspectionVisit, visit.id).revision
        member = session.scalars(select(InspectionMember.id)).first()
    report = {"revision": revision, "text": SECRET, "send": False}
    inspections.step(ward, visits.write_self_report, visit, "clerk.b", **report)
    return {
        "programme_id": programme,
        "line_id": line,
        "inspection_id": visit.inspection_id,
        "member_id": member or "",
        "visit_id": visit.id,
        "visit_file_id": "0" * 13,
        "finding_id": "0" * 13,
        "remedy_id": "0" * 13,
        "team_step": "cancel",
        "visit_step": "open",
    }


def _only_version(session: Session, document_id: str) -> DocumentVersion:
    return session.scalars(select(DocumentVersion).where(DocumentVersion.document_id == document_id)).one()


def add_hidden(ward: Ward) -> Hidden:
    checklist = ward.checklist("clerk.b", "B")
    item = ward.item(checklist, "III.1.đ")
    document = ward.attach("clerk.b", item, f"nội dung {SECRET}", filename=f"{SECRET}.txt")
    with ward.work() as session:
        evidence.attach_citation(
            session,
            actor=ward.viewer("clerk.b"),
            now=ward.now,
            timezone=ward.resources.settings.timezone,
            item_id=item.id,
            dates=Dates(),
            cited=evidence.CitedPaper(
                number="99/BC-B",
                cited_on=None,
                issuer=SECRET,
                abstract=SECRET,
            ),
        )
    with ward.db.reading() as session:
        link = session.scalars(select(EvidenceLink.id).where(EvidenceLink.item_id == item.id)).first()
        batch = session.scalars(select(DocumentVersion.batch_id).where(DocumentVersion.document_id == document)).one()
        started = session.scalars(select(PlanImport.id)).first()
        grant = session.scalars(select(RoleGrant.id).where(RoleGrant.person_id == ward.people["clerk.b"])).one()
    kept, others = add_kept_things(ward, document)
    initiative_id, file_id = add_initiative(ward)
    return Hidden(
        {
            **kept,
            **add_paper(ward),
            "rubric_id": add_rubric(ward),
            **add_voices(ward),
            **add_meeting(ward),
            **add_council(ward),
            **add_scores(ward),
            **add_indicators(ward),
            **add_commendation(ward),
            **add_inspection(ward),
            "document_id": document,
            "checklist_id": checklist.id,
            "what": "checklist",
            "what_id": checklist.id,
            "item_id": item.id,
            "link_id": link or "",
            "initiative_id": initiative_id,
            "file_id": file_id,
            "batch_id": batch,
            "movement_id": ward.movement_id,
            "import_id": started or "",
            "unit_id": ward.units["B"],
            "cluster_id": ward.clusters["K1"],
            "person_id": ward.people["clerk.b"],
            "grant_id": grant,
            "no": "1",
            # A page of the guide.
            "name": "tim-kiem",
        },
        item.id,
        document,
        others,
    )


def addresses(app: Flask, hidden: Hidden) -> Iterator[tuple[str, str, set[str]]]:
    """(endpoint, path with real ids, methods) of every view; once more for each further thing of the same name."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static" or rule.endpoint.endswith(".static"):
            continue
        methods = set(rule.methods or ()) - {"HEAD", "OPTIONS"}
        for name in (None, *(name for name in hidden.others if f"<{name}>" in rule.rule)):
            ids = {**hidden.ids, **({name: hidden.others[name]} if name else {})}
            path = re.sub(r"<(?:[^:>]+:)?(\w+)>", lambda found, ids=ids: ids[found.group(1)], rule.rule)  # type: ignore[misc]
            yield rule.endpoint, path, methods
