"""Documents a text names, and who receives it."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.extract.process import parent, running
from archive.extract.understanding import citations, heading, recipients
from tests.archive.extract.office_samples import make_docx, read
from tests.support.bounded import bounded

PLAN = Path(__file__).resolve().parents[4] / "shared" / "plan" / "ke-hoach-long-my.md"
BASES = [
    "57-NQ/TW", "03/NQ-CP", "71/NQ-CP", "923/QĐ-TTg", "83-CTr/TU", "22-KH/TU", "123/KH-UBND", "46/KH-UBND", "208/KH-UBND",
]  # fmt: skip


def one(text: str) -> citations.Citation:
    found = citations.find([text])
    assert len(found) == 1, found
    return found[0]


@pytest.mark.skipif(not PLAN.exists(), reason="the plan is not on this machine")
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_the_nine_bases_of_the_real_plan(form: str) -> None:
    found = citations.find([unicodedata.normalize(form, PLAN.read_text(encoding="utf-8"))])
    assert [cited["number"] for cited in found if cited["relation"] == "basis"] == BASES
    assert all(cited["date"] and cited["issuer"] and cited["kind"] and cited["title"] for cited in found[:9])


@pytest.mark.parametrize(
    ("text", "number", "kind", "date", "issuer"),
    [
        ("theo Quyết định số 749/QĐ-TTg;", "749/QĐ-TTg", "Quyết định", None, None),
        ("Nghị quyết số 57-NQ/TW ngày 22/12/2024 của Bộ Chính trị đã nêu", "57-NQ/TW", "Nghị quyết", "2024-12-22", "Bộ Chính trị"),
        ("Nghị định 30/2020/NĐ-CP về công tác văn thư", "30/2020/NĐ-CP", "Nghị định", None, None),
        ("Luật số 33/2024/QH15", "33/2024/QH15", "Luật", None, None),
        ("Luật Khoa học và Công nghệ số 29/2013/QH13", "29/2013/QH13", "Luật", None, None),
        ("nghị quyết\nsố 57-\nNQ/TW ngày 22\ntháng 12 năm 2024", "57-NQ/TW", "Nghị quyết", "2024-12-22", None),
        ("Công văn số 5110/VPCP-KTTH ngày 31/02/2020", "5110/VPCP-KTTH", "Công văn", None, None),
        ("(57-NQ/TW)", "57-NQ/TW", "Nghị quyết", None, None),
        ("Kế hoạch số  28 /KH-UBND ngày 3.4.2026 của Ủy ban nhân dân\nphường Long Mỹ về việc gì", "28/KH-UBND", "Kế hoạch", "2026-04-03",
         "Ủy ban nhân dân phường Long Mỹ"),
    ],
)  # fmt: skip
def test_a_document_mentioned(text: str, number: str, kind: str | None, date: str | None, issuer: str | None) -> None:
    cited = one(f"I. MỞ ĐẦU\n{text}")
    assert (cited["number"], cited["kind"], cited["date"], cited["issuer"]) == (number, kind, date, issuer)
    assert cited["relation"] == "mention" and cited["page"] == 1


@pytest.mark.parametrize(
    "text", ["", "ngày 22/12/2024", "hồ sơ số 12/A", "tỷ lệ 5/10", "số 12", "1.234/QĐ", "A4-B5", "xã số 5-6"]
)
def test_what_is_no_citation(text: str) -> None:
    assert citations.find([f"I. MỞ ĐẦU\n{text}"]) == []


def test_relation_page_and_repetition() -> None:
    pages = [
        "ỦY BAN NHÂN DÂN\nSố: 12/KH-UBND\nKẾ HOẠCH\nTheo Luật số 33/2024/QH15; Nghị định số 30/2020/NĐ-CP ngày 05/3/2020;\n"
        "Thực hiện Kế hoạch số 46/KH-UBND của thành phố thực hiện Quyết định số 749/QĐ-TTg,\nỦy ban ban hành kế hoạch.",
        "I. MỤC ĐÍCH\nTheo Nghị quyết số 57-NQ/TW và Kế hoạch số 12/KH-UBND, Quyết định số 749/QĐ-TTg ngày 03/6/2020.",
    ]
    found = {cited["number"]: cited for cited in citations.find(pages, "12/KH-UBND")}
    assert {number: (cited["relation"], cited["page"]) for number, cited in found.items()} == {
        "33/2024/QH15": ("basis", 1), "30/2020/NĐ-CP": ("basis", 1), "46/KH-UBND": ("basis", 1),
        "749/QĐ-TTg": ("mention", 1), "57-NQ/TW": ("mention", 2),
    }  # fmt: skip
    assert found["749/QĐ-TTg"]["date"] == "2020-06-03"
    assert len(citations.find([" ".join(f"Quyết định số {n}/QĐ-TTg" for n in range(1, 400))])) == 200


RECEIVERS = "Nơi nhận:\n- Ủy ban nhân dân thành phố (để\nbáo cáo);\n– Như Điều 2;\nTM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH\n- Lưu: VT, VHXH.\nNguyễn Văn Chì"


def test_recipients() -> None:
    expected = ["Ủy ban nhân dân thành phố (để báo cáo)", "Như Điều 2", "Lưu: VT, VHXH"]
    assert recipients.find(RECEIVERS) == expected == heading.parse("", RECEIVERS)["suggestions"]["recipients"]
    assert recipients.find("Nơi nhận hồ sơ là bộ phận một cửa\n- không phải") == [] == recipients.find("")
    assert recipients.find("**Nơi nhận:**\n\n\\- A\n") in (["A"], [])


def test_an_extraction_has_them(tmp_path: Path) -> None:
    metadata = read(make_docx(tmp_path / "a.docx")).metadata
    found = metadata["citations"]
    assert isinstance(found, list) and [(cited["number"], cited["relation"]) for cited in found] == [
        ("46/KH-UBND", "basis")
    ]
    assert set(found[0]) == {"number", "kind", "date", "issuer", "title", "relation", "page"}


@pytest.mark.parametrize(
    "metadata",
    [
        b'"suggestions": {"recipients": "x"}',
        b'"suggestions": {"recipients": [1]}',
        b'"citations": {}',
        b'"citations": [{"number": "1"}]',
        b'"citations": [{"number": 1, "kind": null, "date": null, "issuer": null, "title": null, "relation": "basis", "page": 1}]',
        b'"citations": [{"number": "1", "kind": null, "date": null, "issuer": null, "title": null, "relation": "basis", "page": true}]',
        b'"entries": [{"name": "a", "size": "b"}]',
        b'"refused": [1]',
    ],
)
def test_the_childs_lists_are_not_trusted(metadata: bytes) -> None:
    output = b'{"status": "ok", "pages": [], "metadata": {"warnings": [], ' + metadata + b"}}"
    assert parent.answer_of(running.Ended(0, 0, output, "", None))["status"] == "crashed"


@given(st.text(), st.text())
def test_any_text_can_be_searched_for_citations(text: str, more: str) -> None:
    citations.find([text, more], text)
    recipients.find(f"Nơi nhận:\n- {text}")


@pytest.mark.parametrize(
    "text",
    ["Luật " * 20_000, "Căn cứ\n" * 20_000, "1/A-" * 20_000, "12/KH-UBND của a " * 5_000, "Luật a b c d " * 9_000],
)
def test_no_text_makes_the_search_grow_without_end(text: str) -> None:
    with bounded():
        citations.find([text])
