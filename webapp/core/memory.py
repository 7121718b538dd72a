"""What a process keeps for as long as it lives."""

from __future__ import annotations

import gc


def keep_for_good() -> None:
    """Say that all there is now stays: the collector need not look through it again.

    Looking took a tenth of a second and more, of whoever's request set it off. To be called once everything is loaded.
    """
    gc.collect()
    gc.freeze()
