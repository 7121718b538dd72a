"""Meetings through their pages, as somebody without JavaScript uses them."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.support import meetings
from tests.support.ward import Ward
from tests.support.web import Client, client_for, tight
from webapp.models import (
    Ballot,
    Cluster,
    Meeting,
    MeetingState,
    Role,
    RoundState,
    Rubric,
    RubricState,
    ScoreResult,
    ScoreRound,
    ScoreSheet,
    SheetState,
)

on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def filled(page: str) -> dict[str, list[str]]:
    """What a form of the page would send as it stands."""
    values: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]+>", page):
        name = re.search(r'\bname="([^"]+)"', tag)
        value = re.search(r'\bvalue="([^"]*)"', tag)
        kind = re.search(r'\btype="([^"]+)"', tag)
        if name and (not kind or kind[1] not in ("checkbox", "radio") or " checked" in tag):
            values.setdefault(name[1], []).append(value[1] if value else "")
    for name, value in re.findall(r'<textarea[^>]+name="([^"]+)"[^>]*>([^<]*)<', page):
        values[name] = [value]
    for name, body in re.findall(r'<select[^>]+name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        values[name] = re.findall(r'value="([^"]*)" selected', body)[:1] or [""]
    values.pop("csrf_token", None)
    values.pop("q", None)
    return values


def only(ward: Ward, kind: type[Meeting] | type[Ballot]) -> str:
    with ward.db.reading() as session:
        return session.scalars(select(kind.id)).one()


def test_from_planning_to_minutes(client: Client) -> None:
    ward = client.ward
    leader = client.as_user("leader.1")
    page = leader.get("/meetings?year=2026").text
    (address,) = re.findall(r'href="(/meetings/new[^"]+)"', page)
    form = leader.get(address.replace("&amp;", "&"))
    sent = filled(form.text)
    assert set(sent["people"]) == {ward.people["head.a"], ward.people["leader.1"]}
    assert sent["agenda"] == ["Xét kết quả của Đơn vị A\nXét kết quả của Đơn vị B\nXét kết quả của Đơn vị VH"]
    sent["people"] += [ward.people[name] for name in ("council", "chair", "office")]
    answer = leader.post("/meetings/new", {**sent, "day": ["2026-12-01"], "time": ["14h30"], "place": ["Hội trường"]})
    assert answer.status_code == 303, answer.text
    place = answer.headers["Location"]
    page = leader.get(place).text
    assert "14:30 01/12/2026" in page and "Bắt đầu cuộc họp" in page and "Bước tiếp theo" in page
    assert leader.post(f"{place}/open").status_code == 303
    sent = filled(leader.get(f"{place}/attendance").text)
    marks = {name: ["yes"] for name in sent if name.startswith("present-")}
    assert leader.post(f"{place}/attendance", {**sent, **marks}).status_code == 303
    draft = {"question": "Đề nghị tặng giấy khen", "units": [ward.units["A"]], "kind": "secret", "needed": "50"}
    assert leader.post(f"{place}/ballots/new", draft).status_code == 303
    ballot = only(ward, Ballot)
    assert leader.post(f"/ballots/{ballot}/open").status_code == 303
    for username in ("leader.1", "council", "chair", "office"):
        voter = client.as_user(username)
        assert f"/ballots/{ballot}" in voter.get(place).text
        page = voter.get(f"/ballots/{ballot}").text
        assert "Đồng ý" in page and 'type="radio" name="choice" value="2"' in page
        assert voter.post(f"/ballots/{ballot}/vote", {"choice": "0"}).status_code == 303
    barred = client.as_user("head.a")
    assert "Có liên quan: " in barred.get(f"/ballots/{ballot}").text
    answer = barred.post(f"/ballots/{ballot}/vote", {"choice": "0"})
    assert answer.status_code == 403 and "Có liên quan: đây là phiếu về đơn vị của bạn" in answer.text
    assert "4/4 người đã bỏ phiếu" in leader.get(f"/ballots/{ballot}").text
    assert leader.post(f"/ballots/{ballot}/close").status_code == 303
    assert "Kết quả: được thông qua" in leader.get(f"/ballots/{ballot}").text
    leader.post(f"/ballots/{ballot}/recount")
    assert "khớp với kết quả" in leader.get(f"/ballots/{ballot}").text
    assert leader.post(f"{place}/close").status_code == 422
    sent = filled(leader.get(f"{place}/minutes").text)
    assert leader.post(f"{place}/minutes", {**sent, "conclusion": "Nhất trí."}).status_code == 303
    assert "không ai sửa được nữa" in leader.get(f"{place}/close").text
    assert leader.post(f"{place}/close").status_code == 303
    assert "Biên bản" in leader.get(place).text
    for path in ("edit", "attendance", "minutes", "close", "ballots/new"):
        assert leader.get(f"{place}/{path}").status_code == 422, path
    with ward.db.reading() as session:
        assert session.scalars(select(Meeting.state)).one() is MeetingState.CLOSED


def test_what_was_typed_is_kept_when_something_is_wrong(client: Client) -> None:
    leader = client.as_user("leader.1")
    ward = client.ward
    cluster = ward.clusters["K1"]
    sent = {"year": "2026", "cluster": cluster, "title": "Họp “cụm”", "time": "25:99", "place": "", "quorum": "500"}
    sent |= {"agenda": "một\nhai", "chair_id": ward.people["leader.1"], "people": ward.people["auditor"]}
    answer = leader.post("/meetings/new", sent)
    assert answer.status_code == 422
    for words in ("Họp “cụm”", 'value="25:99"', "một\nhai", 'value="500"', "Hãy ghi ngày họp", "14:30"):
        assert words in answer.text, words
    assert re.search(rf'value="{ward.people["auditor"]}" checked', answer.text)
    meeting = meetings.held(ward)
    answer = leader.post(f"/meetings/{meeting.id}/ballots/new", {"question": "", "choices": "chỉ một", "kind": "open"})
    assert answer.status_code == 422 and "chỉ một" in answer.text and 'value="open" checked' in answer.text
    ballot = meetings.opened(ward, meeting)
    answer = leader.post(f"/ballots/{ballot.id}/vote")
    assert answer.status_code == 422 and "Hãy chọn một phương án" in answer.text
    answer = leader.post(f"/ballots/{ballot.id}/void", {"reason": "x" * 400})
    assert answer.status_code == 422 and "x" * 400 in answer.text
    assert leader.post(f"/ballots/{ballot.id}/close").status_code == 422


@on_one_database
@pytest.mark.parametrize(("path", "change"), [("edit", "place"), ("minutes", "discussion"), ("attendance", "present-")])
def test_a_stale_form_answers_409_and_keeps_what_was_typed(client: Client, path: str, change: str) -> None:
    ward = client.ward
    meetings.add_leader(ward)
    meeting = meetings.add_meeting(ward)
    if path == "minutes":
        meetings.begin(ward, meeting)
    address = f"/meetings/{meeting.id}/{path}"
    first, second = client.as_user("leader.1"), client.as_user("deputy.1")
    sent = filled(first.get(address).text)
    name = next(one for one in sent if one.startswith(change))
    values = ("yes", "no") if change == "present-" else ("người thứ nhất", "người thứ hai")
    assert second.post(address, sent | {name: values[0]}).status_code == 303
    answer = first.post(address, sent | {name: values[1]})
    assert answer.status_code == 409 and "được người khác sửa" in answer.text
    assert values[1] in answer.text and ("người thứ nhất" in answer.text or "có mặt" in answer.text)
    assert first.post(address, filled(answer.text) | {name: values[1]}).status_code == 409  # no choice was made
    sent |= {name: values[1], "revision-chosen": re.findall(r'revision-chosen" value="(\d+)"', tight(answer.text))}
    assert first.post(address, sent).status_code == 303


@on_one_database
def test_others_learn_nothing_of_a_meeting(client: Client) -> None:
    ward = client.ward
    meeting = meetings.finished(ward)
    with ward.db.reading() as session:
        ballots = session.scalars(select(Ballot.id)).all()
    for username in ("clerk.c", "deputy.2", "council.2", "inspector", "admin", "nobody"):
        other = client.as_user(username)
        assert meeting.title not in other.get("/meetings?year=2026").text, username
        for path in ("", "/edit", "/attendance", "/minutes", "/close", "/ballots/new", "/minutes.docx"):
            assert other.get(f"/meetings/{meeting.id}{path}").status_code == 404, (username, path)
        for ballot in ballots:
            assert other.get(f"/ballots/{ballot}").status_code == 404
            for verb in ("vote", "open", "close", "void", "repeat", "recount"):
                assert other.post(f"/ballots/{ballot}/{verb}", {"choice": "0"}).status_code == 404, (username, verb)
        assert other.post(f"/meetings/{meeting.id}/open").status_code == 404
    for username in ("head.a", "council", "auditor", "chair", "office"):
        reader = client.as_user(username)
        assert reader.get(f"/meetings/{meeting.id}").status_code == 200, username
        assert reader.get(f"/meetings/{meeting.id}/edit").status_code == 403, username
        assert reader.get("/meetings/new?year=2026&cluster=" + ward.clusters["K1"]).status_code == 404
    assert "đã bỏ phiếu" in client.as_user("auditor").get(f"/ledger?object={ballots[0]}").text


def publish_scores(ward: Ward, state: RoundState) -> None:
    """VH has 96, A 92.5, B 85.25; the round is in this state."""
    sheet_state = SheetState(state.value)
    with ward.work() as session:
        rubric = Rubric(
            movement_id=ward.movement_id,
            year=2026,
            name="Thang điểm",
            unit_kinds=["office"],
            tree={},
            state=RubricState.IN_FORCE,
            created_at=ward.now,
        )
        found = ScoreRound(
            movement_id=ward.movement_id,
            cluster_id=ward.clusters["K1"],
            year=2026,
            state=state,
            windows={},
            created_at=ward.now,
        )
        session.add_all([rubric, found])
        session.flush()
        for rank, (code, total) in enumerate((("VH", "96"), ("A", "92.5"), ("B", "85.25")), start=1):
            sheet = ScoreSheet(
                round_id=found.id,
                movement_id=ward.movement_id,
                unit_id=ward.units[code],
                cluster_id=ward.clusters["K1"],
                rubric_id=rubric.id,
                year=2026,
                state=sheet_state,
                extensions={},
                created_at=ward.now,
            )
            session.add(sheet)
            session.flush()
            session.add(
                ScoreResult(
                    sheet_id=sheet.id,
                    round_id=found.id,
                    total=total,
                    rank=rank,
                    lines=[],
                    best={},
                    computed_at=ward.now,
                )
            )


@on_one_database
@pytest.mark.parametrize("state", [RoundState.CLOSED, RoundState.PUBLISHED])
def test_points_stand_in_the_agenda_once_all_may_know_them_and_beside_it_for_who_may(
    client: Client, state: RoundState
) -> None:
    ward = client.ward
    publish_scores(ward, state)
    leader = client.as_user("leader.1")
    form = leader.get(f"/meetings/new?year=2026&cluster={ward.clusters['K1']}")
    agenda = filled(form.text)["agenda"][0]
    assert ("Đơn vị A: 92,50 điểm, xếp thứ 2" in agenda) is (state is RoundState.PUBLISHED)
    assert "Xét kết quả của Đơn vị B" in agenda
    meeting = meetings.add_meeting(ward)
    # The leader is of B, head.a of A, the office of VH: who knows the places of the others knows the own.
    for username in ("leader.1", "head.a", "office"):
        page = client.as_user(username).get(f"/meetings/{meeting.id}").text
        for words in ("92,50", "85,25", ">96,00<"):
            assert (words in page) is (state is RoundState.PUBLISHED), (username, words)
        units = re.findall(r"<td>(Đơn vị \w+)<", tight(page))
        by_name = ["Đơn vị A", "Đơn vị B", "Đơn vị VH"]
        assert units == (["Đơn vị VH", *by_name[:2]] if state is RoundState.PUBLISHED else by_name), username
    page = client.as_user("council").get(f"/meetings/{meeting.id}").text
    assert all(words in page for words in ("92,50", "85,25", ">96,00<"))


@on_one_database
def test_a_declared_conflict_hides_the_points_of_a_closed_round(client: Client) -> None:
    ward = client.ward
    publish_scores(ward, RoundState.CLOSED)
    ward.person("deputy.far", Role.CLUSTER_DEPUTY, "C", cluster="K1", year=2026)
    meeting = meetings.add_meeting(ward)
    for username in ("deputy.far", "council"):
        assert "92,5" in client.as_user(username).get(f"/meetings/{meeting.id}").text
        meetings.declare_conflict(ward, username, "VH")
        page = client.as_user(username).get(f"/meetings/{meeting.id}").text
        assert "92,5" not in page and "85,25" not in page, username


@on_one_database
def test_a_meeting_is_called_off_on_its_page(client: Client) -> None:
    ward = client.ward
    meeting = meetings.add_meeting(ward)
    leader, place = client.as_user("leader.1"), f"/meetings/{meeting.id}"
    assert f"{place}/cancel" in leader.get(place).text
    assert client.as_user("head.a").get(f"{place}/cancel").status_code == 403
    assert client.as_user("clerk.c").get(f"{place}/cancel").status_code == 404
    answer = leader.post(f"{place}/cancel", {"reason": " "})
    assert answer.status_code == 422 and "Hãy ghi lý do hủy họp" in answer.text
    assert leader.post(f"{place}/cancel", {"reason": "Mưa bão"}).status_code == 303
    page = client.as_user("head.a").get(place).text
    assert "Đã hủy" in page and "Lý do: Mưa bão" in page and "minutes.docx" not in page
    assert "Bước tiếp theo" not in leader.get(place).text
    for path in ("edit", "attendance", "minutes", "close", "ballots/new", "cancel", "minutes.docx"):
        assert leader.get(f"{place}/{path}").status_code == 422, path
    assert leader.post(f"{place}/open").status_code == 422
    held = meetings.held(ward)
    assert f"{held.id}/cancel" not in leader.get(f"/meetings/{held.id}").text
    assert leader.get(f"/meetings/{held.id}/cancel").status_code == 422
    sent = filled(leader.get(f"/meetings/{held.id}/edit").text)
    answer = leader.post(f"/meetings/{held.id}/edit", {**sent, "quorum": "10"})
    assert answer.status_code == 422 and "không thay đổi tỷ lệ có mặt tối thiểu" in answer.text
    assert filled(answer.text)["quorum"] == ["67"]


def add_excused(ward: Ward) -> None:
    """C of the other cluster, whose round is closed, takes no part."""
    with ward.work() as session:
        rubric = session.scalars(select(Rubric)).one()
        found = ScoreRound(
            movement_id=ward.movement_id,
            cluster_id=ward.clusters["K2"],
            year=2026,
            state=RoundState.CLOSED,
            windows={},
            created_at=ward.now,
        )
        session.add(found)
        session.flush()
        session.add(
            ScoreSheet(
                round_id=found.id,
                movement_id=ward.movement_id,
                unit_id=ward.units["C"],
                cluster_id=ward.clusters["K2"],
                rubric_id=rubric.id,
                year=2026,
                state=SheetState.EXCUSED,
                extensions={},
                created_at=ward.now,
            )
        )


@on_one_database
def test_the_council_plans_for_all_clusters(client: Client) -> None:
    ward = client.ward
    office = client.as_user("office")
    sent = filled(office.get("/meetings/new?year=2026&cluster=").text)
    assert set(sent["people"]) == {ward.people["council"], ward.people["council.2"]}
    assert sent["agenda"] == [""]
    publish_scores(ward, RoundState.PUBLISHED)
    add_excused(ward)
    agenda = filled(office.get("/meetings/new?year=2026&cluster=").text)["agenda"][0].splitlines()
    with ward.db.reading() as session:
        name = session.get_one(Cluster, ward.clusters["K1"]).name
    assert agenda == [
        f"{name} · Đơn vị VH: 96,00 điểm, xếp thứ 1",
        f"{name} · Đơn vị A: 92,50 điểm, xếp thứ 2",
        f"{name} · Đơn vị B: 85,25 điểm, xếp thứ 3",
    ]
    meeting = meetings.add_meeting(ward, "office", "council", by="office", cluster=None)
    page = office.get(f"/meetings/{meeting.id}").text
    assert name in page and "Đơn vị C" not in page
    agenda = filled(client.as_user("deputy.2").get(f"/meetings/new?year=2026&cluster={ward.clusters['K2']}").text)
    assert agenda["agenda"] == [""]
    assert office.get("/meetings/new?year=2099").status_code == 404
    assert office.get(f"/meetings/new?year=2026&cluster={ward.clusters['K1']}").status_code == 404


@on_one_database
def test_a_person_who_is_invited_without_any_role_reads_and_votes(ward: Ward) -> None:
    meeting = meetings.held(ward, "nobody", "council", "chair")
    ballot = meetings.opened(ward, meeting)
    client = client_for(ward).sign_in("nobody")
    assert meeting.title in client.get("/meetings?year=2026").text
    assert "Đang chờ phiếu của bạn" in client.get(f"/meetings/{meeting.id}").text
    assert client.post(f"/ballots/{ballot.id}/vote", {"choice": "1"}).status_code == 303
    assert client.post(f"/ballots/{ballot.id}/vote", {"choice": "1"}).status_code == 422
    ward.person("guest", Role.CLERK, "A")
    guest = client.as_user("guest")
    assert guest.post(f"/ballots/{ballot.id}/vote", {"choice": "1"}).status_code == 404


@on_one_database
def test_too_few_for_a_secret_ballot_is_said_before_it_is_opened(client: Client) -> None:
    ward = client.ward
    meeting = meetings.held(ward, "leader.1", "clerk.b", "council", "chair")
    leader, place = client.as_user("leader.1"), f"/meetings/{meeting.id}"
    assert "chỉ có" not in leader.get(f"{place}/ballots/new").text
    draft = {"question": "Tặng giấy khen", "units": [ward.units["B"]], "kind": "secret", "needed": "50"}
    assert leader.post(f"{place}/ballots/new", draft).status_code == 303
    sentence = "Trừ người có liên quan, chỉ có 2 người được bỏ phiếu kín; cần ít nhất 3. "
    sentence += "Hãy mời thêm thành viên hoặc chọn biểu quyết công khai."
    page = leader.get(place).text
    assert "Có phiếu chưa đủ người bỏ phiếu" in page and sentence in page and f"{place}/edit#f-people" in page
    assert "chỉ có" not in client.as_user("council").get(place).text
    ballot = only(ward, Ballot)
    assert f"/ballots/{ballot}/open" not in page
    answer = leader.post(f"/ballots/{ballot}/open")
    assert answer.status_code == 422 and answer.text.count(sentence) == 1
    assert "Chưa bắt đầu lấy phiếu được" in answer.text and f"{place}/edit#f-people" in answer.text
    meetings.opened(ward, meeting, "A", secret=False)
    page = leader.get(f"/ballots/{ballot}").text
    assert "cần ít nhất 3. Hãy chọn biểu quyết công khai." in page and "#f-people" not in page
    alone = meetings.held(ward, "council", "chair", absent=("chair",))
    assert "Trừ người vắng mặt và người có liên quan, chỉ có 2" in leader.get(f"/meetings/{alone.id}/ballots/new").text


@on_one_database
def test_the_next_step_holds_its_own_button(client: Client) -> None:
    ward = client.ward
    meeting = meetings.held(ward)
    leader, place = client.as_user("leader.1"), f"/meetings/{meeting.id}"

    def step() -> str:
        return re.findall(r"<h2>Bước tiếp theo</h2>(.*?)</section>", leader.get(place).text, re.DOTALL)[0]

    assert f'class="button" href="{place}/ballots/new"' in step()
    ballot = meetings.prepare(ward, meeting)
    assert f'action="/ballots/{ballot.id}/open"' in step() and "Bắt đầu lấy phiếu" in step()
    meetings.step(ward, "open_ballot", ballot)
    assert f'class="button" href="/ballots/{ballot.id}"' in step() and "0/7 người đã bỏ phiếu" in step()
    meetings.vote(ward, ballot, leader_1=0, council=0, chair=0)
    meetings.close(ward, ballot)
    assert "Dành cho người tổ chức họp" not in leader.get(f"/ballots/{ballot.id}").text
    assert f'class="button" href="{place}/minutes"' in step()
    meetings.write(ward, meeting, "", "Nhất trí.")
    assert f'class="button" href="{place}/close"' in step()
