"""Tampered bags change nothing; what differs, is damaged or was interrupted is refused or left as it was."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.manifest import canonical
from tests.support.bags import faults_by_rfc_8493, no_faults, opened_house, rebuilt
from tests.support.commands import failed_with, kho_here, went_well
from tests.support.records import catalogue_of
from tests.support.ward import Ward, open_ward
from webapp.core.errors import Invalid
from webapp.handover import export as exporting
from webapp.handover import importing
from webapp.handover.bag import BadBag, check_bag
from webapp.handover.export import export_house
from webapp.handover.importing import read_bag, take_in
from webapp.models import (
    Document,
    DocumentVersion,
    Role,
)
from webapp.records.keep import settle

# What is refused
Harm = Callable[[Path], object]


def some(bag: Path, pattern: str) -> Path:
    return sorted(bag.glob(pattern))[0]


def flip(bag: Path) -> None:
    path = some(bag, "data/originals/A/*/*")
    path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:])


def write_line(bag: Path, line: str) -> None:
    with (bag / "manifest-sha256.txt").open("a") as file:
        file.write(line)
    renew_tags(bag)


def renew_tags(bag: Path) -> None:
    names = ("bagit.txt", "bag-info.txt", "manifest-sha256.txt")
    lines = [f"{hashlib.sha256((bag / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (bag / "tagmanifest-sha256.txt").write_text("".join(lines))


def renew(bag: Path) -> None:
    """All lists made anew: what is wrong now is wrong inside."""
    paths = sorted(path for path in (bag / "data").rglob("*") if path.is_file())
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(bag)}\n" for path in paths]
    (bag / "manifest-sha256.txt").write_text("".join(lines))
    info = (bag / "bag-info.txt").read_text()
    oxum = f"Payload-Oxum: {sum(path.stat().st_size for path in paths)}.{len(paths)}"
    (bag / "bag-info.txt").write_text(re.sub("Payload-Oxum: .*", oxum, info))
    renew_tags(bag)


def link(bag: Path) -> None:
    path = some(bag, "data/originals/A/*/*")
    content = path.read_bytes()
    path.unlink()
    (bag.parent / "elsewhere").write_bytes(content)
    path.symlink_to(bag.parent / "elsewhere")


def link_folder(bag: Path) -> None:
    (bag / "data/originals/A").rename(bag.parent / "A")
    (bag / "data/originals/A").symlink_to(bag.parent / "A")


def pipe(bag: Path) -> None:
    os.mkfifo(bag / "data/pipe")


def traversal(bag: Path) -> None:
    (bag.parent / "secret").write_text("bí mật")
    write_line(bag, f"{hashlib.sha256('bí mật'.encode()).hexdigest()}  data/../../secret\n")


def changed_record(change: Callable[[dict[str, object]], object], pattern: str) -> Harm:
    def harm(bag: Path) -> None:
        path = some(bag, f"data/manifests/*/*/{pattern}")
        data = json.loads(path.read_bytes())
        change(data)
        path.write_bytes(canonical(data))
        renew(bag)

    return harm


def with_password(data: dict[str, object]) -> None:
    data["rows"]["person"][0]["password_hash"] = "của kẻ lạ"  # type: ignore[index]


def of_another(data: dict[str, object]) -> None:
    data["rows"]["unit"][0]["id"] = "0000000000000"  # type: ignore[index]


def other_form(data: dict[str, object]) -> None:
    data["format"] = "khothidua-record/9"


def spaced(bag: Path) -> None:
    path = some(bag, "data/manifests/*/*/unit-*")
    path.write_bytes(path.read_bytes() + b" ")
    renew(bag)


def without_original(bag: Path) -> None:
    for path in (bag / "data/originals/A").rglob("*.txt"):
        path.unlink()
    renew(bag)


def trailing_blank(bag: Path) -> None:
    (bag / "data/x ").write_text("x")
    renew(bag)


HARMS: dict[str, tuple[Harm, str]] = {
    "a flipped bit": (flip, "đã bị thay đổi"),
    "a missing file": (lambda bag: some(bag, "data/originals/A/*/*").unlink(), "thiếu tệp"),
    "an extra file": (lambda bag: (bag / "data/extra.txt").write_text("x"), "ngoài danh sách"),
    "a stray tag file": (lambda bag: (bag / "fetch.txt").write_text("http://x - data/y"), "tệp lạ"),
    "a changed manifest": (lambda bag: some(bag, "data/manifests/*/*/*").write_text("{}"), "không khớp"),
    "a changed list": (lambda bag: write_line(bag, "\n"), "không đúng dạng"),
    "no list": (lambda bag: (bag / "manifest-sha256.txt").unlink(), "thiếu manifest-sha256.txt"),
    "an old version": (lambda bag: (bag / "bagit.txt").write_text("BagIt-Version: 0.97\n"), "bagit.txt"),
    "a path outside": (traversal, "đường dẫn không được phép"),
    "an absolute path": (lambda bag: write_line(bag, f"{'0' * 64}  /etc/passwd\n"), "đường dẫn không được phép"),
    "a link": (link, "liên kết"),
    "a linked folder": (link_folder, "liên kết"),
    "a pipe": (pipe, "liên kết hoặc không phải tệp thường"),
    "a blank at the end of a name": (trailing_blank, "đường dẫn không được phép"),
    "a password": (changed_record(with_password, "person-*"), "dòng không hợp lệ"),
    "rows of another": (changed_record(of_another, "unit-*"), "dòng không hợp lệ"),
    "another form": (changed_record(other_form, "unit-*"), "không phải của chương trình"),
    "a manifest not in its form": (spaced, "không đúng dạng"),
    "an original that is not there": (without_original, "thiếu bản gốc"),
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """A bag of a small house. Read only; copy it."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "data").mkdir()
    shutil.copyfile(sqlite_template, folder / "data" / "kho.sqlite3")
    ward = open_ward(folder / "data", f"sqlite:///{folder / 'data' / 'kho.sqlite3'}")
    ward.unit("A")
    ward.person("clerk.a", Role.CLERK, "A")
    for number in range(3):
        ward.document("clerk.a", "A", f"nội dung {number} " * 40)
    export_house(ward.resources, folder / "bag")
    ward.resources.close()
    return folder / "bag"


@pytest.mark.parametrize("what", HARMS)
def test_a_tampered_bag_is_refused_and_changes_nothing(small: Path, tmp_path: Path, what: str) -> None:
    harm, said = HARMS[what]
    bag = Path(shutil.copytree(small, tmp_path / "bag"))
    harm(bag)
    failed_with(
        kho_here("import", bag, data=tmp_path / "new"),
        "Gói hồ sơ không hợp lệ" if said != "không đúng dạng" else "",
        said,
    )
    failed_with(kho_here("import", "--check", bag, data=tmp_path / "new"), said)
    assert not (tmp_path / "new").exists()


def test_the_commands_hand_over_and_take_back(small: Path, tmp_path: Path) -> None:
    data = tmp_path / "new"
    assert "mới\tvăn bản\t3" in went_well(kho_here("import", "--check", small, data=data))
    assert not data.exists()
    assert "Đã nhập" in went_well(kho_here("import", small, data=data))
    assert "không có gì để nhập" in went_well(kho_here("import", small, data=data))
    went_well(kho_here("reindex", data=data))
    assert "Nguyên vẹn" in went_well(kho_here("verify", data=data))
    said = went_well(kho_here("export", tmp_path / "out", "--unit", "A", "--year", "2026", data=data))
    assert "3 văn bản" in said and faults_by_rfc_8493(tmp_path / "out") == []
    failed_with(kho_here("export", tmp_path / "out", data=data), "không trống")
    failed_with(kho_here("export", tmp_path / "x", "--unit", "ZZ", data=data), "Không có đơn vị")
    failed_with(kho_here("export", tmp_path / "x", "--year", "1999", data=data), "Không có hồ sơ nào")
    failed_with(kho_here("export", tmp_path / "x", "--document", "nope", data=data), "Không có văn bản nope")
    failed_with(kho_here("import", tmp_path / "nowhere", data=data), "không phải là thư mục")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "out"]


def test_rows_that_differ_are_refused_with_a_list(small: Path, tmp_path: Path) -> None:
    data = tmp_path / "new"
    went_well(kho_here("import", small, data=data))
    house = open_ward(data, f"sqlite:///{data / 'kho.sqlite3'}")
    with house.work() as session:
        document = session.scalars(select(Document).order_by(Document.id)).first()
        assert document is not None
        document.title = "đã sửa ở đây"
    before = catalogue_of(house.db)
    for words in (("import", small), ("import", "--check", small)):
        done = kho_here(*words, data=data)
        failed_with(done, "1 hồ sơ trái với kho, chưa nhập gì")
        assert f"văn bản {document.id}" in done.stdout
    assert catalogue_of(house.db) == before
    house.resources.close()


def test_the_same_code_of_another_house_is_refused(small: Path, tmp_path: Path) -> None:
    new = opened_house(tmp_path / "new")
    new.unit("A", name="Đơn vị khác")
    before = catalogue_of(new.db), sorted(new.resources.store.digests())
    done = kho_here("import", small, data=tmp_path / "new")
    failed_with(done, "trái với kho")
    assert "đơn vị “A”" in done.stdout
    assert (catalogue_of(new.db), sorted(new.resources.store.digests())) == before
    new.resources.close()


def test_rows_whose_parents_are_nowhere_are_refused(small: Path, tmp_path: Path) -> None:
    bag = Path(shutil.copytree(small, tmp_path / "bag"))
    for path in (bag / "data/manifests").rglob("unit-*"):
        path.unlink()
    renew(bag)
    failed_with(kho_here("import", bag, data=tmp_path / "new"), "Gói thiếu", "unit_id")
    new = opened_house(tmp_path / "new")
    assert list(new.resources.store.digests()) == [] and not any(
        rows for name, rows in catalogue_of(new.db).items() if name != "retention_class"
    )
    new.resources.close()


@pytest.mark.parametrize("how", ["missing", "changed"])
def test_a_damaged_archive_is_not_handed_over(ward: Ward, tmp_path: Path, how: str) -> None:
    document = ward.document("clerk.a", "A", "nội dung", title="Báo cáo hỏng")
    with ward.db.reading() as session:
        digest = session.scalars(select(DocumentVersion.sha256).where(DocumentVersion.document_id == document.id)).one()
    path = ward.resources.store.path(digest)
    path.unlink()
    if how == "changed":
        path.write_text("khác hẳn")
    with pytest.raises(Invalid, match=r"Báo cáo hỏng.*kho verify"):
        export_house(ward.resources, tmp_path / "bag")
    assert list(tmp_path.glob("bag*")) == []


def test_an_interrupted_export_leaves_nothing(ward: Ward, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    ward.document("clerk.a", "A")
    for step in ("_add_log", "check_bag", "sync_tree"):
        with monkeypatch.context() as patch:
            patch.setattr(exporting, step, stop)
            with pytest.raises(KeyboardInterrupt):
                export_house(ward.resources, tmp_path / "bag")
        assert list(tmp_path.glob("bag*")) == []


def test_an_interrupted_import_can_be_done_again(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even after the worker declared void what the interrupted one had written."""
    new = opened_house(tmp_path / "new")

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(importing, "_take_rows", stop)
        with pytest.raises(KeyboardInterrupt):
            take_in(new.resources, read_bag(small))
    assert not any(rows for name, rows in catalogue_of(new.db).items() if name != "retention_class")
    assert settle(new.db, new.resources.store, now=new.now)
    assert take_in(new.resources, read_bag(small)).conflicts == []
    no_faults(new)
    assert rebuilt(new, tmp_path)["document"] == catalogue_of(new.db)["document"] != []
    new.resources.close()


def test_bad_bags_have_a_kind_of_error_of_their_own(tmp_path: Path) -> None:
    with pytest.raises(BadBag):
        check_bag(tmp_path / "nowhere")
