"""Proposals, decisions and honours on their pages: what is shown to whom, and that nothing typed is lost."""

from __future__ import annotations

import pytest

from tests.support import commendation as c
from tests.support.web import Client, tight
from webapp.models import AwardSubject, NominationState

on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@on_one_database
def test_the_chairman_decides_line_by_line_and_keeps_what_was_typed(client: Client) -> None:
    ward = client.ward
    round_ = c.open_round(ward)
    one, other = (
        c.received(ward, round_, subject=subject) for subject in (AwardSubject.PERSON, AwardSubject.HOUSEHOLD)
    )
    office = client.sign_in("office")
    page = office.get(f"/award-rounds/{round_.id}/proposal").text
    assert "Hội đồng chưa bỏ phiếu" in page
    c.voted(ward, one)
    c.voted(ward, other, yes=3, no=6)
    page = tight(office.get(f"/award-rounds/{round_.id}/proposal").text)
    assert "8/10 đồng ý, 1 không đồng ý" in page and "3/10 đồng ý, 6 không đồng ý" in page
    made = office.post(
        f"/award-rounds/{round_.id}/proposal",
        {"nomination": [one.id, other.id], "number": "45/TTr-VHXH", "signed_on": "22/11/2026"},
    )
    assert made.status_code == 303, made.text
    chair = client.as_user("chair")
    wrong = chair.post(
        made.location,
        {f"verdict-{one.id}": "strike", f"verdict-{other.id}": "approve", f"reason-{other.id}": "Thành tích nổi bật"},
    )
    assert wrong.status_code == 422 and "Không khen thưởng thì phải ghi lý do" in wrong.text
    assert "Thành tích nổi bật" in wrong.text and not c.in_state(ward, NominationState.APPROVED)
    done = chair.post(
        made.location,
        {f"verdict-{other.id}": "approve", f"reason-{other.id}": "Thành tích nổi bật", "rest": "1"},
    )
    assert done.status_code == 303 and len(c.in_state(ward, NominationState.APPROVED)) == 2
    # Who has a stake, or judges nothing, does not learn that there is such a proposal.
    assert client.as_user("clerk.a").get(made.location).status_code == 404
    assert client.as_user("council").post(made.location, {"rest": "1"}).status_code in (403, 422)


@on_one_database
def test_a_decision_goes_its_way_and_everybody_reads_the_register(client: Client) -> None:
    ward = client.ward
    decision, awards = c.three_honoured(ward)
    place = f"/award-decisions/{decision.id}"
    person = client.sign_in("clerk.c")
    page = tight(person.get(place).text)
    assert "1 tập thể, 1 hộ gia đình, 1 cá nhân" in page and "3.420.000 đồng" in page
    for asked in ("", "?q=tran+thi+mau", "?q=Trần+Thị+Mẫu", "?q=77/QĐ", f"?unit={ward.units['A']}&year=2026"):
        found = person.get(f"/honours{asked}")
        assert found.status_code == 200 and "Trần Thị Mẫu" in found.text, asked
    assert "Không có khen thưởng nào khớp" in person.get("/honours?q=khongcoai").text
    for address in ("ledger", "gallery", "statistics", f"awards/{awards[2].id}", "register.xlsx", "statistics.xlsx"):
        assert person.get(f"/honours/{address}").status_code == 200, address
    for more in ("edit", "issue", "certificates", "decision.docx"):
        assert person.get(f"{place}/{more}").status_code == 403
    office = client.as_user("office")
    bulk = office.post(f"{place}/hand-over", {"award": [one.id for one in awards], "day": "22/11/2026", "to": ""})
    assert bulk.status_code == 303
    paid = f"/honours/awards/{awards[0].id}/pay"
    wrong = office.post(paid, {"day": "22/11/2026", "amount": "1.500.000", "note": ""})
    assert wrong.status_code == 422 and "1.500.000" in wrong.text
    assert office.post(paid, {"day": "22/11/2026", "amount": "1.520.000", "note": ""}).status_code == 303
    revoked = office.post(
        f"/honours/awards/{awards[0].id}/revoke",
        {
            "day": "22/11/2026",
            "number": "90/QĐ-UBND",
            "reason": "Khai không đúng sự thật",
            "document_id": c.signed(ward, "90/QĐ-UBND"),
        },
    )
    assert revoked.status_code == 303
    page = person.get("/honours").text
    assert "đã thu hồi theo Quyết định số 90/QĐ-UBND" in page and "Khai không đúng" not in page
    assert "1.520.000 đồng" in tight(office.get(f"/honours/awards/{awards[0].id}/recover").text)
    for address in ("certificates", "certificates?on=blank&x=2,5&y=-1", "certificates.docx", "certificates.pdf"):
        assert office.get(f"{place}/{address}").status_code == 200, address
    assert office.get(f"{place}/certificates?x=500").status_code == 422
    assert office.get(f"{place}/register.xlsx").status_code == 200
