"""From what an engine found to what people see: hits with marked titles and passages, facets in one order."""

from collections.abc import Mapping

from search.planning import Step
from search.query import Query
from search.record import FacetValue
from search.results import Hit, plain_snippet, plain_text
from search.snippets import Wanted, highlight, passages


def wanted_marks(query: Query, rarity: Mapping[str, float], step: Step, prefix_last: bool) -> Wanted:
    """What to mark in titles and bodies for this query, answered by this step."""
    row = [*query.row, *(token for piece in query.phrases for token in piece.words)]
    typed: dict[str, frozenset[str]] = {}
    for token in row:
        if token.exact != token.folded:
            typed[token.folded] = typed.get(token.folded, frozenset()) | {token.exact}
    numbers = [number for number in query.numbers if number.certain]
    ends_open = prefix_last and bool(query.row) and query.row[-1].end == len(query.text)
    return Wanted(
        rarity={word: value for word, value in rarity.items() if word not in step.tolerant},
        typed=typed,
        numbers=frozenset(number.joined for number in numbers),
        open_numbers=tuple(number.joined for number in numbers if not number.complete or step.remark),
        prefix=query.row[-1].folded if ends_open else None,
        near=step.tolerant,
    )


def show_hit(score: float, shown: Mapping[str, str | None], wanted: Wanted, snippets: bool) -> Hit:
    """A hit from what the index keeps of a record."""
    title, body = shown["title"] or "", shown["body"] or ""
    parts, first = passages(body, wanted) if snippets else ((), 0)
    page = body.count("\f", 0, first) + 1 if snippets and "\f" in body else None
    snippet = plain_snippet(parts)
    if snippet:
        ends = snippet.rstrip("*").endswith((".", "!", "?", ";", ":")) or len(plain_text(parts[-1])) >= len(
            body.strip()
        )
        snippet = f"{'… ' if first > 0 else ''}{snippet.rstrip()}{'' if ends else ' …'}"
    return Hit(
        key=shown["key"] or "",
        kind=shown["kind"] or "",
        score=score,
        title=title,
        title_segments=highlight(title, wanted),
        snippet=snippet,
        passages=parts,
        page=page,
        number=shown["number"],
        date=shown["date"],
    )


def ordered_facets(facets: Mapping[str, Mapping[FacetValue, int]]) -> dict[str, dict[FacetValue, int]]:
    """Most frequent values first, the same way from every engine."""
    return {
        name: dict(sorted(counts.items(), key=lambda item: (-item[1], isinstance(item[0], str), item[0])))
        for name, counts in facets.items()
    }
