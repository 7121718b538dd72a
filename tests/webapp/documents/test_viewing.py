"""Page images and the original in the browser: made once, shown to whoever may read, never in the way of anything else."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import fpdf
import pytest
from PIL import Image
from sqlalchemy import func, select

from archive.extract import Limits, Preview, Status
from tests.support.ward import Ward
from tests.support.web import Client
from webapp.documents.highlighting import mark_text
from webapp.jobs import outbox, preview
from webapp.models import AuditEvent, Document, DocumentVersion, JobKind, OutboxJob

pytestmark = pytest.mark.either_database

FONT = Path(__file__).resolve().parents[3] / "webapp/ui/static/vendor/tinos/Tinos-Regular.ttf"


def pdf(pages: int = 2, text: str = "Báo cáo chuyển đổi số") -> bytes:
    made = fpdf.FPDF()
    made.add_font("F", "", FONT)
    made.set_font("F", size=20)
    for number in range(1, pages + 1):
        made.add_page()
        made.multi_cell(0, 10, f"{text}. Trang {number} của văn bản này có đủ chữ để không ai coi là bản quét.")
    return bytes(made.output())


def picture(form: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (300, 200), "white").save(stream, form)
    return stream.getvalue()


@pytest.fixture(autouse=True)
def without_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures here hold no letters; looking for them takes seconds."""
    monkeypatch.setattr(Limits, "__post_init__", lambda self: object.__setattr__(self, "ocr", False), raising=False)


def version_of(ward: Ward, document: Document) -> str:
    with ward.db.reading() as session:
        return (
            session.scalars(
                select(DocumentVersion.id)
                .where(DocumentVersion.document_id == document.id)
                .order_by(DocumentVersion.no.desc())
            ).first()
            or ""
        )


def draws(ward: Ward) -> list[str]:
    with ward.db.reading() as session:
        return sorted(session.scalars(select(OutboxJob.subject).where(OutboxJob.kind == JobKind.PREVIEW)))


def address(document: Document, rest: str) -> str:
    return f"/documents/{document.id}/versions/1/{rest}"


def test_pages_are_shown_to_whoever_may_read(client: Client) -> None:
    ward = client.ward
    document = ward.document("clerk.a", "A", pdf(12), filename="bao-cao.pdf", title="Báo cáo")
    ward.drain()
    client.sign_in("clerk.a")
    page = client.get(f"/documents/{document.id}?page=2")
    assert "Trang 2 / 12" in page.text and 'alt="Hình trang 2' in page.text
    assert f"/documents/{document.id}?page=3" in page.text and f"/documents/{document.id}?page=1" in page.text
    image = client.get(address(document, "pages/2.webp"))
    assert (image.status_code, image.mimetype) == (200, "image/webp")
    assert Image.open(io.BytesIO(image.data)).size == (1240, 1754)
    assert image.headers["Cache-Control"] == "private, no-cache"
    assert image.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in image.headers["Content-Security-Policy"]
    again = client.get(address(document, "pages/2.webp"), headers={"If-None-Match": image.headers["ETag"]})
    assert again.status_code == 304
    assert Image.open(io.BytesIO(client.get(address(document, "thumb.webp")).data)).width == 400
    listed = client.get("/documents").text
    assert f'src="{address(document, "thumb.webp")}" width="48" height="64" loading="lazy" alt=""' in listed
    for somebody in ("clerk.b", "admin"):
        other = client.as_user(somebody)
        for rest in ("pages/2.webp", "thumb.webp", "pages/2", "inline"):
            assert other.get(address(document, rest)).status_code == 404, (somebody, rest)
        assert "thumb.webp" not in other.get("/documents").text


def test_later_pages_are_made_when_somebody_looks(client: Client) -> None:
    ward = client.ward
    document = ward.document("clerk.a", "A", pdf(23), filename="bao-cao.pdf")
    ward.drain()
    version = version_of(ward, document)
    client.sign_in("clerk.a")
    assert draws(ward) == []
    assert client.get(address(document, "pages/11.webp")).status_code == 202
    assert client.get(address(document, "pages/11.webp")).status_code == 202
    part = client.get(address(document, "pages/11"), headers={"HX-Request": "true"}).text
    assert "Đang dựng hình trang 11" in part and 'hx-trigger="every 2s"' in part and "<html" not in part
    assert draws(ward) == [f"{version}:11"]
    ward.drain()
    part = client.get(address(document, "pages/11"), headers={"HX-Request": "true"}).text
    assert "Trang 11 / 23" in part and "every 2s" not in part
    assert client.get(address(document, "pages/20.webp")).status_code == 200
    assert client.get(address(document, "pages/99.webp")).status_code == 404
    assert draws(ward) == []
    whole = client.get(address(document, "pages/11"))
    assert whole.status_code == 302 and whole.location.endswith(f"/documents/{document.id}?page=11")
    drawn = preview.find_drawn(ward.resources.settings.previews_path, version)
    assert drawn is not None and sorted(drawn.sizes) == list(range(1, 21)) and not drawn.failed


def test_what_was_thrown_away_is_made_again(client: Client) -> None:
    ward = client.ward
    document = ward.document("clerk.a", "A", pdf(1), filename="a.pdf")
    ward.drain()
    previews = ward.resources.settings.previews_path
    shutil.rmtree(preview.folder_of(previews, version_of(ward, document)))
    client.sign_in("clerk.a")
    assert client.get(address(document, "thumb.webp")).status_code == 404
    assert "Đang dựng hình" in client.get(f"/documents/{document.id}").text
    ward.drain()
    assert client.get(address(document, "thumb.webp")).status_code == 200
    # A torn list counts as none.
    (preview.folder_of(previews, version_of(ward, document)) / "preview.json").write_text('{"pages": 1')
    assert "Đang dựng hình" in client.get(f"/documents/{document.id}").text
    ward.drain()
    assert "page-image" in client.get(f"/documents/{document.id}").text


def test_what_has_no_pages_asks_for_none(client: Client) -> None:
    ward = client.ward
    plain = ward.document("clerk.a", "A", "chữ", filename="a.txt")
    broken = ward.document("clerk.a", "A", b"%PDF-1.4\n%%EOF", filename="b.pdf")
    ward.drain()
    client.sign_in("clerk.a")
    for document in (plain, broken):
        page = client.get(f"/documents/{document.id}").text
        assert "document_page" not in page and "Chữ đọc được" in page
        assert client.get(address(document, "pages/1.webp")).status_code == 404
    assert draws(ward) == [] and not list(ward.resources.settings.previews_path.rglob("*"))


def test_a_preview_that_fails_fails_nothing_else(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    ward = client.ward

    def broken(*_words: object, **_options: object) -> Preview:
        raise OSError("disk")

    monkeypatch.setattr(preview, "preview", broken)
    document = ward.document("clerk.a", "A", pdf(1), filename="a.pdf")
    ward.drain()
    with ward.db.reading() as session:
        jobs = session.scalars(select(OutboxJob)).all()
        assert [(job.kind, job.attempts) for job in jobs] == [(JobKind.PREVIEW, 1)]
        job = jobs[0].id
    client.sign_in("clerk.a")
    assert "Báo cáo chuyển đổi số" in client.get(f"/documents/{document.id}").text
    with ward.work() as session:
        session.get_one(OutboxJob, job).attempts = outbox.MAX_ATTEMPTS
    assert "Không dựng được hình" in client.get(f"/documents/{document.id}").text
    refused = Preview(Status.CRASHED, "Chương trình dựng hình gặp lỗi.")
    monkeypatch.setattr(preview, "preview", lambda *_words, **_options: refused)
    with ward.work() as session:
        session.delete(session.get_one(OutboxJob, job))
        outbox.enqueue(session, JobKind.PREVIEW, [version_of(ward, document), "gone"], now=ward.now)
    ward.drain()
    assert draws(ward) == []
    assert "document_page" not in client.get(f"/documents/{document.id}").text


def test_text_comes_before_pages(ward: Ward) -> None:
    from webapp.commands.runners import RUNNERS
    from webapp.jobs.worker import Worker

    for number in range(6):
        ward.document("clerk.a", "A", pdf(1, f"số {number}"), filename="a.pdf")
    worker = Worker(ward.resources, RUNNERS)
    while not draws(ward):
        worker.step()
        worker.stop.wait(0.05)
    assert worker._drawing is None or len(worker._reading) < 2
    worker.drain()
    assert draws(ward) == []


def test_a_withdrawn_document_shows_no_pages(client: Client) -> None:
    from webapp.documents.retention import withdraw_document

    ward = client.ward
    document = ward.document("clerk.a", "A", pdf(1), filename="a.pdf")
    ward.drain()
    client.sign_in("head.a")
    assert client.get(address(document, "thumb.webp")).status_code == 200
    with ward.work() as session:
        withdraw_document(
            session,
            actor=ward.viewer("head.a"),
            now=ward.now,
            document_id=document.id,
            revision=document.revision,
            reason="thử",
        )
    for rest in ("thumb.webp", "pages/1.webp", "pages/1", "inline"):
        assert client.get(address(document, rest)).status_code == 404


def test_page_images_of_the_same_bytes_are_kept_apart(ward: Ward) -> None:
    same = pdf(1)
    first = ward.document("clerk.a", "A", same, filename="a.pdf")
    ward.drain()
    second = ward.document("clerk.b", "B", same, filename="b.pdf")
    previews = ward.resources.settings.previews_path
    assert preview.find_drawn(previews, version_of(ward, first))
    assert preview.find_drawn(previews, version_of(ward, second)) is None


INLINE = [
    ("a.pdf", pdf(1), "application/pdf"),
    ("a.png", picture("PNG"), "image/png"),
    ("a.jpg", picture("JPEG"), "image/jpeg"),
    ("a.gif", picture("GIF"), "image/gif"),
    ("a.webp", picture("WEBP"), "image/webp"),
    ("la-pdf.html", pdf(1), "application/pdf"),  # the content decides
]


def test_originals_a_browser_can_show(client: Client) -> None:
    ward = client.ward
    made = [(ward.document("clerk.a", "A", content, filename=name), kind) for name, content, kind in INLINE]
    ward.drain()
    client.sign_in("clerk.a")
    with ward.db.reading() as session:
        before = session.scalar(select(func.count()).where(AuditEvent.action == "document.read"))
    for document, kind in made:
        answer = client.get(address(document, "inline"))
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)
        assert answer.headers["Content-Disposition"].startswith("inline")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "script-src" not in policy and "frame-ancestors 'self'" in policy
        assert "; sandbox;" in policy
        piece = client.get(address(document, "inline"), headers={"Range": "bytes=0-3"})
        assert piece.status_code == 206 and len(piece.data) == 4
    with ward.db.reading() as session:
        after = session.scalar(select(func.count()).where(AuditEvent.action == "document.read"))
    assert after - before == len(made)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"<html><script>alert(1)</script></html>"),
        ("a.html", b"<html><script>alert(1)</script></html>"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("a.xml", b"<?xml version='1.0'?><x/>"),
        ("a.txt", "chữ".encode()),
        ("a.png", b"GIF89a/*" + b"x" * 50),
    ],
)
def test_originals_a_browser_must_not_show(client: Client, name: str, content: bytes) -> None:
    document = client.ward.document("clerk.a", "A", content, filename=name)
    client.sign_in("clerk.a")
    assert client.get(address(document, "inline")).status_code == 404  # not read yet
    client.ward.drain()
    answer = client.get(address(document, "inline"))
    assert answer.status_code == 404 and "tải bản gốc" in answer.text
    assert "Xem bản gốc" not in client.get(f"/documents/{document.id}").text


def test_words_searched_for_are_marked_in_the_whole_text(client: Client) -> None:
    ward = client.ward
    document = ward.document("clerk.a", "A", "Bình dân\nhọc vụ số <b>\n\nsố 57-NQ/TW\f trang hai", filename="a.txt")
    ward.drain()
    client.sign_in("clerk.a")
    page = client.get(f"/documents/{document.id}?q=binh+dan+hoc+vu+57-NQ/TW").get_data(as_text=True)
    assert "<mark>Bình dân\nhọc vụ</mark>" in page and "&lt;b&gt;" in page and "<mark>57-NQ/TW</mark>" in page
    assert "<mark>" not in client.get(f"/documents/{document.id}").text


@pytest.mark.parametrize("question", ["", "  ", "chuyển đổi", '"đổi số"', "57", "không có", "*", "a" * 5000, "\x00"])
def test_marking_changes_no_letter(question: str) -> None:
    text = "\n  Chuyển \t đổi\n\nsố 57-NQ/TW;\u00a0 đổi số \n"
    assert "".join(part for part, _ in mark_text(text, question)) == text


def test_versions_are_named_by_plain_letters(tmp_path: Path) -> None:
    for name in ("../../etc", "", "A B", "a/b"):
        with pytest.raises(ValueError):
            preview.folder_of(tmp_path, name)
    folder = preview.folder_of(tmp_path, "abc")
    folder.mkdir(parents=True)
    for said in ({}, {"pages": "x"}, [], {"pages": 1, "sizes": {"a": [1, 2]}, "sentence": "", "failed": []}):
        (folder / "preview.json").write_text(json.dumps(said))
        assert preview.find_drawn(tmp_path, "abc") is None
