"""Commands about scores."""

from __future__ import annotations

import argparse
import sys

from webapp.commands.opening import opened, say
from webapp.commands.words import Commands
from webapp.core.settings import Settings
from webapp.scoring.rounds.verifying import count_published, verify_scores


def add_commands(commands: Commands) -> None:
    commands.add("scores", "điểm đã công bố", _scores_arguments)


def _scores_arguments(scores: argparse.ArgumentParser) -> None:
    command = scores.add_subparsers(dest="sub", required=True).add_parser(
        "verify", help="tính lại mọi tổng điểm đã công bố từ các mục"
    )
    command.set_defaults(run=verify)


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
