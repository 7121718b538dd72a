"""A throwaway PostgreSQL server for the suite: own folder, Unix socket only, never as root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    if found:
        return found[0].parent
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def _as_somebody_else(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: as root, become its own account, or nobody."""
    if os.getuid() != 0:
        return []
    for name in ("postgres", "nobody"):
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(folder, account.pw_uid, account.pw_gid)
        return ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    raise RuntimeError("no account to run PostgreSQL as")


@contextmanager
def running_server() -> Iterator[str]:
    """The server's URL without a database name."""
    binaries = _binaries()
    if binaries is None:
        if os.environ.get("CI") == "true":
            pytest.fail("PostgreSQL is not installed, and CI must test on it")
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    with tempfile.TemporaryDirectory(prefix="kho-pg-", dir=os.environ.get("PYTEST_DEBUG_TEMPROOT", "/tmp")) as name:
        folder = Path(name)
        folder.chmod(0o755)
        become = _as_somebody_else(folder)
        data = folder / "data"

        def run(*words: str) -> None:
            subprocess.run([*become, *words], check=True, capture_output=True, cwd=folder, env={"LC_ALL": "C.UTF-8"})

        run(str(binaries / "initdb"), "-D", str(data), "-U", "kho", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories={folder}"
        # Nothing of it outlives the suite, so nothing waits for the disk.
        for setting in ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "autovacuum=off"):
            options += f" -c {setting}"
        run(str(binaries / "pg_ctl"), "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start")
        try:
            yield f"host={folder} user=kho"
        finally:
            run(str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")


def execute(server: str, statement: str) -> None:
    """One statement outside of a transaction, such as CREATE DATABASE."""
    with psycopg.connect(f"{server} dbname=postgres", autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]


def copy_database(server: str, template: str, name: str) -> None:
    """File by file, as servers before 15 always do: with no disk to wait for, quicker than through their log."""
    with psycopg.connect(f"{server} dbname=postgres", autocommit=True) as connection:
        by_file = "STRATEGY FILE_COPY" if connection.info.server_version >= 150_000 else ""
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} {by_file}")  # type: ignore[arg-type]


def url_of(server: str, database: str) -> str:
    host = server.split()[0].removeprefix("host=")
    return f"postgresql+psycopg://kho@/{database}?host={host}"


def name_of(url: str) -> str:
    """The database's name in what `url_of` gave."""
    return url.partition("@/")[2].partition("?")[0]
