"""Bytes in, safe for ever: a content-addressed store, its manifests, and text extraction beside it.

`archive.open(folder)` gives a `Store`; `archive.extract.extract(path, filename=...)` reads a file's text in
a process of its own. This package loads nothing heavy: parsers are imported only inside that process.
"""

from archive.fixity import Problem
from archive.manifest import Manifest
from archive.opening import open
from archive.scrub import ScrubReport
from archive.store import Receipt, Store

__all__ = ["Manifest", "Problem", "Receipt", "ScrubReport", "Store", "open"]
