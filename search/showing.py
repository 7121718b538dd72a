"""From what an engine found to what people see: hits with marked titles and passages, facets in one order."""

from collections.abc import Mapping, Sequence

from search.planning import Count, Step, words_node
from search.query import Query
from search.record import FacetValue
from search.results import Hit, plain_snippet, plain_text
from search.short_forms import Also
from search.snippets import Wanted, found_through, highlight, passages, typed_forms


def wanted_marks(
    query: Query, rarity: Mapping[str, float], step: Step, prefix_last: bool, also: Sequence[Also] = ()
) -> Wanted:
    """What to mark in titles and bodies for this query, answered by this step."""
    row = [*query.row, *(token for piece in query.phrases for token in piece.words)]
    numbers = [number for number in query.numbers if number.certain]
    ends_open = prefix_last and bool(query.row) and query.row[-1].end == len(query.text)
    return Wanted(
        rarity={word: value for word, value in rarity.items() if word not in step.tolerant},
        typed=typed_forms(row),
        numbers=frozenset(number.joined for number in numbers),
        open_numbers=(
            *(number.joined for number in numbers if not number.complete or step.remark),
            *(value.number for value in query.values if value.number),
        ),
        values=frozenset(value.joined for value in query.values) | frozenset(filter(str.isdigit, rarity)),
        prefixes=query.row[-1].beginnings if ends_open else (),
        near=step.tolerant,
        also=tuple(dict.fromkeys(also)),
    )


def said_also(also: Sequence[Also], count: Count) -> tuple[str, ...]:
    """What was asked for beside the words typed, where papers the viewer may see hold it."""
    found: dict[str, None] = {}
    for other in also:
        if count(words_node(other.form.words)):
            found[other.form.shown] = None
    if not found:
        return ()
    return (f"Đã tìm cả {', '.join(f'«{shown}»' for shown in found)}.",)


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
        reason=found_through(title, body, wanted),
    )


def ordered_facets(facets: Mapping[str, Mapping[FacetValue, int]]) -> dict[str, dict[FacetValue, int]]:
    """Most frequent values first, the same way from every engine."""
    return {
        name: dict(sorted(counts.items(), key=lambda item: (-item[1], isinstance(item[0], str), item[0])))
        for name, counts in facets.items()
    }
