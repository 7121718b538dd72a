"""Engine-neutral questions: which documents match, and what each found term is worth."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from search.record import DateRange, FacetValue, FilterValue, checked_name

WORDS, TITLE_WORDS, NUMBERS, WEIGHTS = "words", "title_words", "numbers", "weights"
"""Names of the searchable fields, the same in every engine (see analysis.Entry)."""


@dataclass(frozen=True, slots=True)
class Everything:
    """Every document."""


@dataclass(frozen=True, slots=True)
class Term:
    """Documents holding any one of these terms in the field."""

    field: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prefix:
    """Documents holding a term that begins so."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Near:
    """Documents holding a term at most one edit away (insert, delete, replace, swap of neighbours)."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Documents holding these terms, two or more, one after the other."""

    field: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Documents matching at least `minimum` of `nodes` (all of them, any of them) and none of `without`."""

    minimum: int
    nodes: tuple["Node", ...]
    without: tuple["Node", ...] = ()


Node = Everything | Term | Prefix | Near | Phrase | AtLeast


@dataclass(frozen=True, slots=True)
class Worth:
    """What documents holding `term` in WEIGHTS (or matching `node`) gain; multiples of 1/1024 so sums are exact."""

    term: str
    points: float


@dataclass(frozen=True, slots=True)
class Access:
    """Who asks, and within which values: facet name -> any of these; dates inclusive; no document of keys `without`."""

    viewer_keys: frozenset[str]
    filters: Mapping[str, tuple[FacetValue, ...]] = field(default_factory=dict)
    dates: DateRange | None = None
    without: frozenset[str] = frozenset()


def every(*nodes: Node) -> Node:
    """All of them."""
    return nodes[0] if len(nodes) == 1 else AtLeast(len(nodes), nodes)


def either(*nodes: Node) -> Node:
    """Any of them."""
    return nodes[0] if len(nodes) == 1 else AtLeast(1, nodes)


def access_for(viewer_keys: Collection[str], filters: Mapping[str, FilterValue]) -> Access:
    """ValueError for filters no record can have."""
    if isinstance(viewer_keys, str):
        raise ValueError("viewer_keys phải là một tập chuỗi, không phải một chuỗi")
    plain: dict[str, tuple[FacetValue, ...]] = {}
    dates = None
    for name, value in filters.items():
        if isinstance(value, DateRange) != (name == "date"):
            raise ValueError("«date» lọc bằng DateRange, và chỉ «date»")
        if isinstance(value, DateRange):
            value.bounds()
            dates = value
        else:
            plain[checked_name(name)] = (value,) if isinstance(value, str | int) else tuple(value)
    return Access(frozenset(viewer_keys), plain, dates)
