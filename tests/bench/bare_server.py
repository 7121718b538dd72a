"""Run as a file, so that nothing else is loaded: one Flask view with a short page, served by waitress."""

import sys

from flask import Flask
from waitress.server import create_server

app = Flask("bare")


@app.get("/healthz")
def page() -> str:
    return "<!doctype html><title>bare</title><p>bare</p>"


server = create_server(app, host="127.0.0.1", port=0, threads=8)
sys.stdout.write(f"http://127.0.0.1:{server.effective_port}\n")
sys.stdout.flush()
server.run()
