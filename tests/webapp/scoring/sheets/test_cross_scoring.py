"""What changes in the middle of a year: a unit's cluster, somebody's roles, a conflict of interest, evidence, time, lots."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from tests.support import scores
from tests.support.scores import D, step
from tests.support.scoring_worlds import CROSS, add_people, join, members_scheme, opine
from tests.support.ward import Ward
from tests.support.web import client_for
from webapp.core.clock import Clock
from webapp.core.errors import Conflict, Invalid, NotFound, Refused
from webapp.documents import service as documents
from webapp.models import (
    AuditEvent,
    Document,
    DocumentVersion,
    Evidence,
    Person,
    ReviewKind,
    Role,
    Rubric,
    ScoreChange,
    ScoreEntry,
    ScoreReview,
    ScoreSheet,
    SheetState,
    UnitKind,
)
from webapp.people import service as people
from webapp.permissions import SYSTEM, can
from webapp.permissions import Permission as P
from webapp.scoring.points.cluster_rules import RubricRules
from webapp.scoring.points.pooling import Pooling
from webapp.scoring.points.scheme import Entry
from webapp.scoring.rounds import arranging, opening
from webapp.scoring.sheets import appraising, opinion_queries, opinions, self_scoring
from webapp.scoring.sheets import queries as sheet_queries
from webapp.scoring.sheets.appraisers import draw, list_candidates


def writes(ward: Ward, username: str, unit: str, number: str = "70", code: str = "B") -> None:
    """An appraisal of one item; raises what the service raises."""
    sheet = scores.sheet_of(ward, unit)
    row = scores.entries_of(ward, sheet)[code]
    step(
        ward,
        appraising.save_appraisal,
        username,
        word=scores.Word(
            sheet_id=sheet.id, entry_id=row.id, revision=row.revision, entry=scores.value(number), text="Xem hồ sơ."
        ),
    )


def handed_in(ward: Ward, unit: str = "A") -> ScoreSheet:
    scores.give_evidence(ward, f"clerk.{unit.lower()}", unit)
    scores.score_self(ward, f"clerk.{unit.lower()}", unit)
    return scores.submit(ward, f"head.{unit.lower()}", unit)


def move_unit(ward: Ward, unit: str, cluster: str) -> None:
    """Out of its cluster and into another one, as the administrator does it: one after the other."""
    with ward.work() as session:
        people.remove_from_cluster(
            session, actor=SYSTEM, now=ward.now, cluster_id=ward.clusters["K1"], year=2026, unit_id=ward.units[unit]
        )
    join(ward, unit, cluster)


@pytest.fixture
def cluster(ward: Ward) -> tuple[Ward, str]:
    """A round of cluster 1 and one of cluster 2, all drafts, a leader in each."""
    scores.add_heads(ward)
    ward.person("leader.2", Role.CLUSTER_LEADER, cluster="K2", year=2026)
    scores.rubric(ward)
    round_id = scores.open_round(ward)
    scores.open_round(ward, "K2")
    return ward, round_id


def test_a_unit_that_changed_its_cluster_is_appraised_by_nobody_and_then_by_the_new_leader(
    cluster: tuple[Ward, str],
) -> None:
    ward, _ = cluster
    sheet = handed_in(ward)
    step(
        ward,
        arranging.assign_appraiser,
        "office",
        sheet_id=sheet.id,
        person_id=ward.people["clerk.b"],
        reason="Đổi người",
    )
    writes(ward, "clerk.b", "A", "80")
    step(ward, arranging.assign_appraiser, "office", sheet_id=sheet.id, person_id="", reason="Đổi người")
    writes(ward, "leader.1", "A", "81")
    step(
        ward,
        arranging.assign_appraiser,
        "office",
        sheet_id=sheet.id,
        person_id=ward.people["clerk.b"],
        reason="Đổi người",
    )

    move_unit(ward, "A", "K2")
    step(ward, arranging.assign_appraiser, "office", sheet_id=sheet.id, person_id="", reason="Đổi người")
    before = scores.entries_of(ward, sheet)["B"].appraisal
    for username in ("leader.1", "leader.2", "deputy.1", "deputy.2"):
        with pytest.raises((Refused, NotFound)):
            writes(ward, username, "A")
    assert scores.entries_of(ward, sheet)["B"].appraisal == before
    step(
        ward,
        arranging.assign_appraiser,
        "office",
        sheet_id=sheet.id,
        person_id=ward.people["clerk.b"],
        reason="Đổi người",
    )

    second = scores.sheet_of(ward, "C").round_id
    assert step(ward, opening.update_members, "office", round_id=second) == 1
    moved = scores.sheet_of(ward, "A")
    assert (moved.round_id, moved.cluster_id, moved.appraiser_id) == (second, ward.clusters["K2"], None)
    for username in ("leader.1", "clerk.b", "deputy.1"):
        with pytest.raises((Refused, NotFound)):
            writes(ward, username, "A")
    writes(ward, "leader.2", "A", "60")
    kept = scores.entries_of(ward, sheet)["B"].appraisal
    assert kept is not None and kept["values"] == {"value": "60"}
    assert step(ward, opening.update_members, "office", round_id=second) == 0


@pytest.fixture
def crossed(ward: Ward) -> Ward:
    """Unit D, handed in, scored by the other members of cluster 1; a round in cluster 2 as well."""
    add_people(ward)
    scores.rubric(ward, kinds=(UnitKind.OFFICE,))
    pooled = RubricRules(pooling=Pooling.MEDIAN)
    kinds = (UnitKind.SERVICE, UnitKind.FRONT)
    scores.rubric(ward, kinds=kinds, scheme=members_scheme(), rules=pooled, name="Chấm chéo")
    scores.open_round(ward)
    scores.open_round(ward, "K2")
    scores.score_self(ward, "clerk.d", "D", {"A": scores.value("8"), "B": scores.value("90")})
    scores.submit(ward, "head.d", "D")
    return ward


def across(ward: Ward, *usernames: str, hand_in: bool = True) -> None:
    for username in usernames:
        first, second = CROSS[username]
        opine(ward, username, "D", ReviewKind.CROSS, {"A": Entry(points=D(first)), "B": Entry(points=D(second))})
        if hand_in:
            head = username.replace("clerk", "head")
            sheet_id = scores.sheet_of(ward, "D").id
            step(ward, opinions.hand_in_opinion, head, kind=ReviewKind.CROSS, sheet_id=sheet_id)


def time_is_over(ward: Ward) -> None:
    """The last day for appraising was yesterday."""
    over = {"appraise": date(2026, 11, 21)}
    round_id = scores.sheet_of(ward, "D").round_id
    step(ward, opening.set_windows, "office", round_id=round_id, windows=over, reason="x")


def points_of(ward: Ward, unit: str) -> dict[str, str]:
    rows = scores.entries_of(ward, scores.sheet_of(ward, unit))
    return {code: row.appraisal["points"] for code, row in rows.items() if row.appraisal is not None}


@pytest.mark.parametrize(
    ("pooling", "given", "expected"),
    [
        # Of 40, 30, 20 and 41, 31, 23 the middle ones.
        (Pooling.MEDIAN, ("clerk.a", "clerk.b", "clerk.vh"), {"A": "30", "B": "31"}),
        # A fifth of three is none: 95 / 3.
        (Pooling.TRIMMED, ("clerk.a", "clerk.b", "clerk.vh"), {"A": "30", "B": "31.66666667"}),
        # Of two the mean of both, once the time for the third is over.
        (Pooling.MEDIAN, ("clerk.a", "clerk.vh"), {"A": "30", "B": "32"}),
    ],
)
def test_points_of_the_members_become_one(
    crossed: Ward, pooling: Pooling, given: tuple[str, ...], expected: dict[str, str]
) -> None:
    with crossed.work() as session:
        sheet = scores.sheet_of(crossed, "D")
        rubric = session.get_one(Rubric, sheet.rubric_id)
        rubric.rules = {**rubric.rules, "pooling": pooling.value}
    across(crossed, *given)
    if len(given) < len(CROSS):
        with pytest.raises(Invalid, match="Chưa hoàn thành chấm chéo: Đơn vị B"):
            scores.deliver(crossed, "leader.1", "D")
        time_is_over(crossed)
    scores.deliver(crossed, "leader.1", "D")
    assert points_of(crossed, "D") == expected
    assert scores.sheet_of(crossed, "D").state is SheetState.APPRAISED


def test_points_not_handed_in_do_not_count(crossed: Ward) -> None:
    across(crossed, "clerk.a", hand_in=False)
    with pytest.raises(Invalid, match="Chưa hoàn thành chấm chéo"):
        scores.deliver(crossed, "leader.1", "D")
    across(crossed, "clerk.vh")
    time_is_over(crossed)
    # One alone does not decide, however late it is.
    with pytest.raises(Invalid, match="Chưa hoàn thành chấm chéo"):
        scores.deliver(crossed, "leader.1", "D")
    assert points_of(crossed, "D") == {}


def test_what_was_handed_in_of_other_evidence_or_before_a_return_is_open_again(crossed: Ward) -> None:
    across(crossed, *CROSS)
    sheet = scores.sheet_of(crossed, "D")
    step(crossed, appraising.return_sheet, "leader.1", sheet_id=sheet.id, reason="Xem lại")
    scores.score_self(crossed, "clerk.d", "D", {"B": scores.value("95")})
    scores.submit(crossed, "head.d", "D")
    with pytest.raises(Invalid, match="Chưa hoàn thành chấm chéo: Đơn vị A, Đơn vị B, Đơn vị VH"):
        scores.deliver(crossed, "leader.1", "D")
    # What was given is still there to be changed or handed in again.
    for head in ("head.a", "head.b", "head.vh"):
        step(crossed, opinions.hand_in_opinion, head, kind=ReviewKind.CROSS, sheet_id=sheet.id)
    scores.deliver(crossed, "leader.1", "D")
    assert points_of(crossed, "D") == {"A": "30", "B": "31"}


def test_points_of_the_old_cluster_do_not_count_in_the_new_one(crossed: Ward) -> None:
    across(crossed, "clerk.a", "clerk.b")
    move_unit(crossed, "D", "K2")
    with pytest.raises((Refused, NotFound)):
        scores.deliver(crossed, "leader.1", "D")
    step(crossed, opening.update_members, "office", round_id=scores.sheet_of(crossed, "C").round_id)
    with pytest.raises((Refused, NotFound)):
        across(crossed, "clerk.vh")
    with pytest.raises(Invalid, match="Chưa hoàn thành chấm chéo"):
        scores.deliver(crossed, "deputy.2", "D")
    assert points_of(crossed, "D") == {}


def test_what_others_gave_is_hidden_until_the_own_points_are_in(crossed: Ward) -> None:
    """`two.roles` leads the cluster and is head of B: until B handed in, others' points are not to be read."""
    across(crossed, "clerk.a")
    across(crossed, "clerk.b", hand_in=False)
    sheet_id = scores.sheet_of(crossed, "D").id

    def seen(username: str) -> int:
        viewer = crossed.viewer(username)
        with crossed.db.reading() as session:
            sheet = sheet_queries.get_sheet(session, sheet_id, viewer=viewer)
            return sum(len(one) for one in opinion_queries.list_opinions(session, sheet, viewer=viewer).values())

    assert seen("two.roles") == 0 and seen("clerk.vh") == 0 and seen("head.a") == 0
    step(crossed, opinions.hand_in_opinion, "head.b", kind=ReviewKind.CROSS, sheet_id=sheet_id)
    assert seen("two.roles") == 4 and seen("clerk.vh") == 0 and seen("council") == 4
    page = client_for(crossed).as_user("clerk.vh").get(f"/scores/sheets/{sheet_id}/opinion/cross").text
    assert ">40<" not in page and 'value="40"' not in page and 'value="30"' not in page


def test_two_roles_in_one_person_are_a_stake_in_the_own_unit_and_none_in_others(cluster: tuple[Ward, str]) -> None:
    ward, _ = cluster
    ward.person("both", Role.HEAD, "A")
    ward.grant("both", Role.CLUSTER_LEADER, cluster="K1", year=2026)
    ward.grant("both", Role.COUNCIL)
    ward.grant("both", Role.STANDING_OFFICE)
    handed_in(ward)
    handed_in(ward, "B")
    own, other = scores.sheet_of(ward, "A"), scores.sheet_of(ward, "B")
    viewer = ward.viewer("both")
    for permission in (P.SHEET_APPRAISE, P.SHEET_RETURN, P.SHEET_ASSIGN):
        assert can(viewer, permission, other) and not can(viewer, permission, own), permission
    with pytest.raises(Refused, match="Kiêng kỵ"):
        writes(ward, "both", "A")
    writes(ward, "both", "B")
    with pytest.raises(Refused):
        step(ward, arranging.extend_stage, "both", sheet_id=own.id, stage="self", until=date(2027, 1, 1), reason="x")
    # Belonging to the unit is enough, without any role in it.
    with ward.work() as session:
        session.get_one(Person, ward.people["leader.1"]).unit_id = ward.units["A"]
    with pytest.raises((Refused, NotFound)):
        writes(ward, "leader.1", "A", "60")
    writes(ward, "leader.1", "B", "60")


@pytest.mark.parametrize("asked", [True, False])
def test_a_conflict_declared_in_the_middle_ends_it_there(cluster: tuple[Ward, str], asked: bool) -> None:
    ward, _ = cluster
    sheet = handed_in(ward)
    who = "clerk.b" if asked else "leader.1"
    if asked:
        step(
            ward,
            arranging.assign_appraiser,
            "office",
            sheet_id=sheet.id,
            person_id=ward.people[who],
            reason="Đổi người",
        )
    writes(ward, who, "A", "80")
    client = client_for(ward).as_user(who)
    assert client.get(f"/scores/sheets/{sheet.id}/appraise").status_code == 200
    fields = {"unit_id": ward.units["A"], "reason": "Em ruột làm ở đó."}
    assert client.post("/scores/conflicts/new?year=2026", fields).status_code == 303
    row = scores.entries_of(ward, sheet)["B"]
    form = {f"revision-{row.id}": str(row.revision), f"value-{row.id}-0": "10", f"reason-{row.id}": "x"}
    assert client.post(f"/scores/sheets/{sheet.id}/appraise/{row.id}", form).status_code in (403, 404)
    assert client.get(f"/scores/sheets/{sheet.id}").status_code in (403, 404)
    with pytest.raises((Refused, NotFound)):
        scores.deliver(ward, who, "A")
    after = scores.entries_of(ward, sheet)["B"]
    # What they gave is given anew by somebody else; that they gave it stays in the history.
    assert (after.appraisal, after.appraised_by) == (None, None)
    assert scores.sheet_of(ward, "A").appraiser_id is None
    with pytest.raises(Invalid, match="không thẩm định được"):
        step(
            ward,
            arranging.assign_appraiser,
            "office",
            sheet_id=sheet.id,
            person_id=ward.people[who],
            reason="Đổi người",
        )


# --- evidence, lots, days ----------------------------------------------------------------------------------------------


def test_changed_evidence_opens_the_item_and_names_both_digests(cluster: tuple[Ward, str]) -> None:
    ward, _ = cluster
    handed_in(ward)
    scores.appraise(ward, "leader.1", "A")
    scores.deliver(ward, "leader.1", "A")
    scores.agree(ward, "head.a", "A")
    with ward.db.reading() as session:
        evidence = session.scalars(select(Evidence).where(Evidence.unit_id == ward.units["A"])).one()
        old = session.scalars(select(DocumentVersion).where(DocumentVersion.document_id == evidence.document_id)).one()
    receipt = ward.resources.store.put(io.BytesIO("Dữ liệu khác".encode()), filename="khac.txt")
    new = receipt.sha256
    with ward.work() as session:
        document = session.get_one(Document, old.document_id)
        documents.add_version(
            session,
            actor=SYSTEM,
            now=ward.now,
            document_id=document.id,
            receipt=receipt,
            reason="Bản sửa.",
            revision=document.revision,
        )
    with ward.work() as session:
        sheet = sheet_queries.get_sheet(session, scores.sheet_of(ward, "A").id, viewer=ward.viewer("leader.1"))
        zone = ward.resources.settings.timezone
        assert appraising.refresh_evidence(session, sheet, now=ward.now, timezone=zone) == ["A"]
        assert appraising.refresh_evidence(session, sheet, now=ward.now, timezone=zone) == []
    row = scores.entries_of(ward, sheet)["A"]
    assert row.reopened == [{"code": evidence.code, "was": old.sha256, "now": new}]
    assert scores.sheet_of(ward, "A").state is SheetState.EXPLAINED
    with ward.db.reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "score.reopen")).one()
        assert event.details["was"] == old.sha256 and event.details["now"] == new
    page = client_for(ward).as_user("leader.1").get(f"/scores/sheets/{sheet.id}/appraise?item={row.id}").text
    assert old.sha256[:8] in page and new[:8] in page


def test_a_lot_is_drawn_again_from_the_seed_in_the_log(cluster: tuple[Ward, str]) -> None:
    ward, _ = cluster
    sheet = scores.sheet_of(ward, "A")
    zone = ward.resources.settings.timezone
    drawn = set()
    for _ in range(12):
        step(ward, arranging.assign_appraiser, "office", sheet_id=sheet.id, person_id="", by_lot=True, reason="Thử")
        with ward.db.reading() as session:
            query = select(AuditEvent).where(AuditEvent.action == "score.assign").order_by(AuditEvent.seq.desc())
            event = session.scalars(query).first()
            assert event is not None and event.object_unit_id is None
            seed = str(event.details["seed"])
            candidates = list_candidates(session, scores.sheet_of(ward, "A"), now=ward.now, timezone=zone)
        names = {one.id for one in candidates}
        wanted = {"clerk.b", "head.b", "head.vh", "leader.1"}
        assert names == {ward.people[one] for one in wanted} and event.details["candidates"] == " ".join(sorted(names))
        assert draw(list(reversed(list(candidates))), seed, sheet.id).id == event.details["person"]
        assert scores.sheet_of(ward, "A").appraiser_id == event.details["person"]
        drawn.add(event.details["person"])
    assert len(drawn) > 1


def test_the_sample_of_second_appraisers_is_the_share_rounded_up_and_stays(ward: Ward) -> None:
    scores.add_heads(ward)
    scores.rubric(ward, rules=RubricRules(control=40))
    round_id = scores.open_round(ward)
    # 40 % of three sheets: two.
    assert step(ward, arranging.draw_sample, "office", round_id=round_id) == 2

    def controls() -> dict[str, str | None]:
        return {unit: scores.sheet_of(ward, unit).control_id for unit in ("A", "B", "VH")}

    first = controls()
    assert sum(one is not None for one in first.values()) == 2
    for unit, person_id in first.items():
        if person_id is not None:
            assert person_id not in {ward.people["leader.1"], ward.people["deputy.1"]}  # they read the first one
            with ward.db.reading() as session:
                assert session.get_one(Person, person_id).unit_id != ward.units[unit]
    assert step(ward, arranging.draw_sample, "office", round_id=round_id) == 2
    assert controls() == first


@pytest.mark.parametrize(
    ("instant", "open_"),
    [
        # The ward is seven hours ahead: 16:59 UTC is still 30/11 there, 17:00 is 01/12.
        (datetime(2026, 11, 30, 16, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 30, 17, 0, tzinfo=UTC), False),
    ],
)
def test_windows_end_with_the_wards_day(cluster: tuple[Ward, str], instant: datetime, open_: bool) -> None:
    ward, round_id = cluster
    days = {"self": date(2026, 11, 30)}
    step(ward, opening.set_windows, "office", round_id=round_id, windows=days, reason="")
    ward.now = instant
    ward.resources.clock = Clock(instant)
    if open_:
        scores.score_self(ward, "clerk.a", "A", {"B": scores.value("3")})
        return
    with pytest.raises(Invalid, match="đã hết ngày 30/11/2026"):
        scores.score_self(ward, "clerk.a", "A", {"B": scores.value("3")})
    sheet = scores.sheet_of(ward, "A")
    later = {"stage": "self", "until": date(2026, 12, 1), "reason": "Mất điện."}
    step(ward, arranging.extend_stage, "office", sheet_id=sheet.id, **later)
    scores.score_self(ward, "clerk.a", "A", {"B": scores.value("3")})
    # Only for that unit.
    with pytest.raises(Invalid, match="đã hết ngày 30/11/2026"):
        scores.score_self(ward, "clerk.b", "B", {"B": scores.value("3")})


def test_undoing_brings_back_what_was_said_and_is_said_again(cluster: tuple[Ward, str]) -> None:
    ward, _ = cluster
    for number in ("3", "4"):
        scores.score_self(ward, "clerk.a", "A", {"B": scores.value(number)}, f"lần {number}")
    sheet = scores.sheet_of(ward, "A")
    row = scores.entries_of(ward, sheet)["B"]
    at = {"sheet_id": sheet.id, "entry_id": row.id}
    with pytest.raises(Conflict) as fault:
        step(ward, self_scoring.undo_self, "head.a", **at, revision=row.revision - 1, no=1)
    assert fault.value.theirs["Kết quả"] == "4" and fault.value.mine["Kết quả"] == "3"
    step(ward, self_scoring.undo_self, "head.a", **at, revision=row.revision, no=1)
    row = scores.entries_of(ward, sheet)["B"]
    assert row.self_entry is not None and row.self_entry["values"] == {"value": "3"} and row.self_comment == "lần 3"
    with ward.db.reading() as session:
        kept = session.scalars(select(ScoreChange).where(ScoreChange.entry_id == row.id)).all()
        assert [one.text for one in sorted(kept, key=lambda one: one.no)] == ["lần 3", "lần 4", "lần 3"]
        assert session.scalars(select(ScoreReview)).all() == []
        assert session.get_one(ScoreEntry, row.id).appraisal is None
    with pytest.raises(NotFound):
        step(ward, self_scoring.undo_self, "head.a", **at, revision=row.revision, no=9)
