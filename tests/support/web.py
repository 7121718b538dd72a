"""A client that behaves as a browser without JavaScript: follows forms, sends their tokens."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.test import TestResponse

from tests.support.ward import PASSWORD, Ward
from webapp.app import create_app
from webapp.core.settings import Settings


class Shown(TestResponse):
    """An answer whose `text` has white space as a browser shows it: how a template is laid out decides no test.

    Otherwise a sentence that its template breaks over two lines would be missing from a page, and every check that it
    is missing would pass. What is shown as it stands (`pre`, `textarea`) is left as it is.
    """

    @property
    def text(self) -> str:
        page: str = super().text
        if self.mimetype != "text/html":
            return page
        parts = re.split(r"(<(pre|textarea)\b.*?</\2>)", page, flags=re.DOTALL)
        # Two groups: between two stretches of a page stand what is kept and the name of its tag.
        return "".join(
            re.sub(r"[ \t\r\n\f]+", " ", part) if n % 3 == 0 else part for n, part in enumerate(parts) if n % 3 < 2
        )


class Client:
    """One person's session. Applications are shared between wards: each use points the application at this one's."""

    def __init__(self, app: Flask, ward: Ward) -> None:
        self._app, self.ward = app, ward
        self._http = app.test_client()
        self._http.response_wrapper = type("ShownResponse", (Shown, app.response_class), {})
        self.token = ""

    @property
    def app(self) -> Flask:
        if self._app.extensions["kho"] is not self.ward.resources:
            self._app.extensions["kho"] = self.ward.resources
            self._app.config["SECRET_KEY"] = self.ward.resources.settings.secret_key
        return self._app

    @property
    def http(self) -> FlaskClient:
        assert self.app is self._http.application
        return self._http

    def get(self, path: str, **options: Any) -> TestResponse:
        response = self.http.get(path, buffered=True, **options)
        self._keep_token(response)
        return response

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """With the token of the last page seen; files as (bytes, name) pairs."""
        values = {
            name: [(io.BytesIO(one[0]), one[1]) for one in value] if name in ("files", "file") else value
            for name, value in (data or {}).items()
        }
        if not self.token:
            self.get("/sign-in")
        response = self.http.post(path, data={"csrf_token": self.token, **values}, buffered=True, **options)
        self._keep_token(response)
        return response

    def _keep_token(self, response: TestResponse) -> None:
        if response.mimetype == "text/html":
            found = re.search(r'name="csrf-token" content="([^"]+)"', response.text)
            if found:
                self.token = found.group(1)

    def sign_in(self, username: str, password: str = PASSWORD) -> Client:
        self.get("/sign-in")
        response = self.post("/sign-in", {"username": username, "password": password})
        assert response.status_code == 303, response.text
        self.get("/account")
        return self

    def as_user(self, username: str) -> Client:
        """Another session of the same house."""
        return Client(self.app, self.ward).sign_in(username)


def tight(page: str) -> str:
    """A page without white space beside its tags: what stands in what, however the templates are laid out."""
    return re.sub(r"\s*(<[^<>]*>)\s*", r"\1", re.sub(r"\s+", " ", page))


class Compiled(BytecodeCache):
    """Templates compiled by one application serve the next, as long as their text is the same."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


_APPS: dict[Settings, Flask] = {}


def client_for(ward: Ward, *, of_its_own: bool = False) -> Client:
    """Nobody signed in. The application is the one made before with the same settings: its routes take long to build.

    A test that changes the application itself asks for one of its own.
    """
    settings = ward.resources.settings
    alike = replace(settings, data=Path(), database_url="", object_store="", given_secret="", fixed_now=None)
    app = None if of_its_own else _APPS.get(alike)
    if app is None:
        app = create_app(settings, ward.resources)
        app.jinja_env.bytecode_cache = COMPILED
        if not of_its_own:
            _APPS[alike] = app
    return Client(app, ward)
