"""Digital signatures in a PDF, checked by pyHanko in the child, in a process of their own: no fault there harms the text.

Nothing is fetched: whether a certificate was revoked is never known here, and the sentences say so.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path
from typing import Any

from archive.extract.outcome import tidy
from archive.extract.pdf.signature_words import State
from archive.extract.process.apart import apart

# No PDF without these letters in the clear has a signature: the signed bytes are told by them.
_MARK = b"/ByteRange"
_MOST = 50
_LONGEST_NAME = 200
_SECONDS = 6.0
_PIECE = 1 << 20
_TRUST = "trust-"


def find(path: Path, folder: Path, seconds: float) -> list[dict[str, Any]] | None:
    """Signatures in the order they were made; [] without any, None when they could not be looked at.

    Root certificates that are trusted lie in `folder` as files named trust-….
    """
    if not _is_marked(path):
        return []
    found = apart(lambda: _all(path, folder), seconds=min(seconds, _SECONDS))
    return None if found is None else list(found)


def _is_marked(path: Path) -> bool:
    rest = b""
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            if _MARK in rest + piece:
                return True
            rest = piece[-len(_MARK) :]
    return False


def _all(path: Path, folder: Path) -> list[dict[str, Any]]:
    from pyhanko.pdf_utils.reader import PdfFileReader

    logging.disable(logging.CRITICAL)  # it tells of broken certificates at length
    roots = _roots(folder)
    with path.open("rb") as stream:
        reader = PdfFileReader(stream, strict=False)
        return _related([_one(signature, roots) for signature in reader.embedded_regular_signatures[:_MOST]])


def _related(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was added after one signature may be covered by a later one that is in order itself."""
    sound = [State.VALID, State.UNKNOWN_AUTHORITY]
    last = max((number for number, one in enumerate(found, 1) if one["state"] in sound), default=0)
    for number, one in enumerate(found, 1):
        trusted, whole = one.pop("trusted"), one.pop("whole")
        if one["state"] is State.CHANGED_AFTER and whole and number < last:
            both = trusted and found[last - 1]["state"] is State.VALID
            one["state"] = State.COVERED if both else State.COVERED_UNKNOWN
            one["covered_by"] = last
    return found


def _roots(folder: Path) -> list[Any]:
    from pyhanko.keys import load_certs_from_pemder_data

    roots: list[Any] = []
    for path in sorted(folder.glob(f"{_TRUST}*")):
        with suppress(ValueError, TypeError, KeyError):  # what is no certificate is no root
            roots += load_certs_from_pemder_data(path.read_bytes())
    return roots


def _one(signature: Any, roots: list[Any]) -> dict[str, Any]:
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko.sign.validation.settings import KeyUsageConstraints
    from pyhanko_certvalidator import ValidationContext

    found: dict[str, Any] = {"signer": "", "signed_at": None, "state": State.UNREADABLE, "covered_by": None}
    found |= {"trusted": False, "whole": False}
    with suppress(ValueError, TypeError, KeyError, AttributeError, PdfError, SignatureValidationError):
        found["signer"] = _name(signature.signer_cert)
        moment = signature.self_reported_timestamp
        found["signed_at"] = moment.isoformat() if moment is not None else None
        # A certificate must have been good when it was used, not years later when the paper is looked at.
        context = ValidationContext(
            trust_roots=roots,
            allow_fetching=False,
            revocation_mode="soft-fail",
            **({"moment": moment} if moment else {}),
        )
        uses = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)
        status = validate_pdf_signature(signature, signer_validation_context=context, key_usage_settings=uses)
        level, whole = (
            status.modification_level,
            (SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION),
        )
        changed = level is not None and level.name in ("ANNOTATIONS", "OTHER")
        if not (status.intact and status.valid):
            state = State.TAMPERED
        elif changed or status.docmdp_ok is False or status.coverage not in whole:
            state = State.CHANGED_AFTER
        else:
            state = State.VALID if status.trusted else State.UNKNOWN_AUTHORITY
        found["state"] = state
        found["trusted"] = status.trusted
        # One that certifies the paper says itself what may be added; more than that is no usual addition.
        found["whole"] = status.coverage in whole and signature.docmdp_level is None
    return found


def _name(certificate: Any) -> str:
    subject = certificate.subject.native
    named = next((subject[key] for key in ("common_name", "organization_name") if subject.get(key)), "")
    name = " ".join(named) if isinstance(named, list) else str(named)
    return tidy(name).replace("\n", " ")[:_LONGEST_NAME]
