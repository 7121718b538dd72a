"""Vietnamese full-text search in a folder: no server, no database, no web framework.

index = search.open(path)
with index.batch() as batch:
    batch.add(search.Record(key="d1", kind="evidence", title="…", body="…", viewer_keys=("everyone",)))
page = index.search("chuyen doi so", viewer_keys={"everyone"})
"""

from search.errors import EngineUnavailable, IndexBroken, IndexOutdated, SearchError, WriterBusy
from search.index import Batch, Index, rebuild
from search.index import open_index as open
from search.query import FieldFilter, Query, read_query
from search.record import DateRange, FilterValue, Record
from search.results import Hit, Page, Segments
from search.vietnamese import fold, normalise, without_marks

__all__ = [
    "Batch",
    "DateRange",
    "EngineUnavailable",
    "FieldFilter",
    "FilterValue",
    "Hit",
    "Index",
    "IndexBroken",
    "IndexOutdated",
    "Page",
    "Query",
    "Record",
    "SearchError",
    "Segments",
    "WriterBusy",
    "fold",
    "normalise",
    "open",
    "read_query",
    "rebuild",
    "without_marks",
]
