"""Photographs as evidence: turned right, their day taken over from the camera, confirmed by a person, shown together."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.support.ward import Ward
from tests.support.web import client_for, tight
from webapp.models import Document

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def photograph(day: str = "2026:11:05 09:12:33") -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8769)[0x9003] = day
    stream = io.BytesIO()
    Image.new("RGB", (80, 40), "green").save(stream, "JPEG", exif=exif)
    return stream.getvalue()


@pytest.fixture
def filled(ward: Ward) -> tuple[Ward, str]:
    checklist = ward.checklist("clerk.a", "A")
    key = ward.attach("clerk.a", ward.item(checklist, "III.1.đ"), photograph(), "anh.jpg")
    ward.attach("clerk.a", ward.item(checklist, "III.1.d"), b"\0\0\0\x18ftypmp42" + b"\0" * 64, "phim.mp4")
    ward.attach("clerk.a", ward.item(checklist, "III.1.d"), "chữ", "bao-cao.txt")
    return ward, key


def test_the_day_is_the_cameras_and_a_person_confirms_it_with_place_and_faces(filled: tuple[Ward, str]) -> None:
    ward, key = filled
    ward.drain()
    client = client_for(ward).sign_in("clerk.a")
    path = f"/documents/{key}/photograph"
    page = tight(client.get(path).text)
    assert 'value="2026-11-05"' in page and "Máy ảnh ghi trong tệp" in page and "mặt người" in page
    with ward.db.reading() as session:
        revision = str(session.get_one(Document, key).revision)
    sent = {"revision": revision, "taken_on": "2026-11-05", "place": "Nhà văn hóa khu vực 3"}
    for change, words in (
        ({}, "Hãy xem lại người có trong ảnh"),
        ({"faces": "1", "place": ""}, "Hãy ghi nơi chụp"),
        ({"faces": "1", "taken_on": "2027-01-01"}, "không thể sau hôm nay"),
    ):
        refused = client.post(path, sent | change)
        assert refused.status_code == 422 and words in refused.text
    assert client.post(path, sent | {"faces": "1"}).status_code == 303
    old = client.post(path, sent | {"faces": "1", "place": "Nơi khác"})
    assert old.status_code == 409 and "Nhà văn hóa khu vực 3" in old.text and "Nơi khác" in old.text
    with ward.db.reading() as session:
        document = session.get_one(Document, key)
    assert (document.place, str(document.issued_on)) == ("Nhà văn hóa khu vực 3", "2026-11-05")
    assert client_for(ward).sign_in("leader.1").get(path).status_code in (403, 404)


def test_the_gallery_shows_what_the_viewer_may_see(filled: tuple[Ward, str]) -> None:
    ward, _ = filled
    item = ward.item(ward.checklist("clerk.a", "A"), "III.1.đ")
    own = client_for(ward).sign_in("clerk.a")
    page = tight(own.get("/checklists/photographs?year=2026").text)
    assert page.count('<li class="card">') == 2 and ">video<" in page
    assert "bao-cao" not in page and "chưa xác nhận ngày, nơi chụp" in page
    one = tight(own.get(f"/checklists/photographs?year=2026&criterion={item.criterion_id}").text)
    assert one.count('<li class="card">') == 1 and "tiêu chí III.1.đ" in one
    for who in ("clerk.b", "leader.1", "office", "auditor"):
        assert "Chưa có ảnh, video" in client_for(ward).sign_in(who).get("/checklists/photographs?year=2026").text, who


def test_before_and_after_stand_side_by_side_within_one_unit(ward: Ward) -> None:
    mine, theirs = ward.checklist("clerk.a", "A"), ward.checklist("clerk.b", "B")
    for unit, checklist, name in (
        ("a", mine, "Quầy một cửa trước cải tạo.jpg"),
        ("a", mine, "Quầy một cửa sau cải tạo.jpg"),
        ("a", mine, "Tủ hồ sơ trước.jpg"),
        ("b", theirs, "Tủ hồ sơ sau.jpg"),
        ("a", mine, "Sáu máy tính.jpg"),
    ):
        ward.attach(f"clerk.{unit}", ward.item(checklist, "III.1.đ"), photograph() + name.encode(), name)
    page = tight(client_for(ward).sign_in("clerk.a").get("/checklists/photographs?year=2026").text)
    pairs = page.partition("<h2>Trước và sau</h2>")[2].partition("<h2>Tất cả")[0]
    assert pairs.count("<tr>") == 2 and "Quầy một cửa trước" in pairs and "Quầy một cửa sau" in pairs
    assert "Tủ hồ sơ" not in pairs and page.count('<li class="card">') == 4
