"""The indexer is killed again and again in the middle of its work; what was acknowledged is findable afterwards, once."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.commands import ROOT, environment
from tests.support.ward import open_ward, people_of_every_role
from webapp.permissions.scopes import viewer_keys

pytestmark = pytest.mark.long(45)

KILLS = 8


def test_eight_kills_of_the_indexer_lose_no_acknowledged_document(tmp_path: Path, sqlite_template: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    shutil.copyfile(sqlite_template, data / "kho.sqlite3")
    ward = open_ward(data, f"sqlite:///{data / 'kho.sqlite3'}")
    people_of_every_role(ward)
    ward.drain()
    chance = random.Random(5)
    names: list[str] = []
    words = [sys.executable, "-m", "webapp", "worker"]
    for turn in range(KILLS):
        with (tmp_path / "worker.log").open("ab") as log:
            worker = subprocess.Popen(
                words, env=environment(data), cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )
        begun = time.monotonic()
        moment = 1.0 + chance.random() * 1.5
        while time.monotonic() - begun < moment:
            names.append(f"quabon{turn}x{len(names)}")
            ward.document("clerk.a", "A", f"{names[-1]} nội dung", filename="a.txt")
            time.sleep(0.03)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    ward.drain()
    keys = viewer_keys(ward.viewer("clerk.a"))
    counts = {name: ward.resources.index.search(f'"{name}"', viewer_keys=keys, limit=1).total for name in names}
    assert len(names) > KILLS * 5
    assert {name: count for name, count in counts.items() if count != 1} == {}
    ward.resources.close()
