"""The guide's Markdown as pages: `guide/<name>.md`, one file a page; `README.md` is the first, with links to all others.

Written so that it reads well as files too: links between pages are names of files, pictures are given by their place.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from search import fold

FIRST = "README"
FOLDER = Path(str(files("webapp.help"))) / "guide"
STATIC = FOLDER.parents[1] / "ui" / "static"
# Where pictures lie, as seen from a file of the guide.
TO_STATIC = "../../ui/static/"

# No HTML of its own; tables are the only addition to plain Markdown.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the second level; `anchor` is its id on the page."""

    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class GuidePage:
    """One page of the guide, ready to be shown; `body` comes without its title."""

    name: str
    title: str
    body: Markup
    headings: tuple[Heading, ...]


@cache
def list_names() -> tuple[str, ...]:
    """All pages but the first, by name."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.md") if path.stem != FIRST))


@lru_cache(maxsize=128)
def find_page(name: str, address: Callable[[str], str], picture: Callable[[str], str]) -> GuidePage | None:
    """The page of that name, or None. `address` gives the address of a page by its name, `picture` that of a static file.

    Worked out once for each name: the files do not change while the program runs.
    """
    if name != FIRST and name not in list_names():
        return None
    tokens = _MARKDOWN.parse((FOLDER / f"{name}.md").read_text(encoding="utf-8"))
    headings = _name_headings(tokens)
    for token in _inner(tokens):
        if token.type == "link_open":
            token.attrs["href"] = _target(str(token.attrs["href"]), address)
        elif token.type == "image":
            _place_picture(token, picture)
    title, body = _cut_title(tokens)
    shown = Markup(_MARKDOWN.renderer.render(body, _MARKDOWN.options, {}))  # noqa: S704  our own text, HTML is off
    return GuidePage(name, title, shown, headings)


def anchor_of(text: str) -> str:
    """Nộp nhiều tệp một lúc → nop-nhieu-tep-mot-luc."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")


def _inner(tokens: Sequence[Token]) -> list[Token]:
    return [inner for token in tokens for inner in token.children or []]


def _name_headings(tokens: Sequence[Token]) -> tuple[Heading, ...]:
    found = []
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag != "h1":
            text = _words(tokens[place + 1])
            token.attrs["id"] = anchor_of(text)
            if token.tag == "h2":
                found.append(Heading(anchor_of(text), text))
    return tuple(found)


def _words(inline: Token) -> str:
    return "".join(child.content for child in inline.children or [])


def _target(href: str, address: Callable[[str], str]) -> str:
    """tim-kiem.md#loc → the address of that page; anything else stays."""
    name, dot, rest = href.partition(".md")
    return address(name) + rest if dot else href


def _place_picture(token: Token, picture: Callable[[str], str]) -> None:
    name = str(token.attrs["src"]).removeprefix(TO_STATIC)
    width, height = _size(STATIC / name)
    # With its size the page does not jump when the picture comes.
    token.attrs.update(src=picture(name), width=width, height=height, loading="lazy")


def _size(path: Path) -> tuple[int, int]:
    """Width and height of a PNG, from its head."""
    with path.open("rb") as stream:
        width, height = struct.unpack(">II", stream.read(24)[16:])
    return width, height


def _cut_title(tokens: Sequence[Token]) -> tuple[str, Sequence[Token]]:
    """Every page begins with its title."""
    assert tokens[0].tag == "h1"
    return _words(tokens[1]), tokens[3:]
