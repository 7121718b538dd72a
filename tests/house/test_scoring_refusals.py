"""Each sentence that scoring refuses with, at the address where people meet it; and nothing changes by it."""

from __future__ import annotations

import html
from datetime import date
from pathlib import Path

import pytest

from tests.house.test_scoring_policy import Stages
from tests.support import scores, templates
from tests.support.scores import step
from tests.support.scoring_rows import changed_rows, nothing_kept
from tests.support.scoring_worlds import CONTROL, House, build_stages, open_stage
from tests.support.ward import Ward
from tests.support.web import client_for
from webapp.models import RoundState as R
from webapp.models import SheetState as S
from webapp.scoring.rounds import opening
from webapp.scoring.rounds.rules import ROUND_MOVES
from webapp.scoring.sheets.rules import SHEET_MOVES

pytestmark = pytest.mark.long(30)

SHEET, ROUND = "/scores/sheets/{A}", "/scores/rounds/{round}"
TIME, ASSIGN = ROUND + "/sheets/{A}/time", ROUND + "/sheets/{A}/appraiser"
WHY = {"reason": "Có lý do."}
NOT_NOW = "nên không thực hiện được thao tác này"

# (who, address, fields, sentence) by stage. {A} is a sheet, {a} its entry B, {ra} that entry's revision.
CASES: dict[str, list[tuple[str, str, dict[str, str], str]]] = {
    "draft": [
        ("office", "/scores/rounds/new?year=2026", {}, "Hãy chọn ít nhất một cụm, khối."),
        ("office", "/scores/rounds/new?year=2026", {"cluster_id": "{K1}"}, "đã được mở."),
        ("office", "/scores/rounds/new?year=2019", {"cluster_id": "{K1}"}, "Năm 2019 chưa có phong trào"),
        (
            "office",
            ROUND + "/windows",
            {"window-self": "2026-12-20", "window-explain": "2026-12-01"},
            "không thể hết hạn",
        ),
        ("office", ROUND + "/windows", {"window-self": "32/13/2026"}, "không phải là ngày"),
        ("leader.1", ROUND + "/close", {}, "Còn 4 đơn vị chưa xong thẩm định"),
        ("office", ROUND + "/reopen", {"reason": " "}, "Hãy ghi lý do mở lại."),
        ("office", ROUND + "/reopen", WHY, NOT_NOW),
        ("chair", ROUND + "/publish", {}, NOT_NOW),
        ("chair", ROUND + "/finalise", {}, NOT_NOW),
        ("office", TIME, {"what": "extend", "until": "2026-12-01", "stage": "self"}, "Hãy ghi lý do gia hạn."),
        ("office", TIME, {"what": "extend", "until": "2026-12-01", "stage": "xx", **WHY}, "Không có công đoạn này."),
        ("office", TIME, {"what": "extend", "until": "2026-12-01", "stage": "self", **WHY}, "chưa đặt thời hạn"),
        ("office", TIME, {"what": "extend", "stage": "self", **WHY}, "Hãy ghi ngày mới."),
        ("office", TIME, {"what": "excuse"}, "Hãy ghi lý do."),
        ("office", TIME, {"what": "readmit", **WHY}, NOT_NOW),
        ("office", TIME, {"what": "control"}, "Hãy ghi lý do bỏ thẩm định đối chứng."),
        ("office", TIME, {"what": "xx", **WHY}, "Hãy chọn việc cần làm."),
        ("office", ASSIGN, {"person_id": "{clerk.a}"}, "Người này không thẩm định được đơn vị này"),
        ("office", ASSIGN, {"person_id": "{council.kin}"}, "Người này không thẩm định được đơn vị này"),
        ("office", "/scores/conflicts/{conflict}/lift", {"reason": ""}, "Hãy ghi lý do bỏ khai báo."),
        ("clerk.b", "/scores/conflicts/new?year=2026", {"unit_id": "{unit A}"}, "Hãy ghi lý do, ví dụ"),
        ("clerk.b", "/scores/conflicts/new?year=2026", WHY, "Hãy chọn đơn vị."),
        ("clerk.a", SHEET + "/entries/{a}/evidence", {"revision": "{ra}", "evidence": "x"}, "Chỉ chọn được minh chứng"),
        ("clerk.a", SHEET + "/entries/{a}", {"revision-{a}": "{ra}", "value-{a}-0": "ba"}, "ba"),
    ],
    "submitted": [
        ("leader.1", SHEET + "/return", {"reason": ""}, "Hãy ghi lý do trả lại để đơn vị biết cần sửa gì."),
        ("leader.1", SHEET + "/deliver", {}, "chưa thẩm định."),
        ("leader.1", SHEET + "/cells/{a}", {"revision": "{ra}", "cell": "1;2"}, "cách nhau bằng dấu ;"),
        ("leader.1", SHEET + "/cells/{first}", {"revision": "{rfirst}", "cell": "7"}, "Hãy gõ 2 (đạt)"),
        ("leader.1", SHEET + "/appraise/{first}", {"revision-{first}": "{rfirst}", "level-{first}": "x"}, "mức này"),
        ("leader.1", "/scores/sheets/{D}/cells/{d}", {"revision": "{rd}", "cell": "3"}, "Phiếu này chấm chéo"),
        ("head.vh", "/scores/sheets/{B}/deliver", {}, "người thẩm định thứ hai chưa gửi kết quả"),
        ("leader.1", "/scores/sheets/{D}/deliver", {}, "Chưa hoàn thành chấm chéo: "),
        ("clerk.a", "/scores/sheets/{D}/opinion/cross", {"send": "1"}, "Lãnh đạo đơn vị gửi kết quả chấm chéo."),
        ("head.a", "/scores/sheets/{D}/opinion/cross", {"send": "1"}, "Còn 2 mục chưa chấm: A, B."),
        ("head.a", "/scores/sheets/{D}/opinion/cross", {"points-{d}": "51"}, "Điểm phải từ 0 đến 50."),
        ("head.a", "/scores/sheets/{D}/opinion/cross", {"points-{d}": "-1"}, "Điểm phải từ 0 đến 50."),
        ("office", ROUND + "/finalise", {}, NOT_NOW),
    ],
    "weighed": [
        ("head.a", "/scores/sheets/{D}/opinion/cross", {"points-{d}": "5"}, "đã gửi nên không sửa được nữa"),
        (CONTROL, "/scores/sheets/{B}/opinion/control", {"value-{b}-0": "5"}, "đã gửi nên không sửa được nữa"),
        (
            "office",
            ROUND + "/sheets/{B}/time",
            {"what": "control", **WHY},
            "Kết quả đối chứng đã gửi nên phải được giữ.",
        ),
    ],
    "appraised": [
        ("head.a", SHEET + "/answer", {"answer": "explain"}, "Chưa có mục nào được giải trình."),
        (
            "clerk.a",
            SHEET + "/entries/{first}",
            {"revision-{first}": "{rfirst}", "explanation-{first}": "x"},
            "Chỉ giải trình",
        ),
        (
            "clerk.a",
            SHEET + "/entries/{a}",
            {"revision-{a}": "1", "explanation-{a}": "x"},
            "Người khác vừa sửa mục này",
        ),
        ("leader.1", SHEET + "/lapse", {}, "Đơn vị chưa trả lời điểm thẩm định"),
        ("office", ASSIGN, {"person_id": ""}, "Hãy ghi lý do thay đổi người thẩm định."),
        (CONTROL, "/scores/sheets/{B}/opinion/control", {"value-{b}-0": "5"}, "nên không chấm được nữa"),
    ],
    "overdue": [
        ("clerk.a", SHEET + "/entries/{a}", {"revision-{a}": "{ra}", "explanation-{a}": "x"}, "đã hết ngày 21/11/2026"),
        ("office", ROUND + "/windows", {"window-self": "2026-12-20"}, "Hãy ghi lý do thay đổi thời hạn đã đặt."),
        (
            "office",
            TIME,
            {"what": "extend", "until": "2026-11-21", "stage": "explain", **WHY},
            "phải sau ngày 21/11/2026",
        ),
    ],
    "explained": [
        ("leader.1", SHEET + "/cells/{a}", {"revision": "{ra}", "cell": "3"}, "Đơn vị đã giải trình"),
        (
            "leader.1",
            SHEET + "/appraise/{first}",
            {"revision-{first}": "{rfirst}", "level-{first}": "partly"},
            "Lần hai chỉ",
        ),
        ("leader.1", SHEET + "/appraise/{a}", {"revision-{a}": "{ra}", "value-{a}-0": "x"}, "x"),
        ("leader.1", SHEET + "/return", WHY, NOT_NOW),
    ],
    "settled": [
        ("office", ASSIGN, {"person_id": ""}, "không đổi người thẩm định được nữa"),
        ("office", ROUND + "/reopen", WHY, NOT_NOW),
        ("head.a", SHEET + "/answer", {"answer": "agree"}, "Đang có giải trình ở B."),
    ],
    "closed": [
        ("leader.1", SHEET + "/cells/{a}", {"revision": "{ra}", "cell": "3"}, "Cụm đã chốt kỳ chấm"),
        ("council", SHEET + "/moderate/{a}", {"revision": "{ra}", "points": "5"}, "Hãy ghi lý do điều chỉnh."),
        ("council", SHEET + "/moderate/{a}", {"revision": "{ra}", "points": "500", **WHY}, "500"),
        ("council", SHEET + "/moderate/{a}", {"revision": "{ra}", "points": "5", **WHY}, "Hãy chọn cuộc họp đã xét"),
        ("council", ROUND + "/order", {"order-{A}": "1", "order-{B}": "2"}, "Hãy ghi căn cứ xếp thứ tự"),
        ("council", ROUND + "/order", {"order-{A}": "1", **WHY}, "ít nhất hai đơn vị đồng hạng"),
        ("council", ROUND + "/order", {"order-{A}": "1", "order-{B}": "1", **WHY}, "Mỗi đơn vị một thứ tự khác nhau."),
        ("council", ROUND + "/order", {"order-{A}": "1", "order-{B}": "2", **WHY}, "trọn một nhóm đơn vị bằng điểm"),
        ("council", ROUND + "/order", {"order-{A}": "một", "order-{B}": "2", **WHY}, "Hãy ghi thứ tự bằng số"),
        ("council", ROUND + "/order", {"order-{A}": "1", "order-lạ": "2", **WHY}, "ít nhất hai đơn vị đồng hạng"),
        ("office", ROUND + "/members", {}, NOT_NOW),
        ("office", ROUND + "/sample", {}, NOT_NOW),
        ("leader.1", ROUND + "/close", {}, NOT_NOW),
        ("office", TIME, {"what": "excuse", **WHY}, "Kỳ chấm đang ở trạng thái"),
    ],
    "published": [
        ("leader.1", SHEET + "/cells/{a}", {"revision": "{ra}", "cell": "3"}, "Kỳ chấm đã công bố nên ô này"),
        ("head.a", SHEET + "/appeal", {"text": ""}, "Hãy nêu nội dung kiến nghị."),
        ("head.a", SHEET + "/appeal", {"text": "x", "code": "Z"}, "Không có mục này trong phiếu điểm."),
        ("clerk.a", SHEET + "/entries/{a}", {"revision-{a}": "{ra}"}, ""),
    ],
    "appealed": [
        ("chair", ROUND + "/finalise", {}, "Hãy đặt thời hạn kiến nghị trước"),
        ("council", "/scores/appeals/{appeal}", {"answer": "x"}, "Hãy chọn chấp nhận hay không."),
        ("council", "/scores/appeals/{appeal}", {"outcome": "upheld"}, "Hãy ghi lý do trả lời."),
        ("council", "/scores/appeals/{appeal}", {"outcome": "maybe", "answer": "x"}, "không có trong danh sách"),
    ],
    "final": [
        ("head.a", SHEET + "/appeal", {"text": "x"}, "Kết quả đã chính thức nên không kiến nghị được nữa."),
        ("council", "/scores/appeals/{appeal}", {"outcome": "upheld", "answer": "x"}, "Kiến nghị này đã được trả lời."),
        ("office", ROUND + "/reopen", WHY, NOT_NOW),
    ],
}


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory, sqlite_ward: Ward) -> Stages:
    folder = tmp_path_factory.mktemp("stages")
    data = folder / "first"
    ward = templates.open_copy(sqlite_ward, data, f"sqlite:///{data / 'kho.sqlite3'}")
    return build_stages(ward, folder)


def names_of(house: House) -> dict[str, str]:
    ward = house.ward
    first = scores.entries_of(ward, scores.sheet_of(ward, "A"))["A"]
    names = {"round": house.round_id, "appeal": house.appeal, "conflict": house.conflict, "first": first.id}
    names |= {**house.sheets, "K1": ward.clusters["K1"], "rfirst": str(first.revision), **ward.people}
    for unit, key in house.entries.items():
        names |= {unit.lower(): key, f"r{unit.lower()}": str(house.revision(key)), f"unit {unit}": ward.units[unit]}
    return names


def put_in(text: str, names: dict[str, str]) -> str:
    for name, value in names.items():
        text = text.replace("{" + name + "}", value)
    return text


@pytest.mark.parametrize("stage", CASES)
def test_the_sentence_is_said_and_nothing_changes(stages: Stages, stage: str, tmp_path: Path) -> None:
    house = open_stage(stages, stage, tmp_path / "data")
    start, names = client_for(house.ward), names_of(house)
    clients = {who: start.as_user(who) for who in {case[0] for case in CASES[stage]}}
    with nothing_kept(house.ward) as seen:
        for who, path, fields, sentence in CASES[stage]:
            seen.after.clear()
            sent = {put_in(name, names): put_in(value, names) for name, value in fields.items()}
            answer = clients[who].post(put_in(path, names), sent)
            assert answer.status_code in (403, 409, 422), (who, path, fields, answer.status_code)
            assert sentence in html.unescape(answer.text), (who, path, fields, sentence)
            assert not changed_rows(seen.before, seen.last), (who, path, fields)
    house.ward.resources.close()


def test_appeals_end_with_their_window_and_only_then_it_is_final(stages: Stages, tmp_path: Path) -> None:
    house = open_stage(stages, "published", tmp_path / "data")
    ward = house.ward
    step(
        ward,
        opening.set_windows,
        "office",
        round_id=house.round_id,
        windows={"appeal": date(2026, 11, 22)},
        reason="Hạn.",
    )
    chair, head = client_for(ward).as_user("chair"), client_for(ward).as_user("head.a")
    answer = chair.post(f"/scores/rounds/{house.round_id}/finalise", {})
    assert answer.status_code == 422 and "còn được kiến nghị đến hết ngày 22/11/2026" in answer.text
    ward.later(days=1)
    late = client_for(ward).as_user("head.a").post(f"/scores/sheets/{house.sheets['A']}/appeal", {"text": "x"})
    assert late.status_code == 422 and "đã hết ngày 22/11/2026" in late.text and head.token
    answer = client_for(ward).as_user("chair").post(f"/scores/rounds/{house.round_id}/finalise", {})
    assert answer.status_code == 303 and scores.sheet_of(ward, "A").state is S.FINAL
    ward.resources.close()


def test_moves_are_these_and_no_others() -> None:
    taken = {(state.value, move): to.value for (state, move), to in SHEET_MOVES.items()}
    assert taken == {
        ("draft", "submit"): "submitted",
        ("returned", "submit"): "submitted",
        ("submitted", "return"): "returned",
        ("submitted", "deliver"): "appraised",
        ("appraised", "agree"): "settled",
        ("appraised", "explain"): "explained",
        ("appraised", "lapse"): "settled",
        ("explained", "settle"): "settled",
        ("settled", "reopen"): "explained",
        ("draft", "excuse"): "excused",
        ("returned", "excuse"): "excused",
        ("submitted", "excuse"): "excused",
        ("appraised", "excuse"): "excused",
        ("explained", "excuse"): "excused",
        ("settled", "excuse"): "excused",
        ("excused", "readmit"): "draft",
        ("settled", "close"): "closed",
        ("closed", "open"): "settled",
        ("closed", "publish"): "published",
        ("published", "withdraw"): "closed",
        ("published", "finalise"): "final",
    }
    assert not [move for state, move in SHEET_MOVES if state is S.FINAL]
    assert {(state.value, move): to.value for (state, move), to in ROUND_MOVES.items()} == {
        ("open", "close"): "closed",
        ("closed", "open"): "open",
        ("closed", "publish"): "published",
        ("published", "withdraw"): "closed",
        ("published", "finalise"): "final",
    }
    assert not [move for state, move in ROUND_MOVES if state is R.FINAL]
