"""Letters of Outlook: head, body in its three forms, attachments, and a plain sentence where one cannot be read."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from archive.extract import WARNINGS, Limits, Status, unpack
from archive.extract.containers import rtf_packed
from tests.archive.extract.office_samples import read
from tests.archive.extract.outlook_samples import attachment, make_compound_tree, message, recipient

SUBJECT, BODY, HTML, RTF, SENDER, ADDRESS = 0x37, 0x1000, 0x1013, 0x1009, 0x0C1A, 0x0C1F
RTF_TEXT = b"{\\rtf1\\ansi\\ansicpg1252 N\\u7897?i dung t\\u7915? RTF}"
# From [MS-OXRTFCP] 3.1: "{\rtf1\ansi\ansicpg1252\pard hello world}" as Outlook packs it.
PACKED = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)


def packed(content: bytes) -> bytes:
    return struct.pack("<II4sI", len(content) + 12, len(content), b"MELA", 0) + content


def test_a_letter_is_read_with_what_hangs_on_it(tmp_path: Path) -> None:
    inner = message(
        {SUBJECT: "Thư chuyển tiếp", BODY: "Nội dung thư chuyển tiếp"},
        more={"__attach_version1.0_#00000000": attachment("sau.txt", b"khong doc den day")},
        head=24,
    )
    tree = message(
        {SUBJECT: "Gửi báo cáo quý I", BODY: "Kính gửi Phòng,\r\nĐính kèm báo cáo.", SENDER: "Nguyễn Văn Chì", ADDRESS: "chi@x.vn"},
        more={
            "__recip_version1.0_#00000000": recipient("Phòng Văn hóa", "vh@x.vn"),
            "__attach_version1.0_#00000000": attachment("Phụ lục.txt", "Số liệu phụ lục".encode() * 300),
            "__attach_version1.0_#00000001": attachment("Thư chuyển tiếp", inner),
            "__attach_version1.0_#00000002": attachment("../ra.txt", b"ra ngoai"),
        },
    )  # fmt: skip
    path = make_compound_tree(tmp_path / "thu.msg", tree)
    result = read(path)
    assert result.status is Status.OK and result.metadata["media_type"] == "application/vnd.ms-outlook"
    lines = result.pages[0].split("\n")
    assert lines[:3] == ['Từ: "Nguyễn Văn Chì" <chi@x.vn>', "Đến: Phòng Văn hóa <vh@x.vn>", "Chủ đề: Gửi báo cáo quý I"]
    assert "Đính kèm báo cáo." in lines and "- Phụ lục.txt" in lines
    assert "[Tệp bên trong: Phụ lục.txt]\nSố liệu phụ lục" in result.text
    assert "[Tệp bên trong: Thư chuyển tiếp.eml]" in result.text and "Nội dung thư chuyển tiếp" in result.text
    assert "khong doc den day" not in result.text and "ra ngoai" not in result.text
    assert result.metadata["refused"] == [{"name": "ra.txt", "reason": Status.UNSAFE}]
    assert result.metadata["warnings"] == ["attachments"]
    (tmp_path / "out").mkdir()
    one, two = unpack(path, ["Phụ lục.txt", "Thư chuyển tiếp.eml"], tmp_path / "out", filename="thu.msg")
    assert one.file is not None and one.file.read_bytes() == "Số liệu phụ lục".encode() * 300
    assert two.file is not None and b"sau.txt" in two.file.read_bytes()
    assert read(path, limits=Limits(zip_total_bytes=1000)).status is Status.TOO_BIG


@pytest.mark.parametrize(("data", "text"), [
    ({HTML: "<html><meta charset=utf-8><p>Nội dung <b>trang</b></p></html>".encode()}, "Nội dung trang"),
    ({HTML: "<p>Nội dung không rõ bảng mã</p>".encode()}, "Nội dung không rõ bảng mã"),
    ({RTF: packed(RTF_TEXT)}, "Nội dung từ RTF"),
    ({RTF: PACKED}, "hello world"),
])  # fmt: skip
def test_a_letter_without_a_plain_body_is_read_by_its_page_or_its_rtf(
    tmp_path: Path, data: dict[int, bytes], text: str
) -> None:
    result = read(make_compound_tree(tmp_path / "thu.doc", message({SUBJECT: "Chủ đề"}, data=data)))
    assert text in result.text and "outlook_unread" not in result.metadata["warnings"]


def test_what_cannot_be_read_says_how_to_save_it(tmp_path: Path) -> None:
    broken = message({SUBJECT: "Chỉ còn chủ đề"}, data={RTF: b"LZFu"})
    result = read(make_compound_tree(tmp_path / "a.msg", broken))
    assert "Chỉ còn chủ đề" in result.text and "outlook_unread" in result.metadata["warnings"]
    nothing = read(make_compound_tree(tmp_path / "b.msg", {"__properties_version1.0": b"\1"}))
    assert nothing.status is Status.UNSUPPORTED and nothing.metadata["warnings"] == ["outlook_unread"]
    assert ".eml" in WARNINGS["outlook_unread"]


def test_packed_rtf_stays_within_its_limits() -> None:
    assert rtf_packed.unpack(packed(RTF_TEXT), most=1000) == RTF_TEXT
    for bad in (
        b"",
        PACKED[:12],
        struct.pack("<II4sI", 20, 10**9, b"LZFu", 0),
        packed(RTF_TEXT)[:8] + b"????" + bytes(9),
    ):
        with pytest.raises(ValueError, match="packed RTF"):
            rtf_packed.unpack(bad, most=1000)
    assert len(rtf_packed.unpack(struct.pack("<II4sI", 20, 500, b"LZFu", 0) + b"\xff\0\1" * 50, most=1000)) <= 500
