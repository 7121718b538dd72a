"""When a grant counts, what a refusal says, what a stranger sees."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.support.permissions import PEOPLE
from tests.support.ward import Ward
from webapp.models import (
    Role,
    new_id,
)
from webapp.permissions import Permission, Viewer, can, decide, ensure
from webapp.permissions.scopes import (
    viewer_keys,
)
from webapp.permissions.subject import Subject
from webapp.permissions.table import TABLE


def test_every_permission_has_a_rule_with_a_reason() -> None:
    assert set(TABLE) == set(Permission)
    assert all(rule.reason.endswith(".") and rule.any_of for rule in TABLE.values())


def test_nobody_is_let_in_without_signing_in() -> None:
    stranger = Viewer(id=None, name="")
    everything = Subject(kind="document", id="x", unit_id="u", submitted=True, published=True)
    assert not any(can(stranger, permission, everything) for permission in Permission)
    assert viewer_keys(stranger) == frozenset()


def test_a_document_of_an_unknown_unit_is_read_only_by_overseers(ward: Ward) -> None:
    lost = Subject(kind="document", id="x", unit_id="no-such-unit", year=2026, movement_id="no-such-movement")
    for name in PEOPLE[:-3]:
        assert not can(ward.viewer(name), Permission.DOCUMENT_READ, lost), name


def test_a_grant_counts_until_the_end_of_its_last_day_in_the_ward(ward: Ward) -> None:
    """22/11/2026 03:00 UTC is 10:00 in the ward; the grant ends with the 22nd there, at 17:00 UTC."""
    ward.person("short")
    ward.grant("short", Role.CLERK, "A", valid_until=date(2026, 11, 22))
    assert ward.viewer("short", now=ward.now.replace(hour=16, minute=59)).own_units
    assert not ward.viewer("short", now=ward.now.replace(hour=17, minute=0)).own_units


def test_membership_changes_take_effect_at_once(ward: Ward) -> None:
    from webapp.people.service import remove_from_cluster
    from webapp.permissions import SYSTEM

    subject = Subject(kind="document", id="x", unit_id=ward.units["A"], year=2026, submitted=True)
    assert can(ward.viewer("leader.1"), Permission.DOCUMENT_READ, subject)
    with ward.work() as session:
        remove_from_cluster(
            session,
            actor=SYSTEM,
            now=ward.now,
            cluster_id=ward.clusters["K1"],
            year=2026,
            unit_id=ward.units["A"],
        )
    assert not can(ward.viewer("leader.1"), Permission.DOCUMENT_READ, subject)


def test_refusal_says_why_and_hides_what_may_not_be_seen(ward: Ward) -> None:
    from webapp.core.errors import NotFound, Refused

    hidden = Subject(kind="document", id=new_id(), unit_id=ward.units["A"], year=2026)
    with pytest.raises(NotFound):
        ensure(ward.viewer("clerk.b"), Permission.DOCUMENT_REVISE, hidden)
    shown = Subject(kind="document", id=new_id(), unit_id=ward.units["A"], year=2026, submitted=True, open=False)
    with pytest.raises(Refused) as refused:
        ensure(ward.viewer("auditor"), Permission.DOCUMENT_REVISE, shown)
    assert "chỉ khi văn bản chưa trình" in refused.value.sentence
    assert decide(ward.viewer("auditor"), Permission.DOCUMENT_REVISE, shown).reason == refused.value.sentence


def test_closed_account_sees_nothing_of_units(ward: Ward) -> None:
    from webapp.people.service import set_disabled
    from webapp.permissions import SYSTEM

    with ward.work() as session:
        set_disabled(session, actor=SYSTEM, now=ward.now, person_id=ward.people["clerk.a"], disabled=True)
    assert not ward.viewer("clerk.a", now=ward.now + timedelta(minutes=1)).grants
