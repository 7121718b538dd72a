"""Short ways to say what the tests of this folder say often."""

from collections.abc import Callable

import search

EVERYONE = {"everyone"}
Fill = Callable[..., search.Index]


def record(key: str, body: str = "", title: str = "", **more: object) -> search.Record:
    more.setdefault("viewer_keys", ("everyone",))
    more.setdefault("kind", "evidence")
    return search.Record(key=key, title=title, body=body, **more)


def keys(page: search.Page) -> list[str]:
    return [hit.key for hit in page.hits]


def find(index: search.Index, query: str, **more: object) -> list[str]:
    """Keys of the hits, best first, as everybody sees them."""
    return keys(index.search(query, viewer_keys=EVERYONE, **more))
