"""Letters of Outlook made by hand: a compound file (MS-CFB, version 3) and the properties of a message (MS-OXMSG)."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from pathlib import Path

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
Tree = dict[str, "bytes | Tree"]


@dataclass
class _Node:
    name: str
    kind: int
    content: bytes = b""
    kids: list[_Node] = field(default_factory=list)
    number: int = 0
    right: int = _FREE
    start: int = _END


def make_compound_tree(path: Path, tree: Tree) -> Path:
    """A compound file with these streams (bytes) and storages (dictionaries)."""
    root = _Node("Root Entry", 5, kids=_nodes(tree))
    nodes: list[_Node] = []
    _number(root, nodes)
    mini = bytearray()
    mini_table: list[int] = []
    sectors: list[bytes] = []
    table: list[int] = []

    def chain(content: bytes) -> int:
        start = len(sectors)
        count = max(1, -(-len(content) // _SECTOR))
        for index in range(count):
            sectors.append(content[index * _SECTOR : (index + 1) * _SECTOR].ljust(_SECTOR, b"\0"))
            table.append(start + index + 1 if index < count - 1 else _END)
        return start

    for node in nodes:
        if node.kind != 2 or not node.content:
            continue
        if len(node.content) >= _CUTOFF:
            node.start = chain(node.content)
            continue
        node.start = len(mini_table)
        count = -(-len(node.content) // _MINI)
        mini_table += [node.start + index + 1 for index in range(count - 1)] + [_END]
        mini += node.content.ljust(count * _MINI, b"\0")
    root.content = bytes(mini)
    root.start = chain(bytes(mini)) if mini else _END
    mini_content = struct.pack(f"<{len(mini_table)}I", *mini_table)
    mini_content = mini_content.ljust(-(-len(mini_content) // _SECTOR) * _SECTOR, b"\xff")
    mini_start = chain(mini_content) if mini_table else _END
    directory_start = chain(b"".join(map(_entry, nodes)))
    table_count = 1
    while (len(table) + table_count) * 4 > table_count * _SECTOR:
        table_count += 1
    table_start = len(sectors)
    table += [_TABLE] * table_count
    table += [_FREE] * (table_count * _SECTOR // 4 - len(table))
    header = bytearray(_SECTOR)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<III", header, 44, table_count, directory_start, 0)
    struct.pack_into("<IIIII", header, 56, _CUTOFF, mini_start, len(mini_content) // _SECTOR, _END, 0)
    places = [table_start + index for index in range(table_count)] + [_FREE] * (109 - table_count)
    struct.pack_into("<109I", header, 76, *places)
    path.write_bytes(bytes(header) + b"".join(sectors) + struct.pack(f"<{len(table)}I", *table))
    return path


def _nodes(tree: Tree) -> list[_Node]:
    found = []
    # The order names are looked up in: short ones first.
    for name in sorted(tree, key=lambda name: (len(name), name.upper())):
        value = tree[name]
        found.append(_Node(name, 2, value) if isinstance(value, bytes) else _Node(name, 1, kids=_nodes(value)))
    return found


def _number(node: _Node, nodes: list[_Node]) -> None:
    node.number = len(nodes)
    nodes.append(node)
    for kid in node.kids:
        _number(kid, nodes)
    for left, right in zip(node.kids, node.kids[1:], strict=False):
        left.right = right.number


def _entry(node: _Node) -> bytes:
    name = node.name.encode("utf-16-le") + b"\0\0"
    child = node.kids[0].number if node.kids else _FREE
    return (
        name.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(name), node.kind, 1, _FREE, node.right, child)
        + bytes(36)
        + struct.pack("<IQ", node.start if node.kind != 1 else 0, len(node.content))
    )


def message(
    texts: dict[int, str], *, data: dict[int, bytes] | None = None, more: Tree | None = None, head: int = 32
) -> Tree:
    """The tree of a message: strings and bytes by property; `head` is 24 for a letter within a letter."""
    return _properties(texts, data or {}, {}, bytes(head)) | (more or {})


def attachment(name: str, content: bytes | Tree) -> Tree:
    """The tree of an attachment: a file's bytes, or a whole message."""
    if isinstance(content, dict):
        tree = _properties({0x3001: name}, {}, {0x3705: 5}, bytes(8))
        return tree | {"__substg1.0_3701000D": content}
    return _properties({0x3707: name}, {0x3701: content}, {0x3705: 1}, bytes(8))


def recipient(name: str, address: str) -> Tree:
    """The tree of one whom a message is sent to."""
    return _properties({0x3001: name, 0x39FE: address}, {}, {}, bytes(8))


def _properties(texts: dict[int, str], data: dict[int, bytes], numbers: dict[int, int], head: bytes) -> Tree:
    tree: Tree = {}
    table = head
    for identity, text in texts.items():
        content = text.encode("utf-16-le")
        tree[f"__substg1.0_{identity:04X}001F"] = content
        table += struct.pack("<HHIII", 0x001F, identity, 6, len(content) + 2, 0)
    for identity, content in data.items():
        tree[f"__substg1.0_{identity:04X}0102"] = content
        table += struct.pack("<HHIII", 0x0102, identity, 6, len(content), 0)
    for identity, number in numbers.items():
        table += struct.pack("<HHIII", 0x0003, identity, 6, number, 0)
    return tree | {"__properties_version1.0": table}
