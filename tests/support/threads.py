"""Running a test's body in a thread of its own."""

from __future__ import annotations

import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., None])


def in_a_thread(test: F) -> F:
    """For bodies that open a browser of their own: where another is open, the main thread has its event loop running."""

    @functools.wraps(test)
    def run(*words: Any, **options: Any) -> None:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(test, *words, **options).result()

    return run  # type: ignore[return-value]
