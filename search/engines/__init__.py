"""Engines behind one interface; the engine's own package is imported only when it is asked for."""

from importlib.util import find_spec

from search.engines.interface import Engine
from search.errors import EngineUnavailable

NAMES = ("tantivy", "whoosh")


def load_engine(name: str) -> Engine:
    """The engine of that name; `auto` is tantivy where it is installed, else Whoosh.

    Raises EngineUnavailable for an unknown, missing or unfinished one.
    """
    if name == "auto":
        name = "tantivy" if find_spec("tantivy") else "whoosh"
    if name == "postgresql":
        raise EngineUnavailable("Bộ máy tìm kiếm «postgresql» chưa có; hãy dùng «auto», «tantivy» hoặc «whoosh».")
    if name not in NAMES:
        raise EngineUnavailable(f"Không có bộ máy tìm kiếm «{name}»; hãy dùng «auto», «tantivy» hoặc «whoosh».")
    if find_spec(name) is None:
        raise EngineUnavailable(f"Chưa cài bộ máy tìm kiếm «{name}».")
    if name == "tantivy":
        from search.engines.tantivy_engine import TantivyEngine

        return TantivyEngine()
    from search.engines.whoosh_engine import WhooshEngine

    return WhooshEngine()
