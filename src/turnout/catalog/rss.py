"""The list of models as RSS 2.0, for readers that watch for new ones."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from turnout.catalog.wire import ModelRow

_NOT_XML: Final = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def feed(rows: Iterable[ModelRow], base_url: str) -> bytes:
    """One item for each row, its permanent slug as guid; undated models have no pubDate."""
    root = Element("rss", version="2.0")
    channel = SubElement(root, "channel")
    _add(channel, "title", "Turnout models")
    _add(channel, "link", f"{base_url}/models")
    _add(channel, "description", "Models that this Turnout installation lists.")
    for row in rows:
        item = SubElement(channel, "item")
        _add(item, "title", row.name)
        _add(item, "link", f"{base_url}/model/{row.id}")
        SubElement(item, "guid", isPermaLink="false").text = row.id
        _add(item, "description", row.description or row.name)
        if row.created:
            _add(item, "pubDate", format_datetime(datetime.fromtimestamp(row.created, tz=UTC)))
    declared: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return declared


def _add(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = _NOT_XML.sub("", text)
