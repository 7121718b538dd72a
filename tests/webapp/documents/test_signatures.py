"""Digital signatures on a document's page: whose, whether the file is as it was signed, what was not checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.archive.extract.signed_samples import SIGNER, add_afterwards, make_authority, make_signed_pdf, sign
from tests.support.web import Client

pytestmark = pytest.mark.either_database


@pytest.mark.parametrize("known", [True, False])
def test_a_signature_is_told_on_the_page(client: Client, tmp_path: Path, known: bool) -> None:
    ward = client.ward
    authority = make_authority()
    trust = ward.resources.settings.trust_path
    trust.mkdir()
    (trust / "readme.txt").write_text("not a certificate")
    if known:
        authority.write_root(trust / "root.pem")
    whole = make_signed_pdf(tmp_path / "a.pdf", authority)
    changed = add_afterwards(make_signed_pdf(tmp_path / "b.pdf", authority))
    documents = [
        ward.document("clerk.a", "A", path.read_bytes(), filename="ky-so.pdf", title=path.stem)
        for path in (whole, changed)
    ]
    ward.drain()
    client.sign_in("clerk.a")
    page = client.get(f"/documents/{documents[0].id}").text
    assert "Chữ ký số" in page and SIGNER in page and "ký lúc" in page
    assert ("Chữ ký số hợp lệ" in page) == known and ("chưa xác minh được tổ chức cấp" in page) != known
    assert "Chưa kiểm tra được chứng thư số có bị thu hồi" in page
    assert "sửa sau khi ký" in client.get(f"/documents/{documents[1].id}").text


def test_a_paper_without_signature_says_nothing_of_it(client: Client) -> None:
    document = client.ward.document("clerk.a", "A", "chữ", filename="a.txt")
    client.ward.drain()
    assert "Chữ ký số" not in client.sign_in("clerk.a").get(f"/documents/{document.id}").text


def test_number_and_seal_after_the_leader_are_told_without_accusing(client: Client, tmp_path: Path) -> None:
    ward = client.ward
    leader, registry = make_authority(), make_authority("CA khác", "UBND phường")
    ward.resources.settings.trust_path.mkdir()
    for number, authority in enumerate((leader, registry)):
        authority.write_root(ward.resources.settings.trust_path / f"{number}.pem")
    path = sign(add_afterwards(make_signed_pdf(tmp_path / "a.pdf", leader)), registry, first=2)
    document = ward.document("clerk.a", "A", path.read_bytes(), filename="ky-so.pdf", title="ký số")
    ward.drain()
    page = client.sign_in("clerk.a").get(f"/documents/{document.id}").text
    assert "được chữ ký 2 phủ toàn bộ" in page and "sửa sau khi ký" not in page and "1. " + SIGNER in page
