"""Nobody reads the program's own words: no key, no name of code, no English on any page, in any sheet or letter."""

from __future__ import annotations

import html
import io
import re
import shutil
import zipfile
from collections.abc import Container, Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path

import pytest
from sqlalchemy import select

import webapp.models
from tests.journeys.test_every_page import PAGES
from tests.support.furnished import IDS, furnished
from tests.support.ward import Ward, open_ward
from tests.support.web import Client, client_for
from webapp.ledger.detail_words import FIELDS
from webapp.ledger.words import ACTIONS
from webapp.models import AuditEvent, Notice, Person, Rubric
from webapp.permissions import Permission

ENGLISH = frozenset(
    "file files upload submit error choose save delete edit cancel search open close closed name year unit state status page "
    "link text value list user role date and for with from unknown object record event action true false none null "
    "undefined missing invalid required".split()
)
KEYS = {
    one.value
    for kind in vars(webapp.models).values()
    if isinstance(kind, type) and issubclass(kind, StrEnum)
    for one in kind
    if len(one.value) > 3
}
FORBIDDEN = ENGLISH | KEYS | set(FIELDS)
SNAKE = re.compile(r"(?<!\w)[a-z0-9]+(?:_[a-z0-9]+)+(?!\w)")
# A word alone: not in the name of a file, an address, or beside a letter with an accent.
WORD = re.compile(r"(?<![\w./@-])[A-Za-z]{3,}(?![\w/@-]|\.\w)")


def words_of(page: str) -> Iterator[str]:
    """What a page says, tag by tag, and what it says to those who do not see it."""
    page = re.sub(r"<(script|style|head)\b.*?</\1>|<(code|kbd)\b.*?</\2>", " ", page, flags=re.DOTALL)
    for text in [
        *re.findall(r'\b(?:title|aria-label|placeholder|alt)="([^"]*)"', page),
        *re.split(r"<[^>]*>", page),
    ]:
        yield html.unescape(" ".join(text.split()))


def words_in_file(data: bytes) -> Iterator[str]:
    """The texts of a .docx or .xlsx."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        for name in file.namelist():
            if re.search(r"(document|header\d*|footer\d*|sharedStrings|sheet\d+)\.xml$", name):
                text = file.read(name).decode()
                yield from map(html.unescape, re.findall(r"<(?:w:)?t\b[^>]*>([^<]*)<", text))


def faults(texts: Iterable[str], names: Sequence[str], usernames: Container[str]) -> set[str]:
    found: set[str] = set()
    for text in texts:
        if text in usernames:
            continue
        for name in names:
            text = text.replace(name, " ")
        found |= set(SNAKE.findall(text))
        found |= {word for word in WORD.findall(text) if word.lower() in FORBIDDEN}
        found |= {action for action in ACTIONS if action in text} if re.search(r"[a-z][.:][a-z]", text) else set()
    return found


@pytest.fixture
def busy(tmp_path: Path, sqlite_template: Path) -> Iterator[Ward]:
    """Something on every page; pages say the same over every database."""
    (tmp_path / "data").mkdir()
    path = tmp_path / "data" / "kho.sqlite3"
    shutil.copyfile(sqlite_template, path)
    ward = open_ward(tmp_path / "data", f"sqlite:///{path}")
    furnished(ward)
    yield ward
    ward.resources.close()


def test_no_word_of_code_and_no_english_is_shown(busy: Ward) -> None:
    """Every page for its people; sheets and letters that those pages link to; everything people are told."""
    wrong: dict[str, set[str]] = {}
    asked: set[str] = set()
    with busy.db.reading() as session:
        written = [*session.scalars(select(Person.name)), *session.scalars(select(Rubric.name))]
    names = sorted(set(written), key=len, reverse=True)

    def look(client: Client, path: str) -> None:
        answer = client.get(path)
        kind = answer.headers.get("Content-Type", "")
        if "html" not in kind and "officedocument" not in kind:
            return
        texts = words_of(answer.text) if "html" in kind else words_in_file(answer.data)
        if found := faults(texts, names, busy.people):
            wrong[path] = found
        if "html" in kind:
            for link in re.findall(r'href="(/[^"]*\.(?:xlsx|docx)(?:\?[^"]*)?)"', answer.text):
                shape = re.sub(r"[0-9a-z]{13}|\d+", "", link.partition("?")[0])
                if shape not in asked and answer.status_code == 200:
                    asked.add(shape)
                    look(client, html.unescape(link))

    for username, patterns in PAGES.items():
        client = client_for(busy)
        if username:
            client.sign_in(username)
        for pattern in patterns:
            # The guide speaks of commands to administrators and auditors, and typed text is the writer's own.
            if not pattern.startswith("/help") and "?q=" not in pattern:
                look(client, pattern.format(**IDS))
    with busy.db.reading() as session:
        told = faults(session.scalars(select(Notice.text)), names, ())
        done = set(session.scalars(select(AuditEvent.action).distinct()))
    unnamed = (done | {permission.value for permission in Permission}) - set(ACTIONS)
    assert len(asked) > 5
    assert (wrong, told, unnamed) == ({}, set(), set())
