#!/bin/sh
# htmx-flask refuses two of htmx's ways of swapping, and takes one that does not exist.
#
# One would guess: make_response(reswap=…) takes every value of hx-swap, as its documentation lists them.
# What happens: two values stand in the list without a comma between them, so Python joins them: "beforebegin" and
#   "afterbegin" raise ValueError, "beforebeginafterbegin" is sent. ("textContent" of htmx 2 is missing as well.)
# Version: htmx-flask 0.1.0, Flask 3.1.3. Source: htmx_flask/constants.py, RESWAPS; https://htmx.org/attributes/hx-swap/.
set -eu
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "htmx-flask==0.1.0" "Flask==3.1.3" 2>/dev/null
"$folder/venv/bin/python" - <<'P'
from flask import Flask
from htmx_flask import make_response

app = Flask("one")
with app.test_request_context():
    for value in ("outerHTML", "beforebegin", "afterbegin", "textContent", "beforebeginafterbegin"):
        try:
            print(f"{value}: sent as", make_response("x", reswap=value).headers["HX-Reswap"])
            taken = True
        except ValueError:
            print(f"{value}: refused")
            taken = False
        assert taken is (value in ("outerHTML", "beforebeginafterbegin")), f"changed: {value}"
P
