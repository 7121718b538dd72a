"""A rubric's sheet that hides something is not read: nobody sees what would count."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.webapp.scoring.rubrics.test_rules import SCHEME
from webapp.scoring.points.cluster_rules import RubricRules
from webapp.scoring.points.scheme import BadRubric
from webapp.scoring.rubrics.workbook import read_rubric_book, rubric_sheet


def changed(change: Callable[[Any], object]) -> bytes:
    book = load_workbook(io.BytesIO(rubric_sheet(SCHEME, RubricRules(), title="Thang điểm")))
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def hide_row(book: Any) -> None:
    book.worksheets[0].row_dimensions[4].hidden = True


def hide_column(book: Any) -> None:
    book.worksheets[0].column_dimensions["C"].hidden = True


def hide_sheet(book: Any) -> None:
    book.worksheets[1].sheet_state = "hidden"


def hide_rest(book: Any) -> None:
    book.worksheets[0].column_dimensions.group("Z", "AB", hidden=True)


@pytest.mark.parametrize(("change", "what"), [(hide_row, "hàng"), (hide_column, "cột"), (hide_sheet, "Trang")])
def test_what_is_hidden_is_refused(change: Callable[[Any], object], what: str) -> None:
    with pytest.raises(BadRubric, match=f"{what}.* đang bị ẩn; hãy bỏ ẩn"):
        read_rubric_book(changed(change), decimals=2)


def test_the_empty_rest_of_a_sheet_may_be_hidden() -> None:
    assert read_rubric_book(changed(hide_rest), decimals=SCHEME.decimals)[0] == SCHEME
