"""Keys of the search index: `kind:id`."""

from __future__ import annotations


def search_key(kind: str, identity: str) -> str:
    return f"{kind}:{identity}"


def split_key(key: str) -> tuple[str, str]:
    """(kind, id); both empty when it is no key."""
    kind, _, identity = key.partition(":")
    return (kind, identity) if identity else ("", "")
