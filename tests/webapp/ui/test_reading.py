"""The request's reading session: the house's own engine, closed with the request, never committed."""

from __future__ import annotations

import pytest
from sqlalchemy import event, select, text

from tests.support.ward import Ward
from tests.support.web import Client, client_for
from webapp.models import Unit
from webapp.ui.auth import public
from webapp.ui.reading import ReadingSessionCommits, db
from webapp.ui.request_state import reads, unit_of_work


def test_a_view_that_commits_what_it_read_fails_and_nothing_is_kept(
    ward: Ward, capsys: pytest.CaptureFixture[str]
) -> None:
    client = client_for(ward, of_its_own=True)

    @client.app.get("/wrong", endpoint="wrong.unit_rename")
    @public
    def rename() -> str:
        unit = reads().scalars(select(Unit)).first()
        assert unit is not None
        unit.name = "Đổi tên ngoài giao dịch"
        reads().commit()
        return "đã lưu"

    assert client.get("/wrong").status_code == 500
    assert "write inside `unit_of_work()`" in "".join(capsys.readouterr())
    with ward.db.reading() as session:
        assert "Đổi tên ngoài giao dịch" not in session.scalars(select(Unit.name)).all()


@pytest.mark.parametrize("way", ["commit", "flush", "begin"])
def test_no_way_of_writing_goes_through_it(client: Client, way: str) -> None:
    with client.app.test_request_context(), pytest.raises(ReadingSessionCommits, match="never committed"):
        if way == "begin":
            with reads().begin():
                reads().execute(select(Unit))
        else:
            reads().scalars(select(Unit)).first().name = "khác"  # type: ignore[union-attr]
            getattr(reads(), way)()


def test_it_reads_through_the_engine_of_the_house_and_no_other(client: Client) -> None:
    with client.app.test_request_context():
        elsewhere: list[object] = []
        event.listen(db.engine, "connect", lambda *_args: elsewhere.append(_args))
        assert reads() is db.session()
        assert reads().connection().engine is client.ward.db.engine
        assert reads().scalars(select(Unit)).first() is not None
        assert db.engine is not client.ward.db.engine and elsewhere == []


def test_a_transaction_of_reading_stands_still_while_others_write(client: Client) -> None:
    """Reading begins a transaction of its own, as everywhere: one page tells of one moment."""
    count = text("SELECT count(*) FROM unit")
    with client.app.test_request_context():
        if client.ward.db.is_sqlite:
            before = reads().execute(count).scalar_one()
            client.ward.unit("Z", name="Đơn vị mới")
            assert reads().execute(count).scalar_one() == before
        with unit_of_work():
            pass
        after = reads().execute(count).scalar_one()
    with client.ward.db.reading() as session:
        assert after == session.execute(count).scalar_one(), "after writing, a request reads anew"


def test_each_request_gives_its_connection_back(client: Client) -> None:
    client.sign_in("clerk.a")
    for path in ("/", "/documents", "/no-such-page", "/documents/none"):
        client.get(path)
        assert client.ward.db.engine.pool.checkedout() == 0, path  # type: ignore[attr-defined]
