"""What the checks find about a nomination: doubles under other spellings, marks, bounds, thematic grounds; let pass."""

from __future__ import annotations

from datetime import date

import pytest

from tests.support import commendation, initiatives
from tests.support.commendation import complete, decided, get, nominate, open_round, received, submit
from tests.support.ward import Ward
from tests.support.web import Client
from tests.webapp.commendation.test_decisions import correct
from webapp.commendation.nominations import marking, moving, reporting
from webapp.commendation.nominations.checking import Finding, list_findings
from webapp.commendation.nominations.queries import list_marks
from webapp.commendation.nominations.rules import folded_name, likeness
from webapp.commendation.nominations.service import Ground
from webapp.commendation.rounds.rules import LineDraft
from webapp.core.errors import Invalid, NotFound, Refused
from webapp.models import (
    AwardManner,
    AwardRoundKind,
    AwardSubject,
    InitiativeState,
    MarkKind,
    Nomination,
    NominationState,
    Proposer,
    Role,
)

pytestmark = pytest.mark.either_database

on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def find(ward: Ward, one: Nomination, by: str = "office") -> dict[str, Finding]:
    """By the kind of finding."""
    with ward.db.reading() as session:
        found = list_findings(session, session.get_one(Nomination, one.id), viewer=ward.viewer(by))
        return {row.key.partition(":")[0]: row for row in found}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nguyễn Thị Thúy", "nguyen thi thuy"),
        ("Nguyễn Thị Thuý", "Nguyễn  Thị  Thúy"),
        ("Lý Mỹ Huyền", "Lí Mĩ Huyền"),
        ("Hộ ông Đặng Văn Ý", "HỘ ÔNG ĐẶNG VĂN Í"),
    ],
)
def test_one_name_is_the_same_in_all_its_spellings(one: str, other: str) -> None:
    assert folded_name(one) == folded_name(other)


def test_names_of_different_people_stay_apart() -> None:
    assert folded_name("Trần Văn An") != folded_name("Trần Văn Anh")
    assert folded_name("李明") != folded_name("សុខ")


@on_one_database
def test_a_name_without_a_letter_is_no_name(ward: Ward) -> None:
    """Folded it would be the same as every other such name, and as every mark of such a name."""
    round_ = open_round(ward)
    for act in (lambda: nominate(ward, round_, name="- . -"), lambda: commendation.mark(ward, "…")):
        with pytest.raises(Invalid, match="tên"):
            act()


@on_one_database
def test_a_mark_is_neither_told_to_nor_lifted_by_whom_it_is_about(ward: Ward) -> None:
    marks = [commendation.mark(ward, name) for name in ("Người office", "Người council")]
    ward.person("office.2", Role.STANDING_OFFICE)
    with ward.db.reading() as session:
        told = {
            name: {one.id for one in list_marks(session, viewer=ward.viewer(name))} for name in ("office", "office.2")
        }
    assert told == {"office": {marks[1].id}, "office.2": {one.id for one in marks}}
    with ward.work() as session, pytest.raises(NotFound):
        marking.lift_mark(session, actor=ward.viewer("office"), now=ward.now, mark_id=marks[0].id, reason="Xong")


@on_one_database
def test_somebody_with_an_account_is_put_forward_with_their_unit(ward: Ward) -> None:
    """Else colleagues of the unit would judge and vote."""
    one = nominate(
        ward, open_round(ward), by="office", proposer=Proposer.OFFICE, unit=None, person="clerk.a", name="Người clerk.a"
    )
    assert one.unit_id == ward.units["A"]


@on_one_database
def test_an_honour_that_was_put_right_and_revoked_counts_no_more(ward: Ward) -> None:
    """Put right it counts once, by the new line; the old one stays in its list."""
    round_, later = open_round(ward), open_round(ward, title="Đợt hai")
    made = decided(ward, round_, received(ward, round_))
    new = correct(ward, commendation.awards_of(ward, made)[0], post="Phó Trưởng phòng")
    one = complete(ward, nominate(ward, later))
    assert find(ward, submit(ward, one))["period"].words.count("95/QĐ-UBND") == 1
    with ward.db.reading() as session:
        text = reporting.compose(session, session.get_one(Nomination, one.id))[-1].text
    assert "95/QĐ-UBND" in text and "77/QĐ-UBND" not in text
    commendation.note(ward, "revoke", new)
    assert "period" not in find(ward, one)
    with ward.db.reading() as session:
        assert reporting.compose(session, session.get_one(Nomination, one.id))[-1].text == ""


def test_texts_are_alike_by_the_words_that_say_something() -> None:
    mine = "Đã có thành tích xuất sắc trong số hóa sổ hộ tịch năm 2026"
    assert likeness(mine, "Có thành tích trong việc số hóa sổ hộ tịch, năm 2026") >= 0.5
    assert likeness(mine, "Đã có thành tích xuất sắc trong tuyên truyền an toàn mạng năm 2025") < 0.5
    assert likeness("Có thành tích xuất sắc", "Có thành tích xuất sắc") == 0  # says nothing


def test_the_same_person_and_period_is_found_under_another_spelling(ward: Ward) -> None:
    first = open_round(ward)
    decided(ward, first, received(ward, first, name="Trần Thị Mỹ Lý"))
    second = open_round(ward, title="Đợt hai")
    again = nominate(ward, second, name="trần thị mĩ lí", achievement="Việc khác hẳn")
    assert "Đã được tặng" in find(ward, again)["period"].words
    # The same words for somebody else of the unit are told too; another period and other words are not.
    alike = nominate(ward, second, name="Người Khác")
    assert set(find(ward, alike)) == {"achievement"}
    later = open_round(ward, title="Đợt ba", period_from=date(2027, 1, 1), period_to=date(2027, 12, 31))
    assert find(ward, nominate(ward, later, name="trần thị mĩ lí", achievement="Việc khác hẳn")) == {}


def test_one_proposed_twice_or_with_a_used_initiative_is_found(ward: Ward) -> None:
    key = initiatives.bring_to(ward, InitiativeState.RECOGNISED)
    ground = [Ground("initiative", "Sáng kiến số hóa", key)]
    first, second = open_round(ward), open_round(ward, title="Đợt hai")
    one = submit(ward, complete(ward, nominate(ward, first, grounds=ground)))
    other = submit(ward, complete(ward, nominate(ward, second, grounds=ground)))
    assert set(find(ward, other)) == {"initiative", "twice"} == set(find(ward, one))
    # Another author of the same initiative in the same round is no double.
    author = submit(ward, complete(ward, nominate(ward, first, grounds=ground, name="Đồng tác giả")))
    assert "twice" not in find(ward, author) and len(find(ward, author)) == 1
    # Of what the viewer may not read nothing is told.
    with ward.work() as session:
        moving.declare_stake(
            session, actor=ward.viewer("office"), now=ward.now, nomination_id=other.id, reason="Chị ruột"
        )
    assert find(ward, one) == {}


def test_nothing_is_received_before_somebody_let_the_finding_pass(ward: Ward) -> None:
    first, second = open_round(ward), open_round(ward, title="Đợt hai")
    submit(ward, complete(ward, nominate(ward, first)))
    other = submit(ward, complete(ward, nominate(ward, second)))
    with pytest.raises(Invalid, match="hãy ghi ý kiến"), ward.work() as session:
        moving.receive_nomination(
            session,
            actor=ward.viewer("office"),
            moment=commendation.moment(ward),
            nomination_id=other.id,
            submission=1,
        )
    key = find(ward, other)["twice"].key

    def accept(reason: str, by: str = "office", about: str = key) -> None:
        with ward.work() as session:
            moving.accept_finding(
                session, actor=ward.viewer(by), now=ward.now, nomination_id=other.id, key=about, reason=reason
            )

    for wrong in (" ", "x" * 2001):
        with pytest.raises(Invalid):
            accept(wrong)
    with pytest.raises(Invalid):
        accept("Được", about="twice:nothing")
    with pytest.raises(Refused):
        accept("Được", by="council")
    accept("Hai việc khác nhau.")
    with pytest.raises(Invalid):
        accept("Lần nữa")
    assert commendation.receive(ward, other).state is NominationState.RECEIVED
    passed = find(ward, other)["twice"].accepted
    assert passed is not None and passed.reason == "Hai việc khác nhau."


def test_marks_speak_while_they_are_open(ward: Ward) -> None:
    one = nominate(ward, open_round(ward), name="Lý Văn Kỷ")
    new = marking.NewMark(
        kind=MarkKind.DISCIPLINE, name="Lí Văn Kỉ", unit_id=None, note="QĐ số 5", from_day=date(2026, 6, 1)
    )
    with ward.work() as session:
        mark = marking.add_mark(session, actor=ward.viewer("office"), now=ward.now, new=new)
    assert "Đang trong thời hạn kỷ luật" in find(ward, one)["mark"].words
    with pytest.raises(Refused), ward.work() as session:
        marking.lift_mark(session, actor=ward.viewer("head.a"), now=ward.now, mark_id=mark.id, reason="x")
    for reason in (" ", "Hết thời hạn"):
        if not reason.strip():
            with pytest.raises(Invalid), ward.work() as session:
                marking.lift_mark(session, actor=ward.viewer("office"), now=ward.now, mark_id=mark.id, reason=reason)
            continue
        with ward.work() as session:
            marking.lift_mark(session, actor=ward.viewer("office"), now=ward.now, mark_id=mark.id, reason=reason)
    assert find(ward, one) == {}


def test_more_than_the_quota_is_told_but_stands_against_nobody(ward: Ward) -> None:
    titles = commendation.titles_of(ward)
    line = LineDraft(titles[commendation.MERIT], AwardSubject.PERSON, quota=1)
    round_ = open_round(ward, lines=[line])
    rows = [
        submit(ward, complete(ward, nominate(ward, round_, name=f"Người {n}", achievement=f"Việc {n}")))
        for n in ("Một", "Hai")
    ]
    found = find(ward, rows[0])["quota"]
    assert "Đã có 2 đề nghị" in found.words and "chỉ tiêu 1" in found.words and not found.needs_word
    assert commendation.receive(ward, rows[0]).state is NominationState.RECEIVED


def test_an_award_by_topic_is_no_ground_for_a_title_by_merit(ward: Ward) -> None:
    topic = open_round(ward, kind=AwardRoundKind.TOPIC, manner=AwardManner.TOPIC)
    award = commendation.awards_of(ward, decided(ward, topic, received(ward, topic)))[0]
    title = "lao-dong-tien-tien"
    merit = open_round(ward, title="Theo công trạng", lines=[(title, AwardSubject.PERSON)])
    one = nominate(
        ward, merit, code=title, grounds=[Ground("award", "Giấy khen", award.id)], achievement="Hoàn thành tốt"
    )
    assert "không được tính" in find(ward, one)["thematic"].words


@on_one_database
def test_marks_and_findings_have_pages_of_the_office_alone(client: Client) -> None:
    ward = client.ward
    first, second = open_round(ward), open_round(ward, title="Đợt hai")
    submit(ward, complete(ward, nominate(ward, first)))
    other = submit(ward, complete(ward, nominate(ward, second)))
    office = client.sign_in("office")
    page = office.get(f"/nominations/{other.id}").text
    assert "Kiểm tra tự động" in page and "Ghi ý kiến" in page
    assert "Kiểm tra tự động" not in client.as_user("council").get(f"/nominations/{other.id}").text
    key = find(ward, other)["twice"].key
    address = f"/nominations/{other.id}/findings?key={key}"
    office = client.as_user("office")
    assert office.post(address, {"reason": ""}).status_code == 422
    assert office.post(address, {"reason": "Khác nhau"}).status_code == 303
    assert office.get(f"/nominations/{other.id}/findings?key=twice:x").status_code == 404
    assert "Vẫn xét: Khác nhau" in office.get(f"/nominations/{other.id}").text
    assert get(ward, other).state is NominationState.SUBMITTED
    wrong = office.post("/award-marks", {"kind": "complaint", "name": "", "note": "", "from_day": "01/11/2026"})
    assert wrong.status_code == 422 and "hoặc chọn đơn vị" in wrong.text
    good = {"kind": "complaint", "unit_id": ward.units["A"], "note": "Đơn số 3", "from_day": "01/11/2026"}
    assert office.post("/award-marks", good).status_code == 303
    assert "Đơn vị A" in office.get("/award-marks").text
    assert client.as_user("chair").get("/award-marks").status_code == 403
