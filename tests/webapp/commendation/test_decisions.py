"""From the vote to the decision, and what happens to an award afterwards; each refusal with its sentence."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import pytest
from docx import Document as open_docx
from sqlalchemy import func, select

from tests.support import commendation as c
from tests.support.ward import Ward
from tests.support.web import Client, tight
from webapp.commendation.catalogue import rules as catalogue
from webapp.commendation.catalogue.queries import list_values
from webapp.commendation.catalogue.service import add_value
from webapp.commendation.decisions import afterwards, honours, queries, rules, service
from webapp.commendation.decisions.correcting import Correction, correct_award
from webapp.commendation.decisions.honours import HonourFilter
from webapp.commendation.decisions.judging import Verdict, give_verdicts
from webapp.commendation.decisions.statistics import work_out_statistics
from webapp.commendation.nominations.service import Ground
from webapp.commendation.rounds.rules import LineDraft
from webapp.core.errors import Invalid, NotFound, Refused
from webapp.models import (
    AuditEvent,
    Award,
    AwardDecision,
    AwardDecisionState,
    AwardSubject,
    AwardValueName,
    Nomination,
    NominationState,
    Role,
)
from webapp.permissions.scopes import readable_events

on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def refused(act: Callable[[], Any], words: str) -> None:
    with pytest.raises((Invalid, Refused)) as fault:
        act()
    assert words in fault.value.sentence


def test_from_the_vote_to_money_recovered(ward: Ward) -> None:
    """One round, on both databases: everything that goes well, and what the numbers are then."""
    round_ = c.open_round(ward)
    rows = [c.received(ward, round_, subject=subject) for subject in AwardSubject]
    made = c.decided(ward, round_, *rows)
    assert made.state is AwardDecisionState.ISSUED
    collective, household, person = c.awards_of(ward, made)
    # Collectives, households, persons; 0,6, 0,45 and 0,3 times 2.530.000, up to ten thousand.
    assert [(one.ordinal, one.subject, one.amount) for one in (collective, household, person)] == [
        (1, AwardSubject.COLLECTIVE, 1_520_000),
        (2, AwardSubject.HOUSEHOLD, 1_140_000),
        (3, AwardSubject.PERSON, 760_000),
    ]
    assert len(c.in_state(ward, NominationState.HONOURED)) == 3
    for one in (collective, household, person):
        c.note(ward, "hand_over", one)
        c.note(ward, "pay", one)
    c.note(ward, "revoke", household)
    c.note(ward, "recover", household)
    new = correct(ward, person, name="Trần Thị Mẫn")
    viewer = ward.viewer("nobody")
    with ward.db.reading() as session:
        found = work_out_statistics(session, viewer=viewer, year=2026)
        listed = honours.list_honours(session, viewer=viewer, wanted=HonourFilter())
        old = session.get_one(Award, person.id)
        everything = session.scalar(select(func.count()).select_from(Award))
    # The line that was put right stays, and counts no more; the new one has its money and is handed over anew.
    assert everything == 4 and old.name == "Trần Thị Mẫu" and old.handed_on and old.ordinal == 3
    assert {one.id for one in listed} == {collective.id, household.id, new.id}
    assert (new.amount, new.paid_amount, new.handed_on) == (760_000, 760_000, None)
    assert (found.total.standing, found.total.revoked) == (2, 1)
    (money,) = found.money
    assert (money.worked_out, money.paid, money.to_recover, money.recovered) == (
        2_280_000,
        3_420_000,
        1_140_000,
        1_140_000,
    )
    assert (found.women.part, found.women.whole) == (1, 1) and (found.not_leading.part, found.not_leading.whole) == (
        1,
        1,
    )
    assert [(row.label, row.standing, row.revoked) for row in found.units] == [("Đơn vị A", 2, 1)]
    refused(lambda: c.note(ward, "revoke", person), "đã được đính chính")
    refused(lambda: correct(ward, new, name="Trần Thị Mẫn"), "Chưa sửa gì")
    # Another word for the same person is found without accents, in any order.
    with ward.db.reading() as session:
        for words in ("man tran", "TRẦN THỊ MẪN", "thành tích xuất sắc", "77/qđ", "khongcoai"):
            page = honours.page_honours(session, viewer=viewer, wanted=HonourFilter(words=words), page=1)
            assert (page.total > 0) is (words != "khongcoai"), words


def correct(ward: Ward, award: Award, **changes: Any) -> Award:
    values: dict[str, Any] = {
        "number": "95/QĐ-UBND",
        "decided_on": c.TODAY,
        "signer_name": "Nguyễn Văn Chủ",
        "signer_post": "Chủ tịch",
        "reason": "Ghi sai tên",
        **{name: getattr(award, name) for name in ("name", "honorific", "post", "workplace", "achievement")},
    }
    with ward.work() as session:
        return correct_award(
            session,
            actor=ward.viewer("chair"),
            now=ward.now,
            today=c.TODAY,
            award_id=award.id,
            correction=Correction(**{**values, **changes}),
        )


@on_one_database
def test_what_cannot_be_decided_is_refused_with_its_reason(ward: Ward) -> None:
    round_ = c.open_round(ward)
    one = c.received(ward, round_)
    open_one = c.nominate(ward, round_, name="Lê Thị Hai")
    refused(lambda: c.propose(ward, round_, one), "Hội đồng chưa bỏ phiếu về: Bà Trần Thị Mẫu")
    refused(lambda: c.propose(ward, round_), "chọn ít nhất một")
    with pytest.raises(NotFound):
        c.propose(ward, round_, open_one)  # a draft is not there for the office
    refused(lambda: c.draft(ward, round_), "Chưa có trường hợp nào")
    c.voted(ward, one, yes=3, no=6)
    with pytest.raises(Refused):
        c.propose(ward, round_, one, by="council")
    c.propose(ward, round_, one)
    refused(lambda: c.judge(ward, one), "Hội đồng không tán thành")
    refused(lambda: c.judge(ward, one, approve=False), "phải ghi lý do")
    for person in ("office", "council", "head.a"):
        with pytest.raises(Refused):
            c.judge(ward, one, reason="Vì …", by=person)
    assert c.judge(ward, one, reason="Thành tích nổi bật").state is NominationState.APPROVED
    assert c.judge(ward, one, approve=False, reason="Xem lại").state is NominationState.STRUCK
    c.judge(ward, one, reason="Thành tích nổi bật")
    made = c.draft(ward, round_, on=date(2026, 11, 30))
    refused(lambda: c.draft(ward, round_), "đang có một dự thảo")
    refused(lambda: c.issue(ward, made), "chưa đến")
    refused(lambda: c.issue(ward, made, number=" "), "số, ký hiệu")
    refused(lambda: c.issue(ward, made, by="office"), "chưa đến")
    write(ward, made, decided_on=c.TODAY)
    refused(lambda: c.issue(ward, made, by="office"), "phải chọn văn bản đã ký")
    award = c.awards_of(ward, c.issue(ward, made))[0]
    refused(lambda: write(ward, made), "đã ban hành")
    refused(lambda: c.note(ward, "hand_over", award, day=date(2026, 11, 21)), "không thể trước ngày quyết định")
    refused(lambda: c.note(ward, "hand_over", award, day=date(2026, 11, 23)), "chưa đến")
    refused(lambda: c.note(ward, "recover", award, amount=1), "Không có tiền phải thu hồi")
    no_reason = afterwards.Revocation(c.TODAY, "90/QĐ-UBND", " ")
    refused(lambda: c.note(ward, "revoke", award, revocation=no_reason), "lý do thu hồi")
    same_number = afterwards.Revocation(c.TODAY, "77/QĐ-UBND", "Khai sai")
    refused(lambda: c.note(ward, "revoke", award, revocation=same_number), "Đã có Quyết định số 77/QĐ-UBND")
    refused(lambda: c.note(ward, "revoke", award, by="office"), "phải chọn văn bản đã ký")
    other = afterwards.Revocation(c.TODAY, "90/QĐ-UBND", "Khai sai", c.signed(ward, "12/QĐ-UBND"))
    refused(lambda: c.note(ward, "revoke", award, by="office", revocation=other), "khác với số, ngày đã nhập")
    c.note(ward, "revoke", award)
    refused(lambda: c.note(ward, "pay", award), "đã bị thu hồi")
    refused(lambda: correct(ward, award, name="Khác"), "đã bị thu hồi")
    with pytest.raises(Refused):
        c.note(ward, "hand_over", award, by="council")


def write(ward: Ward, made: AwardDecision, **changes: Any) -> AwardDecision:
    values: dict[str, Any] = {"decided_on": c.TODAY, "signer_name": "Nguyễn Văn Chủ", "signer_post": "Chủ tịch"}
    with ward.work() as session:
        return service.write_decision(
            session,
            actor=ward.viewer("office"),
            now=ward.now,
            decision_id=made.id,
            revision=session.get_one(AwardDecision, made.id).revision,
            draft=service.DecisionDraft(**{**values, **changes}),
        )


@on_one_database
def test_a_page_of_verdicts_is_taken_whole_or_not_at_all(ward: Ward) -> None:
    round_ = c.open_round(ward)
    one, other = c.received(ward, round_), c.received(ward, round_, subject=AwardSubject.HOUSEHOLD)
    c.voted(ward, one, other)
    proposal = c.propose(ward, round_, one, other)

    def say(**more: Any) -> int:
        with ward.work() as session:
            return give_verdicts(session, actor=ward.viewer("chair"), now=ward.now, proposal_id=proposal.id, **more)

    refused(lambda: say(verdicts={one.id: Verdict(True), other.id: Verdict(False)}), "phải ghi lý do")
    assert c.get(ward, one).state is NominationState.PROPOSED
    refused(lambda: say(verdicts={one.id: Verdict(True, seen="struck")}), "đã được quyết định khác")
    assert say(verdicts={other.id: Verdict(False, "Chưa rõ")}, rest=True) == 2
    assert c.get(ward, one).state is NominationState.APPROVED and c.get(ward, other).state is NominationState.STRUCK
    # What the page shows as it stands changes nothing.
    refused(lambda: say(verdicts={one.id: Verdict(True), other.id: Verdict(False, "Chưa rõ")}), "Chưa chọn")


@on_one_database
def test_bounds_are_told_and_nobody_with_a_stake_counts(client: Client) -> None:
    ward = client.ward
    titles = c.titles_of(ward)
    line = LineDraft(titles[c.MERIT], AwardSubject.PERSON, quota=1)
    stands = rules.stand_against({"a": 9, "b": 9, "c": 8, "d": 7}, 1, bound=1, reserve=2)
    assert [stands[key].place for key in "abcd"] == ["tied", "tied", "reserve", "above"]
    stands = rules.stand_against({"a": 9, "b": 8, "c": 7}, 1, bound=1, reserve=1)
    assert [stands[key].place for key in "abc"] == ["within", "reserve", "above"]
    # The office's own unit nominates: the office may not issue a list with a line hidden from it.
    ward.person("clerk.vh", Role.CLERK, "VH")
    ward.person("head.vh", Role.HEAD, "VH")
    round_ = c.open_round(ward, lines=(line, (c.MERIT, AwardSubject.COLLECTIVE)))
    own = c.complete(ward, c.nominate(ward, round_, by="clerk.vh", unit="VH", name="Lê Thị Hai"), by="clerk.vh")
    own = c.receive(ward, c.submit(ward, own, by="head.vh"), by="chair")
    one = c.received(ward, round_, subject=AwardSubject.COLLECTIVE)
    c.voted(ward, own, one)
    with pytest.raises(NotFound):
        c.propose(ward, round_, own, one)  # hidden from the office like anything else
    ward.person("office.2", Role.STANDING_OFFICE)
    proposal = c.propose(ward, round_, own, one, by="office.2")
    for row in (own, one):
        c.judge(ward, row)
    made = c.draft(ward, round_)
    with ward.db.reading() as session:
        counts = {
            name: len(queries.list_lines(session, proposal.id, viewer=ward.viewer(name)))
            for name in ("office", "office.2", "chair", "council", "clerk.a", "clerk.vh")
        }
    assert counts == {"office": 1, "office.2": 2, "chair": 2, "council": 2, "clerk.a": 0, "clerk.vh": 0}
    # In pages and files of the office neither the name nor the count of the line about its own unit.
    office = client.sign_in("office")
    for place in (
        f"/award-proposals/{proposal.id}",
        f"/award-decisions/{made.id}",
        f"/award-rounds/{round_.id}/decisions",
    ):
        page = tight(office.get(place).text)
        assert "Lê Thị Hai" not in page and "2 trường hợp" not in page and "1 cá nhân" not in page, place
    for place in (f"/award-proposals/{proposal.id}/proposal.docx", f"/award-decisions/{made.id}/decision.docx"):
        document = open_docx(io.BytesIO(office.get(place).data))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        text = "\n".join([*(one.text for one in document.paragraphs), *cells])
        assert "Tập thể Đơn vị A" in text and "Lê Thị Hai" not in text and "cá nhân" not in text.split("Điều 3")[0], (
            place
        )
    assert "Lê Thị Hai" in client.as_user("office.2").get(f"/award-proposals/{proposal.id}").text
    paper = c.signed(ward, "77/QĐ-UBND")
    refused(lambda: c.issue(ward, made, by="office", document_id=paper), "có trường hợp bạn có liên quan")
    assert len(c.awards_of(ward, c.issue(ward, made, by="office.2", document_id=paper))) == 2


@on_one_database
def test_what_rests_on_one_achievement_is_seen_together(ward: Ward) -> None:
    from tests.support.initiatives import bring_to
    from webapp.models import InitiativeState

    initiative = bring_to(ward, InitiativeState.REPLICATED)
    ground = Ground("initiative", "Sáng kiến", initiative)
    round_, later = c.open_round(ward), c.open_round(ward, title="Đợt hai")
    c.decided(ward, round_, c.received(ward, round_, grounds=(ground,)))
    made = c.decided(ward, later, c.received(ward, later, grounds=(ground,)), number="78/QĐ-UBND")
    with ward.db.reading() as session:
        viewer = ward.viewer("nobody")
        (one,) = honours.page_achievements(session, viewer=viewer, page=1).rows
        (exemplar,) = honours.page_exemplars(session, viewer=viewer, page=1).rows
    assert one.standing == 2 and one.honoured_twice and one.title and one.address
    assert exemplar.adopters == ["Đơn vị B"] and len(exemplar.awards) == 2 and exemplar.picture is None
    c.note(ward, "revoke", c.awards_of(ward, made)[0])
    with ward.db.reading() as session:
        (one,) = honours.page_achievements(session, viewer=viewer, page=1).rows
    assert one.standing == 1 and not one.honoured_twice


@on_one_database
def test_a_new_value_holds_from_its_day_and_leaves_decisions_as_they_were(ward: Ward) -> None:
    _, awards = c.three_honoured(ward)
    new = catalogue.Dated(
        AwardValueName.BASE_PAY, None, None, "3000000", date(2026, 11, 1), None, "Nghị định số 1/2026/NĐ-CP"
    )

    def add(**changes: Any) -> None:
        with ward.work() as session:
            add_value(session, actor=ward.viewer("office"), now=ward.now, new=replace(new, **changes))

    cases: tuple[tuple[dict[str, Any], str], ...] = (
        ({"value": "0"}, "lớn hơn 0"),
        ({"citation": " "}, "Hãy ghi căn cứ"),
        ({"title": c.MERIT}, "để “Chung”"),
        ({"name": AwardValueName.COEFFICIENT}, "Hãy chọn danh hiệu"),
        ({"valid_until": date(2026, 10, 1)}, "từ ngày đầu trở đi"),
    )
    for changes, words in cases:
        refused(partial(add, **changes), words)
    add()
    with ward.db.reading() as session:
        values = list_values(session)
        assert session.get_one(Award, awards[2].id).amount == 760_000
    assert catalogue.work_out_money(values, c.MERIT, AwardSubject.PERSON, c.TODAY).amount == 900_000
    assert catalogue.work_out_money(values, c.MERIT, AwardSubject.PERSON, date(2026, 10, 31)).amount == 760_000
    ending = catalogue.list_ending(values, date(2026, 11, 22), catalogue.timedelta(days=365))
    assert {one.valid_until for one in ending} == {date(2027, 2, 28)} and len(ending) == 10


@on_one_database
def test_a_title_paid_by_an_earlier_decision_is_told_before_the_next(ward: Ward) -> None:
    titles = (("lao-dong-tien-tien", AwardSubject.PERSON), ("chien-si-thi-dua-co-so", AwardSubject.PERSON))
    round_ = c.open_round(ward, lines=titles)
    first = c.received(ward, round_, code=titles[0][0])
    made = c.decided(ward, round_, first)
    second = c.received(ward, round_, code=titles[1][0])
    with ward.db.reading() as session:
        rows = [session.get_one(Nomination, second.id)]
        found = queries.find_titles_before(session, rows, 2026)
    assert {key: award.decision_id for key, award in found.items()} == {second.id: made.id}


@on_one_database
def test_the_lesser_title_of_a_year_is_not_paid_after_the_higher(ward: Ward) -> None:
    """The higher was decided earlier; revoked, it stands in nobody's way."""
    lines = tuple((code, AwardSubject.PERSON) for code in ("chien-si-thi-dua-co-so", "lao-dong-tien-tien"))
    amounts = []
    for number, code in (("77", lines[0][0]), ("78", lines[1][0]), ("79", lines[1][0])):
        round_ = c.open_round(ward, lines=lines, title=f"Đợt {number}")
        row = c.received(ward, round_, code=code, **({"name": "Trần Thị Khác"} if number == "79" else {}))
        (award,) = c.awards_of(ward, c.decided(ward, round_, row, number=f"{number}/QĐ-UBND"))
        amounts.append(award.amount)
    assert amounts == [2_530_000, None, 760_000]


@on_one_database
def test_a_decision_follows_its_proposal_and_holds_the_list_that_was_looked_at(ward: Ward) -> None:
    round_ = c.open_round(ward)
    one, other = c.received(ward, round_), c.received(ward, round_, subject=AwardSubject.HOUSEHOLD)
    c.voted(ward, one, other)
    refused(lambda: c.propose(ward, round_, one, signed_on=date(2026, 11, 23)), "chưa đến")
    c.propose(ward, round_, one, other)
    for row in (one, other):
        c.judge(ward, row)
    made = c.draft(ward, round_, on=date(2026, 11, 21))
    refused(lambda: c.issue(ward, made), "không thể trước ngày tờ trình")
    made = write(ward, made)
    with ward.db.reading() as session:
        seen = service.list_stamp(made, service.list_approved(session, round_.id))
    c.judge(ward, other, approve=False, reason="Xem lại")
    refused(lambda: c.issue(ward, made, seen=seen), "đã thay đổi")
    with ward.db.reading() as session:
        seen = service.list_stamp(made, service.list_approved(session, round_.id))
    assert len(c.awards_of(ward, c.issue(ward, made, seen=seen))) == 1
    refused(lambda: c.judge(ward, other, reason="Nay đồng ý"), "không đổi nữa")


@on_one_database
def test_a_draft_does_not_tell_the_office_of_a_line_it_has_a_stake_in(ward: Ward) -> None:
    ward.person("office.2", Role.STANDING_OFFICE)
    round_ = c.open_round(ward)
    one = c.complete(ward, c.nominate(ward, round_, person="office"))
    one = c.receive(ward, c.submit(ward, one), by="office.2")
    c.voted(ward, one)
    c.propose(ward, round_, one, by="office.2")
    c.judge(ward, one)
    refused(lambda: c.draft(ward, round_), "Chưa có trường hợp nào")
    c.draft(ward, round_, by="office.2")


@on_one_database
def test_the_log_of_a_unit_tells_it_neither_votes_nor_findings(ward: Ward) -> None:
    round_ = c.open_round(ward)
    c.mark(ward, "Trần Thị Mẫu")
    c.decided(ward, round_, c.received(ward, round_))
    with ward.db.reading() as session:
        told = {
            name: set(session.scalars(select(AuditEvent.action).where(readable_events(ward.viewer(name)))))
            for name in ("head.a", "auditor")
        }
    judging = {"nomination.accept", "nomination.propose", "nomination.approve"}
    assert judging <= told["auditor"] and not judging & told["head.a"]
    assert {"nomination.submit", "nomination.receive"} <= told["head.a"]
