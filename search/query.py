"""Reading what people type. Every text is a query: what cannot be understood is searched for as words.

"cụm từ" (also “ ” and « »), -loại, số:57-NQ/TW, năm:2025, đơn vị:"…", tiêu chí:III.1.đ, loại:kế hoạch. Field names
are read with or without accents.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from search.numbers import Number, find_numbers
from search.record import FilterValue
from search.values import Value, find_values
from search.vietnamese import Token, fold, tokens

LONGEST_QUERY = 1000
MOST_SYLLABLES = 48

FIELD_NAMES = {"so": "number", "don vi": "unit", "tieu chi": "criterion", "nam": "year", "loai": "kind"}
_SHOWN = {"number": "số", "unit": "đơn vị", "criterion": "tiêu chí", "year": "năm", "kind": "loại"}
_FIELD = re.compile(
    r"(?<!\S)(số|so|năm|nam|loại|loai|(?:đơn|don)[ _]?(?:vị|vi)|(?:tiêu|tieu)[ _]?(?:chí|chi)):[ ]?",
    re.IGNORECASE,
)
_VALUE = re.compile(r'"([^"]*)"|(\S+)')
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_PHRASE = re.compile(r'(?<!\S)(-?)"([^"]*)"|"([^"]*)"')
_WITHOUT = re.compile(r"(?<!\S)[-\u2013](?=[^\W_])(\S+)")


@dataclass(frozen=True, slots=True)
class FieldFilter:
    """`năm:2025` as name="year", value="2025"; names are the values of FIELD_NAMES."""

    name: str
    value: str

    def __str__(self) -> str:
        return f"{_SHOWN[self.name]}:{self.value}"


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that belong together: a quoted phrase, or an excluded word. May hold a document number."""

    words: tuple[Token, ...]
    numbers: tuple[Number, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A query understood.

    text: as typed, NFC, quotes unified. row: free syllables in order, without those inside numbers and values.
    numbers: document numbers meant. values: amounts and days. phrases must be there, `without` must not. fields: for the caller to apply.
    """

    text: str
    row: tuple[Token, ...] = ()
    numbers: tuple[Number, ...] = ()
    values: tuple[Value, ...] = ()
    phrases: tuple[Piece, ...] = ()
    without: tuple[Piece, ...] = ()
    fields: tuple[FieldFilter, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing was typed that could be searched for."""
        return not (self.row or self.numbers or self.values or self.phrases or self.without or self.fields)

    def without_fields(self, names: Collection[str]) -> "Query":
        """The same query when the caller has turned these field filters into `filters`."""
        return replace(self, fields=tuple(item for item in self.fields if item.name not in names))


def read_query(text: str) -> Query:
    """Understands any text; never raises."""
    remarks: list[str] = []
    if len(text) > LONGEST_QUERY:
        text = text[:LONGEST_QUERY]
        remarks.append(f"Câu tìm quá dài; chỉ dùng {LONGEST_QUERY} ký tự đầu.")
    text = unicodedata.normalize("NFC", text).translate(_QUOTES)
    free, fields = _take_fields(text)
    phrases: list[Piece] = []
    without: list[Piece] = []
    for match in list(_PHRASE.finditer(free)):
        minus, first, second = match.groups()
        piece = _piece(first if first is not None else second)
        if piece:
            (without if minus else phrases).append(piece)
        free = _blank(free, *match.span())
    numbered = find_numbers(free)
    for match in list(_WITHOUT.finditer(free)):
        if any(number.start < match.start() < number.end for number in numbered):
            continue
        piece = _piece(match.group(1))
        if piece:
            without.append(piece)
            free = _blank(free, *match.span())
    numbers = find_numbers(free)
    meant = [number for number in numbers if number.certain]
    values = [
        one for one in find_values(free) if not any(item.start < one.end and one.start < item.end for item in meant)
    ]
    taken = [(item.start, item.end) for item in meant] + [(item.start, item.end) for item in values]
    row = [token for token in tokens(free) if not any(start <= token.start < end for start, end in taken)]
    if len(row) > MOST_SYLLABLES:
        row = row[:MOST_SYLLABLES]
        remarks.append(f"Câu tìm có nhiều từ; chỉ dùng {MOST_SYLLABLES} tiếng đầu.")
    query = Query(
        text,
        row=tuple(row),
        numbers=tuple(numbers),
        values=tuple(values),
        phrases=tuple(phrases),
        without=tuple(without),
        fields=tuple(fields),
        remarks=tuple(remarks),
    )
    if query.is_empty and text.strip():
        query = replace(query, remarks=(*remarks, "Không có chữ hay số nào để tìm."))
    return query


def with_fields(query: Query, filters: Mapping[str, FilterValue]) -> tuple[dict[str, FilterValue], list[str]]:
    """Filters with those fields of the query that can be applied here, and remarks about the others."""
    chosen = dict(filters)
    remarks: list[str] = []
    for item in query.fields:
        if item.name == "year" and item.value.isdecimal() and len(item.value) == 4:
            chosen.setdefault("year", int(item.value))
        elif item.name != "number":
            remarks.append(f"Không hiểu bộ lọc «{item}»; đã bỏ qua.")
    return chosen, remarks


def _take_fields(text: str) -> tuple[str, list[FieldFilter]]:
    fields: list[FieldFilter] = []
    start = 0
    while match := _FIELD.search(text, start):
        start = match.end()
        name = FIELD_NAMES[_field_key(match.group(1))]
        value = _VALUE.match(text, start)
        if not value:
            continue
        end = value.end()
        shown = value.group(1) if value.group(1) is not None else value.group(2)
        if name == "number":
            whole = [number for number in find_numbers(text[start:]) if number.start == 0]
            if whole:
                end = max(end, start + whole[0].end) if value.group(1) is not None else start + whole[0].end
                shown = text[start : start + whole[0].end]
        if not tokens(shown):
            continue
        fields.append(FieldFilter(name, shown.strip()))
        text = _blank(text, match.start(), end)
        start = end
    return text, fields


def _field_key(name: str) -> str:
    folded = fold(name).replace("_", " ")
    return {"donvi": "don vi", "tieuchi": "tieu chi"}.get(folded, folded)


def _piece(text: str) -> Piece | None:
    words = tuple(tokens(text)[:MOST_SYLLABLES])
    return Piece(words, tuple(find_numbers(text))) if words else None


def _blank(text: str, start: int, end: int) -> str:
    """Same length, so that places in the text stay true."""
    return text[:start] + " " * (end - start) + text[end:]
