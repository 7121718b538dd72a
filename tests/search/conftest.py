"""Both engines answer the same contract: every test that takes `engine` or `index` runs once for each."""

from pathlib import Path

import pytest

import search
from tests.search.searching import Fill, record


@pytest.fixture(params=["tantivy", "whoosh"])
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def index(tmp_path: Path, engine: str) -> search.Index:
    return search.open(tmp_path / "index", engine=engine)


@pytest.fixture
def filled(index: search.Index) -> Fill:
    """Puts records, or plain bodies under keys a, b, c…, into the index and returns it."""

    def fill(*records: search.Record | str) -> search.Index:
        with index.batch() as batch:
            for place, item in enumerate(records):
                batch.add(record(chr(ord("a") + place), item) if isinstance(item, str) else item)
        return index

    return fill
