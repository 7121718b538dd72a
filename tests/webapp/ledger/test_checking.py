"""The auditor has the chain gone through, and reads the answer in words."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.support.ward import Ward
from tests.support.web import Client, client_for


def check(client: Client) -> str:
    assert "Kiểm tra ngay" in client.get("/ledger/check").text
    answer = client.post("/ledger/check")
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_whole_log_and_one_that_somebody_touched(ward: Ward) -> None:
    auditor = client_for(ward).sign_in("auditor")
    assert "lượt ghi nguyên vẹn" in check(auditor) and "kiểm tra chuỗi nhật ký" in auditor.get("/ledger").text
    with ward.db.engine.begin() as connection:  # as somebody would who owns the file
        for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).fetchall():
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text("UPDATE audit_event SET actor_name = 'Người khác' WHERE seq = 2"))
        connection.execute(text("DELETE FROM audit_event WHERE seq = 4"))
    said = check(auditor)
    assert "Nhật ký đã bị đụng tới" in said and "Lượt ghi số 2 khác nội dung" in said and "Thiếu lượt ghi số 4" in said


@pytest.mark.either_database
def test_only_who_reads_the_whole_log_checks_it(client: Client) -> None:
    for name in ("clerk.a", "head.a", "nobody"):
        person = client.as_user(name)
        assert person.get("/ledger/check").status_code == person.post("/ledger/check").status_code == 403, name
