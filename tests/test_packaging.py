"""What is handed over: a wheel and a source archive that work away from the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.long(45)

ROOT = Path(__file__).resolve().parents[1]
KEPT_OUT = {".git", ".venv", "data", "dist", "build", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache"}


def uv() -> str:
    beside = Path(sys.executable).parent / "uv"
    found = str(beside) if beside.exists() else shutil.which("uv")
    if not found:
        pytest.skip("uv is not installed")
    return found


def run(*words: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("KHO_", "PYTHON", "VIRTUAL_ENV"))}
    return subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env={**env, **environment},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that belong to the project, as a clean checkout has them."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    target = tmp_path_factory.mktemp("checkout") / "kho"
    if listed.returncode:  # no git here: an unpacked source archive
        shutil.copytree(ROOT, target, ignore=lambda _folder, names: KEPT_OUT.intersection(names))
        return target
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target / name)
    return target


@pytest.fixture(scope="module")
def built(copy: Path) -> Path:
    """The folder with wheel and source archive; the wheel is built from the source archive."""
    done = run(uv(), "build", "--no-build-isolation", "--offline", "--python", sys.executable, cwd=copy)
    assert done.returncode == 0, done.stderr
    return copy / "dist"


def product_files(copy: Path) -> set[str]:
    """Everything under the four packages, whatever its kind."""
    return {
        path.relative_to(copy).as_posix()
        for package in ("webapp", "archive", "search", "migrations")
        for path in (copy / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_every_file_of_the_packages(built: Path, copy: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == product_files(copy)
    for needed in (
        "webapp/ui/templates/layouts/base.html",
        "webapp/documents/templates/documents/list.html",
        "webapp/ui/static/css/base.css",
        "webapp/ui/static/js/main.js",
        "webapp/ui/static/vendor/htmx/htmx-2.0.11.min.js",
        "webapp/ui/static/vendor/tinos/Tinos-Regular.ttf",
        "webapp/demo/plan.txt",
        "webapp/audit/audit_verify.py",
        "migrations/env.py",
        "migrations/script.py.mako",
        "migrations/versions/20261122_0800_0001_first_tables.py",
    ):
        assert needed in names


def test_the_source_archive_is_enough_to_build_and_test(built: Path, copy: Path) -> None:
    (source,) = built.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert product_files(copy) <= names
    assert {"pyproject.toml", "README.md", "LICENSE", "Makefile", "wsgi.py", "requirements.lock"} <= names
    assert {"deploy/setup.sh", "tests/conftest.py"} <= names
    assert not [name for name in names if name.startswith(("data/", ".venv", "dist/", ".git/"))]


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel; what it depends on is lent by this one."""
    folder = tmp_path_factory.mktemp("installed")
    made = run(uv(), "venv", "--offline", "--python", sys.executable, folder / "venv", cwd=folder)
    assert made.returncode == 0, made.stderr
    python = folder / "venv" / "bin" / "python"
    (wheel,) = built.glob("*.whl")
    done = run(uv(), "pip", "install", "--offline", "--no-deps", "--python", python, wheel, cwd=folder)
    assert done.returncode == 0, done.stderr
    packages = next((folder / "venv" / "lib").glob("python*/site-packages"))
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "venv" / "bin"


def test_the_installed_program_runs_away_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    where = run(
        installed / "python", "-c", "import webapp, search; print(webapp.__file__, search.__file__)", cwd=tmp_path
    )
    assert where.stdout.count(str(installed.parent)) == 2, where.stdout + where.stderr
    version = run(installed / "kho", "--version", cwd=tmp_path)
    assert version.returncode == 0 and version.stdout.strip()
    words = ("init", "--admin", "quantri", "--password-stdin")
    made = subprocess.run(
        [str(installed / "kho"), *words],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "KHO_DATA": str(tmp_path / "data"), "LANG": "C.UTF-8"},
        input="một câu dễ nhớ\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    checked = run(installed / "kho", "verify", cwd=tmp_path, KHO_DATA=str(tmp_path / "data"))
    assert (checked.returncode, checked.stdout) == (0, "Nguyên vẹn.\n"), checked.stderr
    page = run(
        installed / "python",
        "-c",
        "from webapp.app import create_app; from webapp.core.settings import Settings;"
        "app = create_app(Settings.from_environment()); print(app.test_client().get('/sign-in').status_code)",
        cwd=tmp_path,
        KHO_DATA=str(tmp_path / "data"),
    )
    assert page.stdout.split()[-1:] == ["200"], page.stderr


def test_both_kinds_of_start_agree_on_the_version(installed: Path, tmp_path: Path) -> None:
    by_name = run(installed / "kho", "--version", cwd=tmp_path).stdout
    by_module = run(installed / "python", "-m", "webapp", "--version", cwd=tmp_path).stdout
    metadata = run(
        installed / "python", "-c", "from importlib.metadata import version; print(version('khothidua'))", cwd=tmp_path
    ).stdout
    assert by_name == by_module == metadata
