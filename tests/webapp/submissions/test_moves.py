"""Plans and reports of units: every move by every role, what others see, two people writing at once, files, remarks."""

from __future__ import annotations

import io
import itertools

import pytest
from sqlalchemy import func, select

from tests.support import papers
from tests.support.ward import Ward
from tests.support.web import client_for
from webapp.core.errors import Conflict, Invalid, NotFound, Refused
from webapp.documents import service as documents
from webapp.models import (
    AuditEvent,
    Document,
    DocumentState,
    Notice,
    PaperComment,
    PaperKind,
    PaperPart,
    PaperState,
    PaperVersion,
    Role,
    UnitPaper,
    new_id,
)
from webapp.permissions.scopes import viewer_keys
from webapp.submissions import commenting, rules, service

pytestmark = pytest.mark.either_database

PEOPLE = (
    "clerk.a",
    "head.a",
    "clerk.b",
    "leader.1",
    "deputy.2",
    "council",
    "office",
    "chair",
    "inspector",
    "auditor",
    "admin",
    "nobody",
)
MOVES = ("submit", "return", "accept")


def in_state(ward: Ward, state: PaperState, unit: str = "A", year: int = 2026) -> UnitPaper:
    """A report of A with text, brought into a state by the moves themselves."""
    clerk, head = ("clerk.a", "head.a") if unit == "A" else ("clerk.b", "head.b")
    paper = papers.open_paper(ward, clerk, unit, year=year)
    papers.write(ward, clerk, paper, {0: "Đã triển khai", "III.1.đ": "Liên thông 3 cơ sở dữ liệu"})
    if state is not PaperState.DRAFT:
        papers.submit(ward, head, paper)
    if state is PaperState.RETURNED:
        papers.give_back(ward, "office", paper)
    if state is PaperState.ACCEPTED:
        papers.accept(ward, "office", paper)
    return paper


def stored(ward: Ward, paper: UnitPaper) -> UnitPaper:
    with ward.db.reading() as session:
        return session.get_one(UnitPaper, paper.id)


def do(ward: Ward, move: str, username: str, paper: UnitPaper) -> None:
    {"submit": papers.submit, "return": papers.give_back, "accept": papers.accept}[move](ward, username, paper)


@pytest.mark.parametrize("state", list(PaperState))
def test_every_move_by_every_role(ward: Ward, state: PaperState) -> None:
    """The allowed ones work; the others are refused with a reason and change nothing."""
    open_ = state in (PaperState.DRAFT, PaperState.RETURNED)
    years = iter(range(2026, 2031))
    paper = in_state(ward, state, year=next(years))
    for move, username in itertools.product(MOVES, PEOPLE):
        allowed = (move == "submit" and username == "head.a" and open_) or (
            move in ("return", "accept") and username in ("office", "chair") and state is PaperState.SUBMITTED
        )
        before = stored(ward, paper)
        if allowed:
            do(ward, move, username, paper)
            assert stored(ward, paper).state is rules.MOVES[state, move]
            paper = in_state(ward, state, year=next(years))
            continue
        with pytest.raises((Refused, NotFound, Invalid)) as fault:
            do(ward, move, username, paper)
        assert len(fault.value.sentence) > 20
        after = stored(ward, paper)
        assert (after.state, after.revision) == (before.state, before.revision), (move, username)


@pytest.mark.parametrize("state", list(PaperState))
def test_writing_is_the_units_while_it_is_open(ward: Ward, state: PaperState) -> None:
    paper = in_state(ward, state)
    part = papers.parts_of(ward, paper)[1]
    for username in PEOPLE:
        may = username in ("clerk.a", "head.a") and state in (PaperState.DRAFT, PaperState.RETURNED)
        if may:
            papers.write(ward, username, paper, {1: f"do {username}"})
            assert papers.parts_of(ward, paper)[1].text == f"do {username}"
        else:
            with pytest.raises((Refused, NotFound)):
                papers.write(ward, username, paper, {1: "người khác"})
            assert papers.parts_of(ward, paper)[1].text != "người khác"
    assert part.id


def test_the_parts_are_the_plans_themes_and_the_units_criteria(ward: Ward) -> None:
    report = papers.open_paper(ward, "clerk.a", "A")
    codes = [part.code for part in papers.parts_of(ward, report)]
    assert codes == ["", "II.2.a", "II.2.đ", "III.1.d", "III.1.đ", "III.1.e", "", ""]
    plan = papers.open_paper(ward, "clerk.c", "C", PaperKind.UNIT_PLAN)
    assert "III.2.a" in [part.code for part in papers.parts_of(ward, plan)]
    assert papers.open_paper(ward, "head.a", "A").id == report.id


@pytest.mark.parametrize("year", [2025, 2031])
def test_a_year_outside_the_movement_is_refused(ward: Ward, year: int) -> None:
    with pytest.raises(Invalid):
        papers.open_paper(ward, "clerk.a", "A", year=year)


def test_only_the_unit_opens_its_paper(ward: Ward) -> None:
    for username in PEOPLE[2:]:
        with pytest.raises((Refused, NotFound)):
            papers.open_paper(ward, username, "A")
    with pytest.raises(Invalid):
        papers.open_paper(ward, "clerk.a", "A", PaperKind.CHECKLIST)


def test_last_year_is_a_start_and_stays_as_it_was(ward: Ward) -> None:
    in_state(ward, PaperState.ACCEPTED)
    copy = papers.open_paper(ward, "clerk.a", "A", year=2027, copy=True)
    texts = {part.code or str(part.position): part.text for part in papers.parts_of(ward, copy)}
    assert texts["III.1.đ"] == "Liên thông 3 cơ sở dữ liệu" and texts["0"] == "Đã triển khai"
    papers.write(ward, "clerk.a", copy, {"III.1.đ": "mới"})
    bare = papers.open_paper(ward, "clerk.a", "A", PaperKind.INTERIM, 2027)
    assert not any(part.text for part in papers.parts_of(ward, bare))


def test_two_people_writing_one_part_lose_nothing(ward: Ward) -> None:
    paper = in_state(ward, PaperState.DRAFT)
    part = papers.parts_of(ward, paper)[0]

    def save(username: str, text: str, revision: int) -> PaperPart:
        with ward.work() as session:
            return service.save_part(
                session,
                actor=ward.viewer(username),
                now=ward.now,
                paper_id=paper.id,
                part_id=part.id,
                revision=revision,
                text=text,
            )

    first = save("clerk.a", "bản của cán bộ", part.revision)
    with pytest.raises(Conflict) as fault:
        save("head.a", "bản của lãnh đạo", part.revision)
    assert fault.value.theirs == {"text": "bản của cán bộ"} and fault.value.mine == {"text": "bản của lãnh đạo"}
    assert papers.parts_of(ward, paper)[0].text == "bản của cán bộ"
    # The same text twice is no conflict, and other parts are not touched by it.
    assert save("head.a", "bản của cán bộ", part.revision).revision == first.revision


def test_the_page_keeps_both_texts_after_a_conflict(ward: Ward) -> None:
    paper = in_state(ward, PaperState.DRAFT)
    first, second = papers.parts_of(ward, paper)[:2]
    client = client_for(ward).sign_in("clerk.a")
    client.get(f"/papers/{paper.id}")
    papers.write(ward, "head.a", paper, {0: "lãnh đạo viết"})
    form = {
        f"text-{first.id}": "cán bộ viết",
        f"revision-{first.id}": str(first.revision),
        f"text-{second.id}": "mục khác vẫn lưu",
        f"revision-{second.id}": str(second.revision),
    }
    answer = client.post(f"/papers/{paper.id}", form)
    assert answer.status_code == 409 and "lãnh đạo viết" in answer.text and "cán bộ viết" in answer.text
    top = answer.text.split('class="error-summary"')[1].split("</ul>")[0]
    assert f'href="#p-{first.id}"' in top and f"#p-{second.id}" not in top
    now_first, now_second = papers.parts_of(ward, paper)[:2]
    assert (now_first.text, now_second.text) == ("lãnh đạo viết", "mục khác vẫn lưu")
    form[f"revision-{first.id}"] = str(now_first.revision)
    form[f"revision-{second.id}"] = str(now_second.revision)
    assert client.post(f"/papers/{paper.id}", form).status_code == 303
    assert papers.parts_of(ward, paper)[0].text == "cán bộ viết"


def test_a_part_saved_while_typing_answers_with_its_status(ward: Ward) -> None:
    paper = in_state(ward, PaperState.DRAFT)
    part = papers.parts_of(ward, paper)[0]
    client = client_for(ward).sign_in("clerk.a")
    client.get(f"/papers/{paper.id}")
    address, headers = f"/papers/{paper.id}/parts/{part.id}", {"HX-Request": "true"}
    form = {f"text-{part.id}": "đang gõ", f"revision-{part.id}": str(part.revision)}
    good = client.post(address, form, headers=headers)
    assert good.status_code == 200 and "Đã lưu" in good.text and "<html" not in good.text
    assert f'name="revision-{part.id}" value="{part.revision + 1}"' in good.text
    stale = client.post(address, {**form, f"text-{part.id}": "bản cũ"}, headers=headers)
    assert stale.status_code == 409 and "đang gõ" in stale.text and "Dùng phần tôi viết" in stale.text
    long = client.post(address, {**form, f"text-{part.id}": "x" * (service.LONGEST + 1)}, headers=headers)
    assert long.status_code == 422 and "dài tối đa" in long.text
    assert papers.parts_of(ward, paper)[0].text == "đang gõ"


def test_an_empty_paper_is_not_handed_in(ward: Ward) -> None:
    paper = papers.open_paper(ward, "clerk.a", "A")
    papers.write(ward, "clerk.a", paper, {0: "  \n "})
    with pytest.raises(Invalid) as fault:
        papers.submit(ward, "head.a", paper)
    assert "còn trống" in fault.value.sentence and stored(ward, paper).version_no == 0


def attach(ward: Ward, username: str, paper: UnitPaper, content: bytes = b"%PDF-1.4 da ky") -> None:
    receipt = ward.resources.store.put(io.BytesIO(content), filename="bao-cao.pdf")
    with ward.work() as session:
        service.attach_file(
            session, actor=ward.viewer(username), now=ward.now, paper_id=paper.id, receipt=receipt, batch_id=new_id()
        )


def test_a_signed_file_alone_is_enough_and_follows_its_paper(ward: Ward) -> None:
    paper = papers.open_paper(ward, "clerk.a", "A")
    attach(ward, "clerk.a", paper)
    document_id = stored(ward, paper).document_id

    def state() -> DocumentState:
        with ward.db.reading() as session:
            return session.get_one(Document, document_id).state

    assert state() is DocumentState.DRAFT
    attach(ward, "clerk.a", paper, b"%PDF-1.4 thay")
    first, document_id = document_id, stored(ward, paper).document_id
    papers.submit(ward, "head.a", paper)
    assert state() is DocumentState.SUBMITTED
    office = client_for(ward).sign_in("office")
    assert office.get(f"/documents/{first}").status_code == 404, "a draft that was replaced was never handed in"
    for username in ("clerk.a", "head.a", "clerk.b", "office"):
        with pytest.raises((Refused, NotFound)):
            attach(ward, username, paper, b"%PDF-1.4 khac")
    papers.give_back(ward, "office", paper)
    assert state() is DocumentState.RETURNED
    attach(ward, "clerk.a", paper, b"%PDF-1.4 sua")
    with pytest.raises(Invalid):
        attach(ward, "clerk.a", paper, b"%PDF-1.4 sua")
    corrected = stored(ward, paper).document_id
    client = client_for(ward).sign_in("office")
    assert client.get(f"/documents/{document_id}").status_code == 200
    assert client.get(f"/documents/{corrected}").status_code == 404, "a correction is the unit's until it is handed in"
    papers.submit(ward, "head.a", paper)
    papers.accept(ward, "office", paper)
    assert state() is DocumentState.RETURNED and stored(ward, paper).document_id == corrected
    document_id = corrected
    assert state() is DocumentState.ACCEPTED
    with ward.db.reading() as session:
        digests = session.scalars(select(PaperVersion.sha256).order_by(PaperVersion.no)).all()
    assert len(set(digests)) == 2


def test_corrections_are_the_units_own_until_handed_in_again(ward: Ward) -> None:
    paper = in_state(ward, PaperState.RETURNED)
    papers.write(ward, "clerk.a", paper, {"III.1.đ": "Liên thông BẢY cơ sở"})
    ward.drain()
    client = client_for(ward).sign_in("office")
    page = client.get(f"/papers/{paper.id}").text
    assert "Liên thông 3 cơ sở" in page and "BẢY" not in page
    assert "BẢY" in client.as_user("clerk.a").get(f"/papers/{paper.id}").text

    def hits(username: str, text: str) -> int:
        keys = viewer_keys(ward.viewer(username))
        return ward.resources.index.search(f'"{text}"', viewer_keys=keys).total

    assert hits("office", "Liên thông 3") == 1 and hits("office", "BẢY cơ sở") == 0
    papers.submit(ward, "head.a", paper)
    ward.drain()
    assert "BẢY" in client.get(f"/papers/{paper.id}").text and hits("office", "BẢY cơ sở") == 1
    compared = client.get(f"/papers/{paper.id}/compare?old=1&new=2").text
    assert "<del>3</del>" in compared and "<ins>BẢY</ins>" in compared
    assert "Liên thông 3" in client.get(f"/papers/{paper.id}/versions/1").text
    assert client.get(f"/papers/{paper.id}/versions/9").status_code == 404


def test_a_draft_is_found_and_seen_by_its_unit_alone(ward: Ward) -> None:
    paper = in_state(ward, PaperState.DRAFT)
    ward.drain()
    client = client_for(ward).sign_in("clerk.a")
    assert client.get(f"/papers/{paper.id}").status_code == 200
    assert "Báo cáo năm 2026" in client.get("/search?q=lien+thong+3+co+so").text
    for username in ("clerk.b", "office", "leader.1", "auditor", "admin"):
        other = client.as_user(username)
        for path in ("", "/versions/1", "/compare", "/submit", "/return"):
            assert other.get(f"/papers/{paper.id}{path}").status_code == 404, (username, path)
        assert "Báo cáo năm 2026 · Đơn vị A" not in other.get("/search?q=lien+thong+3+co+so").text


def test_the_offices_own_report_is_received_by_the_leadership(ward: Ward) -> None:
    ward.person("clerk.vh", Role.HEAD, "VH")
    paper = papers.open_paper(ward, "clerk.vh", "VH")
    papers.write(ward, "clerk.vh", paper, {0: "của cơ quan thường trực"})
    papers.submit(ward, "clerk.vh", paper)
    for move in ("return", "accept"):
        with pytest.raises(Refused):
            do(ward, move, "office", paper)
    papers.accept(ward, "chair", paper)
    assert stored(ward, paper).state is PaperState.ACCEPTED


def test_a_signed_file_is_handed_in_with_its_paper_not_alone(ward: Ward) -> None:
    paper = papers.open_paper(ward, "clerk.a", "A")
    attach(ward, "clerk.a", paper)
    document_id = stored(ward, paper).document_id or ""
    with pytest.raises(Invalid) as fault, ward.work() as session:
        documents.submit_document(session, actor=ward.viewer("head.a"), now=ward.now, document_id=document_id)
    assert "đi cùng Báo cáo năm 2026" in fault.value.sentence


def test_a_remark_names_a_passage_that_is_there(ward: Ward) -> None:
    paper = in_state(ward, PaperState.SUBMITTED)
    with pytest.raises(Invalid) as fault:
        papers.comment(ward, "office", paper, "xem lại", quote="không có trong báo cáo")
    assert "quote" in fault.value.fields
    with pytest.raises(Invalid):
        papers.comment(ward, "office", paper, "   ")
    for username in ("chair", "auditor", "inspector", "admin", "clerk.c", "nobody"):
        with pytest.raises((Refused, NotFound)):
            papers.comment(ward, username, paper, "tôi nghĩ")
    papers.comment(ward, "leader.1", paper, "cần số liệu", quote="Đã  triển\nkhai")
    papers.comment(ward, "office", paper, "nêu rõ ngày")
    client = client_for(ward).sign_in("clerk.a")
    page = client.get(f"/papers/{paper.id}").text
    assert "cần số liệu" in page and "nêu rõ ngày" in page
    with ward.db.reading() as session:
        told = session.scalar(
            select(func.count()).select_from(Notice).where(Notice.person_id == ward.people["clerk.a"])
        )
    assert told == 2


def test_everything_is_in_the_log_and_people_are_told(ward: Ward) -> None:
    paper = in_state(ward, PaperState.RETURNED)
    papers.submit(ward, "head.a", paper)
    papers.accept(ward, "office", paper)
    with ward.db.reading() as session:
        actions = session.scalars(
            select(AuditEvent.action).where(AuditEvent.object_id == paper.id).order_by(AuditEvent.seq)
        ).all()
        texts = session.scalars(select(Notice.text).where(Notice.person_id == ward.people["clerk.a"])).all()
        office = session.scalars(select(Notice.text).where(Notice.person_id == ward.people["office"])).all()
    assert actions == [
        "paper.open",
        "paper.write",
        "paper.write",
        "paper.submit",
        "paper.return",
        "paper.submit",
        "paper.accept",
    ]
    assert any("thiếu số liệu" in text for text in texts) and any("đã nhận" in text for text in texts)
    assert len(office) == 2 and all("đã trình" in text for text in office)


def test_the_leadership_is_told_of_the_offices_own_report(ward: Ward) -> None:
    ward.person("clerk.vh", Role.HEAD, "VH")
    for username, unit in (("clerk.vh", "VH"), ("clerk.a", "A")):
        paper = papers.open_paper(ward, username, unit)
        papers.write(ward, username, paper, {0: "nội dung"})
        papers.submit(ward, username if unit == "VH" else "head.a", paper)
    with ward.db.reading() as session:
        texts = session.scalars(select(Notice.text).where(Notice.person_id == ward.people["chair"])).all()
    assert texts == ["Đơn vị VH đã trình Báo cáo năm 2026."]


def test_a_remark_is_settled_by_the_unit_or_by_who_made_it(ward: Ward) -> None:
    paper = in_state(ward, PaperState.SUBMITTED)
    papers.comment(ward, "office", paper, "nêu rõ ngày")
    with ward.db.reading() as session:
        comment_id = session.scalars(select(PaperComment.id)).one()

    def settle(username: str) -> None:
        with ward.work() as session:
            commenting.resolve_comment(
                session, actor=ward.viewer(username), now=ward.now, paper_id=paper.id, comment_id=comment_id
            )

    for username in ("leader.1", "chair", "clerk.b", "nobody"):
        with pytest.raises((Refused, NotFound)):
            settle(username)
    with ward.db.reading() as session:
        assert session.get_one(PaperComment, comment_id).resolved_at is None
    settle("clerk.a")
    with ward.db.reading() as session:
        assert session.get_one(PaperComment, comment_id).resolved_at is not None
