"""Keys of the search index: `kind:id`."""

from __future__ import annotations


def document_key(document_id: str) -> str:
    return f"document:{document_id}"


def point_key(point_id: str) -> str:
    return f"point:{point_id}"


def citation_key(evidence_id: str) -> str:
    return f"citation:{evidence_id}"


def paper_key(paper_id: str) -> str:
    return f"paper:{paper_id}"


def initiative_key(initiative_id: str) -> str:
    return f"initiative:{initiative_id}"


def synthesis_key(synthesis_id: str) -> str:
    return f"synthesis:{synthesis_id}"


def difficulty_key(difficulty_id: str) -> str:
    return f"difficulty:{difficulty_id}"


def announcement_key(announcement_id: str) -> str:
    return f"announcement:{announcement_id}"


def unit_key(unit_id: str) -> str:
    return f"unit:{unit_id}"


def person_key(person_id: str) -> str:
    return f"person:{person_id}"


def split_key(key: str) -> tuple[str, str]:
    """(kind, id); both empty when it is no key."""
    kind, _, identity = key.partition(":")
    return (kind, identity) if identity else ("", "")
