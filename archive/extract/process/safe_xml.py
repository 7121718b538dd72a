"""XML from strangers: no entities, no DTD, no network, bounded depth."""

from __future__ import annotations

import re

from lxml import etree

from archive.extract.outcome import Refusal
from archive.extract.status import Status

_DECLARED = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_UNSAFE_WORDS = ("entity", "entities", "depth", "amplification", "dtd")


def parse(content: bytes) -> etree._Element:
    """The root element. Raises `Refusal`: unsafe (a DTD, entities, bottomless nesting), too_big, corrupt."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        message = str(error).lower()
        if any(word in message for word in _UNSAFE_WORDS):
            raise Refusal(Status.UNSAFE, f"XML: {error}") from error
        if "huge" in message or "too long" in message:
            raise Refusal(Status.TOO_BIG, f"XML: {error}") from error
        raise Refusal(Status.CORRUPT, f"XML: {error}") from error
    # Office formats have no document type at all; one that is there was put there to misbehave.
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refusal(Status.UNSAFE, "XML: a document type")
    return root


def as_utf8(content: bytes) -> bytes:
    """The same XML in UTF-8 where it was in UTF-16, so that its names can be looked for among the bytes."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", "replace")
        return _DECLARED.sub("", text, count=1).encode("utf-8", "replace")
    return content.lstrip(b"\xef\xbb\xbf \t\r\n")
