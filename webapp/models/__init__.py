"""Tables, one file per noun: columns, constraints, properties over own columns. No behaviour, no session."""

from webapp.models.audit import AuditEvent, AuditHead
from webapp.models.base import Base, new_id
from webapp.models.checklist import (
    Checklist,
    ChecklistItem,
    ChecklistState,
    Evidence,
    EvidenceLink,
    ItemState,
    SubItem,
)
from webapp.models.document import (
    Document,
    DocumentKind,
    DocumentState,
    DocumentVersion,
    ReadingStatus,
    TextReading,
)
from webapp.models.movement import (
    CriteriaGroup,
    Criterion,
    Deadline,
    GroupUnit,
    Movement,
    Phase,
    PlanImport,
    PlanPoint,
    PlanState,
    PlanVersion,
    Theme,
)
from webapp.models.outbox import JobKind, OutboxJob
from webapp.models.person import Person, Role, RoleGrant, SignIn
from webapp.models.unit import Cluster, ClusterMember, ClusterPosition, Unit, UnitKind

__all__ = [
    "AuditEvent",
    "AuditHead",
    "Base",
    "Checklist",
    "ChecklistItem",
    "ChecklistState",
    "Cluster",
    "ClusterMember",
    "ClusterPosition",
    "CriteriaGroup",
    "Criterion",
    "Deadline",
    "Document",
    "DocumentKind",
    "DocumentState",
    "DocumentVersion",
    "Evidence",
    "EvidenceLink",
    "GroupUnit",
    "ItemState",
    "JobKind",
    "Movement",
    "OutboxJob",
    "Person",
    "Phase",
    "PlanImport",
    "PlanPoint",
    "PlanState",
    "PlanVersion",
    "ReadingStatus",
    "Role",
    "RoleGrant",
    "SignIn",
    "SubItem",
    "TextReading",
    "Theme",
    "Unit",
    "UnitKind",
    "new_id",
]
