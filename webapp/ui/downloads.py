"""Sending an original: always to be saved, never to be run by the browser."""

from __future__ import annotations

from pathlib import Path

from flask import send_file
from werkzeug.wrappers import Response

TO_KEEP = "application/octet-stream"


def send_original(path: Path, filename: str, *, mimetype: str = TO_KEEP, etag: str | bool = True) -> Response:
    """The file as an attachment under its own name; `etag` its digest where the bytes have one."""
    response = send_file(
        path, mimetype=mimetype, as_attachment=True, download_name=filename, conditional=True, etag=etag
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
