"""Every POST address of scoring x every person x every stage: who gets through, and which columns that may change.

A unit never writes what others say of it, nobody touches the score of the own unit but through the unit's own pages, and
whatever is refused leaves every row as it was. The table of who and what is in test_scoring_ways.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house.test_scoring_policy import Stages
from tests.house.test_scoring_ways import ASKED_FOR, LEAST, Asked, is_asked, way_of
from tests.support import templates
from tests.support.scoring_rows import (
    Rehearsal,
    changed_columns,
    changed_rows,
    commits_of,
    digest,
    nothing_kept,
    rows_of,
)
from tests.support.scoring_worlds import PEOPLE, STAGES, UNITS, House, build_stages, open_stage
from tests.support.ward import Ward
from tests.support.web import Client, client_for

pytestmark = pytest.mark.long(80)


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory, sqlite_ward: Ward) -> Stages:
    """A closed ward for each stage, to copy."""
    folder = tmp_path_factory.mktemp("stages")
    data = folder / "first"
    ward = templates.open_copy(sqlite_ward, data, f"sqlite:///{data / 'kho.sqlite3'}")
    return build_stages(ward, folder)


def check(house: House, client: Client, seen: Rehearsal, one: Asked, who: str, unit: str, stage: str) -> None:
    where = (who, one.endpoint, one.path(house, unit), unit, stage)
    seen.after.clear()
    answer = client.post(one.path(house, unit), one.fields(house, unit))
    rows, way = changed_rows(seen.before, seen.last), way_of(one, who, unit, stage)
    if way is None:
        assert answer.status_code in (403, 404, 409, 422), (*where, answer.status_code)
        assert digest(seen.last) == digest(seen.before) or not rows, where
        return
    assert answer.status_code in (200, 303), (*where, answer.status_code, answer.text[-600:])
    columns = changed_columns(seen.before, seen.last)
    assert columns <= way.columns, (*where, columns - way.columns)
    quiet = "draft" if unit == "VH" and stage == "excused" else stage
    assert columns or quiet in way.quiet, (*where, "changed nothing")
    if not one.wide:
        others = {house.entries[other] for other in UNITS if other != unit}
        others |= {house.sheets[other] for other in UNITS if other != unit}
        assert not {key for _, key in rows} & others, (*where, "another unit's")


@pytest.mark.parametrize("stage", STAGES)
def test_only_the_right_people_get_through_and_change_only_their_side(
    stages: Stages, stage: str, tmp_path: Path
) -> None:
    house = open_stage(stages, stage, tmp_path / "data")
    start = client_for(house.ward)
    clients = {who: start.as_user(who) for who in PEOPLE}
    cells = 0
    with commits_of(house.ward) as version, nothing_kept(house.ward) as seen:
        before = version()
        for who, client in clients.items():
            for name, one in ASKED_FOR.items():
                for unit in ("A",) if one.wide else UNITS:
                    if is_asked(name, one, who, unit, stage):
                        check(house, client, seen, one, who, unit, stage)
                        cells += 1
        assert version() == before, "something was written past the unit of work"
        with house.ward.db.reading() as session:
            assert digest(rows_of(session)) == digest(seen.before)
    house.ward.resources.close()
    assert cells >= LEAST, cells
