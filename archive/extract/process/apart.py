"""Work of a library that may abort, in a process of its own: what was read before it stands whatever happens there."""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from archive.extract.process.limits import MIB

_MOST_BYTES = 64 * MIB
_CHUNK = 65536


def apart(work: Callable[[], object], *, seconds: float) -> Any:
    """What `work()` answers (as JSON gives it back); None when it failed, aborted or took longer than `seconds`."""
    sys.stderr.flush()  # or both processes write what waits there
    reading, writing = os.pipe()
    attempt = os.fork()
    if attempt == 0:
        code = 1
        try:
            os.close(reading)
            with os.fdopen(writing, "wb") as stream:
                stream.write(json.dumps(work(), ensure_ascii=False).encode("utf-8", "replace"))
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    content = _all(reading, seconds)
    with suppress(ProcessLookupError):
        if content is None:
            os.kill(attempt, signal.SIGKILL)
    if os.waitpid(attempt, 0)[1] != 0 or content is None:
        return None
    return json.loads(content)


def _all(reading: int, seconds: float) -> bytes | None:
    """All that comes before the end, None when it is late or too much."""
    deadline, content = time.monotonic() + seconds, bytearray()
    with os.fdopen(reading, "rb", buffering=0) as stream:
        while len(content) <= _MOST_BYTES:
            if not select.select([stream], [], [], max(deadline - time.monotonic(), 0))[0]:
                return None
            chunk = stream.read(_CHUNK)
            if not chunk:
                return bytes(content)
            content += chunk
    return None
