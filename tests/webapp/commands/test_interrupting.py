"""Ctrl-C at any moment ends a command with 130 and without a traceback; system errors are told in our words."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from webapp import cli
from webapp.cli import OS_SENTENCES

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("at", ["argparse", "sqlalchemy.sql", "openpyxl", "webapp.core.db", "webapp.commands.house"])
def test_an_interrupt_while_the_program_is_being_read_is_quiet(at: str, tmp_path: Path) -> None:
    """Python tells each module it has read; at that moment the signal comes."""
    child = subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "webapp", "doctor"],
        cwd=ROOT,
        env={**os.environ, "KHO_DATA": str(tmp_path / "data")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        # Whoever started the tests may have told them to ignore it, as a shell does for what runs in the background.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert child.stderr is not None
    with child.stderr:
        for line in child.stderr:
            if line.rpartition("|")[2].strip().startswith(at):
                break
        child.send_signal(signal.SIGINT)
        said = [line for line in child.stderr if not line.startswith("import time:")]
    assert child.wait(30) == 130 and said == []


def test_an_interrupt_of_the_work_itself_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    from webapp.__main__ import run

    def interrupted() -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "main", interrupted)
    before = signal.getsignal(signal.SIGINT)
    try:
        assert run() == 130
    finally:
        signal.signal(signal.SIGINT, before)


def test_an_interrupt_that_is_ignored_stays_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """As of a command that a shell began in the background."""
    from webapp.__main__ import run

    monkeypatch.setattr(cli, "main", lambda: 0)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert run() == 0 and signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("number", [errno.EFBIG, errno.EBUSY, errno.EDQUOT, errno.ENOSPC, errno.EIO])
def test_system_errors_have_our_sentences(
    number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from webapp.commands import house

    def fails(*_: object) -> int:
        raise OSError(number, os.strerror(number), "/ổ/tệp")

    monkeypatch.setattr(house, "doctor", fails)
    monkeypatch.setenv("KHO_DATA", str(tmp_path))
    assert cli.main(["doctor"]) == 1
    assert capsys.readouterr().err == f"kho: {OS_SENTENCES[number]}: /ổ/tệp\n"
