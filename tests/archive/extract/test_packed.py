"""Archives of 7-Zip and RAR: read with what is in them, taken out, and refused when they are traps."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.extract import Limits, Status, UnpackingFailed, unpack
from tests.archive.extract.office_samples import make_docx, read
from tests.archive.extract.packed_samples import make_7z, make_rar

Maker = Callable[[Path, dict[str, bytes]], Path]


@pytest.mark.parametrize(("make", "ending", "kind"), [
    (make_7z, "7z", "application/x-7z-compressed"), (make_rar, "rar", "application/vnd.rar"),
])  # fmt: skip
def test_what_is_in_an_archive_is_listed_read_and_taken_out(
    tmp_path: Path, make: Maker, ending: str, kind: str
) -> None:
    files = {
        "Báo cáo/Quý I.txt": "Phong trào bình dân học vụ số".encode(),
        "ke-hoach.docx": make_docx(tmp_path / "a.docx").read_bytes(),
        "trong.zip": b"PK\x05\x06" + bytes(18),
        "ma.exe": b"MZ\0\0",
    }
    path = make(tmp_path / f"a.{ending}", files)
    result = read(path)
    assert result.status is Status.OK and result.metadata["media_type"] == kind
    assert result.metadata["warnings"] == [] and result.metadata["refused"] == []
    assert result.metadata["entries"] == [{"name": name, "size": len(content)} for name, content in files.items()]
    listed, *inner = result.pages
    assert listed.split("\n")[:4] == list(files)
    assert "trong.zip (tệp nén nằm trong tệp khác nên chỉ nêu tên)" in listed
    assert "ma.exe (không an toàn nên không mở)" in listed
    assert inner[0] == "[Tệp bên trong: Báo cáo/Quý I.txt]\nPhong trào bình dân học vụ số"
    assert inner[1].startswith("[Tệp bên trong: ke-hoach.docx]\n")
    (tmp_path / "out").mkdir()
    taken = unpack(path, ["ke-hoach.docx", "không có", "Báo cáo/Quý I.txt"], tmp_path / "out", filename=path.name)
    assert [one.file.read_bytes() if one.file else one.refusal for one in taken] == [
        files["ke-hoach.docx"], Status.CORRUPT, files["Báo cáo/Quý I.txt"],
    ]  # fmt: skip


def test_a_name_says_nothing_about_an_archive(tmp_path: Path) -> None:
    result = read(make_7z(tmp_path / "bao-cao.doc", {"a.txt": "số liệu quý".encode()}))
    assert "số liệu quý" in result.text and result.metadata["warnings"] == ["extension_mismatch"]


@pytest.mark.parametrize(("make", "ending"), [(make_7z, "7z"), (make_rar, "rar")])
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, make: Maker, ending: str) -> None:
    result = read(make(tmp_path / f"a.{ending}", {"../../ra.txt": b"ngoai", "/etc/ra.txt": b"goc", "yen.txt": b"yen"}))
    refused = result.metadata["refused"]
    assert isinstance(refused, list) and [row["reason"] for row in refused] == [Status.UNSAFE, Status.UNSAFE]
    assert result.metadata["entries"] == [{"name": "yen.txt", "size": 3}]
    assert "entries_refused" in result.metadata["warnings"] and "ngoai" not in result.text


def test_links_are_refused(tmp_path: Path) -> None:
    files = {"that.txt": b"that", "lien-ket": b"/etc/passwd"}
    result = read(make_rar(tmp_path / "a.rar", files, links=("lien-ket",)))
    assert result.metadata["entries"] == [{"name": "that.txt", "size": 4}]
    assert result.metadata["refused"] == [{"name": "lien-ket", "reason": Status.UNSAFE}]


def test_archives_that_burst_are_refused(tmp_path: Path) -> None:
    bomb = make_7z(tmp_path / "bomb.7z", {"a": b"\0" * 20_000_000})
    assert read(bomb).status is Status.UNSAFE
    (tmp_path / "out").mkdir()
    with pytest.raises(UnpackingFailed) as caught:
        unpack(bomb, ["a"], tmp_path / "out", filename="bomb.7z")
    assert caught.value.status is Status.UNSAFE and list((tmp_path / "out").iterdir()) == []
    many = make_rar(tmp_path / "many.rar", {f"{number}": b"" for number in range(30)})
    assert read(many, limits=Limits(zip_entries=20)).status is Status.TOO_BIG
    large = make_rar(tmp_path / "large.rar", {f"{number}": os.urandom(60_000) for number in range(4)})
    assert read(large, limits=Limits(zip_total_bytes=100_000)).status is Status.TOO_BIG
    single = read(large, limits=Limits(zip_entry_bytes=50_000))
    assert single.metadata["entries"] == [] and "quá lớn" in single.text


def test_locked_and_broken_archives_say_so(tmp_path: Path) -> None:
    locked = read(make_rar(tmp_path / "a.rar", {"kin.txt": b"kin"}, locked=True))
    assert locked.metadata["refused"] == [{"name": "kin.txt", "reason": Status.ENCRYPTED}]
    assert "kin.txt (không nhận: có mật khẩu)" in locked.text
    whole = make_7z(tmp_path / "b.7z", {"a.txt": os.urandom(5000)}).read_bytes()
    (tmp_path / "b.7z").write_bytes(whole[:3000])
    assert read(tmp_path / "b.7z").status is Status.CORRUPT


def test_only_so_many_files_within_are_read(tmp_path: Path) -> None:
    path = make_rar(tmp_path / "a.rar", {f"{number}.txt": f"chữ số {number}".encode() for number in range(4)})
    result = read(path, limits=Limits(inner_files=2))
    assert "chữ số 1" in result.text and "chữ số 3" not in result.text
    assert "3.txt (hết thời gian đọc)" in result.text
