"""Verbs for scoring, on top of a small ward."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tests.support.ward import Ward
from webapp.models import ClusterPosition, ReviewKind, Role, ScoreEntry, ScoreRound, ScoreSheet, UnitKind
from webapp.people.service import place_unit
from webapp.permissions import SYSTEM
from webapp.scoring.points.cluster_rules import RubricRules, rules_as_plain
from webapp.scoring.points.scheme import Entry, Level, Node, NodeKind, Scheme
from webapp.scoring.rounds import appeals, arranging, closing, moderating, opening
from webapp.scoring.rounds.moderating import Basis, CouncilWord
from webapp.scoring.rubrics import service as rubrics
from webapp.scoring.sheets import accepting, appraising, opinions, self_scoring
from webapp.scoring.sheets.entries import Word

D = Decimal


def small_scheme() -> Scheme:
    """A level tied to III.1.đ with evidence, a quantity with points above its target, occurrences, a formula."""
    children = (
        Node(code="A", title="Dữ liệu liên thông", kind=NodeKind.LEVEL, most=D(40), criterion="III.1.đ"),
        Node(
            code="B",
            title="Hồ sơ trực tuyến",
            kind=NodeKind.QUANTITY,
            most=D(30),
            target=D(100),
            over=D(10),
            evidence=False,
        ),
        Node(code="C", title="Sáng kiến", kind=NodeKind.OCCURRENCE, most=D(10), each=D(5), evidence=False),
        Node(
            code="E",
            title="Nộp muộn",
            kind=NodeKind.EXPRESSION,
            most=D(10),
            formula="max(10 - 2 * lần; 0)",
            evidence=False,
        ),
    )
    return Scheme(Node(code="T", title="Tổng điểm", kind=NodeKind.SUM, most=D(100), children=children))


def value(number: str, name: str = "value") -> Entry:
    return Entry(values={name: D(number)})


def level(chosen: Level = Level.ACHIEVED) -> Entry:
    return Entry(level=chosen)


USUAL: dict[str, Entry] = {"A": level(), "B": value("120"), "C": value("1"), "E": value("0", "lần")}


def rubric(
    ward: Ward,
    *,
    kinds: Sequence[UnitKind] = tuple(UnitKind),
    year: int = 2026,
    scheme: Scheme | None = None,
    rules: RubricRules | None = None,
    in_force: bool = True,
    name: str = "Thang điểm",
) -> str:
    with ward.work() as session:
        made = rubrics.make_rubric(
            session,
            actor=ward.viewer("office"),
            now=ward.now,
            movement_id=ward.movement_id,
            year=year,
            new=rubrics.NewRubric(name=name, unit_kinds=[kind.value for kind in kinds], start=scheme or small_scheme()),
        )
        made.rules = rules_as_plain(rules or RubricRules())
        session.flush()
        if in_force:
            rubrics.put_in_force(session, actor=ward.viewer("office"), now=ward.now, rubric_id=made.id)
        return made.id


def open_round(ward: Ward, cluster: str = "K1", year: int = 2026, **windows: Any) -> str:
    with ward.work() as session:
        return opening.open_round(
            session,
            actor=ward.viewer("office"),
            now=ward.now,
            movement_id=ward.movement_id,
            cluster_id=ward.clusters[cluster],
            year=year,
            windows=windows,
        ).id


def council_word(points: Decimal | None, reason: str = "Theo biên bản") -> CouncilWord:
    """What the council says, resting on a decision."""
    basis = Basis(decision="Quyết định số 9/QĐ-HĐTĐKT", decided_on=date(2026, 11, 20))
    return CouncilWord(points=points, reason=reason, basis=basis)


def add_heads(ward: Ward) -> None:
    """Heads of the units B and VH of cluster 1, a deputy of its own from A, a second council member."""
    for name, unit in (("head.b", "B"), ("head.vh", "VH"), ("head.c", "C")):
        if name not in ward.people:
            ward.person(name, Role.HEAD, unit)
    if "deputy.1" not in ward.people:
        ward.person("deputy.1", Role.CLUSTER_DEPUTY, "A", cluster="K1", year=2026)


def sheet_of(ward: Ward, unit: str, year: int = 2026) -> ScoreSheet:
    with ward.db.reading() as session:
        return session.scalars(
            select(ScoreSheet)
            .where(ScoreSheet.unit_id == ward.units[unit], ScoreSheet.year == year)
            .options(joinedload(ScoreSheet.round))
        ).one()


def entries_of(ward: Ward, sheet: ScoreSheet) -> dict[str, ScoreEntry]:
    with ward.db.reading() as session:
        return {row.code: row for row in session.scalars(select(ScoreEntry).where(ScoreEntry.sheet_id == sheet.id))}


def round_of(ward: Ward, round_id: str) -> ScoreRound:
    with ward.db.reading() as session:
        return session.get_one(ScoreRound, round_id)


def step(ward: Ward, verb: Any, username: str, /, **more: Any) -> Any:
    """Call a service as somebody, in a transaction of its own; `timezone` only where the verb takes one."""
    if "timezone" in verb.__kwdefaults__ if verb.__kwdefaults__ else False:
        more["timezone"] = ward.resources.settings.timezone
    if "timezone" in verb.__code__.co_varnames[: verb.__code__.co_argcount + verb.__code__.co_kwonlyargcount]:
        more["timezone"] = ward.resources.settings.timezone
    with ward.work() as session:
        return verb(session, actor=ward.viewer(username), now=ward.now, **more)


def score_self(
    ward: Ward, username: str, unit: str, entries: Mapping[str, Entry | None] | None = None, comment: str = ""
) -> None:
    sheet = sheet_of(ward, unit)
    rows = entries_of(ward, sheet)
    for code, entry in (USUAL if entries is None else entries).items():
        step(
            ward,
            self_scoring.save_self,
            username,
            word=Word(
                sheet_id=sheet.id, entry_id=rows[code].id, revision=rows[code].revision, entry=entry, text=comment
            ),
        )


def give_evidence(ward: Ward, username: str, unit: str, text: str = "Dữ liệu đất đai") -> str:
    """A file under III.1.đ on the unit's checklist; the document's id."""
    item = ward.item(ward.checklist(username, unit), "III.1.đ")
    return str(ward.attach(username, item, text, "minh-chung.txt"))


def submit(ward: Ward, head: str, unit: str) -> ScoreSheet:
    return step(ward, self_scoring.submit_sheet, head, sheet_id=sheet_of(ward, unit).id)


def appraise(ward: Ward, username: str, unit: str, changes: Mapping[str, tuple[Entry, str]] | None = None) -> None:
    """Appraise all items: as the unit said, but for `changes` (entry, reason)."""
    sheet = sheet_of(ward, unit)
    for code, (entry, reason) in (changes or {}).items():
        row = entries_of(ward, sheet)[code]
        step(
            ward,
            appraising.save_appraisal,
            username,
            word=Word(sheet_id=sheet.id, entry_id=row.id, revision=row.revision, entry=entry, text=reason),
        )
    step(ward, accepting.accept_own_scores, username, sheet_id=sheet.id)


def deliver(ward: Ward, username: str, unit: str) -> ScoreSheet:
    return step(ward, appraising.deliver_appraisal, username, sheet_id=sheet_of(ward, unit).id)


def agree(ward: Ward, head: str, unit: str) -> ScoreSheet:
    return step(ward, self_scoring.answer_appraisal, head, sheet_id=sheet_of(ward, unit).id, agrees=True)


def settled(
    ward: Ward, unit: str, clerk: str, head: str, appraiser: str, entries: Mapping[str, Entry] | None = None
) -> None:
    """From nothing to the end of the appraisal, without differences."""
    give_evidence(ward, clerk, unit)
    score_self(ward, clerk, unit, entries)
    submit(ward, head, unit)
    appraise(ward, appraiser, unit)
    deliver(ward, appraiser, unit)
    agree(ward, head, unit)


def everything(ward: Ward) -> tuple[str, str]:
    """A row in every table of scores: unit C's sheet with a second opinion, moderated, published, with an appeal, and a
    declared conflict. Returns the ids of the round and of the appeal."""
    add_heads(ward)
    ward.person("leader.2", Role.CLUSTER_LEADER, "A", cluster="K2", year=2026)
    # Another member, to draw a second appraiser from; it takes no part in the end.
    ward.unit("D", UnitKind.FRONT)
    with ward.work() as session:
        place_unit(
            session,
            actor=SYSTEM,
            now=ward.now,
            cluster_id=ward.clusters["K2"],
            year=2026,
            unit_id=ward.units["D"],
            position=ClusterPosition.MEMBER,
        )
    ward.person("head.d", Role.HEAD, "D")
    rubric(ward, kinds=[UnitKind.FRONT], rules=RubricRules(control=100), name="Thang điểm đoàn thể")
    round_id: str = open_round(ward, "K2")
    step(ward, arranging.draw_sample, "office", round_id=round_id)
    score_self(ward, "clerk.c", "C", {**USUAL, "A": level(Level.NOT)})
    submit(ward, "head.c", "C")
    sheet = sheet_of(ward, "C")
    assert sheet.control_id == ward.people["head.d"]
    for code, row in entries_of(ward, sheet).items():
        entry = {**USUAL, "A": level(Level.NOT)}[code]
        step(
            ward,
            opinions.save_opinion,
            "head.d",
            kind=ReviewKind.CONTROL,
            word=Word(sheet_id=sheet.id, entry_id=row.id, revision=0, entry=entry, text=""),
        )
    step(ward, opinions.hand_in_opinion, "head.d", kind=ReviewKind.CONTROL, sheet_id=sheet.id)
    appraise(ward, "leader.2", "C", {"B": (value("90"), "Chỉ đối chiếu được 90 hồ sơ")})
    deliver(ward, "leader.2", "C")
    agree(ward, "head.c", "C")
    step(ward, arranging.excuse_sheet, "office", sheet_id=sheet_of(ward, "D").id, reason="Mới thành lập")
    step(ward, closing.close_round, "office", round_id=round_id)
    row = entries_of(ward, sheet)["C"]
    step(
        ward,
        moderating.moderate_entry,
        "council",
        sheet_id=sheet.id,
        entry_id=row.id,
        revision=row.revision,
        word=council_word(D(4), "Sáng kiến mới áp dụng nửa năm"),
    )
    step(ward, closing.publish_round, "office", round_id=round_id)
    appeal = step(ward, appeals.raise_appeal, "head.c", sheet_id=sheet.id, code="B", text="Xin xem lại")
    step(
        ward,
        arranging.declare_conflict,
        "council.2",
        person_id=ward.people["council.2"],
        unit_id=ward.units["A"],
        year=2026,
        reason="Có người thân",
    )
    return round_id, appeal.id


def appraise_one(ward: Ward, username: str, unit: str, number: str = "70", code: str = "B") -> None:
    """An appraisal of one item; raises what the service raises."""
    sheet = sheet_of(ward, unit)
    row = entries_of(ward, sheet)[code]
    word = Word(sheet_id=sheet.id, entry_id=row.id, revision=row.revision, entry=value(number), text="Xem hồ sơ.")
    step(ward, appraising.save_appraisal, username, word=word)


def handed_in(ward: Ward, unit: str = "A") -> ScoreSheet:
    """The sheet with evidence, scored by its unit as usual and handed in."""
    clerk = f"clerk.{unit.lower()}"
    give_evidence(ward, clerk, unit)
    score_self(ward, clerk, unit)
    return submit(ward, f"head.{unit.lower()}", unit)


def settle_all(ward: Ward) -> None:
    """All units of cluster 1 to the end of the appraisal."""
    settled(ward, "A", "clerk.a", "head.a", "leader.1")
    settled(ward, "B", "clerk.b", "head.b", "deputy.1")
    settled(ward, "VH", "head.vh", "head.vh", "leader.1")
