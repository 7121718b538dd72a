"""Static files: every address on a page changes with what is behind it, the modules' with any of them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from flask import Flask

from tests.support.web import Client
from webapp.ui import static_files

STATIC = Path(static_files.__file__).parent / "static"
FOR_EVER = "public, max-age=31536000, immutable"


def addresses(page: str) -> list[str]:
    return re.findall(r'(?:src|href)="(/static/[^"]+)"', page)


def test_every_static_address_on_a_page_carries_a_digest_and_is_kept(client: Client) -> None:
    client.sign_in("clerk.a")
    found = addresses(client.get("/").text)
    assert len(found) > 10
    for address in set(found):
        answer = client.get(address.partition("#")[0])
        assert answer.status_code == 200 and answer.headers["Cache-Control"] == FOR_EVER, address
        if not address.endswith(".woff2"):  # a font's name says which version it is
            assert re.search(r"\?v=[0-9a-f]{12}(#[a-z0-9-]+)?$|/js/[0-9a-f]{12}/", address), address


def test_modules_find_each_other_below_the_digest(client: Client) -> None:
    (main,) = [address for address in addresses(client.get("/sign-in").text) if "/static/js/" in address]
    folder = main.rpartition("/")[0]
    for path in (STATIC / "js").glob("*.js"):
        answer = client.get(f"{folder}/{path.name}")
        assert answer.status_code == 200 and answer.mimetype.endswith("/javascript")
        assert answer.headers["Cache-Control"] == FOR_EVER
        for name in re.findall(r'(?:from|import) "([^"]+)"', answer.text):
            assert name.startswith("./") and (STATIC / "js" / name).is_file(), (path.name, name)


@pytest.mark.parametrize("path", ["/static/js/0123456789ab/main.js", "/static/js/main.js", "/static/css/none.css?v=1"])
def test_what_is_not_under_its_digest_is_not_kept(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == (200 if path == "/static/js/main.js" else 404)
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_change_of_any_module_changes_the_address_of_each(tmp_path: Path) -> None:
    shutil.copytree(STATIC, tmp_path / "static", ignore=shutil.ignore_patterns("vendor"))

    def address() -> str:
        app = Flask("copy", static_folder=tmp_path / "static")
        static_files.install(app)
        with app.test_request_context():
            return str(app.jinja_env.globals["module"]("main.js"))  # type: ignore[operator]

    first = address()
    assert address() == first
    (tmp_path / "static/js/page.js").write_text("export const token = 1;")
    second = address()
    (tmp_path / "static/js/page.js").rename(tmp_path / "static/js/paper.js")
    assert len({first, second, address()}) == 3
