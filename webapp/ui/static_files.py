"""Addresses of static files carry a digest of what is in them, so that a browser keeps each for ever and none is stale.

Scripts are modules that import each other by relative names, where no digest can stand: they are served from a folder
whose name is a digest of all of them (`/static/js/4f…/main.js`), so a change of any is a new address for each.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, abort, send_from_directory, url_for

ENDPOINTS = ("static", "modules.static")
_DIGITS = 12


def install(app: Flask) -> None:
    """The modules' address, and `static(name)` and `module(name)` for templates."""
    root = Path(app.static_folder or "")
    scripts = root / "js"

    @cache
    def digest(name: str) -> str:
        return hashlib.sha256((root / name).read_bytes()).hexdigest()[:_DIGITS]

    @cache
    def digest_of_modules() -> str:
        together = hashlib.sha256()
        for path in sorted(scripts.glob("*.js")):
            together.update(f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
        return together.hexdigest()[:_DIGITS]

    def static(name: str) -> str:
        return url_for("static", filename=name, v=digest(name))

    def module(name: str) -> str:
        return url_for("modules.static", digest=digest_of_modules(), name=name)

    def send_module(digest: str, name: str) -> Response:
        """A page of another version gets none: kept for ever under that address, ours would be stale there."""
        if digest != digest_of_modules():
            abort(404)
        return send_from_directory(scripts, name)

    app.add_url_rule("/static/js/<digest>/<name>", endpoint="modules.static", view_func=send_module)
    app.jinja_env.globals.update(static=static, module=module)
