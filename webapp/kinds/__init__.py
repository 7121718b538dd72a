"""Kinds of records, each declared once, in `webapp/<slice>/kinds.py`.

A declaration says everything that the log, the search index, bags and the record of refusals need to know of a kind.
`register` finds the declarations by their place; a new kind is one declaration and nothing else.
"""

from webapp.kinds.keys import search_key, split_key
from webapp.kinds.kind import NO_PLACE, Address, Along, Bagged, Facets, Facts, Kind, Searched
from webapp.kinds.register import all_kinds, kind_named, kind_of, searched_kinds

__all__ = [
    "NO_PLACE",
    "Address",
    "Along",
    "Bagged",
    "Facets",
    "Facts",
    "Kind",
    "Searched",
    "all_kinds",
    "kind_named",
    "kind_of",
    "search_key",
    "searched_kinds",
    "split_key",
]
