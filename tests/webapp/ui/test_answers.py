"""What every answer has in common: fragments for htmx, headers, refusals as pages and as fragments, request ids, logs."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import select

from tests.support.ward import Ward
from tests.support.web import Client
from webapp.custody import service as custody
from webapp.models import DocumentVersion

HTMX = {"HX-Request": "true"}


def fragments(ward: Ward) -> dict[str, str]:
    """Address to the id of the region it answers with, for every page that has one."""
    checklist = ward.checklist("clerk.a", "A")
    item = ward.item(checklist, "III.1.đ")
    document = ward.attach("clerk.a", item)
    with ward.work() as session:
        actor = ward.viewer("clerk.a")
        task = custody.request_export(session, actor=actor, now=ward.now, unit_id=ward.units["A"], year=2026)
        batch = session.scalars(select(DocumentVersion.batch_id).where(DocumentVersion.document_id == document)).one()
    return {
        "/documents": "document_rows",
        "/search?q=noi+dung": "search_results",
        "/ledger": "event_rows",
        f"/documents/{document}": "document_reading",
        f"/checklists/items/{item.id}": f"i-{item.id}",
        "/tasks": "task_rows",
        f"/tasks/{task.id}": "task_progress",
        f"/documents/receipts/{batch}": "receipt_lines",
        "/search/palette?q=noi+dung": "palette_results",
        "/search/suggestions?q=noi": "suggestion_words",
    }


def test_every_named_block_renders_alone_as_it_does_in_its_page(client: Client) -> None:
    client.sign_in("clerk.a")
    for path, region in fragments(client.ward).items():
        alone = client.get(path, headers=HTMX)
        assert alone.status_code == 200 and "HX-Request" in alone.headers["Vary"], path
        assert "<html" not in alone.text and "<main" not in alone.text, path
        assert f'id="{region}"' in alone.text[:400], path
        whole = client.get(path)
        assert "<html" in whole.text and f'id="{region}"' in whole.text, path
        for kind in ({"HX-Boosted": "true"}, {"HX-History-Restore-Request": "true"}):
            assert "<html" in client.get(path, headers={**HTMX, **kind}).text, (path, kind)


def test_the_import_page_that_waits_takes_the_main_part_of_whatever_comes(client: Client) -> None:
    client.sign_in("office")
    response = client.post("/movements/imports/new", {"movement_id": "", "file": [(b"ke hoach", "kh.txt")]})
    waiting = client.get(response.location, headers=HTMX)
    (asking,) = re.findall(r'<div id="import_wait"[^>]*>', waiting.text.partition("<main")[2])
    assert 'hx-target="main" hx-select="main"' in asking and f'hx-get="{response.location}"' in asking


def test_a_fragment_is_refused_like_its_page(client: Client) -> None:
    paths = [path for path in fragments(client.ward) if path.count("/") > 1 and not path.startswith("/search")]
    assert len(paths) == 4
    stranger = client.as_user("clerk.b")
    for path in paths:
        refused = stranger.get(path, headers=HTMX)
        assert refused.status_code == 404 and "<html" not in refused.text, path
        assert 'role="alert"' in refused.text and "Không tìm thấy" in refused.text
    stranger.ward.later(hours=2)
    expired = stranger.get(paths[0], headers=HTMX)
    assert expired.status_code == 401 and "<html" not in expired.text


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/",
            "/sign-in",
            "/khong-co",
            "/documents/x",
            "/admin",
            "/healthz",
            "/static/css/base.css",
            "/static/khong.css",
        ),
        *("/directory", "/archive", "/tasks", "/exports", "/search/palette?q=x", "/search/saved", "/search/like/x"),
        *("/search/results.xlsx?q=x", "/documents/withdrawn", "/documents/x/versions/1/thumb.webp"),
    ],
)
def test_headers_are_on_every_answer(client: Client, path: str) -> None:
    client.sign_in("clerk.a")
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "object-src 'none'" in policy and "frame-ancestors 'self'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "same-origin"
    if not path.startswith("/static/css"):
        assert headers["Cache-Control"] == "no-store"


def test_pages_ask_for_nothing_outside_and_hold_no_inline_code(client: Client) -> None:
    client.sign_in("clerk.a")
    more = ("/directory", "/tasks", "/exports", "/search/saved", "/search/palette?q=x", "/documents/withdrawn")
    for path in ("/", "/documents", "/search?q=x", "/checklists", *more):
        page = client.get(path).text
        assert "<style" not in page and " style=" not in page and " onclick" not in page
        assert "http://" not in page.replace("http://www.w3.org", "") and "https://" not in page


def test_refusals_are_sentences_with_a_request_id(client: Client) -> None:
    client.sign_in("clerk.a")
    refused = client.get("/admin/people")
    assert refused.status_code == 403 and "Chỉ quản trị hệ thống" in refused.text
    assert refused.headers["X-Request-Id"] in refused.text
    assert client.post("/documents/new").status_code == 405
    missing = client.get("/khong-co-trang-nay")
    assert missing.status_code == 404 and "Không có trang này" in missing.text


def test_a_form_without_its_token_changes_nothing(client: Client) -> None:
    client.sign_in("clerk.a")
    ward = client.ward
    item = ward.item(ward.checklist("clerk.a", "A"), "III.1.đ")
    response = client.http.post(f"/checklists/items/{item.id}", data={"state": "claimed", "revision": "1"})
    assert response.status_code == 400 and "hết hiệu lực" in response.text
    assert ward.item(ward.checklist("clerk.a", "A"), "III.1.đ").state.value == "not_started"


def test_a_bug_is_a_page_and_one_line_in_the_log(
    client: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from webapp.core import logs
    from webapp.dashboard import queries

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("hỏng bên trong")

    logs.configure()
    client.sign_in("clerk.a")
    capsys.readouterr()
    monkeypatch.setattr(queries, "count_waiting", broken)
    response = client.get("/")
    assert response.status_code == 500
    assert "Chương trình gặp lỗi" in response.text and "hỏng bên trong" not in response.text
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    failed = [line for line in lines if line["event"] == "request.failed"]
    assert len(failed) == 1 and failed[0]["request_id"] == response.headers["X-Request-Id"]


def test_requests_are_logged_once_without_what_was_typed(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    from webapp.core import logs

    logs.configure()
    client.sign_in("clerk.a")
    capsys.readouterr()
    client.get("/search?q=bí+mật")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["event"], line["method"], line["path"], line["status"]) for line in lines] == [
        ("request", "GET", "/search", 200)
    ]
    assert "mật" not in json.dumps(lines, ensure_ascii=False)
