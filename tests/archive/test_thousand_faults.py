"""A thousand faults of every kind over objects and manifests: each is found, and nothing sound is accused."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

import archive
from tests.archive.store_harm import Harm, fill


@pytest.mark.parametrize("kind", ["flip", "cut", "lengthen", "lose", "swap", "copy_over", "move_over", "stray"])
def test_many_of_one_kind_are_found_exactly(tmp_path: Path, kind: str) -> None:
    chance = random.Random(kind)
    store = archive.open(tmp_path / "kho")
    fill(store, 60, 30, chance)
    harm = Harm(store, chance)
    while len(harm.left) > 30:
        getattr(harm, kind)()
        if len(harm.done) >= 50:
            break
    assert harm.said(list(store.verify())) == harm.done and len(harm.done) >= 30


@pytest.mark.parametrize("seed", [1, 2])
def test_a_thousand_mixed_faults_are_found_exactly(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    store = archive.open(tmp_path / "kho")
    fill(store, 1200, 600, chance)
    assert list(store.verify()) == []
    harm = Harm(store, chance)
    if seed == 2:
        harm.swap_with_the_empty_one()
    while len(harm.done) < 1000:
        chance.choice(harm.kinds())()
    assert harm.said(list(store.verify())) == harm.done
    assert set(harm.done.values()) == {"changed", "missing", "swapped", "extra"}
    assert {name.partition("/")[0] for name in harm.done} == {"cas", "manifests"}
