"""Both engines: which hit comes first, and pages that lose none."""

import pytest

import search
from tests.search.searching import EVERYONE, Fill, find, record


def test_typed_accents_win_ties(filled: Fill) -> None:
    index = filled("nói về chuyên đội sổ ở đây", "nói về chuyển đổi số ở đây", "việc dang dở", "việc Đảng ủy")
    assert find(index, "chuyển đổi số") == ["b", "a"]
    assert find(index, "chuyên đội sổ") == ["a", "b"]
    assert find(index, "Đảng") == ["d", "c"]
    assert find(index, "đảng") == ["d", "c"]
    assert sorted(find(index, "dang")) == ["c", "d"]


def test_longer_queries_rank_the_fullest_first(filled: Fill) -> None:
    index = filled("phong trào văn nghệ", "phong trào thi đua yêu nước của phường", "phong trào thi đua của tỉnh")
    assert find(index, "phong trào thi đua yêu nước năm nay")[:2] == ["b", "c"]


def test_words_that_stand_together_rank_first(filled: Fill) -> None:
    index = filled("thi công rồi đua xe", "thi đua rồi công xe", "đua thi")
    assert find(index, "thi đua")[0] == "b"


def test_paging_never_repeats_or_loses_a_hit(filled: Fill) -> None:
    index = filled(
        *(record(f"d{place}", "thi đua " * (place % 3 + 1), date=f"20{10 + place % 4}-01-01") for place in range(57))
    )
    for sort in ("relevance", "date"):
        whole = find(index, "thi đua", limit=100, sort=sort)
        assert len(set(whole)) == 57
        pages = [find(index, "thi đua", limit=10, offset=start, sort=sort) for start in range(0, 70, 10)]
        assert [key for page in pages for key in page] == whole
    assert find(index, "thi đua", limit=0) == find(index, "thi đua", offset=57) == []
    with pytest.raises(ValueError, match="âm"):
        find(index, "thi", limit=-1)


def test_newest_first(filled: Fill) -> None:
    index = filled(
        record("old", "thi đua thi đua thi đua", date="2020-01-31"),
        record("new", "thi đua và việc khác", date="2026-07-01"),
        record("undated", "thi đua"),
        record("middle", "thi đua", date="2023-12-01T10:00:00"),
    )
    assert find(index, "thi đua", sort="date") == ["new", "middle", "old", "undated"]
    assert find(index, "") == ["new", "middle", "old", "undated"]
    with pytest.raises(ValueError, match="sắp xếp"):
        find(index, "thi đua", sort="size")


def test_engines_agree_to_the_last_digit(tmp_path) -> None:
    bodies = [f"thi đua {'khen thưởng ' * (place % 5)}số {place} kế hoạch {place % 7}" for place in range(40)]
    answers = []
    for engine in ("tantivy", "whoosh"):
        index = search.open(tmp_path / engine, engine=engine)
        with index.batch() as batch:
            for place, body in enumerate(bodies):
                batch.add(record(f"d{place}", body, title=f"Bản {place % 3}", facets={"year": 2020 + place % 4}))
        answers.append(
            [
                index.search(query, viewer_keys=EVERYONE, facets=("year",), limit=30)
                for query in (
                    "thi đua",
                    "ke hoach khen",
                    "khen thưởng thi đua số 3 kế hoạch",
                    '"đua khen"',
                    "thươgn",
                    "bản 2",
                )
            ]
        )
    assert answers[0] == answers[1]


def test_the_newest_of_many_that_score_the_same_come_first(filled: Fill, monkeypatch: pytest.MonkeyPatch) -> None:
    from search.engines import tantivy_engine

    monkeypatch.setattr(tantivy_engine, "_TIES_AMONG", 5)
    places = range(120)
    # Nine in ten of the newest score less, so the first look among the newest is not enough.
    index = filled(
        *(
            record(
                f"d{place}",
                "đua" if place % 10 == 3 else "đua " + "việc " * 40,
                date=f"2026-{place // 28 + 1:02}-{place % 28 + 1:02}",
            )
            for place in places
        )
    )
    best = [f"d{place}" for place in reversed(places) if place % 10 == 3]
    rest = [f"d{place}" for place in reversed(places) if place % 10 != 3]
    for end in (1, 3, len(best), len(best) + 5, 120):
        assert find(index, "đua", limit=end) == [*best, *rest][:end]
    assert find(index, "đua", limit=4, offset=3) == best[3:7]
