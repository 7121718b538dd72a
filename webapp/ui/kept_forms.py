"""What was typed into a form that could not be taken because nobody, or somebody anew, is signed in: shown again.

A browser without scripts sends a form after its session has ended. The page to sign in then carries what was typed,
sealed for the person whose session it was; once signed in, they get the form again as it was, nothing saved. Scripts
need none of it: they sign in over the page (`session.js`).

The form is shown again by sending it once more with the field AGAIN, at which `unit_of_work` refuses to begin: every
page shows what was typed beside such a refusal.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken
from flask import request
from werkzeug.datastructures import MultiDict

from webapp.core.errors import Invalid

AGAIN = "typed-again"
SENTENCE = "Bạn vừa đăng nhập lại nên việc vừa rồi chưa được lưu. Hãy xem lại rồi bấm lần nữa."
_HOURS = 12
_MOST_BYTES = 1_000_000
# Never sent back to a page, sealed or not.
_UNSEEN = ("revision", "year", "before", "batch", "next")
_SECRETS = frozenset({"csrf_token", "password", "old", "new", "repeat", AGAIN})


@dataclass(frozen=True, slots=True)
class KeptForm:
    """Where a form was sent and the fields it had, in order; files are not among them."""

    path: str
    fields: tuple[tuple[str, str], ...]
    had_files: bool

    @property
    def was_typed(self) -> bool:
        """Whether anything but a button was sent: fields of a form, beyond what pages put there unseen."""
        return any(value.strip() and not name.startswith(_UNSEEN) for name, value in self.fields)

    @property
    def texts(self) -> list[str]:
        """What a person would not like to type again."""
        return [value for _, value in self.fields if len(value) > 20]


def form_sent() -> KeptForm:
    """The form of the request at hand."""
    values: MultiDict[str, str] = request.form
    fields = tuple((name, value) for name, value in values.items(multi=True) if name not in _SECRETS)
    return KeptForm(request.full_path.rstrip("?"), fields, any(file.filename for file in request.files.values()))


def seal(kept: KeptForm, *, person_id: str, key: str) -> str:
    """A text for a hidden field that only this person's sign-in opens; "" for a form too long to be carried along."""
    plain = json.dumps([person_id, kept.path, kept.fields, kept.had_files]).encode()
    return _box(key).encrypt(plain).decode() if len(plain) <= _MOST_BYTES else ""


def unseal(text: str, *, person_id: str, key: str) -> KeptForm | None:
    """The form, when it was sealed in this house for this person in the last hours."""
    try:
        owner, path, fields, had_files = json.loads(_box(key).decrypt(text, ttl=_HOURS * 3600))
    except (InvalidToken, ValueError):
        return None
    if owner != person_id:
        return None
    return KeptForm(path, tuple((name, value) for name, value in fields), had_files)


def _box(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"khothidua kept form\0" + key.encode()).digest()))


def is_shown_again() -> bool:
    return request.method == "POST" and AGAIN in request.form


def refuse_when_shown_again() -> None:
    """Raises Invalid for a form that is only to be shown again."""
    if is_shown_again():
        raise Invalid(SENTENCE)


def comes_from_this_house() -> bool:
    """Whether the browser says that a page of this very house sent the form; another's would fill it in for people."""
    return request.headers.get("Sec-Fetch-Site") == "same-origin" or (
        request.headers.get("Origin") == request.host_url.rstrip("/")
    )
