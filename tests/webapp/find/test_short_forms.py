"""The page of short forms: everybody reads it, the standing office adds and strikes out, searching follows at once."""

from __future__ import annotations

import pytest

from tests.support.web import Client, tight
from webapp.find.short_forms import list_short_forms
from webapp.models import ShortForm

pytestmark = pytest.mark.either_database

PAGE = "/search/short-forms"


def fill(client: Client) -> None:
    ward = client.ward
    ward.document("clerk.a", "A", "Tổ công nghệ cộng đồng thôn", filename="a.txt")
    ward.document("clerk.a", "A", "TCNCĐT đã họp", filename="b.txt")
    ward.drain()


def test_the_office_adds_and_takes_back(client: Client) -> None:
    fill(client)
    office, clerk = client.as_user("office"), client.as_user("clerk.a")
    assert "b.txt" not in clerk.get("/search?q=to+cong+nghe+cong+dong+thon").text
    answer = office.post(PAGE, {"short": "TCNCĐT", "full": "Tổ công nghệ cộng đồng thôn", "way": "add"})
    assert answer.status_code == 303 and "Đã thêm «TCNCĐT»" in office.get(PAGE).text
    shown = clerk.get("/search?q=to+cong+nghe+cong+dong+thon").text
    assert "Đã tìm cả «TCNCĐT»." in shown and "Tìm thấy qua chữ viết tắt «TCNCĐT»." in shown
    with client.ward.work() as session:
        (row,) = list_short_forms(session)
    answer = office.post(f"{PAGE}/{row.id}/take-back")
    assert answer.status_code == 303
    assert "Đã tìm cả" not in clerk.get("/search?q=to+cong+nghe+cong+dong+thon").text
    with client.ward.work() as session:
        kept = session.get_one(ShortForm, row.id)
        assert kept.ended_at is not None and list_short_forms(session) == []
    assert office.post(f"{PAGE}/{row.id}/take-back").status_code == 404


def test_what_is_struck_out_is_asked_for_no_more(client: Client) -> None:
    ward = client.ward
    ward.document("clerk.a", "A", "ủy ban nhân dân", filename="a.txt")
    ward.drain()
    office, clerk = client.as_user("office"), client.as_user("clerk.a")
    assert "Đã tìm cả «ủy ban nhân dân»." in clerk.get("/search?q=UBND").text
    office.post(PAGE, {"short": "UBND", "full": "ủy ban nhân dân", "way": "strike"})
    assert "Đã tìm cả" not in clerk.get("/search?q=UBND").text
    assert "ủy ban nhân dân" in office.get(PAGE).text


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"short": "", "full": "Tổ công nghệ"}, "Hãy ghi chữ viết tắt"),
        ({"short": "A" * 30, "full": "Tổ công nghệ"}, "từ 2 đến 20 ký tự"),
        ({"short": "TCN", "full": "tổ"}, "ít nhất hai tiếng"),
        ({"short": "UBND", "full": "Uỷ ban nhân dân"}, "đã có trong danh sách chung"),
        ({"short": "A B C D", "full": "một hai ba bốn"}, "không quá ba cụm"),
    ],
)
def test_what_cannot_be_a_short_form_is_said_and_kept_in_the_form(
    client: Client, values: dict[str, str], sentence: str
) -> None:
    office = client.as_user("office")
    answer = office.post(PAGE, {**values, "way": "add"})
    assert answer.status_code == 422 and sentence in answer.text
    assert f'value="{values["full"]}"' in answer.text
    with client.ward.work() as session:
        assert list_short_forms(session) == []


def test_twice_the_same_is_refused(client: Client) -> None:
    office = client.as_user("office")
    sent = {"short": "TCNCĐT", "full": "Tổ công nghệ cộng đồng thôn", "way": "add"}
    assert office.post(PAGE, sent).status_code == 303
    assert "đã có trong danh sách của phường" in office.post(PAGE, {**sent, "short": "tcncđt"}).text


@pytest.mark.parametrize("username", ["clerk.a", "head.a", "auditor", "council"])
def test_others_read_and_may_not_change(client: Client, username: str) -> None:
    person = client.as_user(username)
    page = person.get(PAGE)
    assert page.status_code == 200 and "ủy ban nhân dân" in page.text and "Gạch bỏ</button>" not in tight(page.text)
    assert person.post(PAGE, {"short": "ABC", "full": "một hai ba", "way": "add"}).status_code == 403
    with client.ward.work() as session:
        assert list_short_forms(session) == []
