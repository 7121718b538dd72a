"""Canonical form and hash of an event. `audit_verify.py` repeats this with the standard library alone."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping

FIRST_HASH = "0" * 64


def plain(text: str) -> str:
    """NFC, without NUL and lone surrogates, which databases refuse: what was typed in an address may hold any of it."""
    return unicodedata.normalize("NFC", text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode())


def canonical(body: Mapping[str, object]) -> str:
    """JSON with sorted keys, no white space, NFC, integers and strings only as numbers go."""
    return unicodedata.normalize(
        "NFC", json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    )


def is_digest(text: str) -> bool:
    """64 lower-case hexadecimal digits."""
    return len(text) == 64 and not set(text) - set("0123456789abcdef")


def link(prev_hash: str, body: str) -> str:
    """h_n = SHA-256(0x00 || h_{n-1} || body), as 64 hexadecimal digits."""
    return hashlib.sha256(b"\x00" + bytes.fromhex(prev_hash) + body.encode("utf-8", "surrogatepass")).hexdigest()
