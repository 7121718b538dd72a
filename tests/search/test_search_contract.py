"""What every engine must do the same way."""

import pytest
from searching import EVERYONE, Fill, find, keys, record

import search


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


def test_any_spelling_of_the_accents(filled: Fill) -> None:
    index = filled("Ủy ban phường hòa giải quý một", "không liên quan")
    for query in ("uỷ ban", "ủy ban", "uy ban", "UỶ BAN", "hoà giải", "hoa giai", "hòa giải", "quý", "quy", "qúy"):
        assert find(index, query) == ["a"], query


def test_typed_accents_win_ties(filled: Fill) -> None:
    index = filled("nói về chuyên đội sổ ở đây", "nói về chuyển đổi số ở đây", "việc dang dở", "việc Đảng ủy")
    assert find(index, "chuyển đổi số") == ["b", "a"]
    assert find(index, "chuyên đội sổ") == ["a", "b"]
    assert find(index, "Đảng") == ["d", "c"]
    assert find(index, "đảng") == ["d", "c"]
    assert sorted(find(index, "dang")) == ["c", "d"]


def test_up_to_three_words_must_all_match_then_any(filled: Fill) -> None:
    index = filled("kế hoạch thi đua", "kế hoạch năm", "khen thưởng")
    page = index.search("kế hoạch đua", viewer_keys=EVERYONE)
    assert (keys(page), page.remarks) == (["a"], ())
    page = index.search("kế hoạch thưởng", viewer_keys=EVERYONE)
    assert sorted(keys(page)) == ["a", "b", "c"]
    assert page.remarks == ("Không có tài liệu nào chứa đủ các từ; đây là tài liệu chứa một phần.",)


def test_longer_queries_rank_the_fullest_first(filled: Fill) -> None:
    index = filled("phong trào văn nghệ", "phong trào thi đua yêu nước của phường", "phong trào thi đua của tỉnh")
    assert find(index, "phong trào thi đua yêu nước năm nay")[:2] == ["b", "c"]


def test_words_that_stand_together_rank_first(filled: Fill) -> None:
    index = filled("thi công rồi đua xe", "thi đua rồi công xe", "đua thi")
    assert find(index, "thi đua")[0] == "b"


def test_titles_count(filled: Fill) -> None:
    index = filled(record("a", "báo cáo khác", title="Thi đua"), record("b", "thi đua và báo cáo", title="Khác"))
    assert find(index, "thi đua") == ["a", "b"]
    assert find(index, '"thi đua"') == ["a", "b"]


def test_phrases(filled: Fill) -> None:
    index = filled("chuyển đổi số", "số chuyển đổi", "chuyển biến và đổi số")
    assert find(index, '"chuyển đổi số"') == ["a"]
    assert sorted(find(index, '"chuyen doi"')) == ["a", "b"]
    assert find(index, '"đổi số" biến') == ["c"]
    assert find(index, '"không có"') == []


def test_a_phrase_does_not_reach_from_title_to_body(filled: Fill) -> None:
    index = filled(record("a", "đua yêu nước", title="Phong trào thi"))
    assert find(index, '"thi đua"') == []


def test_exclusion(filled: Fill) -> None:
    index = filled("báo cáo nháp", "báo cáo chính thức", "báo cáo bản cũ", "báo cáo cũ bản")
    assert sorted(find(index, "báo cáo -nháp")) == ["b", "c", "d"]
    assert sorted(find(index, 'báo cáo -"bản cũ"')) == ["a", "b", "d"]
    assert find(index, "-báo") == []
    assert sorted(find(index, "-nháp -chính")) == ["c", "d"]


def test_the_last_word_while_typing(filled: Fill) -> None:
    index = filled("thi đua khen thưởng", "thi đấu")
    assert sorted(find(index, "thi đ", prefix_last=True)) == ["a", "b"]
    assert find(index, "khen thư", prefix_last=True) == ["a"]
    assert find(index, "thưở", prefix_last=True) == ["a"]
    assert find(index, "thưở") == find(index, "thưở ", prefix_last=True) == []


def test_one_edit_only_when_nothing_else_is_found(filled: Fill) -> None:
    index = filled("chuyển đổi số", "chuyến đò", "thưởng")
    page = index.search("chuyenn đổi số", viewer_keys=EVERYONE)
    assert keys(page) == ["a"]
    assert page.suggestion == "chuyển đổi số"
    assert page.remarks == ("Không thấy «chuyenn»; đã tìm chữ gần giống.",)
    assert find(index, "thuogn") == ["c"]
    assert find(index, "chuyển đò") == ["b"]
    assert find(index, "hoàntoànkhác") == []


def test_a_forgotten_space(filled: Fill) -> None:
    index = filled("phong trào thi đua", "khác")
    assert find(index, "thiđua") == ["a"]


def test_did_you_mean_puts_the_accents_back(filled: Fill) -> None:
    index = filled("Kế hoạch chuyển đổi số của phường", "Đảng ủy phường")
    assert index.search("chuyen doi so", viewer_keys=EVERYONE).suggestion == "chuyển đổi số"
    assert index.search("chuyển doi so", viewer_keys=EVERYONE).suggestion == "chuyển đổi số"
    assert index.search("chuyển đổi số", viewer_keys=EVERYONE).suggestion is None
    assert index.search('ke hoach "phường" -nháp', viewer_keys=EVERYONE).suggestion == 'kế hoạch "phường" -nháp'


def test_filters_and_facets(filled: Fill) -> None:
    index = filled(
        record("a", "báo cáo", kind="report", date="2024-05-01", facets={"unit": "u1", "year": 2024, "theme": (1, 2)}),
        record("b", "báo cáo", kind="report", date="2025-05-01", facets={"unit": "u2", "year": 2025, "theme": (2,)}),
        record("c", "báo cáo", kind="plan", facets={"unit": "u1", "year": 2025, "code": "2025"}),
    )
    assert sorted(find(index, "báo cáo", filters={"unit": "u1"})) == ["a", "c"]
    assert sorted(find(index, "báo cáo", filters={"unit": ["u1", "u2"], "year": 2025})) == ["b", "c"]
    assert sorted(find(index, "báo cáo", filters={"theme": 2})) == ["a", "b"]
    assert find(index, "báo cáo", filters={"kind": "plan"}) == ["c"]
    assert find(index, "báo cáo", filters={"unit": ()}) == []
    assert find(index, "báo cáo", filters={"nowhere": "x"}) == []
    assert find(index, "báo cáo", filters={"year": "2025"}) == []
    for wrong in (
        {"": 1},
        {"a.b": 1},
        {"date": "2025-05-01"},
        {"unit": search.DateRange()},
        {"date": search.DateRange("x")},
    ):
        with pytest.raises(ValueError, match=r"\w"):
            find(index, "báo cáo", filters=wrong)
    assert find(index, "báo cáo", filters={"code": "2025"}) == ["c"]
    assert find(index, "", filters={"date": search.DateRange("2024-06-01", None)}) == ["b"]
    assert find(index, "", filters={"date": search.DateRange("2024-05-01", "2024-05-01")}) == ["a"]
    assert sorted(find(index, "", filters={"date": search.DateRange()})) == ["a", "b"]
    page = index.search("báo cáo", viewer_keys=EVERYONE, facets=("kind", "unit", "year", "theme", "nowhere"), limit=1)
    assert page.total == 3
    assert page.facets == {
        "kind": {"report": 2, "plan": 1}, "unit": {"u1": 2, "u2": 1}, "year": {2025: 2, 2024: 1},
        "theme": {2: 2, 1: 1}, "nowhere": {},
    }  # fmt: skip
    assert list(page.facets["year"]) == [2025, 2024]
    page = index.search("báo cáo", viewer_keys=EVERYONE, facets=("unit",), filters={"year": 2025})
    assert page.facets == {"unit": {"u1": 1, "u2": 1}}


def test_odd_values_of_keys_and_facets(filled: Fill) -> None:
    odd = "a b\x1f'\"/đ:*\n"
    index = filled(record(odd, "báo cáo", kind=odd, viewer_keys=(odd,), facets={"unit": odd}))
    page = index.search("báo cáo", viewer_keys={odd}, filters={"unit": odd, "kind": odd}, facets=("unit",))
    assert (keys(page), page.facets) == ([odd], {"unit": {odd: 1}})
    assert list(index.keys()) == [odd]


def test_viewer_keys(filled: Fill) -> None:
    index = filled(
        record("a", "báo cáo", viewer_keys=("unit:1",)),
        record("b", "báo cáo", viewer_keys=("unit:2", "office")),
        record("c", "báo cáo", viewer_keys=()),
    )
    assert keys(index.search("báo cáo", viewer_keys={"unit:1"})) == ["a"]
    assert keys(index.search("báo cáo", viewer_keys={"office"})) == ["b"]
    assert sorted(keys(index.search("báo cáo", viewer_keys={"unit:1", "unit:2", "office"}))) == ["a", "b"]
    for query in ("báo cáo", "", '"báo cáo"', "-nháp", "bao"):
        for nobody in (set(), {"unit"}, {"unit:3"}):
            page = index.search(query, viewer_keys=nobody, facets=("kind",), prefix_last=True)
            assert (page.total, page.hits, page.facets, page.suggestion) == (0, (), {"kind": {}}, None)
    with pytest.raises(ValueError, match="viewer_keys"):
        index.search("báo cáo", viewer_keys="office")


def test_suggestions(filled: Fill) -> None:
    index = filled(
        record("a", "Phong trào thi đua yêu nước", title="Kế hoạch chuyển đổi số"),
        record("b", "Phong trào thi đua yêu nước", title="Kế hoạch chi tiêu"),
        record("c", "phong trào thi đua bí mật", title="Kế hoạch kín", viewer_keys=("office",)),
    )
    assert index.suggest("chuyển đ", EVERYONE) == ["chuyển đổi", "Kế hoạch chuyển đổi số"]
    assert set(index.suggest("ke ho", EVERYONE)) == {"kế hoạch", "Kế hoạch chuyển đổi số", "Kế hoạch chi tiêu"}
    assert index.suggest("thi đua", EVERYONE)[0] == "thi đua yêu nước"
    assert (
        index.suggest("của phường ta thi đ", EVERYONE)
        == ["của phường ta thi đua", "của phường ta thi đua yêu nước"][1:]
    )
    assert index.suggest("thi dua", EVERYONE)[0] == "thi đua yêu nước"
    assert "phong trào" not in index.suggest("phong trào", EVERYONE)
    assert index.suggest("kín", EVERYONE) == []
    assert index.suggest("bí m", EVERYONE) == []
    assert index.suggest("bí m", {"office"}) == ["bí mật"]
    assert index.suggest("ke", set()) == index.suggest("", EVERYONE) == index.suggest("ke", EVERYONE, limit=0) == []
    assert len(index.suggest("kế", EVERYONE, limit=1)) == 1


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


def test_answering_as_if_some_records_were_not_there(tmp_path, engine: str) -> None:
    shown = [
        record("a", "phong trào thi đua", title="Kế hoạch", facets={"year": 2025}),
        record("b", "thi đua khen thưởng", title="Báo cáo", facets={"year": 2026}),
        record("c", "phong trào thi đua quý một", title="Kế hoạch quý"),
    ]
    away = [
        record("x", "phong trào thi đua omega", title="Kế hoạch omega", facets={"year": 2025}),
        record("y", "thi đua", viewer_keys=("office",)),
    ]
    search.rebuild(tmp_path / "less", shown, engine=engine)
    search.rebuild(tmp_path / "more", [away[0], *shown, away[1]], engine=engine)
    less, more = (search.open(tmp_path / name, engine=engine) for name in ("less", "more"))
    without = {"x", "y", "never there"}
    for query in ("thi đua", "phong trao", "omegga", "omega", "", "kế hoạch omega thi đua khen", '"thi đua"'):
        for options in ({"facets": ("year", "kind")}, {"sort": "date", "limit": 2}, {"filters": {"year": 2025}}):
            asked = {"viewer_keys": EVERYONE, **options}
            assert more.search(query, **asked, without=without) == less.search(query, **asked), query
        assert more.suggest(query, EVERYONE, without=without) == less.suggest(query, EVERYONE), query
    text = "phong trào thi đua omega"
    alike = more.like(text, viewer_keys=EVERYONE, own="a", without=without)
    assert alike == less.like(text, viewer_keys=EVERYONE, own="a") and keys(alike)
    assert "x" in find(more, "omega") and more.suggest("ome", EVERYONE)
    # What the viewer could not find anyway changes nothing.
    assert more.search("thi đua", viewer_keys=EVERYONE, without={"y"}) == more.search("thi đua", viewer_keys=EVERYONE)


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


def test_a_document_number_in_a_phrase(filled: Fill) -> None:
    index = filled(
        "thực hiện kế hoạch theo nghị quyết 57-NQ/TW của trung ương",
        "thực hiện kế hoạch khác, theo quyết định; nghị quyết số 57NQTW",
        "theo nghị quyết 58-NQ/TW rồi đến 57-NQ/TW",
    )
    assert find(index, '"nghị quyết 57-NQ/TW"') == ["a"]
    assert find(index, '"nghị quyết 57 NQ TW"') == ["a"]
    assert find(index, '"nghị quyết số 57-nq/tw"') == ["b"]
    assert find(index, '"thực hiện kế hoạch theo nghị quyết 57NQTW của trung ương"') == ["a"]
    assert find(index, '"kế hoạch khác theo nghị quyết 57-NQ/TW"') == []
    assert find(index, '"rồi đến 57-NQ/TW"') == ["c"]
    assert sorted(find(index, '"57-NQ/TW"')) == ["a", "b", "c"]


def test_longer_questions_do_not_ask_for_words_of_nearly_all_papers(filled: Fill) -> None:
    index = filled(
        *(record(f"d{place}", f"việc của các phường số {place}") for place in range(110)),
        record("one", "việc của các phường omega"),
        record("two", "omega sigma"),
    )
    assert find(index, "việc của các phường omega") == ["one", "two"]
    # When there is nothing else to go by, all of them must be there.
    page = index.search("của các việc phường", viewer_keys=EVERYONE)
    assert page.total == 111
    assert page.remarks == ()
