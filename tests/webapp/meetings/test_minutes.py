"""The minutes in the form of Decree 30, and what the reader of them learns."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from docx import Document as Docx
from docx.document import Document
from sqlalchemy import func, select

from tests.support import meetings
from tests.support.ward import Ward
from tests.support.web import client_for
from webapp.models import AuditEvent, Meeting
from webapp.official import check_form

on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def taken(ward: Ward, meeting: Meeting, username: str) -> bytes:
    answer = client_for(ward).sign_in(username).get(f"/meetings/{meeting.id}/minutes.docx")
    assert answer.status_code == 200, answer.text
    return answer.data


def words_of(document: Document) -> str:
    def parts() -> Iterator[str]:
        yield from (one.text for one in document.paragraphs)
        for table in document.tables:
            yield from (" | ".join(cell.text for cell in row.cells) for row in table.rows)

    return "\n".join(parts())


def test_minutes_keep_the_form_and_tell_all_but_who_voted_what_in_secret(ward: Ward) -> None:
    meeting = meetings.finished(ward)
    data = taken(ward, meeting, "auditor")
    assert check_form(data) == []
    text = words_of(Docx(io.BytesIO(data)))
    for words in (
        "BIÊN BẢN",
        "Hồi 10 giờ 00 phút, ngày 22/11/2026, tại Hội trường UBND phường, Cụm K1 họp",
        "Có mặt 6/7 thành viên",
        "hai phần ba",
        "(5 người)",
        "Người head.a | Đơn vị A | Vắng: bận công tác",
        "Xét kết quả của Đơn vị VH",
        "Các thành viên nhất trí với báo cáo.",
        "Tập thể lao động tiên tiến cho Đơn vị A",
        "Bỏ phiếu kín",
        "Biểu quyết công khai",
        "Số người được bỏ phiếu: 5",
        "Phương án | Số phiếu | Tỷ lệ trên số người được bỏ phiếu",
        "Đồng ý | 3 | 60,0%",
        "Khi lấy phiếu có mặt 6/7 thành viên (cần ít nhất 5, là hai phần ba số thành viên): Người chair, Người",
        "Người office; vắng: Người head.a (bận công tác); không bỏ phiếu vì có liên quan: Người clerk.a, Người head.a.",
        "được thông qua",
        "Lần lấy phiếu này đã hủy. Lý do: mất điện.",
        "Người clerk.b | Không đồng ý",
        "Đề nghị tặng danh hiệu cho Đơn vị A.",
        "Cuộc họp kết thúc hồi 10 giờ 00 phút",
        "CHỦ TRÌ",
        "THƯ KÝ",
    ):
        assert words in text, words
    assert text.count("Người clerk.b | Không đồng ý") == 1  # of the open ballot alone
    with ward.db.reading() as session:
        exports = select(func.count()).where(AuditEvent.action == "meeting.export", AuditEvent.object_id == meeting.id)
        assert session.scalar(exports) == 1


@on_one_database
def test_each_ballot_keeps_who_was_there_at_its_moment(ward: Ward) -> None:
    meeting = meetings.held(ward)
    meetings.counted(ward, meeting, "VH", secret=False)
    meetings.mark(ward, meeting, "head.a", "clerk.b")
    meetings.write(ward, meeting, "Không có.", "Nhất trí.")
    meetings.end(ward, meeting)
    text = words_of(Docx(io.BytesIO(taken(ward, meeting, "auditor"))))
    assert "Có mặt 5/7 thành viên" in text
    assert "Khi lấy phiếu có mặt 7/7 thành viên (cần ít nhất 5, là hai phần ba số thành viên): Người chair," in text
    assert "vắng: Người" not in text


@on_one_database
def test_minutes_of_a_meeting_that_goes_on_say_so_and_hold_no_result_of_what_is_open(ward: Ward) -> None:
    meeting = meetings.held(ward, secretary_id=ward.people["clerk.c"])
    ballot = meetings.opened(ward, meeting, secret=False)
    meetings.vote(ward, ballot, leader_1=0, council=1, chair=0)
    data = taken(ward, meeting, "clerk.c")
    assert check_form(data) == []
    text = words_of(Docx(io.BytesIO(data)))
    assert "chưa phải là biên bản chính thức" in text and "Người clerk.c" in text
    assert "Không đồng ý" not in text and ballot.question not in text


@on_one_database
@pytest.mark.parametrize(
    "strange", ["x" * 290, "“ ” ' & <b> ./.;", "1) dòng đầu", "Kết luận.", "dấu\u0301 tổ hợp", "emoji 🙂", "a\x0bb"]
)
def test_minutes_keep_the_form_whatever_people_typed(ward: Ward, strange: str) -> None:
    meeting = meetings.held(ward, by="office", cluster=None, title=strange, place=strange, agenda=strange)
    ballot = meetings.opened(
        ward, meeting, by="office", question=strange, choices=(strange[:190], "khác"), secret=False
    )
    meetings.vote(ward, ballot, council=0, chair=0, office=0, head_a=0)
    meetings.close(ward, ballot, by="office")
    meetings.write(ward, meeting, f"{strange}\n\n- {strange}", strange, by="office")
    data = taken(ward, meeting, "council")
    assert check_form(data) == []
    assert "HỘI ĐỒNG THI ĐUA - KHEN THƯỞNG" in " ".join(words_of(Docx(io.BytesIO(data))).split())


@on_one_database
def test_minutes_are_not_there_before_the_meeting_nor_for_others(ward: Ward) -> None:
    meeting = meetings.add_meeting(ward)
    client = client_for(ward).sign_in("leader.1")
    assert client.get(f"/meetings/{meeting.id}/minutes.docx").status_code == 422
    meetings.begin(ward, meeting)
    for username in ("clerk.c", "admin", "inspector"):
        assert client.as_user(username).get(f"/meetings/{meeting.id}/minutes.docx").status_code == 404
