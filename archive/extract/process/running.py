"""Running one child: bounded time, bounded answer, and no survivors."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import IO

from archive.errors import ExtractionStopped
from archive.extract.process.sandbox import Box

_TICK = 0.2
_READ = 1 << 16
_STDERR_KEPT = 16_384
_GRACE = 1.0
_LAST_GRACE = 10.0
_LONGEST_LINE = 100


class Cut(Enum):
    """Why a child was ended before its time."""

    TIME = "time"
    OUTPUT = "output"


@dataclass(frozen=True)
class Ended:
    """A child that is gone: `signal` that ended it (0: none), exit code, what it wrote, why it was cut."""

    signal: int
    code: int
    output: bytes
    errors: str
    cut: Cut | None


def run(
    box: Box,
    message: bytes,
    *,
    seconds: float,
    output_bytes: int,
    stop: Callable[[], bool] | None = None,
    said: Callable[[str], None] | None = None,
) -> Ended:
    """Start the child in a session of its own, send `message`, collect its answer, kill what is left of it.

    `message` must fit a pipe's buffer (64 KiB). `said` gets each short line the child writes on standard error, as it
    comes. Raises `ExtractionStopped` when `stop()` says so.
    """
    deadline = time.monotonic() + seconds
    process = subprocess.Popen(
        box.command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=box.environment,
        cwd="/",
        start_new_session=True,
    )
    try:
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None
        try:
            process.stdin.write(message)
            process.stdin.close()
        except BrokenPipeError:
            pass  # it died before listening; its exit code tells why
        output, errors, cut = _collect(process.stdout, process.stderr, deadline, output_bytes, stop, said)
        if cut is None and not _has_ended(process.pid, max(deadline, time.monotonic() + _GRACE)):
            cut = Cut.TIME  # it closed its output and lived on
    finally:
        _end(process)
    returned = process.returncode
    # bubblewrap, like a shell, reports a signal as 128 + its number.
    by_signal = -returned if returned < 0 else returned - 128 if returned > 128 else 0
    return Ended(by_signal, returned, output, errors.decode("utf-8", "replace"), cut)


def _collect(
    stdout: IO[bytes],
    stderr: IO[bytes],
    deadline: float,
    most: int,
    stop: Callable[[], bool] | None,
    said: Callable[[str], None] | None,
) -> tuple[bytes, bytes, Cut | None]:
    output, errors = bytearray(), bytearray()
    lines = _Lines(said)
    with selectors.DefaultSelector() as selector:
        selector.register(stdout, selectors.EVENT_READ, output)
        selector.register(stderr, selectors.EVENT_READ, errors)
        while selector.get_map():
            if stop is not None and stop():
                raise ExtractionStopped("asked to stop")
            left = deadline - time.monotonic()
            if left <= 0:
                return bytes(output), bytes(errors), Cut.TIME
            for key, _ in selector.select(min(left, _TICK)):
                chunk = os.read(key.fd, _READ)
                if not chunk:
                    selector.unregister(key.fileobj)
                key.data.extend(chunk)
                if key.data is errors:
                    lines.feed(chunk)
            if len(output) > most:
                return b"", bytes(errors), Cut.OUTPUT
            del errors[:-_STDERR_KEPT]
    return bytes(output), bytes(errors), None


class _Lines:
    """Short lines out of a stream in pieces; long ones are dropped, whatever they are."""

    def __init__(self, said: Callable[[str], None] | None) -> None:
        self._said = said
        self._rest = b""

    def feed(self, chunk: bytes) -> None:
        if self._said is None:
            return
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            if len(line) <= _LONGEST_LINE:
                self._said(line.decode("ascii", "replace"))
        self._rest = self._rest[: _LONGEST_LINE + 1]


def _has_ended(pid: int, deadline: float) -> bool:
    """Wait until the child has ended, leaving it unreaped so that its group's number stays taken."""
    pause = 0.0005
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
        pause = min(pause * 2, 0.05)
    return True


def _end(process: subprocess.Popen[bytes]) -> None:
    # The child is not reaped yet, so the number cannot belong to another group by now.
    with suppress(ProcessLookupError, PermissionError):  # nobody of the group may be left
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    _until_closed([pipe for pipe in (process.stdout, process.stderr) if pipe is not None])
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None and not pipe.closed:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()


def _until_closed(pipes: list[IO[bytes]]) -> None:
    """Wait, within the grace, until nobody holds the other end.

    bubblewrap is gone a moment before what it held: the kernel still has to end the processes inside, and a large one
    takes its time on a busy machine. A process gives up its memory before its files, so no writer means no survivor.
    """
    deadline = time.monotonic() + _LAST_GRACE
    with selectors.DefaultSelector() as selector:
        for pipe in pipes:
            selector.register(pipe, selectors.EVENT_READ)
        while selector.get_map() and (left := deadline - time.monotonic()) > 0:
            for key, _ in selector.select(left):
                if not os.read(key.fd, _READ):
                    selector.unregister(key.fileobj)
