"""The child: bounded, cut off from the rest, and gone afterwards; the parent: light and unimpressed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from archive import errors
from archive.extract import Limits, Status, describe, extract
from archive.extract.outcome import Refusal
from archive.extract.process import parent, running, sandbox, tools
from tests.archive.extract.office_samples import (
    all_text,
    font,
    make_compound,
    make_docx,
    make_pdf,
    make_picture,
    read,
    recall,
)

ROOT = str(Path(parent.__file__).parents[3])
PARSERS = {"lxml", "PIL", "python_calamine", "pypdfium2", "pypdfium2_raw", "pyhanko", "asn1crypto"}


def python(code: str) -> sandbox.Box:
    """A box that runs this code instead of the extractor."""
    start = f"import sys; sys.path.insert(0, {ROOT!r})\n"
    return sandbox.Box((sys.executable, "-c", start + code), {"PATH": sandbox.PATH}, "")


def run(code: str, *, seconds: float = 20, output_bytes: int = 1000, stop: Callable[[], bool] | None = None) -> Any:
    return running.run(python(code), b"{}", seconds=seconds, output_bytes=output_bytes, stop=stop)


def status_of(code: str, **options: Any) -> Status:
    return Status(parent.answer_of(run(code, **options))["status"])


# The parent


def test_importing_the_archive_loads_no_parser() -> None:
    code = "import archive, archive.extract, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    names = {name.split(".")[0] for name in loaded.stdout.split()}
    assert not names & {*PARSERS, "flask", "sqlalchemy", "webapp"}


def test_a_small_file_costs_one_child_that_loads_no_parser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("kế hoạch")
    real, boxes = running.run, []
    monkeypatch.setattr(
        running, "run", lambda box, *args, **options: (boxes.append(box), real(box, *args, **options))[1]
    )
    assert read(tmp_path / "a.txt").status is Status.OK
    assert len(boxes) == 1
    code = f"""
import pathlib, sys
from archive.extract.process import child, limits
path = pathlib.Path({str(tmp_path / "a.txt")!r})
answer = child.answer_to(path, "a.txt", limits.Limits(), path.parent)
assert answer["status"] == "ok"
print(*sys.modules)
"""
    ended = run(code, output_bytes=100_000)
    loaded = {name.split(".")[0] for name in ended.output.decode().split()}
    assert "archive" in loaded and not loaded & PARSERS


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "tmp"
    own.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(own))
    assert read(make_docx(tmp_path / "a.docx")).status is Status.OK
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.4")
    assert read(tmp_path / "bad.pdf").status is Status.CORRUPT
    assert list(own.iterdir()) == []


@pytest.mark.skipif(not sandbox.works(), reason="bubblewrap does not work here")
def test_who_is_cut_off_is_gone_when_the_answer_comes(tmp_path: Path) -> None:
    mark = f"survivor-{tmp_path}"
    code = "import os, time; [os.fork() for _ in range(7)]; time.sleep(60)"  # many take the kernel a while to end
    box = sandbox.Box(
        (
            "bwrap", "--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "--dev", "/dev",
            "sh", "-c", '"$@" & wait', "sh", sys.executable, "-c", code, mark,
        ),
        {"PATH": sandbox.PATH},
        "",
    )  # fmt: skip
    assert running.run(box, b"{}", seconds=2, output_bytes=1000).cut is running.Cut.TIME
    assert mark.encode() not in b"".join(_command_lines())


def _command_lines() -> Iterator[bytes]:
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            yield (process / "cmdline").read_bytes()


def test_a_missing_file_is_the_callers_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        extract(tmp_path / "none.pdf", filename="none.pdf")


def test_files_are_read_side_by_side(tmp_path: Path) -> None:
    path = make_docx(tmp_path / "a.docx")
    results: list[Status] = []
    threads = [threading.Thread(target=lambda: results.append(read(path).status)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [Status.OK] * 6


def test_only_a_timeout_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("x")
    answers: list[running.Ended] = []
    monkeypatch.setattr(running, "run", lambda *args, **options: answers.pop(0))
    late = running.Ended(9, -9, b"", "", running.Cut.TIME)
    good = json.dumps({"status": "ok", "pages": ["x"], "metadata": {"media_type": "a", "warnings": []}}).encode()
    answers = [late, running.Ended(0, 0, good, "", None)]
    assert extract(tmp_path / "a.txt", filename="a.txt").status is Status.OK
    answers = [late, late, running.Ended(0, 0, good, "", None)]
    assert extract(tmp_path / "a.txt", filename="a.txt").status is Status.TIMEOUT and len(answers) == 1
    answers = [running.Ended(11, -11, b"", "", None), running.Ended(0, 0, good, "", None)]
    assert extract(tmp_path / "a.txt", filename="a.txt").status is Status.CRASHED and len(answers) == 1


@pytest.mark.parametrize(
    "output",
    [
        b"",
        b"{",
        b"[]",
        b'"ok"',
        b'{"status": "fine", "pages": [], "metadata": {"warnings": []}}',
        b'{"status": "ok", "pages": [1], "metadata": {"warnings": []}}',
        b'{"status": "ok", "pages": [], "metadata": []}',
        b'{"status": "ok", "pages": [], "metadata": {"warnings": "x"}}',
        b'{"status": ["ok"], "pages": [], "metadata": {"warnings": []}}',
        b'{"status": "ok", "pages": [], "metadata": {"warnings": []}, "ocr_pages": "many"}',
        b'{"status": "ok", "pages": [], "metadata": {"warnings": [], "number": {"a": 1}}}',
        b'{"status": "ok", "pages": [], "metadata": {"warnings": [], "suggestions": {"kind": []}}}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_the_childs_answer_is_not_trusted(output: bytes) -> None:
    assert parent.answer_of(running.Ended(0, 0, output, "", None))["status"] is Status.CRASHED


@pytest.mark.parametrize(
    ("number", "errors_written", "status"),
    [
        (signal.SIGXCPU, "", Status.TIMEOUT),
        (signal.SIGXFSZ, "", Status.TOO_BIG),
        (signal.SIGKILL, "", Status.MEMORY),
        (signal.SIGABRT, "memory allocation of 99 bytes failed", Status.MEMORY),
        (signal.SIGABRT, "assertion", Status.CRASHED),
        (signal.SIGSEGV, "", Status.CRASHED),
        (0, "MemoryError", Status.MEMORY),
        (0, "ImportError", Status.CRASHED),
    ],
)
def test_each_way_to_die_has_its_status(number: int, errors_written: str, status: Status) -> None:
    assert parent.answer_of(running.Ended(number, 1, b"", errors_written, None))["status"] is status


# The process


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


def slept(note: Path) -> bool:
    """Whether somebody came to the end of a minute's sleep, and so was not ended before."""
    return note.with_name(note.name + ".slept").exists()


GRANDCHILD = """
import subprocess, sys, time
sleeper = [sys.executable, "-c", "import time; time.sleep(60); open({note!r} + '.slept', 'w')"]
held = subprocess.Popen(sleeper, stdout=subprocess.DEVNULL if {quiet} else None, stderr=subprocess.DEVNULL)
open({note!r}, "w").write(str(held.pid))
{then}
"""


@pytest.mark.parametrize("then", ["time.sleep(60)", "", "sys.exit(3)"])
@pytest.mark.parametrize("quiet", [True, False])
def test_children_of_the_child_die_with_it(tmp_path: Path, then: str, quiet: bool) -> None:
    note = tmp_path / "pid"
    run(GRANDCHILD.format(note=str(note), then=then, quiet=quiet), seconds=1.5)
    pid = int(note.read_text())
    while alive(pid):  # it is gone, or has slept well: it never lives longer than that
        time.sleep(0.02)
    assert not slept(note), "nobody ended the grandchild"


def test_a_child_that_hangs_is_a_timeout(tmp_path: Path) -> None:
    assert status_of("import time; time.sleep(60)", seconds=0.5) is Status.TIMEOUT
    # Deaf to the polite signals, and silent.
    code = "import os, signal, time; signal.signal(15, signal.SIG_IGN); os.close(1); os.close(2); time.sleep(60)"
    note = tmp_path / "note"
    assert status_of(f"{code}; open({str(note)!r} + '.slept', 'w')", seconds=0.5) is Status.TIMEOUT
    assert not slept(note)


def test_a_flood_of_output_is_stopped() -> None:
    assert status_of("while True: print('x' * 10000)", output_bytes=100_000) is Status.TOO_BIG


def test_a_flood_of_errors_does_not_fill_memory() -> None:
    ended = run("import sys\nfor _ in range(200): sys.stderr.write('y' * 10000)\nsys.exit(1)")
    assert len(ended.errors) <= 20_000 and ended.code == 1


def test_stop_ends_the_work_at_once(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    code = GRANDCHILD.format(note=str(note), then="time.sleep(60)", quiet=True)
    with pytest.raises(errors.ExtractionStopped):
        run(code, stop=note.exists)
    assert not slept(note)
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(errors.ExtractionStopped):
        extract(tmp_path / "a.txt", filename="a.txt", stop=lambda: True)


BOUND = """
from archive.extract.process.limits import Limits, bind
bind(Limits(cpu_seconds=1, file_bytes=100_000))
"""


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("while True: pass", Status.TIMEOUT),
        ("x = bytearray(5_000_000_000)", Status.MEMORY),
        ("import subprocess, sys; sys.exit(subprocess.run(['sh', '-c', 'while :; do :; done']).returncode != -24)", None),
        ("import signal; signal.signal(25, 0); open('/dev/shm/kho-test', 'wb').write(b'x' * 200_000)", Status.TOO_BIG),
        ("held = [open('/dev/null') for _ in range(300)]", Status.CRASHED),
        ("import resource; assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0); print('{')", Status.CRASHED),
        ("import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (999, 999)) if __import__('os').getuid() else 1/0", Status.CRASHED),
    ],
)  # fmt: skip
def test_the_limits_hold_for_the_child_and_what_it_starts(code: str, status: Status | None) -> None:
    try:
        ended = run(BOUND + code, seconds=10)
    finally:
        Path("/dev/shm/kho-test").unlink(missing_ok=True)
    if status is None:
        assert ended.code == 0, ended
    else:
        assert parent.answer_of(ended)["status"] is status, ended


def test_the_environment_of_a_child_is_minimal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHO_SECRET_KEY", "bí mật")
    box = sandbox.box(tmp_path, tmp_path)
    assert set(box.environment) == {"PATH", "LC_ALL", "HOME", "TMPDIR", "OMP_THREAD_LIMIT"}
    assert box.environment["OMP_THREAD_LIMIT"] == "1"


def test_tools_are_bounded_in_time_and_output(tmp_path: Path) -> None:
    note = tmp_path / "note"
    sleeper = [sys.executable, "-c", f"import time; time.sleep(60); open({str(note)!r} + '.slept', 'w')"]
    with pytest.raises(Refusal) as caught:
        tools.run(sleeper, tmp_path, most=10, seconds=0.3)
    assert not slept(note) and caught.value.status is Status.TIMEOUT
    said = tools.run(["yes"], tmp_path, most=1001, seconds=20)
    assert said.cut and len(said.output) == 1001
    said = tools.run(["sh", "-c", "echo ra; echo lỗi >&2; exit 3"], tmp_path, most=100)
    assert (said.output, said.errors, said.code, said.cut) == ("ra\n", "lỗi\n", 3, False)
    for script, status in (("kill -SEGV $$", Status.CRASHED), ("echo bad_alloc >&2; kill -ABRT $$", Status.MEMORY)):
        with pytest.raises(Refusal) as caught:
            tools.run(["sh", "-c", script], tmp_path, most=100)
        assert caught.value.status is status


# The box

LOOK = """
import json, os, socket
def tries(what):
    try:
        what()
        return True
    except OSError:
        return False
def connect():
    socket.create_connection(("127.0.0.1", PORT), timeout=2).close()
print(json.dumps({
    "input": open("/input").read(),
    "network": tries(connect),
    "secret": os.path.exists("SECRET"),
    "write_root": tries(lambda: open("/x", "w")),
    "write_input": tries(lambda: open("/input", "a")),
    "write_own": tries(lambda: open("FOLDER/x", "w")),
    "processes": len([n for n in os.listdir("/proc") if n.isdigit()]) if os.path.exists("/proc/self") else 0,
}))
"""


def test_a_boxed_child_sees_one_file_and_no_network(tmp_path: Path) -> None:
    if not sandbox.works():
        pytest.skip(f"no isolation here: {describe()['sentence']}")
    (tmp_path / "in").write_text("nội dung")
    (tmp_path / "secret").write_text("x")
    folder = tmp_path / "own"
    folder.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = LOOK.replace("PORT", str(server.getsockname()[1])).replace("SECRET", str(tmp_path / "secret"))
        code = code.replace("FOLDER", str(folder))
        command = (*sandbox._wrapped(tmp_path / "in", folder), os.path.realpath(sys.executable), "-I", "-S", "-c", code)
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) == {
        "input": "nội dung", "network": False, "secret": False, "write_root": False,
        "write_input": False, "write_own": True, "processes": 0,
    }  # fmt: skip


def test_without_a_box_reading_goes_on_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "works", lambda: False)
    monkeypatch.setattr(sandbox, "_why_not", lambda: "chưa cài bubblewrap")
    assert read(make_docx(tmp_path / "a.docx")).status is Status.OK
    described = describe()
    assert described["isolated"] is False and "chưa cách ly" in str(described["sentence"])


def test_the_description_names_the_tools() -> None:
    described = describe()
    assert isinstance(described["tools"], dict) and {"pdftotext", "catdoc", "tesseract"} <= set(described["tools"])
    assert isinstance(described["isolated"], bool) and str(described["sentence"]).endswith(".")


def test_without_any_tool_what_can_be_read_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "PATH", "/nonexistent")
    monkeypatch.setattr(sandbox, "works", lambda: False)
    result = read(make_pdf(tmp_path / "a.pdf"))
    assert result.status is Status.OK and recall(result.text, all_text()) >= 0.99
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.4 nothing")
    assert read(tmp_path / "bad.pdf").status is Status.CORRUPT
    assert read(make_compound(tmp_path / "a.doc", ["WordDocument"])).status is Status.UNSUPPORTED
    assert read(make_compound(tmp_path / "a.ppt", ["PowerPoint Document"])).status is Status.UNSUPPORTED
    font()
    picture = read(make_picture(tmp_path / "a.png", ["x"]))
    assert picture.status is Status.NO_TEXT and picture.metadata["warnings"] == ["ocr_unavailable"]


def test_every_status_has_a_sentence_of_its_own() -> None:
    from archive.extract import SENTENCES, WARNINGS

    assert set(SENTENCES) == set(Status) and len(set(SENTENCES.values())) == len(Status) == 10
    for sentence in [*SENTENCES.values(), *WARNINGS.values()]:
        assert sentence.endswith(".") and sentence[0].isupper()


def test_limits_can_be_changed_one_by_one() -> None:
    assert Limits(pages=1).cpu_seconds == 30 and Limits().memory_bytes == 1 << 30
