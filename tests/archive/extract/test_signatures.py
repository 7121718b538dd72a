"""Digital signatures of PDFs: whole, changed, of an authority nobody knows, and never in the way of the text."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from archive.extract import Limits, Status
from archive.extract.pdf import signatures
from archive.extract.pdf.signature_words import SIGNATURE_SENTENCES, State
from archive.extract.process import parent, running
from tests.archive.extract.office_samples import make_pdf, read
from tests.archive.extract.signed_samples import (
    SIGNER,
    Authority,
    add_afterwards,
    flip,
    make_authority,
    make_signed_pdf,
    sign,
)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return make_authority()


def found(path: Path, *trust: Path, **options: object) -> list[dict[str, str]]:
    result = read(path, trust=trust, **options)
    assert result.status is Status.OK and "Kế hoạch số 46/KH-UBND" in result.text
    signed = result.metadata.get("signatures", [])
    assert isinstance(signed, list)
    for one in signed:
        assert one["sentence"] == SIGNATURE_SENTENCES[State(one["state"])]
        assert "thu hồi" in one["sentence"] and one["sentence"].endswith(".")
    return signed


@pytest.mark.parametrize("der", [False, True])
def test_a_signature_under_a_trusted_root_is_valid(tmp_path: Path, authority: Authority, der: bool) -> None:
    path = make_signed_pdf(tmp_path / "a.pdf", authority)
    one = found(path, authority.write_root(tmp_path / "root", der=der))
    assert [(signed["signer"], signed["state"]) for signed in one] == [(SIGNER, State.VALID)]
    assert datetime.fromisoformat(one[0]["signed_at"]).tzinfo is not None


def test_without_its_root_the_authority_is_unknown(tmp_path: Path, authority: Authority) -> None:
    path = make_signed_pdf(tmp_path / "a.pdf", authority)
    other = make_authority("CA khác").write_root(tmp_path / "other")
    assert [one["state"] for one in found(path)] == [State.UNKNOWN_AUTHORITY]
    assert [one["state"] for one in found(path, other)] == [State.UNKNOWN_AUTHORITY]


def test_a_flipped_byte_shows(tmp_path: Path, authority: Authority) -> None:
    root = authority.write_root(tmp_path / "root")
    path = flip(make_signed_pdf(tmp_path / "a.pdf", authority))
    assert [one["state"] for one in found(path, root)] == [State.TAMPERED]


def test_what_was_added_after_signing_shows(tmp_path: Path, authority: Authority) -> None:
    root = authority.write_root(tmp_path / "root")
    path = add_afterwards(make_signed_pdf(tmp_path / "a.pdf", authority))
    result = read(path, trust=[root])
    assert [one["state"] for one in result.metadata["signatures"]] == [State.CHANGED_AFTER]


def test_each_of_several_signatures_is_told(tmp_path: Path, authority: Authority) -> None:
    second = make_authority("CA thứ hai", "Trần Văn Út")
    path = make_signed_pdf(tmp_path / "a.pdf", authority, second)
    both = found(path, authority.write_root(tmp_path / "root"))
    assert [(one["signer"], one["state"]) for one in both] == [
        (SIGNER, State.VALID),
        ("Trần Văn Út", State.UNKNOWN_AUTHORITY),
    ]


def test_what_was_added_between_two_signatures_accuses_nobody(tmp_path: Path, authority: Authority) -> None:
    registry = make_authority("CA thứ hai", "UBND phường Bình Minh")
    path = sign(add_afterwards(make_signed_pdf(tmp_path / "a.pdf", authority)), registry, first=2)
    roots = [authority.write_root(tmp_path / "root"), registry.write_root(tmp_path / "other")]
    first, second = read(path, trust=roots).metadata["signatures"]
    assert [first["state"], second["state"], first["covered_by"]] == [State.COVERED, State.VALID, 2]
    assert "Chữ ký 1 phủ bản lúc ký" in first["sentence"] and "được chữ ký 2 phủ toàn bộ" in first["sentence"]
    assert second["sentence"].startswith("Chữ ký 2 phủ toàn bộ tệp") and "sửa" not in first["sentence"]
    # A signature of nobody known must not make the first one look checked.
    first, second = read(path, trust=roots[:1]).metadata["signatures"]
    assert [first["state"], second["state"]] == [State.COVERED_UNKNOWN, State.UNKNOWN_AUTHORITY]


def test_the_last_of_three_signatures_covers_what_came_before(tmp_path: Path, authority: Authority) -> None:
    path = make_signed_pdf(tmp_path / "a.pdf", authority)
    sign(add_afterwards(path), authority, first=2)
    sign(add_afterwards(path), authority, first=3)
    found = read(path, trust=[authority.write_root(tmp_path / "root")]).metadata["signatures"]
    assert [(one["state"], one["covered_by"]) for one in found] == [
        (State.COVERED, 3), (State.COVERED, 3), (State.VALID, None),
    ]  # fmt: skip
    add_afterwards(path)
    found = read(path, trust=[authority.write_root(tmp_path / "root")]).metadata["signatures"]
    assert {one["state"] for one in found} == {State.CHANGED_AFTER}


def test_a_changed_byte_is_told_whoever_signed_later(tmp_path: Path, authority: Authority) -> None:
    path = flip(sign(add_afterwards(make_signed_pdf(tmp_path / "a.pdf", authority)), authority, first=2))
    found = read(path, trust=[authority.write_root(tmp_path / "root")]).metadata["signatures"]
    assert [one["state"] for one in found] == [State.TAMPERED, State.TAMPERED]


def test_without_a_signature_nothing_is_said(tmp_path: Path) -> None:
    assert "signatures" not in read(make_pdf(tmp_path / "a.pdf")).metadata


def test_bad_roots_are_left_out(tmp_path: Path, authority: Authority) -> None:
    bad = tmp_path / "bad.pem"
    bad.write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    root = authority.write_root(tmp_path / "root")
    path = make_signed_pdf(tmp_path / "a.pdf", authority)
    assert [one["state"] for one in found(path, bad, tmp_path / "gone", root)] == [State.VALID]


def test_a_broken_signature_does_no_harm(tmp_path: Path, authority: Authority) -> None:
    path = make_signed_pdf(tmp_path / "a.pdf", authority)
    content = path.read_bytes()
    place = content.index(b"/Contents <") + 11
    path.write_bytes(content[:place] + b"00" * 40 + content[place + 80 :])
    assert [one["state"] for one in found(path)] == [State.UNREADABLE]
    (tmp_path / "b.pdf").write_bytes(make_pdf(tmp_path / "b.pdf").read_bytes() + b"\n% /ByteRange [0 1 2 3]\n")
    assert found(tmp_path / "b.pdf") == []


def test_no_time_for_signatures_costs_no_text(tmp_path: Path, authority: Authority) -> None:
    path = make_signed_pdf(tmp_path / "a.pdf", authority)
    assert signatures.find(path, tmp_path, 0.0) is None
    # A fault of its process alone.
    assert signatures.find(make_pdf(tmp_path / "b.pdf"), tmp_path, 5) == []


@pytest.mark.parametrize(
    "signed",
    [
        '[{"signer": "x", "signed_at": null, "state": "perfect", "covered_by": null}]',
        '[{"signer": 1, "signed_at": null, "state": "valid", "covered_by": null}]',
        '[{"signer": "x", "signed_at": null, "state": "valid", "covered_by": null, "sentence": "Tốt."}]',
        '{"signer": "x"}',
    ],
)
def test_a_child_cannot_invent_states(signed: str) -> None:
    text = f'{{"status": "ok", "pages": [], "metadata": {{"warnings": [], "signatures": {signed}}}}}'
    ended = running.Ended(0, 0, text.encode(), "", None)
    assert parent.answer_of(ended)["status"] == Status.CRASHED
    assert Limits().wall_seconds > 0
