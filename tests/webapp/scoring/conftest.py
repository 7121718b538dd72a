"""Rounds to begin with."""

from __future__ import annotations

import pytest

from tests.support import scores
from tests.support.prepared import prepared
from tests.support.ward import Ward
from webapp.models import (
    Role,
)


@prepared
def round_of_one(ward: Ward) -> str:
    scores.add_heads(ward)
    scores.rubric(ward)
    round_id: str = scores.open_round(ward)
    return round_id


@pytest.fixture
def cluster(ward: Ward, round_of_one: str) -> tuple[Ward, str]:
    """A, B, VH under the small rubric; leader of B, deputy of A, heads of all."""
    return ward, round_of_one


@prepared
def round_of_two(ward: Ward) -> str:
    scores.add_heads(ward)
    ward.person("leader.2", Role.CLUSTER_LEADER, cluster="K2", year=2026)
    scores.rubric(ward)
    round_id = scores.open_round(ward)
    scores.open_round(ward, "K2")
    return round_id


@pytest.fixture
def two_clusters(ward: Ward, round_of_two: str) -> tuple[Ward, str]:
    """A round of cluster 1 and one of cluster 2, all drafts, a leader in each."""
    return ward, round_of_two
