"""Workbooks worked out by LibreOffice, many in one run."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

LIBREOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
needs_libreoffice = pytest.mark.skipif(
    LIBREOFFICE is None and os.environ.get("CI") != "true", reason="LibreOffice is not installed, and this is not CI"
)


def worked_out(folder: Path, paths: Sequence[Path]) -> list[bytes]:
    """The same workbooks with the values LibreOffice comes to."""
    assert LIBREOFFICE
    subprocess.run(
        [
            LIBREOFFICE,
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
            str(folder / "out"),
            *map(str, paths),
        ],
        check=True,
        capture_output=True,
        timeout=300,
    )
    return [(folder / "out" / path.name).read_bytes() for path in paths]
