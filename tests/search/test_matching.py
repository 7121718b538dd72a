"""Both engines: which records match the words, phrases and numbers that were typed."""

from tests.search.searching import EVERYONE, Fill, find, keys, record


def test_any_spelling_of_the_accents(filled: Fill) -> None:
    index = filled("Ủy ban phường hòa giải quý một", "không liên quan")
    for query in ("uỷ ban", "ủy ban", "uy ban", "UỶ BAN", "hoà giải", "hoa giai", "hòa giải", "quý", "quy", "qúy"):
        assert find(index, query) == ["a"], query


def test_up_to_three_words_must_all_match_then_any(filled: Fill) -> None:
    index = filled("kế hoạch thi đua", "kế hoạch năm", "khen thưởng")
    page = index.search("kế hoạch đua", viewer_keys=EVERYONE)
    assert (keys(page), page.remarks) == (["a"], ())
    page = index.search("kế hoạch thưởng", viewer_keys=EVERYONE)
    assert sorted(keys(page)) == ["a", "b", "c"]
    assert page.remarks == ("Không có tài liệu nào chứa đủ các từ; đây là tài liệu chứa một phần.",)


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
