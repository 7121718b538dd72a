"""Running Poppler, catdoc and Tesseract inside the child, within its limits."""

from __future__ import annotations

import shutil
import signal
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

from archive.extract.outcome import Refusal
from archive.extract.status import Status

_OUT_OF_MEMORY = ("bad_alloc", "out of memory", "cannot allocate memory")
_ERRORS_KEPT = 8192


@dataclass(frozen=True)
class Said:
    """What a tool wrote and its exit code (never negative: a killed tool is a `Refusal`)."""

    output: str
    errors: str
    code: int
    cut: bool


def available(name: str) -> bool:
    """Whether a tool is installed."""
    return shutil.which(name) is not None


def run(command: list[str], folder: Path, *, most: int, seconds: float | None = None) -> Said:
    """Run a tool; at most `most` bytes of its output are kept, and it is ended there or after `seconds`.

    Raises `Refusal`: timeout, memory, too_big or crashed, when it was ended by time or a signal.
    """
    late = threading.Event()
    with (
        (folder / "errors").open("w+b") as errors,
        subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, cwd=folder
        ) as process,
    ):
        assert process.stdout is not None

        def end_late() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(seconds or 0, end_late)
        if seconds is not None:
            timer.start()
        try:
            output = process.stdout.read(most + 1)
            cut = len(output) > most
            if cut:
                process.kill()
            process.wait()
        finally:
            timer.cancel()
            process.kill()
        errors.seek(0)
        said = errors.read(_ERRORS_KEPT).decode("utf-8", "replace")
    if late.is_set():
        raise Refusal(Status.TIMEOUT, command[0])
    if process.returncode < 0 and not cut:
        raise Refusal(_status_of(-process.returncode, said), f"{command[0]}: signal {-process.returncode}")
    if any(words in said.lower() for words in _OUT_OF_MEMORY):
        raise Refusal(Status.MEMORY, command[0])
    return Said(output[:most].decode("utf-8", "replace"), said, max(process.returncode, 0), cut)


def _status_of(number: int, said: str) -> Status:
    if number == signal.SIGXCPU:
        return Status.TIMEOUT
    if number == signal.SIGXFSZ:
        return Status.TOO_BIG
    if number == signal.SIGKILL or any(words in said.lower() for words in _OUT_OF_MEMORY):
        return Status.MEMORY
    return Status.CRASHED
