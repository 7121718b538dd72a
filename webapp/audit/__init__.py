"""The log of who did what: a chain of hashes in the same transaction as the change. The only writer of audit rows."""

from webapp.audit.record import Context, context, record

__all__ = ["Context", "context", "record"]
