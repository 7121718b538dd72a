"""A real server (`kho serve`, with its worker process) and a real browser."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

# Generous, since tests may share two cores with the servers they start.
expect.set_options(timeout=20_000)

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


def chromium_path() -> str:
    """Debian's Chromium; without it browser tests are skipped loudly, and fail in CI."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    if os.environ.get("CI") == "true":
        pytest.fail("Chromium is not installed, and CI must run the browser tests")
    pytest.skip("BROWSER TESTS NOT RUN: Chromium is not installed (apt-get install chromium)")


@contextmanager
def running_house(data: Path, **environment: str) -> Iterator[str]:
    """`kho serve` on a free port over a prepared data folder; ends with SIGTERM and must end well."""
    env = {**os.environ, "KHO_DATA": str(data), **environment}
    env.pop("KHO_NOW", None) if "KHO_NOW" not in environment else None
    with (data / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "webapp", "serve", "--port", "0"],
            env=env,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        assert process.stdout is not None
        with process.stdout:
            found = re.search(r"http://\S+", process.stdout.readline())
            assert found, (data / "serve.log").read_text()
            try:
                yield found.group()
            finally:
                process.send_signal(signal.SIGTERM)
                try:
                    assert process.wait(timeout=60) == 0
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                    raise


@contextmanager
def running_browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        yield browser
        browser.close()


# What is asked while somebody types is given up when more is typed; the library says so as an error.
GIVEN_UP = ("htmx:sendAbort", "htmx:afterRequest")


def _is_fault(line: ConsoleMessage) -> bool:
    return line.type == "error" and not line.text.startswith(GIVEN_UP)


class Visitor:
    """One person in a browser of their own; every request that would leave the house is an error."""

    def __init__(self, browser: Browser, address: str, *, javascript: bool = True, width: int = 1366) -> None:
        self.address = address
        self.context: BrowserContext = browser.new_context(
            base_url=address,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            viewport={"width": width, "height": 768},
            java_script_enabled=javascript,
            accept_downloads=True,
        )
        self.outside: list[str] = []
        self.faults: list[str] = []
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(30_000)
        self.page.on("request", lambda request: self._watch(request.url))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda line: self.faults.append(line.text) if _is_fault(line) else None)

    def _watch(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:")):
            self.outside.append(url)

    def sign_in(self, username: str, password: str) -> Visitor:
        self.page.goto("/sign-in")
        self.page.get_by_label("Tên đăng nhập").fill(username)
        self.page.get_by_label("Mật khẩu").fill(password)
        self.page.get_by_role("button", name="Đăng nhập").click()
        self.page.wait_for_url(lambda url: "/sign-in" not in url)
        return self

    def close(self) -> None:
        self.context.close()
