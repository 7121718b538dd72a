"""One plan in every form people hand in gives one reading."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.webapp.movement.reading import plan_texts
from tests.webapp.movement.reading.plan_documents import PlanText, hard_wrapped, markdown, plain, write_docx, write_pdf
from tests.webapp.movement.reading.reading import read_file
from webapp.movement.reading import read_plan

PLANS = [plan_texts.WARD, plan_texts.WARD_AMENDED, plan_texts.COMMUNE, plan_texts.DASHES, plan_texts.NATIONAL]
NAMES = ["ward", "amended", "commune", "dashes", "national"]


@pytest.mark.parametrize("plan", PLANS, ids=NAMES)
@pytest.mark.parametrize("form", [plain, markdown, hard_wrapped])
def test_text_reads_as_the_word_file(plan: PlanText, form: Callable[[PlanText], str], tmp_path: Path) -> None:
    expected = read_file(write_docx(plan, tmp_path / "in.docx"))
    text = form(plan)
    assert read_plan(text) == expected
    assert read_plan(unicodedata.normalize("NFD", text)) == expected
    assert read_plan("\ufeff" + text.replace("\n", "\r\n")) == expected


@pytest.mark.parametrize("ending", ["txt", "md"])
def test_text_files_read_as_the_word_file(ending: str, tmp_path: Path) -> None:
    expected = read_file(write_docx(plan_texts.COMMUNE, tmp_path / "in.docx"))
    path = tmp_path / f"in.{ending}"
    path.write_text((markdown if ending == "md" else plain)(plan_texts.COMMUNE), encoding="utf-8")
    assert read_file(path) == expected


@pytest.mark.parametrize("plan", PLANS[:4], ids=NAMES[:4])
def test_a_printed_plan_reads_as_the_word_file(plan: PlanText, tmp_path: Path) -> None:
    expected = read_file(write_docx(plan, tmp_path / "in.docx"))
    printed = read_file(write_pdf(plan, tmp_path / "in.pdf"))
    # A printed line may end in the dash of "Văn hóa - Xã hội", which reading a page's text takes for hyphenation.
    assert _without_dashes(dataclasses.asdict(printed)) == _without_dashes(dataclasses.asdict(expected))


def _without_dashes(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_dashes(item) for key, item in value.items() if key != "doubts"}
    if isinstance(value, list | tuple):
        return [_without_dashes(item) for item in value]
    return value.replace(" - ", " ") if isinstance(value, str) else value
