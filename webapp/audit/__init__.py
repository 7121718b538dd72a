"""The log of who did what: a chain of hashes in the same transaction as the change. The only writer of audit rows."""

from webapp.audit.events import Context, Thing, context, log_event

__all__ = ["Context", "Thing", "context", "log_event"]
