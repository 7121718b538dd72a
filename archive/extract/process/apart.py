"""Work in a process of its own within the child: whatever it does, the text read so far stands."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def run(work: Callable[[], object], answer: Path, seconds: float) -> Any:
    """What `work` returns, by way of JSON in the file `answer`; None when it did not end well within `seconds`."""
    answer.unlink(missing_ok=True)
    sys.stderr.flush()
    attempt = os.fork()
    if attempt == 0:
        code = 1
        try:
            answer.write_text(json.dumps(work(), ensure_ascii=False), encoding="utf-8", errors="replace")
            code = 0
        finally:
            os._exit(code)
    if not _ends_well(attempt, seconds):
        return None
    return json.loads(answer.read_text(encoding="utf-8"))


def _ends_well(attempt: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while True:
        ended, code = os.waitpid(attempt, os.WNOHANG)
        if ended:
            return code == 0
        if time.monotonic() > deadline:
            os.kill(attempt, signal.SIGKILL)
            os.waitpid(attempt, 0)
            return False
        time.sleep(0.01)
