"""`kho rebuild`: with the database gone, the archive alone brings the house back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.support.commands import failed_with, kho_here, went_well
from tests.support.sqlite import database_of
from tests.support.ward import NOW, open_ward, people_of_every_role
from webapp.records.keep import keep_all

SETTINGS = {"KHO_NOW": NOW.isoformat()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    data = tmp_path_factory.mktemp("rebuild") / "data"
    data.mkdir()
    shutil.copyfile(sqlite_template, data / "kho.sqlite3")
    ward = open_ward(data, f"sqlite:///{data / 'kho.sqlite3'}")
    people_of_every_role(ward)
    ward.document("clerk.a", "A", "Số: 9/BC-A\nchữ để tìm lại", title="Báo cáo còn mãi")
    keep_all(ward.db, ward.resources.store, now=ward.now)
    ward.drain()
    ward.resources.close()
    return data


@pytest.fixture
def data(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "data"))


def rows(data: Path) -> dict[str, list[tuple[object, ...]]]:
    wanted = {
        "document": "*",
        "document_version": "*",
        "unit": "*",
        "role_grant": "*",
        "cluster_member": "*",
        "criterion": "*",
    }
    wanted["person"] = "id, username, name, title, email, unit_id, disabled_at, created_at"
    with database_of(data) as database:
        return {
            name: sorted(map(repr, database.execute(f"SELECT {what} FROM {name}"))) for name, what in wanted.items()
        }  # type: ignore[misc]


def lose_the_database(data: Path) -> None:
    for path in (*data.glob("kho.sqlite3*"), data / "index"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def test_the_house_comes_back_from_its_archive(data: Path) -> None:
    before = rows(data)
    lose_the_database(data)
    failed_with(kho_here("verify", data=data, **SETTINGS), "kho init")
    said = went_well(kho_here("rebuild", data=data, **SETTINGS))
    assert "Đã dựng lại" in said and "Mật khẩu" in said
    assert rows(data) == before
    answer = json.loads(went_well(kho_here("verify", "--json", data=data, **SETTINGS)))
    assert answer["ok"], answer
    went_well(kho_here("extract", "--again", "failed", data=data, **SETTINGS))  # any command that finishes the jobs
    found = json.loads(
        went_well(kho_here("search", "chữ để tìm lại", "--as", "clerk.a", "--json", data=data, **SETTINGS))
    )
    assert found["total"] == 1 and found["hits"][0]["title"] == "Báo cáo còn mãi"


def test_nobody_signs_in_before_a_password_is_set_anew(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import io
    import sys

    from webapp.people.passwords import is_password
    from webapp.records.rebuild import UNUSABLE

    lose_the_database(data)
    went_well(kho_here("rebuild", data=data, **SETTINGS))
    for word in ("", UNUSABLE, "một câu dễ nhớ"):
        assert not is_password(UNUSABLE, word)
    monkeypatch.setattr(sys, "stdin", io.StringIO("câu mới của quản trị\n"))
    said = went_well(kho_here("init", "--admin", "admin", "--password-stdin", data=data, **SETTINGS))
    assert "Đã đặt mật khẩu mới" in said
    monkeypatch.setattr(sys, "stdin", io.StringIO("lần hai không đổi gì\n"))
    assert "giữ nguyên" in went_well(kho_here("init", "--admin", "admin", "--password-stdin", data=data, **SETTINGS))


def test_a_catalogue_that_is_there_is_compared_and_left_alone(data: Path) -> None:
    before = rows(data)
    assert "trùng khớp" in went_well(kho_here("rebuild", data=data, **SETTINGS))
    with database_of(data) as database:
        database.execute("UPDATE document SET title = 'sửa lén'")
        database.commit()
    failed_with(kho_here("rebuild", data=data, **SETTINGS), "khác với kho", "dời cơ sở dữ liệu")
    assert rows(data) != before
    lose_the_database(data)
    went_well(kho_here("rebuild", data=data, **SETTINGS))
    assert rows(data) == before


def test_an_archive_without_manifests_is_refused(tmp_path: Path) -> None:
    failed_with(kho_here("rebuild", data=tmp_path / "trống", **SETTINGS), "Không có bản kê")


def test_damaged_manifests_are_named_and_the_rest_comes_back(data: Path) -> None:
    lose_the_database(data)
    path = next(path for path in (data / "manifests").rglob("document-*.json"))
    path.chmod(0o600)
    path.write_bytes(b"{")
    done = kho_here("rebuild", data=data, **SETTINGS)
    assert done.returncode == 1 and path.name in done.stdout
    assert len(rows(data)["unit"]) == 4
