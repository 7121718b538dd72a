"""Two worlds that differ only in what the viewer may not see give the same answers to the last digit.

Scores included: they are made from the viewer's own documents, so nothing has to be left out of the comparison.
"""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import search
from tests.search.searching import keys, record

pytestmark = pytest.mark.long(30)

WORDS = [
    "thi",
    "đua",
    "khen",
    "thưởng",
    "chuyển",
    "đổi",
    "số",
    "chuyên",
    "đội",
    "sổ",
    "Đảng",
    "dang",
    "dở",
    "kế",
    "hoạch",
    "57-NQ/TW",
    "157-NQ/TW",
    "bí",
    "mật",
    "quý",
]
TEXT = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)
QUERIES = [
    "thi đua", "chuyen doi so", "Đảng", "kế hoạch bí mật", "thi đua khen thưởng chuyển đổi số", '"đổi số"', "57-NQ", "57-NQ/TW",
    "bi mat", "thuogn", "hoachh", "ddooir", "bis maatj", "thiđua", "-đua", "", "số:57-NQ/TW", "b",
]  # fmt: skip
SEEN, HIDDEN = ("mine",), ("theirs",)


def documents(viewers: tuple[str, ...], prefix: str, most: int) -> st.SearchStrategy[list[search.Record]]:
    one = st.builds(
        lambda title, body, year, number: record(
            "?", body, title=title, viewer_keys=viewers, number=number, facets={"year": year}, date=f"{year}-01-01"
        ),
        TEXT,
        TEXT,
        st.integers(2023, 2025),
        st.sampled_from([None, "57-NQ/TW", "12/KH-UBND"]),
    )
    return st.lists(one, max_size=most).map(
        lambda found: [
            search.Record(
                f"{prefix}{place}",
                item.kind,
                item.title,
                item.body,
                item.number,
                item.date,
                item.viewer_keys,
                item.facets,
            )
            for place, item in enumerate(found)
        ]
    )


def answers(engine: str, records: list[search.Record], removed: list[str]) -> list[object]:
    with tempfile.TemporaryDirectory() as folder:
        index = search.open(Path(folder) / "i", engine=engine)
        with index.batch() as batch:
            for item in records:
                batch.add(item)
        if removed:
            with index.batch() as batch:
                for key in removed:
                    batch.remove(key)
        found: list[object] = []
        for query in QUERIES:
            for more in ({}, {"prefix_last": True, "limit": 2}, {"sort": "date"}, {"filters": {"year": 2024}}):
                page = index.search(query, viewer_keys={"mine"}, facets=("year", "kind"), **more)
                assert all(key.startswith("v") for key in keys(page))
                found.append((query, repr(page)))
            found.append((query, index.suggest(query, {"mine"})))
        return found


@pytest.mark.parametrize(("engine", "examples"), [("tantivy", 25), ("whoosh", 10)])
def test_hidden_documents_change_nothing(engine: str, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(documents(SEEN, "v", 8), documents(HIDDEN, "h", 10), st.booleans())
    def check(visible: list[search.Record], hidden: list[search.Record], removed: bool) -> None:
        mixed = [item for pair in zip(hidden, visible, strict=False) for item in pair]
        mixed += visible[len(hidden) :] + hidden[len(visible) :]
        gone = [item.key for item in hidden[::2]] if removed else []
        assert answers(engine, visible, []) == answers(engine, mixed, gone)

    check()


def test_rarity_is_counted_among_visible_documents(tmp_path: Path) -> None:
    """With rarity over all documents the hidden ones would turn this order round."""
    visible = [record("a", "hiếm và thường " * 2, viewer_keys=SEEN), record("b", "thường " * 3, viewer_keys=SEEN)]
    hidden = [record(f"h{place}", "hiếm", viewer_keys=HIDDEN) for place in range(50)]
    for name, records in (("without", visible), ("with", visible + hidden)):
        search.rebuild(tmp_path / name, records)
    pages = [search.open(tmp_path / name).search("hiếm thường", viewer_keys=SEEN) for name in ("without", "with")]
    assert pages[0] == pages[1]
