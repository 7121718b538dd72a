"""The order of system calls: a backup has its name only when its bytes are on disk, and is told of only when its name is."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.support.commands import ROOT, environment, kho_here, went_well

# Words: what to leave out ("" for nothing), then those of `kho`. The fsync left out is not made by the program itself.
PROGRAM = """
import os, sys
real, left_out = os.fsync, sys.argv[1]
def fsync(handle):
    path = os.readlink(f"/proc/self/fd/{handle}")
    kind = "file" if path.endswith(".part") else "folder" if path.endswith("/out") else ""
    if not kind or kind != left_out:
        real(handle)
os.fsync = fsync
from webapp.cli import main
code = main(sys.argv[2:])
os.writev(2, [b"KHO TOLD"])
sys.exit(code)
"""


@pytest.fixture(scope="module")
def order() -> Iterator[ModuleType]:
    """The parser of what strace writes."""
    spec = importlib.util.spec_from_file_location("order_of_handover", ROOT / "tests/archive/store_order.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def faults(order: ModuleType, out: Path, data: Path, left_out: str, *words: str, file: str, part: str) -> list[str]:
    """What was done too early, of one command that makes `file` in `out` by way of `part`."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    log = out.parent / "log"
    strace = ["strace", "-f", "-y", "-s", "300", "-o", str(log), "-e", f"trace={order.WATCHED}"]
    command = [*strace, sys.executable, "-c", PROGRAM, left_out, *words]
    ended = subprocess.run(command, capture_output=True, cwd=ROOT, env=environment(data))
    if ended.returncode != 0 and b"ptrace" in ended.stderr:
        pytest.skip(ended.stderr.decode()[-500:])
    assert ended.returncode == 0, ended.stderr.decode()
    found: list[str] = []
    unsynced: set[str] = set()
    named = name_is_safe = told = False
    for call in order.calls(log.read_text().splitlines()):
        path = call.paths[0] if call.paths else ""
        if call.name in ("write", "writev", "pwrite64", "ftruncate") and path.startswith(str(out / part)):
            unsynced.add(path)
            if named:
                found.append(f"written after it had its name: {call.line[:120]}")
        elif call.name in ("fsync", "fdatasync"):
            unsynced.discard(path)
            name_is_safe = name_is_safe or (named and path == str(out))
        elif call.name == "rename" and call.paths[-1] == str(out / file):
            if left := [one for one in unsynced if re.search(r"\.(part|sqlite3)$|/(cas|manifests)/", one)]:
                found.append(f"named before its content was fsynced: {left[0]}")
            named = True
        elif call.name == "writev" and call.text.startswith("KHO TOLD"):
            told = True
            if not named or not name_is_safe:
                found.append("told of before its name was fsynced")
    assert told and named
    return found


@pytest.mark.parametrize(("left_out", "said"), [("", ""), ("file", "before its content"), ("folder", "its name")])
def test_a_backup_is_named_when_safe_and_told_of_when_its_name_is(
    order: ModuleType, out: Path, left_out: str, said: str
) -> None:
    """The checker notices when either fsync is not made."""
    data = out.parent / "data"
    went_well(kho_here("init", data=data))
    words = ("backup", str(out / "kho.tar"))
    found = faults(order, out, data, left_out, *words, file="kho.tar", part="kho.tar.part")
    assert found == [] if not said else any(said in one for one in found)


def test_a_restored_house_is_named_when_safe(order: ModuleType, out: Path) -> None:
    went_well(kho_here("init", data=out.parent / "data"))
    went_well(kho_here("backup", out.parent / "kho.tar", data=out.parent / "data"))
    words = ("restore", str(out.parent / "kho.tar"))
    assert faults(order, out, out / "new", "", *words, file="new", part="new.restoring") == []
