"""What can go wrong with an index; messages are Vietnamese because people see them in commands and logs."""

from collections.abc import Iterator
from contextlib import contextmanager


class SearchError(Exception):
    """Base of every error this library raises on purpose."""


class IndexOutdated(SearchError):
    """The index was built by another engine, analyser or schema: rebuild it."""


class IndexBroken(SearchError):
    """The index is torn, unreadable or gone: rebuild it."""


class WriterBusy(SearchError):
    """Another process or thread is writing this index; try again later."""


class EngineUnavailable(SearchError):
    """The engine asked for is unknown, not installed or not built yet."""


@contextmanager
def engine_trouble(kind: type[SearchError], message: str) -> Iterator[None]:
    """Whatever an engine raises over its own files becomes `kind` with this message.

    Torn files make engines fail in every possible way (a flipped bit gave 20 kinds of errors), and a panic of Rust
    code is not even an `Exception`, so it would end a worker's thread.
    """
    try:
        yield
    except SearchError:
        raise
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise kind(message) from error
        raise
