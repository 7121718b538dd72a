"""One commendation handed over: what is in it, what never is, and that it comes back in an empty house."""

from __future__ import annotations

import csv
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.support import bags
from tests.support import commendation as c
from tests.support.ward import Ward
from webapp.commendation.decisions.bagging import select_commendation
from webapp.core.errors import Invalid
from webapp.handover.export import export_house
from webapp.handover.importing import read_bag, take_in
from webapp.models import Award, Ballot, Document, Nomination, NominationPaper, NominationStake

# How somebody voted, who is related to whom, what was found against somebody.
NEVER = {"ballot", "meeting", "nomination_stake", "nomination_flag"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_one_commendation_comes_back_in_an_empty_house(ward: Ward, tmp_path: Path) -> None:
    _, awards = c.three_honoured(ward)
    with ward.work() as session:
        related = session.scalars(select(Nomination)).first()
        assert related is not None
        related.stakes.append(
            NominationStake(person_id=ward.people["council"], reason="Chị ruột", declared_at=ward.now)
        )
    with pytest.raises(Invalid, match="Không có quyết định"):
        export_house(ward.resources, tmp_path / "none", choose=partial(select_commendation, name="1/QĐ"))
    bag = tmp_path / "bag"
    export_house(ward.resources, bag, choose=partial(select_commendation, name="77/QĐ-UBND"))
    assert bags.faults_by_rfc_8493(bag) == []
    folder = bag / "data/khen-thuong"
    assert sorted(path.name for path in folder.iterdir()) == [
        *(f"bao-cao-thanh-tich-{n:03d}.txt" for n in (1, 2, 3)),
        "giay-khen.docx",
        "ket-qua-bo-phieu.csv",
        "quyet-dinh.docx",
        "so-theo-doi.xlsx",
    ]
    rows = list(csv.reader((folder / "ket-qua-bo-phieu.csv").read_text("utf-8-sig").splitlines()))
    assert [row[2:] for row in rows[1:]] == [["8", "1", "0", "10", "tán thành"]] * 3
    kinds = {path.name.partition("-")[0] for path in (bag / "data/manifests").rglob("*.json")}
    assert {"award", "award_decision", "nomination", "document"} <= kinds and not kinds & NEVER
    new = bags.opened_house(tmp_path / "new")
    assert take_in(new.resources, read_bag(bag)).conflicts == []
    with new.db.reading() as session:
        found = session.execute(select(Award.name, Award.amount).order_by(Award.ordinal)).all()
        papers = session.scalar(select(func.count(NominationPaper.document_id.distinct())))
        documents = session.scalar(select(func.count()).select_from(Document).where(Document.title != ""))
        assert session.scalar(select(func.count()).select_from(Ballot)) == 0
    assert [tuple(row) for row in found] == [(one.name, one.amount) for one in awards]
    assert papers == 3 and (documents or 0) >= 3
    new.resources.close()
