"""Rounds to begin with."""

from __future__ import annotations

import pytest

from tests.support import scores
from tests.support.ward import Ward
from webapp.models import (
    Role,
)


@pytest.fixture
def cluster(ward: Ward) -> tuple[Ward, str]:
    """A, B, VH under the small rubric; leader of B, deputy of A, heads of all."""
    scores.add_heads(ward)
    scores.rubric(ward)
    round_id: str = scores.open_round(ward)
    return ward, round_id


@pytest.fixture
def two_clusters(ward: Ward) -> tuple[Ward, str]:
    """A round of cluster 1 and one of cluster 2, all drafts, a leader in each."""
    scores.add_heads(ward)
    ward.person("leader.2", Role.CLUSTER_LEADER, cluster="K2", year=2026)
    scores.rubric(ward)
    round_id = scores.open_round(ward)
    scores.open_round(ward, "K2")
    return ward, round_id
