"""The names of all permissions, `noun:verb`."""

from enum import StrEnum


class Permission(StrEnum):
    """A thing somebody may be allowed to do. What each needs is in `table.py`."""

    ACCOUNT_USE = "account:use"

    UNIT_READ = "unit:read"
    UNIT_MANAGE = "unit:manage"
    PERSON_MANAGE = "person:manage"
    GRANT_MANAGE = "grant:manage"
    CLUSTER_MANAGE = "cluster:manage"

    MOVEMENT_READ = "movement:read"
    PLAN_IMPORT = "plan:import"
    COVERAGE_READ = "coverage:read"
    COVERAGE_MANAGE = "coverage:manage"

    DOCUMENT_READ = "document:read"
    DOCUMENT_ADD = "document:add"
    DOCUMENT_REVISE = "document:revise"
    DOCUMENT_SUBMIT = "document:submit"
    DOCUMENT_WITHDRAW = "document:withdraw"
    DOCUMENT_RESTORE = "document:restore"
    RETENTION_EXTEND = "retention:extend"
    RETENTION_MANAGE = "retention:manage"
    HOLD_SET = "hold:set"
    READING_RETRY = "reading:retry"

    EXPORT_MAKE = "export:make"
    TASK_READ = "task:read"
    TASK_CANCEL = "task:cancel"
    ARCHIVE_WATCH = "archive:watch"
    ARCHIVE_CHECK = "archive:check"

    CHECKLIST_READ = "checklist:read"
    CHECKLIST_OPEN = "checklist:open"
    CHECKLIST_EDIT = "checklist:edit"
    CHECKLIST_SUBMIT = "checklist:submit"
    CHECKLIST_RETURN = "checklist:return"

    PAPER_READ = "paper:read"
    PAPER_OPEN = "paper:open"
    PAPER_EDIT = "paper:edit"
    PAPER_SUBMIT = "paper:submit"
    PAPER_RETURN = "paper:return"
    PAPER_ACCEPT = "paper:accept"
    PAPER_COMMENT = "paper:comment"

    DUTY_READ = "duty:read"
    DUTY_MANAGE = "duty:manage"
    DUTY_EXTEND = "duty:extend"
    DUTY_REMIND = "duty:remind"

    INITIATIVE_READ = "initiative:read"
    INITIATIVE_READ_WITHHELD = "initiative:read-withheld"
    INITIATIVE_ADD = "initiative:add"
    INITIATIVE_EDIT = "initiative:edit"
    INITIATIVE_SUBMIT = "initiative:submit"
    INITIATIVE_RETURN = "initiative:return"
    INITIATIVE_REVIEW = "initiative:review"
    INITIATIVE_DECIDE = "initiative:decide"
    INITIATIVE_ADOPT = "initiative:adopt"
    INITIATIVE_HONOUR = "initiative:honour"
    INITIATIVE_CERTIFY = "initiative:certify"
    INITIATIVE_EXPORT = "initiative:export"

    SYNTHESIS_READ = "synthesis:read"
    SYNTHESIS_WRITE = "synthesis:write"

    DIFFICULTY_READ = "difficulty:read"
    DIFFICULTY_ADD = "difficulty:add"
    DIFFICULTY_EDIT = "difficulty:edit"
    DIFFICULTY_RAISE = "difficulty:raise"
    DIFFICULTY_GATHER = "difficulty:gather"
    DIFFICULTY_DECIDE = "difficulty:decide"
    DIFFICULTY_EXPORT = "difficulty:export"

    ANNOUNCEMENT_READ = "announcement:read"
    ANNOUNCEMENT_POST = "announcement:post"
    ANNOUNCEMENT_CONFIRM = "announcement:confirm"
    ANNOUNCEMENT_WATCH = "announcement:watch"

    RUBRIC_READ = "rubric:read"
    RUBRIC_MANAGE = "rubric:manage"

    SEARCH_USE = "search:use"
    SEARCH_EXPORT = "search:export"
    SAVED_SEARCH_KEEP = "saved-search:keep"

    LEDGER_READ = "ledger:read"
    LEDGER_READ_UNIT = "ledger:read-unit"
    LEDGER_READ_SYSTEM = "ledger:read-system"
    LEDGER_EXPORT = "ledger:export"

    SYSTEM_WATCH = "system:watch"
