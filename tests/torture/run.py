"""What takes too long for every run of the tests.

    python -m tests.torture.run [--kills 100] [--seed N]     a real house killed again and again under uploads
    python -m tests.torture.run --faults                     every fault at every k-th system call of the archive
    python -m tests.torture.run --tests                      the suite's own searches for faults, with many more turns

Prints counts; ends with 1 when anything acknowledged was lost or anything is neither old nor new.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.support.shares import THOROUGH
from tests.torture.faults import all_faults
from tests.torture.kills import torture
from webapp.core import logs

TESTS = Path(__file__).resolve().parents[1]


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="tests.torture.run", description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--faults", action="store_true")
    parser.add_argument("--tests", action="store_true")
    asked = parser.parse_args(words)
    if asked.tests:
        searching = [str(path) for path in sorted(TESTS.rglob("test_*.py")) if "import share" in path.read_text()]
        command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadfile", *searching]
        return subprocess.run(command, env={**os.environ, THOROUGH: "1"}, check=False).returncode
    logs.configure(level=30)
    started = time.monotonic()
    if asked.faults:
        say(f"{all_faults(say)} faults, each ended old or new; {time.monotonic() - started:.0f} s")
        return 0
    say(f"seed {asked.seed}")
    folder = Path(tempfile.mkdtemp(prefix="kho-torture-"))
    score = torture(folder, asked.kills, asked.seed, say)
    say(f"{score}; {time.monotonic() - started:.0f} s")
    if not score.wrong:
        shutil.rmtree(folder)
        return 0
    for sentence in score.wrong:
        say(f"  {sentence}")
    say(f"the house as it was found: {folder}")
    return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
