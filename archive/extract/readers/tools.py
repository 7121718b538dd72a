"""Running Poppler, catdoc and Tesseract inside the child, within its limits."""

from __future__ import annotations

import shutil
import signal
import subprocess
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
    """Run a tool; at most `most` bytes of its output are kept, and it is ended there.

    Raises `Refusal`: timeout, memory, too_big or crashed, when it was ended by a signal.
    """
    errors = folder / "errors"
    with errors.open("w+b") as error_file:
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=error_file, cwd=folder
        ) as process:
            assert process.stdout is not None
            try:
                output, cut = _collect(process, most, seconds)
            except subprocess.TimeoutExpired as error:
                raise Refusal(Status.TIMEOUT, command[0]) from error
            finally:
                process.kill()
        error_file.seek(0)
        said = error_file.read(_ERRORS_KEPT).decode("utf-8", "replace")
    if process.returncode < 0 and not cut:
        raise Refusal(_status_of(-process.returncode, said), f"{command[0]}: signal {-process.returncode}")
    if any(words in said.lower() for words in _OUT_OF_MEMORY):
        raise Refusal(Status.MEMORY, command[0])
    return Said(output.decode("utf-8", "replace"), said, max(process.returncode, 0), cut)


def _collect(process: subprocess.Popen[bytes], most: int, seconds: float | None) -> tuple[bytes, bool]:
    assert process.stdout is not None
    if seconds is not None:
        # Only for tools whose answer is a file or a few lines.
        output, _ = process.communicate(timeout=seconds)
        return output[:most], False
    output = process.stdout.read(most + 1)
    if len(output) > most:
        return output[:most], True
    process.wait()
    return output, False


def _status_of(number: int, said: str) -> Status:
    if number == signal.SIGXCPU:
        return Status.TIMEOUT
    if number == signal.SIGXFSZ:
        return Status.TOO_BIG
    if number == signal.SIGKILL or any(words in said.lower() for words in _OUT_OF_MEMORY):
        return Status.MEMORY
    return Status.CRASHED
