"""Headers on every answer: nothing from outside, nothing inline, nothing kept by others."""

from __future__ import annotations

from flask import Flask, Response, g, request

CSP = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; "
    "script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
)


def install(app: Flask) -> None:
    @app.after_request
    def add(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CSP)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        headers["X-Request-Id"] = g.get("request_id", "")
        versioned = request.endpoint == "static" and ("v" in request.args or "/vendor/" in request.path)
        if (versioned or request.endpoint == "modules.static") and response.status_code < 400:
            # These addresses carry a digest or a version, so they may be kept for ever.
            headers["Cache-Control"] = "public, max-age=31536000, immutable"
        elif not response.cache_control.private:
            # A view that lets the browser keep its answer says so itself: page images, asked about each time.
            headers["Cache-Control"] = "no-store"
        if app.config["SESSION_COOKIE_SECURE"]:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        return response
