"""Office files made into PDF or DOCX by LibreOffice, in the same kind of box as reading.

    with tempfile.TemporaryDirectory() as folder:
        pdf = convert(path, Path(folder), ending="doc", target=Target.PDF)   # a file inside `folder`

One conversion runs at a time on a machine (LibreOffice takes 200 MB and more); others wait for it. Each has a profile
of its own inside `folder`, a session of its own that is killed as a group, a wall clock limit and, since LibreOffice
reserves far more memory than it uses, no limit of address space. Macros are off; where bubblewrap works there is no
network and nothing but the one file can be seen. `available()` says whether LibreOffice is installed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from archive.errors import ExtractionStopped
from archive.extract.process import running, sandbox
from archive.extract.process.limits import MIB
from archive.extract.status import Status

SECONDS = 60.0
_CPU_SECONDS = 90
_FILE_BYTES = 256 * MIB
_OPEN_FILES = 1024
_WAIT_SECONDS = 300.0
_PAUSE = 0.2
_SAID_BYTES = 1 * MIB
# What documents could set in motion is off: macros, links to files and pages elsewhere.
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse">
<value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse">
<value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
_SHELL = f'ulimit -c 0; ulimit -t {_CPU_SECONDS}; ulimit -f {_FILE_BYTES // 512}; ulimit -n {_OPEN_FILES}; exec "$@"'
_ENDINGS = frozenset("doc dot rtf docx odt ott xls xlt xlsx ods ots ppt pot pptx odp otp html txt csv".split())


class Target(StrEnum):
    """What a file can be made into."""

    PDF = "pdf"
    DOCX = "docx"


class ConversionFailed(Exception):
    """No converted file; `status` says why (timeout, crashed, corrupt, too_big, unsupported)."""

    def __init__(self, status: Status, detail: str = "") -> None:
        super().__init__(f"{status}: {detail}")
        self.status = status


def available() -> bool:
    """Whether LibreOffice is installed."""
    return shutil.which("soffice", path=sandbox.PATH) is not None


def convert(
    path: Path,
    folder: Path,
    *,
    ending: str,
    target: Target,
    seconds: float = SECONDS,
    stop: Callable[[], bool] | None = None,
    isolate: bool | None = None,
) -> Path:
    """Convert the file at `path` and return the new file, in `folder` (an empty folder of the caller's own).

    `ending` ("doc", "xls"…) tells LibreOffice what to expect; it comes from what the file was found to be, not from
    its name. Raises `ConversionFailed`; `ExtractionStopped` when `stop()` answers true. `isolate` as in `sandbox.box`.
    """
    if not available():
        raise ConversionFailed(Status.UNSUPPORTED, "LibreOffice is not installed")
    if ending not in _ENDINGS:
        raise ConversionFailed(Status.UNSUPPORTED, ending)
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(_PROFILE)
    output = folder / "converted"
    output.mkdir()
    box = sandbox.office_box(
        path.resolve(strict=True), folder, ending, _command(folder, output, target), isolate=isolate
    )
    with _alone(stop):
        ended = running.run(box, b"", seconds=seconds, output_bytes=_SAID_BYTES, stop=stop)
    if ended.cut is running.Cut.TIME:
        raise ConversionFailed(Status.TIMEOUT)
    made = output / f"input.{target}"
    # Whoever got hold of LibreOffice could leave a link here; only a plain file is taken.
    if made.is_symlink() or not made.is_file() or made.stat().st_size == 0:
        status = Status.CRASHED if ended.signal or ended.code else Status.CORRUPT
        raise ConversionFailed(status, ended.errors[-200:])
    return made


def _command(folder: Path, output: Path, target: Target) -> tuple[str, ...]:
    return (
        "sh", "-c", _SHELL, "sh", "soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--norestore",
        "--nolockcheck", "--nodefault", "--convert-to", str(target), "--outdir", str(output),
    )  # fmt: skip


@contextmanager
def _alone(stop: Callable[[], bool] | None) -> Iterator[None]:
    """Hold this machine's turn to convert, across threads and processes of this user."""
    name = Path(tempfile.gettempdir()) / f"kho-convert-{os.getuid()}.lock"
    turn = os.open(name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + _WAIT_SECONDS
    try:
        while True:
            try:
                fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if stop is not None and stop():
                    raise ExtractionStopped("asked to stop") from None
                if time.monotonic() > deadline:
                    raise ConversionFailed(Status.TIMEOUT, "another conversion does not end") from None
                time.sleep(_PAUSE)
        yield
    finally:
        os.close(turn)
