#!/bin/sh
# Flask-SQLAlchemy cannot share a pool of connections that the program already has.
#
# One would guess: SQLALCHEMY_ENGINE_OPTIONS is handed to create_engine(), whose documented `pool=` takes an existing
#   pool; so an extension and a program without Flask (commands, a worker) can share one.
# What happens: init_app() always adds `echo_pool`, which create_engine() takes only where it makes the pool itself:
#   TypeError "Invalid argument(s) 'echo_pool'". What works is a session class whose get_bind() answers with one's own engine.
# Versions: Flask-SQLAlchemy 3.1.1, SQLAlchemy 2.1.9 and 2.0.36, Flask 3.1.3.
# Source: flask_sqlalchemy/extension.py, init_app (options.setdefault("echo_pool", echo)); sqlalchemy/engine/create.py.
set -eu
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "Flask-SQLAlchemy==3.1.1" "SQLAlchemy==2.1.9" "Flask==3.1.3" 2>/dev/null
"$folder/venv/bin/python" - <<'P'
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import create_engine, text

own = create_engine("sqlite://")
app = Flask("one")
app.config.update(SQLALCHEMY_DATABASE_URI="sqlite:////tmp/unused.db", SQLALCHEMY_ENGINE_OPTIONS={"pool": own.pool})
try:
    SQLAlchemy().init_app(app)
except TypeError as error:
    assert "echo_pool" in str(error), error
    print("pool= is refused:", str(error)[:70], "…")
else:
    raise SystemExit("changed: a shared pool is taken now")


class OwnEngine(Session):
    def get_bind(self, *args, **more):
        return own


app = Flask("two")
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
db = SQLAlchemy(session_options={"class_": OwnEngine})
db.init_app(app)
with app.app_context():
    assert db.session.execute(text("SELECT 1")).scalar() == 1
    assert db.session.connection().engine is own and db.engine is not own
print("a session class that overrides get_bind() uses the program's own engine")
P
