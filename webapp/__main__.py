"""The program `kho`, also as `python -m webapp`. Here nothing of it is imported yet: that takes a second."""

import gc
import os
import signal
from types import FrameType


def _end(_number: int, _frame: FrameType | None) -> None:
    os._exit(130)


def run() -> int:
    """Ctrl-C ends a command quietly with 130, whenever it comes: while the program is still being read, and after
    its work; in between `main` ends what is under way."""
    heeds = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # in the background it may be ignored
    if heeds:
        signal.signal(signal.SIGINT, _end)
    gc.disable()  # nothing that is read here goes away again, and looking for it takes a tenth of the time
    from webapp.cli import main

    gc.enable()
    try:
        if heeds:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        return main()
    except KeyboardInterrupt:
        return 130
    finally:
        if heeds:
            signal.signal(signal.SIGINT, _end)


if __name__ == "__main__":
    raise SystemExit(run())
