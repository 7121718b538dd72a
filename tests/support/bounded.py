"""Work that must come to an end by itself, whatever it is given to chew on.

A test asserts no time: a busy machine would fail it. It gives the work a limit of processor time that is far beyond
what sound work needs, as the child that reads files has one, and the work is ended there.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

ENOUGH = 30.0  # seconds of the processor: sound work takes a fraction of one, what grows too fast takes minutes


class NeverEnding(AssertionError):
    """The work used up its limit."""


@contextmanager
def bounded(processor_seconds: float = ENOUGH) -> Iterator[None]:
    """End the block by `NeverEnding` when it has used so much of the processor. In the main thread only."""

    def end(_number: int, _frame: object) -> None:
        raise NeverEnding(f"still at work after {processor_seconds:g} seconds of the processor")

    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, processor_seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
