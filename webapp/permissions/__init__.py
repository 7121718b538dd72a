"""Who may do what. One table (`table.py`) decides for pages, lists, search, downloads, exports and audit rows alike."""

# Registers what it knows with `subject_of`.
from webapp.permissions import inspection_subjects  # noqa: F401
from webapp.permissions.catalogue import Permission
from webapp.permissions.decide import Decision, can, decide, ensure
from webapp.permissions.subject import Subject, subject_of
from webapp.permissions.viewer import SYSTEM, Viewer, load_viewer

__all__ = [
    "SYSTEM",
    "Decision",
    "Permission",
    "Subject",
    "Viewer",
    "can",
    "decide",
    "ensure",
    "load_viewer",
    "subject_of",
]
