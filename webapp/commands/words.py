"""The words of the command line: families of commands name theirs, the command line puts them in one order."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

# Gives a command's parser its arguments, and the function that runs it as the default `run`.
Fill = Callable[[argparse.ArgumentParser], None]


class Commands:
    """What the families have named so far: each command's name, its line of help, its arguments."""

    def __init__(self) -> None:
        self._named: dict[str, tuple[str, Fill]] = {}

    def add(self, name: str, words: str, fill: Fill) -> None:
        """Name a command. `fill` gives its parser arguments and `run`."""
        assert name not in self._named, name
        self._named[name] = words, fill

    def fill(self, parsers: argparse._SubParsersAction[argparse.ArgumentParser], order: Sequence[str]) -> None:
        """Make a parser for every command, in this order, which must name all of them."""
        assert sorted(order) == sorted(self._named), sorted({*order} ^ self._named.keys())
        for name in order:
            words, fill = self._named[name]
            fill(parsers.add_parser(name, help=words))


def without_arguments(run: Callable[..., int]) -> Fill:
    """For a command that takes none."""
    return lambda parser: parser.set_defaults(run=run)
