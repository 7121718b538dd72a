"""Every kind of fault at every k-th system call of every kind, over what a store does."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.archive.store_kth import CALLS, FAULTS, CannotInject, Sweep


def base() -> str | None:
    """In memory where that is possible: thousands of runs need no real disk to fail."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


# What is done once for each of the 256 folders: of those calls every sixteenth.
ALIKE = {("sweep", "openat"), ("sweep", "close"), ("open", "mkdir")}
COARSE = range(12, 250)


def all_faults(say: Callable[[str], None], over: Sequence[str] = ("put", "heal", "sweep", "open")) -> int:
    """Raises AssertionError at the first state that is neither old nor new; returns how many faults were made."""
    total = 0
    for what in over:
        for call in CALLS:
            line = []
            for fault in FAULTS:
                for lasting in (False, True):
                    if lasting and fault in ("KILL", "EINTR"):
                        continue  # dead once; and who is interrupted for ever tries for ever
                    step = 16 if (what, call) in ALIKE else 1
                    with tempfile.TemporaryDirectory(prefix="kho-faults-", dir=base()) as folder:
                        try:
                            count = Sweep(Path(folder), what, call, fault, lasting=lasting).all(step, coarse=COARSE)
                        except CannotInject as error:
                            say(f"cannot be done here: {error}")
                            return total
                    total += count
                    line.append(f"{fault}{'+' if lasting else ''} {count}")
            say(f"{what}: {call}: {', '.join(line)}")
    return total
