"""Harmful files uploaded to a real server and looked at in a real browser: kept, told about, never run."""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.archive.extract.hostile_samples import hostile
from tests.support.browser import ARGUMENTS, Visitor, chromium_path, running_browser
from tests.support.house import Caller, House, house, until
from tests.support.threads import in_a_thread
from tests.support.ward import NOW, PASSWORD, open_ward, people_of_every_role
from webapp.documents.viewing import INLINE

pytestmark = pytest.mark.long(80)

# Of each class of what a browser might run, so many files.
CHOSEN = {
    "scripts": 12, "polyglots": 12, "pdf_actions": 13, "naughty_names": 34, "zip_names": 3, "mail": 2, "formulas": 2, "xml_entities": 4,
    "xml_outside": 4, "office_links": 2, "pdf_structure": 3, "magic_only": 4, "picture_sizes": 3,
}  # fmt: skip
HOOK = "window.addEventListener('error', () => {}); Object.defineProperty(window, '__hacked', {set() { document.title = 'hacked' }});"


@pytest.fixture(scope="module")
def canary() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield server


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, canary: socket.socket
) -> Iterator[tuple[House, list[str]]]:
    """A house in which somebody uploaded them all, and the pages of what was taken."""
    data = tmp_path_factory.mktemp("house") / "data"
    data.mkdir()
    shutil.copyfile(sqlite_template, data / "kho.sqlite3")
    ward = open_ward(data, f"sqlite:///{data / 'kho.sqlite3'}")
    people_of_every_role(ward)
    unit = ward.units["A"]
    ward.resources.close()
    samples = hostile(tmp_path_factory.mktemp("made"), f"127.0.0.1:{canary.getsockname()[1]}")
    with house(data, KHO_NOW=NOW.isoformat()) as here:
        caller = Caller(here.address).sign_in("clerk.a")
        pages: list[str] = []
        receipts: dict[str, str] = {}
        for kind, count in CHOSEN.items():
            files = [(content, _sent(name)) for name, content in samples[kind][:count]]
            batch = f"{sorted(CHOSEN).index(kind):013d}"
            answer = caller.upload(*files, kind="evidence", unit_id=unit, year="2026", batch=batch)
            assert answer.status in (303, 422), (kind, answer.status, answer.text[:500])
            receipts[kind] = f"/documents/receipts/{batch}"
        for kind, receipt in receipts.items():
            until(lambda path=receipt: "Đang đọc chữ" not in caller.get(path).text, f"reading of {kind}")
            links = re.findall(r'href="(/documents/[0-9a-z]{13})"', caller.get(receipt).text)
            assert links, kind
            pages += links
        yield here, list(dict.fromkeys(pages))


def _sent(name: str) -> str:
    """A name as browsers put it into a form."""
    clean = name.encode("utf-8", "replace").decode()
    return clean.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")


def test_originals_are_saved_or_shown_by_the_browser_itself_only(served: tuple[House, list[str]]) -> None:
    here, pages = served
    caller = Caller(here.address).sign_in("clerk.a")
    shown = 0
    for path in pages:
        saved = caller.get(f"{path}/versions/1")
        if saved.status == 200:
            assert saved.headers["Content-Type"] == "application/octet-stream"
            assert saved.headers["Content-Disposition"].startswith("attachment")
        inline = caller.get(f"{path}/versions/1/inline")
        assert inline.status in (200, 404)
        for answer in (saved, inline):
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
        if inline.status == 200:
            shown += 1
            assert inline.headers["Content-Type"] in INLINE
            assert "; sandbox;" in inline.headers["Content-Security-Policy"]
            assert "default-src 'none'" in inline.headers["Content-Security-Policy"]
    assert shown > 5 and len(pages) > 60


def watch(page: Page, harm: list[str]) -> None:
    page.add_init_script(HOOK)

    def dismissed(dialog: object) -> None:
        harm.append(f"dialog: {dialog.message}")  # type: ignore[attr-defined]
        dialog.dismiss()  # type: ignore[attr-defined]

    page.on("dialog", dismissed)
    page.on("popup", lambda popup: harm.append(f"popup: {popup.url}"))


@pytest.mark.browser
@in_a_thread
def test_no_page_runs_anything(served: tuple[House, list[str]], canary: socket.socket) -> None:
    here, pages = served
    harm: list[str] = []
    with running_browser() as browser:
        clerk = Visitor(browser, here.address).sign_in("clerk.a", PASSWORD)
        watch(clerk.page, harm)
        for path in pages:
            clerk.page.goto(f"{path}?q=a", wait_until="load")
            assert "hacked" not in clerk.page.title(), path
            assert clerk.page.evaluate("document.querySelectorAll('main script, main iframe, main object').length") == 0
        for path in ("/documents", "/search?q=window", "/search?q=xin+chao"):
            clerk.page.goto(path, wait_until="load")
            assert "hacked" not in clerk.page.title(), path
        assert clerk.outside == [] and not [fault for fault in clerk.faults if "Content Security" in fault]
        clerk.close()
    assert harm == []
    nobody_called(canary)


@pytest.mark.browser
@in_a_thread
def test_originals_in_the_browsers_viewer_run_nothing(served: tuple[House, list[str]], canary: socket.socket) -> None:
    here, pages = served
    caller = Caller(here.address).sign_in("clerk.a")
    shown = [path for path in pages if caller.get(f"{path}/versions/1/inline").status == 200]
    harm: list[str] = []
    with running_browser() as usual:
        full = usual.browser_type.launch(
            executable_path=chromium_path(),
            args=[*ARGUMENTS, "--headless=new"],
            ignore_default_args=[
                "--headless", "--disable-extensions", "--disable-component-extensions-with-background-pages"
            ],
        )  # fmt: skip
        clerk = Visitor(full, here.address).sign_in("clerk.a", PASSWORD)
        watch(clerk.page, harm)
        for path in shown[:20]:
            clerk.page.goto(f"{path}/versions/1/inline", wait_until="load")
            clerk.page.wait_for_timeout(400)
            assert "hacked" not in clerk.page.title() and clerk.page.url.endswith("/inline"), path
        strange = [url for url in clerk.outside if not url.startswith(("chrome-extension://", "chrome://"))]
        full.close()
    assert harm == [] and strange == []
    nobody_called(canary)


def nobody_called(canary: socket.socket) -> None:
    with pytest.raises(BlockingIOError):
        canary.accept()
