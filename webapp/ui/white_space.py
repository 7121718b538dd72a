"""Templates are laid out for who reads them; a page is sent without that layout.

Indentation is a quarter of a page otherwise: bytes that each request would join, escape from and send. A browser shows a
run of white space as one space wherever it stands outside `pre` and `textarea`, so one character of it is enough. Done
once, when a template is compiled; values are never touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

_RUN = re.compile(r"[ \t\r\n\f]+")
_KEPT = re.compile(r"<(/?)(?:pre|textarea)\b", re.IGNORECASE)


class CollapseLayout(Extension):
    """Each run of white space in the text of a template becomes one line break, or one space where it held none."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        kept = False
        for token in stream:
            if token.type != "data":
                yield token
                continue
            text, kept = _collapse(token.value, kept)
            yield Token(token.lineno, "data", text)


def _collapse(text: str, kept: bool) -> tuple[str, bool]:
    """The text without its layout, and whether it ends inside an element that shows white space as it stands."""
    parts, start = [], 0
    for tag in _KEPT.finditer(text):
        part = text[start : tag.start()]
        parts.append(part if kept else _RUN.sub(_one, part))
        start, kept = tag.start(), not tag[1]
    rest = text[start:]
    parts.append(rest if kept else _RUN.sub(_one, rest))
    return "".join(parts), kept


def _one(run: re.Match[str]) -> str:
    return "\n" if "\n" in run[0] else " "
