"""Both engines: what is put in, replaced and removed; who may write; what cannot be indexed."""

import pytest

import search
from tests.search.searching import EVERYONE, Fill, find, record


def test_add_replace_remove(index: search.Index) -> None:
    with index.batch() as batch:
        batch.add(record("d1", "kế hoạch năm"))
        batch.add(record("d2", "báo cáo quý"))
    assert sorted(index.keys()) == ["d1", "d2"]
    with index.batch() as batch:
        batch.add(record("d1", "tờ trình"))
        batch.remove("d2")
        batch.remove("never there")
    assert (index.count(), list(index.keys())) == (1, ["d1"])
    assert find(index, "tờ trình") == ["d1"]
    assert find(index, "kế hoạch") == []


def test_the_last_change_of_a_batch_wins(index: search.Index) -> None:
    with index.batch() as batch:
        batch.add(record("a", "một"))
        batch.add(record("a", "hai"))
        batch.add(record("b", "ba"))
        batch.remove("b")
        batch.remove("c")
        batch.add(record("c", "bốn"))
    assert sorted(index.keys()) == ["a", "c"]
    assert find(index, "một") == []
    assert find(index, "hai") == ["a"]


def test_a_failing_batch_changes_nothing(filled: Fill) -> None:
    index = filled("kế hoạch")
    with pytest.raises(RuntimeError), index.batch() as batch:
        batch.add(record("x", "báo cáo"))
        batch.remove("a")
        raise RuntimeError
    assert list(index.keys()) == ["a"]
    with index.batch() as batch:
        batch.add(record("x", "báo cáo"))
    assert index.count() == 2


def test_a_second_writer_is_refused_and_the_next_is_not(index: search.Index, tmp_path, engine: str) -> None:
    other = search.open(tmp_path / "index", engine=engine)
    with index.batch() as batch:
        batch.add(record("a", "kế hoạch"))
        with pytest.raises(search.WriterBusy), other.batch():
            pass
        with pytest.raises(search.WriterBusy):
            search.rebuild(tmp_path / "index", [], engine=engine)
    with other.batch() as batch:
        batch.add(record("b", "kế hoạch"))
    assert other.count() == 2


def test_a_closed_batch_takes_nothing(index: search.Index) -> None:
    with index.batch() as batch:
        pass
    with pytest.raises(search.SearchError):
        batch.add(record("a"))


def test_hits_show_what_was_put_in(filled: Fill) -> None:
    index = filled(
        record("d1", "Nội dung\fthi đua", title="Kế hoạch", number="12/KH-UBND", date="2026-02-03", kind="plan")
    )
    (hit,) = index.search("thi đua", viewer_keys=EVERYONE).hits
    assert (hit.key, hit.kind, hit.title, hit.number, hit.date, hit.page) == (
        "d1", "plan", "Kế hoạch", "12/KH-UBND", "2026-02-03", 2,
    )  # fmt: skip
    assert hit.score > 0
    (bare,) = index.search("thi đua", viewer_keys=EVERYONE, snippets=False).hits
    assert (bare.snippet, bare.passages, bare.page) == ("", (), None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": ""},
        {"date": "hôm nay"},
        {"facets": {"Năm": 1}},
        {"facets": {"kind": "x"}},
        {"viewer_keys": "everyone"},
        {"key": "\ud800"},
        {"viewer_keys": ("x" * 5000,)},
    ],
)
def test_records_that_cannot_be_indexed_are_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        record(**{"key": "a", **wrong})
