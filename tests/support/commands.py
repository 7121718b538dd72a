"""`kho` as people run it: a process of its own over a data folder."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from webapp.cli import main
from webapp.core import logs

ROOT = Path(__file__).resolve().parents[2]


def environment(data: Path, **changes: str) -> dict[str, str]:
    """This process's environment without its own settings of the product."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KHO_")}
    return {**kept, "KHO_DATA": str(data), **changes}


def kho(*words: str | Path, data: Path, stdin: str = "", **changes: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end. Upper-case keywords are further settings."""
    return subprocess.run(
        [sys.executable, "-m", "webapp", *map(str, words)],
        cwd=ROOT,
        env=environment(data, **changes),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def kho_here(*words: str | Path, data: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    """The same entry point in this process: quicker where many words are tried."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        for name in [name for name in os.environ if name.startswith("KHO_")]:
            patch.delenv(name)
        for name, value in {"KHO_DATA": str(data), **changes}.items():
            patch.setenv(name, value)
        try:
            code = main([str(word) for word in words])
        except SystemExit as ended:
            code = int(ended.code or 0)
    logs.configure()  # back to the real stderr
    return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())


def failed_with(done: subprocess.CompletedProcess[str], *parts: str, code: int = 1) -> None:
    """It ended with this code and one line on stderr that says all the parts; no traceback."""
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    lines = [line for line in done.stderr.splitlines() if not line.startswith("{")]
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("kho: ") and "Traceback" not in done.stderr
    for part in parts:
        assert part in lines[0], lines[0]


def went_well(done: subprocess.CompletedProcess[str]) -> str:
    """It ended with 0 and said nothing on stderr but log lines; gives its output."""
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert all(line.startswith("{") for line in done.stderr.splitlines()), done.stderr
    return done.stdout


def table(*rows: Any) -> str:
    """Rows as CSV with semicolons."""
    return "\n".join(";".join(str(cell) for cell in row) for row in rows) + "\n"
