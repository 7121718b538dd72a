"""One browser for the journeys, closed before other tests start theirs; houses are made by each module."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.browser import running_browser, running_house
from tests.support.ward import NOW, Ward, open_ward


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with running_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[Callable[[Callable[[Ward], None]], str]]:
    """`house(prepare)` fills a fresh ward and serves it from processes of its own; gives the address."""
    with ExitStack() as stack:

        def start(prepare: Callable[[Ward], None]) -> str:
            data = tmp_path_factory.mktemp("house") / "data"
            data.mkdir()
            shutil.copyfile(sqlite_template, data / "kho.sqlite3")
            ward = open_ward(data, f"sqlite:///{data / 'kho.sqlite3'}")
            prepare(ward)
            ward.resources.close()
            return stack.enter_context(running_house(data, KHO_NOW=NOW.isoformat()))

        yield start
