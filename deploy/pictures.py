"""`make pictures`: the pictures of README and guide, taken of the demonstration by a real browser.

The demonstration is prepared in a folder of its own, at a fixed instant, and served; each picture is one person's look
at one page. Names of pictures on the command line take only these. Pages are found as people find them, by links, so
that identifiers, which are new each time, do not matter.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from webapp.demo.ward import PASSWORD

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "webapp/ui/static/guide"
NOW = "2026-11-23T09:00:00+07:00"
LARGEST = 120_000
BROWSER = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --lang=vi"
).split()


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: who looks, the steps from the home page to what is shown, and how much of the page."""

    name: str
    who: str
    steps: Callable[[Page], None]
    width: int = 1366
    height: int = 800


def goes(*places: str) -> Callable[[Page], None]:
    """Steps: an address to open, or a selector whose first match that can be seen is clicked."""

    def walk(page: Page) -> None:
        for place in places:
            if place.startswith("/"):
                page.goto(place)
            else:
                page.locator(place).locator("visible=true").first.click()
                page.wait_for_load_state()

    return walk


def then(steps: Callable[[Page], None], selector: str) -> Callable[[Page], None]:
    """After the steps, the page is moved until that element stands near its top."""

    def walk(page: Page) -> None:
        steps(page)
        page.locator(selector).first.evaluate("element => window.scrollTo(0, element.offsetTop - 16)")

    return walk


def from_top(steps: Callable[[Page], None]) -> Callable[[Page], None]:
    """The steps, then the top of the page, wherever an anchor led."""

    def walk(page: Page) -> None:
        steps(page)
        page.evaluate("window.scrollTo(0, 0)")

    return walk


def palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("bao cao")
    page.wait_for_selector("#palette_results li")
    page.wait_for_timeout(600)


def overview(page: Page) -> None:
    """Of the group in which units have handed in."""
    page.goto("/overview")
    group = page.locator("select[name=group]")
    group.select_option(group.locator("option", has_text="III.2").first.get_attribute("value"))
    page.locator("main form button").first.click()
    page.wait_for_load_state()


FIRST_SHEET = "main a[href^='/scores/rounds/']"
PICTURES_WANTED = (
    Picture("dang-nhap", "", goes("/sign-in"), height=520),
    Picture("viec-cua-toi", "lan", goes("/"), height=860),
    Picture("dien-thoai", "lan", goes("/"), width=360, height=720),
    Picture("di-nhanh", "lan", palette, height=560),
    Picture("tong-quan", "chutich", overview, height=900),
    Picture("phieu-tu-kiem", "lan", goes("/checklists", "main a[href^='/checklists/']"), height=860),
    Picture(
        "nop-minh-chung",
        "lan",
        then(goes("/checklists", "main a[href^='/checklists/']"), "article.item >> nth=1"),
        height=760,
    ),
    Picture("tim-kiem", "lan", goes("/search?q=binh dan hoc vu"), height=860),
    Picture(
        "van-ban",
        "lan",
        from_top(goes("/search?q=binh dan hoc vu&file_type=pdf&kind=evidence", "ol.hits h2 a")),
        height=1000,
    ),
    Picture("bao-cao", "lan", goes("/papers", "main ul.tasks a[href^='/papers/']"), height=900),
    Picture("ai-da-nop", "vhxh", goes("/duties"), height=760),
    Picture("tong-hop", "vhxh", goes("/syntheses", "main a[href^='/syntheses/']"), height=900),
    Picture("tu-cham", "tam", goes("/scores", "main a[href^='/scores/sheets/']"), height=860),
    Picture("tham-dinh", "tam", goes("/scores", FIRST_SHEET, "main a[href$='/appraise']"), height=1000),
    Picture("bang-cham", "tam", goes("/scores", FIRST_SHEET, "main a[href$='/grid']"), height=760),
    Picture(
        "ket-qua",
        "gao",
        goes("/scores", "main li:has(.tag-good) a[href^='/scores/rounds/']", "main a[href$='/results']"),
        height=700,
    ),
    Picture(
        "lay-phieu", "tam", goes("/meetings", "main td a[href^='/meetings/']", "main a[href^='/ballots/']"), height=760
    ),
    Picture(
        "sang-kien", "lan", goes("/initiatives/gallery", "main a[href^='/initiatives/']:not([href*='?'])"), height=820
    ),
    Picture("nhat-ky", "kiemtoan", goes("/ledger?action=score.appraisal"), height=760),
    Picture("bao-quan", "kiemtoan", goes("/archive"), height=700),
    Picture("vai-tro", "quantri", goes("/admin/people", "main td a[href^='/admin/people/']"), height=820),
)


def main(names: list[str]) -> int:
    wanted = [one for one in PICTURES_WANTED if not names or one.name in names]
    unknown = set(names) - {one.name for one in wanted}
    if unknown:
        print("No such picture:", ", ".join(sorted(unknown)), file=sys.stderr)
        return 2
    PICTURES.mkdir(parents=True, exist_ok=True)
    missed = []
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=BROWSER)
        for one in wanted:
            try:
                size = take(browser, address, one)
            except Exception as fault:  # noqa: BLE001  the others are taken all the same
                missed.append(one.name)
                print(f"{one.name}: {str(fault).splitlines()[0]}", file=sys.stderr)
            else:
                print(f"{one.name}.png {size // 1000} kB")
        browser.close()
    return 1 if missed else 0


def chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    raise SystemExit("Chromium is not installed (apt-get install chromium)")


@contextmanager
def served() -> Iterator[str]:
    """The address of the demonstration, served from a folder that is thrown away afterwards.

    `KHO_PICTURES_AT` names one that runs already, to try a picture again and again.
    """
    if running := os.environ.get("KHO_PICTURES_AT"):
        yield running
        return
    with tempfile.TemporaryDirectory(prefix="kho-pictures-") as folder:
        environment = {**os.environ, "KHO_DATA": f"{folder}/data", "KHO_NOW": NOW}
        program = [sys.executable, "-m", "webapp"]
        subprocess.run([*program, "demo", "--prepare-only"], env=environment, cwd=ROOT, check=True, stdout=sys.stderr)
        with (Path(folder) / "serve.log").open("wb") as log:
            server = subprocess.Popen(
                [*program, "serve", "--port", "0"],
                env=environment,
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
            try:
                assert server.stdout is not None
                found = re.search(r"http://\S+", server.stdout.readline())
                if found is None:
                    raise SystemExit("kho serve did not start")
                wait_until_read(Path(folder) / "data")
                yield found.group()
            finally:
                server.send_signal(signal.SIGTERM)
                server.wait(timeout=90)


def wait_until_read(data: Path, most: float = 1800) -> None:
    """Until the worker has read and indexed all papers: its outbox is empty."""
    import sqlite3

    end = time.monotonic() + most
    while time.monotonic() < end:
        with sqlite3.connect(f"file:{data / 'kho.sqlite3'}?mode=ro", uri=True) as database:
            (waiting,) = database.execute("SELECT count(*) FROM outbox_job").fetchone()
        database.close()
        if not waiting:
            return
        time.sleep(2)
    print("Not all papers are read yet; pictures may show less.", file=sys.stderr)


def take(browser: Browser, address: str, one: Picture) -> int:
    """Write the picture; its size in bytes."""
    context = browser.new_context(
        base_url=address,
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        viewport={"width": one.width, "height": one.height},
        bypass_csp=True,
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    try:
        if one.who:
            page.goto("/sign-in")
            page.locator("input[name=username]").fill(one.who)
            page.locator("input[name=password]").fill(PASSWORD)
            page.locator("main button[type=submit]").click()
            page.wait_for_url(lambda url: "/sign-in" not in url)
        one.steps(page)
        page.wait_for_load_state("networkidle")
        # The note that the instant is fixed says nothing of the program.
        page.add_style_tag(content=".banner { display: none } * { scroll-behavior: auto !important }")
        page.evaluate("document.fonts.ready")
        wait_for_images(page)
        taken = page.screenshot()
    finally:
        context.close()
    return write(PICTURES / f"{one.name}.png", taken)


def wait_for_images(page: Page, most: float = 60) -> None:
    """Page images are drawn when first asked for; until then the page says so and asks again."""
    end = time.monotonic() + most
    while time.monotonic() < end:
        page.wait_for_timeout(500)
        if page.evaluate(
            """() => !document.querySelector(".page-wait") && [...document.images].every(one =>
                one.getBoundingClientRect().top > innerHeight || (one.complete && one.naturalWidth))"""
        ):
            return


def write(path: Path, taken: bytes) -> int:
    """With as many colours as fit into the largest size."""
    picture = Image.open(io.BytesIO(taken)).convert("RGB")
    for colours in (64, 32, 16):
        stream = io.BytesIO()
        few = picture.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(stream, "PNG", optimize=True)
        if stream.tell() <= LARGEST:
            break
    path.write_bytes(stream.getvalue())
    return stream.tell()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
