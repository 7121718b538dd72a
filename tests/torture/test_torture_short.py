"""A few kills in every run of the tests; `python -m tests.torture.run` does a hundred."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.torture.kills import torture

pytestmark = pytest.mark.long(50)


def test_nothing_acknowledged_is_lost_by_killing_everything(tmp_path: Path) -> None:
    score = torture(tmp_path, kills=3, seed=11)
    assert score.wrong == []
    assert score.kills == 3 and score.verified == 1 and len(score.acknowledged) >= 5
