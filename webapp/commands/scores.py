"""Commands about scores."""

from __future__ import annotations

import argparse
import sys

from webapp.commands.opening import opened, say
from webapp.core.settings import Settings
from webapp.scoring.rounds.verifying import count_published, verify_scores


def verify(settings: Settings, arguments: argparse.Namespace) -> int:
    """Work out every published total from raw entries; 1 when any differs from what was published."""
    with opened(settings) as resources, resources.db.reading() as session:
        found, total = verify_scores(session), count_published(session)
    for sentence in found:
        say(sentence)
    if found:
        sys.stderr.write(f"kho: {len(found)} chỗ không khớp với các mục; trước hết: {found[0]}\n")
        return 1
    say(f"Đã tính lại {total} kết quả đã công bố: khớp với các mục.")
    return 0
