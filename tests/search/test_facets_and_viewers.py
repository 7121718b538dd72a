"""Both engines: filters, facets, who sees what, and what is suggested."""

import pytest

import search
from tests.search.searching import EVERYONE, Fill, find, keys, record


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
