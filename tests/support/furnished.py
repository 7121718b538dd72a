"""A house with something on every page; `IDS` names what was made, for the addresses of pages."""

from __future__ import annotations

from tests.support import honours, inspections
from tests.support.browser import ROOT
from tests.support.ward import Ward, people_of_every_role, small_reading

IDS: dict[str, str] = {}


def add_initiatives(ward: Ward) -> None:
    """One in every state a page is for."""
    from tests.support.initiatives import add, bring_to
    from webapp.initiatives.service import attach_existing
    from webapp.models import InitiativeState as S

    one = add(ward, title="Nhắc hạn tự động", solution="Máy tự nhắc cán bộ trước hạn.", secret="mật khẩu")
    paper = ward.document("clerk.a", "A", "số liệu", filename="so-lieu-kem.txt")
    with ward.work() as session:
        file = attach_existing(
            session, actor=ward.viewer("clerk.a"), now=ward.now, initiative_id=one.id, document_id=paper.id
        )
    IDS.update(
        initiative=one.id,
        initiative_file=file.id,
        incomplete=add(ward, title="").id,
        handed=bring_to(ward, S.SUBMITTED, title="Một cửa liên thông", secret="giữ kín"),
        judged=bring_to(ward, S.REVIEWED, title="Tổ công nghệ số"),
        recognised=bring_to(ward, S.RECOGNISED),
        replicated=bring_to(ward, S.REPLICATED, title="Chợ không tiền mặt"),
        honoured=bring_to(ward, S.HONOURED, title="Lớp học số"),
    )


def add_commendation(ward: Ward) -> None:
    """A round in force with nominations that are written, handed in with a finding, received; one not in force."""
    from sqlalchemy import select

    from tests.support import commendation as c
    from tests.support import meetings
    from webapp.models import NominationPaper, NominationSection

    round_, other = c.open_round(ward, guidance="Nộp trước hạn."), c.open_round(ward, title="Đợt chuyên đề")
    meeting = meetings.add_meeting(ward, "council", "chair", by="office", cluster=None, title="Họp Hội đồng")
    one = c.complete(ward, c.nominate(ward, round_))
    with ward.db.reading() as session:
        paper = session.scalars(select(NominationPaper.id).where(NominationPaper.nomination_id == one.id)).one()
        section = session.scalars(select(NominationSection.id).where(NominationSection.nomination_id == one.id)).first()
    handed = c.submit(ward, c.complete(ward, c.nominate(ward, round_, name="Người Hai Đợt")))
    again = c.submit(ward, c.complete(ward, c.nominate(ward, other, name="Người Hai Đợt")))
    IDS.update(
        award_round=round_.id,
        award_round_draft=c.add_round(ward, title="Đợt đang soạn").id,
        award_title=one.title_id,
        nomination=one.id,
        dossier_paper=paper,
        section=section or "",
        nomination_handed=handed.id,
        finding=f"{again.id}",
        nomination_received=c.received(ward, round_, name="Người Đã Nhận").id,
        stake=c.declare(ward, handed, by="chair").id,
        mark=c.mark(ward).id,
        council_meeting=meeting.id,
    )


def add_voices(ward: Ward) -> None:
    """The office's report: a version fixed, an edited paragraph with something new, one left out. Difficulties and
    announcements in every state."""
    from tests.support import voices
    from webapp.models import AnnouncementState, DifficultyState

    voices.accepted_report(ward, "C", {"II.2.đ": "Mở 6 lớp học số", "III.2.a": "12 buổi tuyên truyền"})
    synthesis = voices.make_synthesis(ward)
    found = voices.paragraphs_of(ward, synthesis)
    voices.fix(ward, synthesis)
    voices.save(ward, synthesis, found["theme", "II.2.đ"], "Cơ quan thường trực viết lại.")
    voices.leave_out(ward, synthesis, found["theme", "II.2.a"])
    voices.accepted_report(ward, "VH", {"II.2.đ": "Số hóa tài liệu"}, accepting="chair")
    voices.renew(ward, synthesis)
    voices.fix(ward, synthesis)
    unposted = voices.announce(ward, state=AnnouncementState.DRAFT)
    voices.attach(ward, unposted)
    posted = voices.announce(ward, state=AnnouncementState.DRAFT, cluster_ids=(ward.clusters["K1"],))
    voices.attach(ward, posted)
    voices.announcement_step(ward, "post", "office", posted)
    voices.announcement_step(ward, "read", "head.a", posted)
    IDS.update(
        clerk=ward.people["clerk.a"],
        unit=ward.units["A"],
        synthesis=synthesis.id,
        paragraph=found["theme", "II.2.đ"].id,
        difficulty=voices.raise_one(ward).id,
        raised=voices.raise_one(ward, state=DifficultyState.RAISED).id,
        gathered=voices.raise_one(ward, state=DifficultyState.GATHERED).id,
        decided=voices.raise_one(ward, state=DifficultyState.ACCEPTED).id,
        posted=posted.id,
        unposted=unposted.id,
        taken_back=voices.announce(ward, state=AnnouncementState.WITHDRAWN, everyone=True).id,
    )


def add_papers(ward: Ward) -> None:
    """Duties, a report being written, one given back with a remark, one handed in twice."""
    from tests.support import papers
    from webapp.models import PaperKind

    papers.make_duties(ward)
    draft = papers.open_paper(ward, "clerk.a", "A")
    papers.write(ward, "clerk.a", draft, {0: "Đã triển khai", "III.1.đ": "Liên thông 3 cơ sở dữ liệu"})
    plan = papers.open_paper(ward, "clerk.a", "A", PaperKind.UNIT_PLAN)
    papers.write(ward, "clerk.a", plan, {0: "Mục đích của kế hoạch"})
    papers.submit(ward, "head.a", plan)
    papers.comment(ward, "office", plan, "nêu rõ hơn", quote="Mục đích")
    papers.give_back(ward, "office", plan)
    papers.write(ward, "clerk.a", plan, {0: "Mục đích, yêu cầu của kế hoạch"})
    papers.submit(ward, "head.a", plan)
    theirs = papers.open_paper(ward, "clerk.b", "B")
    papers.write(ward, "clerk.b", theirs, {0: "Báo cáo của B"})
    papers.submit(ward, "head.b", theirs)
    duty = papers.duty_of(ward, "C")
    IDS.update(draft_paper=draft.id, plan_paper=plan.id, their_paper=theirs.id, duty=duty.id, rule=duty.rule_id)


def add_indicators(ward: Ward) -> None:
    """A set in force with a sheet being filled in and one handed in, results of the year before, a draft."""
    from sqlalchemy import select

    from tests.support import indicators as i
    from webapp.indicators.sets import copy_set
    from webapp.models import Indicator, Role

    set_id = i.set_in_force(ward, verifier=ward.units["C"])
    open_one, handed = i.sheet_of(ward, set_id, "A"), i.sheet_of(ward, set_id, "B")
    i.assess(ward, open_one, "clerk.a", {"1.1": i.GOOD["1.1"], "2.1": i.values(a="12", b="10")})
    i.assess(ward, handed, "clerk.b")
    if "head.b" not in ward.people:
        ward.person("head.b", Role.HEAD, "B")
    i.submit(ward, handed, "head.b")
    with ward.work() as session:
        draft = copy_set(session, actor=ward.viewer("office"), now=ward.now, set_id=set_id)
        key = session.scalars(select(Indicator.id).where(Indicator.set_id == set_id, Indicator.code == "2.1")).one()
    IDS.update(
        indicator_set=set_id,
        indicator_sheet=open_one,
        indicator_handed=handed,
        indicator=key,
        indicator_draft=draft.id,
    )


def add_rubrics(ward: Ward) -> None:
    """One in force, one being prepared."""
    from webapp.scoring.rubrics import service as rubrics
    from webapp.scoring.rubrics.examples import Example

    for key, kind in (("rubric_in_force", "office"), ("rubric_draft", "front")):
        with ward.work() as session:
            made = rubrics.make_rubric(
                session,
                actor=ward.viewer("office"),
                now=ward.now,
                movement_id=ward.movement_id,
                year=2026,
                new=rubrics.NewRubric(name=f"Thang điểm {kind}", unit_kinds=[kind], start=Example.HUNDRED),
            )
            IDS[key] = made.id
    with ward.work() as session:
        rubrics.put_in_force(session, actor=ward.viewer("office"), now=ward.now, rubric_id=IDS["rubric_in_force"])


def add_meetings(ward: Ward) -> None:
    """One planned, one going on with a ballot in each state, one closed."""
    from sqlalchemy import select

    from tests.support import councils, meetings
    from webapp.models import CouncilAssignment, CouncilSeat

    planned = meetings.add_meeting(ward, secretary_id=ward.people["clerk.a"])
    going_on = meetings.held(ward, absent=("office",))
    ballots = {
        "ballot_void": meetings.opened(ward, going_on),
        "ballot_prepared": meetings.prepare(ward, going_on, "A"),
        "ballot_open": meetings.opened(ward, going_on, "A"),
        "ballot_named": meetings.counted(ward, going_on, secret=False),
    }
    meetings.step(ward, "void_ballot", ballots["ballot_void"], reason="mất điện")
    finished = meetings.finished(ward)
    written, _ = meetings.about(ward, going_on, meetings.nomination(1), meetings.nomination(2))
    meetings.step(ward, "open_ballot", written)
    ballots["ballot_written"] = written
    seat_id = councils.furnished(ward)
    with ward.db.reading() as session:
        seat = session.get_one(CouncilSeat, seat_id)
        query = select(CouncilAssignment.id).where(CouncilAssignment.seat_id == seat_id).limit(1)
        IDS.update(council=seat.council_id, seat=seat_id, assignment=session.scalars(query).one())
    IDS["vote_rule"] = meetings.start_rules(ward)["danh-hieu"].id
    IDS.update({name: one.id for name, one in ballots.items()})
    IDS.update(planned_meeting=planned.id, meeting=going_on.id, finished_meeting=finished.id)


def add_scores(ward: Ward) -> None:
    """A round with a sheet handed in, one being filled in, one given out; another cluster's round published, with an
    appeal; a declared conflict."""
    from sqlalchemy import select

    from tests.support import scores
    from webapp.models import ScoreConflict

    scores.add_heads(ward)
    round_id = scores.open_round(ward)
    rows = {}
    for unit, clerk in (("A", "clerk.a"), ("B", "clerk.b"), ("VH", "head.vh")):
        sheet = scores.sheet_of(ward, unit)
        entries = scores.entries_of(ward, sheet)
        rows[unit] = (sheet.id, next(iter(entries.values())).id)
        if unit != "A":
            for code, row in entries.items():
                entry = (
                    scores.value("0", "số_lần_nộp_muộn")
                    if code == "C"
                    else scores.value("0")
                    if code == "B"
                    else scores.level(scores.Level.NOT)
                )
                scores.step(
                    ward,
                    scores.self_scoring.save_self,
                    clerk,
                    word=scores.Word(sheet_id=sheet.id, entry_id=row.id, revision=row.revision, entry=entry, text=""),
                )
    scores.submit(ward, "head.vh", "VH")
    scores.submit(ward, "head.b", "B")
    scores.appraise(ward, "deputy.1", "B")
    scores.deliver(ward, "deputy.1", "B")
    published, appeal = scores.everything(ward)
    theirs = scores.sheet_of(ward, "C")
    with ward.db.reading() as session:
        conflict = session.scalars(select(ScoreConflict.id)).one()
    IDS.update(
        round=round_id,
        published_round=published,
        own_sheet=rows["A"][0],
        own_entry=rows["A"][1],
        given_sheet=rows["B"][0],
        given_entry=rows["B"][1],
        office_sheet=rows["VH"][0],
        office_entry=rows["VH"][1],
        published_sheet=theirs.id,
        published_entry=scores.entries_of(ward, theirs)["B"].id,
        appeal=appeal,
        conflict=conflict,
    )


def furnished(ward: Ward) -> None:
    """Something on every page."""
    import io
    import zipfile

    from sqlalchemy import select

    from webapp.checklists import service
    from webapp.custody.service import request_check
    from webapp.documents.retention import withdraw_document
    from webapp.documents.service import NewDocument, add_document, add_version
    from webapp.documents.unpacking import request_unpacking
    from webapp.models import DocumentKind, DocumentVersion, EvidenceLink, new_id
    from webapp.permissions import SYSTEM
    from webapp.plans.service import start_import

    people_of_every_role(ward)
    ward.plan(small_reading(signer="Trần Văn B"), movement_id=ward.movement_id)
    checklist = ward.checklist("clerk.a", "A")
    item = ward.item(checklist, "III.1.đ")
    document = ward.attach("clerk.a", item, "Dữ liệu đất đai\fTrang hai: dữ liệu", "so-lieu.txt")
    report = ward.document("clerk.a", "A", "báo cáo", kind=DocumentKind.REPORT, filename="bc.txt")
    ward.document("clerk.a", "A", b"%PDF-1.7 hong", filename="hong.pdf")
    changed = ward.document("clerk.a", "A", "Dòng một\nDòng hai đạt 45", filename="ban-dau.txt")
    withdrawn = ward.document("clerk.a", "A", "nhầm", title="Tải nhầm")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("trong/một.txt", "chữ trong tệp nén")
    archive_document = ward.document("clerk.a", "A", packed.getvalue(), filename="mc.zip")
    later = ward.resources.store.put(io.BytesIO("Dòng một\nDòng hai đạt 67".encode()), filename="ban-sau.txt")
    submitted = ward.checklist("clerk.b", "B")
    from webapp.models import Role

    ward.person("head.b", Role.HEAD, "B")
    text = (ROOT / "webapp/demo/plan.txt").read_text(encoding="utf-8").format(y=2026, y1=2027, y2=2028, y4=2030)
    receipt = ward.resources.store.put(io.BytesIO(text.encode()), filename="ke-hoach-moi.txt")
    with ward.work() as session:
        clerk = ward.viewer("clerk.a")
        add_version(
            session,
            actor=clerk,
            now=ward.now,
            document_id=changed.id,
            receipt=later,
            reason="sửa số liệu",
            revision=changed.revision,
        )
        withdraw_document(
            session, actor=clerk, now=ward.now, document_id=withdrawn.id, reason="nhầm", revision=withdrawn.revision
        )
        service.submit_checklist(session, actor=ward.viewer("head.b"), now=ward.now, checklist_id=submitted.id)
        plan = add_document(
            session,
            actor=SYSTEM,
            now=ward.now,
            new=NewDocument(
                receipt=receipt,
                kind=DocumentKind.PLAN,
                unit_id=None,
                movement_id=None,
                year=2026,
                batch_id=new_id(),
            ),
        )
        started = start_import(session, actor=SYSTEM, now=ward.now, document=plan, movement_id=ward.movement_id)
        IDS.update(
            {
                "import": started.id,
                "link": session.scalars(select(EvidenceLink.id)).one(),
                "batch": session.scalars(
                    select(DocumentVersion.batch_id).where(DocumentVersion.document_id == document)
                ).one(),
            }
        )
    add_papers(ward)
    add_rubrics(ward)
    add_indicators(ward)
    IDS.update(inspections.furnish(ward))
    add_scores(ward)
    add_initiatives(ward)
    add_voices(ward)
    add_meetings(ward)
    IDS.update(honours.furnish(ward, initiative=IDS["recognised"]))
    add_commendation(ward)
    IDS.update(
        movement=ward.movement_id,
        checklist=checklist.id,
        item=item.id,
        document=document,
        report=report.id,
        submitted=submitted.id,
        person=ward.people["nobody"],
        changed=changed.id,
        archive=archive_document.id,
    )
    ward.drain()
    with ward.work() as session:
        unpacking = request_unpacking(
            session,
            actor=ward.viewer("clerk.a"),
            now=ward.now,
            document_id=archive_document.id,
            names=["trong/một.txt"],
        )
        check = request_check(session, actor=ward.viewer("admin"), now=ward.now)
    IDS.update(unpacking=unpacking.id, check=check.id)
    ward.drain()
