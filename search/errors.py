"""What can go wrong with an index; messages are Vietnamese because people see them in commands and logs."""


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
