"""The real plan: everything its text says, the same from markdown, Word, PDF and wrapped text."""

from __future__ import annotations

import dataclasses
import re
import textwrap
import unicodedata
from collections.abc import Callable
from pathlib import Path

import docx
import fpdf
import pytest

from tests.webapp.movement.reading.plan_documents import FONT
from tests.webapp.movement.reading.reading import codes, criteria, doubted, read_file
from webapp.movement.reading import LegalBasis, Milestone, PhaseReading, PlanReading, looks_like_a_plan, read_plan

PLAN = Path(__file__).parents[5] / "shared" / "plan" / "ke-hoach-long-my.md"
pytestmark = pytest.mark.skipif(not PLAN.exists(), reason=f"the real plan is not beside the repository ({PLAN})")


@pytest.fixture(scope="module")
def text() -> str:
    return PLAN.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def reading(text: str) -> PlanReading:
    return read_plan(text)


def test_head_and_signature(reading: PlanReading) -> None:
    assert reading.number is None and reading.date is None
    assert {"number", "date"} <= set(doubted(reading))
    assert (reading.place, reading.kind, reading.signer) == ("Long Mỹ", "Kế hoạch", "Nguyễn Văn Chì")
    assert reading.issuer == "Ủy ban nhân dân phường Long Mỹ"
    assert reading.abstract == (
        "Triển khai Phong trào thi đua “Cả nước thi đua đổi mới sáng tạo và chuyển đổi số” trên địa bàn phường Long Mỹ, "
        "giai đoạn 2026-2030"
    )
    assert looks_like_a_plan(reading) is None


def test_nine_legal_bases(reading: PlanReading) -> None:
    ward = "Ủy ban nhân dân thành phố Cần Thơ"
    expected = [
        ("Nghị quyết", "57-NQ/TW", "2024-12-22", "Bộ Chính trị", "implements"),
        ("Nghị quyết", "03/NQ-CP", "2025-01-09", "Chính phủ", "issues"),
        ("Nghị quyết", "71/NQ-CP", "2025-04-01", "Chính phủ", "amends"),
        ("Quyết định", "923/QĐ-TTg", "2025-05-14", "Thủ tướng Chính phủ", "issues"),
        ("Chương trình", "83-CTr/TU", "2025-02-24", "Thành ủy Cần Thơ", "implements"),
        ("Kế hoạch", "22-KH/TU", "2025-09-09", "Thành ủy Cần Thơ", "implements"),
        ("Kế hoạch", "123/KH-UBND", "2025-05-30", ward, "implements"),
        ("Kế hoạch", "46/KH-UBND", "2025-08-25", ward, "implements"),
        ("Kế hoạch", "208/KH-UBND", "2025-12-24", ward, "implements"),
    ]
    found = [(b.kind, b.number, b.date, b.issuer, b.relation) for b in reading.legal_bases]
    assert found == expected
    # The plan coins a short name for all but the last.
    assert [b.abbreviation for b in reading.legal_bases] == [
        f"{b.kind} số {b.number}" for b in reading.legal_bases[:8]
    ] + [""]
    first, eighth = reading.legal_bases[0], reading.legal_bases[7]
    assert first.title == "về đột phá phát triển khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số quốc gia"
    assert "ngày 01 tháng 4 năm 2025 của Chính phủ sửa đổi" in eighth.title


def test_phases_deadline_and_milestones(reading: PlanReading) -> None:
    assert reading.phases == (
        PhaseReading(name="Giai đoạn 1", first_year=2026, last_year=2027),
        PhaseReading(name="Giai đoạn 2", first_year=2028, last_year=2030),
    )
    (deadline,) = reading.deadlines
    assert (deadline.point, deadline.month, deadline.day, deadline.exclusive) == ("V.5", 12, 5, True)
    assert deadline.what.startswith("Định kỳ trước ngày 05 tháng 12 hàng năm, cơ quan, đơn vị báo cáo")
    assert reading.milestones == (
        Milestone(point="IV.1", what="Khen thưởng hàng năm và khen thưởng sơ kết vào năm 2027", year=2027),
        Milestone(point="IV.2", what="Khen thưởng tổng kết vào năm 2030", year=2030),
    )


def test_themes_and_criteria_with_their_letters_as_read(reading: PlanReading) -> None:
    assert [theme.code for theme in reading.themes] == [f"II.2.{letter}" for letter in "abcdđe"]
    assert reading.themes[4].text.startswith("Thi đua phát triển xã hội số. Nâng cao chất lượng giáo dục")
    assert reading.themes[5].text.endswith("trên địa bàn phường,....;")
    assert criteria(reading) == {
        "III.1": [f"III.1.{letter}" for letter in "abcdđegh"],
        "III.2": ["III.2.a", "III.2.b"],
        "III.3": ["III.3.a", "III.3.b", "III.3.c"],
        "III.4": ["III.4.a", "III.4.b"],
    }
    assert [group.title for group in reading.criteria_groups][2:] == ["Đối với doanh nghiệp", "Đối với cá nhân"]
    assert reading.criteria_groups[0].criteria[-1].text == (
        "Bảo đảm an ninh dữ liệu, an toàn thông tin trong quá trình chuyển đổi số."
    )


def test_broken_paragraphs_are_whole_and_slips_are_only_marked(reading: PlanReading) -> None:
    texts = {point.code: point.text for point in reading.points}
    assert "trong việc phổ biển, tuyên truyền" in texts["III.2.a"]
    assert "rút kinh nghiệm vào năm 2027 để" in texts["II.4.a"]
    assert "đề nghị Chủ tịch Ủy ban nhân dân phường khen thưởng" in texts["IV.1"]
    marks = {doubt.where: doubt.what for doubt in reading.doubts}
    assert "nối lại" in marks["IV.1"] and "phổ biến" in marks["III.2.a"] and "VHXXH" in marks["recipients"]


def test_duties_say_who(reading: PlanReading) -> None:
    found = [(duty.code, duty.who) for duty in reading.duties]
    front = "Ủy ban Mặt trận Tổ quốc Việt Nam, các tổ chức chính trị - xã hội, các tổ chức xã hội - nghề nghiệp phường"
    assert found == [
        *((f"V.1.{letter}", "Phòng Văn hóa – Xã hội") for letter in "abcdef"),
        ("V.2.a", front),
        ("V.2.b", front),
        ("V.3", "Các doanh nghiệp"),
        ("V.4", "Hội đồng Thi đua - Khen thưởng phường"),
        ("V.5", "cơ quan, đơn vị"),
    ]


def test_points_recipients_preamble_and_closing(reading: PlanReading) -> None:
    assert codes(reading)[:5] == ["I", "I.1", "I.1.a", "I.1.b", "I.1.c"] and codes(reading)[-1] == "V.5"
    assert len(reading.points) == 65 and {point.level for point in reading.points} == {1, 2, 3}
    assert len(reading.recipients) == 11
    assert reading.recipients[0] == "Ủy ban nhân dân thành phố (để báo cáo);"
    assert reading.recipients[-1] == "Lưu: VT, VHXXH."
    assert reading.preamble.count("\n") == 9 and reading.preamble.endswith("như sau:")
    assert reading.closing.startswith("Trên đây là Kế hoạch") and reading.closing.endswith("thực hiện./.")


def _paragraphs(text: str) -> list[tuple[str, bool]]:
    """The plan's paragraphs without markup, each with whether it is set bold."""
    found = []
    for line in text.splitlines():
        bold = line.startswith(("#", "**"))
        line = re.sub(r"^#+ |\*", "", line).strip()
        if line:
            found.append((line, bold))
    return found


def _as_docx(text: str, path: Path) -> Path:
    document = docx.Document()
    paragraphs = _paragraphs(text)
    head = document.add_table(rows=1, cols=2)
    head.cell(0, 0).text, head.cell(0, 1).text = paragraphs[0][0], paragraphs[1][0]
    end = next(place for place, (line, _) in enumerate(paragraphs) if line == "Nơi nhận:")
    for line, bold in paragraphs[2:end]:
        document.add_paragraph().add_run(line).bold = bold
    signature = next(place for place, (line, _) in enumerate(paragraphs) if line.startswith("TM. "))
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text = "\n".join(line for line, _ in paragraphs[end:signature])
    table.cell(0, 1).text = "\n".join(line for line, _ in paragraphs[signature:])
    document.save(str(path))
    return path


def test_word_gives_the_same_reading(text: str, reading: PlanReading, tmp_path: Path) -> None:
    assert read_file(_as_docx(text, tmp_path / "Kế hoạch.docx")) == reading


@pytest.mark.parametrize(
    "change",
    [
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\n".join(line for line, _ in _paragraphs(text)),
        lambda text: re.sub(r"(?m)^(#+ \**\w+)\. ", r"\1\\. ", text),
        lambda text: text.replace("#### ", "## ").replace("### ", "# "),
    ],
    ids=["NFD", "CRLF", "plain", "escaped points", "other heading levels"],
)
def test_other_ways_of_writing_the_same_text(change: Callable[[str], str], text: str, reading: PlanReading) -> None:
    assert read_plan(change(text)) == reading


@pytest.mark.parametrize("width", [70, 80, 90, 100])
def test_lines_cut_at_a_width_are_joined(text: str, reading: PlanReading, width: int) -> None:
    lines = [
        piece
        for line, _ in _paragraphs(text)
        for piece in textwrap.wrap(line, width, break_on_hyphens=False, break_long_words=False)
    ]
    pages = ["\n".join(lines[start : start + 38]) for start in range(0, len(lines), 38)]
    wrapped = read_plan("\f".join(f"{page}\n{number}" for number, page in enumerate(pages, 1)))
    # Whether a join is doubtful depends on where lines and pages end.
    assert dataclasses.replace(wrapped, doubts=()) == dataclasses.replace(reading, doubts=())


def test_a_printed_plan_has_the_same_structure(text: str, reading: PlanReading, tmp_path: Path) -> None:
    pdf = fpdf.FPDF(format="A4")
    pdf.add_font("Tinos", fname=str(FONT))
    pdf.set_font("Tinos", size=13)
    pdf.set_margins(30, 20, 20)
    pdf.add_page()
    for line, _ in _paragraphs(text):
        pdf.multi_cell(w=0, h=7, text=line, align="J", new_x="LMARGIN", new_y="NEXT")
    pdf.output(str(tmp_path / "in.pdf"))
    printed = read_file(tmp_path / "in.pdf")
    assert codes(printed) == codes(reading) and criteria(printed) == criteria(reading)
    for name in ("number", "date", "place", "issuer", "abstract", "signer", "phases", "milestones", "recipients"):
        assert getattr(printed, name) == getattr(reading, name), name

    def keys(bases: tuple[LegalBasis, ...]) -> list[tuple[str, str | None, str, str]]:
        return [(basis.number, basis.date, basis.issuer, basis.relation) for basis in bases]

    assert keys(printed.legal_bases) == keys(reading.legal_bases)


def test_a_reading_survives_its_dictionary(reading: PlanReading) -> None:
    assert PlanReading.from_dict(reading.to_dict()) == reading
