"""A certificate authority, somebody's certificate and PDFs signed with it, all made on the spot."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asn1crypto import keys, x509
from cryptography import x509 as certificates
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.archive.extract.office_samples import make_pdf

SIGNER = "Nguyễn Thị Bích Hằng"


@dataclass
class Authority:
    """A root with one person's certificate under it."""

    root: certificates.Certificate
    signer: signers.SimpleSigner

    def write_root(self, path: Path, *, der: bool = False) -> Path:
        form = serialization.Encoding.DER if der else serialization.Encoding.PEM
        path.write_bytes(self.root.public_bytes(form))
        return path


def make_authority(name: str = "CA thử nghiệm", signer: str = SIGNER) -> Authority:
    now = datetime.now(UTC)

    def certificate(
        subject: str,
        key: ec.EllipticCurvePrivateKey,
        issuer: str,
        issuer_key: ec.EllipticCurvePrivateKey,
        *,
        root: bool,
    ) -> certificates.Certificate:
        uses = dict.fromkeys(
            "content_commitment key_encipherment data_encipherment key_agreement encipher_only decipher_only".split(),
            False,
        )
        return (
            certificates.CertificateBuilder()
            .subject_name(certificates.Name([certificates.NameAttribute(NameOID.COMMON_NAME, subject)]))
            .issuer_name(certificates.Name([certificates.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(key.public_key())
            .serial_number(certificates.random_serial_number())
            .not_valid_before(now - timedelta(days=2))
            .not_valid_after(now + timedelta(days=300))
            .add_extension(certificates.BasicConstraints(ca=root, path_length=None), critical=True)
            .add_extension(
                certificates.KeyUsage(
                    **{**uses, "content_commitment": not root},
                    digital_signature=not root,
                    key_cert_sign=root,
                    crl_sign=root,
                ),
                critical=True,
            )
            .add_extension(certificates.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                certificates.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
            )
            .sign(issuer_key, hashes.SHA256())
        )

    root_key, own_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = certificate(name, root_key, name, root_key, root=True)
    own = certificate(signer, own_key, name, root_key, root=False)
    store = SimpleCertificateStore()
    store.register(_loaded(root))
    private = own_key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Authority(
        root,
        signers.SimpleSigner(
            signing_cert=_loaded(own), signing_key=keys.PrivateKeyInfo.load(private), cert_registry=store
        ),
    )


def _loaded(certificate: certificates.Certificate) -> x509.Certificate:
    return x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def sign(path: Path, *authorities: Authority, first: int = 1) -> Path:
    """Sign the PDF at `path`, once for each authority, in place; fields are numbered from `first`."""
    for number, authority in enumerate(authorities, first):
        writer = IncrementalPdfFileWriter(io.BytesIO(path.read_bytes()))
        signer = signers.PdfSigner(
            signers.PdfSignatureMetadata(field_name=f"ChuKy{number}"),
            signer=authority.signer,
            new_field_spec=SigFieldSpec(f"ChuKy{number}"),
        )
        # Signing runs an event loop; where a browser is open, this thread has one running already.
        with ThreadPoolExecutor(1) as pool:
            output = pool.submit(signer.sign_pdf, writer).result()
        path.write_bytes(output.getbuffer())
    return path


def make_signed_pdf(path: Path, *authorities: Authority) -> Path:
    return sign(make_pdf(path), *authorities)


def flip(path: Path) -> Path:
    """Change one harmless byte inside the signed range: the comment after the header."""
    content = bytearray(path.read_bytes())
    place = content.index(b"\n%", 5) + 2
    content[place] ^= 1
    path.write_bytes(content)
    return path


def add_afterwards(path: Path) -> Path:
    """An incremental update after signing: other words on the first page."""
    writer = IncrementalPdfFileWriter(io.BytesIO(path.read_bytes()))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    stream = writer.add_object(generic.StreamObject(stream_data=b"BT /F1 20 Tf 100 100 Td (9 999 999 dong) Tj ET"))
    page["/Contents"] = stream
    writer.update_container(page)
    output = io.BytesIO()
    writer.write(output)
    path.write_bytes(output.getvalue())
    return path
