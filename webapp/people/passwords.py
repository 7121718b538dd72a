"""Hashing passwords with argon2id, a few at a time."""

from __future__ import annotations

import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from search import without_marks

# OWASP's second choice (19 MiB, 2 passes): the library's default took .6 s on the small machine this runs on.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# A burst of sign-ins must not take all memory and cores from those who work.
_turn = threading.BoundedSemaphore(2)

# Checked when there is no such account, so that the answer takes as long.
_NOBODY = _hasher.hash(secrets.token_hex(16))

_WORDS = [
    "bưởi",
    "cam",
    "chanh",
    "dừa",
    "đào",
    "khế",
    "lê",
    "mận",
    "mít",
    "na",
    "nhãn",
    "ổi",
    "quýt",
    "sen",
    "sung",
    "táo",
    "tre",
    "vải",
    "xoài",
    "dâu",
]


def hash_password(password: str) -> str:
    with _turn:
        return _hasher.hash(password)


def is_password(stored: str | None, password: str) -> bool:
    with _turn:
        try:
            _hasher.verify(stored or _NOBODY, password)
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def first_password() -> str:
    """A password to hand over on paper; it must be changed at the first sign-in."""
    words = [without_marks(secrets.choice(_WORDS)) for _ in range(3)]
    return "-".join(words) + f"-{secrets.randbelow(9000) + 1000}"
