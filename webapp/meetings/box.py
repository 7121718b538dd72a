"""The box of a secret ballot: all votes so far as one sealed text of fixed length, written anew at each vote.

Inside is the sorted list of votes, filled up with random bytes: neither the order of voting nor the number of equal
votes shows. It is opened with the house's key and a salt that lies outside the database (`salts`), another one for each
vote; after the count box and salt are gone.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ROOM = 1022
_COUNT = 2
_NONCE = 12


class Unreadable(Exception):
    """Sealed with another key, or damaged."""


def new_salt() -> str:
    return secrets.token_hex(32)


def seal(votes: Sequence[int], *, key: str, salt: str, ballot_id: str) -> str:
    """Votes are places in the list of choices, below 256, at most ROOM of them."""
    if len(votes) > ROOM:
        raise ValueError("more votes than a box holds")
    content = len(votes).to_bytes(_COUNT, "big") + bytes(sorted(votes)) + secrets.token_bytes(ROOM - len(votes))
    nonce = secrets.token_bytes(_NONCE)
    sealed = AESGCM(_key(key, salt)).encrypt(nonce, content, ballot_id.encode())
    return base64.b64encode(nonce + sealed).decode()


def unseal(box: str | None, *, key: str, salt: str | None, ballot_id: str) -> list[int]:
    """The votes, sorted. Raises Unreadable."""
    if not box or not salt:
        raise Unreadable
    try:
        data = base64.b64decode(box, validate=True)
        content = AESGCM(_key(key, salt)).decrypt(data[:_NONCE], data[_NONCE:], ballot_id.encode())
    except (InvalidTag, ValueError) as error:
        raise Unreadable from error
    votes = int.from_bytes(content[:_COUNT], "big")
    if len(content) != _COUNT + ROOM or votes > ROOM:
        raise Unreadable
    return list(content[_COUNT : _COUNT + votes])


def _key(key: str, salt: str) -> bytes:
    derive = HKDF(algorithm=SHA256(), length=32, salt=salt.encode(), info=b"khothidua ballot box")
    return derive.derive(key.encode())
