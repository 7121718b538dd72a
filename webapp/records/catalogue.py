"""Which rows make a record. A record is one thing people speak of (a document, a checklist) with all that belongs to it.

Everything else in the database is either derived (text, index), passing (sessions, jobs, tasks) or the log.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Column, Table

from webapp.models import (
    Announcement,
    AnnouncementFile,
    AnnouncementReading,
    AnnouncementUnit,
    Award,
    AwardDecision,
    AwardMark,
    AwardProposal,
    AwardRound,
    AwardRoundLine,
    AwardTitle,
    AwardValue,
    Ballot,
    BallotAsked,
    BallotBar,
    BallotPaper,
    BallotVoter,
    Base,
    Checklist,
    ChecklistItem,
    ChecklistVersion,
    Cluster,
    ClusterMember,
    Council,
    CouncilAssignment,
    CouncilSeat,
    CouncilStandIn,
    CriteriaGroup,
    Criterion,
    Deadline,
    Difficulty,
    Document,
    DocumentCitation,
    DocumentRelation,
    DocumentVersion,
    Duty,
    DutyRule,
    Evidence,
    EvidenceLink,
    GroupUnit,
    Holiday,
    Indicator,
    IndicatorChange,
    IndicatorEntry,
    IndicatorSet,
    IndicatorSheet,
    IndicatorVerifier,
    Initiative,
    InitiativeAdoption,
    InitiativeAuthor,
    InitiativeFile,
    InitiativeReview,
    Inspection,
    InspectionFile,
    InspectionFinding,
    InspectionMember,
    InspectionProgramme,
    InspectionRemedy,
    InspectionSignature,
    InspectionVisit,
    Letterhead,
    Meeting,
    MeetingMember,
    Movement,
    Nomination,
    NominationFlag,
    NominationGround,
    NominationPaper,
    NominationSection,
    NominationStake,
    PaperComment,
    PaperPart,
    PaperVersion,
    Person,
    Phase,
    PlanImport,
    PlanPoint,
    PlanVersion,
    PointAssignment,
    ProgrammeLine,
    RetentionClass,
    RoleGrant,
    Rubric,
    ScoreAppeal,
    ScoreChange,
    ScoreConflict,
    ScoreEntry,
    ScoreResult,
    ScoreReview,
    ScoreReviewEntry,
    ScoreRound,
    ScoreSheet,
    ShortForm,
    SubItem,
    Synthesis,
    SynthesisParagraph,
    SynthesisVersion,
    Theme,
    TypedPage,
    Unit,
    UnitPaper,
    VoteRule,
)


def table_of(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table


@dataclass(frozen=True, slots=True)
class Part:
    """Rows that belong to a record: `link` names the record, or a row of `via` that belongs to it."""

    model: type[Base]
    link: str
    via: Part | None = None

    @property
    def table(self) -> Table:
        return table_of(self.model)


@dataclass(frozen=True, slots=True)
class RecordKind:
    """One kind of record: its own row and its parts. `omitted` columns are never written to the archive."""

    name: str
    root: type[Base]
    parts: tuple[Part, ...] = ()
    omitted: frozenset[str] = frozenset()

    @property
    def table(self) -> Table:
        return table_of(self.root)

    @property
    def key(self) -> Column[str]:
        """The column that names the record."""
        (column,) = self.table.primary_key.columns
        return column


_ITEM = Part(ChecklistItem, "checklist_id")
_VERSION = Part(DocumentVersion, "document_id")
_GROUP = Part(CriteriaGroup, "movement_id")
_SEAT = Part(CouncilSeat, "council_id")
_WORDING = Part(PlanVersion, "movement_id")

KINDS = (
    RecordKind("unit", Unit),
    RecordKind("cluster", Cluster, (Part(ClusterMember, "cluster_id"),)),
    RecordKind(
        "person",
        Person,
        (Part(RoleGrant, "person_id"),),
        # Manifests are handed over with the records; how somebody signs in is nobody else's business.
        omitted=frozenset(
            {"password_hash", "must_change_password", "failed_sign_ins", "first_failed_at", "locked_until"}
        ),
    ),
    RecordKind(
        "movement",
        Movement,
        (
            _WORDING,
            Part(PointAssignment, "plan_version_id", via=_WORDING),
            Part(PlanPoint, "movement_id"),
            Part(Phase, "movement_id"),
            Part(Theme, "movement_id"),
            _GROUP,
            Part(Criterion, "movement_id"),
            Part(Deadline, "movement_id"),
            Part(DutyRule, "movement_id"),
            Part(GroupUnit, "group_id", via=_GROUP),
        ),
    ),
    RecordKind("import", PlanImport),
    RecordKind("retention", RetentionClass),
    RecordKind("short_form", ShortForm),
    RecordKind("letterhead", Letterhead),
    RecordKind("award_title", AwardTitle),
    RecordKind("award_value", AwardValue),
    RecordKind("vote_rule", VoteRule),
    RecordKind(
        "document",
        Document,
        (
            _VERSION,
            Part(TypedPage, "version_id", via=_VERSION),
            Part(DocumentCitation, "document_id"),
            Part(DocumentRelation, "document_id"),
        ),
    ),
    RecordKind("evidence", Evidence, (Part(EvidenceLink, "evidence_id"),)),
    RecordKind(
        "checklist", Checklist, (_ITEM, Part(SubItem, "item_id", via=_ITEM), Part(ChecklistVersion, "checklist_id"))
    ),
    RecordKind(
        "initiative",
        Initiative,
        (
            Part(InitiativeAuthor, "initiative_id"),
            Part(InitiativeReview, "initiative_id"),
            Part(InitiativeAdoption, "initiative_id"),
            Part(InitiativeFile, "initiative_id"),
        ),
    ),
    RecordKind("rubric", Rubric),
    RecordKind("score_round", ScoreRound),
    RecordKind("score_sheet", ScoreSheet, (Part(ScoreAppeal, "sheet_id"), Part(ScoreResult, "sheet_id"))),
    # Cells are saved while people work; each save writes the cell and one line of its history, not the whole sheet.
    RecordKind("score_entry", ScoreEntry),
    RecordKind("score_change", ScoreChange),
    RecordKind("score_review", ScoreReview, (Part(ScoreReviewEntry, "review_id"),)),
    RecordKind("score_conflict", ScoreConflict),
    RecordKind("indicator_set", IndicatorSet, (Part(Indicator, "set_id"), Part(IndicatorVerifier, "set_id"))),
    RecordKind("indicator_sheet", IndicatorSheet),
    # As cells of scores: each save writes the cell and one line of its history.
    RecordKind("indicator_entry", IndicatorEntry),
    RecordKind("indicator_change", IndicatorChange),
    RecordKind("duty", Duty),
    RecordKind(
        "paper",
        UnitPaper,
        (Part(PaperVersion, "paper_id"), Part(PaperComment, "paper_id")),
    ),
    # A record of its own: parts are saved while people type, and each time only that part is written anew.
    RecordKind("paper_part", PaperPart),
    RecordKind("synthesis", Synthesis, (Part(SynthesisVersion, "synthesis_id"),)),
    RecordKind("synthesis_paragraph", SynthesisParagraph),
    RecordKind("difficulty", Difficulty),
    RecordKind(
        "announcement",
        Announcement,
        (Part(AnnouncementUnit, "announcement_id"), Part(AnnouncementFile, "announcement_id")),
    ),
    RecordKind("announcement_reading", AnnouncementReading),
    RecordKind(
        "council",
        Council,
        (_SEAT, Part(CouncilAssignment, "seat_id", via=_SEAT), Part(CouncilStandIn, "seat_id", via=_SEAT)),
    ),
    RecordKind("meeting", Meeting, (Part(MeetingMember, "meeting_id"),)),
    RecordKind(
        "ballot",
        Ballot,
        tuple(Part(model, "ballot_id") for model in (BallotVoter, BallotPaper, BallotBar, BallotAsked)),
        # Manifests of the same ballot, one a vote, would let whoever holds the house's key tell votes apart.
        omitted=frozenset({"box", "salt"}),
    ),
    RecordKind("holiday", Holiday),
    RecordKind("award_round", AwardRound, (Part(AwardRoundLine, "round_id"),)),
    RecordKind("award_mark", AwardMark),
    RecordKind("award_proposal", AwardProposal),
    RecordKind(
        "nomination",
        Nomination,
        (
            Part(NominationGround, "nomination_id"),
            Part(NominationPaper, "nomination_id"),
        ),
    ),
    # Who is related, and what was found and let pass, leaves the house with no bag: records of their own.
    RecordKind("nomination_flag", NominationFlag),
    RecordKind("nomination_stake", NominationStake),
    # A record of its own: each part is saved while people write.
    RecordKind("nomination_section", NominationSection),
    RecordKind("award_decision", AwardDecision),
    # Handing over, paying and revoking touch one line, not the whole list.
    RecordKind("award", Award),
    RecordKind("inspection_programme", InspectionProgramme, (Part(ProgrammeLine, "programme_id"),)),
    RecordKind("inspection", Inspection, (Part(InspectionMember, "inspection_id"),)),
    RecordKind(
        "inspection_visit",
        InspectionVisit,
        (Part(InspectionSignature, "visit_id"), Part(InspectionFile, "visit_id")),
    ),
    # Written one by one on the spot.
    RecordKind("inspection_finding", InspectionFinding),
    RecordKind("inspection_remedy", InspectionRemedy),
)

BY_NAME = {kind.name: kind for kind in KINDS}


def _owners() -> Iterator[tuple[type[Base], tuple[RecordKind, Part | None]]]:
    for kind in KINDS:
        yield kind.root, (kind, None)
        for part in kind.parts:
            yield part.model, (kind, part)


# Every recorded model, with the kind of record its rows belong to.
OWNER: dict[type[Base], tuple[RecordKind, Part | None]] = dict(_owners())


def record_name(kind: str, identity: str) -> str:
    return f"{kind}-{identity}"


def split_name(record: str) -> tuple[str, str]:
    """(kind, id) of a record's name."""
    kind, _, identity = record.partition("-")
    return kind, identity
