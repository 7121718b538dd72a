"""Every POST address of scoring: who gets through at which stage, and which columns that may change; written by hand."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask

from tests.house.test_scoring_policy import (
    ACROSS,
    ALL,
    APPRAISE,
    ASSIGN,
    EXTEND,
    HEADS,
    LEADERS,
    MODERATE,
    NONE,
    OWN,
    SECOND,
    Sets,
    of,
)
from tests.support.scoring_worlds import APPRAISERS, PEOPLE, STAGES, UNITS, House
from tests.support.shares import share
from tests.support.ward import Ward
from tests.support.web import client_for

# What one side may change, as `table.column`; `table+` is a new row.
SELF = {"score_entry.self_entry", "score_entry.self_comment", "score_entry.revision", "score_change+"}
EXPLAINED = {"score_entry.explanation", "score_entry.revision", "score_change+"}
ATTACHED = {"score_entry.attached", "score_entry.revision"}
_SEEN = {"score_entry.evidence", "score_entry.reopened", "score_entry.revision", "score_change+"}
FIRST = {"score_entry.appraisal", "score_entry.appraisal_reason", "score_entry.appraised_by", *_SEEN}
LAST = {"score_entry.second", "score_entry.second_reason", "score_entry.second_by", *_SEEN}
COUNCIL = {
    *{f"score_entry.{name}" for name in ("moderated", "moderated_reason", "moderated_by", "revision")},
    *{f"score_result.{name}" for name in ("total", "rank", "title", "lines", "best", "revision")},
    "score_change+",
}
STATE = {"score_sheet.state", "score_sheet.revision"}
RETURN = {*STATE, "score_sheet.state_reason"}
# What others said before the unit corrected it is given anew.
TAKEN_BACK = {
    f"score_entry.{name}" for name in ("appraisal", "appraisal_reason", "appraised_by", "evidence", "reopened")
}
SUBMIT = {
    *RETURN,
    "score_sheet.submitted_at",
    "score_entry.handed",
    "score_entry.revision",
    *TAKEN_BACK,
    "score_change+",
}
DELIVER = {*STATE, "score_sheet.delivered_at"}
OPINION = {"score_review+", "score_review_entry+"}
HAND_IN = {"score_review.handed_in_at", "score_review.handed_in_by", "score_review.revision"}
ASKED = {f"score_sheet.{name}" for name in ("appraiser_id", "appraiser_by", "control_id", "revision")}
ROUND = {
    f"score_round.{name}" for name in ("state", "revision", "closed_at", "published_at", "final_at", "reopen_reason")
}
ORDER = {f"score_sheet.{name}" for name in ("tie_order", "tie_reason", "tie_mark", "revision")}

EVERYBODY: Sets = dict.fromkeys(UNITS, ALL)
NOBODY: Sets = dict.fromkeys(UNITS, NONE)
OFFICE: Sets = dict.fromkeys(UNITS, of("office"))
WARD: Sets = dict.fromkeys(UNITS, of("office", "chair"))
CLOSERS: Sets = dict.fromkeys(UNITS, LEADERS | {"office"})
BUT_D = ("A", "B", "VH")

OPEN, WAITING, ANSWERING = ("draft", "returned"), ("submitted", "weighed"), ("appraised", "overdue", "explained")
RUNNING = ("draft", "submitted", "weighed", "returned", "appraised", "overdue", "explained", "settled", "excused")


@dataclass(frozen=True)
class Way:
    """One way to get through a route: people, stages, columns, of which units; `quiet` stages need change nothing."""

    people: Sets
    stages: tuple[str, ...]
    columns: set[str]
    quiet: tuple[str, ...] = ()
    units: tuple[str, ...] = UNITS


@dataclass(frozen=True)
class Asked:
    """One POST: address and fields for a house and a unit, and who gets through. `wide`: it is about the whole
    round. `alone`: it goes through where all other units are excused."""

    endpoint: str
    path: Callable[[House, str], str]
    fields: Callable[[House, str], dict[str, str]]
    ways: tuple[Way, ...] = ()
    wide: bool = False
    alone: bool = True


def sheet(tail: str = "") -> Callable[[House, str], str]:
    return lambda house, unit: f"/scores/sheets/{house.sheets[unit]}{tail}"


def entry(tail: str, end: str = "") -> Callable[[House, str], str]:
    return lambda house, unit: f"/scores/sheets/{house.sheets[unit]}/{tail}/{house.entries[unit]}{end}"


def of_round(tail: str) -> Callable[[House, str], str]:
    return lambda house, unit: f"/scores/rounds/{house.round_id}{tail.replace('SHEET', house.sheets[unit])}"


def whole(house: House, unit: str) -> dict[str, str]:
    """Fields of entry B for every side at once: each route may take its own."""
    key = house.entries[unit]
    revision = str(house.revision(key))
    return {
        f"revision-{key}": revision,
        "revision": revision,
        f"value-{key}-0": "77",
        f"comment-{key}": "Ghi chú mới.",
        f"reason-{key}": "Lý do mới.",
        f"explanation-{key}": "Giải trình mới.",
        f"points-{key}": "7",
        "cell": "77",
        "points": "7",
        "reason": "Lý do mới.",
        "decision": "Quyết định số 9/QĐ-HĐTĐKT",
        "decided_on": "20/11/2026",
        "no": "1",
    }


def opinion(house: House, unit: str) -> dict[str, str]:
    """As a first word: `revision` 0."""
    return {**whole(house, unit), f"revision-{house.entries[unit]}": "0"}


def given(**fields: str) -> Callable[[House, str], dict[str, str]]:
    return lambda house, unit: {
        name.replace("_A", f"-{house.sheets['A']}").replace("_B", f"-{house.sheets['B']}"): (
            value.replace("UNIT", house.ward.units[unit])
            .replace("PERSON", house.ward.people["head.d"])
            .replace("K2", house.ward.clusters["K2"])
        )
        for name, value in fields.items()
    }


SELF_WAYS = (Way(OWN, OPEN, SELF), Way(OWN, ("appraised",), EXPLAINED))
ITEM_WAYS = (Way(APPRAISE, WAITING, FIRST, units=BUT_D), Way(APPRAISE, ("explained",), LAST))
ATTACHING = (Way(OWN, OPEN, ATTACHED, OPEN),)
WHY = {"reason": "Có lý do."}
# Only who accepted them, and only for ten minutes.
TAKING_BACK = (Way({unit: of(APPRAISERS[unit]) for unit in UNITS}, ("weighed",), FIRST, units=BUT_D),)


def asked() -> dict[str, Asked]:
    return {
        "self": Asked("scores.sheet_write", sheet(), whole, SELF_WAYS),
        "self one": Asked("scores.entry_save", entry("entries"), whole, SELF_WAYS),
        "undo": Asked("scores.entry_undo", entry("entries", "/undo"), whole, (Way(OWN, OPEN, SELF, quiet=OPEN),)),
        "attach": Asked("scores.evidence_choose", entry("entries", "/evidence"), whole, ATTACHING),
        "submit": Asked("scores.sheet_submit", sheet("/submit"), whole, (Way(HEADS, OPEN, SUBMIT),)),
        "agree": Asked(
            "scores.appraisal_answer",
            sheet("/answer"),
            given(answer="agree"),
            (Way(HEADS, ("appraised", "overdue"), STATE),),
        ),
        "item": Asked("appraising.item_save", entry("appraise"), whole, ITEM_WAYS),
        "take own": Asked(
            "appraising.own_take",
            sheet("/take-own"),
            whole,
            (
                Way(APPRAISE, WAITING, FIRST, quiet=("weighed",), units=BUT_D),
                Way(APPRAISE, ("explained",), set(), quiet=("explained",)),
            ),
        ),
        "take back": Asked("appraising.own_take_undo", sheet("/take-own/undo"), whole, TAKING_BACK),
        "return": Asked(
            "appraising.sheet_return",
            sheet("/return"),
            whole,
            (
                Way(
                    APPRAISE,
                    WAITING,
                    {*RETURN, "score_sheet.extensions", "score_review.handed_in_at", "score_review.revision"},
                ),
            ),
        ),
        "deliver": Asked(
            "appraising.appraisal_deliver",
            sheet("/deliver"),
            whole,
            (Way(APPRAISE, ("weighed",), DELIVER | FIRST), Way(APPRAISE, ("explained",), STATE)),
        ),
        "lapse": Asked(
            "appraising.answer_lapse",
            sheet("/lapse"),
            whole,
            (Way(ASSIGN, ("overdue",), RETURN), Way(APPRAISE, ("explained",), STATE)),
        ),
        "control": Asked(
            "appraising.opinion_save",
            sheet("/opinion/control"),
            opinion,
            (Way(SECOND, ("submitted",), OPINION),),
        ),
        "cross": Asked(
            "appraising.opinion_save", sheet("/opinion/cross"), opinion, (Way(ACROSS, ("submitted",), OPINION),)
        ),
        "hand in": Asked(
            "appraising.opinion_save",
            sheet("/opinion/cross"),
            given(send="1"),
            (Way({**NOBODY, "D": HEADS["A"] | HEADS["B"] | HEADS["VH"]}, ("weighed",), HAND_IN, ("weighed",)),),
        ),
        "other kind": Asked("appraising.opinion_save", sheet("/opinion/self"), whole),
        "cell": Asked("results.cell_save", entry("cells"), whole, (Way(APPRAISE, WAITING, FIRST, units=BUT_D),)),
        "moderate": Asked("results.entry_moderate", entry("moderate"), whole, (Way(MODERATE, ("closed",), COUNCIL),)),
        "appeal": Asked(
            "results.appeal_raise",
            sheet("/appeal"),
            given(code="B", text="Xin xem lại."),
            (Way(HEADS, ("published", "appealed"), {"score_appeal+"}),),
        ),
        "answer": Asked(
            "results.appeal_answer",
            lambda house, unit: f"/scores/appeals/{house.appeal}",
            given(outcome="upheld", answer="Đúng."),
            (
                Way(
                    dict.fromkeys(UNITS, MODERATE["A"]),
                    ("appealed",),
                    {
                        f"score_appeal.{name}"
                        for name in ("outcome", "answer", "answered_by", "answered_at", "revision")
                    },
                ),
            ),
            wide=True,
        ),
        "assign": Asked(
            "scores.appraiser_assign",
            of_round("/sheets/SHEET/appraiser"),
            given(person_id="PERSON", **WHY),
            (Way(ASSIGN, (*OPEN, *WAITING, *ANSWERING), ASKED, units=BUT_D),),
            alone=False,
        ),
        "by lot": Asked(
            "scores.appraiser_assign",
            of_round("/sheets/SHEET/appraiser"),
            given(lot="1", **WHY),
            (Way(ASSIGN, (*OPEN, *WAITING, *ANSWERING), ASKED),),
        ),
        "extend": Asked(
            "scores.sheet_arrange",
            of_round("/sheets/SHEET/time"),
            given(what="extend", stage="explain", until="2026-12-01", **WHY),
            (Way(EXTEND, ("overdue",), {"score_sheet.extensions", "score_sheet.revision"}),),
        ),
        "excuse": Asked(
            "scores.sheet_arrange",
            of_round("/sheets/SHEET/time"),
            given(what="excuse", **WHY),
            (Way(EXTEND, (*OPEN, *WAITING, "appraised", "overdue", "explained", "settled"), RETURN),),
        ),
        "readmit": Asked(
            "scores.sheet_arrange",
            of_round("/sheets/SHEET/time"),
            given(what="readmit", **WHY),
            (Way(EXTEND, ("excused",), RETURN),),
        ),
        "no control": Asked(
            "scores.sheet_arrange",
            of_round("/sheets/SHEET/time"),
            given(what="control", **WHY),
            (
                Way(EXTEND, STAGES, set(), quiet=STAGES, units=("A", "D")),
                Way(EXTEND, (*OPEN, "submitted", "excused"), ASKED, units=("B",)),
            ),
        ),
        "conflict": Asked(
            "scores.conflict_declare",
            lambda house, unit: "/scores/conflicts/new?year=2026",
            given(unit_id="UNIT", **WHY),
            (Way(EVERYBODY, STAGES, {"score_conflict+", *ASKED, *FIRST, *LAST}, quiet=STAGES),),
        ),
        "lift": Asked(
            "scores.conflict_lift",
            lambda house, unit: f"/scores/conflicts/{house.conflict}/lift",
            given(**WHY),
            (Way(OFFICE, STAGES, {"score_conflict.lifted_at", "score_conflict.lifted_reason"}),),
            wide=True,
        ),
        "open": Asked(
            "scores.round_new",
            lambda house, unit: "/scores/rounds/new?year=2026",
            given(cluster_id="K2"),
            (Way(OFFICE, STAGES, {"score_round+", "score_sheet+", "score_entry+"}),),
            wide=True,
        ),
        "windows": Asked(
            "scores.windows_set",
            of_round("/windows"),
            given(**{"window-self": "2026-12-20"}, **WHY),
            (Way(OFFICE, STAGES, {"score_round.windows", "score_round.revision"}),),
            wide=True,
        ),
        "members": Asked(
            "scores.round_step", of_round("/members"), given(), (Way(OFFICE, RUNNING, set(), RUNNING),), wide=True
        ),
        "sample": Asked(
            "scores.round_step", of_round("/sample"), given(), (Way(OFFICE, RUNNING, ASKED, RUNNING),), wide=True
        ),
        "close": Asked(
            "scores.round_step",
            of_round("/close"),
            given(),
            (Way(CLOSERS, ("settled",), {*ROUND, *STATE, "score_result+"}),),
            wide=True,
        ),
        "reopen": Asked(
            "scores.round_step",
            of_round("/reopen"),
            given(**WHY),
            (Way(WARD, ("closed", "published", "appealed"), {*ROUND, *STATE, "score_result-", *ORDER, *COUNCIL}),),
            wide=True,
        ),
        "publish": Asked(
            "scores.round_step", of_round("/publish"), given(), (Way(WARD, ("closed",), {*ROUND, *STATE}),), wide=True
        ),
        "finalise": Asked(
            "scores.round_step",
            of_round("/finalise"),
            given(),
            # Nobody set the time for appeals, so it is not over.
            wide=True,
        ),
        "reopen item": Asked(
            "appraising.sheet_reopen",
            sheet("/reopen"),
            given(code="B", **WHY),
            (Way(ASSIGN, ("explained", "settled"), {*STATE, "score_entry.reopened", "score_entry.revision"}),),
        ),
        "order": Asked(
            "scores.round_step",
            of_round("/order"),
            given(order_A="1", order_B="2", **WHY),
            # A and B have not the same points there.
            wide=True,
        ),
        "other step": Asked("scores.round_step", of_round("/delete"), given(**WHY), wide=True),
    }


ASKED_FOR = asked()
# Cells of a stage, at least.
LEAST = 240
# Of the refused cells of everybody else the suite asks every so many; `make torture ARGS=--tests` asks all.
ALWAYS = of("clerk.a", "head.a", "leader.1", "deputy.1")


def posts_of(app: Flask) -> set[str]:
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and rule.endpoint.split(".")[0] in ("scores", "appraising", "results")
    }


def way_of(one: Asked, who: str, unit: str, stage: str) -> Way | None:
    at = "draft" if (unit, stage, one.wide) == ("VH", "excused", False) and one.alone else stage
    return next((way for way in one.ways if unit in way.units and at in way.stages and who in way.people[unit]), None)


def is_asked(name: str, one: Asked, who: str, unit: str, stage: str) -> bool:
    if way_of(one, who, unit, stage) is not None:
        return True
    every = share(1 if unit == "A" and who in ALWAYS else 80, 1)
    return zlib.crc32(f"{name} {who} {unit} {stage}".encode()) % every == 0


def test_at_least_three_thousand_cells_are_asked() -> None:
    cells = [
        is_asked(name, one, who, unit, stage)
        for name, one in ASKED_FOR.items()
        for who in PEOPLE
        for unit in (("A",) if one.wide else UNITS)
        for stage in STAGES
    ]
    assert sum(cells) >= 3_000 and len(cells) >= 30_000, (sum(cells), len(cells))
    assert sum(cells) >= 13 * LEAST


def test_every_address_that_takes_a_post_is_asked(ward: Ward) -> None:
    assert posts_of(client_for(ward).app) == {one.endpoint for one in ASKED_FOR.values()}
