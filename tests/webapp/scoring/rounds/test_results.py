"""What goes out: all published results of a year in one table."""

from __future__ import annotations

import io

import openpyxl

from tests.support import scores
from tests.support.ward import Ward
from tests.support.web import client_for


def test_published_results_of_all_clusters_go_into_the_larger_score(ward: Ward) -> None:
    client = client_for(ward).sign_in("clerk.a")
    assert client.get("/scores/results.xlsx?year=2026").status_code == 404
    scores.everything(ward)
    answer = client.get("/scores/results.xlsx?year=2026")
    assert answer.status_code == 200
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    # 27 of 30 for 90 of 100 files, 4 by the council, 10 for no delay; unit D was excused.
    assert [row[:5] for row in rows if row[0] in ("C", "D")] == [("C", "Đơn vị C", "Cụm K2", 41, 1)]
