"""What everything is compared with: a bare Flask page in a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SERVER = Path(__file__).with_name("bare_server.py")


@contextmanager
def bare_page() -> Iterator[tuple[str, int]]:
    """Its address and process id."""
    process = subprocess.Popen([sys.executable, str(SERVER)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found
        yield found.group(), process.pid
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()
