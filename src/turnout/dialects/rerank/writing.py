"""The answer to a rerank request. Source: contract section 2.6."""

from collections.abc import Sequence

import msgspec

from turnout.core.money import usd
from turnout.dialects.adapter import Bill, Head
from turnout.dialects.openai_chat.usage import members, metadata_member
from turnout.wire.rerank import Document, Score


def write_ranking(
    ranked: Sequence[Score],
    documents: Sequence[str | Document],
    head: Head,
    bill: Bill,
    search_units: int | None,
) -> bytes:
    """The body: each document beside its score, the caller's own words for it."""
    results = [
        {
            "index": one.index,
            "relevance_score": one.relevance_score,
            "document": _told(documents[one.index]),
        }
        for one in ranked
    ]
    return b"".join(
        (
            b'{"results":',
            msgspec.json.encode(results),
            members({"model": head.model, "id": head.id, "provider": head.provider}),
            b',"usage":',
            _usage(bill, search_units),
            metadata_member(bill),
            b"}",
        )
    )


def _told(document: str | Document) -> dict[str, str]:
    if isinstance(document, str):
        return {"text": document}
    known = {"text": document.text, "image": document.image}
    return {name: value for name, value in known.items() if value is not None}


def _usage(bill: Bill, search_units: int | None) -> bytes:
    """Money is printed exactly, never through a float."""
    cost = "null" if bill.charge is None else usd(bill.charge.total)
    out = f'{{"cost":{cost},"total_tokens":{bill.usage.prompt_tok}'
    if search_units is not None:
        out += f',"search_units":{search_units}'
    if bill.usage.estimated:
        out += ',"estimated":true'
    return out.encode() + members(bill.extra) + b"}"
