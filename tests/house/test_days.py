"""Between midnight and seven in the ward it is still yesterday in UTC: days are those of the ward's calendar."""

from __future__ import annotations

import io
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from tests.support import keeping, voices
from tests.support.papers import open_paper
from tests.support.ward import Ward
from tests.support.web import client_for
from webapp.core.clock import Clock
from webapp.core.errors import Invalid
from webapp.documents import retention
from webapp.jobs.index import all_records
from webapp.models import DifficultyState, DocumentKind, PaperKind

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("hour", [(0, 30), (6, 59), (7, 1)])
def test_early_in_the_morning_it_is_the_wards_day(ward: Ward, hour: tuple[int, int]) -> None:
    ward.now = datetime(2026, 12, 5, *hour, tzinfo=ZONE)
    ward.resources.clock = Clock(ward.now)
    voices.raise_one(ward, state=DifficultyState.RAISED)
    voices.announce(ward)
    open_paper(ward, "clerk.a", "A", PaperKind.ANNUAL)
    # Hits of a search.
    with ward.db.reading() as session:
        found = {record.kind: record.date for record in all_records(session)}
    assert {found[kind] for kind in ("difficulty", "announcement", PaperKind.ANNUAL.document_kind.value)} == {
        "2026-12-05"
    }
    # A sheet.
    client = client_for(ward).sign_in("office")
    book = load_workbook(io.BytesIO(client.get("/difficulties.xlsx?year=2026").data))
    cells = [cell.value for row in book.worksheets[0].iter_rows(min_row=4) for cell in row]
    assert datetime(2026, 12, 5) in cells and datetime(2026, 12, 4) not in cells
    # A page.
    assert "05/12/2026" in (page := client.get("/announcements").text) and "04/12/2026" not in page
    # A term: yesterday in the ward is over, also while it is still today in UTC.
    document = ward.document("clerk.a", "A", kind=DocumentKind.MINUTES)
    keeping.submit(ward, document.id)
    for until, said in ((date(2026, 12, 4), "đã qua"), (date(2026, 12, 5), "rút ngắn")):
        with pytest.raises(Invalid, match=said), ward.work() as session:
            retention.extend_term(
                session,
                actor=ward.viewer("head.a"),
                now=ward.now,
                document_id=document.id,
                until=until,
                reason="theo yêu cầu",
                revision=keeping.reload(ward, document.id).revision,
            )
