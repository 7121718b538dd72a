"""Files made to do harm go through reading and drawing: none crashes, hangs, reaches out or writes elsewhere.

Some hundred are made; every second of each class goes through in the suite, all in `make torture ARGS=--tests`.
"""

from __future__ import annotations

import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from archive.extract import EMPTY_FILE, SENTENCES, Limits, Status, UnpackingFailed, extract, preview, unpack
from archive.extract.process import convert, running, sandbox
from archive.extract.status import PREVIEW_SENTENCES
from tests.archive.extract.hostile_others import TOKEN
from tests.archive.extract.hostile_samples import hostile
from tests.support.shares import share

pytestmark = pytest.mark.long(80)

LIMITS = Limits(wall_seconds=4, cpu_seconds=3, memory_bytes=700 * 2**20, ocr=False)
# Children of one file: reading (twice when the first was too late, once more after LibreOffice) and LibreOffice itself;
# drawing, LibreOffice, drawing again; taking out.
MOST_CHILDREN = 4 + 3 + 1
LONGEST_CHILD = max(2 * LIMITS.wall_seconds, convert.SECONDS)
# LibreOffice takes seconds for each: of these classes a few files go through it.
CONVERTED = {"office_links": 3, "macros": 1, "formulas": 1, "rtf": 1}
CLASSES = sorted(
    """cut encrypted flipped formulas long_text macros magic_only mail naughty_names office_links ole other_media
    pdf_actions pdf_boxes pdf_locked pdf_signed_badly pdf_streams pdf_structure pdf_trees picture_sizes polyglots rtf scripts
    tiff_loops wrong_names xml_depth xml_entities xml_outside zip_bombs zip_lies zip_links zip_names zip_overlapping""".split()
)


class Canary:
    """A listening socket that must never be connected to."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.socket.getsockname()[1]}"
        self.calls: list[object] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, caller = self.socket.accept()
            except OSError:
                return
            self.calls.append(caller)
            connection.close()


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    one = Canary()
    with socket.create_connection(one.socket.getsockname()):
        while not one.calls:  # it would sing
            time.sleep(0.01)
    one.calls.clear()
    yield one
    one.socket.close()


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory, canary: Canary) -> dict[str, list[tuple[str, bytes]]]:
    return hostile(tmp_path_factory.mktemp("made"), canary.address)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files of our own, to see what is left there; the limits given to children are written down."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    real = running.run

    def run(box: sandbox.Box, message: bytes, *, seconds: float, **options: Any) -> running.Ended:
        GIVEN.seconds.append(seconds)
        return real(box, message, seconds=seconds, **options)

    monkeypatch.setattr(running, "run", run)
    return folder


class Given(threading.local):
    """The seconds given to each child that this thread has started for one file."""

    def __init__(self) -> None:
        self.seconds: list[float] = []


GIVEN = Given()


def judge(place: Path, number: int, name: str, content: bytes) -> Status:
    folder = place.parent / str(number)
    folder.mkdir()
    path = folder / "stored"
    path.write_bytes(content)
    GIVEN.seconds = []
    result = extract(path, filename=name, limits=LIMITS)
    assert result.status in set(Status) and result.sentence in (SENTENCES[result.status], EMPTY_FILE), name
    drawn = folder / "drawn"
    drawn.mkdir()
    image = preview(path, filename=name, folder=drawn, limits=LIMITS)
    assert image.sentence == PREVIEW_SENTENCES[image.status], name
    assert {file.name for file in drawn.iterdir()} <= {"thumb.webp", *(f"p{n}.webp" for n in image.sizes)}, name
    entries = result.metadata.get("entries")
    if isinstance(entries, list):
        _take_out(path, folder / "taken", [entry["name"] for entry in entries][:50])
    assert len(GIVEN.seconds) <= MOST_CHILDREN and max(GIVEN.seconds, default=0) <= LONGEST_CHILD, (name, GIVEN.seconds)
    assert path.read_bytes() == content
    return result.status


def _take_out(path: Path, folder: Path, names: list[str]) -> None:
    folder.mkdir()
    try:
        taken = unpack(path, list(dict.fromkeys(names)), folder, limits=LIMITS)
    except UnpackingFailed:
        taken = []
    for one in folder.iterdir():
        assert one.is_file() and not one.is_symlink() and one in {entry.file for entry in taken}


def nothing_is_left(place: Path) -> None:
    assert [path.name for path in place.iterdir() if not path.name.endswith(".lock")] == []
    for folder in (Path("/"), Path("/tmp"), Path("/etc"), Path.home(), Path.cwd(), place.parent, place.parent.parent):
        assert not [path for path in folder.iterdir() if TOKEN in path.name], folder
    mark = str(place).encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes()
        except OSError:
            continue
        assert mark not in words, words


def swarm(place: Path, files: list[tuple[str, bytes]]) -> list[Status]:
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda one: judge(place, one[0], *one[1]), enumerate(files)))


@pytest.mark.parametrize("kind", CLASSES)
def test_no_file_of_this_class_does_harm(
    samples: dict[str, list[tuple[str, bytes]]],
    canary: Canary,
    place: Path,
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(convert, "available", lambda: False)
    statuses = swarm(place, samples[kind][:: share(6, 1)])
    assert statuses and canary.calls == []
    nothing_is_left(place)


@pytest.mark.parametrize("isolated", [True, False])
def test_libreoffice_reaches_nobody_and_runs_nothing(
    samples: dict[str, list[tuple[str, bytes]]],
    canary: Canary,
    place: Path,
    isolated: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not convert.available():
        pytest.skip("LibreOffice is not installed")
    if isolated and not sandbox.works():
        pytest.skip("bubblewrap does not work here")
    monkeypatch.setattr(sandbox, "works", lambda: isolated)
    files = [one for kind, count in CONVERTED.items() for one in samples[kind][-count:]]
    if not isolated:  # what has no need of the box to stay at home
        files += (
            samples["pdf_actions"]
            + samples["scripts"]
            + [one for one in samples["xml_outside"] if "xlsx" in one[0]][:2]
        )
    swarm(place, files)
    assert canary.calls == []
    nothing_is_left(place)


def test_there_are_enough_and_always_the_same(
    samples: dict[str, list[tuple[str, bytes]]], canary: Canary, tmp_path: Path
) -> None:
    assert sorted(samples) == CLASSES and len(CLASSES) >= 30
    assert sum(map(len, samples.values())) >= 300
    assert hostile(tmp_path, canary.address) == samples
    assert all(len(content) < 10_000_000 for files in samples.values() for _, content in files)
